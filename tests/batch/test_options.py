"""The source comment: its end, its items, what they mean, and what of it may be logged."""

import re
import time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from inception.batch.options import MASK, Mode, Options, find_comment, mask_passwords, read_options
from inception.errors import BadOption, NoSource
from inception.server import Tls

TARGET = "--user=u;--password=p;--host=127.0.0.1;--port=3306;"
CHECK = TARGET + "--enable-check;"


def options(extra: str = "") -> Options:
    return read_options(CHECK + extra)


def execution(extra: str = "") -> Options:
    return read_options(TARGET + "--execute;" + extra)


def password_of(written: str, after: str = ";--host=h;--port=1;--check;") -> str:
    return read_options(f"--user=u;--password={written}{after}").password


def test_the_example_of_the_protocol() -> None:
    read = read_options("--user=u;--password=p;--host=127.0.0.1;--port=3306;--enable-check;")
    assert read == Options(Mode.CHECK, "127.0.0.1", 3306, "u", "p", has_account=True)
    assert read.backup and read.sleep_rows == 1 and read.tls == Tls("preferred")


@pytest.mark.parametrize(
    ("items", "mode"),
    [
        ("--check", Mode.CHECK),
        ("--ENABLE_EXECUTE", Mode.EXECUTE),
        ("--execute=1", Mode.EXECUTE),
        ("--execute=TRUE;--check=off", Mode.EXECUTE),
        ("--split=on;--skip-check;--disable-execute", Mode.SPLIT),
        ("--query_print", Mode.QUERY_PRINT),
        ("--enable-query-print;--execute=0;--check=false", Mode.QUERY_PRINT),
    ],
)
def test_modes(items: str, mode: Mode) -> None:
    assert read_options(TARGET + items).mode is mode


@pytest.mark.parametrize(
    ("items", "field", "value"),
    [
        ("--disable-remote-backup", "backup", False),
        ("--skip-backup;", "backup", False),
        ("--remote_backup=0", "backup", False),
        ("--backup=true", "backup", True),
        ("--ignore-warnings", "ignore_warnings", True),
        ("--Enable-Force", "force", True),
        ("--sleep=250", "sleep_ms", 250),
        ("--sleep=100001", "sleep_ms", 100_000),
        ("--sleep=" + "9" * 5000, "sleep_ms", 100_000),
        ("--sleep-rows=7", "sleep_rows", 7),
        ("--sequence=工单 12; b", "sequence", "工单 12; b"),
        ("--sequence='" + "x" * 128 + "'", "sequence", "x" * 128),
        ("--trans=0010", "trans", 10),
        ("--batch-rows=500", "batch_rows", 500),
        ("--db = shop ;", "db", "shop"),
        ("--ssl=VERIFY-CA", "tls", Tls("verify_ca")),
        ("--ssl", "tls", Tls("required")),
        ("--skip-ssl", "tls", Tls("off")),
        ("--ssl=0", "tls", Tls("off")),
        ("--ssl-ca=/a b/ca.pem;--ssl-cert='c';--ssl_key=\"k\"", "tls", Tls("preferred", "/a b/ca.pem", "c", "k")),
    ],
)
def test_values(items: str, field: str, value: Any) -> None:
    assert getattr(options(items), field) == value


def test_resume() -> None:
    assert execution("--sequence=s;--resume").resume
    read = execution("--sequence=s;--resume-as=not_committed")
    assert (read.resume, read.resume_as) == (True, "not-committed")
    assert options("--resume").mode is Mode.CHECK  # says how to execute: nothing to refuse in a check


def test_a_source_stands_instead_of_the_target() -> None:
    read = read_options("--source='shop main';--check")
    assert (read.source, read.host, read.has_account) == ("shop main", "", False)


