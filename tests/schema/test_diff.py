"""The ALTER that `diff` writes, word for word, and what it refuses to write."""

import pytest

from inception.errors import DefinitionError
from inception.schema.alter import AlterTable
from inception.schema.apply import apply, renames
from inception.schema.define import define
from inception.schema.diff import diff
from inception.schema.model import Table, TableName
from inception.schema.statements import read_ddl


def table(body: str, name: str = "t", rest: str = "") -> Table:
    return define(f"CREATE TABLE `{name}` ({body}){rest}", database="inception")


def changes(current: str, wanted: str, **renamed: str) -> str | None:
    sql = diff(table(current), table(wanted), renamed=renamed)
    if sql is None:
        return None
    head = "ALTER TABLE `inception`.`t` "
    assert sql.startswith(head)
    assert sql.endswith(";")
    return sql[len(head) : -1]


def test_the_example_of_the_manual() -> None:
    before = table("`id` int(11) NOT NULL, `age2` int(11), `age` int(11) NOT NULL COMMENT 'age'", "myinfo")
    altered = read_ddl(
        "ALTER TABLE myinfo RENAME TO myinfo1, ADD COLUMN age3 int NOT NULL COMMENT 'age', "
        "ADD INDEX idx_age2 (age2), DROP COLUMN age;",
        database="inception",
    )
    assert isinstance(altered, AlterTable)
    after = apply(before, altered.actions)
    assert after.name == TableName("inception", "myinfo1")
    assert diff(after, before) == (
        "ALTER TABLE `inception`.`myinfo1` DROP COLUMN `age3`, DROP INDEX `idx_age2`, "
        "ADD COLUMN `age` int(11) NOT NULL COMMENT 'age', RENAME TO `inception`.`myinfo`;"
    )


@pytest.mark.parametrize(
    ("current", "wanted", "expected"),
    [
        ("a int", "a int", None),
        ("a int", "a int, b int NOT NULL", "ADD COLUMN `b` int NOT NULL"),
        ("b int", "a int NOT NULL, b int", "ADD COLUMN `a` int NOT NULL FIRST"),
        ("a int, c int", "a int, b int NOT NULL, c int", "ADD COLUMN `b` int NOT NULL AFTER `a`"),
        ("a int DEFAULT NULL, b int DEFAULT NULL", "b int DEFAULT NULL, a int DEFAULT NULL",
         "MODIFY COLUMN `a` int DEFAULT NULL AFTER `b`"),
        ("a int NOT NULL", "a bigint NOT NULL", "MODIFY COLUMN `a` bigint NOT NULL"),
        ("a int NOT NULL", "A int NOT NULL", "CHANGE COLUMN `a` `A` int NOT NULL"),
        ("a int, b int, KEY k (a)", "a int, b int", "DROP INDEX `k`"),
        ("a int, b int, KEY l (a)", "a int, b int, KEY k (a)", "RENAME INDEX `l` TO `k`"),
        ("a int, b int, KEY k (b)", "a int, b int, KEY k (a)", "DROP INDEX `k`, ADD INDEX `k` (`a`)"),
        ("a int, KEY y (a)", "a int, KEY x (a(3)), KEY y (a)",
         "DROP INDEX `y`, ADD INDEX `x` (`a`(3)), ADD INDEX `y` (`a`)"),
        ("a int, KEY y (a)", "a int, UNIQUE KEY x (a), KEY y (a)", "ADD UNIQUE INDEX `x` (`a`)"),
        ("a int NOT NULL", "a int NOT NULL, PRIMARY KEY (a)", "ADD PRIMARY KEY (`a`)"),
        ("a int NOT NULL, PRIMARY KEY (a)", "a int NOT NULL", "DROP PRIMARY KEY"),
        ("a int NOT NULL, b int",
         "a int NOT NULL, b int, CONSTRAINT f FOREIGN KEY (b) REFERENCES p (x) ON DELETE CASCADE",
         "ADD CONSTRAINT `f` FOREIGN KEY (`b`) REFERENCES `inception`.`p` (`x`) ON DELETE CASCADE"),
        ("b int, CONSTRAINT f FOREIGN KEY (b) REFERENCES p (x)", "b int", "DROP FOREIGN KEY `f`"),
        ("b int, CONSTRAINT c CHECK ((b > 1))", "b int, CONSTRAINT d CHECK ((b > 1))",
         "DROP CONSTRAINT `c`, ADD CONSTRAINT `d` CHECK ((b > 1))"),
        ("b int, CONSTRAINT c CHECK (b) NOT ENFORCED", "b int, CONSTRAINT c CHECK (b)", "ALTER CHECK `c` ENFORCED"),
        ("a int, KEY k (a) /*!80000 INVISIBLE */", "a int, KEY k (a)", "ALTER INDEX `k` VISIBLE"),
        ("a int, KEY k (a)", "a int, KEY k (a) IGNORED", "ALTER INDEX `k` IGNORED"),
        ("`x``y` int", "`a` int NOT NULL COMMENT 'it''s \\\\'",
         "DROP COLUMN `x``y`, ADD COLUMN `a` int NOT NULL COMMENT 'it''s \\\\'"),
    ],
)  # fmt: skip
def test_changes(current: str, wanted: str, expected: str | None) -> None:
    assert changes(current, wanted) == expected


