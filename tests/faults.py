"""`make faults`: servers killed at random moments of an execution, round after round; what is said is held to the truth.

    python -m tests.faults --rounds 20 --seed 1 --target mysql

Each round executes fifty mixed statements, large ones in ranges of a key (--batch-rows), and kills (SIGKILL) the gateway, its worker, both, the target or the backup
server in the middle. Every statement leaves the databases in a state of its own, known beforehand, so that reading
them tells how many have run: what `inception get status` says of the last statement must equal that. Then `--resume`
must complete the batch without running anything twice, and its rollback must restore the start. Prints a PASS or FAIL
line; the seed repeats a failure's plan.
"""

import argparse
import json
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from typing import Any

import pymysql

from inception.errors import ServerError
from inception.mysql import Connection
from inception.sql import quote_text
from tests.batch_of_fifty import DATABASES, statements, tables
from tests.end_to_end.conftest import Row, Shop
from tests.processes import wait_until
from tests.servers import DatabaseServer, Gateway, MariaDB, MySQL
from tests.trees import all_descendants, connects_to

_VARIANTS = 4  # different batches; the states that each passes through are found out once
_RANGES = "--batch-rows=12;"  # there are twenty rows and more
VICTIMS = ("gateway", "worker", "gateway and workers", "target", "backup server")
State = dict[str, Any]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--target", choices=("mariadb", "mysql"), default="mariadb")
    parser.add_argument("--assign-gtid", action="store_true", help="with inception_assign_gtid=ON, on MySQL")
    arguments = parser.parse_args()
    target: DatabaseServer = MySQL() if arguments.target == "mysql" else MariaDB()
    with target, MariaDB() as backup:
        start_with_gtids(target) if arguments.assign_gtid else target.start(durable=True)
        backup.start(durable=True)
        with gateway_before(backup, assign_gtid=arguments.assign_gtid) as gateway:
            rounds = Rounds(Shop(gateway.start(), target, backup), random.Random(arguments.seed))
            for number in range(arguments.rounds):
                before = len(rounds.problems)
                rounds.one(number)
                print(f"round {number}: {rounds.last}", *rounds.problems[before:], sep="\n  ", flush=True)
    for problem in rounds.problems:
        print(problem)
    said = ", ".join(f"{number} {what}" for what, number in sorted(rounds.seen.items()))
    print(f"{'FAIL' if rounds.problems else 'PASS'} faults: {arguments.rounds} rounds on {arguments.target}, "
          f"seed {arguments.seed}: {said}")  # fmt: skip
    return 1 if rounds.problems else 0


def start_with_gtids(target: DatabaseServer) -> None:
    """Start a MySQL that takes GTIDs of ours."""
    target.start(durable=True, gtid_mode="ON", enforce_gtid_consistency="ON")


def gateway_before(backup: MariaDB, *, assign_gtid: bool = False) -> Gateway:
    """Return a gateway that uses this backup server."""
    return Gateway(
        inception_remote_backup_host="127.0.0.1", inception_remote_backup_port=backup.port,
        inception_remote_system_user="root", shutdown_grace=1,
        inception_assign_gtid="on" if assign_gtid else "off",
    )  # fmt: skip


