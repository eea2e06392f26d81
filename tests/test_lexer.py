"""The lexer: exact slices, comments, quotes, executable comments by server version."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inception.lexer import SERVER_PRINTED, Kind, Syntax, UnreadableSql, name_value, string_value, tokenize

MYSQL_9 = Syntax(version=90704)
MYSQL_57 = Syntax(version=50744)
MARIADB = Syntax(version=101119, mariadb=True)


def texts(sql: str, syntax: Syntax = SERVER_PRINTED) -> list[str]:
    return [token.text for token in tokenize(sql, syntax)[:-1]]


def kinds(sql: str, syntax: Syntax = SERVER_PRINTED) -> list[Kind]:
    return [token.kind for token in tokenize(sql, syntax)[:-1]]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("a.b", ["a", ".", "b"]),
        ("db.1a.2", ["db", ".", "1a", ".", "2"]),
        ("1a 1e5 1.5 .5 1. 1e+3 1e", ["1a", "1e5", "1.5", ".5", "1.", "1e+3", "1e"]),
        ("0x1F 0xZZ 0b01 0b2 x'1f' B'01'", ["0x1F", "0xZZ", "0b01", "0b2", "x'1f'", "B'01'"]),
        ("N'x' _utf8mb4'x' n'it''s'", ["N'x'", "_utf8mb4", "'x'", "n'it''s'"]),
        ("'a\\'b' 'a''b' \"a\"\"b\" `a``b`", ["'a\\'b'", "'a''b'", '"a""b"', "`a``b`"]),
        ("a--1", ["a", "-", "-", "1"]),
        ("a -- 1\n2", ["a", "2"]),
        ("a --", ["a"]),
        ("a # 'b\n2 /* 'c */ 3", ["a", "2", "3"]),
        ("a /* -- 'x", None),
        ("größe 表 $x _y", ["größe", "表", "$x", "_y"]),
        ("a\u00a0b", ["a\u00a0b"]),
        ("a<=>b->>'$.c' := @x ? ||", ["a", "<=>", "b", "->>", "'$.c'", ":=", "@", "x", "?", "||"]),
        ("/*+ hint */ a", ["a"]),
        ("", []),
        ("  \n", []),
        ("a   -- it's the end", ["a"]),
    ],
)
def test_tokens(sql: str, expected: list[str] | None) -> None:
    if expected is None:
        with pytest.raises(UnreadableSql):
            tokenize(sql)
    else:
        assert texts(sql) == expected


def test_kinds() -> None:
    sql = "a `b` 'c' 1 0x1f + ? \"d\""
    expected = [Kind.WORD, Kind.NAME, Kind.STRING, Kind.NUMBER, Kind.BINARY, Kind.OPERATOR, Kind.PARAMETER, Kind.STRING]
    assert kinds(sql) == expected
    assert kinds(sql, Syntax(ansi_quotes=True)) == [*expected[:-1], Kind.NAME]
    assert [token.word for token in tokenize("Select `From` + 'to'")] == ["SELECT", "", "+", "", ""]


def test_no_backslash_escapes() -> None:
    assert texts("'a\\' 'b'", Syntax(backslash_escapes=False)) == ["'a\\'", "'b'"]
    assert texts("'a\\' b'", Syntax()) == ["'a\\' b'"]


@pytest.mark.parametrize(
    ("sql", "syntax", "expected"),
    [
        ("a /*!50100 b */ c", MYSQL_9, ["a", "b", "c"]),
        ("a /*! b */ c", MYSQL_9, ["a", "b", "c"]),
        ("a /*!99999 b */ c", MYSQL_9, ["a", "c"]),
        ("a /*!99999 don't /* x */ b */ c", MYSQL_9, ["a", "c"]),
        ("a /*!80016 b */ c", MYSQL_57, ["a", "c"]),
        ("a /*!80016 b */ c", MARIADB, ["a", "c"]),  # MySQL's versions are not MariaDB's
        ("a /*!50100 b */ c", MARIADB, ["a", "b", "c"]),
        ("a /*!100301 b */ c", MARIADB, ["a", "b", "c"]),
        ("a /*!110000 b */ c", MARIADB, ["a", "c"]),
        ("a /*M!100301 b */ c", MARIADB, ["a", "b", "c"]),
        ("a /*M! b */ c", MARIADB, ["a", "b", "c"]),
        ("a /*M!100301 don't */ c", MYSQL_9, ["a", "c"]),
        ("a /*!80023 b */ /*M!100301 c */", SERVER_PRINTED, ["a", "b", "c"]),
        ("a /*!50100 b /* in */ '*/' */ c", MYSQL_9, ["a", "b", "'*/'", "c"]),
        ("/*!123 a*/", MYSQL_9, ["123", "a"]),
    ],
)
def test_executable_comments(sql: str, syntax: Syntax, expected: list[str]) -> None:
    assert texts(sql, syntax) == expected


@pytest.mark.parametrize(
    ("sql", "offset", "problem"),
    [
        ("a 'b", 2, "a quote (') is not closed"),
        ('a "b', 2, 'a quote (") is not closed'),
        ("a\n `b", 3, "a quote (`) is not closed"),
        ("a /* b", 2, "a comment is not closed"),
        ("a /*! b", 2, "a comment is not closed"),
        ("a /*!99999 b", 2, "a comment is not closed"),
        ("a */ b", 2, "a comment ends that was not begun"),
        ("a /*! b */ */", 11, "a comment ends that was not begun"),
        ("x'123'", 0, "not a valid literal"),
        ("a \\ b", 2, "unexpected character '\\\\'"),
        ("a \0 b", 2, "unexpected character '\\x00'"),
    ],
)
def test_what_is_no_token(sql: str, offset: int, problem: str) -> None:
    with pytest.raises(UnreadableSql) as caught:
        tokenize(sql, MYSQL_9)
    assert (caught.value.offset, caught.value.problem) == (offset, problem)


def test_place_of_an_error() -> None:
    error = UnreadableSql("expected x", "ab\ncd ef", 6)
    assert (error.line, error.column, error.near) == (2, 4, "ef")
    assert str(error) == "Line 2, column 4: expected x near 'ef'."
    assert str(UnreadableSql("expected x", "ab", 2)) == "Line 1, column 3: expected x at the end."


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("'a'", "a"),
        ("'it''s'", "it's"),
        ("'a\\'b\\\\c\\nd\\0\\%\\_\\q\\Z'", "a'b\\c\nd\0\\%\\_q\x1a"),
        ('"a""b\'\'c"', "a\"b''c"),
        ("N'x'", "x"),
        ("'\\'''", "''"),
        ("''", ""),
    ],
)
def test_string_value(literal: str, value: str) -> None:
    assert string_value(literal) == value


def test_string_value_without_escapes() -> None:
    assert string_value("'a\\n''b\\'", backslash_escapes=False) == "a\\n'b\\"


def test_name_value() -> None:
    assert [name_value(each) for each in ("a", "`a``b`", '"a""b"')] == ["a", "a`b", 'a"b']


PIECES = st.sampled_from(
    [
        *(
            "a",
            "select",
            "`x``y`",
            "'it''s'",
            "'a\\'b'",
            '"q"',
            "1",
            "1.5e3",
            "0x1f",
            "x'00'",
            "b'1'",
            "N'n'",
            "_utf8'x'",
        ),
        *(
            "(",
            ")",
            ",",
            ";",
            "<=>",
            "->>",
            "?",
            " ",
            "\n",
            "-- c\n",
            "# c\n",
            "/* c */",
            "/*!50100 a*/",
            "/*M!100301 b*/",
        ),
        *("/*!99999 don't*/", "é", "表", "@", ".", "5", "-", "*", "'", "`", "/*", "*/", "\\", "\0"),
    ]
)
SYNTAXES = st.builds(Syntax, st.booleans(), st.booleans(), st.sampled_from([None, 50744, 90704, 101119]), st.booleans())


@given(st.lists(PIECES).map("".join), SYNTAXES)
def test_tokens_and_gaps_make_the_text(sql: str, syntax: Syntax) -> None:
    """Tokens are slices in order, and between them there is nothing but blanks and comments."""
    try:
        tokens = tokenize(sql, syntax)
    except UnreadableSql as error:
        assert 0 <= error.offset <= len(sql)
        return
    end = 0
    for token in tokens:
        assert token.start >= end
        assert token.text == sql[token.start : token.end]
        gap = sql[end : token.start]
        assert not gap.strip(" \n") or gap.lstrip(" \n").startswith(("/*", "*/", "--", "#"))
        end = token.end
    assert end == len(sql)


@given(st.text(), SYNTAXES)
def test_any_text_is_read_or_refused_with_a_place(sql: str, syntax: Syntax) -> None:
    try:
        assert tokenize(sql, syntax)[-1].kind is Kind.END
    except UnreadableSql as error:
        assert 0 <= error.offset < len(sql)


@given(st.text(), st.booleans())
def test_a_quoted_string_is_one_token_of_its_value(text: str, escapes: bool) -> None:
    literal = "'" + (text.replace("\\", "\\\\") if escapes else text).replace("'", "''") + "'"
    tokens = tokenize(literal, Syntax(backslash_escapes=escapes))
    assert [token.kind for token in tokens] == [Kind.STRING, Kind.END]
    assert string_value(literal, escapes) == text
