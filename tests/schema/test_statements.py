"""ALTER TABLE and the other DDL statements: each read into its value, or refused at its place."""

import pytest

from inception.lexer import Syntax, UnreadableSql
from inception.schema.actions import (
    Action,
    AddCheck,
    AddColumn,
    AddForeignKey,
    AddIndex,
    AddPeriod,
    After,
    Algorithm,
    ChangeColumn,
    ColumnVisibility,
    ConvertCharset,
    DropCheck,
    DropColumn,
    DropConstraint,
    DropDefault,
    DropForeignKey,
    DropIndex,
    DropPeriod,
    EnforceCheck,
    First,
    IndexVisibility,
    Lock,
    Maintain,
    PartitionAction,
    RenameColumn,
    RenameIndex,
    RenameTable,
    SetDefault,
    SetOption,
    SystemVersioning,
)
from inception.schema.alter import AlterTable
from inception.schema.databases import AlterDatabase, CreateDatabase, DropDatabase
from inception.schema.model import (
    Check,
    Column,
    Default,
    ForeignKey,
    Index,
    IndexKind,
    IndexPart,
    Period,
    TableName,
)
from inception.schema.statements import (
    CreateIndex,
    Ddl,
    DropIndexStatement,
    DropTable,
    RenameTables,
    Truncate,
    read_ddl,
)
from inception.schema.views import CreateView, DropView

T = TableName("db", "t")
A = Column("a", "int")
KEY = Index("k", IndexKind.PLAIN, (IndexPart("a"),))


