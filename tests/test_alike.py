"""What is found in statements that are alike, once for all, is what is found in each by itself."""

from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from inception.audit import Audited, audit
from inception.batch import Batch, read_batch, rows
from inception.batch.options import Mode, Options
from inception.batch.parse import read_statement
from inception.batch.split import Piece, split
from inception.batch.statement import Statement
from inception.catalog import Catalog
from inception.rule import Rule, add_rules, all_rules, rule_variables
from inception.scene import Intent
from inception.schema.define import define
from inception.schema.model import Database
from inception.server import ServerVersion
from inception.settings import Settings
from inception.settings.levels import Level
from inception.world import Server, World

TABLES = (
    "create table t (id int unsigned not null, a int not null, b varchar(9), c decimal(5,2) not null, primary key (id))",
    "create table u (id int, a int, key (a))",
)
TEMPLATES = (
    "insert into t (id, a, b, c) values ({0}, {1}, {2}, {3})",
    "insert into t values ({0}, {1}, {2}), ({3}, {4}, 'x', 1)",
    "insert into t (id, a, b, c) values " + ", ".join(["({0}, {1}, {2}, 1)", "({3}, {4}, 'y', NULL)"] * 40),
    "replace into u (id) values ({0}) -- {1}",
    "insert into t (id, a, c) select id, {0}, {1} from u where a > {2} limit {n}",
    "update t set a = {0}, b = {1} where id = {2}",
    "update t set a = {0} where b = {1} order by {n} limit {n}",
    "update t, u set t.a = {0}, u.a = NULL where t.id = u.id and u.a = {1}",
    "delete from t where id = {0}",
    "delete from u where a in ({0}, {1}) or missing = {2}",
    "delete from nothing where a = {0}",
    "alter table u add x{n} int",
    "use other",
    "use shop",
    "update t set a = where id = {0}",
)
VALUES = st.sampled_from(["1", "2", "-5", "0x1f", "1.5", "'a'", "'it''s'", '"b"', "NULL", "DEFAULT", "'-- x'", "x'41'"])
STATEMENTS = st.builds(
    lambda template, values, n: template.format(*values, n=n),
    st.sampled_from(TEMPLATES),
    st.lists(VALUES, min_size=5, max_size=5),
    st.sampled_from("125"),
)


def world() -> World:
    tables = [define(text, database="shop") for text in TABLES]
    databases = {name: Database(name, "utf8mb4", "") for name in ("shop", "other")}
    catalog = Catalog(False, databases, {table.name: table for table in tables})
    return World(Server(ServerVersion.parse("8.0.36"), {"sql_mode": "STRICT_TRANS_TABLES"}), catalog)


def audited(batch: Batch) -> list[Audited]:
    variables = Settings(rule_variables()).snapshot()
    return list(audit(batch, world(), variables, Intent(executing=True)))


def one_by_one(pieces: list[Piece]) -> Batch:
    """Read each statement as if there were no other, and every row of it."""
    statements, database = [], "shop"
    with mock.patch.object(rows, "_SHORTEST", 1 << 40):
        for number, piece in enumerate(pieces, 1):
            statement = read_statement(number, piece.text, database, world().server.syntax)
            statements.append(statement)
            database = piece.text[4:] if piece.text.startswith("use ") else database
    return Batch(Options(Mode.EXECUTE, db="shop"), tuple(statements))


@given(st.lists(STATEMENTS, min_size=1, max_size=25))
@settings(max_examples=150, deadline=None)
def test_nothing_depends_on_what_is_shared(texts: list[str]) -> None:
    pieces = list(split(";\n".join(texts)))
    with mock.patch.object(rows, "_SHORTEST", 500):
        batch = read_batch(Options(Mode.EXECUTE, db="shop"), pieces, world().server.syntax)
    together, apart = audited(batch), audited(one_by_one(pieces))
    for left, right in zip(together, apart, strict=True):
        assert left.findings == right.findings, left.statement.text
        assert left.estimate == right.estimate


def test_a_rule_of_ones_own_looks_at_each() -> None:
    from inception.batch.statement import Statement

    looked: list[str] = []

    def check(statement: Statement) -> list[str]:
        looked.append(statement.text)
        return [statement.text] if "'bad'" in statement.text else []

    rule = Rule("own", all_rules()[0].shipped, 1, "A rule.", (Statement,), False, (), check)
    texts = [f"insert into t (id, a, b, c) values ({n}, 1, '{'bad' if n == 7 else 'x'}', 1)" for n in range(9)]
    add_rules((rule,))
    try:
        found = audited(read_batch(Options(Mode.CHECK, db="shop"), split(";".join(texts)), world().server.syntax))
    finally:
        add_rules(())
    assert looked == texts
    assert [bool(each.findings) for each in found] == [n == 7 for n in range(9)]
    assert found[7].findings[0].level is not Level.NONE


def test_all_rules_of_statements_are_alike() -> None:
    """One that is not has every row change of every batch looked at by itself."""
    assert [rule.name for rule in all_rules() if issubclass(Statement, rule.subjects) and not rule.alike] == []
