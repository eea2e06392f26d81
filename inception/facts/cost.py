"""Advice on what an ALTER TABLE costs: the statements that do the same without a rebuild. Pure."""

from collections.abc import Iterator, Sequence

from inception.facts.alteration import Alteration, Cost
from inception.facts.online_ddl import Work, foresee
from inception.facts.prices import price_of
from inception.schema import actions as act
from inception.schema.apply import apply
from inception.schema.model import Table
from inception.world import Server

_CHEAP = (Work.METADATA, Work.INDEX)


def cheaper_sequence(table: Table, actions: Sequence[act.Action], server: Server) -> tuple[str, ...]:
    """Return the statements, in words, that do what the actions do without the rebuild that they cause together.

    Nothing where they cause none, or where one of the statements would rebuild the table as well.
    """
    if foresee(table, actions, server).work is not Work.REBUILD:
        return ()
    steps = [step for step in _steps(table, actions, server) if step]
    if not all(_cheap(table, steps, server)):
        return ()
    return tuple(", ".join(map(_words, step)) for step in steps)


def _steps(table: Table, actions: Sequence[act.Action], server: Server) -> Iterator[Sequence[act.Action]]:
    """Yield what goes first, indexes; then what is done at once; then the rest."""
    dropped = [action for action in actions if isinstance(action, act.DropIndex)]
    alter = Alteration(table, actions, server)
    of_columns = (
        act.DropIndex(index.name)
        for action in actions
        if isinstance(action, act.DropColumn)
        for index in alter.indexes_of(action.name)
        if len(index.parts) == 1
    )
    first = list(dict.fromkeys([*of_columns, *dropped]))
    rest = [action for action in actions if not isinstance(action, act.DropIndex)]
    at_once = [action for action in rest if _price_after(table, first, action, server) <= Cost.VIRTUAL]
    yield from (first, at_once, [action for action in rest if action not in at_once])


def _price_after(table: Table, first: Sequence[act.Action], action: act.Action, server: Server) -> Cost:
    return price_of(action, Alteration(apply(table, first, server.syntax), (action,), server)).cost


def _cheap(table: Table, steps: Sequence[Sequence[act.Action]], server: Server) -> Iterator[bool]:
    """Tell of each step, done after the ones before it, whether it leaves the rows where they are."""
    for step in steps:
        yield foresee(table, step, server).work in _CHEAP
        table = apply(table, step, server.syntax)


def _words(action: act.Action) -> str:
    match action:
        case act.AddColumn(column=column):
            return f"ADD COLUMN {column.name}"
        case act.DropColumn(name=name):
            return f"DROP COLUMN {name}"
        case act.ChangeColumn(old=old) | act.RenameColumn(old=old):
            return f"CHANGE COLUMN {old}"
        case act.SetDefault(column=name) | act.DropDefault(column=name):
            return f"ALTER COLUMN {name}"
        case act.AddIndex(index=index):
            return f"ADD INDEX {index.name}"
        case act.DropIndex(name=name):
            return f"DROP INDEX {name}"
        case act.RenameIndex(old=name):
            return f"RENAME INDEX {name}"
        case act.SetOption(name=name):
            return name.upper()
    return type(action).__name__.upper()
