"""The audit log: who had what executed where, a line of JSON before it begins and one when it has ended.

Append-only, and written through to the disk before anything is executed: an execution of which only the first line is
there was cut off. Not the log of the program (general_log), and not the audit of statements (audit.py). Passwords are
masked as in every log of ours; texts are cut at a megabyte, with the digest of the whole.
"""

import asyncio
import hashlib
import json
import logging
import os
import threading
import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

from inception.answer import Value
from inception.batch.options import Options, mask_passwords
from inception.errors import AuditLogFailed, InceptionError
from inception.logs import current_trace

_LONGEST_TEXT = 2**20
_LONGEST_SQL = 4096
_ROW = ("ID", "stage", "errlevel", "stagestatus", "errormessage", "SQL", "Affected_rows", "sequence")
_MODE = 0o600

_program_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Who:
    """A client of ours: its connection, login and address."""

    connection_id: int
    user: str
    host: str


class Ran(Protocol):
    """What came of an execution: the rows of its answer, as they are kept."""

    @property
    def rows(self) -> Sequence[tuple[Value, ...]]:
        """The rows, their texts cut."""


RanT = TypeVar("RanT", bound=Ran)


@dataclass(frozen=True)
class Entry:
    """An execution that has begun, by the id that both its lines have."""

    id: str
    began: datetime


class AuditLog:
    """A file that lines are appended to. It is opened for each line, so that it may be moved away at any time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._torn = False  # of the last line a part was written

    def check(self) -> None:
        """Make the file where there is none. Raises AuditLogFailed where it cannot be written."""
        self._append(b"")

    def begin(self, who: Who, kind: str, options: Options, submission: Mapping[str, Any]) -> Entry:
        """Write that an execution is about to begin, and wait until it is on disk. Raises AuditLogFailed.

        `submission` is what `submitted` says of it.
        """
        entry = Entry(str(uuid.uuid4()), datetime.now(UTC))
        self._write(
            {
                "event": "begin",
                "id": entry.id,
                "trace_id": current_trace(),
                "time": _time(entry.began),
                "connection": who.connection_id,
                "user": who.user,
                "from": who.host,
                "kind": kind,
                "target": f"{options.host}:{options.port}",
                "target_user": options.user,
                "source": options.source,
                "sequence": options.sequence,
                "backup": options.backup,
                **submission,
            }
        )
        return entry

    def end(self, entry: Entry, rows: Sequence[tuple[Value, ...]], error: Exception | None = None) -> None:
        """Write how an execution ended: a row for each statement, or the error that took their place."""
        now = datetime.now(UTC)
        seconds = round((now - entry.began).total_seconds(), 3)
        record = {"event": "end", "id": entry.id, "time": _time(now), "seconds": seconds}
        if error is not None:
            failure = {"code": getattr(error, "errno", 0), "message": mask_passwords(str(error))}
            self._write({**record, "error": failure})
        else:
            self._write(record, map(_statement, rows))

    def _write(self, record: Mapping[str, Any], statements: Iterable[Mapping[str, Any]] | None = None) -> None:
        line = json.dumps(record)
        if statements is not None:  # one by one: all at once they would keep the gateway's other thread waiting
            line = f'{line[:-1]}, "statements": [{", ".join(map(json.dumps, statements))}]}}'
        self._append(line.encode() + b"\n")

    def _append(self, line: bytes) -> None:
        try:
            with self._lock:
                file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, _MODE)
                try:
                    self._write_all(file, line)
                    os.fsync(file)
                finally:
                    os.close(file)
        except OSError as error:
            raise AuditLogFailed(
                f"The audit log {self._path} can't be written ({error.strerror}): nothing is executed without it."
            ) from None

    def _write_all(self, file: int, line: bytes) -> None:
        rest = b"\n" + line if self._torn else line
        while rest:
            rest = rest[os.write(file, rest) :]
            self._torn = bool(rest)


async def between(log: AuditLog, entry: Entry, run: Callable[[], Awaitable[RanT]]) -> RanT:
    """Run what has begun and write how it ended; where that cannot be written the program's log says so."""
    rows: Sequence[tuple[Value, ...]] = ()
    failed: InceptionError | None = None
    try:
        ran = await run()
        rows = ran.rows
    except InceptionError as error:
        failed = error
        raise
    finally:
        try:
            await asyncio.to_thread(log.end, entry, rows, failed)
        except AuditLogFailed:
            _program_log.exception("the end of execution %s could not be written", entry.id)
    return ran


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def submitted(texts: Iterable[str]) -> dict[str, Any]:
    """Return what was submitted, packet by packet, and the digest of all of it, as it is masked: for workers to do."""
    masked = [mask_passwords(text) for text in texts]
    whole = "\n".join(masked)
    digest = hashlib.sha256(whole.encode("utf-8", "surrogateescape")).hexdigest()
    if len(whole) > _LONGEST_TEXT:
        return {"batch": [whole[:_LONGEST_TEXT]], "cut": True, "sha256": digest}
    return {"batch": masked, "sha256": digest}


def _statement(row: tuple[Value, ...]) -> dict[str, Any]:
    """Return a row of the answer under its columns' names, the opid in place of the quoted sequence."""
    cells = dict(zip(_ROW, row, strict=False))
    opid = str(cells.pop("sequence")).strip("'")
    texts = {name: _masked(str(cells[name])) for name in ("errormessage", "SQL") if cells[name]}
    return {**cells, **texts, "opid": "" if opid.startswith("0_0_") else opid}


def _masked(text: str) -> str:
    return mask_passwords(text[: 4 * _LONGEST_SQL])[:_LONGEST_SQL]
