"""What pt-online-schema-change says: one line at a time → what is known of it so far. Pure.

Knows the lines of versions 3.2.1 and 3.7.1, on standard output (phases) and standard error (progress, waits, errors).
A line that it does not know is kept as it is.
"""

import re
from dataclasses import dataclass, replace

_PROGRESS = re.compile(r"Copying `.+`: +(\d{1,9})% (?:(\d{1,9})\+)?([\d:]{4,20}) remain")
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d +")
_CREATED = re.compile(r"Created new table .+ OK\.")
_SUCCESS = re.compile(r"Successfully altered `.+`\.")
# "Pausing because Threads_running=90.", "Replica lag is 3 seconds on vm.  Waiting.", "(1) Replica 'vm' is stopped.
# Waiting.", "Sleeping 60 seconds because FILE exists", "Pausing because PXC Flow Control is active"
_WAIT = re.compile(r"Pausing because |.*\bWaiting\.\s*\Z|Sleeping \d+ seconds because ")
_PAUSE_FILE = re.compile(r"Sleeping \d+ seconds because ")
# advice, what goes wrong after what went wrong, replicas that are not where the tool looks for them
_NO_COMPLAINT = re.compile(
    r"Please read the documentation|.* during global destruction\.\Z|DROP |Error dropping |To try dropping "
    r"|Cannot connect to \w="
)
_OPEN_STATEMENT = re.compile(r'\[for Statement "(?!.*"\] at )')
_MOST_LINES = 200  # kept of what was said: the last ones
_LONGEST_LINE = 2000


@dataclass(frozen=True)
class Output:
    """What the tool has said so far.

    `percent` never falls and is 100 only after success. `remaining` is `MM:SS` or `HH:MM:SS`, '' while not known.
    `waiting` is the reason of a wait that goes on, `lines` everything but progress, `complaint` the last of those that
    stood on standard error and were no wait: where it fails, that is why. `created`: its new table is there;
    `copied`: all rows are, what follows takes moments; `swapped`: the new table stands in the old one's place.
    """

    percent: int = 0
    remaining: str = ""
    waiting: str = ""
    lines: tuple[str, ...] = ()
    complaint: str = ""
    created: bool = False
    copied: bool = False
    swapped: bool = False
    succeeded: bool = False

    @property
    def text(self) -> str:
        """Everything but progress, line by line."""
        return "\n".join(self.lines)

    @property
    def remaining_seconds(self) -> float | None:
        """The remaining time in seconds; None where it is not known."""
        if not self.remaining:
            return None
        seconds = 0
        for part in self.remaining.split(":"):
            seconds = seconds * 60 + int(part)
        return float(seconds)


def hear(so_far: Output, line: str, *, error: bool = False) -> Output:
    """Return what is known after one more line, given without its end; `error`: it stood on standard error."""
    progress = _PROGRESS.fullmatch(line.strip())
    if progress is not None:
        return _progressed(so_far, progress)
    line = line.rstrip()[:_LONGEST_LINE]
    if not line:
        return so_far
    if _WAIT.match(line):
        return replace(so_far, waiting=_reason(line), lines=_kept(so_far, line))
    said = _TIMESTAMP.sub("", line, count=1)
    complaint = _complaint(so_far.complaint, said) if error else so_far.complaint
    return _passed(replace(so_far, waiting="", lines=_kept(so_far, line), complaint=complaint), said)


def _progressed(so_far: Output, match: re.Match[str]) -> Output:
    percent, days, clock = match.groups()
    reached = min(int(percent), 99)  # 100 is said by "Successfully altered" alone
    remaining = _clock(int(days or 0), clock)
    return replace(so_far, percent=max(so_far.percent, reached), remaining=remaining or so_far.remaining, waiting="")


def _clock(days: int, clock: str) -> str:
    """Return `MM:SS` or `HH:MM:SS`, days as hours; '' for what is neither."""
    parts = clock.split(":")
    if not 2 <= len(parts) <= 3 or not all(part.isdigit() for part in parts):
        return ""
    numbers = [int(part) for part in parts]
    if days:
        numbers = [0] * (3 - len(numbers)) + numbers
        numbers[0] += 24 * days
    return ":".join(f"{number:02d}" for number in numbers)


def _passed(now: Output, phase: str) -> Output:
    """Take note of a phase that the tool has entered or left."""
    if _CREATED.fullmatch(phase):
        return replace(now, created=True)
    if phase == "Copied rows OK.":
        return replace(now, copied=True, percent=max(now.percent, 99), remaining="00:00")
    if phase == "Swapped original and new tables OK.":
        return replace(now, swapped=True)
    if _SUCCESS.fullmatch(phase):
        return replace(now, succeeded=True, percent=100, remaining="00:00")
    return now


def _complaint(before: str, line: str) -> str:
    """Return the complaint after one more line; one that shows a statement goes on until that is closed."""
    said = line.strip().removeprefix("(in cleanup) ")
    if _OPEN_STATEMENT.search(before) and len(before) < _LONGEST_LINE:
        return f"{before} {said}"[:_LONGEST_LINE]
    return before if _NO_COMPLAINT.match(said) else said


def _reason(line: str) -> str:
    return "paused" if _PAUSE_FILE.match(line) else line.removesuffix("Waiting.").strip().rstrip(".")


def _kept(so_far: Output, line: str) -> tuple[str, ...]:
    """Keep a line; of what is told again and again, such as a wait, the last."""
    lines = so_far.lines
    if lines and (line == lines[-1] or (_WAIT.match(line) and _shape(lines[-1]) == _shape(line))):
        lines = lines[:-1]
    return (*lines[-_MOST_LINES + 1 :], line)


def _shape(line: str) -> str:
    return re.sub(r"\d+", "0", line)
