"""Ranges of a key: which key, how its values are written, where they stand in the statement, what is kept of them."""

import pytest

from inception.begun import DONE, ERROR, PREPARE, Begun, Chunk
from inception.binlog.events import Position, RowKind, Rows, TableMap, TransactionBegin, TransactionEnd
from inception.chunks.cut import cut
from inception.chunks.key import BadBound, ChunkKey, find_key
from inception.conflicts import KeyReader, changed_meanwhile
from inception.lexer import Syntax, tokenize
from inception.schema.define import define
from inception.schema.model import TableName
from inception.transactions import read_transactions, transactions_text
from inception.verdict import Outcome, Verdict, of_whole

KEYED = "create table t (a int not null, b varchar(9) charset latin1 not null, c date not null, primary key (a, b, c))"


def key_of(text: str) -> ChunkKey:
    found = find_key(define(text, database="d"))
    assert isinstance(found, ChunkKey), found
    return found


def test_a_range_of_one_column() -> None:
    key = key_of("create table t (id bigint unsigned not null, primary key (id))")
    assert key.between((), ("7",)) == "`id` <= 7"
    assert key.between(("7",), ("18446744073709551615",)) == "`id` > 7 AND `id` <= 18446744073709551615"
    assert key.last_query() == "SELECT `id` FROM `d`.`t` FORCE INDEX (`PRIMARY`) ORDER BY `id` DESC LIMIT 1"
    assert key.next_query(("7",), ("9",), 500) == (
        "SELECT `id` FROM `d`.`t` FORCE INDEX (`PRIMARY`) WHERE `id` > 7 AND `id` <= 9 ORDER BY `id` LIMIT 499, 1"
    )


def test_a_range_of_several_columns_is_compared_column_by_column() -> None:
    key = key_of(KEYED)
    assert key.between((), ("1", "E9", "2026-11-21")) == (
        "(`a` < 1 OR (`a` = 1 AND (`b` < _latin1 x'e9' OR (`b` = _latin1 x'e9' AND `c` <= '2026-11-21'))))"
    )
    assert key.between(("-1", "", "2026-11-21"), ("2", "41", "2026-11-22")).startswith(
        "(`a` > -1 OR (`a` = -1 AND (`b` > _latin1 '' OR (`b` = _latin1 '' AND `c` > '2026-11-21')))) AND (`a` < 2 OR"
    )
    assert key.last_query().startswith("SELECT `a`, HEX(`b`), `c` FROM")


@pytest.mark.parametrize(
    "bound",
    [("1 OR 1", "E9", "2026-11-21"), ("1", "E", "2026-11-21"), ("1", "zz", "2026-11-21"), ("1", "E9", "2026-11-00"),
     ("1", "E9", "' OR '1"), ("1", "E9"), ("NULL", "E9", "2026-11-21")],
)  # fmt: skip
def test_only_values_of_its_columns_are_written(bound: tuple[str, ...]) -> None:
    with pytest.raises(BadBound):
        key_of(KEYED).between((), bound)


def test_a_name_is_quoted() -> None:
    assert key_of("create table t (`a``b` int not null primary key)").between((), ("1",)) == "`a``b` <= 1"


def test_the_primary_key_is_preferred_where_it_will_do() -> None:
    both = "create table t (id {} not null, u int not null, n int, unique x (n), unique y (u), primary key (id))"
    assert key_of(both.format("int")).index == "PRIMARY"
    assert key_of(both.format("double")).index == "y"


@pytest.mark.parametrize(
    ("text", "within"),
    [
        ("delete from t", "delete from t WHERE R"),
        ("delete from t -- all", "delete from t WHERE R"),
        ("/* x */ update t set a = 1 where a = 2 or b", "/* x */ update t set a = 1 WHERE (R) AND (a = 2 or b)"),
        ("update t set a = 'where' # where\nwhere a = 2 -- or\n or b /* ) */",
         "update t set a = 'where' # where\nWHERE (R) AND (a = 2 -- or\n or b)"),
        ("update t set `where` = (1) where (a)", "update t set `where` = (1) WHERE (R) AND ((a))"),
    ],
)  # fmt: skip
def test_the_condition_is_kept_to_the_letter(text: str, within: str) -> None:
    assert cut(text, tokenize(text, Syntax())).within("R") == within


