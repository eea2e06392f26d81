"""CREATE, ALTER and DROP VIEW: read up to the query. Manual: "CREATE VIEW Statement"."""

from dataclasses import dataclass

from inception.schema.model import TableName
from inception.schema.reader import Reader


@dataclass(frozen=True)
class CreateView:
    """CREATE VIEW or ALTER VIEW (`alter`); `select_start` is the offset of its query."""

    name: TableName
    columns: tuple[str, ...]
    select_start: int
    or_replace: bool = False
    if_not_exists: bool = False
    alter: bool = False


@dataclass(frozen=True)
class DropView:
    """DROP VIEW."""

    views: tuple[TableName, ...]
    if_exists: bool = False


def skip_view_words(reader: Reader) -> bool:
    """Step over ALGORITHM, DEFINER and SQL SECURITY as far as VIEW, if a view it is."""
    while True:
        if reader.accept("ALGORITHM"):
            reader.expect("=")
            reader.expect_any("UNDEFINED", "MERGE", "TEMPTABLE")
        elif reader.accept("DEFINER"):
            reader.expect("=")
            _account(reader)
        elif reader.accept_all("SQL", "SECURITY"):
            reader.expect_any("DEFINER", "INVOKER")
        else:
            return reader.accept("VIEW")


def _account(reader: Reader) -> None:
    reader.accept("CURRENT_USER")
    while reader.word not in ("SQL", "VIEW", "TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "AGGREGATE", "PACKAGE"):
        if reader.ended:
            reader.fail("expected an account")
        reader.at += 1


def read_view(reader: Reader, database: str, *, or_replace: bool = False, alter: bool = False) -> CreateView:
    """Read from behind VIEW to the end."""
    if_not_exists = reader.if_not_exists()
    name = reader.table_name(database, "a view name")
    columns = reader.names("a column") if reader.word == "(" else ()
    reader.expect("AS")
    start = reader.token.start
    if not reader.rest():
        reader.fail("expected SELECT")
    return CreateView(name, columns, start, or_replace, if_not_exists, alter)
