"""`make faults`: servers killed at random moments of an execution, round after round; the answers are held to the truth.

    python -m tests.faults --rounds 20 --seed 1

After each round every row must be one of: backed up completely (running what is stored restores the data), or told to
be not backed up, with nothing of it stored that counts. Prints a PASS or FAIL line; the seed repeats a failure's plan.
"""

import argparse
import random
import sys
import threading
import time
from contextlib import suppress
from typing import Any

import pymysql

from inception.backup import INFORMATION
from inception.errors import ServerError
from inception.mysql import Connection
from inception.plan import backup_name
from inception.sql import quote_name, quote_text
from tests.end_to_end.conftest import Row, Shop, stored
from tests.servers import Gateway, MariaDB

_STATEMENTS = 30
_DATABASE = "d"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    with MariaDB() as target, MariaDB() as backup:
        target.start(durable=True)
        backup.start(durable=True)
        settings: dict[str, Any] = {
            "inception_remote_backup_host": "127.0.0.1",
            "inception_remote_backup_port": backup.port,
        }
        with Gateway(inception_remote_system_user="root", **settings) as gateway:
            shop = Shop(gateway.start(), target, backup)
            problems = [problem for number in range(arguments.rounds) for problem in one_round(shop, chance, number)]
    for problem in problems:
        print(problem)
    print(f"{'FAIL' if problems else 'PASS'} faults: {arguments.rounds} rounds, seed {arguments.seed}")
    return 1 if problems else 0


def one_round(shop: Shop, chance: random.Random, number: int) -> list[str]:
    """Run one execution and kill one server meanwhile; return what is not as it should be."""
    victim = chance.choice([shop.target, shop.backup])
    time.sleep(1.1)  # a target that restarts within the second gives the same operation ids again
    prepare(shop)
    rows: list[Row] = []

    def run() -> None:
        with suppress(pymysql.MySQLError):
            rows.extend(shop.execute(batch(chance), "--sleep=5;"))

    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(chance.uniform(0.05, 0.6))
    victim.kill()
    thread.join(60)
    hung = thread.is_alive()
    victim.start(durable=True)
    thread.join(60)
    if hung or thread.is_alive():
        return [f"round {number}: no answer within a minute after {victim.kind} on {victim.port} was killed"]
    return [
        f"round {number} ({'target' if victim is shop.target else 'backup'} killed): {each}"
        for each in judge(shop, rows)
    ]


def prepare(shop: Shop) -> None:
    with shop.target.connect() as target:
        for text in (
            f"DROP DATABASE IF EXISTS {_DATABASE}",
            f"CREATE DATABASE {_DATABASE}",
            f"CREATE TABLE {_DATABASE}.t (id INT PRIMARY KEY, a INT, b VARCHAR(50))",
            f"INSERT INTO {_DATABASE}.t VALUES " + ", ".join(f"({n}, {n}, 'row {n}')" for n in range(200)),
        ):
            target.query(text)


def batch(chance: random.Random) -> str:
    kinds = (
        "insert into t (id, a, b) values ({new}, 1, 'new'), ({new} + 1, 2, 'new')",
        "update t set a = a + 1 where id % 7 = {n}",
        "delete from t where id = {n}",
        "replace into t (id, a) values ({n}, -1)",
    )
    texts = [chance.choice(kinds).format(n=chance.randrange(7), new=1000 + 2 * number) for number in range(_STATEMENTS)]
    return f"use {_DATABASE}; " + " ".join(f"{text};" for text in texts)


def judge(shop: Shop, rows: list[Row]) -> list[str]:
    """Hold an answer to the truth: undo what it says is backed up, from the last on."""
    problems: list[str] = []
    with shop.backup.connect() as backup, shop.target.connect() as target:
        counted = complete(backup, shop)
        for row in reversed(rows):
            opid = row.sequence.strip("'")
            claimed = row.stagestatus.endswith("Backup successfully")
            if (
                row.stage == "EXECUTED"
                and row.stagestatus.startswith("Execute Successfully")
                and claimed != (opid in counted)
            ):
                problems.append(f"row {row.ID} says {row.stagestatus!r}, stored completely: {opid in counted}")
        executed = [row for row in rows if row.stage == "EXECUTED"]
        backed_up = [row for row in executed if row.stagestatus.endswith("Backup successfully")]
        if (
            executed
            and len(backed_up) == sum(row.stagestatus.startswith("Execute Succ") for row in executed)
            and (len(executed) == _STATEMENTS)
        ):
            for row in reversed(backed_up):
                for text in stored(backup, row.sequence.strip("'")):
                    with suppress(ServerError):
                        target.execute(text.encode())
            left = target.query(f"SELECT COUNT(*), SUM(a = id AND b = CONCAT('row ', id)) FROM {_DATABASE}.t")
            if left != [("200", "200")]:
                problems.append(f"after the rollback the table is not what it was: {left}")
    return problems


def complete(backup: Connection, shop: Shop) -> set[str]:
    """Return the operations that count: those with an information row; each must have all its rows."""
    home = backup_name("127.0.0.1", shop.target.port, _DATABASE)
    with suppress(ServerError):
        found = {str(opid) for (opid,) in backup.query(f"SELECT opid_time FROM {quote_name(home, INFORMATION)}")}
        for opid in found:
            for table, first, last in backup.query(
                f"SELECT tablename, first_id, last_id FROM inception.rollback_parts WHERE opid_time = {quote_text(opid)}"
            ):
                have = backup.value(
                    f"SELECT COUNT(*) FROM {quote_name(home, str(table))} WHERE id BETWEEN {first!s} AND {last!s} "
                    f"AND opid_time = {quote_text(opid)}"
                )
                if int(str(have)) != int(str(last)) - int(str(first)) + 1:
                    return found - {opid}
        return found
    return set()


if __name__ == "__main__":
    sys.exit(main())
