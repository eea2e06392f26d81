"""CREATE TABLE as written: what the reader keeps, and what it refuses and where."""

import pytest

from inception.errors import DefinitionError
from inception.lexer import Syntax, UnreadableSql
from inception.schema.define import CreateTable, define
from inception.schema.model import Column, Default, Generated, IndexKind, Period, TableName
from inception.schema.statements import read_ddl

MARIADB = Syntax(version=101119, mariadb=True)


def column(definition: str) -> Column:
    return define(f"CREATE TABLE t (a {definition})").columns[0]


def create(sql: str) -> CreateTable:
    found = read_ddl(sql, database="db")
    assert isinstance(found, CreateTable)
    return found


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("INTEGER", Column("a", "int")),
        ("int(11) unsigned zerofill", Column("a", "int", 11, unsigned=True, zerofill=True)),
        ("BOOL", Column("a", "tinyint", 1)),
        ("INT8 signed", Column("a", "bigint")),
        ("MIDDLEINT", Column("a", "mediumint")),
        ("REAL", Column("a", "double")),
        ("double precision(7,3)", Column("a", "double", 7, 3)),
        ("float(24)", Column("a", "float", 24)),
        ("float(25)", Column("a", "float", 25)),
        ("NUMERIC(10)", Column("a", "decimal", 10)),
        ("dec(10,2) unsigned", Column("a", "decimal", 10, 2, unsigned=True)),
        ("NATIONAL CHARACTER VARYING(3)", Column("a", "varchar", 3, charset="utf8mb3")),
        ("nchar", Column("a", "char", charset="utf8mb3")),
        ("long", Column("a", "mediumtext")),
        ("long varbinary", Column("a", "mediumblob")),
        ("char(3) byte", Column("a", "binary", 3)),
        ("varchar(9) ascii", Column("a", "varchar", 9, charset="latin1")),
        ("text charset utf8mb4 binary", Column("a", "text", charset="utf8mb4", collation="utf8mb4_bin")),
        ("varchar(9) binary", Column("a", "varchar", 9, extra=(("binary", ""),))),
        ("enum('x','it''s') charset latin1", Column("a", "enum", values=("x", "it's"), charset="latin1")),
        ("datetime(6)", Column("a", "datetime", 6)),
        ("int not null", Column("a", "int", nullable=False)),
        ("int key", Column("a", "int", nullable=False)),
        ("int default -1", Column("a", "int", default=Default("-1"))),
        ("int default null", Column("a", "int", default=Default("NULL".lower()))),
        ("varchar(3) default _latin1'x' 'y'", Column("a", "varchar", 3, default=Default("_latin1'x' 'y'"))),
        ("int default (1 + (2))", Column("a", "int", default=Default("(1 + (2))", expression=True))),
        (
            "timestamp default now() on update localtime",
            Column("a", "timestamp", default=Default("now()", expression=True), on_update="localtime"),
        ),
        ("int as (b + 1)", Column("a", "int", generated=Generated("b + 1"))),
        ("int generated always as (b) stored", Column("a", "int", generated=Generated("b", stored=True))),
        ("int comment 'x' invisible", Column("a", "int", comment="x", invisible=True)),
        ("int /*!80023 INVISIBLE */", Column("a", "int", invisible=True)),
        ("int check (a > 1)", Column("a", "int", check="a > 1")),
        ("varchar(9) collate utf8mb4_BIN", Column("a", "varchar", 9, collation="utf8mb4_bin")),
        ("varchar(9) character set 'UTF8'", Column("a", "varchar", 9, charset="utf8")),
        ("point srid 4326", Column("a", "point", extra=(("srid", "4326"),))),
        (
            "int column_format fixed storage disk",
            Column("a", "int", extra=(("column_format", "FIXED"), ("storage", "DISK"))),
        ),
    ],
)
def test_column(written: str, expected: Column) -> None:
    assert column(written) == expected


