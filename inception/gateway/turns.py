"""Whose turn it is: how many requests run at a time in all, for one target and for one user; the others wait in order.

Deciding only, in one event loop. Workers are not known here.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from inception.errors import Stopped, TooManyWaiting


@dataclass(frozen=True)
class TurnLimits:
    """How many requests may run at a time: of all, of one target, of one user; and how many may wait. 0: any number."""

    running: int
    per_target: int = 0
    per_user: int = 0
    waiting: int = 0


@dataclass(eq=False)
class Turn:
    """A request that waits or runs. `most` of its target may run, where that is not 0: a limit of the target itself."""

    target: str
    user: str
    most: int = 0
    line: "list[Turn]" = field(default_factory=list)  # of those that wait
    has_come: bool = False
    _stopped: str = ""
    _awaited: "asyncio.Future[None] | None" = None

    @property
    def before(self) -> int:
        """How many asked earlier and wait, too."""
        return self.line.index(self) if self in self.line else 0

    def grant(self) -> None:
        """Let it run."""
        self.has_come = True
        self._wake()

    def stop(self, reason: str) -> None:
        """End the waiting: what waits for the turn gets Stopped."""
        self._stopped = reason
        self._wake()

    async def come(self) -> None:
        """Wait for it. Raises Stopped where it was stopped before."""
        if not self.has_come and not self._stopped:
            self._awaited = asyncio.get_running_loop().create_future()
            await self._awaited
        if not self.has_come:
            raise Stopped(self._stopped)

    def _wake(self) -> None:
        if self._awaited is not None and not self._awaited.done():
            self._awaited.set_result(None)


class Turns:
    """Grants turns in the order in which they were asked for, passing over those whose target or user has enough."""

    def __init__(self, limits: Callable[[], TurnLimits]) -> None:
        self._limits = limits
        self._running: list[Turn] = []
        self._waiting: list[Turn] = []

    def ask(self, target: str, user: str, most: int = 0) -> Turn:
        """Line up. Raises TooManyWaiting where too many wait already."""
        limits = self._limits()
        turn = Turn(target, user, most, self._waiting)
        if limits.waiting and len(self._waiting) >= limits.waiting and not self._fits(turn, limits):
            raise TooManyWaiting(
                f"{len(self._waiting)} requests wait for their turn already, more are not taken "
                "(inception_max_waiting): try again later."
            )
        self._waiting.append(turn)
        self._grant()
        return turn

    @asynccontextmanager
    async def granted(self, turn: Turn) -> AsyncIterator[None]:
        """Wait for a turn, and give it back at the end. Raises Stopped where it was stopped while it waited."""
        try:
            await turn.come()
            yield
        finally:
            self.leave(turn)

    def leave(self, turn: Turn) -> None:
        """Give a turn back, whether it has come or not."""
        for turns in (self._running, self._waiting):
            if turn in turns:
                turns.remove(turn)
        self._grant()

    def _grant(self) -> None:
        limits = self._limits()
        for turn in tuple(self._waiting):
            if self._fits(turn, limits):
                self._waiting.remove(turn)
                self._running.append(turn)
                turn.grant()

    def _fits(self, turn: Turn, limits: TurnLimits) -> bool:
        of_target = sum(other.target == turn.target for other in self._running)
        of_user = sum(other.user == turn.user for other in self._running)
        return (
            _below(len(self._running), limits.running)
            and _below(of_target, turn.most or limits.per_target)
            and _below(of_user, limits.per_user)
        )


def _below(number: int, limit: int) -> bool:
    return not limit or number < limit
