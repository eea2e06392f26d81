"""Levels of rules through the wire: set, shown, and in force for batches."""

from pathlib import Path

import pymysql
import pytest

from tests.end_to_end.conftest import Shop
from tests.servers import Gateway

BATCH = "update t set a = 1 where id = 1 limit 1;"


def level_of(rows: list[tuple[object, ...]], rule: str) -> tuple[object, ...]:
    return next(row[1:] for row in rows if row[0] == rule)


def test_set_and_get(shop: Shop, database: str) -> None:
    with shop.target.connect(database=database) as target:
        target.query("create table t (id int primary key, a int)")
    checked = f"use {database}; {BATCH}"
    assert shop.ask("inception get levels 'dml_limit'") == [("dml_limit", "1", "1", "YES")]
    try:
        for level in ("0", "2", "1"):
            shop.ask(f"INCEPTION set level dml_limit = {level};")
            assert shop.ask("inception get levels like 'dml\\_limi_'") == [("dml_limit", level, "1", "YES")]
            assert shop.check(checked)[1].errlevel == int(level)
        shop.ask("inc set level `dml_limit`=0")
        assert level_of(shop.ask("inception show rules"), "dml_limit")[0] == "off"
    finally:
        shop.ask("inception set level dml_limit = default")
    assert level_of(shop.ask("inception show rules"), "dml_limit")[0] == "warning"
    rows = shop.ask("inception get levels")
    assert level_of(rows, "syntax") == ("2", "2", "NO: the target would refuse such statements")
    assert level_of(rows, "alter_data_loss") == ("note", "note", "YES")
    assert [row[0] for row in rows] == sorted(str(row[0]) for row in rows)


def test_a_refusal_says_why(shop: Shop) -> None:
    with pytest.raises(pymysql.MySQLError, match="can't be below level 2: the target would refuse") as caught:
        shop.ask("inception set level unknown_table = 0")
    assert caught.value.args[0] == 2515


def test_levels_of_the_configuration_and_of_a_source(shop: Shop, database: str, tmp_path: Path) -> None:
    with shop.target.connect(database=database) as target:
        target.query("create table t (id int primary key, a int)")
    path = tmp_path / "inception.yaml"
    path.write_text(
        "levels: {dml_limit: 2}\n"
        f"sources: {{shop: {{host: 127.0.0.1, port: {shop.target.port}, user: root, levels: {{dml_limit: 0}}}}}}\n"
    )
    with Gateway(config=path) as gateway:
        gateway.start()
        own = Shop(gateway, shop.target, shop.backup)
        statements = f"use {database}; {BATCH}"
        assert own.check(statements)[1].errlevel == 2
        with own.client() as client, client.cursor() as cursor:
            cursor.execute(f"/*--source=shop;--check*/ inception_magic_start; {statements} inception_magic_commit;")
            assert [row[2] for row in cursor.fetchall()] == [0, 0]
