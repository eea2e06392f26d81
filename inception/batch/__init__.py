"""From the submitted text to statements: options, splitting, reading. No I/O."""

from collections.abc import Iterable
from dataclasses import dataclass

from inception.batch.aside import Aside, Setting, is_aside, read_aside
from inception.batch.kind import kind_of
from inception.batch.options import Mode, Options
from inception.batch.parse import StatementReader
from inception.batch.split import Piece
from inception.batch.statement import Problem, Statement, Use
from inception.batch.temporary import Temporaries
from inception.lexer import Syntax


@dataclass(frozen=True)
class Batch:
    """One submission, read: statements to run, questions between them, and variables that are to hold for it."""

    options: Options
    statements: tuple[Statement, ...]
    asides: tuple[Aside, ...] = ()
    settings: tuple[Setting, ...] = ()


def read_batch(options: Options, pieces: Iterable[Piece], syntax: Syntax, *, folded: bool = False) -> Batch:
    """Read the statements of a submission, each in the database that will be current when it runs.

    `folded`: the target compares names of tables without case.
    """
    reader = StatementReader(syntax, exact=options.mode in (Mode.QUERY_PRINT, Mode.MASKING))
    temporaries = Temporaries(folded=folded, mariadb=syntax.mariadb)
    database = options.db
    statements: list[Statement] = []
    said: list[Aside | Setting | None] = []
    for piece in pieces:
        number = len(statements) + 1
        if piece.problem:
            problem = Problem(piece.problem)
            statements.append(Statement(number, piece.text, kind_of(piece.text), database, problem=problem))
        elif is_aside(piece.text):
            said.append(read_aside(piece.text, number, database))
        else:
            statement = temporaries.told(reader.read(number, piece.text, database))
            if isinstance(statement.form, Use):
                database = statement.form.database
            statements.append(statement)
    asides = tuple(each for each in said if isinstance(each, Aside))
    return Batch(options, tuple(statements), asides, tuple(each for each in said if isinstance(each, Setting)))
