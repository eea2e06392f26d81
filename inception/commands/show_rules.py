"""Show every audit rule: its name, the level in force (note, off, warning or error), variables, and what it finds."""

from collections.abc import Mapping

from inception.answer import Answer, ResultSet, texts
from inception.commands import Context
from inception.rule import Level, all_rules

SYNTAX = "inception show rules"
_WORDS = {Level.NOTE: "note", Level.NONE: "off", Level.WARNING: "warning", Level.ERROR: "error"}


async def run(context: Context, arguments: Mapping[str, str | None]) -> Answer:
    """Answer a row for each rule, in the order in which findings are listed."""
    levels = context.gateway.settings.levels
    rows = [
        (
            rule.name,
            _WORDS[levels.get(rule.name, rule.level)],
            ", ".join(each.name for each in rule.variables),
            rule.summary,
        )
        for rule in all_rules()
    ]
    return ResultSet(texts("Rule", "Level", "Variables", "Finds"), rows)
