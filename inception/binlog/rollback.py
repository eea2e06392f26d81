"""A changed row → the SQL statement that takes the change back: pure.

Not the reading, and not the storing or the order: statements come in the order of the binary log, and are to be run
in the reverse of it. Each stands on its own and ends with a semicolon.
"""

import struct
from collections.abc import Callable, Mapping
from dataclasses import replace

from inception.binlog import literals
from inception.binlog.decode import Image, row_decoder
from inception.binlog.events import RowKind, Rows, TableMap
from inception.binlog.literals import Literal
from inception.binlog.tablemap import forms_for
from inception.binlog.types import Form
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


_INSERT, _DELETE = RowKind.INSERT, RowKind.DELETE  # looked up once: members of an enumeration are slow to find

RowWriter = Callable[[Rows], list[str]]
_Writer = Callable[[list[Image]], list[str]]


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


def rollback_writer(table: Table, table_map: TableMap) -> RowWriter:
    """Return what writes the rollback statements of a row event, in its order; a row that kept its values has none.

    Raises BinlogError where `why_no_rollback`, and as `row_decoder` does.
    """
    return _writer(table, table_map, backwards=True)


def forward_writer(table: Table, table_map: TableMap) -> RowWriter:
    """Return what writes the statements that make the changes of a row event again; see `rollback_writer`."""
    return _writer(table, table_map, backwards=False)


def _writer(table: Table, table_map: TableMap, *, backwards: bool) -> RowWriter:
    reason = why_no_rollback(table)
    if reason is not None:
        raise BinlogError(f"No rollback: {reason}.")
    name, forms = quote_name(table.name.database, table.name.name), forms_for(table_map, table)
    images, update = row_decoder(table_map, table), _update(name, table, forms)
    insert, delete = _insert(name, table, forms), _delete(name, table, forms)
    if backwards:
        insert, delete = delete, insert

    def written(rows: Rows) -> list[str]:
        kind = rows.kind
        try:
            found = images(rows)
            if kind is _INSERT:
                return insert(found)
            if kind is _DELETE:
                return delete(found)
            return update(found[::2], found[1::2]) if backwards else update(found[1::2], found[::2])
        except (ValueError, OverflowError, IndexError, struct.error) as error:  # values that no server logs
            raise BinlogError(f"A row event of {table.name} is damaged: {error}.") from None

    return written


def _delete(name: str, table: Table, forms: list[Form]) -> _Writer:
    where = _where(table, forms)
    return lambda images: [f"DELETE FROM {name} WHERE {where(image)};" for image in images]


def _insert(name: str, table: Table, forms: list[Form]) -> _Writer:
    columns = [(number, column) for number, column in enumerate(table.columns) if column.generated is None]
    values = _values([number for number, _ in columns], forms)
    names = ",".join(quote_name(column.name) for _, column in columns)
    head = f"INSERT INTO {name} ({names}) VALUES ("
    counter = next((number for number, column in columns if column.auto_increment), None)
    if counter is None:
        return lambda images: [f"{head}{values(image)});" for image in images]
    zero = [form if number != counter else replace(form, literal=lambda _: _ZERO) for number, form in enumerate(forms)]
    values_of_zero = _values([number for number, _ in columns], zero)
    head_of_zero = head.replace("INSERT INTO ", _INSERT_ZERO, 1)
    return lambda images: [
        f"{head}{values(image)});" if any(image[counter] or b"\1") else f"{head_of_zero}{values_of_zero(image)});"
        for image in images
    ]


def _values(numbers: list[int], forms: list[Form]) -> Callable[[Image], str]:
    """Return what writes the literals of these columns."""
    cells = (f"{{'NULL' if r[{n}] is None else w{n}(r[{n}])}}" for n in numbers)
    return _generated(",".join(cells), {f"w{n}": forms[n].literal for n in numbers})


def _generated(text: str, names: Mapping[str, object]) -> Callable[[Image], str]:
    """Return what writes an image `r` as the f-string `text` says, which has numbers of ours only: a loop is slower."""
    written: Callable[[Image], str] = eval(f'lambda r: f"{text}"', dict(names))  # noqa: S307
    return written


def _update(name: str, table: Table, forms: list[Form]) -> Callable[[list[Image], list[Image]], list[str]]:
    """Return what writes how rows that are as the second images become as the first ones.

    Columns with ON UPDATE are always set: the statement would change them, too.
    """
    where = _where(table, forms)
    columns = [
        (number, column.on_update is not None, quote_name(column.name) + "=", forms[number].literal)
        for number, column in enumerate(table.columns)
        if column.generated is None
    ]
    automatic = any(always for _, always, _, _ in columns)

    def write(wanted: list[Image], there: list[Image]) -> list[str]:
        written = []
        for to, now in zip(wanted, there, strict=True):
            if to == now:
                continue
            settings = [
                target + ("NULL" if (value := to[number]) is None else literal(value))
                for number, always, target, literal in columns
                if always or to[number] != now[number]
            ]
            if not settings or (automatic and all(to[number] == now[number] for number, *_ in columns)):
                continue
            written.append(f"UPDATE {name} SET {','.join(settings)} WHERE {where(now)};")
        return written

    return write


def _where(table: Table, forms: list[Form]) -> Callable[[Image], str]:
    """Return what writes the condition that only the row with this image meets."""
    key = table.primary_key
    parts = [
        (number, *_condition(column, forms[number]))
        for part in (key.parts if key else ())
        for number, column in enumerate(table.columns)
        if same(column.name, part.column)
    ]

    names = {f"l{n}": left for n, left, _ in parts} | {f"w{n}": literal for n, _, literal in parts}
    return _generated(" AND ".join(f"{{l{n}}}{{w{n}(r[{n}] or b'')}}" for n, _, _ in parts), names)


def _condition(column: Column, form: Form) -> tuple[str, Literal]:
    """Return the left side and the writer of the right side of a key column's condition.

    A TIMESTAMP is compared by its seconds: in the hour that a time zone has twice, two of them look the same.
    """
    name = quote_name(column.name)
    if form.instant is not None:
        return f"UNIX_TIMESTAMP({name})=", form.instant
    return name + "=", form.literal
