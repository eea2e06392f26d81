"""What MySQL logs of a partial update of JSON (binlog_row_value_options=PARTIAL_JSON) → SQL: pure.

The image after the update has the differences to the document before, which its image has whole. Both together are
kept as bytes of our own, and written as MySQL's functions upon the whole document: so the statement says by itself
what the value becomes, whatever is there when it runs.

The layout is that of Json_diff in sql-common/json_diff.h of MySQL's source.
"""

from inception.binlog import json_binary, literals
from inception.binlog.lengths import read_length
from inception.errors import BinlogError

_MARK = b"\xff"  # no document begins with it
_REPLACE, _INSERT, _REMOVE = range(3)
_text = literals.text("utf8mb4")


def patched(before: bytes | None, differences: bytes) -> bytes | None:
    """Return the bytes of a value: those before where there are no differences. Raises IndexError if damaged."""
    if not differences:
        return before
    if before is None:
        raise IndexError("a JSON value that was NULL was logged as an update of a part")
    return _MARK + len(before).to_bytes(4, "little") + before + differences


def literal(raw: bytes) -> str:
    """Write a value of a JSON column, whole or patched. Raises BinlogError as `json_binary.literal`."""
    if raw[:1] != _MARK:
        return json_binary.literal(raw)
    end = 5 + int.from_bytes(raw[1:5], "little")
    written = json_binary.expression(raw[5:end])
    try:
        while end < len(raw):
            written, end = _applied(written, raw, end)
    except IndexError:
        raise BinlogError("A partial update of JSON in the binary log is damaged.") from None
    return written


def _applied(document: str, raw: bytes, at: int) -> tuple[str, int]:
    """Return the call that makes the change at `at`, and where the next one begins."""
    operation = raw[at]
    path, at = _bytes(raw, at + 1)
    place = _text(path)
    if operation == _REMOVE:
        return f"JSON_REMOVE({document},{place})", at
    value, at = _bytes(raw, at)
    if operation == _REPLACE:
        function = "JSON_REPLACE"
    elif operation == _INSERT:
        function = "JSON_ARRAY_INSERT" if path.endswith(b"]") else "JSON_INSERT"
    else:
        raise IndexError("a change that is not known")
    return f"{function}({document},{place},{json_binary.expression(value)})", at


def _bytes(raw: bytes, at: int) -> tuple[bytes, int]:
    size, at = read_length(raw, at)
    if at + size > len(raw):
        raise IndexError("it is cut off")
    return raw[at : at + size], at + size
