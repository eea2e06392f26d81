"""The tokens of MySQL's SQL: words, names, strings, numbers, operators, with their exact place in the text.

Not a parser: it knows no statement. Comments and blanks are the gaps between tokens. Executable comments
(`/*!50100 … */`, MariaDB's `/*M!100301 … */`) are unwrapped as the given server would, or skipped like comments.
Lexical rules: MySQL manual, "Language Structure"; comments: "Comments"; MariaDB: "Comment Syntax".
"""

import re
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from typing import NamedTuple

from inception.errors import DefinitionError


class Kind(Enum):
    """What a token is."""

    WORD = auto()  # an unquoted word: keyword, name, function, or an introducer such as _utf8mb4
    NAME = auto()  # a quoted name
    STRING = auto()  # 'text', N'text', and "text" without ansi_quotes
    NUMBER = auto()
    BINARY = auto()  # x'1f', 0x1f, b'01', 0b01
    OPERATOR = auto()  # operators and punctuation
    PARAMETER = auto()  # ?
    END = auto()  # after the last token, of no width


class Token(NamedTuple):
    """One token. `start` and `end` are character offsets into the text, `text` is the slice between them.

    `word` is what a reader compares: a WORD in upper case, an OPERATOR as it is, else ''.
    """

    kind: Kind
    text: str
    start: int
    end: int
    word: str


@dataclass(frozen=True)
class Syntax:
    """How a server reads SQL: what its sql_mode says of quotes and operators, and its version.

    `pipes_as_concat`: || joins texts, and is no OR. `high_not_precedence`: NOT binds like !.
    `version` is a number as in executable comments (MySQL 9.7.4: 90704, MariaDB 10.11.19: 101119). None stands for
    the very server that printed the text, as in SHOW CREATE TABLE: every executable comment is unwrapped.
    """

    ansi_quotes: bool = False
    backslash_escapes: bool = True
    version: int | None = None
    mariadb: bool = False
    pipes_as_concat: bool = False
    high_not_precedence: bool = False

    def executes(self, opener: str) -> bool:
        """Tell whether the server reads the inside of a comment that begins so: `/*!`, `/*!80023` or `/*M!100301`.

        MariaDB leaves out MySQL's versions 5.7 to 9.99.99; MySQL takes `/*M!` for a comment.
        """
        if self.version is None:
            return True
        maria_only = opener[2] == "M"
        if maria_only and not self.mariadb:
            return False
        digits = opener[4 if maria_only else 3 :]
        wanted = int(digits) if digits else 0
        if self.mariadb and not maria_only and 50700 <= wanted <= 99999:
            return False
        return wanted <= self.version


SERVER_PRINTED = Syntax()
"""What our own sessions read in SHOW CREATE TABLE."""


class UnreadableSql(DefinitionError):
    """SQL that we cannot read. `offset` counts characters from 0; `line` and `column` from 1."""

    def __init__(self, problem: str, text: str, offset: int) -> None:
        self.problem = problem
        self.offset = offset
        self.line = text.count("\n", 0, offset) + 1
        self.column = offset - (text.rfind("\n", 0, offset) + 1) + 1
        self.near = text[offset : offset + 40]
        where = f"near '{self.near}'" if self.near.strip() else "at the end"
        super().__init__(f"Line {self.line}, column {self.column}: {problem} {where}.")


_BLANK = r"[ \t\n\v\f\r]++"
_LINE_COMMENT = r"(?:#|--(?=[\x00-\x20]|\Z))[^\n]*+"
_BLOCK = r"(?:[^*]++|\*(?!/))*+\*/"
_COMMENT = rf"/\*(?!M?!){_BLOCK}"
_START = r"[A-Za-z_$\x80-\U0010ffff]"
_REST = r"[0-9A-Za-z_$\x80-\U0010ffff]"
_EXPONENT = r"[eE][-+]?+[0-9]++"
# A server that does not execute a comment skips to its end, over comments nested one deep.
_SKIPPED = re.compile(rf"(?:[^*/]++|\*(?!/)|/(?!\*)|/\*{_BLOCK})*+\*/")
_KINDS = (None, Kind.WORD, Kind.OPERATOR, Kind.NAME, Kind.STRING, Kind.NUMBER, Kind.BINARY, Kind.PARAMETER)
_OPENER, _CLOSER, _END = range(len(_KINDS), len(_KINDS) + 3)  # the groups that are no tokens; one more: anything else


