"""How joined tables put their columns together: which of them USING and NATURAL merge. Pure values.

As MySQL's manual, "JOIN Clause", has it: common columns first, in the order of the first table; the first table of a
RIGHT JOIN is the right one.
"""

from collections.abc import Iterator
from typing import Any

from inception.resolve.scope import Output, Relation

Pair = tuple[Output, Output]


def common_names(left: Relation, right: Relation, join: Any) -> list[str]:
    """Return the names, case folded, that a join goes by: those of USING, or for NATURAL all that both have."""
    if join.method.upper() == "NATURAL":
        return [name for name in left.by_name if name in right.by_name]
    return [name.name.casefold() for name in join.args.get("using") or []]


def problems(left: Relation, right: Relation, names: list[str]) -> Iterator[str]:
    """Yield what keeps a join from going by these names."""
    for name in names:
        counts = [len(side.by_name.get(name, ())) or (1 if side.open else 0) for side in (left, right)]
        if 0 in counts:
            yield f"Unknown column '{name}' in USING."
        elif max(counts) > 1:
            yield f"Column '{name}' of a join is ambiguous."


def merged(left: Relation, right: Relation, names: list[str], join: Any) -> tuple[Relation, tuple[Pair, ...]]:
    """Return both joined by these names, each of which is there once, and the pairs of columns that became one."""
    first, second = (right, left) if join.side.upper() == "RIGHT" else (left, right)
    pairs = []
    for name in sorted(names, key=[*first.by_name].index) if set(names) <= first.by_name.keys() else names:
        one, other = (side.by_name.get(name, [side.perhaps(name)])[0] for side in (first, second))
        pairs.append((one, other))
    rest = tuple(each for each in (*first.columns, *second.columns) if each.name.casefold() not in names)
    columns = (*(one for one, _ in pairs), *rest)
    return Relation(left.sources + right.sources, columns, left.whole and right.whole), tuple(pairs)
