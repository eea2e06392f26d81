"""`python -m tests.docs`: write docs/rules.md, variables.md and commands.md from the code; a test compares."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from inception.commands import all_commands
from inception.rule import Level, Rule, all_rules, rule_variables
from inception.settings import Settings
from inception.variables import Variable

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
CASES = ROOT / "tests/rules"
_LEVELS = {Level.NOTE: "note", Level.WARNING: "1 (warning)", Level.ERROR: "2 (error)"}
_GROUPS = ("statement", "table", "column", "index", "insert", "dml", "select", "alter")
_INTRODUCTION = """# Audit rules

Written by `python -m tests.docs` from the rules themselves; do not edit.

A finding of level 1 is a warning, which an execution may ignore; one of level 2 is an error, which stops it; a note is
shown and leaves `errlevel` at 0. A rule looks at the schema as it will stand after the statement, and speaks only of
what the statement makes or changes. The examples are test cases: they run on MySQL 8.0 in strict mode unless they say
otherwise.
"""


def rules_page() -> str:
    """Return the text of docs/rules.md."""
    groups: dict[str, list[Rule]] = {name: [] for name in _GROUPS}
    for rule in all_rules():
        groups[_group(rule)].append(rule)
    parts = [_INTRODUCTION, *_overview(groups)]
    for name, rules in groups.items():
        title = importlib.import_module(f"inception.rules.{name}").__doc__ or ""
        parts.append(f"## {title.rstrip('.')}\n")
        parts += ["\n".join(_section(rule)) for rule in rules]
    return "\n".join(parts)


def _group(rule: Rule) -> str:
    return rule.check.__module__.split(".")[-2]


def _overview(groups: dict[str, list[Rule]]) -> Iterator[str]:
    yield "| rule | level | switch | finds |\n| --- | --- | --- | --- |"
    for rules in groups.values():
        for rule in rules:
            switches = ", ".join(f"{each.name}" for each in rule.variables)
            finds = rule.summary.replace("|", "\\|")
            yield f"| [{rule.name}](#{rule.name}) | {_LEVELS[rule.level]} | {switches} | {finds} |"
    yield ""


def _section(rule: Rule) -> Iterator[str]:
    document = yaml.safe_load((CASES / f"{rule.name}.yaml").read_text())
    yield f"### {rule.name}\n"
    yield f"{rule.doc}\n\n*Why:* {document['why'].strip()} *Level:* {_LEVELS[rule.level]}."
    for variable in rule.variables:
        yield f"\n`{variable.name}` (default {_default(variable)}): {variable.help}"
    yield ""
    found = next(case for case in document["cases"] if case["finds"])
    passed = next(case for case in document["cases"] if not case["finds"])
    yield "\n".join(("```sql", *_example(found), "", *_example(passed), "```", ""))


def _default(variable: Variable) -> str:
    return variable.text(variable.default)


def _example(case: dict[str, Any]) -> Iterator[str]:
    circumstances = {key: case[key] for key in ("server", "sql_mode", "executing", "refusal") if key in case}
    for key, value in {**circumstances, **case.get("set", {})}.items():
        yield f"-- {key}: {_shown(value)}"
    for text in case.get("given", []):
        yield f"-- given: {text}"
    yield case["sql"].strip() + ";"
    for message in case["finds"]:
        yield f"--> {message.strip()}"
    if not case["finds"]:
        yield "--> nothing"


def _shown(value: object) -> str:
    return {True: "ON", False: "OFF"}[value] if isinstance(value, bool) else str(value)


def variables_page() -> str:
    """Return the text of docs/variables.md."""
    lines = [_VARIABLES]
    for name, variable in sorted(Settings(rule_variables()).variables.items()):
        allowed = variable.allowed.replace("|", "\\|") + (f" ({variable.unit})" if variable.unit else "")
        default = f"`{_default(variable)}`" if _default(variable) else ""
        lines.append(f"| {name} | {variable.scope} | {default} | {allowed} | {variable.help} |")
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    """Return the text of docs/commands.md."""
    parts = [_COMMANDS]
    parts += [f"## `{command.syntax}`\n\n{command.help}\n" for command in all_commands()]
    return "\n".join(parts)


_VARIABLES = """# Variables

Written by `python -m tests.docs` from the code; do not edit.

Set them in the configuration (YAML, an option file's group `[inception]`, `--name=value`) or, where the scope is
global or session, with `inception set`.

| name | scope | default | allowed | meaning |
| --- | --- | --- | --- | --- |"""
_COMMANDS = """# Commands

Written by `python -m tests.docs` from the code; do not edit.

Given outside a batch, from any MySQL client; words in any case, `inc` for `inception`, the final `;` optional.
"""
PAGES = {"rules.md": rules_page, "variables.md": variables_page, "commands.md": commands_page}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page())
