"""A name that is too long: 64 characters for databases, tables, columns, indexes and constraints, 256 for aliases."""

from collections.abc import Iterator

from inception.batch.facts import aliases
from inception.batch.statement import Delete, Insert, Select, Update
from inception.facts.names import new_names
from inception.rule import REFUSED, Level
from inception.scene import Scene
from inception.schema.alter import AlterTable
from inception.schema.databases import CreateDatabase
from inception.schema.define import CreateTable
from inception.schema.statements import CreateIndex, RenameTables
from inception.schema.views import CreateView

LEVEL = Level.ERROR
FIRM = REFUSED
ORDER = 60
_MOST = 64
_MOST_ALIAS = 256


def check(
    form: CreateTable | AlterTable | CreateDatabase | CreateIndex | RenameTables | CreateView
    | Insert | Update | Delete | Select,
    scene: Scene,
) -> Iterator[str]:  # fmt: skip
    """Yield a finding for each."""
    if isinstance(form, Insert | Update | Delete | Select):
        if len(scene.statement.text) > _MOST_ALIAS and not (isinstance(form, Insert) and not form.has_query):
            yield from _aliases(form)
        return
    for what, name in new_names(form):
        if len(name) > _MOST:
            yield f"Identifier name '{name[:_MOST]}…' is too long: {what} names have at most {_MOST} characters."


def _aliases(form: Insert | Update | Delete | Select) -> Iterator[str]:
    for name in aliases(form.tree):
        if len(name) > _MOST_ALIAS:
            yield f"Identifier name '{name[:_MOST]}…' is too long: an alias has at most {_MOST_ALIAS} characters."
