"""Every rule against its own cases: tests/rules/<rule>.yaml, in milliseconds and without a server."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from inception.audit import audit
from inception.batch import Batch, read_batch
from inception.batch.options import Mode, Options
from inception.batch.split import split
from inception.catalog import Catalog
from inception.rule import Level, all_rules, rule_levels, rule_variables
from inception.scene import Intent
from inception.schema.define import define
from inception.schema.model import Database, TableName
from inception.server import ServerVersion
from inception.settings import Settings
from inception.world import Answer, Blocker, Reference, Server, Stored, Tool, Trigger, Unknown, Verdict, World

CASES = Path(__file__).parent
DATABASE = "shop"


def cases() -> list[Any]:
    found = []
    for path in sorted(CASES.glob("*.yaml")):
        document = yaml.safe_load(path.read_text())
        for number, case in enumerate(document["cases"], 1):
            found.append(pytest.param(path.stem, on(document, case), id=f"{path.stem}-{number}"))
    return found


def on(document: dict[str, Any], case: dict[str, Any]) -> dict[str, Any]:
    """Return a case with the levels that its file gives: for rules that are shipped off."""
    return {"levels": document["levels"], **case} if "levels" in document else case


def world_of(case: dict[str, Any]) -> World:
    version = ServerVersion.parse(case.get("server", "8.0.36"))
    tables = [define(text, database=DATABASE) for text in case.get("given", [])]
    catalog = Catalog(
        bool(case.get("folded")),
        {name: Database(name, "utf8mb4", "utf8mb4_0900_ai_ci") for name in (DATABASE, "other")},
        {table.name: table for table in tables},
        case.get("variables", {}).get("character_set_server", ""),
    )
    verdicts = {number: Verdict(*answer) for number, answer in case.get("verdicts", {}).items()}
    counts = {_table(name): rows for name, rows in case.get("row_counts", {}).items()}
    server = Server(version, {"sql_mode": case.get("sql_mode", "STRICT_TRANS_TABLES"), **case.get("variables", {})})
    collations = {name: frozenset(charsets) for name, charsets in case.get("collations", {}).items()}
    charsets = {charset: 4 for charsets in collations.values() for charset in charsets}
    triggers = {
        _table(name): tuple(Trigger(*each) for each in found) for name, found in case.get("triggers", {}).items()
    }
    leftovers = {_table(name): tuple(found) for name, found in case.get("leftovers", {}).items()}
    references = tuple(
        Reference(
            TableName(DATABASE, key.parent.name),
            table.name,
            frozenset(key.parent_columns),
            key.on_delete,
            key.on_update,
        )
        for table in tables
        for key in table.foreign_keys
    )
    pointing = {table.name: tuple(each for each in references if each.parent == table.name) for table in tables}
    probes = {number: tuple(Answer(*each) for each in found) for number, found in case.get("probes", {}).items()}
    return World(
        server,
        catalog,
        counts,
        verdicts,
        case.get("estimates", {}),
        charsets,
        collations,
        triggers,
        leftovers,
        references,
        probes,
        {_table(name): Stored(**facts) for name, facts in case.get("stored", {}).items()},
        {_table(name): tuple(Blocker(*each) for each in found) for name, found in case.get("blockers", {}).items()},
        unestimated={number: Unknown(*each) for number, each in case.get("unestimated", {}).items()},
        tool=_tool(*case["tool"]) if "tool" in case else None,
        children={_table(name): tuple(map(_table, found)) for name, found in case.get("children", {}).items()},
        pointing=pointing,
    )


def _tool(version: list[int], problem: str = "") -> Tool:
    return Tool("/usr/bin/pt-online-schema-change", (version[0], version[1], version[2]), problem)


def _table(name: str) -> TableName:
    return TableName(DATABASE, name)


def batch_of(case: dict[str, Any], world: World) -> Batch:
    options = Options(
        Mode.CHECK, db=case.get("database", DATABASE), batch_rows=case.get("batch_rows", 0), trans=case.get("trans", 0)
    )
    return read_batch(options, split(case["sql"]), world.server.syntax)


def findings(case: dict[str, Any]) -> list[tuple[str, int, str]]:
    world = world_of(case)
    settings = Settings(rule_variables(), shipped=rule_levels())
    for name, value in case.get("set", {}).items():
        text = {True: "ON", False: "OFF"}.get(value, str(value)) if isinstance(value, bool) else str(value)
        settings.set_global(name, text)
    for name, level in case.get("levels", {}).items():
        settings.set_level(name, str(level))
    number, rows = case.get("halfway", (0, 0))
    intent = Intent(bool(case.get("executing")), True, case.get("refusal", ""), (number, rows))
    return [
        (finding.rule, int(finding.level), finding.message)
        for audited in audit(batch_of(case, world), world, settings.snapshot(), intent)
        for finding in audited.findings
    ]


@pytest.mark.parametrize(("rule", "case"), cases())
def test_case(rule: str, case: dict[str, Any]) -> None:
    found = [(level, message) for name, level, message in findings(case) if name == rule]
    assert [message for _, message in found] == case["finds"]
    if "level" in case:
        assert {level for level, _ in found} == {case["level"]}


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.name)
def test_every_rule_is_shown_both_ways(rule: Any) -> None:
    path = CASES / f"{rule.name}.yaml"
    assert path.exists(), f"write {path.name}: cases that the rule finds and cases that it must leave alone"
    document = yaml.safe_load(path.read_text())
    assert document["why"].strip()
    assert any(case["finds"] for case in document["cases"]), "no case that is found"
    assert (rule.level is Level.NONE) is ("levels" in document), "levels: of a file are for rules that are shipped off"
    assert any(not case["finds"] for case in document["cases"]), "no case that is left alone"


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.name)
def test_every_switch_is_tried(rule: Any) -> None:
    document = yaml.safe_load((CASES / f"{rule.name}.yaml").read_text())
    tried = {name for case in document["cases"] for name in case.get("set", {})}
    assert {variable.name for variable in rule.variables} <= tried


def test_every_case_file_has_its_rule() -> None:
    assert {path.stem for path in CASES.glob("*.yaml")} == {rule.name for rule in all_rules()}


def test_a_bare_table_gives_the_findings_users_know() -> None:
    case = {"sql": "CREATE TABLE adaptive_office(id int)", "set": {"inception_enable_nullable": False}}
    assert [message for _, _, message in findings(case)] == [
        "Set engine to innodb for table 'adaptive_office'.",
        "Set charset to one of 'utf8mb4' for table 'adaptive_office'.",
        "Set comments for table 'adaptive_office'.",
        "Column 'id' in table 'adaptive_office' have no comments.",
        "Column 'id' in table 'adaptive_office' is not allowed to be nullable.",
        "Set Default value for column 'id' in table 'adaptive_office'",
        "Set a primary key for table 'adaptive_office'.",
    ]