def alter(actions: str, syntax: Syntax | None = None) -> AlterTable:
    found = read_ddl(f"ALTER TABLE t {actions}", database="db", syntax=syntax or Syntax())
    assert isinstance(found, AlterTable)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("add a int", [AddColumn(A)]),
        ("add column if not exists a int first", [AddColumn(A, First(), if_not_exists=True)]),
        ("add a int after `x y`", [AddColumn(A, After("x y"))]),
        ("add (a int, key k (a))", [AddColumn(A), AddIndex(KEY)]),
        ("add a int unique", [AddColumn(A), AddIndex(Index("", IndexKind.UNIQUE, (IndexPart("a"),)))]),
        ("add key k (a)", [AddIndex(KEY)]),
        ("add index if not exists k (a)", [AddIndex(KEY, if_not_exists=True)]),
        ("add unique index (a)", [AddIndex(Index("", IndexKind.UNIQUE, (IndexPart("a"),)))]),
        ("add primary key (a)", [AddIndex(Index("PRIMARY", IndexKind.PRIMARY, (IndexPart("a"),)))]),
        ("add fulltext f (a)", [AddIndex(Index("f", IndexKind.FULLTEXT, (IndexPart("a"),)))]),
        (
            "add constraint f foreign key (a) references p (x)",
            [AddForeignKey(ForeignKey("f", ("a",), TableName("", "p"), ("x",)))],
        ),
        ("add constraint c check (a > 1)", [AddCheck(Check("c", "a > 1"))]),
        ("add check (a > 1) not enforced", [AddCheck(Check("", "a > 1", enforced=False))]),
        ("add period for p (s, e)", [AddPeriod(Period("p", "s", "e"))]),
        ("add system versioning, drop system versioning", [SystemVersioning(True), SystemVersioning(False)]),
        ("change b a int first", [ChangeColumn("b", A, First())]),
        ("modify column a int", [ChangeColumn("a", A, modify=True)]),
        ("modify if exists a int after b", [ChangeColumn("a", A, After("b"), modify=True, if_exists=True)]),
        ("drop a, drop column b", [DropColumn("a"), DropColumn("b")]),
        ("drop column if exists a cascade", [DropColumn("a", if_exists=True)]),
        ("drop key k, drop index l", [DropIndex("k"), DropIndex("l")]),
        ("drop primary key", [DropIndex("PRIMARY")]),
        ("drop foreign key f", [DropForeignKey("f")]),
        ("drop check c, drop constraint d", [DropCheck("c"), DropConstraint("d")]),
        ("drop period for p", [DropPeriod("p")]),
        ("rename column a to b", [RenameColumn("a", "b")]),
        ("rename key k to l, rename index m to n", [RenameIndex("k", "l"), RenameIndex("m", "n")]),
        ("rename u", [RenameTable(TableName("db", "u"))]),
        ("rename to x.u", [RenameTable(TableName("x", "u"))]),
        ("rename as u, rename = v", [RenameTable(TableName("db", "u")), RenameTable(TableName("db", "v"))]),
        ("alter a set default 1, alter column b drop default", [SetDefault("a", Default("1")), DropDefault("b")]),
        ("alter a set default (1)", [SetDefault("a", Default("(1)", expression=True))]),
        ("alter a set invisible", [ColumnVisibility("a", True)]),
        ("alter index k invisible, alter key l visible", [IndexVisibility("k", True), IndexVisibility("l", False)]),
        (
            "alter index k ignored, alter index l not ignored",
            [IndexVisibility("k", True, ignored=True), IndexVisibility("l", False, ignored=True)],
        ),
        ("alter check c not enforced, alter constraint d enforced", [
            EnforceCheck("c", False), EnforceCheck("d", True)]),
        ("engine=InnoDB comment 'x', row_format=dynamic", [
            SetOption("engine", "InnoDB"), SetOption("comment", "x"), SetOption("row_format", "DYNAMIC")]),
        ("default character set = latin1 collate latin1_bin", [
            SetOption("charset", "latin1"), SetOption("collation", "latin1_bin")]),
        ("convert to charset utf8mb4 collate utf8mb4_bin", [ConvertCharset("utf8mb4", "utf8mb4_bin")]),
        ("convert to character set default", [ConvertCharset("default")]),
        ("algorithm=inplace, lock none", [Algorithm("inplace"), Lock("none")]),
        ("force, disable keys, enable keys", [Maintain("force"), Maintain("disable keys"), Maintain("enable keys")]),
        ("order by a desc, t.b, drop c", [Maintain("order by a desc, t.b"), DropColumn("c")]),
        ("discard tablespace", [Maintain("discard tablespace")]),
        ("add a int, without validation", [AddColumn(A), Maintain("without validation")]),
        ("add partition (partition p values less than (1))", [
            PartitionAction("add", "add partition (partition p values less than (1))")]),
        ("add partition partitions 2", [PartitionAction("add", "add partition partitions 2")]),
        ("drop partition p, q", [PartitionAction("drop", "drop partition p, q", ("p", "q"))]),
        ("truncate partition all", [PartitionAction("truncate", "truncate partition all", ("ALL",))]),
        ("reorganize partition p into (partition q values in (1))", [
            PartitionAction("reorganize", "reorganize partition p into (partition q values in (1))", ("p",))]),
        ("exchange partition p with table u without validation", [
            PartitionAction("exchange", "exchange partition p with table u without validation", ("p",))]),
        ("coalesce partition 2", [PartitionAction("coalesce", "coalesce partition 2")]),
        ("check partition p quick", [PartitionAction("check", "check partition p quick", ("p",))]),
        ("import partition p tablespace", [PartitionAction("import", "import partition p tablespace", ("p",))]),
        ("convert partition p to table u", [PartitionAction("convert", "convert partition p to table u", ("p",))]),
        ("lock=none, drop partition p", [Lock("none"), PartitionAction("drop", "drop partition p", ("p",))]),
        ("remove partitioning", [PartitionAction("remove", "REMOVE PARTITIONING")]),
        ("drop a remove partitioning", [DropColumn("a"), PartitionAction("remove", "REMOVE PARTITIONING")]),
        ("add a int partition by hash (a)", [AddColumn(A), PartitionAction("by", "partition by hash (a)")]),
        ("", []),
    ],
)  # fmt: skip
def test_actions(text: str, expected: list[Action]) -> None:
    assert list(alter(text).actions) == expected


