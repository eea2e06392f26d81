"""What clients send by themselves."""

import time

import pytest

from inception.answer import Answer, Ok, ResultSet, Value
from inception.charset import UTF8MB4
from inception.errors import ServerError
from inception.wire.charset import ClientCharset
from inception.wire.chatter import answer_chatter
from inception.wire.facts import ClientFacts
from inception.wire.handler import Client
from inception.wire.show import like_pattern


@pytest.fixture
def facts() -> ClientFacts:
    client = Client(42, "dba", "10.0.0.1", None, ClientCharset(UTF8MB4))
    return ClientFacts(client, "shop", {"max_allowed_packet": 1024, "autocommit": 1})


def table(answer: Answer | None) -> tuple[list[str], list[tuple[Value, ...]]]:
    assert isinstance(answer, ResultSet)
    return [field.name for field in answer.fields], [tuple(row) for row in answer.rows]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n; ",
        "-- only a comment; with more",
        "# one\n/* two; */ --\n",
        "/* a */;",
        "SET NAMES utf8mb4",
        "SET NAMES 'utf8mb4' COLLATE 'utf8mb4_unicode_ci';",
        "set autocommit=0",
        "SET @@session.autocommit = OFF",
        "set autocommit=1, sql_mode = concat(@@sql_mode,',STRICT_TRANS_TABLES')",
        "SET character_set_results = NULL",
        "SET SQL_AUTO_IS_NULL = 0",
        "set session transaction isolation level read committed",
        "/*!40101 SET SQL_MODE='a;b' */;",
        "/* app */ SET @x := 'it''s; \\' fine'",
        "commit",
        "ROLLBACK;",
        "begin",
        "START TRANSACTION READ ONLY",
    ],
)
def test_ok(facts: ClientFacts, text: str) -> None:
    assert answer_chatter(text, facts) == Ok()


@pytest.mark.parametrize(
    "text",
    [
        "inception_magic_start",
        "/*--user=u;--password='a;b*/';*/ inception_magic_start; use a; inception_magic_commit;",
        "select * from t",
        "select 1 from t",
        "select 1; drop table t",
        "set a=1; drop table t",
        "set a='x",
        "/* open",
        "set password = 'x'",
        "SET GLOBAL max_connections = 1",
        "set @@global.read_only=1",
        "set a=1, persist b=2",
        "set statement max_statement_time=1 for select 1",
        "select @@a + 1",
        "select sleep(1)",
        "show create table t",
        "show processlist",
        "shows",
        "drop table t",
        "use shop",
        "commit and drop",
        "inception get variables",
        "set names utf8mb4 -- x\n; insert into t values (1)",
        "select 1 " + " " * 100_000,
    ],
)
def test_not_chatter(facts: ClientFacts, text: str) -> None:
    assert answer_chatter(text, facts) is None
    assert facts.client.charset.client is UTF8MB4


@pytest.mark.parametrize(
    ("text", "names", "row"),
    [
        ("select @@version_comment limit 1", ["@@version_comment"], None),
        ("SELECT DATABASE()", ["DATABASE()"], ("shop",)),
        ("select database(), user() limit 1", ["database()", "user()"], ("shop", "dba@10.0.0.1")),
        ("SELECT 1", ["1"], (1,)),
        ("select 'a, b' as `x y`, null n", ["x y", "n"], ("a, b", None)),
        ("SELECT CONNECTION_ID();", ["CONNECTION_ID()"], (42,)),
        (
            "/* mysql-connector-java-8 */SELECT  @@session.auto_increment_increment AS auto_increment_increment,"
            " @@character_set_client AS character_set_client, @@max_allowed_packet AS max_allowed_packet",
            ["auto_increment_increment", "character_set_client", "max_allowed_packet"],
            (1, "utf8mb4", 1024),
        ),
        (
            "SELECT @@max_allowed_packet,@@system_time_zone,@@time_zone,@@auto_increment_increment",
            ["@@max_allowed_packet", "@@system_time_zone", "@@time_zone", "@@auto_increment_increment"],
            (1024, "UTC", "SYSTEM", 1),
        ),
    ],
)
def test_select(facts: ClientFacts, text: str, names: list[str], row: tuple[Value, ...] | None) -> None:
    found, rows = table(answer_chatter(text, facts))
    assert found == names
    assert len(rows) == 1
    assert row is None or rows == [row]


def test_an_unknown_variable(facts: ClientFacts) -> None:
    with pytest.raises(ServerError) as caught:
        answer_chatter("select @@nonsense", facts)
    assert caught.value.errno == 1193


