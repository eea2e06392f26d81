"""From the submitted text to exact statement texts, and one submission as an Envelope.

A statement's text is the slice of the source without its terminator and the blanks around it. What belongs to none is
a gap: blanks, terminators, DELIMITER lines, comments that stand alone. A comment before a statement stays with it; one
behind the terminator, with nothing after it on its line, speaks of the statement before and is a gap.
Not a parser: what the statements mean is seen in parse.py.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from inception.batch.lexis import (
    BLANK,
    BLANKS,
    BLOCK_COMMENT,
    FLAGS,
    GAP,
    LINE_COMMENT,
    NOT_IN_NAME,
    OPERATOR,
    quoted,
    version_comment,
)
from inception.batch.options import START_WORD, Options, find_comment, read_options
from inception.batch.program import COMMIT_WORD, find_end, starts_program
from inception.errors import NestedStart, NoCommit, NoSource, NotABatch

NOT_STARTED = "Must start as begin statement."

_GAPS = re.compile(rf"{GAP}*+", FLAGS)
_BLANK = re.compile(rf"{BLANK}*+")
_ONE_LINE_COMMENT = r"/\*(?!M?!)(?:[^*\n]++|\*(?!/))*+\*/"
_TRAILING = rf"(?:(?:[ \t]*+{_ONE_LINE_COMMENT})*+[ \t\r]*+(?:{LINE_COMMENT})?+(?=\n|\Z))?+"
# What stands between a terminator and the next statement; True: empty statements, too, where the terminator is ";".
_AFTER = {
    True: re.compile(rf"{_TRAILING}[ \t\n\r\f\v;]*+", FLAGS),
    False: re.compile(_TRAILING + rf"{BLANK}*+", FLAGS),
}
_PROGRAM_LETTERS = frozenset("cCaAbB/*")  # of CREATE, ALTER, BEGIN and the marks of version comments
_DELIMITER = re.compile(r"delimiter[ \t]++(?:'([^'\s]++)'|\"([^\"\s]++)\"|([^\s]++))[^\n]*+", FLAGS)
_COMMIT = re.compile(rf"{GAP}*+{COMMIT_WORD}{NOT_IN_NAME}", FLAGS)
_START = re.compile(rf"{GAP}*+{START_WORD}{NOT_IN_NAME}", FLAGS)
_HOLDS_COMMIT = re.compile(rf"{COMMIT_WORD}{NOT_IN_NAME}", FLAGS)
_START_END = re.compile(rf"{START_WORD}{GAP}*+(?:;|\Z)", FLAGS)
_HOLDS_START = re.compile(rf"{START_WORD}{NOT_IN_NAME}", FLAGS)
# What can become a batch: a comment comes first, or the start word whose comment was lost on the way.
_BEGINNING = re.compile(rf"\ufeff?+{BLANK}*+(?:/\*|{START_WORD}{NOT_IN_NAME})", FLAGS)
_MAY_BE_WORD = re.compile("inc|/\\*|#|-|\ufeff", FLAGS)  # what a text with the start or commit word begins with
_COMMIT_ALONE = re.compile(rf"{GAP}*+{COMMIT_WORD}{NOT_IN_NAME}{GAP}*+;?+{GAP}*+", FLAGS)


class Piece(NamedTuple):
    """One statement as submitted: `start` and `end` are offsets of `text` in the source, `line` and `column` from 1.

    `problem` says why its end could not be found; such a text must not be executed.
    """

    text: str
    start: int
    end: int
    line: int
    column: int
    terminated: bool
    problem: str | None = None


@dataclass(frozen=True)
class Envelope:
    """One whole submission: what is wanted, and the statements between inception_magic_start and _commit."""

    options: Options
    statements: tuple[Piece, ...]


class _Lines:
    """Line and column of ascending offsets, counting every line end once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.seen = self.line_start = 0
        self.line = 1

    def at(self, offset: int) -> tuple[int, int]:
        self.line += self.text.count("\n", self.seen, offset)
        last = self.text.rfind("\n", self.seen, offset)
        if last >= 0:
            self.line_start = last + 1
        self.seen = offset
        return self.line, offset - self.line_start + 1


@dataclass(frozen=True)
class _Quoting:
    """What a session's sql_mode says about quotes."""

    ansi_quotes: bool
    backslash_escapes: bool


