"""Failed logins: each address that had some waits longer and longer before it may try again. No I/O, no clock.

What is counted is the address, not the user: guessing many users' passwords is guessing, too. A waiting login holds
up nobody else; tries at the same time wait one behind the other, so that many connections guess no faster than one.
"""

from dataclasses import dataclass

_FREE = 3  # mistyped passwords that cost nothing
_FIRST_WAIT = 0.25  # seconds, doubled with each failure
_LONGEST_WAIT = 8.0
_FORGIVEN = 60.0  # seconds without a failure after which all is forgotten
_MOST_ADDRESSES = 10_000


@dataclass
class _Record:
    failures: int = 0
    last: float = 0.0
    free_at: float = 0.0


class Throttle:
    """What is known of addresses with failed logins. Times are seconds of any one clock."""

    def __init__(self) -> None:
        self._records: dict[str, _Record] = {}

    def wait(self, address: str, now: float, patience: float) -> float | None:
        """Return how long a login from an address has to wait, and keep its place in the queue.

        None where that is longer than `patience`: there is no place for it now.
        """
        record = self._current(address, now)
        if record is None or record.failures < _FREE:
            return 0.0
        turn = max(record.free_at, now)
        if turn - now > patience:
            return None
        record.free_at = turn + _pause(record.failures)
        return turn - now

    def failed(self, address: str, now: float) -> int:
        """Take note of a failed login; return how many there have been lately."""
        record = self._current(address, now) or _Record()
        self._records.pop(address, None)
        self._records[address] = record  # the last: the first are dropped
        record.failures += 1
        record.last = now
        record.free_at = max(record.free_at, now + _pause(record.failures))
        if len(self._records) > _MOST_ADDRESSES:
            del self._records[next(iter(self._records))]
        return record.failures

    def _current(self, address: str, now: float) -> _Record | None:
        record = self._records.get(address)
        if record is not None and now - record.last > _FORGIVEN:
            del self._records[address]
            return None
        return record


def _pause(failures: int) -> float:
    over = failures - _FREE
    return 0.0 if over < 0 else min(_FIRST_WAIT * 2 ** min(over, 10), _LONGEST_WAIT)
