"""What is SQL in a test script, and what is not."""

import pytest

from tests.corpus.scripts import statements


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("select 1;\n# select 2;\nselect 3;", ["select 1", "select 3"]),
        ("--echo select 1;\n--error 1064\nselec 2;", ["selec 2"]),
        ("--disable_warnings\ndrop table if exists t;\nenable_warnings;\nlet $a= 5;\neval select $a;", ["drop table if exists t"]),
        ("delimiter |;\ncreate procedure p() begin select 1; end|\ndelimiter ;|\nselect 2;", ["create procedure p() begin select 1; end", "select 2"]),
        ("--delimiter $$\nselect 1; select 2$$", ["select 1; select 2"]),
        ("select ';', \"it's\";\nselect 'a\\';b';", ["select ';', \"it's\"", "select 'a\\';b'"]),
        ("if ($x)\n{\n  select 1;\n}\nwhile ($y) {\nsend select 2;\n}\n", ["select 1", "select 2"]),
        ("perl;\nprint 'x;';\nEOF\nselect 1;\n--write_file $f END\nselect 0;\nEND\nselect 2;", ["select 1", "select 2"]),
    ],
)  # fmt: skip
def test_statements(script: str, found: list[str]) -> None:
    assert list(statements(script)) == found
