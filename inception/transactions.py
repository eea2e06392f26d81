"""Which transactions of the binary log a statement wrote that ran in ranges of a key: kept with its rollback. Pure.

By their GTIDs where the target is a MariaDB, else by the connections that ran them and from where to where.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from inception.begun import Chunk
from inception.binlog.events import Position, TransactionBegin


@dataclass(frozen=True)
class Stretch:
    """What one connection wrote between two positions."""

    thread_id: int
    start: Position
    end: Position

    def has(self, begin: TransactionBegin) -> bool:
        """Tell whether a transaction is of this connection and between the positions."""
        if begin.thread_id != self.thread_id:
            return False
        return begin.position.has_reached(self.start) and self.end.has_reached(begin.position)


@dataclass(frozen=True)
class Transactions:
    """The transactions of one statement."""

    gtids: frozenset[str]
    stretches: tuple[Stretch, ...]

    def has(self, begin: TransactionBegin) -> bool:
        """Tell whether a transaction is one of them."""
        return begin.gtid in self.gtids or any(stretch.has(begin) for stretch in self.stretches)


def transactions_text(chunks: Iterable[Chunk]) -> str:
    """Return what tells the transactions of ranges that are committed, as it is stored."""
    known = [chunk for chunk in chunks if chunk.start is not None and chunk.end is not None]
    gtids = [chunk.gtid for chunk in known if chunk.gtid is not None]
    stretches = []
    for thread_id, some in groupby(known, key=lambda chunk: chunk.connection_id):
        of_one = list(some)
        stretches.append((thread_id, of_one[0].start, of_one[-1].end))
    return json.dumps({"gtids": gtids, "stretches": stretches})


def read_transactions(text: str) -> Transactions:
    """Return what `transactions_text` stored."""
    kept = json.loads(text)
    stretches = (Stretch(thread_id, Position(*start), Position(*end)) for thread_id, start, end in kept["stretches"])
    return Transactions(frozenset(kept["gtids"]), tuple(stretches))
