"""What is written of statements around their execution, in the progress table where there is one."""

from dataclasses import replace

from inception.begun import Begun, Chunk
from inception.errors import ServerError
from inception.progress_table import ProgressTable
from inception.ran import Ran

_TOO_LARGE = 1153  # ER_NET_PACKET_TOO_LARGE: the definitions of what is altered or dropped may be large


class Ledger:
    """What is written of statements, in the progress table where there is one, and what is still to be written.

    How a statement ended is kept until the next one begins, and both are written in one commit.
    """

    def __init__(self, progress: ProgressTable | None) -> None:
        self._progress = progress
        self._kept: Ran | None = None
        self._refused = False  # the last beginning could not be written: nothing more is tried

    def keep(self, ran: Ran) -> None:
        """Take a statement whose end will be written when the next one begins."""
        self._kept = ran

    def begin(self, begun: Begun, database: str) -> tuple[list[Ran], str]:
        """Write that a statement is about to be sent; return what ended before it, and why that failed, or ''."""
        kept, self._kept = self._kept, None
        problem = ""
        if self._progress is not None:
            try:
                self._progress.prepare(begun, database, kept)
            except ServerError as error:
                problem = _why_not(error)
                self._refused = True
        if kept is None:
            return [], problem
        return [replace(kept, unwritten=f"How it ended {problem}." if problem else "")], problem

    def chunk(self, begun: Begun, chunk: Chunk, before: Chunk | None) -> str:
        """Write that a range of a statement is about to be sent, and how the one before it ended; why not, or ''."""
        if self._progress is None:
            return ""
        try:
            self._progress.chunk(begun, chunk, before)
        except ServerError as error:
            return _why_not(error)
        return ""

    def settle(self, ran: Ran | None = None) -> list[Ran]:
        """Write how a statement ended, the one that was kept if none is given; return it, with why that failed."""
        ran, self._kept = ran or self._kept, None
        if ran is None or self._progress is None or self._refused:
            return [ran] if ran else []
        try:
            self._progress.ended(ran)
        except ServerError as error:
            return [replace(ran, unwritten=f"How it ended {_why_not(error)}.")]
        return [ran]


def _why_not(error: ServerError) -> str:
    more = ": raise max_allowed_packet there" if error.errno == _TOO_LARGE else ""
    return f"could not be written to execute_progress on the backup server ({error}{more})"