class Rounds:
    """Rounds of one shop. `problems` is what was not as it should be, `seen` what was met how often."""

    def __init__(self, shop: Shop, chance: random.Random, variants: int = _VARIANTS) -> None:
        self.shop, self.chance, self._variants = shop, chance, variants
        self.problems: list[str] = []
        self.seen: Counter[str] = Counter()
        self.last = ""
        self._states: dict[int, list[State]] = {}
        self._seconds = 2.0
        self._unique = f"{os.getpid()}-{time.time_ns()}"

    def one(self, number: int, victim: str = "") -> None:
        """Run one round; without a victim, one is drawn."""
        variant = self.chance.randrange(self._variants)
        texts = statements(variant)
        states = self._known_states(variant, texts)
        self._round = _Round(self.shop, texts, states, f"round-{self._unique}-{number}")
        victim = victim or self.chance.choice(VICTIMS)
        moment = self.chance.uniform(0.0, self._seconds * self.chance.choice((0.2, 0.5, 1.0)))  # the rest is backup
        found = self._round.run(victim, moment)
        self.last = f"{victim} killed after {moment:.2f} s: {self._round.told}"
        self.seen.update([f"{victim} killed", self._round.told])
        self.problems += [f"round {number} ({victim} killed after {moment:.2f} s): {each}" for each in found]

    def _known_states(self, variant: int, texts: list[str]) -> list[State]:
        """Return the states before the first statement and after each, found by running the batch once, undisturbed."""
        if variant not in self._states:
            with self.shop.target.connect() as target:
                make(target)
                states = [state(target)]
                for text in texts:
                    target.execute(text.encode())
                    states.append(state(target))
            different = [index for index, each in enumerate(states) if index and each == states[index - 1]]
            assert all(texts[index - 1].startswith(("use", "set")) for index in different), "a statement without effect"
            self._states[variant] = states
            self._measure(variant, texts)
        return self._states[variant]

    def _measure(self, variant: int, texts: list[str]) -> None:
        """Find out how long the batch takes from when it is seen to have begun."""
        undisturbed = _Round(self.shop, texts, self._states[variant], f"measure-{self._unique}-{variant}")
        thread = undisturbed.begin()
        began = time.monotonic()
        thread.join()
        self._seconds = time.monotonic() - began
        problems = [row.errormessage for row in undisturbed.rows if row.errlevel == 2]
        assert undisturbed.rows and not problems, problems


