"""What several statements of one packet did, read with as little work as can be: somebody waits for each commit.

The driver would make an object of every packet and another of what stands in it, which takes longer than the server
takes for some of the statements.
"""

from typing import Any

from pymysql.err import raise_mysql_exception

_ERROR = 0xFF  # first byte of an ERR packet; an OK packet begins with 0
_WIDTHS = {0xFC: 2, 0xFD: 3, 0xFE: 8}  # bytes of a length-encoded integer behind its first one, which else is its value
_MORE_RESULTS = 0x0008  # SERVER_MORE_RESULTS_EXISTS


def read_counts(raw: Any) -> list[int]:
    """Return the rows that each statement changed that was sent over the driver's connection; none returns rows.

    Raises what the driver raises, for the first statement that failed or a connection that is lost.
    """
    changed, more = [], True
    while more:
        size = int.from_bytes(raw._read_bytes(4)[:3], "little")  # the driver's time-out for reading is that for writing
        packet = raw._read_bytes(size)
        if packet[0] == _ERROR:
            raise_mysql_exception(packet)
        count, at = _integer(packet, 1)
        _, at = _integer(packet, at)  # the AUTO_INCREMENT value
        changed.append(count)
        more = bool(packet[at] & _MORE_RESULTS)
    return changed


def _integer(packet: bytes, at: int) -> tuple[int, int]:
    """Return a length-encoded integer, and where the next field begins."""
    first = packet[at]
    behind = at + 1 + _WIDTHS.get(first, 0)
    return (int.from_bytes(packet[at + 1 : behind], "little") if first in _WIDTHS else first), behind
