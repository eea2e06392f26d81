"""The limits that a wire server keeps; named as MySQL's variables where there is one. Not the settings themselves."""

from collections.abc import Callable
from dataclasses import dataclass

# What a client may send before it is logged in, in bytes.
LOGIN_PACKET = 64 * 1024
# The protocol's own limit: a request over max_allowed_packet is read away up to here, so that it can be answered.
LARGEST_PACKET = 1 << 30


@dataclass(frozen=True)
class Limits:
    """Times are in seconds, sizes in bytes.

    `wait_timeout` bounds the wait for the next request, `net_read_timeout` each wait within one, `net_write_timeout`
    the time in which a client takes nothing at all of its answer. `request_memory` bounds what the requests of all
    connections hold together, from their first byte to the end of their answer.
    """

    max_connections: int = 1000
    max_allowed_packet: int = 64 << 20
    request_memory: int = 1 << 30
    login_timeout: float = 10.0
    wait_timeout: float = 28800.0
    net_read_timeout: float = 30.0
    net_write_timeout: float = 60.0


class Budget:
    """Memory that is shared: who takes of it gives back as much. `limit` tells what there is, in bytes."""

    def __init__(self, limit: Callable[[], int]) -> None:
        self._limit = limit
        self.used = 0

    def take(self, amount: int) -> bool:
        """Take so many bytes; False, and nothing taken, where there is not enough."""
        if self.used + amount > self._limit():
            return False
        self.used += amount
        return True

    def give_back(self, amount: int) -> None:
        """Give back what was taken."""
        self.used -= amount
