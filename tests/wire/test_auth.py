"""Hashes, proofs, and logins by both plugins."""

import hashlib
from collections.abc import Mapping

import pymysql
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inception.errors import ConfigError
from inception.settings.accounts import User, read_users
from inception.sql import quote_name, quote_text
from inception.wire.auth import new_scramble
from inception.wire.native import hash_native, native_digest, proves_native
from inception.wire.sha2 import StoredHash, fast_digest, hash_sha2, proves_sha2
from inception.wire.tls import Security
from tests.servers import MySQL
from tests.wire.conftest import Start
from tests.wire.support import Running, native_response, native_user, sha2_response, sha2_user

STORED = hash_sha2("right")


def login(server: Running, user: str, password: str, *, tls: bool) -> str:
    """Log in with PyMySQL and return what the server takes the client for."""
    ssl = {"ssl": {"check_hostname": False}} if tls else {"ssl_disabled": True}
    with pymysql.connect(
        host="127.0.0.1", port=server.port, user=user, password=password, read_timeout=10, **ssl
    ) as connection, connection.cursor() as cursor:  # fmt: skip
        cursor.execute("role")
        (row,) = cursor.fetchall()
    return str(row[0])


# Stored hashes.


def test_hash_is_what_mysqls_password_function_makes() -> None:
    # MariaDB [(none)]> SELECT PASSWORD('secret')
    assert hash_native("secret") == "*14E65567ABDB5135D0CFD9A70B3032C179A49EE7"


@pytest.mark.server("mysql")
def test_the_hash_that_mysql_stores_is_taken_as_it_is(mysql: MySQL) -> None:
    password = "it's ä \\ secret"
    with mysql.connect() as connection:
        account = f"{quote_name('hashed')}@'%'"
        connection.execute(f"CREATE USER {account} IDENTIFIED BY {quote_text(password)}".encode())
        ((shown,),) = connection.query("SELECT HEX(authentication_string) FROM mysql.user WHERE user = 'hashed'")
        connection.execute(f"DROP USER {account}".encode())
    user = read_users({"u": {"password_sha2": "0x" + str(shown)}})["u"]
    stored = StoredHash.parse(user.password_sha2)
    assert stored is not None
    assert stored.matches(password.encode())
    assert not stored.matches(b"its secret")


@pytest.mark.server("mysql")
def test_mysql_takes_the_hash_that_we_make(mysql: MySQL) -> None:
    with mysql.connect() as connection:
        stored = quote_text(hash_sha2("open sesame"))
        connection.execute(f"CREATE USER ours@'%' IDENTIFIED WITH caching_sha2_password AS {stored}".encode())
        with pymysql.connect(host="127.0.0.1", port=mysql.port, user="ours", password="open sesame"):
            pass
        connection.execute(b"DROP USER ours@'%'")


@settings(max_examples=10)
@given(st.text(min_size=1, max_size=64), st.text(min_size=1, max_size=64))
def test_a_stored_hash_matches_its_password_only(right: str, other: str) -> None:
    stored = StoredHash.parse(hash_sha2(right))
    assert stored is not None
    assert stored.matches(right.encode())
    assert stored.matches(other.encode()) == (right == other)


def test_an_endless_password_is_not_hashed() -> None:
    stored = StoredHash.parse(hash_sha2("x" * 300))
    assert stored is not None
    assert not stored.matches(b"x" * 300)


@pytest.mark.parametrize("text", ["", "secret", "$A$005$short", "$A$000$" + "a" * 63, "$5$" + "a" * 60])
def test_other_texts_are_no_stored_hash(text: str) -> None:
    assert StoredHash.parse(text) is None


@pytest.mark.parametrize(
    "given_", [{}, {"password_hash": "*abc"}, {"password_sha2": "secret"}, {"password_sha2": 5}, {"password": "secret"}]
)
def test_a_user_without_a_usable_hash_is_refused_without_showing_it(given_: Mapping[str, object]) -> None:
    with pytest.raises(ConfigError) as caught:
        read_users({"u": given_})
    assert "users: u" in caught.value.message
    assert "secret" not in caught.value.message.replace("'secret'", "")


def test_a_user_has_either_hash_or_both() -> None:
    users = read_users(
        {"a": {"password_hash": hash_native("p")}, "b": {"password_sha2": STORED, "role": "audit"},
         "c": {"password_hash": hash_native("p"), "password_sha2": "0x" + STORED.encode().hex()}}
    )  # fmt: skip
    assert [(user.password_hash != "", user.password_sha2 != "", user.role) for user in users.values()] == [
        (True, False, "admin"),
        (False, True, "audit"),
        (True, True, "admin"),
    ]
    assert STORED[7:] not in repr(users)


# Proofs.


@given(st.binary(min_size=1, max_size=40), st.binary(min_size=1, max_size=40))
def test_only_the_right_password_proves(right: bytes, other: bytes) -> None:
    scramble = new_scramble()
    assert proves_sha2(fast_digest(right), scramble, sha2_response(right, scramble))
    assert proves_sha2(fast_digest(right), scramble, sha2_response(other, scramble)) == (right == other)
    stored = native_digest(right)
    assert proves_native(stored, scramble, native_response(right, scramble))
    assert proves_native(stored, scramble, native_response(other, scramble)) == (right == other)
    assert not proves_native(stored, new_scramble(), native_response(right, scramble))


