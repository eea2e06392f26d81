"""Character sets through the wire: texts come back as they were sent, and reach the target as they were meant."""

import contextlib
from typing import Any

import pytest

from tests.end_to_end.conftest import Row, Shop

CREATE = (
    "create table 订单 (编号 int unsigned not null auto_increment comment '主键', 名称 varchar(20) not null default '无' "
    "comment '客户的名称', primary key (编号), key idx_名称 (名称)) engine=innodb default charset=utf8mb4 comment='客户的订单'"
)
# What stands behind N and an introducer is bytes to the server, which a gbk client sends as gbk.
TEXTS = {
    "utf8mb4": "insert into 订单 (名称) values ('订单甲'), (N'国家'), (_utf8mb4'介绍'), (_gbk x'D6D0CEC4')",
    "gbk": "insert into 订单 (名称) values ('订单甲'), (_gbk'国家'), (N'and'), (_utf8mb4 x'E4B8ADE69687')",
}
VALUES = {"utf8mb4": ["订单甲", "国家", "介绍", "中文"], "gbk": ["订单甲", "国家", "and", "中文"]}
EXECUTE = "--enable-execute;--enable-ignore-warnings;"
ASTRAL = "insert into 订单 (名称) values ('😀 and 𠮷'), (_utf8mb4 x'F09F9880'), (n'é')"


def submit(shop: Shop, charset: str, options: str, statements: str) -> list[Row]:
    """Submit a batch from a client of that character set."""
    text = f"{shop.source(options)} inception_magic_start; {statements}; inception_magic_commit;"
    with contextlib.closing(shop.client(charset=charset)) as client, client.cursor() as cursor:
        cursor.execute(text)
        return [Row(*row) for row in cursor.fetchall()]


def names(shop: Shop, database: str) -> list[Any]:
    with shop.target.connect(database=database) as target:
        return [row[0] for row in target.query("select 名称 from 订单 order by 编号")]


@pytest.mark.parametrize("charset", TEXTS)
def test_chinese_names_and_texts(shop: Shop, database: str, charset: str) -> None:
    rows = submit(
        shop, charset, "--enable-check;", f"use {database}; {CREATE}; {TEXTS[charset]}; select 没有 from 订单"
    )
    assert [row.SQL for row in rows] == [f"use {database}", CREATE, TEXTS[charset], "select 没有 from 订单"]
    assert 'Identifier "订单" is invalid' in (rows[1].errormessage or "")
    assert 'Identifier "idx_名称" is invalid' in (rows[1].errormessage or "")
    assert "comments" not in (rows[1].errormessage or "")
    assert "Unknown column '没有'" in (rows[3].errormessage or "")
    for statement in (CREATE, TEXTS[charset]):
        rows = submit(shop, charset, EXECUTE, f"use {database}; {statement}")
        assert statement == rows[1].SQL
        assert rows[1].stagestatus.startswith("Execute Successfully"), rows[1].errormessage
    assert names(shop, database) == VALUES[charset]
    definition = shop.definition(database, "订单")
    assert "COMMENT '客户的名称'" in definition
    assert "COMMENT='客户的订单'" in definition
    assert "DEFAULT '无'" in definition


def test_characters_of_four_bytes(shop: Shop, database: str) -> None:
    submit(shop, "utf8mb4", EXECUTE, f"use {database}; {CREATE}")
    rows = submit(shop, "utf8mb4", EXECUTE, f"use {database}; {ASTRAL}")
    assert rows[1].SQL == ASTRAL
    assert names(shop, database) == ["😀 and 𠮷", "😀", "é"]
    rows = submit(shop, "utf8mb4", EXECUTE, f"use {database}; delete from 订单 where 名称 = '😀'")
    assert names(shop, database) == ["😀 and 𠮷", "é"]
    shop.undo(rows)
    assert names(shop, database) == ["😀 and 𠮷", "😀", "é"]


def test_a_name_that_the_client_cannot_show(shop: Shop, database: str) -> None:
    """What a latin1 client cannot take comes as a question mark, as MySQL sends it; the row is there."""
    with shop.target.connect(database=database) as target:
        target.query("create table 订单 (编号 int primary key)")
    rows = submit(shop, "latin1", "--enable-check;", f"use {database}; inception show tables; select é from dual")
    assert rows[2].SQL == "select é from dual"
    assert rows[1].SQL.splitlines()[-1] == "??"


def test_lengths_count_characters(shop: Shop, database: str) -> None:
    name = "名" * 64
    rows = shop.check(f"use {database}; create table {name} (a int); create table {name}字 (a int);")
    assert "too long" not in (rows[1].errormessage or "")
    assert "too long: table names have at most 64 characters" in (rows[2].errormessage or "")
