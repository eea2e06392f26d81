"""What a plan printed by EXPLAIN says of the rows that a row change will change. Pure.

MySQL manual, "EXPLAIN Output Format": rows of one id are one join, in its order; `<subqueryN>` is what the rows of id N
are gathered in; the table that is changed is marked DELETE or UPDATE (by MySQL only), what is inserted into INSERT.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

Cells = Sequence[str | bytes | None]
_Step = Mapping[str, str]

_FILLED = frozenset(("INSERT", "REPLACE"))
_CHANGED = frozenset(("DELETE", "UPDATE"))
_GATHERED = re.compile(r"<subquery([0-9]+)>")


def rows_in_plan(names: Sequence[str], rows: Iterable[Cells]) -> int:
    """Return how many rows will be changed: of a join those of its first table, or of the changed one in its place."""
    named = [name.lower() for name in names]
    steps = [dict(zip(named, ("" if cell is None else str(cell) for cell in row), strict=True)) for row in rows]
    steps = [step for step in steps if step["select_type"] not in _FILLED]
    if not steps:
        return 0
    first = steps[0]["id"]
    return round(sum(_of_join(steps, number) for number in _united(steps, first)))


def _united(steps: Sequence[_Step], first: str) -> list[str]:
    """Return the ids of the queries of a UNION that stands at the top, or of the one query."""
    for step in steps:
        ids = step["table"].strip("<>").removeprefix("union").split(",")
        if step["select_type"] == "UNION RESULT" and first in ids:
            return ids
    if {step["select_type"] for step in steps} == {"PRIMARY", "UNION"}:  # a UNION ALL, and nothing inside
        return list(dict.fromkeys(step["id"] for step in steps))
    return [first]


def _of_join(steps: Sequence[_Step], number: str) -> float:
    join = [step for step in steps if step["id"] == number]
    places = [place for place, step in enumerate(join) if step["select_type"] in _CHANGED]
    if len(join) > 1 and not (places and places[0]) and not _GATHERED.match(join[0]["table"]):
        return float(join[0]["rows"] or 0)
    product = 1.0
    for step in join[: places[0] + 1] if places else join:
        product *= _of_step(steps, step)
    return product


def _of_step(steps: Sequence[_Step], step: _Step) -> float:
    gathered = _GATHERED.match(step["table"])
    if gathered is not None and not step["rows"]:
        inner = [each for each in steps if each["id"] == gathered[1]]
        rows = float(inner[0]["rows"] or 0) if inner else 0.0
    else:
        rows = float(step["rows"] or 0)
    return rows * float(step.get("filtered") or 100) / 100