def test_null_as_written() -> None:
    assert column("timestamp null").null_written
    assert not column("timestamp").null_written


def test_serial() -> None:
    table = define("create table t (a serial)")
    expected = Column("a", "bigint", unsigned=True, nullable=False, auto_increment=True)
    assert table.columns == (expected,)
    assert [index.kind for index in table.indexes] == [IndexKind.UNIQUE]


def test_names_and_indexes_stay_as_written() -> None:
    table = define(
        """create table `d b`.`t``t` (Id int primary key, b int unique, c text, constraint x primary key z (Id),
        key (b), index i using hash (b desc, c(10)) comment 'x', fulltext f (c), spatial key (g),
        constraint u unique (b), key ((b + 1), (lower(c)) desc))"""
    )
    assert table.name == TableName("d b", "t`t")
    assert [(index.name, index.kind.value, index.written_name) for index in table.indexes] == [
        ("PRIMARY", "primary", ""),
        ("", "unique", ""),
        ("PRIMARY", "primary", "z"),
        ("", "index", ""),
        ("i", "index", ""),
        ("f", "fulltext", ""),
        ("", "spatial", ""),
        ("u", "unique", ""),
        ("", "index", ""),
    ]
    index = table.indexes[4]
    assert (index.using, index.comment, index.parts[0].descending, index.parts[1].prefix) == ("hash", "x", True, 10)
    assert [part.expression for part in table.indexes[8].parts] == ["b + 1", "lower(c)"]
    assert table.indexes[8].parts[1].descending


def test_foreign_keys_and_checks() -> None:
    table = define(
        """create table t (a int references p (x) on delete set null, b int, c int check (c > 0) check (c < 9),
        constraint f foreign key i (a, b) references q.p (x, y) match full on update cascade on delete no action,
        foreign key (b) references p (x), constraint k check (a > (b)) not enforced, check (b))"""
    )
    inline, named, bare = table.foreign_keys
    assert (inline.inline, inline.columns, inline.parent, inline.on_delete) == (
        True,
        ("a",),
        TableName("", "p"),
        "SET NULL",
    )
    assert (named.name, named.index_name, named.parent) == ("f", "i", TableName("q", "p"))
    assert (named.on_update, named.on_delete, named.match) == ("CASCADE", "NO ACTION", "FULL")
    assert (bare.name, bare.parent_columns) == ("", ("x",))
    assert table.columns[2].check == "c > 0"
    checks = [(check.name, check.expression, check.enforced) for check in table.checks]
    assert checks == [("", "c < 9", True), ("k", "a > (b)", False), ("", "b", True)]


def test_options_with_and_without_signs() -> None:
    table = define(
        """create table t (a int) engine innodb, default charset=UTF8MB4 collate utf8mb4_bin, comment 'it''s'
        auto_increment 5 row_format = compressed max_rows=10 union=(a, b) tablespace ts data directory='/x'
        stats_persistent=default /*!50100 PARTITION BY HASH (a) PARTITIONS 4 */"""
    )
    assert dict(table.options) == {
        "engine": "innodb",
        "charset": "utf8mb4",
        "collation": "utf8mb4_bin",
        "comment": "it's",
        "auto_increment": "5",
        "row_format": "COMPRESSED",
        "max_rows": "10",
        "union": "(a, b)",
        "tablespace": "ts",
        "data_directory": "/x",
        "stats_persistent": "DEFAULT",
    }
    assert table.partitioning == "PARTITION BY HASH (a) PARTITIONS 4"
    assert define("create table t (a int)").options == ()


def test_mariadb() -> None:
    table = define(
        """create table t (a int default (b + 1), b uuid default uuid(), s date, e date, period for p (s, e), c int x=1,
        key k (a) ignored, unique (a, p without overlaps)) with system versioning `opt`='v' page_compressed=1""",
        syntax=MARIADB,
    )
    assert table.columns[1].default == Default("uuid()", expression=True)
    assert table.columns[4].extra == (("`x", "1"),)
    assert table.periods == (Period("p", "s", "e"),)
    assert (table.indexes[0].invisible, table.indexes[0].extra) == (True, (("ignored", ""),))
    assert table.indexes[1].extra == (("without_overlaps", "p"),)
    assert table.options == (("system_versioning", ""), ("`opt", "'v'"), ("`page_compressed", "1"))


