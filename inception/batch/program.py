"""Where a stored program ends: CREATE PROCEDURE, FUNCTION, TRIGGER, EVENT and BEGIN NOT ATOMIC with the ';' in them.

A scanner that follows nesting (BEGIN, IF, CASE, LOOP, WHILE, REPEAT, FOR … END) and nothing else: not a parser.
Not covered: Oracle mode (PACKAGE, EXCEPTION). A program that it cannot follow ends in a problem, not in a wrong cut.
"""

import re
from enum import Enum
from functools import lru_cache

from inception.batch.lexis import BLANK, FLAGS, GAP, LINE_COMMENT, NOT_IN_NAME, quoted, version_comment
from inception.batch.lexis import BLOCK_COMMENT as BLOCK

# The marks of a version comment count as blanks here: /*!50003 CREATE*/ /*!50017 DEFINER=… */ /*!50003 TRIGGER … */
_G = rf"(?:{GAP}|/\*M?!\d*+|\*/)"
_NAME = r"(?:`[^`]*+`|'[^']*+'|\"[^\"]*+\"|[\w$.%\x80-\U0010ffff]++)"
_DEFINER = (
    rf"definer{_G}*+={_G}*+(?:current_(?:user|role){_G}*+(?:\({_G}*+\))?+|{_NAME}(?:{_G}*+@{_G}*+{_NAME})?+){_G}++"
)
_HEAD = re.compile(
    rf"{_G}*+(?:(?:create{_G}++(?:or{_G}++replace{_G}++)?+(?:{_DEFINER})?+(?:aggregate{_G}++)?+"
    rf"|alter{_G}++(?:{_DEFINER})?+(?=event))"
    rf"(?P<kind>procedure|function|trigger|event){NOT_IN_NAME}(?:{_G}++if{_G}++not{_G}++exists{NOT_IN_NAME})?+"
    rf"|(?=begin{_G}++not{_G}++atomic{NOT_IN_NAME}))",
    FLAGS,
)
_BLOCKS = "begin|if|case|loop|while|repeat|for"
_COMPOUND = frozenset(_BLOCKS.split("|"))
_END_OF_WHAT = re.compile(rf"{GAP}++(?:if|case|loop|while|repeat|for){NOT_IN_NAME}", FLAGS)
# Statements that take expressions, in which IF, REPEAT and CASE are no statements.
_SIMPLE = re.compile(
    "return|select|insert|update|delete|replace|call|set|with|do|signal|resignal|execute|values|kill|table|show"
)
_BEFORE_TYPES = frozenset(("returns", "character"))  # RETURNS SET('a'), CHARACTER SET utf8mb4
# Behind which word a statement begins in a block of that kind, apart from its own.
_STATEMENT_AFTER = {
    "begin": ("atomic",),
    "if": ("then", "else"),
    "case": ("then", "else"),
    "while": ("do",),
    "for": ("do",),
}
COMMIT_WORD = "inception_magic_commit"


def starts_program(text: str, position: int = 0) -> re.Match[str] | None:
    """Match the head of a stored program at a position; blanks and comments before it are passed over."""
    return _HEAD.match(text, position)


class _Seek(Enum):
    """Whether a word that opens a block would open one here."""

    HEAD = 1  # not yet: in the head of the program, before its body
    BODY = 2  # yes, after words that may still come in between (characteristics, handler conditions)
    STATEMENT = 3  # yes, if it is the next word
    INSIDE = 4  # no: in the middle of a statement