def test_alter_statement() -> None:
    found = read_ddl("alter online ignore table if exists x.t wait 5 add a int;")
    assert isinstance(found, AlterTable)
    assert (found.name, found.online, found.ignore, found.if_exists) == (TableName("x", "t"), True, True, True)
    assert (found.wait, found.body_start) == ("WAIT 5", 47)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("create index k on t (a)", CreateIndex(T, KEY)),
        (
            "create unique index k using btree on x.t (a(3) desc) comment 'c' algorithm=inplace lock=none",
            CreateIndex(
                TableName("x", "t"),
                Index("k", IndexKind.UNIQUE, (IndexPart("a", 3, True),), "btree", "c"),
                modifiers=(Algorithm("inplace"), Lock("none")),
            ),
        ),
        ("create fulltext index k on t (a)", CreateIndex(T, Index("k", IndexKind.FULLTEXT, (IndexPart("a"),)))),
        ("create or replace index if not exists k on t (a)", CreateIndex(T, KEY, if_not_exists=True, or_replace=True)),
        ("drop index k on t", DropIndexStatement(T, "k")),
        ("drop index if exists `PRIMARY` on t lock=none", DropIndexStatement(T, "PRIMARY", True, (Lock("none"),))),
        ("rename table t to u, x.v to y.w",
         RenameTables(((T, TableName("db", "u")), (TableName("x", "v"), TableName("y", "w"))))),
        ("rename tables t to u", RenameTables(((T, TableName("db", "u")),))),
        ("drop table t", DropTable((T,))),
        ("drop temporary tables if exists t, x.u restrict", DropTable((T, TableName("x", "u")), True, True)),
        ("truncate t", Truncate(T)),
        ("truncate table x.t;", Truncate(TableName("x", "t"))),
        ("create database d", CreateDatabase("d")),
        (
            "create schema if not exists `d b` default charset=utf8 collate utf8_bin",
            CreateDatabase("d b", (("charset", "utf8"), ("collation", "utf8_bin")), if_not_exists=True),
        ),
        ("create database d /*!40100 default character set utf8mb4 */ /*!80016 default encryption='N' */",
         CreateDatabase("d", (("charset", "utf8mb4"), ("encryption", "N")))),
        ("alter database d character set latin1", AlterDatabase("d", (("charset", "latin1"),))),
        ("alter schema collate latin1_bin", AlterDatabase("", (("collation", "latin1_bin"),))),
        ("alter database d read only = 1", AlterDatabase("d", (("read_only", "1"),))),
        ("drop database if exists d", DropDatabase("d", True)),
        ("create view v as select 1", CreateView(TableName("db", "v"), (), 17)),
        (
            "create or replace algorithm=merge definer=`a`@`%` sql security invoker view x.v (a, b) as select 1, (2)",
            CreateView(TableName("x", "v"), ("a", "b"), 90, or_replace=True),
        ),
        ("create definer=a@b.c.d view v as select 1", CreateView(TableName("db", "v"), (), 33)),
        ("alter view v as select 1", CreateView(TableName("db", "v"), (), 16, alter=True)),
        ("drop view if exists v, x.w cascade", DropView((TableName("db", "v"), TableName("x", "w")), True)),
    ],
)  # fmt: skip
def test_statement(sql: str, expected: Ddl) -> None:
    assert read_ddl(sql, database="db") == expected


@pytest.mark.parametrize(
    "sql",
    [
        "select 1",
        "insert into t values (1)",
        "create procedure p() begin end",
        "create definer=a@b trigger x before insert on t for each row set @a = 1",
        "create or replace function f() returns int return 1",
        "create user a",
        "alter user a identified by 'x'",
        "drop trigger x",
        "create sequence s",
        "rename user a to b",
        "grant select on t to a",
        "",
    ],
)
def test_not_ours(sql: str) -> None:
    assert read_ddl(sql) is None


@pytest.mark.parametrize(
    "sql",
    [
        "create index i §t4(c1(100))",
        "create index §on t (a)",
        "create index i on t§",
        "create index i on t (a) §foo",
        "create §tabel t(a int)",
        "alter §tabel t add a int",
        "drop §tabel t",
        "drop table t§ u",
        "drop table t,§",
        "drop index i§",
        "rename table t §u",
        "rename table t to u,§",
        "truncate table t, u".replace(",", "§,"),
        "create database d §foo",
        "alter database d§",
        "drop database §if not exists d".replace("§if not", "if §not"),
        "create view v §select 1",
        "create view v as§",
        "create view v () as select 1".replace("()", "(§)"),
        "alter table t §foo bar",
        "alter table t add§",
        "alter table t add a§",
        "alter table t add a int §before b",
        "alter table t add a int after§",
        "alter table t add a int,§",
        "alter table t add a int §drop b",
        "alter table t drop b §comment 'x'",
        "alter table t add (a int, b int§",
        "alter table t add column §key",
        "alter table t change a§",
        "alter table t change a b§",
        "alter table t modify a §first",
        "alter table t drop foreign §f",
        "alter table t alter a §default 1",
        "alter table t alter a set §null",
        "alter table t alter index k §hidden",
        "alter table t rename column a §b",
        "alter table t convert to §latin1",
        "alter table t algorithm=§fast",
        "alter table t lock=§all",
        "alter table t drop partition p, §drop column b",
        "alter table t add partition §foo",
        "alter table t remove partitioning§, drop b",
        "alter table t enable §key",
        "alter table t add constraint c §key (a)",
        "alter table §",
    ],
)
def test_malformed(sql: str) -> None:
    """Refused, at the place that § marks."""
    place = sql.index("§")
    text = sql.replace("§", "")
    with pytest.raises(UnreadableSql) as caught:
        read_ddl(text)
    assert caught.value.offset == len(text) - len(text[place:].lstrip())
