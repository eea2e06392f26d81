"""What is read quickly, or passed over, changes nothing: with and without it the same is found in a file, or refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from inception.binlog import files
from inception.binlog.events import Event, RowKind, Rows, TransactionBegin
from inception.binlog.files import file_events
from inception.binlog.read import current_position
from inception.binlog.select import Gtids, Selection
from inception.binlog.skim import Skimmer
from inception.errors import BinlogError
from inception.flashback import Counts, flashback, from_files
from tests.binlog.capture import Session, table_of
from tests.servers import DatabaseServer


def skimmer_of(selection: Selection) -> Skimmer:
    return Skimmer(selection.table, selection.kinds, selection.transaction)


@pytest.fixture
def work(target: DatabaseServer) -> Iterator[Session]:
    with target.database() as database:
        work = Session(target, database)
        work.connection.query("FLUSH BINARY LOGS")
        work.connection.query("CREATE TABLE t (id int primary key, v varchar(60))")
        work.connection.query("CREATE TABLE u (id int primary key, v text)")
        work.connection.query("CREATE TABLE my (id int primary key) ENGINE=MyISAM")
        for n in range(10):
            work.connection.query(f"INSERT INTO t VALUES ({n}, 'x')")
            work.connection.query(f"INSERT INTO u VALUES ({n}, REPEAT('y', 3000)), ({n + 100}, 'z')")
            work.connection.query(f"UPDATE t SET v = 'BEGIN' WHERE id = {n}")
            work.connection.query(f"INSERT INTO my VALUES ({n})")
            work.connection.query("BEGIN")
            work.connection.query(f"DELETE FROM u WHERE id = {n}")
            work.connection.query("SAVEPOINT s")
            work.connection.query(f"UPDATE t, u SET t.v = 'both', u.v = 'both' WHERE t.id = u.id - 100 AND t.id = {n}")
            work.connection.query("COMMIT")
        work.connection.query("ALTER TABLE u ADD COLUMN c int")
        work.connection.query("DELETE FROM t WHERE id < 5")
        work.run("DO 1")
        yield work


@pytest.fixture
def log(work: Session, target: DatabaseServer) -> Path:
    """The finished file of the log with these changes."""
    path = target.data / current_position(work.connection).file
    work.connection.query("FLUSH BINARY LOGS")
    return path


def lines(work: Session, log: Path, selection: Selection, *, skimmed: bool) -> tuple[list[str], Counts]:
    events = from_files([log], selection, lambda _: None) if skimmed else file_events(log)
    out: list[str] = []
    return out, flashback(
        events, selection, lambda name: table_of(work.connection, name.name), out.append, forward=True
    )


@pytest.mark.parametrize("block", [1, 700, 1 << 20])
def test_the_same_is_found(work: Session, log: Path, monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    begins = [event for event in file_events(log) if isinstance(event, TransactionBegin)]
    some, name = begins[len(begins) // 2], work.name
    monkeypatch.setattr(files, "_BLOCK", block)
    for selection in (
        Selection(tables=(f"{name}.t", f"{name}.my")),
        Selection(tables=(f"{name}.t",)),
        Selection(tables=(f"{name}.my", "other.*")),
        Selection(tables=("other.t",)),
        Selection(tables=(f"{name}.t",), kinds=frozenset({RowKind.DELETE})),
        Selection(tables=(f"{name}.t",), since=begins[0].time + 3600),
        Selection(tables=(f"{name}.t",), until=begins[0].time - 3600),
        Selection(tables=(f"{name}.t",), start=some.position),
        Selection(tables=(f"{name}.t",), stop=some.position),
        Selection(tables=(f"{name}.t",), gtids=(Gtids.parse(some.gtid),) if some.gtid else ()),
    ):
        assert lines(work, log, selection, skimmed=True) == lines(work, log, selection, skimmed=False), selection


def test_what_nobody_wants_is_not_decoded_and_all_bytes_are_told(work: Session, log: Path) -> None:
    told: list[int] = []
    wanted = skimmer_of(Selection(tables=(f"{work.name}.my",)))
    found = [event for event in file_events(log, told.append, wanted) if isinstance(event, Rows)]
    everything = [event for event in file_events(log) if isinstance(event, Rows)]
    assert {event.table.table for event in found} <= {"my", "t", "u"}  # t and u: a SAVEPOINT is not plain
    assert 0 < len(found) < len(everything)
    assert sum(told) == log.stat().st_size - 4


def test_the_same_events_are_read(log: Path) -> None:
    """But for the thread id, and the row events share the block that was read."""
    assert list(map(comparable, from_files([log], Selection(), lambda _: None))) == list(
        map(comparable, file_events(log))
    )


def comparable(event: Event) -> Event:
    match event:
        case Rows(data=data, start=start, end=end):
            return event._replace(data=data[start:end], start=0, end=end - start)
        case TransactionBegin():
            return event._replace(thread_id=None)
    return event


@pytest.mark.parametrize("wanted", ["other.t", "*"])
def test_damage_is_seen_where_nobody_wants_it_too(log: Path, tmp_path: Path, wanted: str) -> None:
    """With checksums, which both servers write by default, no flipped bit is passed over."""
    whole, damaged = log.read_bytes(), tmp_path / "binlog.000001"
    for at in range(500, len(whole), len(whole) // 60):
        data = bytearray(whole)
        data[at] ^= 1 << at % 8
        damaged.write_bytes(data)
        with pytest.raises(BinlogError):
            list(file_events(damaged, skimmer=skimmer_of(Selection(tables=(wanted,)))))
