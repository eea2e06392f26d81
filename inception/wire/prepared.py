"""Prepared statements of one client: their texts, what is bound to them, and the text that comes of it.

There is nothing to prepare here: a statement is kept as its pieces between the placeholders, and executed as one text
in which each placeholder is the literal of its value. Placeholders in strings, comments and source comments are none.
"""

import re
from dataclasses import dataclass, field

from inception.charset import Charset
from inception.errors import ServerError
from inception.wire.fields import Fields
from inception.wire.framing import NO_MEMORY
from inception.wire.limits import Budget
from inception.wire.parameters import bytes_literal, literal, wrong_arguments

_MOST_STATEMENTS = 1024  # of one client
_MOST_PLACEHOLDERS = 65535  # as in MySQL: the protocol has two bytes for their number

_SKIPPED = (
    r"\A\ufeff?\s*+/\*\s*+--.*?\*/(?=\s*+inception_magic_start\b)"
    r"|'(?:[^'\\]++|\\.|'')*+(?:'|\Z)|\"(?:[^\"\\]++|\\.|\"\")*+(?:\"|\Z)|`[^`]*+(?:`|\Z)"
    r"|/\*(?!M?!)(?:[^*]|\*(?!/))*+(?:\*/|\Z)|--(?=\s|\Z)[^\n]*+|\#[^\n]*+"
)
_PLACEHOLDERS = re.compile(rf"{_SKIPPED}|(?P<placeholder>\?)", re.DOTALL | re.I)


@dataclass
class Statement:
    """One prepared statement. `long_data` is what came in parts for its next execution."""

    pieces: tuple[str, ...]
    kinds: tuple[int, ...] = ()
    long_data: dict[int, bytearray] = field(default_factory=dict)

    @property
    def parameters(self) -> int:
        """How many placeholders it has."""
        return len(self.pieces) - 1

    @property
    def size(self) -> int:
        """How much it keeps in memory, roughly, in bytes."""
        return sum(map(len, self.pieces)) + sum(map(len, self.long_data.values()))


def pieces_of(text: str) -> tuple[str, ...]:
    """Cut a text at its placeholders."""
    if "?" not in text:
        return (text,)  # most batches: it may be long, and others wait
    pieces, start = [], 0
    for found in _PLACEHOLDERS.finditer(text):
        if found["placeholder"]:
            pieces.append(text[start : found.start()])
            start = found.end()
    return (*pieces, text[start:])


class Statements:
    """The prepared statements of one client, by id. What they keep is taken of `memory`."""

    def __init__(self, memory: Budget) -> None:
        self._statements: dict[int, Statement] = {}
        self._last = 0
        self._memory = memory
        self._held = 0

    def prepare(self, text: str, limit: int) -> tuple[int, Statement]:
        """Keep a statement; return its id and itself. `limit`: how much all may keep in memory, in bytes.

        Raises ServerError 1390 for too many placeholders, 1461 for too many statements.
        """
        statement = Statement(pieces_of(text))
        if statement.parameters > _MOST_PLACEHOLDERS:
            raise ServerError(1390, "Prepared statement contains too many placeholders")
        if len(self._statements) >= _MOST_STATEMENTS or self._size() + len(text) > limit:
            raise ServerError(
                1461, "Can't create more prepared statements on this connection: close some first", "42000"
            )
        self._last += 1
        self._statements[self._last] = statement
        if not self._settle():
            del self._statements[self._last]
            raise ServerError(1041, NO_MEMORY)
        return self._last, statement

    def execute(self, payload: bytes | bytearray, charset: Charset) -> str:
        """Read COM_STMT_EXECUTE; return the text with the values in their places.

        Raises ServerError 1243 for an unknown statement, 1210 and 1835 for values that cannot be read.
        """
        fields = Fields(payload, malformed)
        statement = self._statement(fields.uint(4), "EXECUTE")
        fields.take(5)  # a cursor is not needed to read the answer, and one iteration is all there is
        values = _values(statement, fields, charset)
        self._forget(statement)
        return "".join(part for pair in zip(statement.pieces, [*values, ""], strict=True) for part in pair)

    def add_long_data(self, payload: bytes | bytearray, limit: int) -> None:
        """Read COM_STMT_SEND_LONG_DATA, which has no answer: what is wrong with it, the execution will say."""
        fields = Fields(payload, malformed)
        statement = self._statements.get(fields.uint(4))
        parameter = fields.uint(2)
        if statement is None:
            return
        data = statement.long_data.setdefault(parameter, bytearray())
        fits = parameter < statement.parameters and self._size() + fields.left <= limit
        data += fields.rest() if fits else b""
        if not fits or not self._settle():
            statement.long_data = {-1: bytearray()}  # found by the execution
            self._settle()

    def reset(self, payload: bytes | bytearray) -> None:
        """Read COM_STMT_RESET: forget long data. Raises ServerError 1243 for an unknown statement."""
        self._forget(self._statement(Fields(payload, malformed).uint(4), "RESET"))

    def fetch(self, payload: bytes | bytearray) -> None:
        """Read COM_STMT_FETCH: raises ServerError 1243 or 1421, there is never a cursor."""
        number = Fields(payload, malformed).uint(4)
        self._statement(number, "FETCH")
        raise ServerError(1421, f"The statement ({number}) has no open cursor.")

    def close(self, payload: bytes | bytearray) -> None:
        """Read COM_STMT_CLOSE, which has no answer."""
        self._statements.pop(int.from_bytes(payload[:4], "little"), None)
        self._settle()

    def clear(self) -> None:
        """Forget all."""
        self._statements.clear()
        self._settle()

    def _forget(self, statement: Statement) -> None:
        """Forget long data."""
        if statement.long_data:
            statement.long_data.clear()
            self._settle()

    def _settle(self) -> bool:
        """Take of the memory, or give back, until as much is held as is kept; False where there is not enough."""
        more = self._size() - self._held
        if more > 0 and not self._memory.take(more):
            return False
        self._memory.give_back(max(-more, 0))
        self._held += more
        return True

    def _size(self) -> int:
        return sum(statement.size for statement in self._statements.values())

    def _statement(self, number: int, what: str) -> Statement:
        statement = self._statements.get(number)
        if statement is None:
            raise ServerError(1243, f"Unknown prepared statement handler ({number}) given to {what}")
        return statement


def _values(statement: Statement, fields: Fields, charset: Charset) -> list[str]:
    count = statement.parameters
    if -1 in statement.long_data:
        statement.long_data.clear()  # it holds nothing
        raise ServerError(1153, "The data sent for a parameter is larger than 'max_allowed_packet', or has no place")
    if not count:
        return []
    nulls = fields.uint((count + 7) // 8)
    if fields.uint(1):
        statement.kinds = tuple(fields.uint(2) for _ in range(count))
    if len(statement.kinds) != count:
        raise wrong_arguments()
    return [_value(statement, number, bool(nulls >> number & 1), fields, charset) for number in range(count)]


def _value(statement: Statement, number: int, null: bool, fields: Fields, charset: Charset) -> str:
    if number in statement.long_data:
        return bytes_literal(bytes(statement.long_data[number]), charset)
    return "NULL" if null else literal(statement.kinds[number], fields, charset)


def malformed() -> ServerError:
    """Return the error for a packet that cannot be read."""
    return ServerError(1835, "Malformed communication packet.")