def chunk(number: int, status: str, **more: object) -> Chunk:
    after = (str(10 * (number - 1)),) if number > 1 else ()
    return Chunk(number, status, 9, after, (str(10 * number),), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("chunks", "verdict", "outcome", "says"),
    [
        ((), Outcome.COMMITTED, Outcome.COMMITTED, "seen"),
        ((chunk(1, PREPARE),), Outcome.NOT_COMMITTED, Outcome.NOT_COMMITTED, "0 of its ranges"),
        ((chunk(1, PREPARE),), Outcome.COMMITTED, Outcome.PARTLY, "1 of its ranges"),
        ((chunk(1, DONE), chunk(2, PREPARE)), Outcome.NOT_COMMITTED, Outcome.PARTLY, "1 of its ranges"),
        ((chunk(1, DONE), chunk(2, PREPARE)), Outcome.UNKNOWN, Outcome.UNKNOWN, "Its range 2: unknown. seen"),
        ((chunk(1, DONE), chunk(2, DONE), chunk(3, PREPARE)), Outcome.COMMITTED, Outcome.COMMITTED, "All of its 3"),
        ((chunk(1, DONE), chunk(2, ERROR)), None, Outcome.PARTLY, "1 of its ranges"),
    ],
)  # fmt: skip
def test_what_became_of_the_whole(
    chunks: tuple[Chunk, ...], verdict: Outcome | None, outcome: Outcome, says: str
) -> None:
    begun = Begun(1, PREPARE, "1_9_0", 9, chunks=chunks, chunk_last=("30",))
    told = of_whole(begun, None if verdict is None else Verdict(verdict, "seen"))
    assert told is not None
    assert told.outcome is outcome
    assert says in told.reason


def test_a_range_is_looked_for_as_a_statement_of_its_own() -> None:
    start = Position("log.1", 700)
    begun = Begun(1, PREPARE, "1_9_0", 77, chunks=(chunk(1, DONE), chunk(2, PREPARE, start=start)))
    doubt = begun.in_doubt
    assert doubt is not None
    assert (doubt.opid, doubt.connection_id, doubt.start, doubt.chunks) == ("1_9_0.2", 9, start, ())
    assert begun.reached == ("10",)
    assert Begun(1, PREPARE, "1_9_0", 9, chunks=(chunk(1, ERROR),)).in_doubt is None


def begin(offset: int, thread_id: int | None, gtid: str | None = None) -> TransactionBegin:
    return TransactionBegin(gtid, thread_id, Position("log.000001", offset))


def test_its_transactions_are_known_again() -> None:
    def at(offset: int) -> Position:
        return Position("log.000001", offset)

    chunks = [
        Chunk(1, DONE, 9, (), ("1",), at(100), at(200), "0-1-5"), Chunk(2, DONE, 9, ("1",), ("2",), at(300), at(400), None),
        Chunk(3, DONE, 12, ("2",), ("3",), at(700), at(800), "0-1-9"),
    ]  # fmt: skip
    known = read_transactions(transactions_text(chunks))
    assert [known.has(each) for each in (begin(150, 9), begin(350, 9), begin(750, 12))] == [True] * 3
    assert [known.has(each) for each in (begin(500, 9), begin(150, 12), begin(50, 9), begin(350, None))] == [False] * 4
    assert known.has(begin(5000, None, "0-1-9"))
    assert not known.has(begin(150, None, "0-1-6"))


def test_who_came_between_the_ranges_is_a_conflict() -> None:
    """Row 1 was changed by somebody after its range, row 2 before its own."""
    table = define("create table t (id int not null primary key)", database="d")
    logged = TableMap(1, "d", "t", b"\x03", b"", b"\0")

    def change(thread_id: int, row: int) -> list[TransactionBegin | Rows | TransactionEnd]:
        data = b"\0" + row.to_bytes(4, "little")
        rows = Rows(RowKind.DELETE, logged, (b"\1",), data, 0, len(data))
        return [begin(0, thread_id), rows, TransactionEnd(Position("log.000001", 1))]

    events = [*change(5, 2), *change(9, 1), *change(5, 1), *change(9, 2)]
    reader = KeyReader(lambda _: table)
    found = changed_meanwhile(reader, events, frozenset({TableName("d", "t")}), lambda begin: begin.thread_id == 9)
    assert found == {TableName("d", "t"): 1}