def test_account() -> None:
    place = "--host=h;--port=1;--check;"
    assert not read_options(place).has_account
    alone = read_options(place + "--user=u")
    assert (alone.user, alone.password, alone.has_account) == ("u", "", True)
    assert read_options(place + "--user=u;--password=;").has_account


@pytest.mark.parametrize(
    ("written", "password"),
    [
        ("p", "p"),
        ("''", ""),
        ("'it''s'", "it's"),
        ('"a""b"', 'a"b'),
        ("'a;--host=evil'", "a;--host=evil"),
        ("'a' ", "a"),
        ("'*/'", "*/"),
        ("a;b", "a;b"),
        ("a;;", "a;;"),
        ("a#b:c=d e*/f", "a#b:c=d e*/f"),
        (" blank ", " blank "),
        ("'open", "'open"),
        ('"open', '"open'),
        ("'a'b", "'a'b"),
        ("'a';b'", "'a';b'"),
        ("'a''", "'a''"),
        ("-", "-"),
        ("--x", "--x"),
    ],
)
def test_passwords(written: str, password: str) -> None:
    assert password_of(written) == password


def test_a_password_with_an_open_quote_before_other_quotes() -> None:
    read = read_options(
        "--user=u;--password='p;--host='h';--port=\"1\";--sequence='';--check".replace("--sequence='';", "")
    )
    assert (read.password, read.host, read.port) == ("'p", "h", 1)


@pytest.mark.parametrize(
    ("end", "password"), [("p", "p"), ("p;", "p"), ("p\n", "p"), ("p;\n", "p"), ("p;;", "p;"), ("p ;", "p ")]
)
def test_a_password_at_the_end(end: str, password: str) -> None:
    assert read_options("--host=h;--port=1;--check;--user=u;--password=" + end).password == password


any_text = st.text(st.characters(codec="utf-8"), max_size=30) | st.text("'\";-=*/ \n#:a", max_size=20)


@given(any_text, st.sampled_from("'\""), st.booleans())
@example("a;--host=x", "'", False)
@example("'", "'", True)
def test_every_password_survives_quoted(password: str, quote: str, last: bool) -> None:
    written = f"--password={quote}{password.replace(quote, quote * 2)}{quote}"
    others = "--user=u;--host=h;--port=3306;--check"
    items = f"{others};{written}" if last else f"{written}; {others}"
    assert read_options(items) == Options(Mode.CHECK, "h", 3306, "u", password, has_account=True)


@given(any_text.filter(lambda text: not re.search(r";\s*--[a-zA-Z]|^\s*['\"]", text)))
def test_every_password_without_an_item_in_it_survives_bare(password: str) -> None:
    assert password_of(password) == password


@given(st.text("-;=*/'\" abchosterpwd\n_0", max_size=60))
def test_whatever_stands_there_is_read_or_refused(items: str) -> None:
    try:
        read_options(CHECK + items)
    except BadOption as error:
        assert "--" in error.message or "comment" in error.message


REFUSED = {
    "--chek": "--chek. Did you mean --check",
    "--enable-chek": "--enable-chek. Did you mean --enable-check",
    "--disable-remot_backup": "--disable-remot_backup. Did you mean --disable-remote-backup",
    "--enable-host": "--enable-host",
    "--port=0": "--port must be a number from 1 to 65535",
    "--port=65536": "--port must be",
    "--port=x": "--port must be",
    "--port=٣": "--port must be",
    "--port=-1": "--port must be",
    "--port": "--port needs a value",
    "--port=": "--port needs a value",
    "--host=": "--host needs a value",
    "--host=a b": "--host must be",
    "--host=a;junk": "--host must be",
    "--user=": "--user needs a value",
    "--user=a\0b": "--user must be",
    "--sleep=-1": "--sleep must be",
    "--sleep=1.5": "--sleep must be",
    "--sleep-rows=0": "--sleep-rows must be",
    "--sequence": "--sequence needs a value",
    "--sequence=" + "x" * 129: "--sequence must be a text of at most 128 characters",
    "--sequence=a\nb": "--sequence must be",
    "--resume-as=maybe": "--resume-as must be one of committed, not-committed",
    "--resume-as=committed;--skip-resume": "--resume-as needs --resume",
    "--ssl=maybe": "--ssl must be one of",
    "--trans=many": "--trans must be",
    "--batch-rows=x": "--batch-rows must be",
    "--force=2": "--force must be",
    "--force=": "--force must be",
    "--enable-force=1": "--enable-force takes no value",
    "--skip-force=0": "--skip-force takes no value",
    "--force x": "--force is followed by",
    "junk": "is no option",
    "--=x": "is no option",
    "--source=s": "exclude each other",
    "--execute": "Exactly one",
    "--force;--skip-force": "--force is given twice",
    "--user=v": "--user is given twice",
    "--password=q": "--password is given twice",
}