@lru_cache(maxsize=64)
def _statement(delimiter: str, quoting: _Quoting) -> re.Pattern[str]:
    """Return the pattern of everything up to a delimiter, an unclosed quote or comment, or the end."""
    text = quoted(ansi_quotes=quoting.ansi_quotes, backslash_escapes=quoting.backslash_escapes)
    first = re.escape(delimiter[0])
    inside = rf"[^'\"`#/\-{first}]++|{text}|{LINE_COMMENT}|{BLOCK_COMMENT}|{version_comment(text)}|{OPERATOR}"
    if delimiter == ";":
        return re.compile(rf"(?:{inside})*+", FLAGS)
    if delimiter[0] not in "'\"`#/-":
        inside += "|" + first
    return re.compile(rf"(?:(?!(?-i:{re.escape(delimiter)}))(?:{inside}))*+", FLAGS)


def split(text: str, start: int = 0, *, ansi_quotes: bool = False, backslash_escapes: bool = True) -> Iterator[Piece]:
    """Cut a text into its statements, from an offset on, in one linear pass.

    Knows strings, quoted names, comments, version comments, stored programs and DELIMITER lines. The arguments say
    whether the target's sql_mode has ANSI_QUOTES and lacks NO_BACKSLASH_ESCAPES. A quote or comment that is not closed
    makes one last piece of the whole tail, with its problem.
    """
    quoting = _Quoting(ansi_quotes, backslash_escapes)
    lines = _Lines(text)
    delimiter, statement, after = ";", _statement(";", quoting), _AFTER[True]
    position = _end(_BLANK, text, start)
    while position < len(text):
        word = _end(_GAPS, text, position) if text[position] in "-#/" else position
        first = text[word : word + 1]
        command = _DELIMITER.match(text, word) if first in "dD" else None
        if command:
            delimiter = command[1] or command[2] or command[3]
            statement, after = _statement(delimiter, quoting), _AFTER[delimiter == ";"]
            position = _end(_BLANK, text, command.end())
            continue
        head = starts_program(text, word) if delimiter == ";" and first in _PROGRAM_LETTERS else None
        end, problem = _program_end(text, head, quoting) if head else (_end(statement, text, position), None)
        terminated = problem is None and text.startswith(delimiter, end)
        if not terminated and problem is None and end < len(text):
            problem, end = _unclosed(text, end), len(text)
        if word < end:
            source = text[position:end].rstrip(BLANKS)
            line, column = lines.at(position)
            yield Piece(source, position, position + len(source), line, column, terminated, problem)
        position = _end(after, text, end + len(delimiter)) if terminated else end


def _program_end(text: str, head: re.Match[str], quoting: _Quoting) -> tuple[int, str | None]:
    return find_end(text, head, ansi_quotes=quoting.ansi_quotes, backslash_escapes=quoting.backslash_escapes)


def _unclosed(text: str, offset: int) -> str:
    what = {"'": "string", '"': "quoted text", "`": "quoted name"}.get(text[offset], "comment")
    line, column = _Lines(text).at(offset)
    return f"The {what} that begins at line {line}, column {column} is not closed."


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    return found.end() if found else position


def read_envelope(text: str, *, ansi_quotes: bool = False, backslash_escapes: bool = True) -> Envelope:
    """Read one whole submission: source comment, inception_magic_start, statements, inception_magic_commit.

    The other arguments are split's. Raises NotABatch, NoSource, BadOption, NestedStart or NoCommit.
    """
    options, position = _opening(text)
    pieces = split(text, position, ansi_quotes=ansi_quotes, backslash_escapes=backslash_escapes)
    statements, committed = _until_commit(pieces)
    if not committed:
        _check_tail(statements)
    return Envelope(options, statements)


def looks_like_batch(text: str) -> bool:
    """Tell whether a packet is meant to be a batch, so that read_envelope says what is wrong with it, if anything."""
    return _BEGINNING.match(text) is not None and _HOLDS_START.search(text) is not None


def opens_batch(text: str) -> bool:
    """Tell whether a packet holds a comment and inception_magic_start alone: what follows comes in further packets."""
    try:
        _, offset = find_comment(text)
    except NoSource:
        return False
    started = _START_END.match(text, _end(_BLANK, text, offset))
    return started is not None and _end(_GAPS, text, started.end()) == len(text)


