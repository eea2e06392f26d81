"""Tables made on real servers: read as written and as printed, settled, and written again."""

from dataclasses import replace

import pytest

from inception.schema.define import CreateTable, define
from inception.schema.diff import diff
from inception.schema.render import render_create
from inception.schema.settle import settle
from inception.schema.statements import read_ddl
from tests.schema.tables import TABLES
from tests.schema.workshop import Workshop, shape

each_table = pytest.mark.parametrize(("name", "kind", "body"), TABLES, ids=[name for name, _, _ in TABLES])


@each_table
def test_definition(workshop: Workshop, name: str, kind: str, body: str) -> None:
    workshop.only(kind)
    workshop.query(f"CREATE TABLE {name} {body}")
    printed = workshop.printed(name)
    table = define(printed)

    workshop.query(f"DROP TABLE {name}")
    workshop.query(render_create(table))
    assert workshop.printed(name) == printed
    assert define(render_create(table)) == table
    assert diff(table, table) is None

    created = read_ddl(f"CREATE TABLE {name} {body}", database=workshop.database, syntax=workshop.syntax)
    assert isinstance(created, CreateTable)
    written = created.table
    if written.option("charset") is None:  # the database's
        written = replace(written, options=(*written.options, ("charset", "utf8mb4")))
    settled = settle(written, workshop.syntax)
    assert shape(settled) == shape(workshop.defined(name))
    assert settle(settled, workshop.syntax) == settled
