"""Splitting: exact texts, nothing lost, every end found; and whole submissions."""

import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inception.batch.options import Mode
from inception.batch.split import (
    Piece,
    collect,
    is_commit,
    is_start,
    looks_like_batch,
    opens_batch,
    read_envelope,
    split,
)
from inception.errors import BadOption, NestedStart, NoCommit, NoSource, NotABatch

HEAD = "/*--user=u;--password=p;--host=127.0.0.1;--port=3306;--enable-check;*/\ninception_magic_start;\n"
TAIL = "\ninception_magic_commit;"


def texts(source: str) -> list[str]:
    return [piece.text for piece in split(source)]


# Statements that are one each: what looks like their end is none.
STATEMENTS = [
    "select 1",
    "insert into t values ('a;b', \"c;d\", `e;f`)",
    r"insert into t values ('it\'s; ''x''', '\\')",
    "insert into t values ('')",
    "select `a``;b`",
    "select 1 -- a; b\n+ 1",
    "select 1 # it's; b\n+ 1",
    "select 1 /* a; ' */ + 1",
    "select 5--3",
    "select 4/2*1",
    "select 2-1",
    "create table t (a int) /*!50100 partition by hash (a) partitions 4; ' */".replace("; '", ""),
    "select /*!40001 'a*/;b', */ 1",
    "select /*M!100100 1; */",
    "/*!40101 SET NAMES utf8 */",
    "-- why; not\nupdate t set a = 1",
    "/* first */ /* second; */ delete from t",
    "select 'multi\nline;\r\nstring'",
    "select '中文；;' as `列;`",
    "select a.end, b.begin, `if` from t",
    "drop table if exists t",
    "create table if not exists t (`begin` int)",
    "begin",
    "create function f returns string soname 'x;.so'",
    "create procedure p() select 1",
    "create procedure p() begin end",
    "create procedure p() begin select 1; select 2; end",
    "create procedure p(end int, `begin` int) begin select 1; end",
    "create procedure p() set @a = if(1, 2, 3)",
    "create procedure p() begin declare a int; if a then select 1; elseif b then select 2; else select 3; end if; end",
    "create procedure p() begin if if(a, b, c) then select if(1, 2, 3); end if; end",
    "create procedure p() begin lab: loop if 1 then leave lab; end if; end loop lab; end",
    "create procedure p() begin while a do set b = case when 1 then 2 else 3 end; end while; end",
    "create procedure p() begin repeat set a = repeat('x', 3); until a = case 1 when 1 then 2 end end repeat; end",
    "create procedure p() begin case a when 1 then select 1; else begin end; end case; select 1; end",
    "create procedure p() begin declare exit handler for sqlexception, not found begin rollback; end; select 1; end",
    "create procedure p() begin declare continue handler for 1062 set a = if(1, 2, 3); select end from t; end",
    "create procedure p() begin drop table if exists t; create table if not exists t (a int); end",
    "create procedure p() begin for i in 1..3 do select i; end for; end",
    "create procedure p() begin -- it's; end\n/* end; */ select 'end;'; end",
    "create procedure p() top: begin leave top; end top",
    "create procedure p() comment 'x;' sql security invoker if 1 then select 1; end if",
    "create procedure p() case 1 when 1 then select 1; end case",
    "create procedure p() while 1 do select 1; end while",
    "create definer=`a`@`%` function if not exists f(a int) returns int deterministic return case a when 1 then 2 end",
    "create function f() returns set('a','b') begin return 1; end",
    "create procedure p() begin begin select 1; end; begin select 2; end; end",
    "create function f() returns text character set utf8 begin declare a int; return 'x'; end",
    "create procedure p() show grants for current_user",
    "create or replace definer = 'a'@localhost aggregate function f(x int) returns int begin return 1; end",
    "create trigger t before insert on t for each row set new.a = 1",
    "create trigger t before insert on t for each row follows u begin set new.a = 1; set new.b = 2; end",
    "create /*!50017 definer=`a`@`b` */ trigger t after update on t for each row if 1 then set @a = 1; end if",
    "/*!50003 create*/ /*!50020 definer=`r`@`l`*/ /*!50003 procedure p() begin select 1; end */",
    "create event e on schedule every 1 day starts now() do begin select 1; select 2; end",
    "alter event e on schedule every 1 day do begin select 1; end",
    "alter event e disable",
    "begin not atomic declare a int; if 1 then select 1; end if; end",
    "create view end as select 1",
    "create table begin (a int)",
    "xa end 'x'",
]
SEPARATORS = [";", " ;\n", ";\r\n\t", ";;\n ;", "; -- trailing; one\n", ";# it's trailing\n", "; /* trailing */\n"]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_one_statement_is_one_piece(statement: str) -> None:
    source = f"  select 0;\n{statement};\nselect 9"
    assert texts(source) == ["select 0", statement, "select 9"]
    assert texts(statement) == [statement]
    assert all(piece.problem is None for piece in [*split(source), *split(statement)])