@pytest.mark.parametrize("items", REFUSED)
def test_refusals_name_the_option(items: str) -> None:
    given = CHECK
    name = re.match(r"--(port|host|user)\b(?!=v)", items)
    if name:
        given = re.sub(rf"--{name[1]}=[^;]*;", "", CHECK)
    with pytest.raises(BadOption) as refused:
        read_options(given + items)
    assert REFUSED[items] in refused.value.message
    assert "=p" not in refused.value.message


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ("", "Exactly one"),
        (TARGET, "Exactly one"),
        (TARGET + "--check=0", "Exactly one"),
        ("--port=1;--check", "--host is missing"),
        ("--host=h;--check", "--port is missing"),
        ("--host=h;--port=1;--check;--password=secret", "--password is given without --user"),
        ("user=u", "beginning is no option"),
        (TARGET + "--execute;--resume", "--resume needs --sequence"),
    ],
)
def test_what_is_missing(items: str, said: str) -> None:
    with pytest.raises(BadOption, match=re.escape(said)):
        read_options(items)


def test_a_command_needs_no_mode() -> None:
    assert read_options(TARGET, mode=Mode.CHECK).mode is Mode.CHECK
    assert read_options(TARGET + "--execute", mode=Mode.CHECK).mode is Mode.EXECUTE
    with pytest.raises(BadOption, match="Exactly one"):
        read_options(TARGET + "--execute;--check", mode=Mode.CHECK)


def test_no_password_in_errors_and_reprs() -> None:
    assert "s3cret" not in repr(read_options(CHECK.replace("=p", "=s3cret")))
    for items in (
        "--user=u;--port=3306--password=s3cret;--check",
        "--user=u;--password=s3cret;--port=x",
        "--password='s3cret",
    ):
        with pytest.raises(BadOption) as refused:
            read_options(items)
        assert "s3cret" not in str(refused.value)


def test_find_comment() -> None:
    text = "\ufeff \n/*--password=a*/b;*/\r\n Inception_Magic_START;"
    inside, offset = find_comment(text)
    assert inside == "--password=a*/b;"
    assert text[offset:] == "\r\n Inception_Magic_START;"


def test_find_comment_before_a_command() -> None:
    text = "/*--host=h;--port=1*/ inception rollback '1_2_3'"
    assert find_comment(text, "inception|inc") == ("--host=h;--port=1", text.index(" inc"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "inception_magic_start;",
        "/* a note */ inception_magic_start;",
        "/*--check inception_magic_start;",
        "/*--check*/ inception_magic_started;",
        "/*--check*/ x inception_magic_start;",
        "/*/ --check*/ inception_magic_start;",
        "select 1; /*--check*/ inception_magic_start;",
    ],
)
def test_no_comment(text: str) -> None:
    with pytest.raises(NoSource, match=r"begin with /\*--user="):
        find_comment(text)


