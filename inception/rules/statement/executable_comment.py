"""A comment that the target executes, or a hint to its optimizer: `/*! … */`, `/*+ … */`. Off by default.

Dumps are full of them; in what people write they hide what is run.
"""

from collections.abc import Iterator

from inception.batch.statement import Statement
from inception.lexer import UnreadableSql, tokenize
from inception.rule import Level
from inception.scene import Scene

LEVEL = Level.NONE
ORDER = 14
ALIKE = True
_OPENERS = ("/*!", "/*M!", "/*+")


def check(statement: Statement, scene: Scene) -> Iterator[str]:
    """Yield a finding for each kind of comment, wherever it stands outside of texts and names."""
    text = statement.sample or statement.text
    if not any(opener in text for opener in _OPENERS):
        return
    try:
        tokens = tokenize(text, scene.world.server.syntax)
    except UnreadableSql:
        return
    ends = [0, *(token.end for token in tokens)]
    gaps = [text[end : token.start] for end, token in zip(ends, tokens, strict=False)]
    for opener in _OPENERS:
        if any(opener in gap for gap in gaps):
            yield f"There is a comment {opener} … */, which a server reads."
