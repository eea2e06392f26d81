"""What is known of a statement that was begun, as a value; journal.py writes and reads it. No I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from inception.batch.statement import Kind
from inception.binlog.events import Position
from inception.chunks.key import Bound
from inception.schema.model import TableName

Definitions = Mapping[TableName, str | None]

# Of a statement.
PREPARE, DONE, ERROR = "PREPARE", "DONE", "ERROR"


@dataclass(frozen=True)
class Chunk:
    """One range of a key that a statement was run in: the rows behind `after` (empty: from the first on) up to `upto`.

    `start` and `end` bound its transaction in the binary log, `affected_rows` is None where they were not told.
    """

    number: int
    status: str
    connection_id: int
    after: Bound
    upto: Bound
    start: Position | None = None
    end: Position | None = None
    gtid: str | None = None
    affected_rows: int | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Begun:
    """One statement as it was written down around its execution.

    `start` and `end` bound it in the binary log, `gtid` is the one it got or was given. `before` and `after` hold
    what SHOW CREATE TABLE printed of the tables of a definition change. `locked` tells whether the session held the
    named locks by which it can be recognised (see session.py). `affected_rows` is None where it committed, and the
    target's answer was lost. `text` is the statement's, cut; `tables` are those
    whose rows it changes. `tool` tells that a tool changed the table over connections of its own.

    One that runs in ranges of a key has `chunks`, those begun so far; `chunk_rows` rows were to be in each, `chunk_key`
    is the key's signature, `chunk_last` the end of the last range.
    """

    number: int
    status: str
    opid: str
    connection_id: int
    kind: Kind = Kind.OTHER
    text: str = ""
    start: Position | None = None
    end: Position | None = None
    gtid: str | None = None
    before: Definitions = field(default_factory=dict)
    after: Definitions = field(default_factory=dict)
    tables: tuple[TableName, ...] = ()
    affected_rows: int | None = 0
    seconds: float = 0.0
    errno: int = 0
    message: str = ""
    locked: bool = False
    tool: bool = False
    chunks: tuple[Chunk, ...] = ()
    chunk_rows: int = 0
    chunk_key: str = ""
    chunk_last: Bound = ()

    def of(self, chunk: Chunk) -> "Begun":
        """Return what is known of one range as of a statement by itself: it is sent and found again as such."""
        return replace(
            self,
            opid=f"{self.opid}.{chunk.number}",
            connection_id=chunk.connection_id,
            start=chunk.start,
            gtid=chunk.gtid,
            chunks=(),
        )

    @property
    def in_doubt(self) -> "Begun | None":
        """What was sent and may have taken effect or not: the statement, or its last range; None where all is known."""
        if self.status != PREPARE or not self.chunks:
            return self if self.status == PREPARE else None
        return self.of(self.chunks[-1]) if self.chunks[-1].status == PREPARE else None

    @property
    def done(self) -> tuple[Chunk, ...]:
        """The ranges that are known to be committed."""
        return tuple(chunk for chunk in self.chunks if chunk.status == DONE)

    @property
    def reached(self) -> Bound:
        """Up to where ranges are known to be committed; empty where none is."""
        return self.done[-1].upto if self.done else ()
