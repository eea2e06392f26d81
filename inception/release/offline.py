"""Auditing without a server: the schema is a dump's, and what the batch makes of it. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from inception.advance import advance
from inception.audit import audit
from inception.batch import read_batch
from inception.batch.options import Mode, Options
from inception.batch.split import split
from inception.catalog import Catalog
from inception.errors import BadOption
from inception.release.outcome import Script
from inception.report import Report, checked
from inception.scene import Intent
from inception.schema.model import Database
from inception.server import ServerVersion
from inception.settings import Snapshot
from inception.world import Server, World


def check_offline(
    scripts: Sequence[Script], dump: Script, version: str, sql_mode: str, database: str, values: Snapshot
) -> list[Report]:
    """Audit scripts, in order, on the schema of a dump. Nothing is asked of a target, so less is found.

    `version` and `sql_mode` are as servers print theirs: 8.0.36, 10.11.6-MariaDB. `database` is the one to begin in; ''
    for the only one that the dump makes. Raises BadOption where that is not certain.
    """
    server = Server(ServerVersion.parse(version), {"sql_mode": sql_mode})
    catalog = _schema(dump, server, database)
    options = Options(Mode.CHECK, db=database or _only(catalog, dump))
    syntax = server.syntax
    quoting = {"ansi_quotes": syntax.ansi_quotes, "backslash_escapes": syntax.backslash_escapes}
    pieces = (piece for script in scripts for piece in split(script.text, **quoting))
    batch = read_batch(options, pieces, syntax)
    world = World(server, catalog)
    return [checked(each, None) for each in audit(batch, world, values, Intent())]


def _schema(dump: Script, server: Server, database: str) -> Catalog:
    printed = replace(server, variables={"sql_mode": ""}).syntax
    catalog = Catalog()
    if database:
        catalog = catalog.with_database(Database(database))
    batch = read_batch(Options(Mode.CHECK, db=database), split(dump.text), printed)
    for statement in batch.statements:
        if statement.problem is not None and statement.kind.is_ddl:
            raise BadOption(f"--schema: {dump.path}: statement {statement.number} can't be read: {statement.problem}.")
        for name in statement.changes:
            if name.database and catalog.database(name.database) is None:
                catalog = catalog.with_database(Database(name.database))
        catalog = advance(catalog, statement, printed)
    return catalog


def _only(catalog: Catalog, dump: Script) -> str:
    names = list(catalog.databases)
    if len(names) == 1:
        return names[0]
    raise BadOption(f"--db: say in which database the files begin; {dump.path} has {', '.join(names) or 'none'}.")
