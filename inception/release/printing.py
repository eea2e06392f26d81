"""inception split, tree, rules."""

import json
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from inception.errors import BadOption
from inception.release.common import (
    DB,
    FILES,
    ON_TARGET,
    OUTPUT,
    configuration,
    read_scripts,
    refusals,
    target_for,
    with_options,
)  # fmt: skip

if TYPE_CHECKING:
    from inception.parts import Part

_PLAIN_OR_JSON = click.option("--format", "style", type=click.Choice(["plain", "json"]), default="plain")


@click.command()
@FILES
@with_options(
    *ON_TARGET,
    DB,
    click.option(
        "--directory",
        type=click.Path(file_okay=False, path_type=Path),
        help="Write a file for each part there: 001.sql, 002.sql, …",
    ),
    _PLAIN_OR_JSON,
    OUTPUT,
)
def split(files: tuple[Path, ...], **options: Any) -> None:
    """Cut FILES of SQL, as one batch, into parts that may be executed separately: DDL and rows of one table apart."""
    from inception.batch.options import Mode
    from inception.parts import Part
    from inception.release.run import run_scripts

    with refusals():
        target = target_for(options)
        wanted = target.options(Mode.SPLIT, options["db"])
        found = run_scripts(read_scripts(files), target, wanted, lambda _: None)
        parts = [part for part in found if isinstance(part, Part)]
    failed = [part.text for part in parts if part.number == 0]
    if failed:
        click.echo(f"Error: {failed[0]}", err=True)
        sys.exit(2)
    _write_parts(parts, options["directory"], options["style"], options["output"])


def _write_parts(parts: "list[Part]", directory: Path | None, style: str, output: IO[str]) -> None:
    if directory is not None:
        directory.mkdir(parents=True, exist_ok=True)
        with refusals():
            _refuse_older(directory, len(parts))
        for part in parts:
            (directory / f"{part.number:03}.sql").write_text(part.text, "utf-8", "surrogateescape")
    elif style == "json":
        shown = [{"id": part.number, "sql_statement": part.text, "ddlflag": int(part.ddl)} for part in parts]
        output.write(json.dumps(shown, ensure_ascii=False, indent=2) + "\n")
    else:
        output.write("\n".join(f"-- part {part.number}\n{part.text}" for part in parts))


def _refuse_older(directory: Path, count: int) -> None:
    """Raise BadOption where an earlier split left parts behind those that will be written: they would be run, too."""
    ours = (path for path in directory.glob("[0-9]*.sql") if path.stem.isdecimal())
    left = sorted(path.name for path in ours if int(path.stem) > count)
    if left:
        raise BadOption(f"--directory: {directory} has parts of an earlier split ({', '.join(left)}): remove them.")


@click.command()
@FILES
@with_options(
    *ON_TARGET, DB, click.option("--masking", is_flag=True, help="The columns behind what queries show."), OUTPUT
)
def tree(files: tuple[Path, ...], **options: Any) -> None:
    """Print the syntax tree of each statement in FILES as JSON, names resolved: a list with an item for each."""
    from inception.batch.options import Mode
    from inception.release.run import run_scripts
    from inception.tree.printed import Printed

    with refusals():
        target = target_for(options)
        wanted = target.options(Mode.MASKING if options["masking"] else Mode.QUERY_PRINT, options["db"])
        found = run_scripts(read_scripts(files), target, wanted, lambda _: None)
        trees = [each for each in found if isinstance(each, Printed)]
    shown = [
        {"id": each.number, "statement": each.text, "query_tree": each.tree, "errmsg": list(each.problems)}
        for each in trees
    ]
    options["output"].write(json.dumps(shown, ensure_ascii=False, indent=2) + "\n")
    sys.exit(2 if any(each.problems for each in trees) else 0)


@click.command()
@with_options(
    click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A variable; may be repeated."),
    _PLAIN_OR_JSON,
    OUTPUT,
)
def rules(**options: Any) -> None:
    """List the audit rules with the levels and variables that are in force under the configuration."""
    from rich.console import Console

    from inception.release.tables import print_rows
    from inception.rule import all_rules

    with refusals():
        in_force = configuration(options)[1]
        values = in_force.snapshot()
    shown = [
        {
            "rule": rule.name,
            "level": str(values.levels.get(rule.name, rule.level).name).lower(),
            "variables": {each.name: each.text(values[each.name]) for each in rule.variables},
            "finds": rule.summary,
        }
        for rule in all_rules()
    ]
    if options["style"] == "json":
        options["output"].write(json.dumps(shown, ensure_ascii=False, indent=2) + "\n")
        return
    rows = [(each["rule"], each["level"], _listed(each["variables"]), each["finds"]) for each in shown]
    print_rows(Console(file=options["output"]), ("rule", "level", "variables", "finds"), rows)


def _listed(variables: Any) -> str:
    return "\n".join(f"{name}={value}" for name, value in variables.items())