def is_start(text: str) -> bool:
    """Tell whether a text starts with inception_magic_start, with or without comments in front."""
    if _START.match(text):
        return True
    try:
        return find_comment(text)[1] > 0  # a password in it may hold "*/"
    except NoSource:
        return False


def is_commit(text: str, *, whole: bool = True) -> bool:
    """Tell whether the last statement of a packet is inception_magic_commit: a batch that is open ends with it.

    Of a packet's end, which is not `whole`, it only tells that it may be; `collect` finds out.
    """
    word = deque(_HOLDS_COMMIT.finditer(text), maxlen=1)
    if not word or _COMMIT_ALONE.fullmatch(text, word[0].start()) is None:
        return False
    if not whole:
        return True
    last = deque(split(text), maxlen=1)
    return bool(last) and _COMMIT_ALONE.fullmatch(last[0].text) is not None


def collect(
    opening: str, texts: Iterable[str], *, ansi_quotes: bool = False, backslash_escapes: bool = True
) -> Envelope:
    """Make the envelope of a batch that came packet by packet: its opening one and those after it, in order.

    A packet with a stored program is one statement whatever its text; others are cut as usual. A packet of comments
    alone stays with the statement after it. The last one is, or ends with, inception_magic_commit.
    Positions count in each packet. The other arguments are split's. Raises what read_envelope raises.
    """
    options, _ = _opening(opening)
    statements, committed = _until_commit(_packets(texts, _Quoting(ansi_quotes, backslash_escapes)))
    if not committed:
        _check_tail(statements)
    return Envelope(options, statements)


def _packets(texts: Iterable[str], quoting: _Quoting) -> Iterator[Piece]:
    comments = ""
    for text in texts:
        if _end(_GAPS, text, 0) == len(text):
            comments += text.strip(BLANKS) + "\n" if text.strip(BLANKS) else ""
            continue
        if starts_program(text):
            yield _whole(comments + text)
        else:
            yield from split(
                comments + text, ansi_quotes=quoting.ansi_quotes, backslash_escapes=quoting.backslash_escapes
            )
        comments = ""


def _whole(text: str) -> Piece:
    """Take a packet as one statement; only a ';' at its very end is its terminator."""
    start = _end(_BLANK, text, 0)
    source = text[start:].rstrip(BLANKS)
    terminated = source.endswith(";")
    source = source.removesuffix(";").rstrip(BLANKS)
    return Piece(source, start, start + len(source), *_Lines(text).at(start), terminated)


def _opening(text: str) -> tuple[Options, int]:
    """Read the comment and the start word; return the options and the offset behind them."""
    if not looks_like_batch(text):
        raise NotABatch(NOT_STARTED)
    inside, offset = find_comment(text)
    started = _START_END.match(text, _end(_BLANK, text, offset))
    if started is None:
        raise NotABatch(f"{NOT_STARTED} A ';' is missing after {START_WORD}.")
    return read_options(inside), _end(_AFTER[True], text, started.end())


def _until_commit(pieces: Iterator[Piece]) -> tuple[tuple[Piece, ...], bool]:
    """Return the statements before the commit word, and whether it came."""
    statements: list[Piece] = []
    for piece in pieces:
        if not _MAY_BE_WORD.match(piece.text):
            statements.append(piece)
            continue
        if is_start(piece.text):
            raise NestedStart(f"{START_WORD} inside a batch (line {piece.line}): end it with {COMMIT_WORD} first.")
        if _COMMIT.match(piece.text):
            if not _COMMIT_ALONE.fullmatch(piece.text) or next(pieces, None) is not None:
                raise NotABatch(f"{NOT_STARTED} Nothing may follow {COMMIT_WORD}; send the next batch by itself.")
            return tuple(statements), True
        statements.append(piece)
    return tuple(statements), False


def _check_tail(statements: Sequence[Piece]) -> None:
    """Allow a missing commit word only where an unclosed quote or comment swallowed it. Raises NoCommit."""
    last = statements[-1] if statements else None
    swallowed = last is not None and _HOLDS_COMMIT.search(last.text) is not None
    if last is not None and last.problem and swallowed:
        return
    hint = f"a ';' is missing before it, in the statement at line {last.line}." if last and swallowed else ""
    raise NoCommit(f"The batch does not end with {COMMIT_WORD}: {hint or 'add it after the last statement.'}")