def test_renamed_column_stays_in_its_keys() -> None:
    now = (
        "b int NOT NULL, c int, KEY k (b), CONSTRAINT x CHECK (`b` > 1), CONSTRAINT f FOREIGN KEY (b) REFERENCES p (x)"
    )
    then = (
        "a int NOT NULL, c int, KEY k (a), CONSTRAINT x CHECK (`a` > 1), CONSTRAINT f FOREIGN KEY (a) REFERENCES p (x)"
    )
    assert changes(now, then, b="a") == "CHANGE COLUMN `b` `a` int NOT NULL"


def test_options() -> None:
    now = table("a int", rest=" ENGINE=MyISAM DEFAULT CHARSET=latin1 COMMENT='x' ROW_FORMAT=FIXED AUTO_INCREMENT=7")
    then = table("a int", rest=" ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin")
    assert diff(now, then) == (
        "ALTER TABLE `inception`.`t` DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin, ENGINE=InnoDB, "
        "COMMENT='', ROW_FORMAT=DEFAULT;"
    )
    tablespace = table("a int", rest=" TABLESPACE `x`")
    with pytest.raises(DefinitionError, match="TABLESPACE"):
        diff(tablespace, table("a int"))


def test_partitioning() -> None:
    parted = table("a int", rest=" /*!50100 PARTITION BY HASH (`a`) PARTITIONS 2 */")
    assert diff(parted, table("a int")) == "ALTER TABLE `inception`.`t` REMOVE PARTITIONING;"
    assert diff(table("a int, b int"), parted) == (
        "ALTER TABLE `inception`.`t` DROP COLUMN `b` PARTITION BY HASH (`a`) PARTITIONS 2;"
    )


def test_names_that_follow_the_table() -> None:
    """Foreign keys and checks that the server named after the table, and foreign keys to itself."""
    keys = "CONSTRAINT `{0}_ibfk_1` FOREIGN KEY (a) REFERENCES `{0}` (a), CONSTRAINT `{0}_chk_1` CHECK (a)"
    now, then = table(f"a int, {keys.format('u')}", "u"), table(f"a int, {keys.format('t')}", "t")
    assert diff(now, then) == "ALTER TABLE `inception`.`u` RENAME TO `inception`.`t`;"


def test_what_one_alter_cannot_do() -> None:
    with pytest.raises(DefinitionError, match="may be NULL and has no default"):
        changes("a int NOT NULL", "a int NOT NULL, b int")
    with pytest.raises(DefinitionError, match="Foreign key 'f'"):
        changes(
            "a int, CONSTRAINT f FOREIGN KEY (a) REFERENCES p (x)",
            "a int, CONSTRAINT f FOREIGN KEY (a) REFERENCES q (x)",
        )
    with pytest.raises(DefinitionError, match="not known"):
        diff(Table(TableName("d", "v"), is_view=True), Table(TableName("d", "v"), is_view=True))
    system = "s timestamp GENERATED ALWAYS AS ROW START, e timestamp GENERATED ALWAYS AS ROW END"
    with pytest.raises(DefinitionError, match="system-time period"):
        changes(system, f"{system}, PERIOD FOR SYSTEM_TIME (s, e)")


def test_renames_of_actions() -> None:
    altered = read_ddl("alter table t change a b int, modify c int, rename column d to e")
    assert isinstance(altered, AlterTable)
    assert renames(altered.actions) == {"b": "a", "e": "d"}


def test_impossible_actions_are_left_out() -> None:
    """Judging is not apply's: what the server would refuse changes nothing."""
    before = table("a int, b int DEFAULT NULL, KEY k (b)")
    altered = read_ddl(
        "alter table t drop x, modify y int first, add b bigint, drop index z, rename column p to q, "
        "add key k (a), alter w set default 1, drop check c"
    )
    assert isinstance(altered, AlterTable)
    assert apply(before, altered.actions) == before
