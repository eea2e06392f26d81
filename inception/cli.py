"""The command line."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from inception import __version__
from inception.binlog.events import Position, RowKind
from inception.binlog.select import Gtids, Selection
from inception.configured import configured, load_configuration, read_again
from inception.errors import InceptionError
from inception.release.commands import COMMANDS
from inception.server import Address
from inception.wire.native import hash_native
from inception.wire.sha2 import hash_sha2


class _Commands(click.Group):
    """Our commands: one that is given wrongly could not be run, which is exit code 3; 2 says what an audit found."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that the arguments name."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            error.show()
            sys.exit(3)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="inception")
def main() -> None:
    """Audit, execute and roll back batches of SQL for MySQL and MariaDB servers."""


@main.command(context_settings={"ignore_unknown_options": True})
@configured
@click.option("--check-config", is_flag=True, help="Only read and check the configuration; exit code 0 if it is fine.")
def serve(check_config: bool, **configuration: Any) -> None:
    """Run the server until it gets SIGTERM.

    Any variable can be set with --NAME=VALUE, for example --port=6669 --bind-address=127.0.0.1. Passwords belong into
    the configuration file, a file of their own (<name>_file) or the environment (INCEPTION_<NAME>).
    """
    from inception.serve import check_files
    from inception.serve import serve as run_server

    try:
        found, in_force, own_rules = load_configuration(**configuration)
        if not check_config:
            sys.exit(asyncio.run(run_server(found, in_force, own_rules, lambda: read_again(**configuration))))
        check_files(in_force.snapshot())
    except InceptionError as error:
        raise click.ClickException(error.message) from None
    except OSError as error:
        raise click.ClickException(f"Cannot listen: {error}") from None
    for note in found.notes:
        click.echo(note)
    click.echo("The configuration is fine.")


@main.command(context_settings={"ignore_unknown_options": True})
@configured
@click.option("--source", "names", multiple=True, metavar="NAME", help="A target of sources:; default: all of them.")
@click.option("--json", "json", is_flag=True, help="One JSON document in place of tables.")
def doctor(names: tuple[str, ...], json: bool, **configuration: Any) -> None:
    """Say whether the servers of the configuration have what is needed, and what mends what is missing.

    Looks at the named targets and at the backup server: versions, variables, privileges. Writes nothing there. Exit
    code 0: all works, maybe with less than there could be; 2: something is missing; 3: the configuration can't be used.
    """
    from inception.doctor.examine import examine, is_missing, print_tables, to_json

    try:
        found, in_force, _ = load_configuration(**configuration)
        diagnosis = examine(found, names, in_force.snapshot())
    except InceptionError as error:
        click.echo(f"Error: {error.message}", err=True)
        sys.exit(3)
    if json:
        click.echo(to_json(diagnosis))
    else:
        print_tables(diagnosis)
    sys.exit(2 if is_missing(diagnosis) else 0)


@main.command(context_settings={"ignore_unknown_options": True})
@configured
@click.option("--days", type=click.IntRange(min=1), required=True, help="What is older than so many days goes.")
@click.option("--dry-run", is_flag=True, help="Only count; remove nothing.")
def purge(days: int, dry_run: bool, **configuration: Any) -> None:
    """Remove old rollback statements and ended tasks from the backup server.

    Tasks that run, and those in which the outcome of a statement is unknown, stay. inception_purge_days makes the
    server do it every day.
    """
    from inception.backup import connect_backup
    from inception.gateway import backup_address
    from inception.upkeep import purge as purge_from

    try:
        _, in_force, _ = load_configuration(**configuration)
        with connect_backup(backup_address(in_force.snapshot())) as connection:
            found = purge_from(connection, days, dry_run=dry_run)
    except InceptionError as error:
        raise click.ClickException(error.message) from None
    click.echo(
        f"{'Would remove' if dry_run else 'Removed'}: {found.operations} operations with {found.rows} rollback "
        f"statements, {found.tasks} tasks."
    )
    if found.kept:
        click.echo(f"Kept, since the outcome of a statement is unknown: {', '.join(found.kept)}.")


