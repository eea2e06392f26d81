"""Run a plan on the target: statement by statement on one session, the truth of each told before the next begins."""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from inception.batch.options import Options
from inception.batch.statement import SetNames
from inception.binlog.read import Position, current_position
from inception.errors import CannotBackUp, ConnectionLost, ServerError, Stopped
from inception.introspect import Observer
from inception.mysql import Connection, connect
from inception.plan import Step, Undo, session_settings
from inception.progress import Control, State
from inception.progress_table import ProgressTable
from inception.ran import Ran
from inception.server import Address, Outcome
from inception.sql import quote_text
from inception.world import Server


class Session:
    """The one session on the target that statements are executed in."""

    def __init__(self, address: Address, charset: str, server: Server, *, backup: bool) -> None:
        self.connection: Connection = connect(address, charset=charset)
        self.backup = backup
        if backup:
            self._settle(server)

    def _settle(self, server: Server) -> None:
        for name, value in session_settings(server):
            try:
                self.connection.query(f"SET SESSION {name} = {quote_text(value)}")
            except ServerError as error:
                self.connection.close()
                raise CannotBackUp(
                    f"The rollback would not be exact: the target refused {name}='{value}' ({error}). Grant the "
                    "account the right to set session variables of the binary log, or execute with "
                    "--disable-remote-backup."
                ) from None

    def position(self) -> Position | None:
        """Return the end of the target's binary log now; None where backup is not wanted."""
        return current_position(self.connection) if self.backup else None

    def last_gtid(self) -> str | None:
        """Return the GTID of the session's last transaction (MariaDB only)."""
        if not self.backup or not self.connection.version.mariadb:
            return None
        return str(self.connection.value("SELECT @@last_gtid") or "") or None

    def close(self) -> None:
        """End the session."""
        self.connection.close()


@dataclass(frozen=True)
class Execution:
    """What an execution needs: where to run, whom to ask, whom to tell."""

    session: Session
    observer: Observer
    control: Control
    options: Options
    progress: ProgressTable | None = None

    def run(self, plan: tuple[Step, ...]) -> Iterator[Ran]:
        """Run the steps in order and yield what became of each, until one fails without --force or a stop comes."""
        position = self.session.position()
        gtid = self.session.last_gtid()
        slept = 0
        for count, step in enumerate(plan):
            if self.control.stopping:
                return
            statement = step.statement
            self.control.report(
                State.EXECUTING, done=count, total=len(plan), current=statement.text, number=statement.number
            )
            ran = self._step(step, position, gtid)
            position, gtid = ran.end or self._behind(ran, position), ran.gtid or gtid
            yield ran
            if ran.unwritten or not ran.sent or self.control.stopping:
                return
            if ran.failed and (not self.options.force or ran.outcome_unknown):
                return
            slept = self._pause(slept)
        self.control.report(State.EXECUTING, done=len(plan), total=len(plan))

    def _behind(self, ran: Ran, before: Position | None) -> Position | None:
        """Return the position behind a statement that failed: of a table without transactions, rows may be there."""
        with suppress(ServerError):
            return self.session.position() if ran.sent else before
        return before

    def _pause(self, since: int) -> int:
        if since + 1 < self.options.sleep_rows:
            return since + 1
        self.control.sleep(self.options.sleep_ms / 1000)
        return 0

    def _step(self, step: Step, position: Position | None, gtid: str | None) -> Ran:
        number = step.statement.number
        opid = f"{int(time.time())}_{self.session.connection.thread_id}_{number - 1}"
        if self.progress is None:
            return self._run(step, opid, position, gtid)
        try:
            self.progress.prepare(number, step.statement, opid, self.session.connection.thread_id, position)
        except ServerError as error:
            return Ran(step, opid, reason=f"Not sent: its progress could not be written ({error}).", sent=False)
        ran = self._run(step, opid, position, gtid)
        try:
            self.progress.ended(number, ran.error.errno if ran.error else 0, ran.reason, known=not ran.outcome_unknown)
        except ServerError as error:
            return replace(ran, unwritten=f"How it ended could not be written to execute_progress ({error}).")
        return ran

    def _run(self, step: Step, opid: str, position: Position | None, gtid: str | None) -> Ran:
        tables = step.statement.changes if step.undo is Undo.DEFINITION else ()
        try:
            before = {name: self.observer.definition(name) for name in tables}
            began = time.monotonic()
            outcome = self._send(step)
            seconds = time.monotonic() - began
        except Stopped as stopped:
            return Ran(step, opid, reason=stopped.message, sent=False)
        except ServerError as error:
            return Ran(step, opid, error=error, reason=self._reason(error), start=position)
        except UnicodeEncodeError as error:
            text = f"'{error.object[error.start : error.end]}' cannot be written in the session's character set"
            return Ran(step, opid, error=ServerError(1300, text), reason=text, start=position)
        return self._after(Ran(step, opid, seconds, outcome.affected_rows, outcome.warnings, start=position,
                               before=before), gtid)  # fmt: skip

    def _send(self, step: Step) -> Outcome:
        connection = self.session.connection
        text = step.statement.text.encode(connection.codec, "surrogateescape")
        with self.control.running(connection.address, connection.thread_id):
            outcome = connection.execute(text)
        if isinstance(step.statement.form, SetNames):
            connection.use_charset(step.statement.form.charset)
        return outcome

    def _after(self, ran: Ran, gtid_before: str | None) -> Ran:
        """Add what can only be asked after the statement; a failure here does not make it a failed statement."""
        with suppress(ServerError):
            gtid = self.session.last_gtid()
            ran = replace(ran, end=self.session.position(), gtid=gtid if gtid != gtid_before else None)
            ran = replace(ran, after={name: self.observer.definition(name) for name in ran.before})
        return ran

    def _reason(self, error: ServerError) -> str:
        if isinstance(error, ConnectionLost):
            return (
                f"The connection to the target was lost while the statement ran ({error.message}): whether it was "
                "committed is not known. Look at the data before you run it again."
            )
        if self.control.stopping:
            return f"{self.control.reason}: {error}"
        return str(error)
