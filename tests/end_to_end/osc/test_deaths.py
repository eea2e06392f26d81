"""Whoever is killed during an online schema change, the tool, its worker, its gateway: the target is as before."""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pymysql
import pytest

from tests.end_to_end.osc.online import (
    LONG,
    PATIENCE,
    ROWS,
    SLOWLY,
    WAITING,
    Background,
    Online,
    running,
    running_with_triggers,
)
from tests.servers import Gateway, wait_until

_COMMAND_LINES = "/proc/[0-9]*/cmdline"


@contextlib.contextmanager
def altered(online: Online, table: str, where: str) -> Iterator[tuple[Background, str]]:
    """Alter a table until the tool is at `where`, and yield the batch and the database.

    It waits for the load to go down, with its triggers in place; or its CREATE TRIGGER waits for a lock on the target,
    where it would be done once the tool is long dead; or it copies, slowly.
    """
    database = online.prepare(ROWS if where == "copies" else 3000, table)
    with contextlib.ExitStack() as stack:
        if where == "is blocked":
            reader = stack.enter_context(online.target.connect())
            reader.query("BEGIN")
            reader.query(f"SELECT 1 FROM {database}.{table} LIMIT 1")
        settings = SLOWLY if where == "copies" else WAITING
        batch = Background(online, f"use {database}; alter table {table} modify a bigint not null;", *settings)
        if where == "is blocked":
            wait_until(lambda: any(text.startswith("CREATE TRIGGER") for text in online.traces(database)[2]), PATIENCE)
        elif where == "copies":
            running(online, reached=5)
        else:
            running_with_triggers(online)
        yield batch, database


WHERE = pytest.mark.parametrize("where", ["waits", "is blocked", "copies"])


def _skip_what_is_too_fast(online: Online, where: str) -> None:
    if where == "copies" and not online.slow:
        pytest.skip("this version of the tool is done with a small table before it can be killed: see `make osc`")


def tool_of(table: str) -> int:
    """Return the process that alters a table."""
    for path in Path("/").glob(_COMMAND_LINES.lstrip("/")):
        with contextlib.suppress(OSError):
            words = path.read_bytes().split(b"\0")
            if any(word.startswith(b"F=") and word.endswith(f",t={table}".encode()) for word in words):
                return int(path.parent.name)
    raise AssertionError(f"nothing alters {table}")


def _worker_of(tool: int) -> int:
    return int(Path(f"/proc/{tool}/stat").read_text().rpartition(")")[2].split()[1])


def _runs(tool: int) -> bool:
    """Tell whether the process is there, and no mere entry that nobody has asked for."""
    try:
        return bool(Path(f"/proc/{tool}/cmdline").read_bytes())
    except OSError:
        return False


def _home(tool: int) -> Path:
    words = Path(f"/proc/{tool}/cmdline").read_bytes().split(b"\0")
    [pause_file] = [word.decode().partition("=")[2] for word in words if word.startswith(b"--pause-file=")]
    return Path(pause_file).parent


@WHERE
def test_a_killed_tool_leaves_nothing(online: Online, where: str) -> None:
    _skip_what_is_too_fast(online, where)
    with altered(online, "killed", where) as (batch, database):
        os.kill(tool_of("killed"), signal.SIGKILL)
        rows = batch.rows(120)
    assert rows[1].stagestatus == "Execute failed"
    assert "pt-online-schema-change was killed by signal 9" in (rows[1].errormessage or "")
    assert online.traces(database) == (["killed"], [], [])


@pytest.mark.skipif(not LONG, reason="it is given 10 seconds: see `make osc`")
def test_a_tool_that_does_not_listen_is_killed(online: Online) -> None:
    with altered(online, "deaf", "waits") as (batch, database):
        tool = tool_of("deaf")
        os.kill(tool, signal.SIGSTOP)
        online.ask(f"inception stop alter '{running(online)}'")
        rows = batch.rows()
    assert rows[1].stagestatus == "Execute Aborted"
    assert not _runs(tool)
    assert online.traces(database) == (["deaf"], [], [])


