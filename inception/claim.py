"""Taking a task: one process at a time works on a sequence, whatever server it belongs to.

A claim is a lease in `execute_task`: an owner and a heartbeat by the backup server's clock. It is void once the
heartbeat is old, or at once where the owner was a process of this machine that is gone.
"""

import os
import secrets
import socket
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from inception.batch.options import Options
from inception.begun import DONE, ERROR, PREPARE, Begun
from inception.errors import CannotResume, SequenceBusy, ServerError
from inception.journal import appending, claimed, replayed
from inception.mysql import Connection
from inception.own_tables import DATABASE, completed, make_own_tables
from inception.server import text_of
from inception.sql import quote_text, quote_value

LEASE = 15.0  # seconds after the last heartbeat
_MISSING = frozenset({1049, 1146})  # ER_BAD_DB_ERROR, ER_NO_SUCH_TABLE
_MOST_RECENT = 1000  # tasks


@dataclass(frozen=True)
class Task:
    """A task as the backup server has it, also its name. `age` is that of the last heartbeat in seconds."""

    name: str
    host: str
    port: int
    user: str
    owner: str
    age: float
    digest: str
    count: int
    number: int
    status: str
    errno: int
    message: str
    statements: tuple[Begun, ...]

    @property
    def held(self) -> bool:
        """Tell whether somebody works on it now."""
        return bool(self.owner) and self.age < LEASE and not _gone(self.owner)

    @property
    def open(self) -> Begun | None:
        """The statement that was begun and whose outcome is not written, or that ran in part; None for none."""
        last = next((each for each in self.statements if each.number == self.number and each.status == ERROR), None)
        halfway = last if last is not None and last.done else None
        return next((each for each in self.statements if each.status == PREPARE), halfway)

    @property
    def last_done(self) -> int:
        """The number of the last statement that is known to have run, 0 for none."""
        return max((each.number for each in self.statements if each.status == DONE), default=0)


@dataclass(frozen=True)
class Claim:
    """A task that was taken: the owner to write with, the number of the journal's last entry, and the task as it was
    left where it is to be resumed.
    """

    owner: str
    entry: int
    task: Task | None


def read_task(
    connection: Connection, name: str, *, lock: str = "", hold: str = "", statements: bool = True
) -> Task | None:
    """Return a task, with its statements or not; None where the backup server knows none of that name.

    `lock` is ' FOR UPDATE' to claim it, `hold` likewise so that who worked on it till now writes no more: they lock the
    row of execute_progress before they append to the journal.
    """
    key = quote_text(name)
    rows = connection.query(
        "SELECT task_sequence, target_host, target_port, target_user, owner, "
        "UNIX_TIMESTAMP() - UNIX_TIMESTAMP(heartbeat), batch_digest, statements "  # whatever the clocks are set to
        f"FROM `{DATABASE}`.`execute_task` WHERE task_sequence = {key}{lock}"
    )
    shown = connection.query(
        f"SELECT sequence, status, errcode, message FROM `{DATABASE}`.`execute_progress` "
        f"WHERE task_sequence = {key}{hold}"
    )
    if not rows or not shown:
        return None
    kept, host, port, user, owner, age, digest, count = map(text_of, rows[0])
    number, status, errno, message = map(text_of, shown[0])
    return Task(
        kept, host, int(port), user, owner, float(age), digest, int(count), int(number), status, int(errno or 0),
        message, _statements(connection, key) if statements else (),
    )  # fmt: skip


def _statements(connection: Connection, key: str) -> tuple[Begun, ...]:
    entries = connection.query(
        f"SELECT facts FROM `{DATABASE}`.`execute_journal` WHERE task_sequence = {key} ORDER BY entry"
    )
    return replayed(text_of(facts) for (facts,) in entries)


def find_task(connection: Connection, name: str) -> Task | None:
    """Return a task; None where there is none, also where no task was ever begun on this backup server."""
    try:
        return completed(connection, lambda: read_task(connection, name))
    except ServerError as error:
        if error.errno not in _MISSING:
            raise
        return None


def recent_tasks(connection: Connection) -> list[Task]:
    """Return the tasks that somebody worked on within a day, the oldest first."""
    try:
        names = connection.query(
            f"SELECT task_sequence FROM `{DATABASE}`.`execute_progress` JOIN `{DATABASE}`.`execute_task` "
            "USING (task_sequence) WHERE update_time > NOW() - INTERVAL 1 DAY ORDER BY update_time DESC "
            f"LIMIT {_MOST_RECENT}"
        )
    except ServerError as error:
        if error.errno not in _MISSING:
            raise
        return []
    found = completed(
        connection, lambda: [read_task(connection, text_of(name), statements=False) for (name,) in reversed(names)]
    )
    return [task for task in found if task is not None]


def task_on(connection: Connection, options: Options, connection_id: int) -> str:
    """Return the sequence that is worked on over a connection of a target; '' where this backup server knows none."""
    names = connection.query(
        f"SELECT task_sequence FROM `{DATABASE}`.`execute_task` WHERE owner <> '' "
        f"AND target_host = {quote_text(options.host)} AND target_port = {int(options.port)}"
    )
    for (name,) in names:
        task = read_task(connection, text_of(name))
        if task is not None and any(each.connection_id == connection_id for each in task.statements):
            return task.name
    return ""


