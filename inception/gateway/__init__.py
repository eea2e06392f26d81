"""The gateway: what runs for whom. Settings, sources and the registry of requests; work itself is the workers'."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from inception.answer import Encode
from inception.batch.options import Mode, Options
from inception.errors import (
    BadOption,
    InceptionError,
    NoSuchRequest,
    RefusedHere,
    RequestError,
    Stopped,
    TableBusy,
)
from inception.gateway.audit_log import AuditLog, Who, between
from inception.gateway.messages import AnyRequest
from inception.gateway.metrics import Metrics
from inception.gateway.orphans import clean_up_after
from inception.gateway.tasks import Task, Tasks
from inception.gateway.turns import TurnLimits, Turns
from inception.gateway.workers import Pool, Ran, Worker, WorkerDied
from inception.server import Address
from inception.settings import SessionValues, Settings, Snapshot
from inception.settings.accounts import Source
from inception.settings.config import Config

log = logging.getLogger("inception.request")


class Gateway:
    """What every client's session shares."""

    def __init__(self, config: Config, settings: Settings, pool: Pool) -> None:
        self.config = config
        self.settings = settings
        self.pool = pool
        self.tasks = Tasks()
        self.turns = Turns(self._turn_limits)
        self.closing = False
        path = settings.value("audit_log_file")
        self.audit_log = AuditLog(Path(path)) if path else None
        self.metrics = Metrics()
        self.metrics.watch(self)
        self.on_change: Callable[[], None] = lambda: None
        self._running: set[asyncio.Task[Ran]] = set()

    def set_global(self, name: str, text: str) -> None:
        """Change a global variable. Raises BadVariable."""
        self.settings.set_global(name, text)
        self.on_change()

    async def submit(self, who: Who, request: AnyRequest, session_values: SessionValues, encode: Encode) -> Ran:
        """Run a batch and return what came of it, with its answer as `encode` makes it: the caller closes that.

        When the caller is cancelled (its client has gone) a check is stopped, an execution goes on to its end.
        """
        try:
            request, task = self._admit(who, request, session_values)
        except RequestError:
            self.metrics.refused(request.kind)
            raise
        running = asyncio.ensure_future(self._run(who, task, request, encode))
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            self._orphaned(task, running)
            raise

    def _admit(self, who: Who, request: AnyRequest, session_values: SessionValues) -> tuple[AnyRequest, Task]:
        if self.closing:
            raise RefusedHere("The server is shutting down and takes no new requests.")
        self.check_source(who.user, request.options)
        request = self._complete(request, session_values)
        source = self.config.sources.get(request.options.source)
        target = f"{request.options.host}:{request.options.port}"
        turn = self.turns.ask(target, who.user, source.max_running if source else 0)
        task = Task(who.connection_id, request.options, who.host, turn)
        try:
            self.tasks.add(task)
        except RequestError:
            self.turns.leave(turn)
            raise
        return request, task

    def _turn_limits(self) -> TurnLimits:
        values = self.settings.snapshot()
        return TurnLimits(
            values["inception_workers"], values["inception_max_running_per_target"],
            values["inception_max_running_per_user"], values["inception_max_waiting"],
        )  # fmt: skip

    def check_source(self, user: str, options: Options) -> None:
        """Raise RefusedHere for a target that this user may not use."""
        known = self.config.users.get(user)
        if known is None or known.sources is None or options.source in known.sources:
            return
        names = ", ".join(sorted(known.sources)) or "none"
        raise RefusedHere(f"User '{user}' may only use targets by name (--source=…), and of these: {names}.")

    def gauges(self) -> Iterator[tuple[str, str, float]]:
        """Yield what stands now, for the metrics."""
        tasks = list(self.tasks.running.values())
        schema_changes = sum(task.progress.work is not None and task.progress.work.tool for task in tasks)
        yield "requests_running", "Requests that a worker has.", sum(task.worker is not None for task in tasks)
        yield "requests_waiting", "Requests that wait for a worker.", sum(task.worker is None for task in tasks)
        yield "schema_changes_running", "Online schema changes that run.", schema_changes
        yield "workers_idle", "Worker processes without work.", self.pool.idle

    def _complete(self, request: AnyRequest, session_values: SessionValues) -> AnyRequest:
        values = self.settings.snapshot(session_values)
        if source := self.config.sources.get(request.options.source):
            values = source.over(values)
        options, refusal = self._with_account(request.options, values)
        if values["inception_read_only"]:
            refusal = refusal or "Nothing is executed: inception_read_only is ON."
        backup = backup_address(values)
        return replace(request, options=options, values=values, backup=backup, refusal=request.refusal or refusal)

    def _with_account(self, options: Options, values: Snapshot) -> tuple[Options, str]:
        if options.source:
            source = self.config.sources.get(options.source)
            if source is None:
                near = get_close_matches(options.source, self.config.sources, n=1)
                hint = f" Did you mean '{near[0]}'?" if near else ""
                raise BadOption(f"--source: there is no source '{options.source}' in the configuration.{hint}")
            return _from_source(options, source), ""
        if options.has_account:
            return options, ""
        user, password = values["inception_user"], values["inception_password"]
        if not user:
            raise BadOption("--user is missing, and no inception_user is configured for batches without one.")
        only_audit = (
            "Nothing is executed: the batch gives no --user, and the account of the configuration may only audit."
        )
        return replace(options, user=user, password=password), only_audit

    async def _run(self, who: Who, task: Task, request: AnyRequest, encode: Encode) -> Ran:
        ran: Ran | None = None
        problem: InceptionError | None = None
        try:
            async with self.turns.granted(task.turn), self.pool.worker() as worker:
                await worker.take(request)
                ran = await self._logged(who, request, worker, partial(self._work, task, worker, encode))
            self.metrics.answered(request.kind, time.monotonic() - task.started, ran.tally, task.progress.findings)
        except InceptionError as error:
            problem = await self._explained(task, error)
            self.metrics.failed(request.kind, time.monotonic() - task.started)
            if problem is not error:
                raise problem from None
            raise
        finally:
            self.tasks.end(task, problem, ran.rows if ran is not None else [])
        return ran

    async def _work(self, task: Task, worker: Worker, encode: Encode) -> Ran:
        if task.stop_reason:  # it came while the worker was made ready
            raise Stopped(task.stop_reason)
        task.worker, task.begun = worker, True
        return await worker.run(encode, task.note, self.pool.release)

    async def _logged(self, who: Who, request: AnyRequest, worker: Worker, run: Callable[[], Awaitable[Ran]]) -> Ran:
        """Run what may change a target between its two lines of the audit log. Raises AuditLogFailed."""
        if self.audit_log is None or not request.executes:
            return await run()
        begin = partial(self.audit_log.begin, who, request.kind, request.options, await worker.describe())
        return await between(self.audit_log, await asyncio.to_thread(begin), run)

    async def _explained(self, task: Task, error: InceptionError) -> InceptionError:
        """Add what the gateway knows better than the worker; what a dead worker has left running is ended first."""
        return await clean_up_after(task, error) if isinstance(error, WorkerDied) else self._named(task, error)

    def _named(self, task: Task, error: InceptionError) -> InceptionError:
        """Add the name of the execution that is in the way, where it is one of ours."""
        if not isinstance(error, TableBusy) or " the task " in error.message:  # its worker knew it
            return error
        other = self.tasks.on_connection(task.options.host, task.options.port, error.holder)
        return TableBusy(f"{error.message} It is the task '{other.name}'.", error.holder) if other else error

    def _orphaned(self, task: Task, running: "asyncio.Task[Ran]") -> None:
        """The client has gone."""
        task.orphaned = True
        running.add_done_callback(_let_go)
        if task.options.mode is Mode.EXECUTE:
            log.warning("client %d is gone; its execution goes on%s", task.id, _of(task.options.sequence))
        else:
            task.stop("The client is gone")
            if task.worker is not None:
                task.worker.kill(task.stop_reason)

    def kill(self, task_id: int, reason: str) -> None:
        """Stop a request. Raises NoSuchRequest."""
        task = self.tasks.running.get(task_id)
        if task is None:
            raise NoSuchRequest(f"No request runs under Id {task_id}; 'inception get processlist' lists what runs.")
        task.stop(reason)

    async def close(self, grace: float) -> None:
        """Refuse new requests, wait for the running ones, then stop them and wait for their end."""
        self.closing = True
        if self._running:
            await asyncio.wait(list(self._running), timeout=grace)
        for task in list(self.tasks.running.values()):
            task.stop("The server is shutting down")
        if self._running:
            await asyncio.wait(list(self._running))
        self.pool.close()


def backup_address(values: Snapshot) -> Address | None:
    """Return where the backup server is, None where none is configured."""
    host = values["inception_remote_backup_host"]
    if not host:
        return None
    return Address(
        host, values["inception_remote_backup_port"] or 3306, values["inception_remote_system_user"],
        values["inception_remote_system_password"],
    )  # fmt: skip


def _let_go(done: "asyncio.Task[Ran]") -> None:
    """Close the answer that nobody takes; let go the frames through which an error came: they hold the request."""
    if done.cancelled():
        return
    if (error := done.exception()) is not None:
        error.__traceback__ = None
    else:
        done.result().answer.close()


def _of(sequence: str) -> str:
    return f" (sequence {sequence})" if sequence else ""


def _from_source(options: Options, source: Source) -> Options:
    return replace(
        options, host=source.host, port=source.port, user=source.user, password=source.password, tls=source.tls,
        has_account=True,
    )  # fmt: skip
