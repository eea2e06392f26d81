"""What the commands have in common: options, reading files and the configuration, showing, exit codes.

Exit codes: 0 clean, 1 warnings where --strict wants none, 2 errors, 3 it could not be run.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inception.configured import config_files, load_configuration
from inception.errors import InceptionError
from inception.settings.core_variables import MOST_BATCH_ROWS

if TYPE_CHECKING:  # what is heavy is loaded when a command runs
    from inception.custom import RuleFile
    from inception.release.outcome import Line, Script
    from inception.release.run import Target
    from inception.settings import Settings
    from inception.settings.config import Config

Decorated = Callable[..., None]
_FORMATS = ("table", "json", "sarif", "github", "junit")
_COULD_NOT_RUN = 3
FILES = click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
)


def with_options(*options: Callable[[Decorated], Decorated]) -> Callable[[Decorated], Decorated]:
    """Give a command these options, in this order, and those of the configuration."""

    def give(command: Decorated) -> Decorated:
        for option in reversed(options):
            command = option(command)
        return config_files(command)

    return give


ON_TARGET = (
    click.option("--source", metavar="NAME", help="A target of sources: in the configuration."),
    click.option("--host", help="The target's host; the password comes from INCEPTION_TARGET_PASSWORD."),
    click.option("--port", type=click.IntRange(1, 65535), help="Default: 3306."),
    click.option("--user", help="Default: your own name."),
    click.option(
        "--ssl",
        type=click.Choice(["off", "preferred", "required", "verify_ca", "verify_identity"]),
        default="preferred",
        show_default=True,
    ),
    click.option(
        "--option-file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="A MySQL option file; its group [client] has host, port, user and password.",
    ),
    click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A variable; may be repeated."),
)
DB = click.option("--db", default="", help="The database to begin in.")
FORMAT = click.option("--format", "style", type=click.Choice(_FORMATS), default="table", show_default=True)
BATCH_ROWS = click.option(
    "--batch-rows", type=click.IntRange(0, MOST_BATCH_ROWS), default=0,
    help="Run an UPDATE or DELETE of more rows than that in ranges of a key; 0: never.",
)  # fmt: skip
STRICT = click.option("--strict", is_flag=True, help="Warnings are failures: exit code 1.")
OUTPUT = click.option("--output", type=click.File("w", encoding="utf-8"), default="-", help="Default: stdout.")


@contextmanager
def refusals() -> Iterator[None]:
    """Say why something could not be run, and end with exit code 3."""
    try:
        yield
    except InceptionError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(_COULD_NOT_RUN)


def target_for(options: dict[str, Any]) -> "Target":
    """Return where a command works. Raises BadOption or ConfigError."""
    from inception.release.login import target_of
    from inception.release.run import Target

    config, in_force, _ = configuration(options)
    values = in_force.snapshot()
    source = config.sources.get(options["source"] or "")
    return Target(target_of(config, options), source.over(values) if source is not None else values)


def configuration(options: dict[str, Any]) -> "tuple[Config, Settings, tuple[RuleFile, ...]]":
    """Read the configuration, with what --set says. Raises ConfigError."""
    settings = [f"--{each}" for each in options["settings"]]
    return load_configuration(options["config"], options["defaults_file"], settings)


def read_scripts(files: Sequence[Path]) -> "list[Script]":
    """Read files of SQL; `-` is stdin."""
    from inception.release.outcome import Script

    found = []
    for path in files:
        data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        found.append(Script("stdin" if str(path) == "-" else str(path), data.decode("utf-8-sig", "surrogateescape")))
    return found


def show(lines: "Sequence[Line]", options: dict[str, Any], *, executed: bool) -> None:
    """Write what became of statements in the format that is wanted."""
    from inception.release import formats
    from inception.release.sarif import as_sarif

    style, output = options["style"], options["output"]
    if style == "table":
        from rich.console import Console

        from inception.release.tables import print_outcome

        print_outcome(Console(file=output), lines, executed=executed)
        return
    as_text = {
        "json": formats.as_json, "sarif": as_sarif, "github": formats.as_github, "junit": formats.as_junit,
    }[style]  # fmt: skip
    text = as_text(lines)
    output.write(text.encode("utf-8", "backslashreplace").decode() + ("\n" if text else ""))
