"""Show every audit rule: its name, level, variables, and what it finds."""

from collections.abc import Mapping

from inception.answer import Answer, ResultSet, texts
from inception.commands import Context
from inception.rule import all_rules

SYNTAX = "inception show rules"


async def run(context: Context, arguments: Mapping[str, str | None]) -> Answer:
    """Answer a row for each rule, in the order in which findings are listed."""
    rows = [
        (rule.name, rule.level.name.lower(), ", ".join(each.name for each in rule.variables), rule.summary)
        for rule in all_rules()
    ]
    return ResultSet(texts("Rule", "Level", "Variables", "Finds"), rows)
