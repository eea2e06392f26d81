"""Outcomes as SARIF 2.1.0, which code scanning reads. Pure.

Format: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import PurePath
from urllib.parse import quote

from inception import __version__
from inception.release.outcome import Line, Remark
from inception.rule import Rule, all_rules

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = ("note", "warning", "error")


def as_sarif(lines: Sequence[Line]) -> str:
    """Return a log with one run: every remark is a result, at the line where its statement begins."""
    found = [(line, remark) for line in lines for remark in line.remarks]
    names = {remark.rule for _, remark in found}
    rules = [_rule(rule) for rule in all_rules() if rule.name in names]
    places = {str(rule["id"]): place for place, rule in enumerate(rules)}
    run = {
        "tool": {"driver": {"name": "inception", "version": __version__, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(line, remark, places) for line, remark in found],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def _rule(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.doc},
        "defaultConfiguration": {"level": _LEVELS[rule.level.errlevel]},
    }


def _result(line: Line, remark: Remark, places: dict[str, int]) -> dict[str, object]:
    statement = " ".join(line.report.sql.split())
    fingerprint = hashlib.sha256(f"{remark.rule}\0{remark.message}\0{statement}".encode("utf-8", "replace")).hexdigest()
    location = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(PurePath(line.path).as_posix())},
            "region": {"startLine": line.line},
        }
    }
    return {
        "ruleId": remark.rule,
        **({"ruleIndex": places[remark.rule]} if remark.rule in places else {}),
        "level": _LEVELS[remark.level],
        "message": {"text": remark.message},
        "locations": [location],
        "partialFingerprints": {"statement/v1": fingerprint},
    }
