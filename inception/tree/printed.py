"""One row of the answer to --query-print and --masking."""

import json
from dataclasses import dataclass, replace
from typing import Any

from inception.answer import CellType, Field, Value
from inception.batch.statement import Kind
from inception.world import Verdict

FIELDS = (
    Field("ID", CellType.INT),
    Field("statement"),
    Field("errlevel", CellType.INT),
    Field("query_tree"),
    Field("errmsg"),
)
SILENT = (Kind.USE, Kind.SET_NAMES)
"""Statements that have no row."""


@dataclass(frozen=True)
class Printed:
    """A statement with its tree, or the list of what it shows, and what is wrong with it."""

    number: int
    text: str
    tree: Any
    problems: tuple[str, ...] = ()

    def refused(self, verdict: Verdict) -> "Printed":
        """Return the same with the target's syntax error, if there is one that is not known yet."""
        wrong = verdict.is_syntax_error and not self.problems
        return replace(self, problems=(verdict.message,)) if wrong else self

    def row(self) -> tuple[Value, ...]:
        """Return the cells in the order of FIELDS."""
        errlevel = 2 if self.problems else 0
        shown = json.dumps(self.tree, ensure_ascii=False, separators=(",", ":"))
        return self.number, self.text, errlevel, shown, "\n".join(self.problems) or None
