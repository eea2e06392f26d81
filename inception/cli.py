"""The command line."""

import asyncio
import sys
from pathlib import Path

import click

from inception import __version__
from inception.config import load
from inception.errors import InceptionError
from inception.rule import rule_variables
from inception.settings import Settings
from inception.wire.auth import hash_password


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="inception")
def main() -> None:
    """Audit, execute and roll back batches of SQL for MySQL and MariaDB servers."""


@main.command(context_settings={"ignore_unknown_options": True})
@click.option("--config", type=click.Path(path_type=Path), help="Configuration in YAML.")
@click.option(
    "--defaults-file",
    "--defaults_file",
    "defaults_file",
    type=click.Path(path_type=Path),
    help="Option file with a group [inception].",
)
@click.argument("settings", nargs=-1, type=click.UNPROCESSED, metavar="[--NAME=VALUE]...")
def serve(config: Path | None, defaults_file: Path | None, settings: tuple[str, ...]) -> None:
    """Run the server until it gets SIGTERM.

    Any variable can be set with --NAME=VALUE, for example --port=6669 --bind-address=127.0.0.1. Passwords belong into
    the configuration file, a file of their own (<name>_file) or the environment (INCEPTION_<NAME>).
    """
    from inception.serve import serve as run_server

    try:
        found = load(config, defaults_file, settings, variables=rule_variables())
        sys.exit(asyncio.run(run_server(found, Settings(rule_variables(), found.values))))
    except InceptionError as error:
        raise click.ClickException(error.message) from None
    except OSError as error:
        raise click.ClickException(f"Cannot listen: {error}") from None


@main.command("hash-password")
@click.password_option(help="The password; asked for where it is not given.")
def hash_password_command(password: str) -> None:
    """Print what `users:` of the configuration holds for a password."""
    click.echo(hash_password(password))