def claim(connection: Connection, options: Options, digest: str, count: int) -> Claim:
    """Take a task.

    Raises SequenceBusy where somebody works on it, or its outcome is open and it is not to be resumed; CannotResume
    where there is nothing to resume, or another batch.
    """
    make_own_tables(connection)
    made = connection.execute(
        f"INSERT IGNORE INTO `{DATABASE}`.`execute_task` (`task_sequence`) VALUES ({quote_text(options.sequence)})"
    )
    connection.query("BEGIN")
    try:
        # Only of a task that was there: to lock a row that is not keeps others from making theirs.
        hold = "" if made.affected_rows else " FOR UPDATE"
        task = read_task(connection, options.sequence, lock=" FOR UPDATE", hold=hold)
        owner = new_owner()
        if task is not None and task.held:
            raise SequenceBusy(
                f"The sequence '{task.name}' is running: on {shown_owner(task.owner)}, heard of {task.age:.0f} "
                f"seconds ago, at statement {task.number}. If that process is gone its claim ends after {LEASE:.0f} "
                "seconds."
            )
        if options.resume:
            _check_resumable(task, options, digest)
        elif task is not None and task.status == PREPARE:
            raise SequenceBusy(_open_advice(task))
        entry = _take(connection, options, owner, None if options.resume else (digest, count))
        connection.query("COMMIT")
    except BaseException:
        _undo(connection)
        raise
    return Claim(owner, entry, task if options.resume else None)


def _undo(connection: Connection) -> None:
    try:
        connection.query("ROLLBACK")
    except ServerError:
        return


def _open_advice(task: Task) -> str:
    return (
        f"The sequence '{task.name}' began statement {task.number} and did not say how it ended: it was cut off. "
        f"`inception get status '{task.name}'` tells whether it took effect; submit the same batch with --resume to "
        "go on, or use another sequence for what is left."
    )


def _check_resumable(task: Task | None, options: Options, digest: str) -> None:
    if task is None:
        raise CannotResume(f"There is nothing to resume: the backup server has no sequence '{options.sequence}'.")
    if task.name != options.sequence:  # its session on the target is known by the name as it was written
        raise CannotResume(
            f"The backup server takes it for the sequence '{task.name}': give it as it is written there."
        )
    if (task.host, task.port) != (options.host, options.port):
        raise CannotResume(f"The sequence '{task.name}' is for {task.host}:{task.port}, not for this target.")
    if task.digest != digest:
        raise CannotResume(
            f"The sequence '{task.name}' was begun with another text: submit the very same statements, in the same "
            "character set, to resume it; or use another sequence."
        )


def _take(connection: Connection, options: Options, owner: str, anew: tuple[str, int] | None) -> int:
    """Write the owner, and say so in the journal, under a number that who worked on the task till now would take next;
    return it. `anew`, digest and number of statements, begins the task from its start.
    """
    key = quote_text(options.sequence)
    of_it = f"`{DATABASE}`.`execute_journal` WHERE `task_sequence` = {key}"
    last = int(text_of(connection.value(f"SELECT MAX(`entry`) FROM {of_it}")) or 0)
    values: dict[str, int | str] = {
        "target_host": options.host, "target_port": options.port, "target_user": options.user, "owner": owner,
    }  # fmt: skip
    if anew is not None:
        values |= {"task_sequence": options.sequence, "batch_digest": anew[0], "statements": anew[1]}
        connection.query(f"REPLACE INTO `{DATABASE}`.`execute_progress` (`task_sequence`) VALUES ({key})")
        if last:  # where there is nothing to delete, this would lock the place where others append
            connection.query(f"DELETE FROM {of_it}")
    connection.query(appending(key, last + 1, [claimed(owner)]))
    sets = ", ".join(f"`{name}` = {quote_value(value)}" for name, value in values.items())
    connection.query(
        f"UPDATE `{DATABASE}`.`execute_task` SET {sets}, `heartbeat` = CURRENT_TIMESTAMP(3) "
        f"WHERE `task_sequence` = {key}"
    )
    return last + 1


# -- owners ----------------------------------------------------------------------------------------------------


def new_owner() -> str:
    """Return a name for this execution in this process: `host:pid`, and by what the process can be recognised."""
    return f"{socket.gethostname()}:{os.getpid()} {_machine()} {_started(os.getpid())} {secrets.token_hex(4)}"


def shown_owner(owner: str) -> str:
    """Return an owner as people are told."""
    return "process " + " of ".join(reversed(owner.split(" ")[0].rsplit(":", 1)))


def _gone(owner: str) -> bool:
    """Tell whether an owner was a process of this machine that has ended. False where that cannot be known."""
    who, machine, started, _ = owner.split(" ")
    return machine == _machine() != "-" and _started(int(who.rpartition(":")[2])) != started


@cache
def _machine() -> str:
    """Return what tells this running machine, and this space of process ids, from every other; '-': not known."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{os.stat('/proc/self/ns/pid').st_ino}"  # noqa: PTH116 - not a path of files
    except OSError:
        return "-"


def _started(pid: int) -> str:
    """Return when a process was started, in ticks since boot; '-' where there is none, or it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "-"
    return "-" if fields[0] in "ZX" else fields[19]
