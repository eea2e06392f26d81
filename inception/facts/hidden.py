"""Characters that a reader of SQL does not see, or sees as something else, where they are no data. Pure.

Unicode: the categories Cf (format) and Zs (space), and UAX #9 for the controls of writing direction. MySQL takes all of
them for letters of names.
"""

import re
import unicodedata
from collections.abc import Iterator

from inception.lexer import Kind, Syntax, UnreadableSql, tokenize

_SPACES = "\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_UNSEEN = "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2060-\u2064\ufeff\uffa0"
_DIRECTION = "\u202a-\u202e\u2066-\u2069"
_JOINERS = "\u200c\u200d"  # some scripts need them between letters
_ODD_JOINER = f"(?<![^\x00-\x7f])[{_JOINERS}]|[{_JOINERS}](?![^\x00-\x7f])"
_IN_WORDS = re.compile(f"[{_SPACES}{_UNSEEN}{_DIRECTION}]|{_ODD_JOINER}")
_IN_NAMES = re.compile(f"[{_UNSEEN}{_DIRECTION}]|{_ODD_JOINER}")
_IN_COMMENTS = re.compile(f"[{_DIRECTION}]")  # what stands behind is shown in another order
_NO_QUOTES = re.compile("[\u2018\u2019\u201c\u201d\uff02\uff07\uff40]")


def hidden_characters(text: str, syntax: Syntax) -> Iterator[tuple[int, str]]:
    """Yield offset and description of each such character; nothing of a text that cannot be read."""
    if text.isascii() or not (_IN_WORDS.search(text) or _NO_QUOTES.search(text)):
        return
    try:
        tokens = tokenize(text, syntax)
    except UnreadableSql:
        return
    end = 0
    for token in tokens:
        for found in _IN_COMMENTS.finditer(text, end, token.start):
            yield found.start(), _described(found[0])
        if token.kind is Kind.WORD:
            yield from (
                (found.start(), _described(found[0])) for found in _IN_WORDS.finditer(text, token.start, token.end)
            )
            if _NO_QUOTES.match(token.text):
                yield token.start, f"{_described(token.text[0])}, which is no quote"
        elif token.kind is Kind.NAME:
            yield from (
                (found.start(), _described(found[0])) for found in _IN_NAMES.finditer(text, token.start, token.end)
            )
        end = token.end


def _described(character: str) -> str:
    return f"U+{ord(character):04X} ({unicodedata.name(character, 'a control')})"
