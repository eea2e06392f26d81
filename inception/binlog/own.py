"""Of all that the binary log says, what our own connection did. Not the reading (read.py) and not the decoding."""

from collections.abc import Callable, Iterable, Iterator

from inception.binlog.events import Event, QueryText, Rows, TransactionBegin, TransactionEnd, Unreadable
from inception.errors import BinlogError


def own_transactions(events: Iterable[Event], is_ours: Callable[[TransactionBegin], bool]) -> Iterator[Event]:
    """Yield the events of our own transactions, from TransactionBegin to TransactionEnd; skip all others undecoded.

    Raises BinlogError for an event that may hold changes of ours and that cannot be read (one outside any
    transaction hides who wrote it), and where rows of ours may have been undone by a ROLLBACK in the log.
    """
    ours: bool | None = None  # None: outside any transaction
    rows_seen = False
    for event in events:
        match event:
            case Rows():
                rows_seen = True
            case TransactionBegin():
                ours, rows_seen = is_ours(event), False
            case Unreadable() if ours is not False:
                raise BinlogError(f"The binary log has an event {event.what}, which cannot be read yet.")
            case TransactionEnd() | QueryText() if ours and rows_seen and _undoes(event):
                raise BinlogError("The binary log has rows that a ROLLBACK after them may have undone, or not.")
        if ours:
            yield event
        if isinstance(event, TransactionEnd):
            ours = None


def _undoes(event: TransactionEnd | QueryText) -> bool:
    if isinstance(event, TransactionEnd):
        return event.rolled_back
    return event.text.upper().startswith("ROLLBACK TO")
