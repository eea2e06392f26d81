"""What a client is answered: an OK, a table of integers and texts, or one that is bytes already. Errors are raised."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


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


class Chunk(NamedTuple):
    """Some of the bytes that a client gets. `sequence` is the number of the packet that follows them."""

    data: bytes
    sequence: int


Encode = Callable[[ResultSet], Iterator[Chunk]]
"""Makes the bytes of a table for one client; can be pickled."""


class Encoded(ABC):
    """A table that comes as bytes, chunk by chunk, from where it was made. Whoever has it closes it."""

    @abstractmethod
    async def next(self) -> Chunk | None:
        """Return the next chunk, None after the last one. Raises ServerError where no more will come."""

    @abstractmethod
    def close(self) -> None:
        """Let it go, read to its end or not."""


Answer = ResultSet | Ok


def texts(*names: str) -> tuple[Field, ...]:
    """Return text fields of these names."""
    return tuple(Field(name) for name in names)
