"""A row change's text with a range of a key in it: the submitted text to the letter, its WHERE in parentheses."""

from collections.abc import Sequence
from dataclasses import dataclass

from inception.lexer import Token


@dataclass(frozen=True)
class Cut:
    """The text of an UPDATE or DELETE in front of WHERE, and the condition behind it ('' for none)."""

    head: str
    condition: str

    def within(self, key_range: str) -> str:
        """Return the statement for the rows of a range."""
        whole = f"({key_range}) AND ({self.condition})" if self.condition else key_range
        return f"{self.head}WHERE {whole}"


def cut(text: str, tokens: Sequence[Token]) -> Cut:
    """Cut the text of an UPDATE or DELETE that ends with its condition. Comments behind the last token are dropped."""
    *written, _ = tokens
    depth = 0
    for place, token in enumerate(written):
        depth += (token.word == "(") - (token.word == ")")
        if token.word == "WHERE" and not depth and place + 1 < len(written):
            return Cut(text[: token.start], text[written[place + 1].start : written[-1].end])
    return Cut(f"{text[: written[-1].end]} ", "")
