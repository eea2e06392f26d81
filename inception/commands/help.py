"""List the commands, or those with a word in them: how each is written, and what it does."""

from collections.abc import Mapping

from inception.answer import Answer, ResultSet, texts
from inception.commands import Context, all_commands

SYNTAX = "inception help [<word>]"


async def run(context: Context, arguments: Mapping[str, str | None]) -> Answer:
    """Answer Command and Meaning, a row for each command; no match gives an empty set."""
    word = (arguments["word"] or "").lower()
    rows = [(each.syntax, each.help) for each in all_commands() if word in each.syntax.lower()]
    return ResultSet(texts("Command", "Meaning"), rows)