@cache
def _pattern(ansi_quotes: bool, backslash_escapes: bool) -> re.Pattern[str]:
    """Return the one expression that finds the next token; its group numbers are places in _KINDS."""
    single = r"'(?:[^'\\]++|\\.|'')*+'" if backslash_escapes else r"'(?:[^']++|'')*+'"
    double = single.replace("'", '"') if not ansi_quotes else '"(?:[^"]++|"")*+"'
    back = r"`(?:[^`]++|``)*+`"
    word = rf"(?![xXbBnN]'){_START}{_REST}*+"
    operator = r"<=>|->>|->|<<|>>|<=|>=|<>|!=|\|\||&&|:=|(?:/(?!\*))|(?:\*(?!/))|[-+%,;()=<>!~&|^@:{}]"
    point = rf"\.(?![0-9])|(?<={_REST}|[`\"])\."
    number = rf"[0-9]++\.[0-9]*+(?:{_EXPONENT})?+|[0-9]++{_EXPONENT}|[0-9]++(?!{_REST})|\.[0-9]++(?:{_EXPONENT})?+"
    binary = rf"[xX]'(?:[0-9a-fA-F]{{2}})*+'|[bB]'[01]*+'|0x[0-9a-fA-F]++(?!{_REST})|0b[01]++(?!{_REST})"
    groups = (
        rf"{word}|(?!{number}|{binary})[0-9]{_REST}*+",
        f"{operator}|{point}",
        back if not ansi_quotes else f"{back}|{double}",
        rf"[nN]?+{single}" if ansi_quotes else rf"[nN]?+{single}|{double}",
        number,
        binary,
        r"\?",
        r"/\*M?!(?:[0-9]{5,6}+)?+",
        r"\*/",
        r"\Z",
        r".",
    )
    gap = f"(?:{_BLANK}|{_LINE_COMMENT}|{_COMMENT})*+"
    return re.compile(f"{gap}(?:{'|'.join(f'({group})' for group in groups)})", re.DOTALL)


def tokenize(text: str, syntax: Syntax = SERVER_PRINTED) -> list[Token]:
    """Return the tokens of a text, the last one END. Raises UnreadableSql at what is no token or not closed."""
    pattern = _pattern(syntax.ansi_quotes, syntax.backslash_escapes)
    tokens: list[Token] = []
    add = tokens.append
    opened = -1  # where the executable comment that we are in began
    place: int | None = 0
    while place is not None:
        begin, place = place, None
        for match in pattern.finditer(text, begin):
            group = match.lastindex or 0
            start, end = match.span(group)
            kind = _KINDS[group] if group < _OPENER else None
            if kind is not None:
                found = match[group]
                add(Token(kind, found, start, end, found.upper() if group < 3 else ""))
            elif group == _END:
                break
            elif group == _OPENER and syntax.executes(match[group]):
                opened = start
            elif group == _OPENER:
                place = _end_of_skipped(text, start)
                break
            elif group == _CLOSER and opened >= 0:
                opened = -1
            else:
                raise UnreadableSql(_what_is_wrong(text, start), text, start)
    if opened >= 0:
        raise UnreadableSql("a comment is not closed", text, opened)
    add(Token(Kind.END, "", len(text), len(text), ""))
    return tokens


def without_comments(text: str, syntax: Syntax) -> str:
    """Return a text with a blank for each character of its comments and of the marks of executable ones.

    What remains stands where it stood. Raises UnreadableSql as `tokenize` does.
    """
    parts: list[str] = []
    end = 0
    for token in tokenize(text, syntax):
        parts += _BLANKED.sub(" ", text[end : token.start]), token.text
        end = token.end
    return "".join(parts)


def final_limit(text: str, syntax: Syntax) -> int | None:
    """Return how many rows the LIMIT at the end of a statement lets through; None where no number says it there.

    Raises UnreadableSql as `tokenize` does.
    """
    tail = [token.text for token in tokenize(text, syntax)[-5:-1]]
    match [word.upper() for word in tail]:
        case [*_, "LIMIT", rows] | ["LIMIT", _, ",", rows] | ["LIMIT", rows, "OFFSET", _] if rows.isdecimal():
            return int(rows)
    return None


_BLANKED = re.compile(r"[^\s]")


def _end_of_skipped(text: str, start: int) -> int:
    found = _SKIPPED.match(text, start + 2)
    if found is None:
        raise UnreadableSql("a comment is not closed", text, start)
    return found.end()


def _what_is_wrong(text: str, at: int) -> str:
    head = text[at : at + 2]
    if head == "/*":
        return "a comment is not closed"
    if head[0] in "'\"`":
        return f"a quote ({head[0]}) is not closed"
    if head == "*/":
        return "a comment ends that was not begun"
    if head[1:] == "'":
        return "not a valid literal"
    return f"unexpected character {head[0]!r}"


_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a", "%": "\\%", "_": "\\_"}


def string_value(literal: str, backslash_escapes: bool = True) -> str:
    """Return the text that a string literal stands for: 'it''s', "a\\tb", N'x'."""
    quote = literal[-1]
    inner = literal[literal.index(quote) + 1 : -1]
    if quote not in inner and "\\" not in inner:
        return inner
    if not backslash_escapes:
        return inner.replace(quote * 2, quote)
    parts = _ESCAPE.split(inner)  # plain, escaped character, plain, …
    parts[::2] = [part.replace(quote * 2, quote) for part in parts[::2]]
    parts[1::2] = [_ESCAPED.get(part, part) for part in parts[1::2]]
    return "".join(parts)


def name_value(token: str) -> str:
    """Return the name that a quoted or unquoted identifier stands for."""
    quote = token[0]
    return token[1:-1].replace(quote * 2, quote) if quote in '`"' else token
