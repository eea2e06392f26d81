"""Which way an ALTER TABLE goes, what it is called, and what it is made of: names and texts of every kind."""

import json

import pytest

from inception.sql import quote_name
from tests.end_to_end.osc.online import Online, same_rows


def _status(online: Online, alter: str, database: str, *settings: str) -> tuple[str, str, str]:
    """Check and execute one statement; return its name in both, and what the status tells of its way."""
    checked = online.check(f"use {database}; {alter};") if not settings else []
    sequence = f"way-{online.gateway.port}"
    rows = online.alter(f"use {database}; {alter};", *settings, options=f"--sequence={sequence};")
    assert rows[1].stagestatus.startswith("Execute Successfully"), rows[1].errormessage
    [status] = json.loads(online.ask(f"inception get status '{sequence}'")[0][0])["tasks"]
    return (checked[1].sqlsha1 if checked else rows[1].sqlsha1), rows[1].sqlsha1, status["reason"]


def test_the_way_and_why(online: Online) -> None:
    """Instantly, natively for what copying would get wrong, natively where it is small, else online."""
    database = online.prepare(50, "ways")
    with online.target.connect() as target:
        target.query(f"UPDATE {database}.ways SET note = id")
    for alter, why in (
        ("add column b int", "natively: only the definition changes (ALGORITHM=INSTANT)"),
        ("alter a set default 5", "natively: only names, comments or defaults change"),
        ("comment 'x'", "natively: only names, comments or defaults change"),
        ("add unique u (note)", "natively: rows that collide in unique index 'u' would be lost silently"),
        ("add unique v (id, a)", "natively: it adds a unique index, which is never done by online copying"),
        ("drop index u, modify note varchar(20)", "natively: values that do not fit would be cut silently"),
        ("modify a bigint not null", "online: 0.0 MB, and inception_osc_min_table_size is 0 MB"),
        ("engine = innodb", "online: "),
    ):
        checked, executed, reason = _status(online, f"alter table ways {alter}", database)
        assert reason.startswith(f"It is altered {why}"), (alter, reason)
        assert checked == executed
        assert bool(executed) == why.startswith("online")
    assert online.traces(database) == (["ways"], [], [])
    small = _status(online, "alter table ways engine = innodb", database, "min_table_size = 16")
    assert small[1:] == ("", "It is altered natively: 0.0 MB is under inception_osc_min_table_size (16 MB).")


def test_equal_texts_of_a_batch_have_names_of_their_own(online: Online) -> None:
    """The same in the check, in the execution, and wherever else in a batch they stand."""
    database = online.prepare(50, "twice")
    text = "alter table twice engine = innodb;"
    checked = [row.sqlsha1 for row in online.check(f"use {database}; {text} {text}")]
    executed = [row.sqlsha1 for row in online.alter(f"use {database}; {text} insert into other (a) values (1); {text}")]
    assert checked == [executed[0], executed[1], executed[3]]
    assert len(set(checked[1:])) == 2
    assert all(len(name) == 41 and name.startswith("*") for name in checked[1:])


COLUMN_NAMES = ("a b", "c,d", 'q"x', "it's", "semi;colon", "100%T", "$x", "né", "group", "x--y", "back\\slash")


def test_columns_of_any_name(online: Online) -> None:
    database = online.prepare(50, "ways")
    columns = ", ".join(f"{quote_name(name)} INT DEFAULT {number}" for number, name in enumerate(COLUMN_NAMES))
    with online.target.connect() as target:
        target.query(f"CREATE TABLE {database}.named (id INT PRIMARY KEY, a INT, note VARCHAR(60), {columns})")
        target.query(f"INSERT INTO {database}.named (id, a, note) SELECT id, a, note FROM {database}.ways")
    actions = ", ".join(
        f"modify {quote_name(name)} bigint default {number}" for number, name in enumerate(COLUMN_NAMES)
    )
    rows = online.alter(f"alter /* it's */ table {database} . `named` {actions} -- all\n;")
    assert rows[0].stagestatus == "Execute Successfully\nBackup successfully", rows[0].errormessage
    assert online.definition(database, "named").count("bigint") == len(COLUMN_NAMES)
    assert same_rows(online.target, f"{database}.named", f"{database}.ways")
    with online.target.connect() as target:
        sums = ", ".join(f"SUM({quote_name(name)})" for name in COLUMN_NAMES)
        assert [int(str(value)) for value in target.query(f"SELECT {sums} FROM {database}.named")[0]] == [
            50 * number for number in range(len(COLUMN_NAMES))
        ]


TABLE_NAMES = (
    "a b", "c,d", 'q"x', "semi;colon", "100%T", "$x", "né", "group", "x--y", "back`tick", "UPPER", "a.b", "t" * 60,
)  # fmt: skip


def test_tables_of_any_name(online: Online) -> None:
    database = online.prepare(50, "ways")
    tables = [_copy(online, database, name) for name in TABLE_NAMES]
    rows = online.alter("".join(f"alter table {table} modify a bigint not null;" for table in tables))
    for row, name, table in zip(rows, TABLE_NAMES, tables, strict=True):
        assert row.sqlsha1 and row.stagestatus == "Execute Successfully\nBackup successfully", (name, row.errormessage)
        assert "bigint" in online.definition(database, name)
        assert same_rows(online.target, table, f"{database}.ways")
    assert online.traces(database)[0] == sorted([*TABLE_NAMES, "ways"])


@pytest.mark.parametrize("name", ["it's", "back\\slash", "表"])
def test_a_name_that_the_tool_cannot_take_is_refused_in_the_audit(online: Online, name: str) -> None:
    """Or altered: it is never the tool that fails."""
    database = online.prepare(50, "ways")
    rows = online.alter(f"alter table {_copy(online, database, name)} modify a bigint not null;")
    if name == "表" and rows[0].stage == "EXECUTED":  # from version 3.7 on
        assert rows[0].stagestatus == "Execute Successfully\nBackup successfully", rows[0].errormessage
    else:
        assert (rows[0].stage, rows[0].errlevel) == ("CHECKED", 2)
        assert "It is to go online, but cannot." in (rows[0].errormessage or "")
    assert online.traces(database) == (sorted([name, "ways"]), [], [])


def _copy(online: Online, database: str, name: str) -> str:
    """Make a table of this name with the rows of `ways`, and return its quoted name."""
    table = quote_name(database, name)
    with online.target.connect() as target:
        target.query(f"CREATE TABLE {table} (id INT PRIMARY KEY, a INT NOT NULL, note VARCHAR(60))")
        target.query(f"INSERT INTO {table} SELECT id, a, note FROM {database}.ways")
    return table
