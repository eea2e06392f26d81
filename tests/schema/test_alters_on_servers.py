"""ALTERs on real servers: what `apply` says the table will be, and `diff`, the rollback, which restores it exactly."""

import random

import pytest

from inception.errors import DefinitionError, ServerError
from inception.schema.alter import AlterTable
from inception.schema.apply import apply, renames
from inception.schema.define import define
from inception.schema.diff import diff, restoring
from inception.schema.statements import read_ddl
from tests.schema.alters import ALTERS, BASE, ON_BASE
from tests.schema.workshop import Workshop, shape

# A server drops the index that it made for a foreign key when another serves it: definitions do not tell which it made.
UNFORESEEN = "add constraint fz foreign key (p)"


def alter_and_take_back(workshop: Workshop, actions: str, *, ordered: bool = True) -> None:
    """Alter a table; compare it with the foreseen one; take it back by `diff`; compare what the server prints.

    `ordered`: the order of the indexes is foreseen too.
    """
    before = workshop.printed("t")
    wanted = define(before, database=workshop.database)
    workshop.query(f"ALTER TABLE t {actions}")
    altered = read_ddl(f"ALTER TABLE t {actions}", database=workshop.database, syntax=workshop.syntax)
    assert isinstance(altered, AlterTable)

    foreseen = apply(wanted, altered.actions, workshop.syntax)
    current = workshop.defined(foreseen.name.name)
    if UNFORESEEN not in actions:
        assert shape(foreseen, ordered=ordered) == shape(current, ordered=ordered)

    back = restoring(current, wanted, renamed=renames(altered.actions))
    for text in back:
        workshop.query(text)
    assert workshop.printed("t") == before, back


@pytest.mark.parametrize(("kind", "body", "actions"), ALTERS, ids=[actions for _, _, actions in ALTERS])
def test_alter(workshop: Workshop, kind: str, body: str, actions: str) -> None:
    workshop.only(kind)
    workshop.query(f"CREATE TABLE t {body}")
    alter_and_take_back(workshop, actions)


@pytest.mark.parametrize("seed", range(20))
def test_several_actions_at_once(workshop: Workshop, seed: int) -> None:
    """Some actions drawn together, of those that the server takes together."""
    draw = random.Random(seed)
    for _ in range(200):
        actions = ", ".join(draw.sample([each for each in ON_BASE if "primary key" not in each], 3))
        workshop.query("DROP TABLE IF EXISTS t, t2")
        workshop.query(f"CREATE TABLE t {BASE}")
        try:
            workshop.query(f"ALTER TABLE t {actions}")
        except ServerError:
            continue
        workshop.query("DROP TABLE IF EXISTS t, t2")
        workshop.query(f"CREATE TABLE t {BASE}")
        alter_and_take_back(workshop, actions)
        return
    pytest.fail("the server refuses all that was drawn")


def test_renamed_columns_keep_their_data(workshop: Workshop) -> None:
    workshop.query("CREATE TABLE t (id int primary key, a int, b varchar(9))")
    wanted = workshop.defined("t")
    workshop.query("INSERT INTO t VALUES (1, 2, 'x')")
    workshop.query("ALTER TABLE t CHANGE a b int, CHANGE b a varchar(9) NOT NULL FIRST, ADD c int")
    back = diff(workshop.defined("t"), wanted, renamed={"b": "a", "a": "b"})
    assert back is not None
    workshop.query(back)
    assert workshop.defined("t") == wanted
    assert workshop.connection.query("SELECT a, b FROM t") == [("2", "x")]


def test_default_that_no_single_alter_restores(workshop: Workshop) -> None:
    workshop.only("mysql")
    workshop.query("CREATE TABLE t (id int, a int)")
    workshop.query("ALTER TABLE t ALTER a DROP DEFAULT")
    wanted = workshop.defined("t")
    workshop.query("ALTER TABLE t DROP a")
    with pytest.raises(DefinitionError, match="may be NULL and has no default"):
        diff(workshop.defined("t"), wanted)


def test_the_server_refuses_a_foreign_key_dropped_and_added(workshop: Workshop) -> None:
    """Why `diff` raises there: test_diff.py."""
    workshop.query("CREATE TABLE t (id int, a int, CONSTRAINT f FOREIGN KEY (a) REFERENCES parent (id))")
    with pytest.raises(ServerError, match=r"(?i)duplicate foreign key"):
        workshop.query("ALTER TABLE t DROP FOREIGN KEY f, ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES parent (k)")