@given(st.lists(st.tuples(st.sampled_from(STATEMENTS), st.sampled_from(SEPARATORS)), max_size=12))
def test_known_statements_between_separators(batch: Sequence[tuple[str, str]]) -> None:
    # A comment behind a ';' on its line is the statement's before it.
    source = "".join(("\n" if each.startswith("--") else "") + each + separator for each, separator in batch)
    assert texts(source) == [statement for statement, _ in batch]


FRAGMENTS = [
    *"';\"`#-/*!\\\n ab",
    "--",
    "-- ",
    "/*",
    "*/",
    "/*!",
    "begin",
    "end",
    "create procedure p() ",
    "delimiter $$\n",
]
FRAGMENTS += ["$$", "if ", "case ", "inception_magic_commit", "''", ";\n", "中", "delimiter ;\n", "\r\n"]
sql_like = st.lists(st.sampled_from(FRAGMENTS) | st.characters(codec="utf-8"), max_size=60).map("".join)


@given(sql_like, st.booleans(), st.booleans())
def test_pieces_and_gaps_give_the_text_back(source: str, ansi: bool, escapes: bool) -> None:
    position, rebuilt = 0, ""
    for piece in split(source, ansi_quotes=ansi, backslash_escapes=escapes):
        assert piece.start >= position
        assert piece.text == source[piece.start : piece.end] == piece.text.strip(" \t\n\r\f\v") != ""
        assert piece.line == source.count("\n", 0, piece.start) + 1
        assert piece.column == piece.start - source.rfind("\n", 0, piece.start)
        rebuilt += source[position : piece.end]
        position = piece.end
    assert rebuilt + source[position:] == source


@given(sql_like)
def test_a_piece_split_again_is_itself(source: str) -> None:
    for piece in split(source):
        # "--" is a comment at the end of a text, not before ";".
        if piece.problem is None and "delimiter" not in source and not piece.text.endswith("--"):
            assert texts(piece.text) == [piece.text]


