"""`make demo`: private servers, real batches, and the proof that a rollback restores the data exactly."""

import argparse
import contextlib
from collections.abc import Sequence
from typing import Any

import pymysql
from rich.console import Console
from rich.table import Table

from inception.mysql import Row
from inception.sql import quote_name
from tests.secrets import ACCOUNT, PASSWORD
from tests.servers import Gateway, MariaDB

SHOP = """
create database shop default charset utf8mb4;
use shop;
create table customer (
  id int unsigned not null auto_increment comment 'key',
  name varchar(50) not null default '' comment 'full name',
  city varchar(50) not null default '' comment 'where they live',
  primary key (id)
) engine=InnoDB default charset=utf8mb4 comment='who buys';
create table orders (
  id int unsigned not null auto_increment comment 'key',
  customer_id int unsigned not null default 0 comment 'who',
  amount decimal(12,2) not null default 0 comment 'how much',
  placed datetime not null default '2000-01-01 00:00:00' comment 'when',
  note text comment 'what the customer said',
  primary key (id),
  key idx_customer_id (customer_id)
) engine=InnoDB default charset=utf8mb4 comment='what they buy';
"""
FIRST_ROWS = """
use shop;
insert into customer (name, city) values ('Ada Lovelace', 'London'), ('李白', '长安'), ('Grace Hopper', 'New York');
insert into orders (customer_id, amount, placed, note) values
  (1, 12.50, '2026-01-02 10:00:00', 'first; of many'), (2, 99.99, '2026-02-03 11:30:00', '月下独酌 🌙'),
  (3, 7.00, '2026-03-04 12:45:00', null), (1, 30.00, '2026-04-05 09:15:00', 'it''s \\\\ urgent');
"""
WRONG = """
use shop;
alter table orders add column discount int;
update customer set citi = 'Paris' where id = 1;
delete from orders;
"""
CHANGES = """
use shop;
update customer set city = upper(city) where id <= 2;
insert into customer (name, city) values ('Alan Turing', 'Manchester');
update orders join customer on orders.customer_id = customer.id set orders.amount = orders.amount * 1.1, customer.city = concat(customer.city, '!') where customer.id = 2;
delete from orders where note is null;
replace into orders (id, customer_id, amount, note) values (1, 1, 13.75, 'replaced');
"""
ALTER = """
use shop;
alter table orders drop column note, add column status varchar(10) not null default 'new' comment 'state', add index idx_placed (placed);
"""
TABLES = ("customer", "orders")

console = Console(width=150, highlight=False)


class Demo:
    """The servers and the gateway, and what is done with them."""

    def __init__(self, target: MariaDB, backup: MariaDB, gateway: Gateway) -> None:
        self.target, self.backup, self.gateway = target, backup, gateway

    def submit(self, options: str, statements: str) -> list[tuple[Any, ...]]:
        """Send a batch as any MySQL client would and return the rows of the answer."""
        source = f"/*--host=127.0.0.1;--port={self.target.port};--user={ACCOUNT};--password={PASSWORD};{options}*/"
        return self.ask(f"{source}\ninception_magic_start;{statements}inception_magic_commit;")

    def ask(self, text: str) -> list[tuple[Any, ...]]:
        """Send a text to the gateway and return the rows of the answer."""
        with (
            contextlib.closing(
                pymysql.connect(host="127.0.0.1", port=self.gateway.port, user="demo", charset="utf8mb4")
            ) as client,
            client.cursor() as cursor,
        ):
            cursor.execute(text)
            return list(cursor.fetchall())

    def show(self, title: str, options: str, statements: str) -> list[tuple[Any, ...]]:
        """Submit a batch, print its answer and return it."""
        rows = self.submit(options, statements)
        table = Table(title=f"{title}  ({options.strip(';')})", title_justify="left", show_lines=True)
        for name in ("ID", "stage", "level", "status", "message", "SQL", "rows"):
            table.add_column(name)
        for number, stage, level, status, message, sql, affected, *_ in rows:
            style = {0: "", 1: "yellow", 2: "red"}[level]
            shown = " ".join(sql.split())
            table.add_row(
                str(number), stage, str(level), status, message or "", shown[:60] + "…" * (len(shown) > 60),
                str(affected), style=style,
            )  # fmt: skip
        console.print(table)
        return rows

    def checksums(self) -> dict[str, str]:
        """Return CHECKSUM TABLE of every table of the shop."""
        with self.target.connect() as connection:
            names = ", ".join(quote_name("shop", table) for table in TABLES)
            return {str(row[0]): str(row[1]) for row in connection.query(f"CHECKSUM TABLE {names}")}

    def definition(self) -> str:
        """Return SHOW CREATE TABLE of orders."""
        with self.target.connect() as connection:
            return str(connection.query("SHOW CREATE TABLE shop.orders")[0][1])

    def rollback_statements(self, rows: list[tuple[Any, ...]]) -> list[tuple[str, str]]:
        """Ask for (opid, statement) of what was executed, in running order: the last executed first."""
        opids = ", ".join(str(row[7]) for row in rows if row[1] == "EXECUTED")
        return [(opid, text) for opid, _, _, text in self.ask(f"inception get rollback {opids}")]

    def run_on_target(self, statements: Sequence[str]) -> None:
        """Run stored statements one by one, as any tool would."""
        with self.target.connect() as connection:
            for statement in statements:
                connection.query(statement)


