"""A kind of statement that is not supported; it is never sent to the target.

Triggers, procedures, functions, events, accounts and grants, LOCK, transactions, CALL, XA, LOAD DATA, FLUSH, … A
SELECT is audited but not executed.
"""

from collections.abc import Iterator

from inception.batch.kind import first_words
from inception.batch.statement import Kind, Statement
from inception.rule import Level, Said
from inception.scene import Scene

LEVEL = Level.ERROR
FIRM = "such statements are never sent to the target"
ORDER = 20
ALIKE = True


def check(statement: Statement, scene: Scene) -> Iterator[Said]:
    """Yield a warning in a check, an error in an execution."""
    verdict = scene.world.verdicts.get(statement.number)
    if statement.kind is Kind.OTHER and not (verdict is not None and verdict.is_syntax_error):
        level = Level.ERROR if scene.intent.executing else Level.WARNING
        words = [word for word in first_words(statement.text, 2) if word.isalpha()]
        if statement.text.startswith(("/*!", "/*M!")):
            yield Said(level, "Not supported: a statement inside an executable comment. Write it without /*! and */.")
        else:
            yield Said(level, f"Not supported: {' '.join(words) or statement.text[:20]}.")
    elif statement.kind is Kind.SELECT and scene.intent.executing:
        yield Said(Level.ERROR, "A SELECT is not executed: take it out of the batch.")
