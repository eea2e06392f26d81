"""Where events of a binary log and definitions of tables come from: files, a server, a dump."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import chain
from pathlib import Path

from inception.batch.split import split
from inception.binlog.events import Event, Position, TransactionEnd
from inception.binlog.files import file_events
from inception.binlog.read import current_position, read_events
from inception.binlog.select import Selection
from inception.binlog.skim import Skimmer
from inception.errors import BinlogError
from inception.introspect import Observer
from inception.mysql import connect
from inception.schema.define import define
from inception.schema.model import Table, TableName
from inception.server import Address

_SILENCE = 60.0  # seconds without anything from the server

Definitions = Callable[[TableName], Table | None]
Advance = Callable[[int], object]


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
