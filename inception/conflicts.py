"""Which rows that a rollback would touch have been changed since, by anyone: found in the binary log, so exact."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from inception.binlog.decode import Image, row_decoder
from inception.binlog.events import Event, RowKind, Rows, TransactionBegin
from inception.errors import BinlogError
from inception.schema.model import Table, TableName
from inception.undo import TableSource

Key = tuple[bytes | None, ...]
Keys = set[tuple[TableName, Key]]


class KeyReader:
    """Reads the primary keys out of row events. `tables` gives the definitions as they stand now."""

    def __init__(self, tables: TableSource) -> None:
        self._tables = tables
        self._readers: dict[int, Callable[[Rows], Iterator[Key]] | None] = {}

    def keys(
        self, events: Iterable[Event], *, only: frozenset[TableName] | None = None
    ) -> Iterator[tuple[TableName, Key]]:
        """Yield the table and key of every row that was there before or after a change.

        Raises BinlogError where a table was altered since, so that its rows of then cannot be read.
        """
        for event in events:
            if isinstance(event, Rows):
                name = TableName(event.table.database, event.table.table)
                if only is None or name in only:
                    for key in self._reader(event, name)(event):
                        yield name, key

    def _reader(self, rows: Rows, name: TableName) -> Callable[[Rows], Iterator[Key]]:
        known = self._readers.get(rows.table.table_id)
        if known is None:
            known = self._readers[rows.table.table_id] = self._make(rows, name)
        return known

    def _make(self, rows: Rows, name: TableName) -> Callable[[Rows], Iterator[Key]]:
        table = self._tables(name)
        if table is None or table.primary_key is None:
            raise BinlogError(f"{name} is gone, or has no primary key any more.")
        images = row_decoder(rows.table, table)
        places = _places(table)
        return lambda event: (tuple(image[place] for place in places) for image in _once(event, images(event)))


def _places(table: Table) -> tuple[int, ...]:
    names = [column.name.casefold() for column in table.columns]
    key = table.primary_key
    return tuple(names.index(part.column.casefold()) for part in key.parts) if key else ()


def _once(rows: Rows, images: list[Image]) -> Iterator[Image]:
    """Leave out the image after an update that changed nothing."""
    if rows.kind is not RowKind.UPDATE:
        yield from images
        return
    for before, after in zip(images[::2], images[1::2], strict=True):
        yield before
        if after != before:
            yield after


def changed_since(touched: Keys, later: Iterable[tuple[TableName, Key]]) -> dict[TableName, int]:
    """Count, by table, the rows of `touched` that were changed again."""
    found: Keys = {each for each in later if each in touched}
    counts: dict[TableName, int] = {}
    for name, _ in found:
        counts[name] = counts.get(name, 0) + 1
    return counts


def changed_meanwhile(
    reader: KeyReader, events: Iterable[Event], tables: frozenset[TableName], is_own: Callable[[TransactionBegin], bool]
) -> dict[TableName, int]:
    """Count, by table, the rows that somebody changed after one of an operation's own transactions had.

    `events` are those of everyone since the operation began, its own transactions among them.
    """
    own = False

    def noted() -> Iterator[Event]:
        nonlocal own
        for event in events:
            if isinstance(event, TransactionBegin):
                own = is_own(event)
            yield event

    touched: Keys = set()
    found: Keys = set()
    for each in reader.keys(noted(), only=tables):
        if own:
            touched.add(each)
        elif each in touched:
            found.add(each)
    return dict(Counter(name for name, _ in found))
