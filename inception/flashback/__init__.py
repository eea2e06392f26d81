"""`inception flashback`: a binary log → SQL that takes its changes back, or makes them again.

From files on disk or from a server, streaming: forward SQL is written as it is read, rollback SQL goes through a
private temporary file and is written backwards. Not the command line itself (cli.py).
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TextIO

from inception.binlog.events import Event
from inception.binlog.select import Selection
from inception.errors import BinlogError
from inception.flashback.meter import Meter
from inception.flashback.sources import Advance, definitions_of_dump, definitions_of_server, from_files, from_server
from inception.flashback.write import Counts, flashback
from inception.server import Address

__all__ = ["Counts", "flashback", "from_files", "run"]


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
