"""The shape of a statement: its text with literals put aside. Statements of one shape are judged once."""

import re

_LITERAL = re.compile(
    r"'(?:[^'\\]|\\.|'')*+'"
    r'|"(?:[^"\\]|\\.|"")*+"'
    r"|(`(?:[^`]|``)*+`)"
    r"|(?<![\w$.@])(?:0x[0-9a-fA-F]++|\d++(?:\.\d*+)?(?:[eE][+-]?\d++)?)(?![\w$])",
    re.S,
)
_ROWS = re.compile(r"(\((?:[\s,?-]|NULL|DEFAULT)*+\))(?:\s*+,\s*+\((?:[\s,?-]|NULL|DEFAULT)*+\))++", re.I)


def shape(text: str) -> str:
    """Return the text with every string and number as `?` and repeated rows of values as one."""
    return _ROWS.sub(r"\1", _LITERAL.sub(lambda match: match.group(1) or "?", text))