@pytest.mark.parametrize("response", [b"", b"\0", b"\0" * 20, b"\0" * 32, b"x" * 19, b"x" * 33, b"x" * 1000])
def test_no_other_response_is_accepted(response: bytes) -> None:
    scramble = new_scramble()
    assert not proves_native(native_digest(b"p"), scramble, response)
    assert not proves_native(native_digest(b"p"), scramble, native_response(b"p", scramble) + b"\0")
    assert not proves_sha2(fast_digest(b"p"), scramble, response)
    assert not proves_sha2(fast_digest(b"p"), scramble, sha2_response(b"p", scramble) + b"\0")


def test_scrambles_are_fresh_and_free_of_nul_and_dollar() -> None:
    scrambles = {new_scramble() for _ in range(200)}
    assert len(scrambles) == 200
    assert not set(b"".join(scrambles)) & {0, ord("$")}


# Logins.

USERS = {
    **native_user("old", "right", "audit"),
    **sha2_user("new", "right", "execute"),
    "both": User("both", hash_native("right"), "admin", hash_sha2("right")),
}


@pytest.mark.parametrize("tls", [False, True], ids=["RSA", "TLS"])
@pytest.mark.parametrize(("user", "role"), [("old", "audit"), ("new", "execute"), ("both", "admin")])
def test_login_in_full_then_fast(start: Start, security: Security, user: str, role: str, tls: bool) -> None:
    server = start(USERS, security=security)
    assert login(server, user, "right", tls=tls) == role
    assert login(server, user, "right", tls=tls) == role


@pytest.mark.parametrize("tls", [False, True], ids=["RSA", "TLS"])
@pytest.mark.parametrize("user", ["old", "new", "nobody"])
def test_a_wrong_password_and_an_unknown_user_are_told_alike(
    start: Start, security: Security, user: str, tls: bool
) -> None:
    server = start(USERS, security=security)
    with pytest.raises(pymysql.OperationalError) as caught:
        login(server, user, "wrong", tls=tls)
    assert caught.value.args == (1045, f"Access denied for user '{user}'@'127.0.0.1' (using password: YES)")


def test_the_second_login_needs_no_password(start: Start, security: Security) -> None:
    server = start(USERS, security=security)
    login(server, "new", "right", tls=True)
    client = server.raw()
    scramble = client.scramble()
    client.send(client.response("new", sha2_response(b"right", scramble), "caching_sha2_password"))
    assert client.read_packet() == b"\x01\x03"
    assert client.read_packet()[0] == 0
    client.close()


def test_a_wrong_fast_proof_leads_to_the_full_one_and_no_further(start: Start, security: Security) -> None:
    server = start(USERS, security=security)
    login(server, "new", "right", tls=True)
    client = server.raw()
    client.send(client.response("new", sha2_response(b"wrong", client.scramble()), "caching_sha2_password"))
    assert client.read_packet() == b"\x01\x04"
    client.send(b"right\0")  # in the clear, where only an encrypted one is taken
    assert client.read_packet()[:3] == b"\xff\x15\x04"
    assert client.ended()
    client.close()


def test_the_password_is_never_taken_in_the_clear_without_a_key(start: Start) -> None:
    client = start(USERS).raw()
    client.send(client.response("new", sha2_response(b"right", client.scramble()), "caching_sha2_password"))
    assert client.read_packet() == b"\x01\x04"
    client.send(b"right\0")
    assert client.read_packet()[:3] == b"\xff\x15\x04"
    client.close()


@pytest.mark.parametrize("plugin", ["mysql_native_password", "mysql_clear_password", "client_ed25519", ""])
def test_a_client_with_another_plugin_is_asked_to_switch_to_its_users(start: Start, plugin: str) -> None:
    client = start(USERS).raw()
    client.scramble()
    client.send(client.response("new", b"x" * 20, plugin))
    assert client.read_packet().startswith(b"\xfecaching_sha2_password\0")
    client.close()


@pytest.mark.parametrize("plugin", ["caching_sha2_password", "mysql_native_password"])
@pytest.mark.parametrize("answer", [b"", b"\0", b"x" * 32])
def test_without_users_every_login_is_accepted(start: Start, plugin: str, answer: bytes) -> None:
    client = start().raw()
    client.scramble()
    client.send(client.response("anyone", answer, plugin))
    packets = [client.read_packet()]
    while packets[-1][0] == 1:
        packets.append(client.read_packet())
    assert packets[-1][0] == 0
    client.close()


def test_sha2_response_is_the_documented_one() -> None:
    """XOR(SHA256(password), SHA256(SHA256(SHA256(password)), scramble))."""
    once = hashlib.sha256(b"p").digest()
    mask = hashlib.sha256(hashlib.sha256(once).digest() + b"s" * 20).digest()
    assert sha2_response(b"p", b"s" * 20) == bytes(a ^ b for a, b in zip(once, mask, strict=True))
