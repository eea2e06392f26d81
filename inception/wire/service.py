"""What all connections of one server share. No packets, no sockets."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inception.wire.auth import Accounts
from inception.wire.handler import Client, Handler
from inception.wire.limits import Budget, Limits
from inception.wire.throttle import Throttle
from inception.wire.tls import Security

if TYPE_CHECKING:
    from inception.wire.connection import Connection


@dataclass
class Service:
    """What all connections of one server share. `limits` may be replaced at any time."""

    new_handler: Callable[[Client], Handler]
    accounts: Accounts
    limits: Limits
    version: str
    security: Security = field(default_factory=Security)
    throttle: Throttle = field(default_factory=Throttle)
    connections: dict[int, "Connection"] = field(default_factory=dict)
    refused_logins: int = 0
    started: float = field(default_factory=time.monotonic)
    budget: Budget = field(init=False)

    def __post_init__(self) -> None:
        self.budget = Budget(lambda: max(self.limits.request_memory, self.limits.max_allowed_packet))

    def statistics(self) -> str:
        """Return what COM_STATISTICS answers."""
        return f"Uptime: {int(time.monotonic() - self.started)}  Threads: {len(self.connections)}"
