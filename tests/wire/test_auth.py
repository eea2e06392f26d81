import pytest
from hypothesis import given
from hypothesis import strategies as st

from inception.errors import ConfigError
from inception.wire.auth import Accounts, hash_password, new_scramble
from tests.wire.support import native_response


def test_hash_is_what_mysqls_password_function_makes() -> None:
    # MariaDB [(none)]> SELECT PASSWORD('secret')
    assert hash_password("secret") == "*14E65567ABDB5135D0CFD9A70B3032C179A49EE7"


@given(st.text(min_size=1), st.text(min_size=1))
def test_only_the_right_password_is_accepted(right: str, other: str) -> None:
    accounts = Accounts({"u": hash_password(right)})
    scramble = new_scramble()
    assert accounts.accept("u", scramble, native_response(right, scramble))
    assert accounts.accept("u", scramble, native_response(other, scramble)) == (right == other)
    assert not accounts.accept("v", scramble, native_response(right, scramble))


@pytest.mark.parametrize("response", [b"", b"\0", b"\0" * 20, b"x" * 19, b"x" * 21, b"x" * 1000])
def test_no_other_response_is_accepted(response: bytes) -> None:
    assert not Accounts({"u": hash_password("p")}).accept("u", new_scramble(), response)


def test_a_response_is_good_for_one_challenge_only() -> None:
    accounts = Accounts({"u": hash_password("p")})
    assert not accounts.accept("u", new_scramble(), native_response("p", new_scramble()))


def test_a_response_padded_to_length_is_refused() -> None:
    accounts, scramble = Accounts({"u": hash_password("p")}), new_scramble()
    assert not accounts.accept("u", scramble, native_response("p", scramble) + b"\0")


def test_without_users_every_login_is_accepted() -> None:
    assert Accounts({}).accept("anyone", new_scramble(), b"")


def test_scrambles_are_fresh_and_free_of_nul_and_dollar() -> None:
    scrambles = {new_scramble() for _ in range(200)}
    assert len(scrambles) == 200
    assert not set(b"".join(scrambles)) & {0, ord("$")}


@pytest.mark.parametrize("text", ["", "secret", "*ABC", "*" + "g" * 40])
def test_a_hash_that_is_none_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Accounts({"u": text})
    assert "'u'" in caught.value.message
    assert not text or text not in caught.value.message


def test_passwords_and_hashes_are_not_in_a_repr() -> None:
    stored = hash_password("p")
    assert stored[1:].lower() not in repr(Accounts({"u": stored})).lower()
