"""inception check, execute, rollback."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inception.errors import BadOption, InceptionError
from inception.release.common import (
    BATCH_ROWS,
    DB,
    FILES,
    FORMAT,
    ON_TARGET,
    OUTPUT,
    STRICT,
    configuration,
    read_scripts,
    refusals,
    show,
    target_for,
    with_options,
)  # fmt: skip

if TYPE_CHECKING:
    from inception.batch.options import Options
    from inception.release.outcome import Line, Script
    from inception.release.run import Target


@click.command()
@FILES
@with_options(
    *ON_TARGET,
    DB,
    click.option(
        "--schema",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Check offline, on the schema of a dump, as of mysqldump --no-data.",
    ),
    click.option("--server-version", default="8.0.36", show_default=True, help="With --schema: as 10.11.6-MariaDB."),
    click.option(
        "--sql-mode", default="STRICT_TRANS_TABLES", show_default=True, help="With --schema: as @@sql_mode prints it."
    ),
    click.option("--real-row-count", is_flag=True, help="Count rows in place of the optimizer's estimate."),
    BATCH_ROWS,
    STRICT,
    FORMAT,
    OUTPUT,
)
def check(files: tuple[Path, ...], **options: Any) -> None:
    """Audit FILES of SQL, in order, as one batch: each sees what those before it would have done.

    Nothing is written anywhere. `-` is stdin.
    """
    from inception.batch.options import Mode
    from inception.release.offline import check_offline
    from inception.release.outcome import exit_code, placed
    from inception.release.run import run_scripts

    with refusals():
        scripts = read_scripts(files)
        if options["schema"]:
            values = configuration(options)[1].snapshot()
            [dump] = read_scripts([options["schema"]])
            reports = check_offline(
                scripts, dump, options["server_version"], options["sql_mode"], options["db"], values
            )
        else:
            target = target_for(options)
            wanted = replace(
                target.options(Mode.CHECK, options["db"]), real_row_count=options["real_row_count"],
                batch_rows=options["batch_rows"],
            )  # fmt: skip
            reports = run_scripts(scripts, target, wanted, lambda _: None)
        lines = placed(scripts, reports)
        show(lines, options, executed=False)
    sys.exit(exit_code(lines, strict=options["strict"]))


@click.command()
@FILES
@with_options(
    *ON_TARGET,
    DB,
    click.option("--ignore-warnings", is_flag=True, help="Execute in spite of warnings."),
    click.option("--force", is_flag=True, help="Go on after a statement that failed."),
    click.option("--no-backup", is_flag=True, help="Store no rollback statements."),
    click.option("--sequence", default="", help="The task's own name; the files' names are added to it."),
    click.option(
        "--resume", is_flag=True, help="Go on with the first of FILES where it was cut off; with its --sequence."
    ),
    click.option(
        "--resume-as",
        type=click.Choice(["committed", "not-committed"]),
        help="With --resume: what became of a statement whose outcome is unknown.",
    ),
    click.option("--sleep", "sleep_ms", type=click.IntRange(0, 100_000), default=0, help="ms after each statement."),
    BATCH_ROWS,
    STRICT,
    FORMAT,
    OUTPUT,
)
def execute(files: tuple[Path, ...], **options: Any) -> None:
    """Audit and execute FILES of SQL, each as a batch of its own; the first that is not executed in full is the last.

    Rollback statements are stored on the backup server of the configuration; --format json tells their ids.
    """
    from inception.release.outcome import execution_code, placed
    from inception.release.run import run_scripts
    from inception.release.watching import progress_bar

    lines: list[Line] = []
    with refusals():
        target, scripts = target_for(options), read_scripts(files)
        try:
            for number, script in enumerate(scripts):
                wanted = _wanted(script, target, options, resume=options["resume"] and not number)
                with progress_bar(script.path) as advance:
                    reports = run_scripts([script], target, wanted, advance)
                lines += placed([script], reports)
                if execution_code(lines, strict=False):
                    break
        except InceptionError:
            if lines:  # of the files before
                show(lines, options, executed=True)
            raise
        show(lines, options, executed=True)
    sys.exit(execution_code(lines, strict=options["strict"]))


def _wanted(script: "Script", target: "Target", options: dict[str, Any], *, resume: bool) -> "Options":
    """Return the options of one file's batch. Raises BadOption."""
    from inception.batch.options import Mode

    if options["resume"] and not options["sequence"]:
        raise BadOption("--resume needs the --sequence that the files were executed with.")
    if options["resume_as"] and not options["resume"]:
        raise BadOption("--resume-as needs --resume.")
    sequence = f"{options['sequence']}:{Path(script.path).name}" if options["sequence"] else ""
    return replace(
        target.options(Mode.EXECUTE, options["db"]), ignore_warnings=options["ignore_warnings"], force=options["force"],
        backup=not options["no_backup"], sequence=sequence, sleep_ms=options["sleep_ms"],
        batch_rows=options["batch_rows"], resume=resume, resume_as=(options["resume_as"] or "") if resume else "",
    )  # fmt: skip


@click.command()
@click.argument("ids", nargs=-1, required=True)
@with_options(
    *ON_TARGET,
    click.option("--from", "home", default="", help="The backup database, where several have the id."),
    click.option("--force", is_flag=True, help="Also where rows have changed since."),
    STRICT,
    FORMAT,
    OUTPUT,
)
def rollback(ids: tuple[str, ...], **options: Any) -> None:
    """Undo executed statements, the last executed first. IDS are what `sequence` says of them.

    Rows that have changed since keep an operation from being undone. The rollback is itself stored.
    """
    from inception.release.outcome import Line, execution_code
    from inception.release.run import roll_back
    from inception.release.watching import progress_bar

    with refusals():
        target = target_for(options)
        opids = tuple(dict.fromkeys(each.strip("'") for each in ids))
        with progress_bar("rollback") as advance:
            reports = roll_back(opids, target, force=options["force"], home=options["home"], on_progress=advance)
        lines = [Line("rollback", number, report) for number, report in enumerate(reports, 1)]
        show(lines, options, executed=True)
    sys.exit(execution_code(lines, strict=options["strict"]))
