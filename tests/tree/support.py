"""Trees of statements on given tables, without a server."""

from typing import Any

from inception.batch import read_batch
from inception.batch.options import Mode, Options
from inception.batch.split import split
from inception.catalog import Catalog
from inception.lexer import Syntax
from inception.schema.define import define
from inception.schema.model import Database
from inception.tree import trees
from inception.tree.masking import masked
from inception.tree.printed import Printed

SHOP = (
    "CREATE TABLE `t` (`a` int, `b` int, `c` varchar(20))",
    "CREATE TABLE `s` (`a` int, `x` int, `y` decimal(10,2))",
    "CREATE TABLE `users` (`id` int, `name` varchar(40), `phone` varchar(20), `doc` json)",
)
SYNTAX = Syntax(version=80036)


def catalog(given: tuple[str, ...] = SHOP) -> Catalog:
    tables = [define(text, database="shop") for text in given]
    databases = {name: Database(name, "utf8mb4", "utf8mb4_0900_ai_ci") for name in ("shop", "other")}
    return Catalog(False, databases, {table.name: table for table in tables})


def printed(
    sql: str, mode: Mode = Mode.QUERY_PRINT, given: tuple[str, ...] = SHOP, syntax: Syntax = SYNTAX
) -> list[Printed]:
    """Return what --query-print or --masking says of statements in database shop."""
    batch = read_batch(Options(mode, db="shop"), split(sql), syntax)
    tell = masked if mode is Mode.MASKING else trees
    return list(tell(batch.statements, catalog(given), syntax))


def tree(sql: str, syntax: Syntax = SYNTAX) -> dict[str, Any]:
    """Return the tree of one statement that has nothing wrong."""
    [row] = printed(sql, syntax=syntax)
    assert row.problems == ()
    found: dict[str, Any] = row.tree
    return found


def expression(sql: str, syntax: Syntax = SYNTAX) -> dict[str, Any]:
    """Return the node of an expression on table t."""
    [node] = tree(f"select {sql} from t", syntax)["select_list"]
    return dict(node)


def shown(sql: str, given: tuple[str, ...] = SHOP) -> list[tuple[int, str]]:
    """Return (index, table.column) of everything behind the columns of a query, in order."""
    [*_, row] = printed(sql, Mode.MASKING, given)
    assert row.problems == ()
    return [(each["index"], f"{each['table']}.{each['field']}") for each in row.tree]
