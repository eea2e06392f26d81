"""A name that is a reserved word of the target's version."""

from collections.abc import Iterator
from typing import Annotated

from inception.facts.keywords import is_reserved
from inception.facts.names import new_names
from inception.rule import Level
from inception.scene import Scene
from inception.schema.alter import AlterTable
from inception.schema.databases import CreateDatabase
from inception.schema.define import CreateTable
from inception.schema.statements import CreateIndex, RenameTables
from inception.schema.views import CreateView
from inception.settings.variables import Help

LEVEL = Level.WARNING
ORDER = 64


def check(
    form: CreateTable | AlterTable | CreateDatabase | CreateIndex | RenameTables | CreateView,
    scene: Scene,
    *,
    inception_enable_identifer_keyword: Annotated[bool, Help("Reserved words are allowed as names.")] = False,
) -> Iterator[str]:
    """Yield a finding for each name that the statement gives."""
    if inception_enable_identifer_keyword:
        return
    for _, name in new_names(form):
        if is_reserved(name, scene.world.server.version):
            yield f"Identifier '{name}' is keyword in {scene.world.server.version}."
