"""Which changes of a column's type may lose data, and which cannot."""

import pytest

from tests.rules.test_rules import findings

KEEPS = (
    "int > bigint", "int unsigned > bigint", "tinyint unsigned > smallint", "decimal(10,2) > decimal(12,2)",
    "decimal(10,2) > decimal(12,4)", "int > decimal(10)", "float > double", "varchar(10) > char(10)",
    "varchar(10) > tinytext", "varchar(63) > tinytext", "text > mediumtext", "varbinary(10) > blob",
    "varchar(10) > varbinary(40)", "enum('a','b') > enum('b','a','c')", "enum('a','bc') > varchar(2)",
    "set('a','b') > varchar(3)", "datetime > datetime(3)", "timestamp null > datetime", "date > datetime",
    "int > varchar(11)", "int unsigned > varchar(10)", "decimal(5,2) > varchar(7)", "date > char(10)", "bit(4) > bit(8)",
    "year > char(4)", "json > longtext", "datetime(6) > varchar(26)", "time > varchar(17)", "char(5) > varchar(5)",
    "varbinary(10) > varbinary(10)", "tinytext > varchar(255)", "tinyblob > blob",
)  # fmt: skip
LOSES = (
    "int > int unsigned", "bigint > int", "tinyint unsigned > tinyint", "decimal(10,2) > decimal(12,1)",
    "decimal(10,2) > decimal(11,4)", "decimal(10,2) > decimal(10,2) unsigned", "int > decimal(9)",
    "smallint > decimal(5) unsigned", "double > float", "float > float unsigned", "varchar(10) > varchar(9)",
    "varchar(64) > tinytext", "text > varchar(100)", "mediumtext > text", "varchar(10) > varbinary(39)",
    "enum('a','b') > enum('a')", "enum('a','bc') > varchar(1)", "set('a','b') > varchar(2)", "datetime(3) > datetime",
    "datetime > timestamp null", "datetime > date", "timestamp(3) null > datetime(2)", "int > varchar(10)",
    "int unsigned > varchar(9)", "decimal(5,2) > varchar(6)", "date > char(9)", "bit(8) > bit(4)", "time(6) > time",
    "year > char(3)", "int > date", "json > text", "varbinary(10) > varchar(9)", "blob > tinyblob", "int > blob",
)  # fmt: skip


@pytest.mark.parametrize(("change", "loses"), [(each, False) for each in KEEPS] + [(each, True) for each in LOSES])
def test_a_changed_type(change: str, loses: bool) -> None:
    old, new = change.split(" > ")
    given = [f"create table t (id int primary key, a {old}) charset utf8mb4"]
    found = findings({"sql": f"alter table t modify a {new}", "given": given})
    assert any(rule == "alter_data_loss" for rule, _, _ in found) is loses