def test_what_was_cleaned_up_is_in_the_log(online: Online, tmp_path: Path) -> None:
    """In the configured one, though it is the worker that does it."""
    path = tmp_path / "general.log"
    with Gateway(**online.gateway.settings, general_log_file=path) as gateway:  # type: ignore[arg-type]
        other = Online(gateway.start(), online.target, online.backup, slow=online.slow)
        with altered(other, "logged", "waits") as (batch, database):
            os.kill(tool_of("logged"), signal.SIGKILL)
            batch.rows()
    assert f"cleaned up after an online schema change of {database}.logged: DROP TRIGGER" in path.read_text()


@WHERE
def test_a_killed_worker_leaves_nothing(online: Online, where: str) -> None:
    """The gateway ends the tool, which nobody follows any more, and cleans up; the answer says so."""
    _skip_what_is_too_fast(online, where)
    with altered(online, "widowed", where) as (batch, database):
        tool = tool_of("widowed")
        home = _home(tool)
        os.kill(_worker_of(tool), signal.SIGKILL)
        with pytest.raises(pymysql.MySQLError) as failed:
            batch.result(120)
    told = failed.value.args[1]
    assert told.startswith("The worker process ended unexpectedly.")
    assert f"The online schema change of {database}.widowed was ended; it left" in told
    assert f"DROP TABLE IF EXISTS `{database}`.`_widowed_new`" in told
    assert not _runs(tool)
    assert not home.exists()
    assert online.traces(database) == (["widowed"], [], [])
    assert online.processes() == []
    assert online.alter(f"use {database}; alter table widowed modify a bigint not null;")[1].errlevel < 2


@WHERE
def test_a_killed_gateway_leaves_nothing(online: Online, where: str) -> None:
    """Its worker notices, ends the tool and cleans up."""
    _skip_what_is_too_fast(online, where)
    with Gateway(**online.gateway.settings) as gateway:  # type: ignore[arg-type]
        other = Online(gateway.start(), online.target, online.backup, slow=online.slow)
        with altered(other, "orphan", where) as (batch, database):
            tool = tool_of("orphan")
            gateway.kill()
            batch.join()
            wait_until(lambda: online.traces(database) == (["orphan"], [], []), 60)
            wait_until(lambda: not _runs(tool), PATIENCE)


def test_when_all_are_killed_it_is_told(online: Online, tmp_path: Path) -> None:
    """Nobody is left to clean up: the next start tells of it, the audit does, and a command removes it."""
    configuration = tmp_path / "inception.yaml"
    configuration.write_text(f"sources: {{shop: {{host: 127.0.0.1, port: {online.target.port}, user: root}}}}\n")
    with Gateway(**{**online.gateway.settings, "config": configuration}) as gateway:  # type: ignore[arg-type]
        other = Online(gateway.start(), online.target, online.backup, slow=online.slow)
        with altered(other, "lost", "waits") as (batch, database):
            tool = tool_of("lost")
            worker = _worker_of(tool)
            os.kill(gateway.pid, signal.SIGSTOP)  # it is not to see its worker die
            os.kill(worker, signal.SIGKILL)
            gateway.kill()
            batch.join()
        wait_until(lambda: not _runs(tool), 30)  # nobody listens to it any more, which ends it
        command = f"inception clean osc '{database}.lost'"
        assert online.traces(database)[0] == ["_lost_new", "lost"]
        gateway.start()
        wait_until(lambda: f"/*--source=shop;*/ {command}" in gateway.log)
        checked = online.check(f"use {database}; alter table lost add column b int;")
        assert command in (checked[1].errormessage or "")
        assert len(other.ask(f"/*--source=shop;*/ {command}")) == 4
    assert online.traces(database) == (["lost"], [], [])
