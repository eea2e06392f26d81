"""Passwords are nowhere: not in answers, errors, the process list, the log, the tables of either server, arguments."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pymysql
import pytest

from inception.mysql import Connection
from inception.sql import quote_name
from tests.end_to_end.conftest import Shop
from tests.processes import HOST
from tests.secrets import awkward
from tests.servers import Gateway, MariaDB

# Awkward to mask: quotes, a comment's end, what looks like an option, a blank.
TARGET, BACKUP = awkward("tgt's*/ pw;--host=x"), awkward("bck-")
USER = "usr-pw-2846"  # also shown: in an answer that shows what was submitted
_SECRETS = [secret.encode() for secret in (TARGET, TARGET.replace("'", "''"), "pw;--host=x", BACKUP, USER)]
_CHANGES = "use shop; insert into t (id) values (1), (2); delete from t where id = 1;"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Servers and a gateway, all with passwords."""
    directory = tmp_path_factory.mktemp("secrets")
    (directory / "backup").write_text(BACKUP + "\n")
    with MariaDB() as target, MariaDB() as backup:
        target.start()
        backup.start()
        target.create_user("dba", TARGET, "ALL ON *.*")
        backup.create_user("store", BACKUP, "ALL ON *.*")
        with target.connect() as root:
            root.query("CREATE DATABASE shop")
            root.query("CREATE TABLE shop.t (id int PRIMARY KEY)")
        with Gateway(
            inception_remote_backup_host=HOST, inception_remote_backup_port=backup.port,
            inception_remote_system_user="store", inception_remote_system_password_file=directory / "backup",
            audit_log_file=directory / "audit.jsonl",
        ) as gateway:  # fmt: skip
            gateway.start()
            yield Shop(gateway, target, backup)


def _batch(shop: Shop, options: str, statements: str, password: str = TARGET) -> str:
    """Return what a client gets to see for a batch: its rows, or the error."""
    quoted = "'" + password.replace("'", "''") + "'"
    source = f"/*--host=127.0.0.1;--port={shop.target.port};--user=dba;--password={quoted};{options}*/"
    return _said(shop, f"{source}inception_magic_start;{statements}inception_magic_commit;")


def _said(shop: Shop, text: str) -> str:
    try:
        return repr(shop.ask(text))
    except pymysql.MySQLError as error:
        return repr(error)


def _everything_stored(server: Connection) -> bytes:
    """Return the content of all tables that are not the server's own."""
    tables = server.query(
        "SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE' "
        "AND TABLE_SCHEMA NOT IN ('mysql', 'performance_schema', 'information_schema', 'sys')"
    )
    rows = [server.query(f"SELECT * FROM {quote_name(str(database), str(table))}") for database, table in tables]
    return repr(rows).encode()


def _use_everything(shop: Shop) -> Iterator[str]:
    yield _batch(shop, "--enable-check;", _CHANGES)
    yield _batch(shop, "--enable-execute;--enable-ignore-warnings;--sequence=secret;", _CHANGES)
    yield _batch(shop, "--enable-execute;--sequence=secret-2;", "use shop; insert into nowhere values (1);")
    yield _batch(shop, "--enable-check;", _CHANGES, password=TARGET + USER)  # refused by the target
    yield _batch(shop, "--enable-check;--hots=x;", _CHANGES)  # a mistyped option
    yield _batch(shop, "--enable-check", "use shop; select 1")  # no end
    yield _batch(shop, "--enable-split;", _CHANGES)
    yield _batch(shop, "--enable-query-print;", "use shop; select id from t;")
    # its rows show the text that was submitted, as they must; the log must not
    accounts = f"create user u identified by '{USER}'; set password = '{USER}';"
    _batch(shop, "--enable-check;", accounts)
    _batch(shop, "--enable-execute;", accounts)
    yield _said(shop, f"/*--host=127.0.0.1;--password={BACKUP};*/ inception rollback '1_2_3'")
    yield _said(shop, f"inception set inception_password = '{USER}'")
    for command in ("get variables", "get full processlist", "get status", "get status 'secret'", "show rules"):
        yield _said(shop, f"inception {command}")
    with suppress(pymysql.MySQLError), shop.client(password=USER) as client:
        client.ping()


def test_no_password_is_ever_shown_or_kept(guarded: Shop) -> None:
    audited = Path(str(guarded.gateway.settings["audit_log_file"]))
    seen = [each.encode() for each in _use_everything(guarded)]
    assert b"Execute Successfully" in seen[1]  # it did work with the password
    assert b"Access denied" in seen[3]
    with guarded.backup.connect() as backup, guarded.target.connect() as target:
        stored = [_everything_stored(backup), _everything_stored(target)]
    logged = [guarded.gateway.log.encode(), guarded.target.log.encode(), guarded.backup.log.encode()]
    logged.append(audited.read_bytes())
    assert b"create user u identified by" in logged[-1] and b"insert into t (id) values (1), (2)" in logged[-1]
    arguments = [Path(f"/proc/{guarded.gateway.pid}/cmdline").read_bytes()]
    for secret in _SECRETS:
        for number, place in enumerate((*seen, *stored, *logged, *arguments)):
            assert secret not in place, (secret, number)


def test_the_log_shows_everything_else(guarded: Shop) -> None:
    assert "********" in guarded.gateway.log
    assert "--sequence=secret" in guarded.gateway.log
