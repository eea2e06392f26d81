"""Fifty mixed statements for tests/faults.py: each leaves a state of its own, and shows if it is run twice.

Some take their time, so that many are cut off while they run.
"""

import random

DATABASES = ("d", "d2")
_STATEMENTS = 50


def tables() -> tuple[str, ...]:
    """Return what makes the tables that the batch finds."""
    rows = ", ".join(f"({n}, {n}, 'row {n}')" for n in range(20))
    return (
        "CREATE TABLE d.t (id INT PRIMARY KEY, a INT, b VARCHAR(500)) ENGINE=InnoDB",
        f"INSERT INTO d.t VALUES {rows}",
        "CREATE TABLE d2.v (id INT PRIMARY KEY, a INT, b VARCHAR(500)) ENGINE=InnoDB",
        f"INSERT INTO d2.v VALUES {rows}",
        "CREATE TABLE d.u (id INT PRIMARY KEY) ENGINE=InnoDB",
        "INSERT INTO d.u VALUES (1), (2)",
        "CREATE TABLE d2.old1 (id INT PRIMARY KEY) ENGINE=InnoDB",
        "CREATE TABLE d2.old2 (id INT PRIMARY KEY) ENGINE=InnoDB",
    )


def statements(variant: int) -> list[str]:
    """Return the statements of one of the batches."""
    chance = random.Random(variant)
    texts, here = ["use d", "set names utf8mb4"], "d"
    old = ["old1", "old2"]
    while len(texts) < _STATEMENTS:
        n = len(texts)
        kind = chance.randrange(12)
        if kind == 0:
            here = "d2" if here == "d" else "d"
            texts.append(f"use {here}")
        elif kind == 1:
            texts.append(f"create table d.made{n} (id int primary key, a varchar(10)) engine=InnoDB")
        elif kind == 2:
            texts.append(f"alter table d.u add column x{n} int")
        elif kind == 3 and old:
            texts.append(f"drop table d2.{old.pop()}")
        else:
            texts.append(_row_change(chance, here, n))
    return texts


def _row_change(chance: random.Random, here: str, n: int) -> str:
    table = "t" if here == "d" else "v"
    return chance.choice(
        (
            f"insert into {table} (id, a, b) values ({1000 + 2 * n}, 1, 'né'), ({1001 + 2 * n}, 2, 'new')",
            f"update {table} set a = a + {n} where id % 5 = {n % 5}",
            f"replace into {table} (id, a, b) values ({n % 7}, -{n}, 'replaced')",
            f"update {table} set b = concat(b, '{n}') where id < 15 and id >= {n % 10} and sleep(0.005) = 0",
        )
    )
