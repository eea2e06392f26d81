"""The shape of a statement: its text with literals put aside. Statements of one shape are read and judged once.

A literal stays in the shape where it says more than a value: a number behind LIMIT, BY and the like, a text that is an
alias, x'…' and b'…', which can be malformed. Comments stay, too.
"""

import re
from collections.abc import Iterator
from functools import cache

from inception.batch.lexis import BLOCK_COMMENT, FLAGS, LINE_COMMENT, version_comment
from inception.batch.lexis import quoted as any_quoted
from inception.lexer import Syntax

NUMBER = r"\d++(?:\.\d*+)?+(?:e[+-]?+\d++)?+(?![\w$.])"
_BEFORE_NUMBER = r"(?<![\w$.@])"
_STRUCTURE = re.compile(r"\b(?:LIMIT|BY|OVER|CAST|CONVERT|OFFSET|ROWS)\b", FLAGS)
_STRUCTURAL = re.compile(r"(?:\b(?:LIMIT|BY|OFFSET|ROWS|EXAMINED)|[,(])\s*+\Z", FLAGS)
_ALIAS = re.compile(r"\bAS\s*+\Z", FLAGS)
_RECENT = 4  # shapes of which the next statement probably is one


@cache
def string(syntax: Syntax) -> str:
    """Return the pattern of a text in quotes, doubled ones in it."""
    single = r"(?:'(?:[^'\\]++|\\.)*+')++" if syntax.backslash_escapes else "(?:'[^']*+')++"
    return single if syntax.ansi_quotes else f"{single}|" + single.replace("'", '"')


@cache
def _literal(syntax: Syntax) -> re.Pattern[str]:
    """Return the pattern of a text (group 1), a number (group 2), or what is neither and hides none."""
    text = any_quoted(ansi_quotes=syntax.ansi_quotes, backslash_escapes=syntax.backslash_escapes)
    name = "`[^`]*+`" + ('|"[^"]*+"' if syntax.ansi_quotes else "")
    others = rf"\b[xb]'[^']*+'|{name}|{LINE_COMMENT}|{BLOCK_COMMENT}|{version_comment(text)}"
    return re.compile(rf"{others}|({string(syntax)})|{_BEFORE_NUMBER}({NUMBER})", FLAGS)


def shape(text: str, syntax: Syntax) -> str:
    """Return the text with texts in quotes as '?' and numbers as 0."""
    marks = {1: "'?'", 2: "0"}
    return "".join(marks[kind] if kind else part for part, kind in _parts(text, syntax))


def _parts(text: str, syntax: Syntax) -> Iterator[tuple[str, int]]:
    """Cut a statement: yield each part, with 1 for a text and 2 for a number to be put aside, 0 for what stays."""
    end = 0
    found = list(_literal(syntax).finditer(text))
    structured = _STRUCTURE.search(text) is not None
    for literal in found:
        kind = literal.lastindex or 0
        between = text[end : literal.start()]
        stays = _ALIAS.search(between) if kind == 1 else structured and kind == 2 and _STRUCTURAL.search(between)
        yield between, 0
        yield literal[0], 0 if stays else kind
        end = literal.end()
    yield text[end:], 0


class Shapes:
    """Tells which statements are of one shape; a shape that comes again is recognised at a glance."""

    def __init__(self, syntax: Syntax) -> None:
        self._syntax = syntax
        self._seen: set[str] = set()
        self._recent: list[tuple[re.Pattern[str], str]] = []

    def recognised(self, text: str) -> str | None:
        """Return the shape of a text that is of one of the shapes of late; None where it is of another."""
        for place, (pattern, found) in enumerate(self._recent):
            if pattern.fullmatch(text):
                if place:
                    self._recent.insert(0, self._recent.pop(place))
                return found
        return None

    def of(self, text: str) -> str:
        """Return the shape of any text; when it comes for the second time it is recognised from then on."""
        found = shape(text, self._syntax)
        if found in self._seen:
            self._recent.insert(0, (self._pattern(text), found))
            del self._recent[_RECENT:]
        self._seen.add(found)
        return found

    def _pattern(self, text: str) -> re.Pattern[str]:
        patterns = {1: f"(?:{string(self._syntax)})", 2: NUMBER}
        parts = (patterns[kind] if kind else f"(?-i:{re.escape(part)})" for part, kind in _parts(text, self._syntax))
        return re.compile("".join(parts), FLAGS)
