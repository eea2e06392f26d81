"""The accounts of docs/operations.md are enough: what they are for is done with them, and nothing more is granted."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from inception.osc.command import PROGRAM
from tests.conftest import KINDS, demand
from tests.end_to_end.conftest import Shop
from tests.end_to_end.osc.online import NEWER
from tests.grants import documented
from tests.secrets import PASSWORD
from tests.servers import DatabaseServer, Gateway, MariaDB

# the version that asks for more, where it is here
TOOL = next((each for each in (NEWER / PROGRAM, Path(shutil.which(PROGRAM) or "none")) if each.exists()), Path("none"))
_TABLE = """CREATE TABLE stock (id int unsigned NOT NULL AUTO_INCREMENT COMMENT 'id', n int NOT NULL DEFAULT 0 COMMENT 'n',
PRIMARY KEY (id)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='stock';"""
_BATCH = """use shop;
ALTER TABLE goods ADD COLUMN price int NOT NULL DEFAULT 0 COMMENT 'price';
INSERT INTO stock (id, n) VALUES (7, 70);
UPDATE stock SET n = 1 WHERE n < 60;
DELETE FROM stock WHERE id = 2;"""


def _account(server: DatabaseServer, user: str, *blocks: str) -> None:
    server.create_user(user, PASSWORD)
    with server.connect() as root:
        for block in blocks:
            for statement in documented(block):
                root.query(statement)


@pytest.fixture(scope="module", params=[pytest.param(kind, marks=pytest.mark.server(kind)) for kind in KINDS])
def modest(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A gateway, target and backup server whose accounts have what the guide lists."""
    demand(request.param, request.config)
    with KINDS[request.param]() as target, MariaDB() as backup:
        target.start()
        backup.start()
        with target.connect() as root:
            root.query("CREATE DATABASE shop")
        with target.connect(database="shop") as root:
            root.query(_TABLE)
            root.query(_TABLE.replace("stock", "goods"))
            root.query("INSERT INTO stock (n) VALUES (10), (20), (30)")
        _account(target, "inception_audit", "audit: all")
        _account(target, "inception", f"execute: {target.kind}")
        _account(backup, "inception", "backup server: all")
        password = tmp_path_factory.mktemp("modest") / "password"
        password.write_text(PASSWORD)
        with Gateway(
            inception_remote_backup_host="127.0.0.1", inception_remote_backup_port=backup.port,
            inception_osc_bin_dir=TOOL.parent, inception_remote_system_user="inception", inception_remote_system_password_file=password,
        ) as gateway:  # fmt: skip
            gateway.start()
            yield Shop(gateway, target, backup)


def test_the_audit_account_sees_what_a_batch_is_about(modest: Shop) -> None:
    rows = modest.submit("--enable-check;", _BATCH, user="inception_audit", password=PASSWORD)
    assert [row.errlevel for row in rows] == [0] * 5, [row.errormessage for row in rows]
    assert rows[3].Affected_rows == 3


@pytest.mark.skipif(not TOOL.exists(), reason="percona-toolkit is not here")
def test_the_account_that_executes_alters_online(modest: Shop) -> None:
    with modest.target.connect() as root:
        for statement in documented(f"osc: {modest.target.kind}"):
            root.query(statement)
    batch = """inception set session inception_osc_min_table_size = 0; use shop;
    ALTER TABLE goods MODIFY n bigint NOT NULL DEFAULT 0 COMMENT 'n';"""
    rows = modest.submit("--enable-execute;--enable-ignore-warnings;", batch, user="inception", password=PASSWORD)
    assert rows[-1].sqlsha1
    assert rows[-1].stagestatus == "Execute Successfully\nBackup successfully", rows[-1].errormessage
    assert "bigint" in modest.definition("shop", "goods")


def test_the_account_that_executes_backs_up_and_rolls_back(modest: Shop) -> None:
    before = modest.checksum("shop", "stock"), modest.definition("shop", "goods")
    options = "--enable-execute;--enable-ignore-warnings;--sequence=accounts;"
    rows = modest.submit(options, _BATCH, user="inception", password=PASSWORD)
    assert [row.errlevel for row in rows] == [0] * 5, [row.errormessage for row in rows]
    assert [row.stagestatus for row in rows[1:]] == ["Execute Successfully\nBackup successfully"] * 4
    modest.undo(rows)
    assert (modest.checksum("shop", "stock"), modest.definition("shop", "goods")) == before
