"""What the tool cannot do, or would do at a price, is told in the audit; what can be done is done."""

import pytest

from tests.end_to_end.conftest import Row
from tests.end_to_end.osc.online import Online

ALTER = "use {}; alter table parent modify note bigint;"


def _family(online: Online) -> str:
    """Make a table with one that refers to it, and return their database."""
    database = online.prepare(10, "family")
    with online.target.connect() as target:
        target.query(f"CREATE TABLE {database}.parent (id INT PRIMARY KEY, note INT)")
        target.query(
            f"CREATE TABLE {database}.child (id INT PRIMARY KEY, p INT, "
            f"CONSTRAINT fk FOREIGN KEY (p) REFERENCES {database}.parent (id))"
        )
        target.query(f"INSERT INTO {database}.parent VALUES (1, 1), (2, 2)")
        target.query(f"INSERT INTO {database}.child VALUES (1, 1), (2, 2)")
    return database


def _refused(row: Row) -> str:
    assert (row.stage, row.errlevel) == ("CHECKED", 2), row
    assert row.sqlsha1
    return row.errormessage or ""


def test_foreign_keys_that_point_at_it(online: Online) -> None:
    """Refused unless a way of keeping them is chosen, or they may be broken."""
    database = _family(online)
    told = _refused(online.alter(ALTER.format(database))[1])
    assert f"Foreign keys of {database}.child point at table 'parent'" in told
    assert "Set it to rebuild_constraints or auto, or give --force to have them broken." in told
    assert "bigint" not in online.definition(database, "parent")


@pytest.mark.parametrize("method", ["rebuild_constraints", "auto", "drop_swap"])
def test_foreign_keys_are_kept(online: Online, method: str) -> None:
    database = _family(online)
    row = online.alter(ALTER.format(database), f"alter_foreign_keys_method = {method}")[1]
    if row.stage == "CHECKED":  # version 3.2 would leave its new table
        assert method == "drop_swap"
        assert "drop_swap fails with this version of the tool" in _refused(row)
    else:
        assert row.stagestatus.startswith("Execute Successfully"), row.errormessage
        assert "bigint" in online.definition(database, "parent")
    assert "REFERENCES `parent` (`id`)" in online.definition(database, "child")
    assert online.traces(database) == (["child", "family", "parent"], [], [])


def test_triggers_and_keys_are_looked_at_before(online: Online) -> None:
    database = online.prepare(10, "bare")
    with online.target.connect() as target:
        target.query(f"CREATE TABLE {database}.keyless (id INT, a INT)")
        target.query(f"CREATE TRIGGER {database}.audit BEFORE INSERT ON {database}.bare FOR EACH ROW SET NEW.a = 1")
    told = _refused(online.alter(f"use {database}; alter table bare modify a bigint not null;")[1])
    assert "Table 'bare' has triggers (audit), which pt-online-schema-change refuses." in told
    told = _refused(online.alter(f"use {database}; alter table keyless modify a bigint;")[1])
    assert "Table 'keyless' has no primary key and no unique index without NULLs that lasts." in told
    assert online.traces(database)[0] == ["bare", "keyless"]


def test_the_room_that_it_takes_is_told(online: Online) -> None:
    database = online.prepare(20_000, "big")
    with online.target.connect() as target:
        target.query(f"ANALYZE TABLE {database}.big")
        size = int(str(target.value(
            "SELECT DATA_LENGTH + INDEX_LENGTH FROM information_schema.TABLES "
            f"WHERE TABLE_SCHEMA = '{database}' AND TABLE_NAME = 'big'"
        )))  # fmt: skip
    [row] = online.check(f"use {database}; alter table big modify a bigint not null;")[1:]
    assert f"Goes online: the copy needs about {size / (1 << 20):.1f} MB more" in (row.errormessage or "")
