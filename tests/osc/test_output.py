"""What the tool's lines mean: real output of two versions on two servers, and lines that nobody has seen."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from inception.osc.output import Output, hear

OUTPUTS = Path(__file__).parent / "outputs"
EXPECTED = OUTPUTS / "expected"
PROGRESS = "Copying `d`.`t`: {:3}% {} remain"


def listen(lines: list[str]) -> list[Output]:
    """Return what is known after each line."""
    return listen_to((line, False) for line in lines)


def listen_to(lines: Iterable[tuple[str, bool]]) -> list[Output]:
    """Return what is known after each line, given with whether it stood on standard error."""
    heard = [Output()]
    for line, error in lines:
        heard.append(hear(heard[-1], line, error=error))
    return heard


def captured(path: Path) -> list[str]:
    """Return the lines that the tool wrote, without the notes of when and where."""
    return [line for line, _ in stamped(path)]


def stamped(path: Path) -> list[tuple[str, bool]]:
    """Return the lines that the tool wrote, each with whether it was to standard error."""
    lines = path.read_text().splitlines()
    found = [re.match(r"\+ *[\d.]+ ([12]): (.*)", line) for line in lines]
    in_order = [(match[2], match[1] == "2") for match in found if match]
    return in_order or list(_by_stream(lines)) or [(line, False) for line in lines]


def _by_stream(lines: list[str]) -> Iterator[tuple[str, bool]]:
    """Yield the lines of a run whose streams were captured one after the other."""
    stream = ""
    for line in lines:
        if line.startswith("--- "):
            stream = line.removeprefix("--- ")
        elif stream in ("stdout", "stderr"):
            yield line, stream == "stderr"


def shown(name: str, heard: list[Output]) -> str:
    last = heard[-1]
    flags = [flag for flag in ("created", "copied", "swapped", "succeeded") if getattr(last, flag)]
    waits = dict.fromkeys(each.waiting for each in heard if each.waiting)
    told = [name, f"{last.percent} % {last.remaining}", " ".join(flags), "; ".join(waits)]
    return " | ".join([*told, *([last.complaint] if last.complaint and not last.succeeded else [])])


def test_captured_output(request: pytest.FixtureRequest) -> None:
    found = [shown(path.stem, listen_to(stamped(path))) for path in sorted(OUTPUTS.glob("*.txt"))]
    assert len(found) > 90
    if request.config.getoption("--update"):
        EXPECTED.write_text("\n".join(found) + "\n")
    assert found == EXPECTED.read_text().splitlines()


@pytest.mark.parametrize("path", sorted(OUTPUTS.glob("*.txt")), ids=lambda path: path.stem)
def test_percent_never_falls_and_only_success_is_100(path: Path) -> None:
    heard = listen(captured(path))
    percents = [each.percent for each in heard]
    assert percents == sorted(percents)
    assert all(each.succeeded == (each.percent == 100) for each in heard)


def test_a_failure_keeps_its_reason() -> None:
    heard = listen(captured(OUTPUTS / "371_mysql974_badalter.txt"))[-1]
    assert "right syntax to use near 'inttt'" in heard.text
    assert not heard.succeeded


def test_the_complaint_is_why_it_failed() -> None:
    """In one line, whatever statement it shows, and not what is said because of it."""
    heard = listen_to([
        ("Cannot connect to A=utf8mb4,F=/private/account.cnf,h=127.0.0.1", True),
        ("Copying approximately 10 rows...", False),
        ('2026-11-21T01:44:46 \t(in cleanup) Error altering: no such thing [for Statement "ALTER TABLE t', True),
        ("Pausing because Threads_running=90.", True),
        ("drop column", True),
        ('x"] at /usr/bin/pt-online-schema-change line 9.', True),
        ("2026-11-21T01:44:47 Error dropping trigger: Server has gone away", True),
        ("DROP TRIGGER IF EXISTS `d`.`pt_osc_d_t_del`", True),
        ("Error cleaning up: no dbh at pt-online-schema-change line 3 during global destruction.", True),
        ("`d`.`t` was not altered.", False),
    ])  # fmt: skip
    wanted = 'Error altering: no such thing [for Statement "ALTER TABLE t drop column x"] at /usr/bin/pt-online-schema-change line 9.'
    assert heard[-1].complaint == wanted


@pytest.mark.parametrize(
    ("clock", "remaining", "seconds"),
    [
        ("00:04", "00:04", 4),
        ("08:13:52", "08:13:52", 29632),
        ("1+02:03:04", "26:03:04", 93784),
        ("2+03:04", "48:03:04", 172984),
        ("::::", "", None),
        ("99", "", None),
    ],
)
def test_remaining_time(clock: str, remaining: str, seconds: float | None) -> None:
    heard = hear(Output(), PROGRESS.format(5, clock))
    assert (heard.remaining, heard.remaining_seconds) == (remaining, seconds)


def test_a_wait_ends_with_the_next_progress() -> None:
    lines = ["Pausing because Threads_running=90.", "Pausing because Threads_running=91.", PROGRESS.format(7, "00:09")]
    heard = listen(lines)
    assert [each.waiting for each in heard] == [
        "",
        "Pausing because Threads_running=90",
        "Pausing because Threads_running=91",
        "",
    ]
    assert heard[-1].lines == (lines[1],)  # told every second, kept once


def test_names_that_look_like_something_else() -> None:
    heard = listen(
        ["Copying `a`: 99% 00:01 remain`.`t`:  12% 00:30 remain", "Successfully altered `Copied rows OK.`.`x`."]
    )
    assert [each.percent for each in heard] == [0, 12, 100]


def test_what_is_kept_is_bounded() -> None:
    heard = listen([f"line {number} " + "x" * 5000 for number in range(1000)])[-1]
    assert len(heard.lines) == 200
    assert heard.lines[-1].startswith("line 999 ")
    assert max(map(len, heard.lines)) == 2000


ALPHABET = st.text(st.sampled_from("Copying `.%0123456789:+ remainPausing becWtOK.S'\t\0é表\udcff"), max_size=60)
SEEN = st.sampled_from(sorted({line for path in OUTPUTS.glob("*.txt") for line in captured(path)}))
STEP = st.builds(lambda percent, clock: PROGRESS.format(percent, clock), st.integers(0, 10**6), ALPHABET)


@given(st.lists(st.one_of(st.text(), ALPHABET, SEEN, STEP), max_size=40))
@example(["Copying `d`.`t`: 999999999% 999999999+99:99:99 remain"])
@example(["Copying `d`.`t`:  10% ٣٣:٣٣ remain"])
def test_any_line_is_taken(lines: list[str]) -> None:
    heard = listen(lines)
    percents = [each.percent for each in heard]
    assert percents == sorted(percents)
    assert all(0 <= percent <= 100 for percent in percents)
    assert all(each.remaining == "" or re.fullmatch(r"[0-9]{2,}(:[0-9]{2,}){1,2}", each.remaining) for each in heard)
    assert all(len(each.complaint) <= 2000 for each in heard)
    assert all(each.remaining_seconds is None or each.remaining_seconds >= 0 for each in heard)
