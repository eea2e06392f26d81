"""Outcomes as JSON, GitHub annotations and JUnit XML. SARIF is sarif.py's, tables are tables.py's. Pure."""

import json
import re
from collections.abc import Sequence
from itertools import groupby
from xml.etree import ElementTree

from inception.release.outcome import Line

_LEVELS = ("note", "warning", "error")
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_json(lines: Sequence[Line]) -> str:
    """Return one document: the statements of each file, and how many errors and warnings there are."""
    remarks = [remark.level for line in lines for remark in line.remarks]
    files = [
        {"path": path, "statements": [_statement(line) for line in group]}
        for path, group in groupby(lines, key=lambda line: line.path)
    ]
    document = {"files": files, "errors": remarks.count(2), "warnings": remarks.count(1)}
    return json.dumps(document, ensure_ascii=False, indent=2)


def _statement(line: Line) -> dict[str, object]:
    report = line.report
    return {
        "id": report.number, "line": line.line, "sql": report.sql, "level": _LEVELS[report.errlevel],
        "stage": report.stage.value, "status": str(report.status), "affected_rows": report.affected_rows,
        "sequence": report.sequence.strip("'"), "backup_dbname": report.backup_dbname,
        "execute_time": float(report.execute_time), "sqlsha1": report.sqlsha1,
        "remarks": [
            {"rule": each.rule, "level": _LEVELS[each.level], "message": each.message} for each in line.remarks
        ],
    }  # fmt: skip


def as_github(lines: Sequence[Line]) -> str:
    """Return workflow commands of GitHub Actions, an annotation for each remark."""
    return "\n".join(
        f"::{'notice' if remark.level == 0 else _LEVELS[remark.level]} "
        f"file={_property(line.path)},line={line.line},title={_property(remark.rule)}::{_data(remark.message)}"
        for line in lines
        for remark in line.remarks
    )


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def as_junit(lines: Sequence[Line]) -> str:
    """Return a test suite for each file, a test case for each statement; errors are failures, warnings are output."""
    suites = ElementTree.Element("testsuites")
    for path, group in groupby(lines, key=lambda line: line.path):
        statements = list(group)
        failed = sum(line.report.errlevel == 2 for line in statements)
        counted = {"tests": str(len(statements)), "failures": str(failed), "errors": "0", "skipped": "0"}
        suite = ElementTree.SubElement(suites, "testsuite", {"name": _xml(path), **counted})
        for line in statements:
            suite.append(_case(line))
    return ElementTree.tostring(suites, "unicode", xml_declaration=True)


def _case(line: Line) -> ElementTree.Element:
    name = _xml(f"{line.line}: {' '.join(line.report.sql.split())[:80]}")
    case = ElementTree.Element(
        "testcase", classname=_xml(line.path), name=name, file=_xml(line.path), line=str(line.line),
        time=line.report.execute_time,
    )  # fmt: skip
    said = _xml("\n".join(f"{_LEVELS[each.level]}: {each.message} [{each.rule}]" for each in line.remarks))
    if line.report.errlevel == 2:
        first = next((each.message for each in line.remarks if each.level == 2), str(line.report.status))
        ElementTree.SubElement(case, "failure", message=_xml(first)).text = said
    elif said:
        ElementTree.SubElement(case, "system-out").text = said
    return case


def _xml(text: str) -> str:
    """Return a text without the characters that XML has no place for."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
