"""Garbage for everything that reads a batch, from a seed: `python -m tests.batch.fuzz --seconds=60 [--seed=n]`.

What must hold: nothing but a finding or one of our own errors ever comes of any text, soon, and what is cut is the text.
A text is made of real statements in which things are broken: words and signs changed, repeated, left out, nested.
"""

import argparse
import random
import re
import time
from functools import cache
from pathlib import Path

from inception.audit import audit
from inception.batch import read_batch
from inception.batch.options import Mode, Options, read_options
from inception.batch.split import looks_like_batch, opens_batch, read_envelope, split
from inception.catalog import Catalog
from inception.errors import InceptionError
from inception.lexer import Syntax
from inception.rule import rule_variables
from inception.scene import Intent
from inception.schema.define import define
from inception.schema.model import Database, Table
from inception.server import ServerVersion
from inception.settings import Settings
from inception.world import Server, World
from tests.schema.alters import ALTERS
from tests.schema.tables import TABLES

MOST_SECONDS = 20.0
_MODES = ("", "ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "ANSI_QUOTES,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES")
_VERSIONS = ("8.0.36", "5.7.44", "9.7.4", "10.11.19-MariaDB", "5.5.5-10.5.23-MariaDB")
_SIGNS = (
    "'", '"', "`", "\\", "--", "-- ", "#", "/*", "*/", "/*!", "/*!50100 ", "/*M!", ";", "(", ")", ",", ".", "@", "@@", "?",
    "\0", "\n", "\ufeff", "\udcff", "é", "😀", "0x", "x'", "b'", "1e", "1e999", "99999999999999999999999", "-", "null", "select",
    "values", "as", "on", "begin", "end", "delimiter", "inception_magic_commit", "{", "}", "$$", "%", "||", ":=", "->>", "*",
)  # fmt: skip
NESTS = (
    ("select ", "(", "1", ")"), ("select ", "(select ", "1", ")"), ("select ", "not ", "1", ""), ("select ", "-", "1", ""),
    ("select ", "case when ", "1", " then 1 end"), ("select ", "f(", "1", ")"), ("select * from ", "(select * from ", "t", ") x"),
    ("select 1", " union select 1", "", ""), ("select 1 from t where a = 1", " or a = 1", "", ""), ("select * from t", " join t", "", ""), ("select * from t", " join t", " on 1", " on 1"), ("delete from t where a in ", "(select a from t join t ", "", ")"),
    ("create table t (a int default ", "(", "1", "))"), ("create table t (a int check ", "(", "1", "))"),
    ("insert into t values (1)", ", (f(1))", "", ""), ("insert into t values ", "(", "1", ")"), ("with a as ", "(with a as ", "(select 1)", " select 1)"),
    ("alter table t add x int", ", add y int", "", ""), ("", "/*", "", "*/"), ("", "begin ", "", " end;"), ("update t set a = ", "if(1, ", "1", ", 2)"),
)  # fmt: skip


@cache
def _statements() -> tuple[str, ...]:
    here = Path(__file__).parent
    files = [here / "statements.sql", *(here.parent / "rules").glob("*.sql"), *(here.parent / "ordinary").glob("*.sql")]
    lines = [line for path in files for line in path.read_text().splitlines() if line.strip() and line[:2] != "--"]
    lines += [f"create table t {body}" for _, _, body in TABLES]
    lines += [f"alter table t {actions}" for _, _, actions in ALTERS]
    lines += [
        "create procedure p() begin declare a int; if a then select 1; end if; end",
        "use shop",
        "set names utf8mb4",
    ]
    return tuple(lines)


@cache
def _tables() -> tuple[Table, ...]:
    found = [
        define(
            f"create table {name} (id int not null, a int, b varchar(20), c text, primary key (id), key k (a))",
            database="shop",
        )
        for name in ("t", "t1", "t2", "u")
    ]
    return tuple(found)


def broken(rnd: random.Random) -> str:
    """Return a text of statements in which something is wrong, mostly."""
    if rnd.random() < 0.08:
        before, opening, middle, closing = rnd.choice(NESTS)
        depth = rnd.choice((10, 100, 400, 900, 3000))
        return before + opening * depth + middle + closing * depth
    parts = re.findall(r"\w+|\s+|.", rnd.choice(_statements()), re.S)
    for _ in range(rnd.choice((0, 1, 1, 2, 3, 8))):
        place = rnd.randrange(len(parts) + 1)
        match rnd.randrange(6):
            case 0:
                parts[place:place] = [rnd.choice(_SIGNS)]
            case 1:
                del parts[place : place + rnd.randrange(1, 4)]
            case 2:
                parts[place : place + 1] = [rnd.choice(_SIGNS)]
            case 3:
                parts[place:place] = parts[place : place + rnd.randrange(1, 9)] * rnd.choice((1, 2, 30))
            case 4:
                parts[place:place] = re.findall(r"\w+|\s+|.", rnd.choice(_statements()), re.S)[: rnd.randrange(30)]
            case _:
                del parts[place:]
    return "".join(parts)


def attack(seed: int) -> None:
    """Read and audit one text. Raises whatever does not hold."""
    rnd = random.Random(seed)
    text = ";\n".join(broken(rnd) for _ in range(rnd.choice((1, 1, 2, 5))))
    began = time.monotonic()
    server = Server(ServerVersion.parse(rnd.choice(_VERSIONS)), {"sql_mode": rnd.choice(_MODES)})
    _cut(text, server.syntax)
    _envelope("/*" + _options(rnd) + "*/ inception_magic_start;\n" + text + rnd.choice((";inception_magic_commit", "")))
    judge(text, server)
    if time.monotonic() - began > MOST_SECONDS:
        raise AssertionError(f"{time.monotonic() - began:.1f} s for {len(text)} characters")


def _options(rnd: random.Random) -> str:
    items = [
        rnd.choice(
            (
                "--check",
                "--execute",
                "--host=h",
                "--port=1",
                "--port=x",
                "--user='u",
                "--password=a;b'*/",
                "--db=d",
                "--x",
            )
        )
    ]
    return ";".join(items * rnd.randrange(4)) + rnd.choice(("", ";", rnd.choice(_SIGNS)))


def _cut(text: str, syntax: Syntax) -> None:
    """Cut a text; what was cut and the gaps between are the text."""
    end = 0
    for piece in split(text, ansi_quotes=syntax.ansi_quotes, backslash_escapes=syntax.backslash_escapes):
        assert end <= piece.start < piece.end <= len(text)
        assert text[piece.start : piece.end] == piece.text
        end = piece.end


def _envelope(text: str) -> None:
    looks_like_batch(text), opens_batch(text)
    try:
        read_envelope(text)
        read_options(text[2:40])
    except InceptionError:
        return


def judge(text: str, server: Server) -> None:
    """Read and audit a text. Raises what must not come of it."""
    catalog = Catalog(False, {"shop": Database("shop", "utf8mb4", "")}, {table.name: table for table in _tables()})
    pieces = split(text, ansi_quotes=server.syntax.ansi_quotes, backslash_escapes=server.syntax.backslash_escapes)
    batch = read_batch(Options(Mode.CHECK, db="shop"), pieces, server.syntax)
    values = Settings(rule_variables()).snapshot()
    for audited in audit(batch, World(server, catalog), values, Intent()):
        for finding in audited.findings:
            if "failed, and has not looked" in finding.message:
                raise AssertionError(f"{finding.message}\n{audited.statement.text}")


def main() -> None:
    """Attack until the time is over; say how often, or for which seed something does not hold."""
    parser = argparse.ArgumentParser(description="Garbage for the reader of batches.")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10**9)
    options = parser.parse_args()
    count, end = 0, time.monotonic() + options.seconds
    while time.monotonic() < end:
        try:
            attack(options.seed + count)
        except BaseException:
            print(f"seed {options.seed + count}")
            raise
        count += 1
    print(f"{count} texts of garbage from seed {options.seed} on: nothing but findings came of them")


if __name__ == "__main__":
    main()