def print_rows(title: str, names: Sequence[str], rows: Sequence[Row]) -> None:
    """Print a table."""
    table = Table(title=title, title_justify="left")
    for name in names:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*("NULL" if cell is None else str(cell) for cell in row))
    console.print(table)


def run(demo: Demo) -> bool:
    """Run the whole demo; return whether everything was restored."""
    demo.show("1. A new schema, executed", "--enable-execute;--ignore-warnings;", SHOP)
    demo.show("2. Its first rows", "--enable-execute;", FIRST_ROWS)
    demo.show("3. A check that finds something", "--enable-check;", WRONG)
    before = demo.checksums()
    done = demo.show("4. Changes of several tables", "--enable-execute;--sequence=demo-1;--sleep=5;", CHANGES)
    changed = demo.checksums()
    with demo.backup.connect() as connection:
        names, rows = connection.table("SELECT * FROM inception.execute_progress")
    print_rows("5. execute_progress on the backup server", names, rows)
    undo = demo.rollback_statements(done)
    print_rows(
        "6. The rollback statements stored meanwhile, in running order", ("opid_time", "rollback_statement"), undo
    )
    demo.run_on_target([text for _, text in undo])
    after = demo.checksums()
    rows = [(name, before[name], changed[name], after[name]) for name in before]
    print_rows("7. CHECKSUM TABLE", ("table", "before", "changed", "after the rollback"), rows)
    definition = demo.definition()
    done = demo.show("8. A changed definition", "--enable-execute;--ignore-warnings;", ALTER)
    undo = demo.rollback_statements(done)
    print_rows("9. What takes it back", ("opid_time", "rollback_statement"), undo)
    demo.run_on_target([text for _, text in undo])
    restored = before == after != changed and demo.definition() == definition
    console.print(
        "[bold green]The rows and the definition are what they were.[/]"
        if restored
        else "[bold red]The rollback did NOT restore everything.[/]"
    )
    return restored


def main() -> int:
    """Run the demo from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", action="store_true", help="leave the servers running and say how to connect")
    keep = parser.parse_args().keep
    target, backup = MariaDB(keep=keep), MariaDB(keep=keep)
    with contextlib.ExitStack() as stack:
        for server in (target, backup):
            server.start()
            stack.push(server)
        gateway = Gateway(
            keep=keep, inception_remote_backup_host="127.0.0.1", inception_remote_backup_port=backup.port,
            inception_remote_system_user="root",
        )  # fmt: skip
        gateway.start()
        stack.push(gateway)
        restored = run(Demo(target, backup, gateway))
        if keep:
            stack.pop_all()
            explain(target, backup, gateway)
    return 0 if restored else 1


def explain(target: MariaDB, backup: MariaDB, gateway: Gateway) -> None:
    """Say how to connect to what was left running, and how to end it."""
    console.print(f"Gateway:       mariadb -h 127.0.0.1 -P {gateway.port} -u demo -c")
    console.print(f"Target:        mariadb -h 127.0.0.1 -P {target.port} -u root shop")
    console.print(f"Backup server: mariadb -h 127.0.0.1 -P {backup.port} -u root inception")
    console.print(f"To end them:   kill {gateway.pid} {target.pid} {backup.pid}")


if __name__ == "__main__":
    raise SystemExit(main())