class _Nesting:
    """What is open at a place in a stored program."""

    def __init__(self, kind: str | None) -> None:
        self.open: list[str] = []
        self.seek = _Seek.HEAD if kind else _Seek.STATEMENT
        self.body_after = {"trigger": "each", "event": "do"}.get(kind or "", "")
        self.parentheses = 0
        self.previous = ""

    def mark(self, mark: str) -> bool:
        """Take one of ';', ':', '(', ')'; tell whether the program ends here."""
        if mark == ";":
            while self.open and self.open[-1] == "expression":
                self.open.pop()
            self.seek, self.parentheses, self.previous = _Seek.STATEMENT, 0, ""
            return not self.open
        if mark == ":":  # a label
            self.seek = _Seek.STATEMENT
        self.parentheses = max(0, self.parentheses + {"(": 1, ")": -1}.get(mark, 0))
        if mark == ")" and self.seek is _Seek.HEAD and not self.body_after and not self.parentheses:
            self.seek = _Seek.BODY  # a routine's parameters
        return False

    def word(self, word: str, end_of_what: bool) -> None:
        """Take one word; `end_of_what` tells that it is followed by IF, CASE, LOOP …: so is an END of a block."""
        if self.seek is _Seek.HEAD:
            self._head(word)
        elif word == "end":
            self._end(end_of_what)
        elif word in _COMPOUND and self.previous != "end":
            self._open(word)
        else:
            self._other(word)
        self.previous = word

    def _head(self, word: str) -> None:
        if word == self.body_after:
            self.seek = _Seek.STATEMENT if word == "do" else _Seek.BODY

    def _end(self, end_of_what: bool) -> None:
        expression = bool(self.open) and self.open[-1] == "expression"
        if self.open and (expression or end_of_what or self.seek is _Seek.STATEMENT):
            self.open.pop()
        self.seek = _Seek.INSIDE

    def _open(self, word: str) -> None:
        if self.seek is not _Seek.INSIDE:
            self.open.append(word)
            self.seek = _Seek.STATEMENT if word in ("begin", "loop", "repeat") else _Seek.INSIDE
        elif word == "case":
            self.open.append("expression")
        elif word == "for" and self.previous == "handler":
            self.seek = _Seek.BODY

    def _other(self, word: str) -> None:
        if word in _STATEMENT_AFTER.get(self.open[-1] if self.open else "", ()) and self.seek is _Seek.INSIDE:
            self.seek = _Seek.STATEMENT
        elif self.seek is _Seek.STATEMENT or (_SIMPLE.fullmatch(word) and self.previous not in _BEFORE_TYPES):
            self.seek = _Seek.INSIDE


@lru_cache
def _tokens(ansi_quotes: bool, backslash_escapes: bool) -> re.Pattern[str]:
    text = quoted(ansi_quotes=ansi_quotes, backslash_escapes=backslash_escapes)
    name = r"[\w$\x80-\U0010ffff]"
    return re.compile(
        rf"{text}|{LINE_COMMENT}|{BLOCK}|{version_comment(text)}|[.@]{BLANK}*+{name}++|\d{name}*+"
        rf"|(?P<word>{name}++)|(?P<mark>[;()]|:(?!=))|(?P<open>['\"`]|/\*)",
        FLAGS,
    )


def find_end(
    text: str, head: re.Match[str], *, ansi_quotes: bool = False, backslash_escapes: bool = True
) -> tuple[int, str | None]:
    """Return where the stored program with this head ends (its ';' or the end of the text), and a problem or None.

    A quote or comment that is not closed ends it there, for the caller to describe, with no problem of this one.
    """
    nesting = _Nesting(head["kind"] and head["kind"].lower())
    for token in _tokens(ansi_quotes, backslash_escapes).finditer(text, head.end()):
        kind = token.lastgroup
        if kind == "open":
            return token.start(), None
        if kind == "mark":
            if nesting.mark(token[0]):
                return token.start(), None
        elif kind == "word":
            word = token[0].lower()
            if word == COMMIT_WORD and nesting.seek is _Seek.STATEMENT:
                return token.start(), _not_closed(nesting)
            nesting.word(word, word == "end" and _END_OF_WHAT.match(text, token.end()) is not None)
    return len(text), _not_closed(nesting) if nesting.open else None


def _not_closed(nesting: _Nesting) -> str:
    what = nesting.open[-1].upper() if nesting.open and nesting.open[-1] != "expression" else "CASE"
    return f"The stored program is not closed: an END for its {what} is missing."