def test_statement() -> None:
    assert create("create table t (a int)").name == TableName("db", "t")
    temporary = create("create or replace temporary table if not exists x.t (a int);")
    assert (temporary.or_replace, temporary.temporary, temporary.if_not_exists) == (True, True, True)
    assert create("create table t like x.u").like == create("create table t (like x.u)").like == TableName("x", "u")
    assert not create("create table t like u").table.complete


@pytest.mark.parametrize(
    "sql",
    [
        "create table t as §select 1",
        "create table t §select 1",
        "create table t (a int) engine=innodb replace as §(select 1) union select 2",
        "create table t (§select 1)".replace("(§", "§("),
        "create table t ignore §with x as (select 1) select * from x",
    ],
)
def test_select(sql: str) -> None:
    created = create(sql.replace("§", ""))
    assert created.select_start == sql.index("§")
    assert not created.table.complete


@pytest.mark.parametrize(
    "sql",
    [
        "create table t(a §)",
        "create table t(a varchar§)",
        "create table t(a varbinary§)",
        "create table t(a nvarchar§)",
        "create table t(a double(5§))",
        "create table t(a int,§,b int)",
        "create table t(a int§ b int)",
        "create table t(a int§",
        "create table t(a int,§)",
        "create table t§",
        "create table t (§)",
        "create table t (a int)§) ",
        "create table t (a int) §foo=1",
        "create table t (a int) engine=§",
        "create table t (a int) comment=§x",
        "create table t (a int) row_format=§odd",
        "create table t (a int) max_rows=§x",
        "create table t (a int) engine=innodb,§",
        "create table t (a int) §default engine=innodb",
        "create table t (a §itn)",
        "create table t (a int §nul)",
        "create table t (a int not §nil)",
        "create table t (a int default§)",
        "create table t (a int default §b)",
        "create table t (a int default §(1",
        "create table t (a int comment §x)",
        "create table t (a int on update §1)",
        "create table t (a int as (§))",
        "create table t (a int check (§))",
        "create table t (a enum(§))",
        "create table t (a enum('x',§))",
        "create table t (a int(§x))",
        "create table t (a int(1§,2))",
        "create table t (a int, key(§))",
        "create table t (a int, key k§)",
        "create table t (a int, key k (a(§x)))",
        "create table t (a int, primary §(a))",
        "create table t (a int, unique foo §bar (a))",
        "create table t (a int, constraint x §key (a))",
        "create table t (a int, foreign key (a) §reference b (c))",
        "create table t (a int, foreign key (a) references b (c) on delete §remove)",
        "create table t (a int, §select int)",
        "create table §select (a int)",
        "create table t (§`` int)",
        "create table if §exists t (a int)",
        "create table t like u §(a int)",
        "create table t (a int) partition by §foo (a)",
        "create table t (a int) partition by range (a) (§p0 values less than (1))",
        "create table t (a int) partition by hash (a) partitions §x",
        "create table t (a int) as §1",
        "create table t (a int)§; select 1",
        "create §tabel t (a int)",
        "create §unique table t (a int)",
    ],
)
def test_malformed(sql: str) -> None:
    """Refused, at the place that § marks."""
    place = sql.index("§")
    text = sql.replace("§", "")
    with pytest.raises(UnreadableSql) as caught:
        read_ddl(text)
    assert caught.value.offset == len(text) - len(text[place:].lstrip())


def test_define_wants_columns() -> None:
    for sql in ("create table t like u", "create table t select 1"):
        with pytest.raises(DefinitionError):
            define(sql)
