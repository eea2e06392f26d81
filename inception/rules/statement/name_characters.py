"""A name with a character other than letters, digits and the underscore."""

import re
from collections.abc import Iterator
from typing import Annotated

from inception.facts.names import new_names
from inception.rule import Level
from inception.schema.alter import AlterTable
from inception.schema.databases import CreateDatabase
from inception.schema.define import CreateTable
from inception.schema.statements import CreateIndex, RenameTables
from inception.schema.views import CreateView
from inception.settings.variables import Help

LEVEL = Level.WARNING
ORDER = 62
_PLAIN = re.compile(r"[A-Za-z0-9_]*")


def check(
    form: CreateTable | AlterTable | CreateDatabase | CreateIndex | RenameTables | CreateView,
    *,
    inception_check_identifier: Annotated[bool, Help("Names are of letters, digits and underscores only.")] = True,
) -> Iterator[str]:
    """Yield a finding for each name that the statement gives."""
    if not inception_check_identifier:
        return
    for _, name in new_names(form):
        if not _PLAIN.fullmatch(name):
            yield f'Identifier "{name}" is invalid, valid options: [a-z,A-Z,0-9,_].'
