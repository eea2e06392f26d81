"""Tables with keys of all sorts, each with an equal mirror, for row changes in ranges of a key."""

from inception.mysql import Connection
from tests.end_to_end.conftest import Row, Shop

FAST = "inception set session inception_chunk_pause = 0; "
TABLES = {
    "number": ("id int primary key", "n"),
    "unsigned": ("id bigint unsigned primary key", "18446744073709551615 - n * 3"),
    "negative": ("id decimal(20,5) primary key", "-7.00001 * n + 1000"),
    "day": ("id date primary key", "'1969-12-01' + interval n day"),
    "moment": ("id datetime(6) primary key", "'2026-10-25 02:59:59.999990' + interval n microsecond"),
    "bytes": ("id varbinary(40) primary key", "unhex(sha2(n, 256))"),
    "fixed": ("id binary(8) primary key", "unhex(lpad(hex(n * 256), 6, '0'))"),
    "name": ("id varchar(40) charset utf8mb4 collate utf8mb4_unicode_ci primary key",
             "concat(elt(n % 5 + 1, 'é', 'E', 'ß', 'a\\'', '中\\\\'), n, elt(n % 3 + 1, '', 'Z', 'ü'))"),
    "three": ("id varchar(40) charset utf8mb3 collate utf8mb3_general_ci primary key", "concat(char(97 + n % 26), n, 'é')"),
    "western": ("id char(20) charset latin1 collate latin1_german1_ci primary key",
                "concat(convert(elt(n % 3 + 1, 'ö', 'O', 'p') using latin1), n)"),
    "chinese": ("id varchar(20) charset gbk primary key", "concat(elt(n % 3 + 1, '中', '文', 'a'), n)"),
    "several": ("id int not null, s varchar(9) charset utf8mb4 not null, d date not null, primary key (s, d, id)", "n % 7"),
    "unique": ("id int not null, f varchar(9) charset utf16 primary key, unique other (id)", "n"),
}  # fmt: skip


def fill(connection: Connection, definition: str, value: str, rows: int, *, options: str = "") -> None:
    """Make table t and its mirror m, equal, with rows whose key is made from n."""
    connection.query("DROP TABLE IF EXISTS t, m")
    connection.query(f"CREATE TABLE t ({definition}, a int, b varchar(50)) ENGINE=InnoDB {options}")
    columns, values = "id", value
    if "s varchar" in definition:
        columns, values = (
            "id, s, d",
            f"n, elt(({value}) + 1, 'a', 'B', 'b c', 'ö', 'z', '', 'a1'), '2026-01-01' + interval n % 5 day",
        )
    if "f varchar" in definition:
        columns, values = "id, f", f"{value}, n"
    numbers = f"(WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < {rows}) SELECT n FROM r) x"
    connection.query(f"INSERT INTO t ({columns}, a, b) SELECT {values}, n % 10, concat('row ', n) FROM {numbers}")
    connection.query("CREATE TABLE m LIKE t")
    connection.query("INSERT INTO m SELECT * FROM t")
    connection.query("ANALYZE TABLE t")


def rows_of(connection: Connection, table: str) -> list[str]:
    return sorted(map(repr, connection.query(f"SELECT * FROM {table}")))


def execute(shop: Shop, place: str, statement: str, options: str = "--batch-rows=7;") -> Row:
    *_, row = shop.execute(f"{FAST}use {place}; {statement};", options)
    return row
