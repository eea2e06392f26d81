"""What a client is answered, as plain values: an OK, or a table of integers and texts. Errors are raised."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class CellType(StrEnum):
    """The two types a column of ours may have on the wire: BIGINT, or text in a text character set."""

    INT = "int"
    TEXT = "text"


@dataclass(frozen=True)
class Field:
    """One column of a table that is answered."""

    name: str
    type: CellType = CellType.TEXT


Value = int | str | None


@dataclass(frozen=True)
class ResultSet:
    """A table. `rows` may be lazy: it is read once, as fast as the client takes it."""

    fields: tuple[Field, ...]
    rows: Iterable[Sequence[Value]]
    warnings: int = 0


@dataclass(frozen=True)
class Ok:
    """Done, with nothing to show."""

    affected_rows: int = 0
    warnings: int = 0
    info: str = field(default="")


Answer = ResultSet | Ok


def texts(*names: str) -> tuple[Field, ...]:
    """Return text fields of these names."""
    return tuple(Field(name) for name in names)