def test_where_pieces_are() -> None:
    source = "use shop;\n\n  insert into t\nvalues (1); select 2"
    assert list(split(source)) == [
        Piece("use shop", 0, 8, 1, 1, True),
        Piece("insert into t\nvalues (1)", 13, 37, 3, 3, True),
        Piece("select 2", 39, 47, 4, 13, False),
    ]
    assert [piece.text for piece in split(source, 9)] == ["insert into t\nvalues (1)", "select 2"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", []),
        (" \n;;; ; -- nothing\n/* at all */", []),
        ("/* alone */; select 1", ["select 1"]),
        ("select 1; -- of one\nselect 2", ["select 1", "select 2"]),
        ("select 1; /* of two */ select 2", ["select 1", "/* of two */ select 2"]),
        ("select 1; /* of\ntwo */\nselect 2", ["select 1", "/* of\ntwo */\nselect 2"]),
        ("select 1;\n-- of two\nselect 2", ["select 1", "-- of two\nselect 2"]),
        ("select 1; /*!40101 select 2 */\n; select 3", ["select 1", "/*!40101 select 2 */", "select 3"]),
        ("select 1 -- within\n; select 2", ["select 1 -- within", "select 2"]),
        ("\u3000select 1", ["\u3000select 1"]),
    ],
)
def test_comments_and_empty_statements(source: str, expected: list[str]) -> None:
    assert texts(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("delimiter $$\nselect 1; select 2$$\ndelimiter ;\nselect 3;", ["select 1; select 2", "select 3"]),
        ("DELIMITER //\nselect 4/2 /* // */, '//'//\nselect 1//", ["select 4/2 /* // */, '//'", "select 1"]),
        ("delimiter ';;'\nselect 1; end;;\nDelimiter \";\" x\nselect 2;", ["select 1; end", "select 2"]),
        ("-- note\ndelimiter go\nselect 1 go", ["select 1"]),
        ("delimiter $$\nselect '$$', $1 $ $$ select 2", ["select '$$', $1 $", "select 2"]),
        ("delimiter Aa\nselect 1 aa 2Aa", ["select 1 aa 2"]),
        ("select delimiter from t; select 2", ["select delimiter from t", "select 2"]),
    ],
)
def test_delimiter_lines(source: str, expected: list[str]) -> None:
    assert texts(source) == expected


@pytest.mark.parametrize(
    ("tail", "problem"),
    [
        ("select 'a; b;\n c", "The string that begins at line 2, column 8 is not closed."),
        ('select "a;', "The quoted text that begins at line 2, column 8 is not closed."),
        ("select `a;", "The quoted name that begins at line 2, column 8 is not closed."),
        ("select /* a; b", "The comment that begins at line 2, column 8 is not closed."),
        ("select /*! 'a */;", "The comment that begins at line 2, column 8 is not closed."),
        ("create procedure p() begin select 'a; end;", "The string that begins at line 2, column 35 is not closed."),
        ("create procedure p() begin if a then select 1; end;", "an END for its BEGIN is missing"),
        ("create procedure p() begin while a do select 1;", "an END for its WHILE is missing"),
    ],
)
def test_what_is_not_closed_is_one_piece_with_its_problem(tail: str, problem: str) -> None:
    first, last = split("select 1;\n" + tail)
    assert (first.problem, last.text, last.terminated) == (None, tail, False)
    assert problem in (last.problem or "")


def test_a_program_without_end_leaves_the_commit_alone() -> None:
    program, commit = split("create procedure p() begin select 1;\ninception_magic_commit;")
    assert program.problem and not program.terminated
    assert (commit.text, commit.problem) == ("inception_magic_commit", None)


def test_sql_modes() -> None:
    source = r"select 'a\'; select 2"
    assert [p.text for p in split(source, backslash_escapes=False)] == [r"select 'a\'", "select 2"]
    source = r'select "a\"; select 2'
    assert [p.text for p in split(source, ansi_quotes=True)] == [r'select "a\"', "select 2"]
    source = r"create procedure p() begin select 'a\'; end; select 2"
    assert [p.text for p in split(source, backslash_escapes=False)] == [source[:-10], "select 2"]