@pytest.mark.parametrize(
    ("text", "client", "results"),
    [
        ("SET NAMES gbk", "gbk", "gbk"),
        ("set names `latin1`", "latin1", "latin1"),
        ("SET CHARACTER SET 'big5'", "big5", "big5"),
        ("set autocommit=1, names utf8", "utf8mb3", "utf8mb3"),
        ("SET character_set_client = gbk", "gbk", "utf8mb4"),
        ("SET @@session.character_set_results = 'latin1', sql_mode=''", "utf8mb4", "latin1"),
        ("SET SESSION character_set_client=gbk, character_set_results=NULL", "gbk", "utf8mb4"),
        ("/*!40101 SET NAMES latin2 */;", "latin2", "latin2"),
    ],
)
def test_character_sets(facts: ClientFacts, text: str, client: str, results: str) -> None:
    assert answer_chatter(text, facts) == Ok()
    charset = facts.client.charset
    assert (charset.client.name, charset.results.name) == (client, results)
    assert answer_chatter("set names default", facts) == Ok()
    assert (charset.client, charset.results) == (UTF8MB4, UTF8MB4)


@pytest.mark.parametrize(
    ("text", "errno"),
    [
        ("set names klingon", 1115),
        ("set names ucs2", 1231),
        ("set character_set_client = gbk, character_set_results = @saved", 1231),
    ],
)
def test_character_sets_that_cannot_be_had_change_nothing(facts: ClientFacts, text: str, errno: int) -> None:
    with pytest.raises(ServerError) as caught:
        answer_chatter(text, facts)
    assert caught.value.errno == errno
    assert facts.client.charset.client is UTF8MB4


def test_show_variables(facts: ClientFacts) -> None:
    names, everything = table(answer_chatter("SHOW VARIABLES", facts))
    assert names == ["Variable_name", "Value"]
    assert everything == sorted(everything)
    assert ("max_allowed_packet", "1024") in everything
    assert ("autocommit", "ON") in everything
    one = "show session variables like 'max_allowed\\_%'"
    assert table(answer_chatter(one, facts))[1] == [("max_allowed_packet", "1024")]
    some = "SHOW VARIABLES WHERE Variable_name ='wait_timeout' OR Variable_name = 'tx_isolation' OR Variable_name='x'"
    assert [row[0] for row in table(answer_chatter(some, facts))[1]] == ["tx_isolation", "wait_timeout"]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("show warnings", "Level"),
        ("SHOW WARNINGS LIMIT 10", "Level"),
        ("show count(*) warnings", "@@session.warning_count"),
        ("show databases", "Database"),
        ("SHOW SCHEMAS LIKE 'a%'", "Database"),
        ("show tables", "Tables_in_shop"),
        ("show full tables from `x`", "Tables_in_x"),
        ("show engines", "Engine"),
        ("show global status like 'Uptime'", "Variable_name"),
        ("SHOW /*!50002 GLOBAL */ STATUS", "Variable_name"),
        ("show table status from a like 't'", "Name"),
        ("show plugins", "Name"),
    ],
)
def test_show_lists(facts: ClientFacts, text: str, first: str) -> None:
    assert table(answer_chatter(text, facts))[0][0] == first


def test_show_collation_and_character_set(facts: ClientFacts) -> None:
    _, rows = table(answer_chatter("SHOW COLLATION", facts))
    assert ("utf8mb3_general_ci", "utf8mb3", 33, "Yes", "Yes", 1) in rows
    assert len(rows) > 200
    _, rows = table(answer_chatter("show character set like 'gb%'", facts))
    assert [row[0] for row in rows] == ["gbk", "gb2312", "gb18030"]


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("%a%_b%", "xxaybz", True),
        ("%ab%ab", "abab", True),
        ("%ab%ab", "ab", False),
        ("%", "", True),
        ("", "", True),
        ("a%", "ABC", True),
        ("a_c", "abc", True),
        ("a\\_c", "abc", False),
        ("a\\_c", "a_c", True),
        ("a.c", "abc", False),
    ],
)
def test_like(pattern: str, text: str, matches: bool) -> None:
    assert bool(like_pattern(pattern).fullmatch(text)) == matches


def test_dollars_are_no_quotes_here(facts: ClientFacts) -> None:
    with pytest.raises(ServerError) as caught:
        answer_chatter("SELECT $$", facts)
    assert caught.value.errno == 1054


@pytest.mark.parametrize(
    "text",
    [
        "/*" * 30_000,
        "'" + "\\'" * 30_000,
        "/*!'" * 15_000,
        "select 1" + " " * 60_000 + "x",
        "select " + "(" * 60_000,
        "set a=" + "(" * 60_000,
        "set " + "names " * 10_000,
        "select 1" + " limit" * 10_000,
        "show variables like '" + "%a" * 20_000 + "%bb'",
        "show variables where " + "'a' " * 15_000,
    ],
    ids=lambda text: text[:24],
)
def test_hostile_texts_take_no_time(facts: ClientFacts, text: str) -> None:
    began = time.process_time()
    answer_chatter(text, facts)
    assert time.process_time() - began < 20.0  # what is tried again and again takes minutes
