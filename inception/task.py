"""A task of our own on the backup server, from claim to release: begun anew, or taken up where it was cut off."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from inception.backup import connect_backup
from inception.batch.options import Options
from inception.batch.statement import Statement
from inception.begun import Begun
from inception.claim import claim
from inception.progress_table import ProgressTable, batch_digest
from inception.server import Address

_ANSWERS_WITHIN = 60.0  # seconds: a backup server that is silent for so long is taken for lost
_LAST_WORD = 5.0  # seconds that giving the claim up over a new connection may take


@contextmanager
def claimed(
    address: Address | None, options: Options, statements: Sequence[Statement], charset: str
) -> Iterator[tuple[ProgressTable, tuple[Begun, ...]]]:
    """Hold the claim to a sequence for a batch, and where it is to be resumed, what had been begun of it.

    Raises SequenceBusy, CannotResume.
    """
    with connect_backup(address, read_timeout=_ANSWERS_WITHIN) as connection:
        taken = claim(connection, options, batch_digest(statements, charset), len(statements))
        progress = ProgressTable(connection, options, statements, taken)
        try:
            yield progress, taken.task.statements if taken.task else ()
        finally:
            progress.release(lambda: connect_backup(address, read_timeout=_LAST_WORD))
