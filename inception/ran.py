"""What became of one statement that was executed: a value, made by execute.py, read by undo.py and report.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from inception.begun import Chunk
from inception.binlog.events import Position
from inception.errors import ServerError
from inception.plan import Step
from inception.schema.model import TableName
from inception.server import ServerWarning
from inception.verdict import Outcome


@dataclass(frozen=True)
class Ran:
    """What became of one statement.

    `opid` names it for ever: `<seconds>_<thread id>_<position from 0>`. `start` and `end` bound its events in the
    binary log, `gtid` is MariaDB's. `before` and `after` hold what SHOW CREATE TABLE printed of the tables of a
    definition change, None for a table that did not exist. `together` are the numbers of all statements of its
    transaction, empty where it has one of its own. `affected_rows` and `warnings` are None where the target's answer,
    which told them, is lost.

    Of a statement that ran in ranges of a key `chunk` is the last one that was begun, and `chunks` are those that are
    committed, as far as they are to be read anew from the binary log: of a task that is taken up. `partly` tells that
    the statement did not come to its end, but some ranges are committed. `note` says how many there were.
    """

    step: Step
    opid: str
    seconds: float = 0.0
    affected_rows: int | None = 0
    warnings: tuple[ServerWarning, ...] | None = ()
    error: ServerError | None = None
    reason: str = ""  # of a failure, as the row says it
    sent: bool = True  # False: the target never saw it, or an order stopped the online schema change
    aborted: bool = False  # by such an order; `reason` is the whole message
    unwritten: str = ""  # why the progress table does not have the truth
    start: Position | None = None
    end: Position | None = None
    gtid: str | None = None
    outcome: Outcome | None = None  # of a statement whose connection broke
    before: Mapping[TableName, str | None] = field(default_factory=dict)
    after: Mapping[TableName, str | None] = field(default_factory=dict)
    together: tuple[int, ...] = ()
    chunk: Chunk | None = None
    chunks: tuple[Chunk, ...] = ()
    partly: bool = False
    note: str = ""

    @property
    def failed(self) -> bool:
        """Tell whether the statement failed, or its connection broke while it ran."""
        return bool(self.reason)

    @property
    def outcome_unknown(self) -> bool:
        """Tell whether the statement may have taken effect, or not."""
        return self.outcome is Outcome.UNKNOWN

    @property
    def committed(self) -> bool:
        """Tell whether the statement is known to have taken effect."""
        return self.sent and (not self.failed or self.outcome is Outcome.COMMITTED)

    @property
    def changed(self) -> bool:
        """Tell whether the statement is known to have taken effect, at least in part: there is something to undo."""
        return self.committed or self.partly
