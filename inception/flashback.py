"""`inception flashback`: a binary log → SQL that takes its changes back, or makes them again.

From files on disk or from a server, streaming: forward SQL is written as it is read, rollback SQL goes through a
private temporary file and is written backwards. Not the command line itself (cli.py).
"""

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache, partial
from itertools import chain
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from inception.batch.split import split
from inception.binlog.events import Event, Position, QueryText, Rows, TableMap, TransactionBegin, TransactionEnd
from inception.binlog.files import file_events
from inception.binlog.own import own_transactions
from inception.binlog.read import current_position, read_events
from inception.binlog.rollback import RowWriter, forward_writer, rollback_writer
from inception.binlog.select import Selection
from inception.binlog.skim import Skimmer
from inception.errors import BinlogError
from inception.introspect import Observer
from inception.mysql import connect
from inception.schema.define import define
from inception.schema.model import Table, TableName
from inception.server import Address
from inception.spool import ReverseSpool

HEAD = "SET SESSION time_zone = '+00:00', sql_mode = 'ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO';"
_SILENCE = 60.0  # seconds without anything from the server
_STEP = 1 << 18  # bytes between two looks at the clock
_LINES = 100  # that are written together
_WRITERS = 1000  # tables whose generated code is kept
_PERIOD = 0.5  # seconds between two reports
_BOOKKEEPING = ("SAVEPOINT", "RELEASE SAVEPOINT", "XA ")

Definitions = Callable[[TableName], Table | None]
Advance = Callable[[int], object]


@dataclass
class Counts:
    """What was written: statements of rows, and statements of the log that could only be noted."""

    transactions: int = 0
    statements: int = 0
    noted: int = 0


def from_files(paths: Sequence[Path], selection: Selection, advance: Advance) -> Iterator[Event]:
    """Yield what files say, one after the other, without most of what is not selected.

    `advance` is told the bytes read. Raises as `file_events`.
    """
    skimmer = Skimmer(selection.table, selection.kinds, selection.transaction)
    return chain.from_iterable(file_events(path, advance, skimmer) for path in paths)


def from_server(
    address: Address, start: Position | None, stop: Position | None
) -> tuple[int, Callable[[Advance], Iterator[Event]]]:
    """Return how many bytes a server's log has from `start` to `stop` (None: all of it), and what reads them."""
    with connect(address) as connection:
        logs = [(str(row[0]), int(str(row[1]))) for row in connection.query("SHOW BINARY LOGS")]
        end = stop or current_position(connection)
    if not logs:
        raise BinlogError(f"{address} has no binary log.")
    begin = start or Position(logs[0][0], 4)
    before: dict[str, int] = {}
    whole = 0
    for name, size in logs:
        before[name] = whole
        whole += size

    def place(position: Position) -> int:
        return before.get(position.file, whole) + position.offset

    def events(advance: Advance) -> Iterator[Event]:
        done = place(begin)
        for event in read_events(address, begin, end, timeout=_SILENCE):
            yield event
            if isinstance(event, TransactionEnd):
                here = place(event.position)
                advance(here - done)
                done = here

    return place(end) - place(begin), events


def definitions_of_server(address: Address) -> Definitions:
    """Return what tells the definitions that a server's tables have now."""
    return cache(Observer(address).table)


def definitions_of_dump(path: Path) -> Definitions:
    """Return what tells the definitions in a dump of mysqldump or mariadb-dump. Raises DefinitionError."""
    tables: dict[TableName, Table] = {}
    database = ""
    for piece in split(path.read_text("utf-8", "surrogateescape")):
        words = piece.text.split(None, 2)
        if len(words) == 2 and words[0].upper() == "USE":
            database = words[1].strip("`").replace("``", "`")
        elif [word.upper() for word in words[:2]] == ["CREATE", "TABLE"]:
            table = define(piece.text, database=database)
            tables[table.name] = table
    return tables.get


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
    wanted = (event for event in events if not isinstance(event, Rows) or selection.rows(event))
    writer = lru_cache(maxsize=_WRITERS)(partial(_writer, definitions, forward))
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


def _first(begin: TransactionBegin) -> str:
    return f"BEGIN; -- {_moment(begin.time)} UTC, {begin.gtid or 'no GTID'}, {begin.position}"


@lru_cache(maxsize=16)
def _moment(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _written(rows: Rows, writer: Callable[[TableMap], RowWriter], begin: TransactionBegin) -> list[str]:
    try:
        return writer(rows.table)(rows)
    except BinlogError as error:
        raise BinlogError(f"{error.message} It is in the transaction at {begin.position}.") from None


def _writer(definitions: Definitions, forward: bool, table_map: TableMap) -> RowWriter:
    name = TableName(table_map.database, table_map.table)
    table = definitions(name)
    if table is None or table.is_view:
        raise BinlogError(f"The definition of {name} is not known: it is no longer there, or not in the dump.")
    return forward_writer(table, table_map) if forward else rollback_writer(table, table_map)


def run(
    paths: Sequence[Path],
    address: Address | None,
    schema: Path | None,
    selection: Selection,
    output: TextIO,
    forward: bool,
    style: str,
) -> Counts:
    """Do what the command line asks for. Raises InceptionError with the reason where it cannot be done."""
    if schema is not None:
        definitions = definitions_of_dump(schema)
    elif address is not None:
        definitions = definitions_of_server(address)
    else:
        raise BinlogError("The definitions of the tables are needed: --host of a server, or --schema with a dump.")
    events: Callable[[Advance], Iterator[Event]]
    if paths:
        total, events = sum(path.stat().st_size for path in paths), partial(from_files, paths, selection)
    elif address is not None:
        total, events = from_server(address, selection.start, selection.stop)
    else:
        raise BinlogError("Nothing to read: name binary log files, or --host of a server.")
    with Meter(total, style) as meter:
        return flashback(events(meter.advance), selection, definitions, output.write, forward=forward)


class Meter:
    """Reports how far the reading is, on stderr: a bar of rich, or lines of JSON with the same figures."""

    def __init__(self, total: int, style: str, stream: TextIO | None = None) -> None:
        """`style` is bar, json or none; `total` is in bytes."""
        self._total, self._style, self._stream = total, style, stream or sys.stderr
        self._begin = self._last = time.monotonic()
        self._done = self._waiting = 0
        self._bar: Progress | None = None

    def __enter__(self) -> "Meter":
        if self._style == "bar":
            columns = (
                TextColumn("binlog"),
                BarColumn(),
                TaskProgressColumn(),
                TransferSpeedColumn(),
                TimeRemainingColumn(),
            )
            self._bar = Progress(*columns, console=Console(file=self._stream), refresh_per_second=4)
            self._bar.add_task("binlog", total=self._total)
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._report()
        if self._bar is not None:
            self._bar.stop()

    def advance(self, size: int) -> None:
        """Note that so many bytes more have been read."""
        self._waiting += size
        if self._waiting >= _STEP and time.monotonic() - self._last >= _PERIOD:
            self._report()

    def _report(self) -> None:
        self._done += self._waiting
        self._waiting, self._last = 0, time.monotonic()
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=self._done)
        elif self._style == "json":
            print(json.dumps(self._figures()), file=self._stream, flush=True)

    def _figures(self) -> dict[str, float | int | None]:
        rate = self._done / max(self._last - self._begin, 1e-6)
        return {
            "bytes": self._done,
            "total": self._total,
            "percent": round(100 * self._done / self._total, 1) if self._total else 100.0,
            "bytes_per_second": round(rate),
            "seconds_left": round((self._total - self._done) / rate, 1) if rate else None,
        }
