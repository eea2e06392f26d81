"""The formats for tooling, each held to what reads it."""

import json
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest

from inception.release.formats import as_github, as_json, as_junit
from inception.release.outcome import Line, Script, execution_code, exit_code, placed
from inception.release.sarif import as_sarif
from inception.report import Report, Stage
from inception.rule import Finding
from inception.settings.levels import Level

SARIF = json.loads((Path(__file__).parent / "sarif-schema-2.1.0.json").read_text())

FINE = Line("a b/1.sql", 1, Report(1, "use shop", 0))
WARNED = Line(
    "a b/1.sql", 3,
    Report(2, "update t\nset a = '\x01☃'", 1, ("no where,\n100% sure: yes",), findings=(Finding("dml_where", Level.WARNING, "no where,\n100% sure: yes"),)),
)  # fmt: skip
FAILED = Line(
    "2.sql", 7,
    Report(
        3, "insert into t values (1)", 2, ("a note", "Execute: <Duplicate> & \"entry\""), Stage.EXECUTED, "Execute failed",
        execute_time="0.250", sequence="'17_5_2'", findings=(Finding("own_rule", Level.NOTE, "a note"),),
    ),
)  # fmt: skip
ALL = [FINE, WARNED, FAILED]


@pytest.mark.parametrize("lines", [[], [FINE], ALL], ids=["nothing", "clean", "all"])
def test_sarif_is_valid(lines: list[Line]) -> None:
    jsonschema.Draft4Validator(SARIF).validate(json.loads(as_sarif(lines)))


def test_sarif() -> None:
    [run] = json.loads(as_sarif(ALL))["runs"]
    assert [each["ruleId"] for each in run["results"]] == ["dml_where", "own_rule", "execution"]
    assert [each["level"] for each in run["results"]] == ["warning", "note", "error"]
    first = run["results"][0]
    assert run["tool"]["driver"]["rules"][first["ruleIndex"]]["id"] == "dml_where"
    place = first["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "a%20b/1.sql"}, "region": {"startLine": 3}}
    moved = [Line(FINE.path, 99, WARNED.report)]
    again = json.loads(as_sarif(moved))["runs"][0]["results"][0]
    assert again["partialFingerprints"] == first["partialFingerprints"]


def test_github() -> None:
    assert as_github(ALL).splitlines() == [
        "::warning file=a b/1.sql,line=3,title=dml_where::no where,%0A100%25 sure: yes",
        "::notice file=2.sql,line=7,title=own_rule::a note",
        '::error file=2.sql,line=7,title=execution::Execute: <Duplicate> & "entry"',
    ]
    [odd] = as_github([Line("a,b:c.sql", 1, WARNED.report)]).splitlines()
    assert odd.startswith("::warning file=a%2Cb%3Ac.sql,line=1,")


def test_junit() -> None:
    first, second = ElementTree.fromstring(as_junit(ALL))
    assert (first.get("name"), first.get("tests"), first.get("failures")) == ("a b/1.sql", "2", "0")
    assert (second.get("tests"), second.get("failures")) == ("1", "1")
    assert "no where" in (first[1].findtext("system-out") or "")
    failure = second[0].find("failure")
    assert failure is not None
    assert failure.get("message") == 'Execute: <Duplicate> & "entry"'
    assert second[0].get("time") == "0.250"


def test_json() -> None:
    document = json.loads(as_json(ALL))
    assert (document["errors"], document["warnings"]) == (1, 1)
    assert [len(each["statements"]) for each in document["files"]] == [2, 1]
    failed = document["files"][1]["statements"][0]
    assert failed["sequence"] == "17_5_2"
    assert failed["remarks"][1] == {
        "rule": "execution", "level": "error", "message": 'Execute: <Duplicate> & "entry"',
    }  # fmt: skip


def test_exit_codes() -> None:
    assert [exit_code(lines, strict=False) for lines in ([], [FINE], [WARNED], ALL)] == [0, 0, 0, 2]
    assert [exit_code(lines, strict=True) for lines in ([], [FINE], [WARNED], ALL)] == [0, 0, 1, 2]
    assert execution_code([FINE], strict=False) == 2  # it was not executed
    done = Line("x", 1, Report(1, "use shop", 0, stage=Stage.RERUN))
    asked = Line("x", 2, Report(2, "inception show tables:\nt", 0))
    assert execution_code([done, asked], strict=True) == 0


def test_places() -> None:
    texts = (
        Script("1", "use a;\n\n-- why\nselect 1;\ninception set session x = 1;\ninception show tables;\n"),
        Script("2", "\ndelimiter //\ncreate trigger t before insert on t for each row begin\n select 1; end//\n"),
    )
    reports = [Report(number, "", 0) for number in range(4)]
    assert [(line.path, line.line) for line in placed(texts, reports)] == [("1", 1), ("1", 4), ("1", 6), ("2", 3)]
