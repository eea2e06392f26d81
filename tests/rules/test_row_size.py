"""Half a page of InnoDB, with the server as judge: the widest row that we pass is taken, one column more is refused."""

import pytest

from inception.advance import new_table
from inception.catalog import Catalog
from inception.errors import ServerError
from inception.facts.page import page_bytes, page_limit
from inception.introspect import Observer
from inception.schema.define import define
from inception.schema.model import Table
from inception.world import Server
from tests.servers import DatabaseServer

# Of each so many columns that the limit of 65,535 bytes is far.
COLUMNS = (
    "char(100) not null", "char(100)", "varchar(39)", "varchar(100) not null", "varbinary(255) not null",
    "text not null", "char(60) charset utf8mb4 not null", "char(9) charset utf16 not null",
    "char(20) charset ucs2 not null", "bit(64) not null, e{n} enum('a') not null, f{n} decimal(65,30) not null",
)  # fmt: skip
FORMATS = ("dynamic", "compact", "redundant")
KEYS = ("", "id int primary key, ", "p varchar(90) not null, primary key (p(30)), ", "u int not null unique, ")


def text_of(column: str, count: int, layout: str, key: str) -> str:
    columns = ", ".join(f"c{number} {column.format(n=number)}" for number in range(count))
    return f"CREATE TABLE t ({key}{columns}) CHARSET latin1 ROW_FORMAT={layout}"


def table_of(text: str, server: Server) -> Table:
    return new_table(define(text), Catalog(), server.syntax)


def widest(column: str, layout: str, key: str, server: Server) -> int:
    """Return the most columns that we pass."""
    low, high = 1, 1000
    while low < high:
        middle = (low + high + 1) // 2
        table = table_of(text_of(column, middle, layout, key), server)
        most = page_limit(table, server)
        low, high = (middle, high) if most is not None and page_bytes(table, server) <= most else (low, middle - 1)
    return low


@pytest.mark.parametrize("layout", FORMATS)
def test_the_widest_row(target: DatabaseServer, layout: str) -> None:
    observer = Observer(target.address)
    wrong = []
    with target.connect() as connection, target.database() as database:
        connection.query(f"USE {database}")
        for number, column in enumerate(COLUMNS):
            key = KEYS[number % len(KEYS)]
            count = widest(column, layout, key, observer.server)
            connection.query(text_of(column, count, layout, key))
            connection.query("DROP TABLE t")
            try:
                connection.query(text_of(column, count + 1, layout, key))
                connection.query("DROP TABLE t")
                wrong.append(f"{count + 1} of {column} with '{key}' are taken")
            except ServerError as error:
                assert error.errno == 1118  # ER_TOO_BIG_ROWSIZE
    observer.close()
    assert wrong == []