ADVERSARIAL = {
    "string": "select '" + r"a''\'" * 400_000,
    "quotes": "'" * 2_000_001,
    "comments": "/*" * 1_000_000,
    "version comments": "/*!" * 700_000,
    "stars": "/*!" + "*" * 2_000_000,
    "dashes": "-" * 2_000_000,
    "slashes": "/" * 2_000_000,
    "blanks": " " * 2_000_000 + "x" + " " * 2_000_000,
    "empty": ";" * 2_000_000,
    "opened": ";/*x" * 500_000,
    "nested": "create procedure p() " + "begin " * 150_000,
    "definers": "create definer=" * 150_000,
    "one line": "select 1;" * 100_000,
    "trailing": "; /*a*/" * 100_000,
    "delimiters": "delimiter a\n" * 100_000,
    "many delimiters": "".join(f"delimiter x{n}\n" for n in range(300)),
}


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_the_time_is_linear(name: str) -> None:
    source = ADVERSARIAL[name]
    seconds = []
    for part in (source[: len(source) // 4], source):
        began = time.perf_counter()
        for _ in split(part):
            pass
        seconds.append(time.perf_counter() - began)
    assert seconds[1] < max(5.0, 12 * seconds[0])  # four times the text; what is quadratic takes minutes


# -- whole submissions ---------------------------------------------------------------------------------------------


def test_the_example_of_the_protocol() -> None:
    envelope = read_envelope(
        "/*--user=u;--password=p;--host=127.0.0.1;--port=3306;--enable-check;*/\n"
        "    inception_magic_start;\n"
        "    use shop;\n"
        "    create table t (a int);\n"
        "    insert into t (a, b) values (1, 2);\n"
        "    inception_magic_commit;\n"
    )
    assert envelope.options.mode is Mode.CHECK
    assert [piece.text for piece in envelope.statements] == [
        "use shop",
        "create table t (a int)",
        "insert into t (a, b) values (1, 2)",
    ]
    assert envelope.statements[1].line == 4


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "select 1;" + TAIL,
        HEAD.upper().replace("U;--PASSWORD", "u;--PASSWORD") + "select 1;" + TAIL.upper(),
        HEAD.replace("*/\n", "*/").replace("start;", "start /* go */ ;") + "select 1;inception_magic_commit",
        HEAD + "-- no statement\n;select 1;-- last\n/* end */ inception_magic_commit ; -- bye\n\n",
        HEAD + "delimiter $$\nselect 1$$\ninception_magic_commit;",
        HEAD + "delimiter $$\nselect 1$$\ninception_magic_commit$$",
        HEAD + "select 1;" + TAIL + ";;",
        "\ufeff\n " + HEAD + "select 1;" + TAIL,
    ],
)
def test_submissions(text: str) -> None:
    assert looks_like_batch(text)
    assert [piece.text for piece in read_envelope(text).statements] == ["select 1"]


def test_an_empty_batch() -> None:
    assert read_envelope(HEAD + "inception_magic_commit").statements == ()


def test_what_an_open_quote_swallows_is_one_row() -> None:
    first, last = read_envelope(HEAD + "select 1;\nselect 'a;\nselect 2;" + TAIL).statements
    assert first.text == "select 1"
    assert last.problem == "The string that begins at line 4, column 8 is not closed."


def test_sql_modes_of_a_submission() -> None:
    text = HEAD + r"select 'a\'; select 2;" + TAIL
    assert len(read_envelope(text, backslash_escapes=False).statements) == 2
    assert read_envelope(text).statements[0].problem


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("select 1", NotABatch, "Must start as begin statement."),
        ("", NotABatch, "Must start as begin statement."),
        ("/*--check*/ select 1;", NotABatch, "Must start as begin statement."),
        ("select 1; " + HEAD, NotABatch, "Must start as begin statement."),
        (HEAD.replace("start;", "start") + "select 1;" + TAIL, NotABatch, "';' is missing after inception_magic_start"),
        ("inception_magic_start; select 1;" + TAIL, NoSource, "--comments"),
        ("/* mine */ inception_magic_start; select 1;" + TAIL, NoSource, "No source comment"),
        (HEAD.replace("*/", "") + "select 1;" + TAIL, NoSource, "not closed"),
        (HEAD.replace("--enable-check;", "") + TAIL, BadOption, "Exactly one"),
        (HEAD + "select 1;", NoCommit, "add it after the last statement"),
        (HEAD, NoCommit, "add it after the last statement"),
        (
            HEAD + "select 1;\nselect 2" + TAIL,
            NoCommit,
            "inception_magic_commit: a ';' is missing before it, in the statement at line 4",
        ),
        (HEAD + "select 'a;", NoCommit, "add it"),
        (HEAD + HEAD + TAIL, NestedStart, "inside a batch (line 3)"),
        (HEAD + "select 1;\ninception_magic_start;" + TAIL, NestedStart, "inside a batch"),
        (HEAD + TAIL + "select 1", NotABatch, "Nothing may follow inception_magic_commit"),
        (HEAD + "inception_magic_commit select 1;", NotABatch, "Nothing may follow inception_magic_commit"),
        (HEAD + TAIL + HEAD + TAIL, NotABatch, "Nothing may follow inception_magic_commit"),
    ],
)
def test_refused_submissions(text: str, error: type[Exception], said: str) -> None:
    with pytest.raises(error) as refused:
        read_envelope(text)
    assert said in str(refused.value)


