"""How soon the next range of a large row change may follow: a rest, the target's load, the lag of its replicas.

Only looks. Replicas are those that the target lists (SHOW REPLICAS) with their host, else those that read its binary
log, on the target's own port; they are asked with the account of the target. One that cannot be asked is not waited
for, and `unwatched` says why.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self

from inception.errors import ServerError
from inception.mysql import Cell, Connection, connect
from inception.progress import Control, Work
from inception.server import Address, ServerVersion, text_of

_LOOK_AGAIN = 1.0  # seconds
_ANSWERS_WITHIN = 5  # seconds: a replica that is silent for so long cannot be asked


@dataclass(frozen=True)
class Limits:
    """`pause` in seconds between two ranges, `max_lag` in seconds; 0 for what is not looked at."""

    pause: float
    max_lag: int
    max_threads: int

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Limits":
        """Return what the variables say."""
        return cls(
            int(values["inception_chunk_pause"]) / 1000, int(values["inception_chunk_max_lag"]),
            int(values["inception_chunk_max_threads_running"]),
        )  # fmt: skip


class Pace:
    """Asks over `connection`, a session on the target that is free. To be used in a `with`: it closes what it opens."""

    def __init__(self, connection: Connection, control: Control, limits: Limits) -> None:
        self._connection, self._control, self._limits = connection, control, limits
        self._replicas: dict[Address, Connection] | None = None
        self.unwatched: dict[str, str] = {}  # why, by replica

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for replica in (self._replicas or {}).values():
            replica.close()

    def rest(self, work: Work) -> None:
        """Return when the next range may follow, and tell `work` meanwhile with what is waited for.

        Raises Stopped, ServerError where the target cannot be asked.
        """
        self._control.sleep(self._limits.pause)
        while True:
            self._control.check()
            why = self._busy() or self._late()
            if not why:
                return
            self._control.work(replace(work, waiting=f"throttled: {why}"))
            self._control.sleep(_LOOK_AGAIN)

    def _busy(self) -> str:
        if not self._limits.max_threads:
            return ""
        [(_, value)] = self._connection.query("SHOW GLOBAL STATUS LIKE 'Threads_running'")
        running = int(text_of(value))
        return f"Threads_running is {running}" if running > self._limits.max_threads else ""

    def _late(self) -> str:
        if not self._limits.max_lag:
            return ""
        if self._replicas is None:
            self._replicas = dict(self._open())
        for address, replica in list(self._replicas.items()):
            try:
                lag = _lag(replica)
            except ServerError as error:
                self.unwatched[str(address)] = error.message
                self._replicas.pop(address).close()
                continue
            if lag is None:
                return f"replica {address} does not apply"
            if lag > self._limits.max_lag:
                return f"replica {address} is {lag} s late"
        return ""

    def _open(self) -> Iterator[tuple[Address, Connection]]:
        for address in replicas_of(self._connection):
            try:
                yield address, connect(address, connect_timeout=_ANSWERS_WITHIN, read_timeout=_ANSWERS_WITHIN)
            except ServerError as error:
                self.unwatched[str(address)] = error.message


def replicas_of(connection: Connection) -> tuple[Address, ...]:
    """Return where the target's replicas are, to be asked with the target's account."""
    listed: list[dict[str, str]] = []
    with suppress(ServerError):  # without the privilege the process list may show them
        command = "SHOW REPLICAS" if _knows_replicas(connection.version) else "SHOW SLAVE HOSTS"
        listed = _rows(*connection.table(command))
    places = {(row["host"], int(row["port"])) for row in listed if row.get("host") and row.get("port", "0") != "0"}
    if not places:
        readers = _rows(*connection.table("SHOW PROCESSLIST"))
        places = {
            (_host(row["host"]), connection.address.port)
            for row in readers
            if row["command"].startswith("Binlog Dump") and row["user"] != connection.address.user
        }
    return tuple(replace(connection.address, host=host, port=port) for host, port in sorted(places))


def _host(client: str) -> str:
    """Return the host of a client as the process list has it: 10.0.0.7:51822."""
    return client.rpartition(":")[0] or client


def _lag(replica: Connection) -> int | None:
    """Return how many seconds a replica is late, a delay that it was told left out; None where it does not apply."""
    version = replica.version
    if version.mariadb:
        command = "SHOW ALL SLAVES STATUS"
    else:
        command = "SHOW REPLICA STATUS" if _knows_replicas(version) else "SHOW SLAVE STATUS"
    late = 0
    for row in _rows(*replica.table(command)):
        seconds = row.get("seconds_behind_source", row.get("seconds_behind_master", ""))
        if not seconds:
            return None
        late = max(late, int(seconds) - int(row.get("sql_delay") or 0))
    return late


def _knows_replicas(version: ServerVersion) -> bool:
    return not version.mariadb and version.number >= (8, 0, 22)


def _rows(names: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[dict[str, str]]:
    return [dict(zip(map(str.lower, names), map(text_of, row), strict=True)) for row in rows]
