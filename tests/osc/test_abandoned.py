"""At its start the server tells what online schema changes have left on its named targets."""

from pathlib import Path

from inception.osc.abandoned import find_abandoned
from inception.schema.model import TableName
from tests.processes import HOST, wait_until
from tests.servers import DatabaseServer, Gateway


def _leave(target: DatabaseServer, database: str, table: str) -> None:
    with target.connect(database=database) as connection:
        for name in (table, f"_{table}_new", "plain", "_plain_new"):
            connection.query(f"CREATE TABLE {name} (id int PRIMARY KEY)")
        connection.query(
            f"CREATE TRIGGER pt_osc_{database}_{table}_ins AFTER INSERT ON {table} FOR EACH ROW "
            f"REPLACE INTO `{database}`.`_{table}_new` VALUES (NEW.id)"
        )
        connection.query("CREATE TRIGGER own BEFORE INSERT ON plain FOR EACH ROW SET NEW.id = 1")


def test_only_tables_with_the_tools_triggers_are_found(target: DatabaseServer) -> None:
    with target.database() as database:
        _leave(target, database, "t")
        with target.connect() as connection:
            assert [each for each in find_abandoned(connection) if each.database == database] == [
                TableName(database, "t")
            ]


def test_the_server_tells_it_when_it_starts(target: DatabaseServer, tmp_path: Path) -> None:
    configuration = tmp_path / "inception.yaml"
    there = f"{{host: {HOST}, port: {target.port}, user: root}}"
    nowhere = f"{{host: {HOST}, port: 1, user: root}}"
    configuration.write_text(f"sources: {{gone: {nowhere}, shop: {there}}}\n")
    with target.database() as database:
        _leave(target, database, "t")
        with Gateway(config=configuration) as gateway:
            gateway.start()
            command = f"/*--source=shop;*/ inception clean osc '{database}.t'"
            wait_until(lambda: command in gateway.log)
            assert "source gone was not looked at" in gateway.log
