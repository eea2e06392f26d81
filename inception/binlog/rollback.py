"""A changed row → the SQL statement that takes the change back: pure.

Not the reading, and not the storing or the order: statements come in the order of the binary log, and are to be run
in the reverse of it. Each stands on its own and ends with a semicolon.
"""

from collections.abc import Callable, Iterator

from inception.binlog import literals
from inception.binlog.decode import Image, row_decoder
from inception.binlog.events import RowKind, Rows, TableMap
from inception.binlog.literals import Literal
from inception.binlog.types import form_of
from inception.errors import BinlogError
from inception.schema.model import Column, Table, same
from inception.sql import quote_name

# An AUTO_INCREMENT column of 0 can only be inserted under this sql_mode: as a statement of its own it must bring it
# along, in the way of MariaDB (10.1 and later) or of MySQL (8.0 and later), and fail where neither is understood.
_ZERO_MODE = "NO_AUTO_VALUE_ON_ZERO"
_INSERT_ZERO = (
    f"/*M!100100 SET STATEMENT sql_mode='{_ZERO_MODE}' FOR */ INSERT /*+ SET_VAR(sql_mode='{_ZERO_MODE}') */ INTO "
)
_ZERO = f"IF(FIND_IN_SET('{_ZERO_MODE}',@@sql_mode),0,{literals.FAIL})"


def why_no_rollback(table: Table) -> str | None:
    """Return why no rollback of rows of this table can be made, or None where it can."""
    key = table.primary_key
    if key is None:
        return f"{table.name} has no primary key"
    if table.option("system_versioning") not in (None, "off"):
        return f"{table.name} has system versioning, so that its rows are logged with their history"
    for part in key.parts:
        column = table.column(part.column)
        if column is None or column.type.lower() == "float":
            return f"the primary key of {table.name} has a FLOAT column, which no literal equals exactly"
    return None


def rollback_writer(table: Table, table_map: TableMap) -> Callable[[Rows], Iterator[str]]:
    """Return what writes the rollback statements of a row event, in its order; a row that kept its values has none.

    Raises BinlogError where `why_no_rollback`, and as `row_decoder` does.
    """
    reason = why_no_rollback(table)
    if reason is not None:
        raise BinlogError(f"No rollback: {reason}.")
    images = row_decoder(table_map, table)
    name = quote_name(table.name.database, table.name.name)
    write = {
        RowKind.INSERT: _delete(name, table),
        RowKind.DELETE: _insert(name, table),
        RowKind.UPDATE: _update(name, table),
    }
    return lambda rows: write[rows.kind](images(rows))


_Writer = Callable[[Iterator[Image]], Iterator[str]]


def _delete(name: str, table: Table) -> _Writer:
    where = _where(table)

    def write(images: Iterator[Image]) -> Iterator[str]:
        for image in images:
            yield f"DELETE FROM {name} WHERE {where(image)};"

    return write


def _insert(name: str, table: Table) -> _Writer:
    stored = [column.generated is None for column in table.columns]
    columns = [(number, column) for number, column in enumerate(table.columns) if stored[number]]
    writers = [form_of(table, column).literal for _, column in columns]
    names = ",".join(quote_name(column.name) for _, column in columns)
    numbers = None if all(stored) else [number for number, _ in columns]
    counter = next((place for place, (_, column) in enumerate(columns) if column.auto_increment), None)

    def write(images: Iterator[Image]) -> Iterator[str]:
        for image in images:
            cells = image if numbers is None else [image[number] for number in numbers]
            values = ["NULL" if raw is None else literal(raw) for literal, raw in zip(writers, cells, strict=True)]
            head = "INSERT INTO "
            if counter is not None and not any(cells[counter] or b"\1"):
                head, values[counter] = _INSERT_ZERO, _ZERO
            yield f"{head}{name} ({names}) VALUES ({','.join(values)});"

    return write


def _update(name: str, table: Table) -> _Writer:
    """Return the writer for UPDATE. Columns with ON UPDATE are always set: the rollback would change them, too."""
    where = _where(table)
    columns = [
        (number, column.on_update is not None, quote_name(column.name) + "=", form_of(table, column).literal)
        for number, column in enumerate(table.columns)
        if column.generated is None
    ]

    def write(images: Iterator[Image]) -> Iterator[str]:
        for before, after in zip(images, images, strict=True):
            if before == after or all(before[number] == after[number] for number, *_ in columns):
                continue
            settings = [
                target + _write(literal, before[number])
                for number, always, target, literal in columns
                if always or before[number] != after[number]
            ]
            yield f"UPDATE {name} SET {','.join(settings)} WHERE {where(after)};"

    return write


def _write(literal: Literal, raw: bytes | None) -> str:
    return "NULL" if raw is None else literal(raw)


def _where(table: Table) -> Callable[[Image], str]:
    """Return what writes the condition that only the row with this image meets."""
    key = table.primary_key
    parts = [
        (number, *_condition(table, column))
        for part in (key.parts if key else ())
        for number, column in enumerate(table.columns)
        if same(column.name, part.column)
    ]

    def write(image: Image) -> str:
        return " AND ".join([left + literal(image[number] or b"") for number, left, literal in parts])

    return write


def _condition(table: Table, column: Column) -> tuple[str, Literal]:
    """Return the left side and the writer of the right side of a key column's condition.

    A TIMESTAMP is compared by its seconds: in the hour that a time zone has twice, two of them look the same.
    """
    name = quote_name(column.name)
    if column.type.lower() == "timestamp":
        return f"UNIX_TIMESTAMP({name})=", literals.unix_time(column.length or 0)
    return name + "=", form_of(table, column).literal
