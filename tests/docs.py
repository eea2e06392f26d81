"""`python -m tests.docs`: write docs/rules.md, variables.md, commands.md and tree.md from the code; a test compares."""

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from inception.batch.options import Mode
from inception.commands import all_commands
from inception.rule import Level, Rule, all_rules, rule_variables
from inception.settings import Settings
from inception.settings.variables import Variable
from tests.tree.support import SHOP, printed

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
CASES = ROOT / "tests/rules"
_LEVELS = {Level.NOTE: "note", Level.NONE: "0 (off)", Level.WARNING: "1 (warning)", Level.ERROR: "2 (error)"}
_GROUPS = ("statement", "table", "column", "index", "insert", "dml", "select", "alter")
_INTRODUCTION = """# Audit rules

Written by `python -m tests.docs` from the rules themselves; do not edit.

A finding of level 1 is a warning, which an execution may ignore; one of level 2 is an error, which stops it; a note is
shown and leaves `errlevel` at 0. One of level 0 is off until it is given
another level (`inception set level`, `levels:` in the configuration). A rule looks at the schema as it will stand after the statement, and speaks only of
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

Inside a batch, `inception show …` (whatever the target's SHOW takes) and `inception desc <table>` ask the target in the
database that is current there, while the batch is audited; the row's `SQL` holds the answer behind the statement, a line for
each row. What the target refuses is told there and hinders nothing. `inception set session <name> = <value>` holds for the
batch and has no row; `inception get …` and `inception set` of anything else mean nothing there and have none.
"""
_TREE = """# Syntax trees

Written by `python -m tests.docs` from the code; do not edit.

`--enable-query-print` answers a row for every statement but `use` and `set names`: `ID`, `statement`, `errlevel`,
`query_tree` (JSON), `errmsg`. Nothing is audited; `errlevel` is 2 where a statement cannot be read or names what does not
exist, as `errmsg` says. A statement that cannot be read has the tree `{}`.

Operators bind as the target's sql_mode has it: with PIPES_AS_CONCAT `||` is the function `CONCAT`, else `OR`.

Names are resolved on the target's schema and on what the batch made before: every column says its real database and
table. The JSON schema is [inception/tree/schema.json](../inception/tree/schema.json). The examples are in a database
`shop` with these tables:

```sql
"""
_MASKING = """
## Masking

`--masking=1` answers the same columns; `query_tree` is a list with an item for every column of a table behind every column
of a query's answer. `index` counts the answer's columns from 0; one that shows nothing of a table has no item.

A column cannot hide: every column that an expression names counts, through functions, CASE, windows, derived tables,
CTEs, unions, JSON_TABLE; of a query inside an expression also those in its conditions, which could be asked about a value.
What only picks rows of the query itself (WHERE, JOIN … ON, GROUP BY) does not count. A view is followed to its tables; one whose
query the account may not see (SHOW VIEW) counts as a table of its own.
What a user variable got in an earlier statement is not followed. Where not every column is known, and
where a stored function is called, which may read anything, `errlevel` is 2.

"""


def tree_page() -> str:
    """Return the text of docs/tree.md."""
    parts = [_TREE, *(f"{text};\n" for text in SHOP), "```\n"]
    for example in yaml.safe_load((ROOT / "tests/tree/examples.yaml").read_text()):
        parts.append(f"\n## {example['title']}\n\n{example['text']}\n\n```sql\n{example['sql']}\n```\n")
        parts += [_json(row.tree) for row in printed(example["sql"])]
    query = "select d.* from (select upper(phone) as p, id from users) as d"
    parts += [_MASKING, f"```sql\n{query}\n```\n", *(_json(row.tree) for row in printed(query, Mode.MASKING))]
    return "".join(parts)


def _json(tree: object) -> str:
    """Return JSON in which what fits stands on one line."""
    return f"\n```json\n{_laid_out(tree, '')}\n```\n"


def _laid_out(value: Any, indent: str) -> str:
    short = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(short) <= 118 or not isinstance(value, dict | list):
        return short
    inner = indent + "  "
    if isinstance(value, dict):
        items = [f"{json.dumps(key)}: {_laid_out(each, inner)}" for key, each in value.items()]
    else:
        items = [_laid_out(each, inner) for each in value]
    opened, closed = "{}" if isinstance(value, dict) else "[]"
    return f"{opened}\n{inner}" + f",\n{inner}".join(items) + f"\n{indent}{closed}"


PAGES = {"tree.md": tree_page, "rules.md": rules_page, "variables.md": variables_page, "commands.md": commands_page}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page())
