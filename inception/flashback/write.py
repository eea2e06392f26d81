"""Events of a binary log → lines of SQL: transactions, their statements, and what could only be noted."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache, partial

from inception.batch.kind import redefines
from inception.binlog.events import Event, QueryText, Rows, TableMap, TransactionBegin, TransactionEnd
from inception.binlog.own import own_transactions
from inception.binlog.rollback import RowWriter, forward_writer, rollback_writer
from inception.binlog.select import Selection
from inception.binlog.tablemap import has_names
from inception.errors import BinlogError, DefinitionChanged
from inception.flashback.sources import Definitions
from inception.schema.model import TableName
from inception.spool import ReverseSpool

HEAD = "SET SESSION time_zone = '+00:00', sql_mode = 'ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO';"
_LINES = 100  # that are written together
_WRITERS = 1000  # tables whose generated code is kept
_REMEDY = " Give --schema with the definition that the table had then, or leave these transactions out."
_CAUTION = (
    "{} was changed in the log behind rows that were written by its definition of now: see that its columns had the "
    "same names and order, or give --schema with the definition of then. The change: {}"
)
_BOOKKEEPING = ("SAVEPOINT", "RELEASE SAVEPOINT", "XA ")


@dataclass
class Counts:
    """What was written: statements of rows, and statements of the log that could only be noted.

    `cautions` tell of rows that were written by a definition that the log changes behind them.
    """

    transactions: int = 0
    statements: int = 0
    noted: int = 0
    cautions: list[str] = field(default_factory=list)


def flashback(
    events: Iterable[Event],
    selection: Selection,
    definitions: Definitions,
    write: Callable[[str], object],
    *,
    forward: bool,
) -> Counts:
    """Write the SQL of all selected changes, each transaction in BEGIN and COMMIT; for rollback the last one first.

    Raises BinlogError where a selected change cannot be written exactly: nothing has been written of a rollback then.
    """
    counts = Counts()
    lines = _lines(events, selection, definitions, forward, counts)
    if forward:
        write(HEAD + "\n")
        for some in lines:
            write("\n".join(some) + "\n")
        return counts
    spool = ReverseSpool()
    try:
        for some in lines:
            spool.append(0, some)
        write(HEAD + "\n")
        for _, some in spool.backwards():
            write("\n".join(some) + "\n")
    finally:
        spool.close()
    return counts


def _lines(
    events: Iterable[Event], selection: Selection, definitions: Definitions, forward: bool, counts: Counts
) -> Iterator[list[str]]:
    """Yield a few lines at a time in the order of the log. For rollback they are read backwards: COMMIT comes first."""
    unnamed: set[TableName] = set()
    wanted = _wanted(events, selection, unnamed, counts)
    writer = lru_cache(maxsize=_WRITERS)(partial(_writer, definitions, forward, unnamed))
    begin, opened, lines = TransactionBegin(None, None), False, list[str]()
    for event in own_transactions(wanted, selection.transaction):
        match event:
            case Rows():
                statements = _written(event, writer, begin)
                if statements and not opened:
                    opened = True
                    lines.append(_first(begin) if forward else "COMMIT;")
                counts.statements += len(statements)
                lines += statements
            case TransactionBegin():
                begin, opened = event, False
            case TransactionEnd():
                if opened:
                    counts.transactions += 1
                    lines.append("COMMIT;" if forward else _first(begin))
            case QueryText() if not event.text.upper().startswith(_BOOKKEEPING):
                counts.noted += 1
                lines.append(f"-- not {'repeated' if forward else 'undone'}: {' '.join(event.text.split())[:500]}")
        if len(lines) >= _LINES:
            yield lines
            lines = []
    yield lines


def _wanted(events: Iterable[Event], selection: Selection, unnamed: set[TableName], counts: Counts) -> Iterator[Event]:
    """Leave out rows that are not wanted; note where a table of `unnamed` gets another definition, by anyone.

    These are tables whose rows were written, by the definition of now, without names of columns in the log to hold
    it to: where only names or the order of columns of one type changed, nothing else would tell.
    """
    for event in events:
        if isinstance(event, Rows):
            if not selection.rows(event):
                continue
        elif isinstance(event, QueryText):
            for name in [each for each in unnamed if redefines(event.text, each.name)]:
                unnamed.discard(name)  # told once
                counts.cautions.append(_CAUTION.format(name, event.text[:100]))
        yield event


def _first(begin: TransactionBegin) -> str:
    return f"BEGIN; -- {_moment(begin.time)} UTC, {begin.gtid or 'no GTID'}, {begin.position}"


@lru_cache(maxsize=16)
def _moment(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _written(rows: Rows, writer: Callable[[TableMap], RowWriter], begin: TransactionBegin) -> list[str]:
    try:
        return writer(rows.table)(rows)
    except BinlogError as error:
        remedy = _REMEDY if isinstance(error, DefinitionChanged) else ""
        raise BinlogError(f"{error.message} It is in the transaction at {begin.position}.{remedy}") from None


def _writer(definitions: Definitions, forward: bool, unnamed: set[TableName], table_map: TableMap) -> RowWriter:
    name = TableName(table_map.database, table_map.table)
    table = definitions(name)
    if table is None or table.is_view:
        raise BinlogError(f"The definition of {name} is not known: it is no longer there, or not in the dump.")
    writer = forward_writer(table, table_map) if forward else rollback_writer(table, table_map)
    if not has_names(table_map):
        unnamed.add(name)
    return writer