class _Round:
    def __init__(self, shop: Shop, texts: list[str], states: list[State], name: str) -> None:
        self.shop, self.texts, self.states, self.name = shop, texts, states, name
        self.told = "ended before"
        self.rows: list[Row] = []

    def run(self, victim: str, moment: float) -> list[str]:
        """Return what is not as it should be."""
        thread = self.begin()
        workers = [pid for pid in all_descendants(self.shop.gateway.pid) if connects_to(pid, self.shop.target.port)]
        time.sleep(moment)
        self._kill(victim, workers)
        thread.join(60)
        if thread.is_alive():
            return ["no answer within a minute"]
        return [*self._judge_claims(), *self._judge_status(), *self._judge_resumed()]

    def begin(self) -> threading.Thread:
        """Submit the batch, and return when it is seen to have begun."""
        with self.shop.target.connect() as target:
            make(target)
        thread = threading.Thread(target=self._submit, daemon=True)
        thread.start()
        with suppress(TimeoutError), self.shop.backup.connect() as backup:
            wait_until(lambda: self._begun(backup) or not thread.is_alive(), every=0.005)
        return thread

    def _submit(self) -> None:
        with suppress(pymysql.MySQLError):
            self.rows = self.shop.execute(batch(self.texts), f"--sequence={self.name};{_RANGES}")

    def _begun(self, backup: Connection) -> bool:
        with suppress(ServerError):
            return bool(backup.query(f"SELECT 1 FROM inception.execute_task WHERE task_sequence = '{self.name}'"))
        return False

    def _kill(self, victim: str, workers: list[int]) -> None:
        """Kill it, and start it again where it is a server."""
        shop = self.shop
        if victim in ("worker", "gateway and workers"):
            for pid in workers:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        if victim.startswith("gateway"):
            shop.gateway.kill()
            shop.gateway.start()
        elif victim == "target":
            shop.target.kill()
            shop.target.restart()
        elif victim == "backup server":
            shop.backup.kill()
            shop.backup.start(durable=True)

    # -- what was said, and the truth --------------------------------------------------------------------------

    def _judge_claims(self) -> list[str]:
        """What the first answer, where there was one, called backed up must be stored."""
        claimed = {row.sequence.strip("'") for row in self.rows if row.stagestatus.endswith("Backup successfully")}
        with self.shop.backup.connect() as backup:
            known = set()
            with suppress(Exception):
                listed = ", ".join(map(quote_text, claimed)) or "''"
                known = {str(opid) for (opid,) in backup.query(
                    f"SELECT opid_time FROM inception.rollback_origin WHERE opid_time IN ({listed})")}  # fmt: skip
        return [f"{opid} was said to be backed up and is not" for opid in claimed - known]

    def _judge_status(self) -> list[str]:
        """The outcome that is told of the last statement must be the truth."""
        kept = self._kept()
        if kept is None or kept[1] != "PREPARE":
            self.told = "all known" if kept else "nothing begun"
            return []
        wait_until(lambda: self._status() not in ("unknown", "") or self._kept() != kept, 60, every=0.2)
        number, outcome = kept[0], self._status()
        if self._kept() != kept:  # its worker was alive, and wrote it
            self.told = "told by its worker"
            return []
        self.told = outcome
        with self.shop.target.connect() as target:
            run = [count for count, each in enumerate(self.states) if each == state(target)]
        if (
            outcome == "partly committed"
        ):  # a state of its own; or the ranges done had none of the rows to change, or all
            fits = not run or {number - 1, number} & set(run)
            return [] if fits else [f"statement {number} is called '{outcome}', but: {run}"]
        wanted = number if outcome == "committed" else number - 1
        changes = self.states[number] != self.states[number - 1]
        if not run or (changes and wanted not in run):
            return [f"statement {number} is called '{outcome}', but so many have run: {run}"]
        return []

    def _kept(self) -> tuple[int, str] | None:
        with self.shop.backup.connect() as backup, suppress(Exception):
            rows = backup.query(
                f"SELECT sequence, status FROM inception.execute_progress WHERE task_sequence = '{self.name}'"
            )
            return (int(str(rows[0][0])), str(rows[0][1])) if rows else None
        return None

    def _status(self) -> str:
        try:
            [(text,)] = self.shop.ask(f"{self.shop.source('')} inception get status '{self.name}'")
        except pymysql.MySQLError:
            return ""
        return str(json.loads(text)["tasks"][0]["outcome"])

    def _judge_resumed(self) -> list[str]:
        """Resuming must complete the batch, nothing twice, and what is stored must restore the start."""
        options = f"--sequence={self.name};{_RANGES}" + ("--resume;" if self._kept() else "")
        end = time.monotonic() + 60
        while True:
            try:
                rows = self.shop.execute(batch(self.texts), options)
                break
            except pymysql.MySQLError as error:
                if error.args[0] not in (2506, 2508) or time.monotonic() > end:  # its worker still lives
                    return [f"--resume was refused: {error}"]
                time.sleep(0.3)
        problems = [
            f"row {row.ID}: {row.stagestatus!r}, {row.errormessage}"
            for row in rows
            if row.errlevel == 2 or not row.stagestatus.startswith("Execute Succ") or "failed" in row.stagestatus
        ]
        with self.shop.target.connect() as target:
            if state(target) != self.states[-1]:
                problems.append(f"after --resume the tables are not as they should be: {state(target)}")
            self.shop.undo(rows)
            if state(target) != self.states[0]:
                problems.append(f"the rollback did not restore the start: {state(target)}")
        return problems


def batch(texts: list[str]) -> str:
    return "inception set session inception_chunk_pause = 1; " + " ".join(f"{text};" for text in texts)


def make(target: Connection) -> None:
    """Make the databases anew."""
    for name in DATABASES:
        target.query(f"DROP DATABASE IF EXISTS {name}")
        target.query(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    for text in tables():
        target.query(text)


def state(target: Connection) -> State:
    """Return all definitions and rows of the databases."""
    found: State = {}
    for database in DATABASES:
        for (name,) in target.query(f"SHOW TABLES FROM {database}"):
            table = f"{database}.{name!s}"
            found[table] = (
                str(target.query(f"SHOW CREATE TABLE {table}")[0][1]), sorted(map(str, target.query(f"SELECT * FROM {table}")))
            )  # fmt: skip
    return found


if __name__ == "__main__":
    sys.exit(main())