WRITTEN = [
    "--password=S3CRET;",
    "--PassWord='S3CRET';",
    '--password="S3CRET"',
    "--password = S3CRET;",
    "--password=\n'S3CRET'",
    "--password=S3CRET;S3CRET*/S3CRET;",
    "--password='S3CRET",
    "--password='S3CRET'S3CRET",
    "--password='S3CRET;--host=S3CRET';",
    "--password=S3CRET;--unknown=S3CRET;",
    "--pasword=S3CRET;",
    "--pwd=S3CRET;",
    "--enable_password=S3CRET;",
    "-password=S3CRET;",
    "password=S3CRET S3CRET;",
    "--port=3306--password=S3CRET;",
]


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize(
    "frame",
    [
        "/*--user=u;{};--host=h;*/ inception_magic_start; select 1;",
        "/*--host=h;{}*/ inc get status 'x'",
        "/*--user=u;--check;{}",
    ],
)
def test_passwords_of_source_comments_are_masked(written: str, frame: str) -> None:
    masked = mask_passwords(frame.format(written))
    assert "S3CRET" not in masked
    assert MASK in masked


def test_the_rest_of_a_batch_stays() -> None:
    text = "/*--user=u;--password=p'x;--host=h;--check;*/inception_magic_start;insert into t values ('a');commit"
    assert mask_passwords(text) == text.replace("p'x", MASK)


@given(any_text, st.integers(0, 200))
def test_no_part_of_a_quoted_password_is_left(password: str, cut: int) -> None:
    password = "S3" + password + "3S"
    written = password.replace("'", "''")
    text = f"/*--user=u;--password='{written}';--host=h;--port=1;*/ inception_magic_start; select 1"
    masked = mask_passwords(text[: len(text) - cut])
    assert "S3" not in masked
    assert "3S" not in masked


@pytest.mark.parametrize(
    "sql",
    [
        "create user 'u'@'h' identified by 'S3CRET'",
        "CREATE USER u IDENTIFIED\nBY PASSWORD '*S3CRET', v identified by \"S3CRET\"",
        "alter user u identified with mysql_native_password as 'S3CRET' replace 'S3CRET'",
        "grant all on *.* to u identified by /* it's */ 'S3CRET'",
        "create user u identified with x as 0x533343524554",
        "set password for u = password('S3CRET')",
        "set password = 'S3CRET\\' S3CRET'; select 'S3CRET'",
        "set password = 'S3CRET",
        "change master to master_user='r', master_password='S3CRET'",
        "create server s foreign data wrapper mysql options (user 'x', password 'S3CRET')",
        "inception set global inception_password = S3CRET",
        "insert into users (name, passwd) values ('x', 'it''s S3CRET; S3CRET')",
    ],
)
def test_passwords_in_sql_are_masked(sql: str) -> None:
    masked = mask_passwords(sql)
    assert "S3CRET" not in masked
    assert "533343524554" not in masked
    assert MASK in masked


@pytest.mark.parametrize("sql", ["select 'a' from t where b = \"c\"", "insert into compass values ('x')", "", "it's"])
def test_other_sql_is_not_masked(sql: str) -> None:
    assert mask_passwords(sql) == sql


def test_masking_ends_with_the_statement() -> None:
    assert mask_passwords("set password = 'a;b'; select 'c'") == f"set password = {MASK}; select 'c'"


@pytest.mark.parametrize(
    "part",
    [
        "--password=x;--host=h;",
        "--password='x;",
        "passw ",
        "passw=a;",
        "--user=passw 'x';",
        "*/ ",
        "*/ inc",
        "'",
        "''",
        "; --",
    ],
)
def test_masking_and_reading_take_linear_time(part: str) -> None:
    text = "/*" + part * (400_000 // len(part))
    began = time.perf_counter()
    mask_passwords(text)
    mask_passwords("set password = " + text)
    for read in (read_options, find_comment):
        with pytest.raises((BadOption, NoSource)):
            read(text)
    assert time.perf_counter() - began < 60  # what is quadratic takes longer by far
