"""inception watch, and the bar that an execution shows: what runs, how far it is, and how long it will still take."""

import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from inception.release.common import refusals

if TYPE_CHECKING:
    from rich.console import RenderableType

    from inception.mysql import Connection
    from inception.progress import Progress
    from inception.release.run import OnProgress

_PASSWORD = "INCEPTION_GATEWAY_PASSWORD"  # noqa: S105 - the name of a variable


@contextmanager
def progress_bar(title: str) -> "Iterator[OnProgress]":
    """Yield what takes the progress of a request; a bar is drawn on stderr where that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:.0f} %"),
               TimeElapsedColumn(), TimeRemainingColumn())  # fmt: skip
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(title, total=None)

        def take(progress: "Progress") -> None:
            said = f"{title} {progress.state.value.lower()}"
            bars.update(task, description=said, completed=progress.done, total=progress.total or None)

        yield take


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The gateway's host.")
@click.option("--port", type=click.IntRange(1, 65535), default=6669, show_default=True)
@click.option("--user", default="", help=f"Default: your own name; the password comes from {_PASSWORD}.")
@click.option("--interval", type=click.FloatRange(0.2, 60), default=1.0, show_default=True, help="Seconds.")
@click.option("--once", is_flag=True, help="Print what runs now, and end.")
def watch(**options: Any) -> None:
    """Show what runs on a gateway: a live table with a bar for each request and the time it will still take."""
    from rich.console import Console
    from rich.live import Live

    from inception.mysql import connect
    from inception.server import Address

    user = options["user"] or os.environ.get("USER", "")
    address = Address(options["host"], options["port"], user, os.environ.get(_PASSWORD, ""))
    with refusals(), connect(address) as gateway:
        console = Console()
        if options["once"]:
            console.print(_table(requests(gateway)))
            return
        with Live(_table(requests(gateway)), console=console, auto_refresh=False, screen=console.is_terminal) as live:
            try:
                while True:
                    time.sleep(options["interval"])
                    live.update(_table(requests(gateway)), refresh=True)
            except KeyboardInterrupt:
                return


def requests(gateway: "Connection") -> list[dict[str, Any]]:
    """Return what runs on a gateway, by column of its process list; the asking connection is left out."""
    names, rows = gateway.table("inception get full processlist")
    listed = [dict(zip(names, row, strict=True)) for row in rows]
    return [each for each in listed if each["Command"] != "LOCAL"]


def seconds_left(request: Mapping[str, Any]) -> int | None:
    """Return for how many seconds a request will still take if it goes on as it did; None where that is not known."""
    if request["Percent"] is None or int(request["Percent"]) <= 0:
        return None
    percent = int(request["Percent"])
    return round(int(request["Time"]) * (100 - percent) / percent)


def _table(running: Sequence[Mapping[str, Any]]) -> "RenderableType":
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    table = Table(title=f"{len(running)} running")
    for name, least in (("id", 2), ("what", 18), ("time", 4), ("done", 4), ("", 6), ("left", 4), ("statement", 8)):
        table.add_column(name, no_wrap=True, min_width=least)
    for each in running:
        left = seconds_left(each)
        percent = int(each["Percent"] or 0)
        statement = " ".join(str(each["Current_Execute"] or each["Info"] or "").split())
        where = f"{each['Dest_User']}@{each['Dest_Host']}:{each['Dest_Port']}"
        table.add_row(
            str(each["Id"]), Text(f"{each['Command']} {each['STATE']}\n{where}\nfrom {each['From_Host']}"),
            _clock(int(each["Time"])), f"{percent} %", ProgressBar(total=100, completed=percent, width=6),
            "" if left is None else _clock(left), Text(statement),
        )  # fmt: skip
    return table


def _clock(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
