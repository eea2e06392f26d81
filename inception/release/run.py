"""Runs scripts on a target, in this process: what the commands do."""

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import FrameType
from typing import Any

from inception.batch.options import Mode, Options
from inception.gateway import backup_address
from inception.pipeline import Request
from inception.progress import Control, Progress
from inception.release.outcome import Script
from inception.report import Report
from inception.rollback import RollbackRequest
from inception.server import Address
from inception.settings import Snapshot

OnProgress = Callable[[Progress], None]


@dataclass(frozen=True)
class Target:
    """Where to run, and the values in force there."""

    address: Address
    values: Snapshot

    def options(self, mode: Mode, database: str = "") -> Options:
        """Return the options of a batch for it."""
        address = self.address
        return Options(
            mode, address.host, address.port, address.user, address.password, has_account=True, tls=address.tls,
            db=database,
        )  # fmt: skip


def run_scripts(scripts: Sequence[Script], target: Target, options: Options, on_progress: OnProgress) -> list[Any]:
    """Run scripts as one batch and return its rows: reports, or the parts or trees that `options` ask for.

    SIGINT ends it as `inception kill` does. Raises InceptionError as `pipeline.run`.
    """
    texts = tuple(script.text for script in scripts)
    request = Request(
        (), options, "utf8mb4", target.values, scripts=texts, backup=backup_address(target.values),
        refusal="inception_read_only is ON." if target.values["inception_read_only"] else "",
    )  # fmt: skip
    with _interruptible(Control(on_progress)) as control:
        return list(request.run(control))


def roll_back(
    opids: tuple[str, ...], target: Target, *, force: bool, home: str, on_progress: OnProgress
) -> list[Report]:
    """Undo operations. Raises as `RollbackRequest.run`."""
    options = replace(target.options(Mode.EXECUTE), force=force)
    values = target.values
    request = RollbackRequest(options, opids, home, backup_address(values), values)
    with _interruptible(Control(on_progress)) as control:
        return request.run(control)


@contextmanager
def _interruptible(control: Control) -> Iterator[Control]:
    """While inside, SIGINT and SIGTERM stop the request: its statement is killed, what was done is backed up."""

    def stop(number: int, _: FrameType | None) -> None:
        reason = f"Stopped by {signal.Signals(number).name}"
        threading.Thread(target=control.stop, args=(reason,), daemon=True).start()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield control
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
