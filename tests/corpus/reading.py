"""Each statement of the corpus before the audit and before a server: who reads it, who refuses it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from inception.audit import Audited, audit
from inception.batch import read_batch
from inception.batch.kind import kind_of
from inception.batch.options import Mode, Options
from inception.batch.split import Piece, split
from inception.batch.statement import Kind
from inception.introspect import Observer
from inception.rule import Level, rule_variables
from inception.scene import Intent
from inception.settings import Settings
from inception.sql import quote_name

_AT_ONCE = 2000
NOT_OURS = frozenset({Kind.OTHER, Kind.SET})  # kinds that are not read at all, only named


@dataclass(frozen=True)
class Reading:
    """What became of one statement. `errno` is the server's answer to PREPARE, 0 where it takes it.

    `problem` is our reader's, '' where it reads the statement; `found` tells whether the audit calls it a syntax
    error; `told` whether it says that only the server understands it. `failure`: an exception, or a wrong cut.
    """

    text: str
    kind: Kind
    errno: int
    problem: str = ""
    found: bool = False
    told: bool = False
    failure: str = ""

    @property
    def valid(self) -> bool:
        """Tell whether the server reads the statement; other errors than 1064 speak of what it names."""
        return self.errno != 1064

    @property
    def as_the_server(self) -> bool:
        """Tell whether the audit judges as the server: a syntax error or none, and silent on nothing unread."""
        return not self.failure and self.found is not self.valid and self.told is (self.valid and bool(self.problem))


def read(texts: Sequence[str], observer: Observer, database: str) -> Iterator[Reading]:
    """Read and audit statements, each by itself, in a database that is empty."""
    for start in range(0, len(texts), _AT_ONCE):
        yield from _read(texts[start : start + _AT_ONCE], observer, database)


def _read(texts: Sequence[str], observer: Observer, database: str) -> Iterator[Reading]:
    cut = [(text, _pieces(text, observer)) for text in texts]
    single = [pieces[0] for _, pieces in cut if len(pieces) == 1]
    with observer.their_mode():
        asked = iter([_errno(piece.text, observer, database) for piece in single])
    audited = iter(_audited(single, observer, database))
    for text, pieces in cut:
        if len(pieces) == 1:
            yield _reading(text, next(audited), next(asked))
        elif pieces and (errno := _errno(text, observer, database)) != 1064:  # several statements, mostly
            yield Reading(text, kind_of(text), errno, failure="cut in pieces")


def _pieces(text: str, observer: Observer) -> list[Piece]:
    """Return the statement as a batch's splitter gives it; nothing of a text that is but a comment."""
    syntax = observer.server.syntax
    return list(split(text, ansi_quotes=syntax.ansi_quotes, backslash_escapes=syntax.backslash_escapes))


def _errno(text: str, observer: Observer, database: str) -> int:
    """Ask the server, under its own sql_mode as the audit does."""
    observer.connection.query(f"USE {quote_name(database)}")
    error = observer.connection.prepare(text)
    return error.errno if error else 0


def _audited(pieces: Sequence[Piece], observer: Observer, database: str) -> list[Audited | Exception]:
    values = Settings(rule_variables()).snapshot()
    found: list[Audited | Exception] = []
    try:
        batch = read_batch(Options(Mode.CHECK, db=database), pieces, observer.server.syntax)
        found += audit(batch, observer.observe(batch.statements), values, Intent())
    except Exception as error:
        if len(pieces) == 1:
            return [error]
        middle = len(pieces) // 2
        return _audited(pieces[:middle], observer, database) + _audited(pieces[middle:], observer, database)
    return found


def _reading(text: str, audited: Audited | Exception, errno: int) -> Reading:
    if isinstance(audited, Exception):
        return Reading(text, kind_of(text), errno, failure=f"{type(audited).__name__}: {audited}")
    rules = {finding.rule for finding in audited.findings if finding.level >= Level.WARNING}
    problem = audited.statement.problem
    return Reading(
        text, audited.statement.kind, errno, str(problem or ""), "syntax" in rules, "not_understood" in rules
    )
