"""Which way an ALTER TABLE runs: natively, or online by copying the table. Decided at audit time. Pure.

What only needs the definition changed runs natively, whatever the table's size; so does what an online tool would get
wrong silently. The rest goes online from inception_osc_min_table_size on.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from inception.advance import advance
from inception.batch.options import Options
from inception.batch.statement import Kind, Statement
from inception.errors import DefinitionError
from inception.facts.foreseen import foreseen_in
from inception.facts.online_ddl import only_words
from inception.facts.row_copy import (
    about_the_rows,
    adds_unique,
    cuts_values,
    loses_rows,
    renamed_columns,
    row_key,
)
from inception.lexer import Syntax
from inception.osc.command import PROGRAM, cannot, is_galera, replicas_are_seen
from inception.osc.job import NATIVE, Job, Way, job_id
from inception.scene import Scene
from inception.schema import actions as act
from inception.schema.alter import AlterTable
from inception.schema.model import Table, TableName
from inception.schema.statements import read_ddl
from inception.server import Tls
from inception.world import Tool, World

MEGABYTE = 1 << 20
_REFUSED = "It is to go online, but cannot. {} (To alter natively set inception_osc_min_table_size above {} MB.)"
_IDENTIFIER = r"(?:[\w$]+|`(?:[^`]|``)+`|\"(?:[^\"]|\"\")+\")"
_RENAMES = re.compile(
    rf"\bCHANGE\s+(?:COLUMN\s+)?({_IDENTIFIER})\s+({_IDENTIFIER})|\bRENAME\s+COLUMN\s+({_IDENTIFIER})\s+TO\s+({_IDENTIFIER})",
    re.I,
)


_COMMENT = re.compile(r"\sCOMMENT\s+('(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.|\"\")*\")")
_ANY_COMMENT = re.compile(_COMMENT.pattern, re.I)
_UNIQUE = re.compile(r"\s(?:PRIMARY|UNIQUE)\s+(?:INDEX|KEY|).*?\(.*?\)", re.I)


def choose(scene: Scene, values: Mapping[str, Any], options: Options, count: int) -> Way:
    """Return which way a statement runs. `count` tells how often its text has stood in the batch, with this time."""
    form, old = scene.statement.form, scene.old
    if not isinstance(form, AlterTable) or old is None or old.is_view or old.temporary or not old.complete:
        return NATIVE
    new = scene.after.table(scene.statement.changes[-1])
    if new is None or not values["inception_osc_on"]:
        return Way("natively: inception_osc_on is OFF")
    instant = why_instant(scene, form, old)
    if instant:
        return Way(f"natively: {instant}", instant=True)
    native = why_native(form, old, new)
    if native:
        return Way(f"natively: {native}")
    case = _Case(scene, form, old, new, values)
    if case.size < case.limit * MEGABYTE:
        return Way(f"natively: {_megabytes(case.size)} MB is under inception_osc_min_table_size ({case.limit} MB)")
    return _online(case, options, count)


def way_of(statement: Statement, world: World, values: Mapping[str, Any], options: Options) -> Way:
    """Return which way a statement runs that stands by itself, on the world as it is."""
    after = advance(world.catalog, statement, world.server.syntax)
    return choose(Scene(statement, world.catalog, after, world), values, options, 1)


@dataclass(frozen=True)
class _Case:
    """An ALTER TABLE that would go online, with the table before and after it."""

    scene: Scene
    form: AlterTable
    old: Table
    new: Table
    values: Mapping[str, Any]

    @property
    def key(self) -> TableName:
        return self.scene.before.key(self.form.name)

    @property
    def size(self) -> int:
        return _size(self.scene.world, self.key)

    @property
    def limit(self) -> int:
        return int(self.values["inception_osc_min_table_size"])

    @property
    def children(self) -> tuple[TableName, ...]:
        return self.scene.world.children.get(self.key, ())

    @property
    def tool(self) -> Tool:
        return self.scene.world.tool or Tool(problem=f"{PROGRAM} was not looked for.")


def altered_online(statements: Iterable[Statement], world: World, values: Mapping[str, Any]) -> tuple[TableName, ...]:
    """Return the tables that are altered and large enough for that to be done online."""
    if not values["inception_osc_on"]:
        return ()
    limit = values["inception_osc_min_table_size"] * MEGABYTE
    altered = (
        world.catalog.key(each.changes[0]) for each in statements if each.kind is Kind.ALTER_TABLE and each.changes
    )
    return tuple(dict.fromkeys(key for key in altered if _size(world, key) >= limit))


def _size(world: World, key: TableName) -> int:
    """Return a table's bytes with its indexes; 0 for one that the target does not have."""
    stored = world.stored.get(key)
    return stored.size or 0 if stored is not None else 0


