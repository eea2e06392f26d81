"""The shape of a statement: its text with literals put aside. Statements of one shape are read and judged once."""

import re

from inception.lexer import Syntax

_LITERAL = re.compile(
    r"('(?:[^'\\]|\\.|'')*+'"
    r'|"(?:[^"\\]|\\.|"")*+")'
    r"|(`(?:[^`]|``)*+`)"
    r"|(?<![\w$.@])(?:0x[0-9a-fA-F]++|\d++(?:\.\d*+)?(?:[eE][+-]?\d++)?)(?![\w$])",
    re.S,
)
_VALUES = r"\((?:[\s,0-]|'\?'|NULL|DEFAULT)*+\)"
_ROWS = re.compile(rf"({_VALUES})(?:\s*+,\s*+{_VALUES})++", re.I)
_COMMENTS = ("--", "#", "/*")


def shape(text: str, syntax: Syntax) -> str:
    """Return the text with every string as '?' and every number as 0.

    A text in which that might not be certain (a comment, double quotes that are names, backslashes that are plain) is
    its own shape.
    """
    unsure = syntax.ansi_quotes or not syntax.backslash_escapes or any(mark in text for mark in _COMMENTS)
    return text if unsure else _LITERAL.sub(_aside, text)


def shape_of_rows(text: str, syntax: Syntax) -> str:
    """Return the shape with repeated rows of values as one: what is asked of it must not depend on their number."""
    return _ROWS.sub(r"\1", shape(text, syntax))


def _aside(literal: re.Match[str]) -> str:
    return "'?'" if literal[1] else literal[2] or "0"
