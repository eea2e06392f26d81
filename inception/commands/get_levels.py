"""Show the level of every rule: 0 (off), 1 (warning), 2 (error) or note, its default, and whether it can be changed.

Where it can't be lowered, the last column says why. % and _ match as in LIKE. A source of the configuration may have
levels of its own, which hold for batches with --source and are not shown here.
"""

from collections.abc import Mapping

from inception.answer import Answer, ResultSet, texts
from inception.commands import Context
from inception.rule import Rule, all_rules
from inception.settings import like

SYNTAX = "inception get levels [[like] <pattern>]"


async def run(context: Context, arguments: Mapping[str, str | None]) -> Answer:
    """Answer Rule, Level, Default, Changeable, sorted by name."""
    wanted = like(arguments["pattern"] or "%")
    levels = context.gateway.settings.levels
    rows = [
        (rule.name, levels.get(rule.name, rule.level).shown, rule.level.shown, _changeable(rule))
        for rule in sorted(all_rules(), key=lambda rule: rule.name)
        if wanted.fullmatch(rule.name)
    ]
    return ResultSet(texts("Rule", "Level", "Default", "Changeable"), rows)


def _changeable(rule: Rule) -> str:
    return f"NO: {rule.shipped.firm}" if rule.shipped.firm else "YES"
