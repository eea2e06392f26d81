"""Every statement's rollback comes from its own stretch of the binary log, whatever ran before it in the batch."""

from tests.end_to_end.conftest import Row, Shop, stored
from tests.servers import DatabaseServer

_NOTES = "id int NOT NULL, PRIMARY KEY (id)"


def _execute(shop: Shop, target: DatabaseServer, statements: str, options: str = "") -> list[Row]:
    return shop.submit(f"--enable-execute;--enable-ignore-warnings;{options}", statements, port=target.port)


def _rollback(shop: Shop, row: Row) -> list[str]:
    with shop.backup.connect() as backup:
        return list(stored(backup, row.sequence.strip("'"), row.backup_dbname or ""))


def test_a_definition_change_in_front_of_row_changes(shop: Shop, target: DatabaseServer) -> None:
    with target.database() as name, target.connect(database=name) as connection:
        connection.query(f"CREATE TABLE a ({_NOTES})")
        connection.query(f"CREATE TABLE b ({_NOTES})")
        changes = "alter table a add column n int; insert into b values (1); alter table a drop column n;"
        rows = _execute(shop, target, f"use {name}; {changes} insert into b values (2);")
    assert [row.stagestatus for row in rows[1:]] == ["Execute Successfully\nBackup successfully"] * 4
    assert _rollback(shop, rows[4]) == [f"DELETE FROM `{name}`.`b` WHERE `id`=2;"]


def test_rows_that_a_failed_statement_left_behind_are_not_the_next_ones(shop: Shop, target: DatabaseServer) -> None:
    with target.database() as name, target.connect(database=name) as connection:
        connection.query(f"CREATE TABLE plain ({_NOTES}) ENGINE=MyISAM")
        connection.query("INSERT INTO plain VALUES (2)")
        changes = "insert into plain values (1), (2), (3); insert into plain values (4);"
        rows = _execute(shop, target, f"use {name}; {changes}", "--enable-force;")
        left = [value for (value,) in connection.query("SELECT id FROM plain ORDER BY id")]
    assert left == ["1", "2", "4"]
    assert rows[1].stagestatus == "Execute failed"
    assert _rollback(shop, rows[2]) == [f"DELETE FROM `{name}`.`plain` WHERE `id`=4;"]
