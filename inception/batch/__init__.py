"""From the submitted text to statements: options, splitting, reading. No I/O."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from inception.batch.kind import kind_of
from inception.batch.options import Mode, Options
from inception.batch.parse import StatementReader
from inception.batch.split import Piece
from inception.batch.statement import Problem, Statement, Use
from inception.lexer import Syntax


@dataclass(frozen=True)
class Batch:
    """One submission, read."""

    options: Options
    statements: tuple[Statement, ...]


def read_batch(options: Options, pieces: Iterable[Piece], syntax: Syntax) -> Batch:
    """Read the statements of a submission, each in the database that will be current when it runs."""
    reader = StatementReader(syntax, exact=options.mode in (Mode.QUERY_PRINT, Mode.MASKING))
    return Batch(options, tuple(_statements(pieces, options.db, reader)))


def _statements(pieces: Iterable[Piece], database: str, reader: StatementReader) -> Iterator[Statement]:
    for number, piece in enumerate(pieces, 1):
        if piece.problem:
            yield Statement(number, piece.text, kind_of(piece.text), database, problem=Problem(piece.problem))
            continue
        statement = reader.read(number, piece.text, database)
        if isinstance(statement.form, Use):
            database = statement.form.database
        yield statement