def why_instant(scene: Scene, form: AlterTable, old: Table) -> str:
    """Return why the target will do it without touching a row; '' where it will not, or that is not known.

    A Galera cluster stands still while a definition is changed in place, however little there is to do.
    """
    server = scene.world.server
    if only_words(old, form.actions, server):
        return "only names, comments or defaults change"
    if any(isinstance(action, act.Algorithm) and action.value == "instant" for action in form.actions):
        return "it asks for ALGORITHM=INSTANT"
    foreseen = foreseen_in(scene)
    if foreseen is None or not foreseen.metadata_only or (is_galera(server) and foreseen.algorithm != "INSTANT"):
        return ""
    return f"only the definition changes (ALGORITHM={foreseen.algorithm})"


def why_native(form: AlterTable, old: Table, new: Table) -> str:
    """Return why an ALTER TABLE runs natively whatever the table's size; '' where the size decides."""
    if form.ignore:
        return "ALTER IGNORE chooses among rows that collide, which online copying does not do in the same way"
    if index := loses_rows(old, new):
        return f"rows that collide in {index} would be lost silently by online copying"
    if index := adds_unique(form.actions):
        return f"it adds {index}, which is never done by online copying"
    if column := cuts_values(old, new):
        return f"values that do not fit would be cut silently by online copying ({column})"
    if action := about_the_rows(form.actions):
        return f"{action} is about the rows that are there"
    return ""


def _online(case: _Case, options: Options, count: int) -> Way:
    statement = case.scene.statement
    job = Job(
        job_id(options.host, options.port, statement.database, statement.text, count),
        statement.changes[0], statement.text, handed_over(statement.text, case.form, case.scene.world.server.syntax),
        referenced=bool(case.children),
        plain=all(character <= "\xff" for character in f"{case.old!r}{statement.text}"), force=options.force,
    )  # fmt: skip
    problems = tuple(_problems(case, job, options.tls))
    return Way(
        f"online: {_megabytes(case.size)} MB, and inception_osc_min_table_size is {case.limit} MB", job,
        problems=tuple(_REFUSED.format(each, _megabytes(case.size)) for each in problems), notes=tuple(_notes(case)),
    )  # fmt: skip


def _problems(case: _Case, job: Job, tls: Tls) -> Iterator[str]:
    if case.tool.problem:
        yield case.tool.problem
        return
    yield from cannot(case.tool, job, tls)
    if not job.alter:
        yield f"What is to be done cannot be cut out of the statement for {PROGRAM}: write it without comments."
    yield from _of_the_statement(case, job)
    yield from _of_the_table(case)
    yield from _of_references(case, job)


