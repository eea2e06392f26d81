"""The names that a definition gives: databases, tables, columns, indexes, constraints. Pure."""

from collections.abc import Iterator

from inception.schema import actions as act
from inception.schema.alter import AlterTable
from inception.schema.databases import CreateDatabase
from inception.schema.define import CreateTable
from inception.schema.model import Column, Index, IndexKind
from inception.schema.statements import CreateIndex, RenameTables
from inception.schema.views import CreateView


def new_names(form: object) -> Iterator[tuple[str, str]]:
    """Yield what is named, in a word, and its name, in the order written; what a statement only uses is left out."""
    match form:
        case CreateDatabase(name=name):
            yield "database", name
        case CreateTable():
            yield from _of_table(form)
        case AlterTable(actions=actions):
            for action in actions:
                yield from _of_action(action)
        case CreateIndex(index=index):
            yield "index", index.name
        case RenameTables(pairs=pairs):
            for _, new in pairs:
                yield "table", new.name
        case CreateView(alter=False, name=name, columns=columns):
            yield "view", name.name
            for column in columns:
                yield "column", column


def _of_table(create: CreateTable) -> Iterator[tuple[str, str]]:
    table = create.table
    yield "table", table.name.name
    for column in table.columns:
        yield "column", column.name
    for index in table.indexes:
        yield from _of_index(index)
    for key in table.foreign_keys:
        yield "foreign key", key.name
    for check in table.checks:
        yield "constraint", check.name


def _of_index(index: Index) -> Iterator[tuple[str, str]]:
    yield "index", index.written_name if index.kind is IndexKind.PRIMARY else index.name


def _of_action(action: act.Action) -> Iterator[tuple[str, str]]:
    match action:
        case act.AddColumn(column=column):
            yield "column", column.name
        case act.ChangeColumn(old=old, column=Column(name=name)) if name != old:
            yield "column", name
        case act.RenameColumn(new=name):
            yield "column", name
        case act.AddIndex(index=index):
            yield from _of_index(index)
        case act.RenameIndex(new=name):
            yield "index", name
        case act.AddForeignKey(foreign_key=key):
            yield "foreign key", key.name
        case act.AddCheck(check=check):
            yield "constraint", check.name
        case act.RenameTable(new=new):
            yield "table", new.name