@main.command("hash-password")
@click.password_option(help="The password; asked for where it is not given.")
def hash_password_command(password: str) -> None:
    """Print what a user in `users:` of the configuration holds for a password: a hash for each login plugin.

    password_hash is for mysql_native_password; leave it out where all clients know caching_sha2_password.
    """
    click.echo(f"password_hash: '{hash_native(password)}'\npassword_sha2: '{hash_sha2(password)}'")


def _position(_: click.Context, __: click.Parameter, text: str | None) -> Position | None:
    if text is None:
        return None
    file, colon, offset = text.rpartition(":")
    if not colon or not offset.isdecimal():
        raise click.BadParameter("write it as binlog.000001:4")
    return Position(file, int(offset))


def _moment(_: click.Context, __: click.Parameter, text: str | None) -> float | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("write it as '2024-05-06 07:08:09', in UTC, or with an offset as +02:00") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


_OUTPUT = click.File("w", encoding="utf-8", errors="surrogateescape", lazy=False)


@main.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--host", help="Server with the definitions, and with the log where no files are given.")
@click.option("--port", type=int, default=3306, show_default=True)
@click.option("--user", default="root", show_default=True)
@click.option("--password", default="", envvar="INCEPTION_FLASHBACK_PASSWORD", help="Better in the environment.")
@click.option(
    "--schema",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Definitions: a dump, as of mysqldump --no-data.",
)
@click.option("--start-position", callback=_position, metavar="FILE:OFFSET")
@click.option("--stop-position", callback=_position, metavar="FILE:OFFSET")
@click.option("--start-time", callback=_moment, help="Transactions logged at or after it (UTC).")
@click.option("--stop-time", callback=_moment, help="Transactions logged before it (UTC).")
@click.option("--gtid", multiple=True, metavar="GTID", help="uuid:7, uuid:7-9, 0-1-7 or 0-1-7..9; may be repeated.")
@click.option("--table", multiple=True, metavar="DB.TABLE", help="With * and ?; may be repeated.")
@click.option("--only", multiple=True, type=click.Choice([kind.value for kind in RowKind]), help="May be repeated.")
@click.option("--forward", is_flag=True, help="The changes themselves, in place of what takes them back.")
@click.option("--output", type=_OUTPUT, default="-", help="A file; default: stdout.")
@click.option("--progress", type=click.Choice(["bar", "json", "none"]), help="Default: bar on a terminal.")
def flashback(files: tuple[Path, ...], **options: Any) -> None:
    """Write SQL that takes back what binary log FILES, or a server's binary log, say was changed.

    The definitions of the tables are those that the server of --host has now, or those of --schema. Rows that were
    logged under another one are refused where the number, the types or (with binlog_row_metadata=FULL) the names of
    the columns differ; where the log itself changes the definition behind rows that were written, a caution says so.
    For logs from before an ALTER TABLE give --schema with the definitions of then.
    """
    from inception.flashback import run

    style = options["progress"] or ("bar" if sys.stderr.isatty() else "none")
    try:
        selection = Selection(
            options["start_position"],
            options["stop_position"],
            options["start_time"],
            options["stop_time"],
            tuple(map(Gtids.parse, options["gtid"])),
            options["table"],
            frozenset(map(RowKind, options["only"])) or frozenset(RowKind),
        )
        address = (
            Address(options["host"], options["port"], options["user"], options["password"]) if options["host"] else None
        )
        counts = run(files, address, options["schema"], selection, options["output"], options["forward"], style)
    except InceptionError as error:
        raise click.ClickException(error.message) from None
    except OSError as error:
        raise click.ClickException(str(error)) from None
    for caution in counts.cautions:
        click.echo(f"Caution: {caution}", err=True)
    noted = f", {counts.noted} statements only noted" if counts.noted else ""
    click.echo(f"{counts.statements} statements of {counts.transactions} transactions{noted}.", err=True)


for _command in COMMANDS:
    main.add_command(_command)