def _of_the_statement(case: _Case, job: Job) -> Iterator[str]:
    actions = case.form.actions
    if any(isinstance(action, act.RenameTable) for action in actions):
        yield "It renames the table besides: use a RENAME TABLE of its own."
    if any(renamed_columns(actions)) or _seems_to_rename(job.alter):
        yield (
            "A renamed column's data would be lost where the tool does not see from the text that it is renamed, "
            "or sees it where it is not: rename columns in an ALTER TABLE of its own."
        )
    if case.values["inception_osc_check_alter"] and re.search(r"DROP\s+PRIMARY\s+KEY", job.alter, re.I):
        yield "It drops the primary key, and inception_osc_check_alter is ON."
    if _UNIQUE.search(_ANY_COMMENT.sub("", job.alter)):
        yield (
            "The tool takes the word PRIMARY or UNIQUE in its text for a new unique key: alter that in a statement of "
            "its own."
        )
    own = {key.name.casefold() for key in case.old.foreign_keys}
    if any(_drops_foreign_key(action, own) for action in actions):
        yield "The new table's foreign keys have other names: drop a foreign key in an ALTER TABLE of its own."


def _drops_foreign_key(action: act.Action, own: set[str]) -> bool:
    if isinstance(action, act.DropConstraint):
        return action.name.casefold() in own
    return isinstance(action, act.DropForeignKey)


def _seems_to_rename(text: str) -> bool:
    """Tell whether the tool, which looks for words in the text, would take a column for renamed."""
    for match in _RENAMES.finditer(_COMMENT.sub("", text, count=1)):
        old, new = (name for name in match.groups() if name is not None)
        if old.strip('`"').casefold() != new.strip('`"').casefold():
            return True
    return False


def _of_the_table(case: _Case) -> Iterator[str]:
    name = case.old.name.name
    found = case.scene.world.triggers.get(case.key, ())
    triggers = [each.name for each in found if not each.name.lower().startswith("pt_osc_")]
    if triggers:
        yield f"Table '{name}' has triggers ({', '.join(triggers)}), which {PROGRAM} refuses."
    if row_key(case.old, case.new) is None:
        yield f"Table '{name}' has no primary key and no unique index without NULLs that lasts."
    if any("`" in column.name for column in case.old.columns):
        yield "It cannot work with a column whose name contains '`'."


def _of_references(case: _Case, job: Job) -> Iterator[str]:
    method = case.values["inception_osc_alter_foreign_keys_method"]
    if case.children and method == "none" and not job.force:
        yield (
            f"Foreign keys of {', '.join(map(str, case.children))} point at table '{case.old.name.name}', and "
            "inception_osc_alter_foreign_keys_method is none: they would be broken. Set it to rebuild_constraints or "
            "auto, or give --force to have them broken."
        )
    if case.children and method == "drop_swap" and case.tool.version < (3, 7, 0):
        yield "drop_swap fails with this version of the tool: use 3.7, or set inception_osc_alter_foreign_keys_method."


def _notes(case: _Case) -> Iterator[str]:
    yield (
        f"Goes online: the copy needs about {_megabytes(case.size)} MB more where the target keeps its data until the "
        "old table is dropped, and as much in the binary log."
    )
    if case.old.foreign_keys:
        yield f"Going online gives its own foreign keys other names: '{case.old.foreign_keys[0].name}' gets a _."
    if not case.tool.problem and not replicas_are_seen(case.tool, case.scene.world.server):
        yield "How late replicas are is not watched: this version of the tool does not know the target's words for it."


def handed_over(text: str, form: AlterTable, syntax: Syntax) -> str:
    """Return what an ALTER TABLE does, cut out of its text; '' where no piece of the text means the same."""
    starts = [form.body_start, text.rfind("/*!", 0, form.body_start), text.rfind("/*M!", 0, form.body_start)]
    for start in starts:
        if start >= 0 and _means_the_same(text[start:].strip(), form, syntax):
            return text[start:].strip()
    return ""


def _means_the_same(piece: str, form: AlterTable, syntax: Syntax) -> bool:
    try:
        again = read_ddl(f"ALTER TABLE t {piece}", database=form.name.database, syntax=syntax)
    except DefinitionError:
        return False
    return isinstance(again, AlterTable) and again.actions == form.actions and not again.wait


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:.1f}" if size < 10 * MEGABYTE else str(size // MEGABYTE)