def test_the_text_of_error_2576() -> None:
    with pytest.raises(NotABatch) as refused:
        read_envelope("select 1")
    assert (refused.value.message, refused.value.errno) == ("Must start as begin statement.", 2576)


# -- packet by packet ----------------------------------------------------------------------------------------------

OPENING = HEAD.rstrip().rstrip(";")


@pytest.mark.parametrize("text", [OPENING, OPENING + ";", OPENING + " ; -- go\n"])
def test_opening_packets(text: str) -> None:
    assert opens_batch(text) and is_start(text)


@pytest.mark.parametrize("text", [HEAD + "select 1", OPENING + " select 1", "inception_magic_start", "select 1", ""])
def test_packets_that_open_nothing(text: str) -> None:
    assert not opens_batch(text)


def test_start_and_commit_words() -> None:
    assert is_start("inception_magic_start;")
    assert is_start("/*--password='a*/b'*/ Inception_Magic_Start")
    assert not is_start("inception_magic_started")
    assert not is_start("select 'inception_magic_start'")
    assert is_commit("inception_magic_commit") and is_commit("-- c\nINCEPTION_MAGIC_COMMIT ; # end")
    assert is_commit("select 1; inception_magic_commit;")
    assert not is_commit("select 'inception_magic_commit'")
    assert not is_commit("inception_magic_commit; select 1")
    assert not is_commit("-- inception_magic_commit")
    assert not is_commit("select 'İ'; select ' inception_magic_commit")


def test_the_end_of_a_packet_may_be_a_commit() -> None:
    assert is_commit("values (1)'); /* ; */ inception_magic_commit;\n", whole=False)
    assert is_commit("-- inception_magic_commit", whole=False)
    assert not is_commit("inception_magic_commit; select 1", whole=False)
    assert not is_commit("no_inception_magic_committed", whole=False)


def test_collecting() -> None:
    program = "create procedure p() begin select 1; end"
    packets = [
        "use `shop`",
        "-- of the table",
        "/* really */",
        "create table t (a int);",
        program,
        "select 1; select 2",
        "",
    ]
    envelope = collect(OPENING, [*packets, "inception_magic_commit"])
    assert envelope.options.port == 3306
    assert [piece.text for piece in envelope.statements] == [
        "use `shop`",
        "-- of the table\n/* really */\ncreate table t (a int)",
        program,
        "select 1",
        "select 2",
    ]
    with pytest.raises(NoCommit):
        collect(OPENING, packets)


def test_a_program_in_a_packet_is_whole_whatever_it_holds() -> None:
    odd = "create procedure p() begin for each in odd ways; do; end; end for; end; end"
    assert [
        piece.text for piece in collect(OPENING, [f"-- c\n{odd};\n", "select 1; inception_magic_commit"]).statements
    ] == [
        f"-- c\n{odd}",
        "select 1",
    ]


def test_collecting_refuses() -> None:
    with pytest.raises(NestedStart):
        collect(OPENING, ["select 1", OPENING])
    with pytest.raises(NotABatch, match="Nothing may follow"):
        collect(OPENING, ["inception_magic_commit", "select 1"])
    with pytest.raises(NoSource):
        collect("inception_magic_start", ["select 1"])
