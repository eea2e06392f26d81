"""The source comment in front of a batch: where it ends, what its options mean, and its password masked.

How items are written is items.py's. Whether an option is supported by what runs the batch is not decided here.
"""

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

from inception.batch.items import SHOWN, key_of, read_items
from inception.batch.lexis import BLANK, FLAGS, NOT_IN_NAME
from inception.errors import BadOption, NoSource
from inception.server import Tls
from inception.settings.core_variables import MOST_BATCH_ROWS

START_WORD = "inception_magic_start"

_FORM = "/*--user=…;--password=…;--host=…;--port=…;--enable-check;*/ inception_magic_start;"
_OPEN = re.compile(rf"\ufeff?+{BLANK}*+/\*(?={BLANK}*+--)", FLAGS)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Mode(StrEnum):
    """What to do with a batch."""

    CHECK = "check"
    EXECUTE = "execute"
    SPLIT = "split"
    QUERY_PRINT = "query-print"
    MASKING = "masking"


@dataclass(frozen=True)
class Options:
    """What a source comment says. `sleep_ms` in milliseconds; an empty text means: not given.

    `has_account` tells whether user (and password) were given; without, the configured account is used and nothing is
    executed. With a `source`, host, port, account and TLS come from the configuration and are empty here.
    """

    mode: Mode
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = field(default="", repr=False)
    has_account: bool = False
    source: str = ""
    ignore_warnings: bool = False
    force: bool = False
    backup: bool = True
    real_row_count: bool = False
    sleep_ms: int = 0
    sleep_rows: int = 1
    sequence: str = ""
    resume: bool = False
    resume_as: str = ""
    trans: int = 0
    batch_rows: int = 0
    tls: Tls = field(default_factory=Tls)
    db: str = ""


def find_comment(text: str, followed_by: str = START_WORD) -> tuple[str, int]:
    """Return the inside of the source comment that a text begins with, and the offset behind the comment.

    It ends at the first "*/" before the word `followed_by` (a pattern, in any case). Raises NoSource for no comment.
    """
    opened = _OPEN.match(text)
    if opened is None:
        raise NoSource(f"No source comment in front: begin with {_FORM} (the mysql client needs --comments to send it)")
    closed = re.compile(rf"\*/(?={BLANK}*+(?:{followed_by}){NOT_IN_NAME})", FLAGS).search(text, opened.end())
    if closed is None:
        raise NoSource(f"The source comment is not closed by */ and the word after it: begin with {_FORM}")
    return text[opened.end() : closed.start()], closed.end()


def read_options(items: str, mode: Mode | None = None) -> Options:
    """Read the inside of a source comment. `mode` is what holds where the comment has none: for commands.

    Raises BadOption, which names the option and says what is right, and shows no value.
    """
    given: dict[str, Any] = {}
    for name, text in read_items(items):
        key, value = _read(name, text)
        if given.setdefault(key, value) != value:
            raise BadOption(f"Option --{key} is given twice, with different values.")
    chosen = [each for each in Mode if given.pop(each.value, False)]
    if len(chosen) != 1 and (chosen or mode is None):
        raise BadOption("Exactly one of --check, --execute, --split, --query-print and --masking must be switched on.")
    return _options(chosen[0] if chosen else mode or Mode.CHECK, given)


_SWITCHES = {"on": True, "1": True, "true": True, "off": False, "0": False, "false": False}
_SWITCHING = ("enable", "disable", "skip")
_FLAGS = frozenset({*Mode, "ignore-warnings", "force", "remote-backup", "resume", "real-row-count"})


def _read(name: str, text: str | None) -> tuple[str, Any]:
    """Return an option's one name and its value, read and checked."""
    key = key_of(name)
    prefix, _, rest = key.partition("-")
    switched = key_of(rest)
    if prefix in _SWITCHING and switched in _FLAGS | {"ssl"}:
        if text is not None:
            raise BadOption(f"Option --{key} takes no value.")
        on = prefix == "enable"
        return switched, on if switched in _FLAGS else ("required" if on else "off")
    if key in _FLAGS:
        return key, _switch(key, text)
    if key not in _READERS:
        raise BadOption(_unknown(name, key))
    if key == "ssl" and text is None:
        return key, "required"
    if text is None or (not text and key != "password"):
        raise BadOption(f"Option --{key} needs a value: --{key}=…")
    try:
        return key, _READERS[key](text)
    except ValueError as error:
        raise BadOption(f"Option --{key} must be {error}.") from None


def _unknown(name: str, key: str) -> str:
    switch = next((f"{each}-" for each in _SWITCHING if key.startswith(f"{each}-")), "")
    near = get_close_matches(key.removeprefix(switch), _FLAGS if switch else [*_READERS, *_FLAGS], n=1)
    return f"Unknown option --{name[:SHOWN]}." + (f" Did you mean --{switch}{near[0]}?" if near else "")


def _switch(key: str, text: str | None) -> bool:
    value = _SWITCHES.get("on" if text is None else text.lower())
    if value is None:
        raise BadOption(f"Option --{key} must be 1, on, true, 0, off or false.")
    return value


def _number(minimum: int, maximum: int = 2**31 - 1, *, clamp: bool = False) -> Callable[[str], int]:
    def read(text: str) -> int:
        digits = text.lstrip("0") if re.fullmatch("[0-9]+", text) else None
        value = -1 if digits is None else int(digits or "0") if len(digits) < 12 else 10**12
        if value < minimum or (value > maximum and not clamp):
            raise ValueError(f"a number from {minimum} to {maximum}")
        return min(value, maximum)

    return read


def _choice(*choices: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        for choice in choices:
            if text.lower().replace("-", "_") == choice.replace("-", "_"):
                return choice
        raise ValueError("one of " + ", ".join(choices))

    return read


def _text(maximum: int = 1024, *, no_blanks: bool = False) -> Callable[[str], str]:
    def read(text: str) -> str:
        if len(text) > maximum or _CONTROL.search(text) or (no_blanks and re.search(r"[\s;]", text)):
            blanks = " nor blanks nor ';'" if no_blanks else ""
            raise ValueError(f"a text of at most {maximum} characters, with no control characters{blanks}")
        return text

    return read


def _tls_mode(text: str) -> str:
    if text.lower() in _SWITCHES:
        return "required" if _SWITCHES[text.lower()] else "off"
    return _choice("off", "preferred", "required", "verify_ca", "verify_identity")(text)


_READERS: dict[str, Callable[[str], Any]] = {
    "host": _text(255, no_blanks=True),
    "port": _number(1, 65535),
    "user": _text(),
    "password": str,
    "source": _text(128),
    "sleep": _number(0, 100_000, clamp=True),
    "sleep-rows": _number(1),
    "sequence": _text(128),
    "resume-as": _choice("committed", "not-committed"),
    "trans": _number(0),
    "batch-rows": _number(0, MOST_BATCH_ROWS),
    "ssl": _tls_mode,
    "ssl-ca": _text(4096),
    "ssl-cert": _text(4096),
    "ssl-key": _text(4096),
    "db": _text(64),
}
_OF_TARGET = ("host", "port", "user", "password", "ssl", "ssl-ca", "ssl-cert", "ssl-key")


def _options(mode: Mode, given: dict[str, Any]) -> Options:
    """Put checked values together. Raises BadOption where they do not fit each other."""
    _check_target(given)
    resume = given.get("resume", "resume-as" in given)
    if resume and mode is Mode.EXECUTE and "sequence" not in given:
        raise BadOption("Option --resume needs --sequence: the name of the task to go on with.")
    if "resume-as" in given and not resume:
        raise BadOption("Option --resume-as needs --resume.")
    names = {"remote-backup": "backup", "sleep": "sleep_ms"}
    plain = {names.get(key, key.replace("-", "_")): value for key, value in given.items() if not key.startswith("ssl")}
    tls = Tls(*(given.get(key, default) for key, default in (("ssl", Tls.mode), *((k, "") for k in _OF_TARGET[5:]))))
    return Options(mode, **{**plain, "resume": resume, "tls": tls, "has_account": "user" in given})


def _check_target(given: dict[str, Any]) -> None:
    if "source" in given:
        for key in _OF_TARGET:
            if key in given:
                raise BadOption(f"Option --{key} and option --source exclude each other: a source has its own.")
        return
    for key in ("host", "port"):
        if key not in given:
            raise BadOption(f"Option --{key} is missing: give --host and --port of the target, or --source.")
    if "password" in given and "user" not in given:
        raise BadOption("Option --password is given without --user: give both, or neither.")


MASK = "********"
_HINT = re.compile(r"(?<![\w-])--(?P<item>[a-z][\w-]*+)\s*+=|pass?[-_]?w|passphrase|pwd|identified", FLAGS)
_RUN = re.compile(r"[\w-]*+")
_ASSIGNED = re.compile(r"\s*+=", FLAGS)
_BARE = re.compile(r"\s*+=\s*+[^\s'\"();,]++", FLAGS)
_LEADING_COMMENT = re.compile(rf"\ufeff?+{BLANK}*+/\*", FLAGS)
_COMMENT_END = re.compile(rf"\*/(?={BLANK}*+inc(?:eption)?(?:_magic_start)?{NOT_IN_NAME})", FLAGS)
_KNOWN = "|".join(re.sub("-", "[-_]", name) for name in sorted({*_READERS, *_FLAGS, "backup"}, key=len, reverse=True))
_KNOWN_ITEM = re.compile(rf";\s*+--(?:(?:enable|disable|skip)[-_])?+(?:{_KNOWN})(?![\w-])(?=\s*+(?:=|;|\*/|\Z))", FLAGS)
_CLOSED = re.compile(r"\s*+(?:'(?:[^']++|'')*+'|\"(?:[^\"]++|\"\")*+\")(?=\s*+(?:;|\*/|\Z))", FLAGS)
_SQL_TOKEN = re.compile(
    r"(?P<text>'(?:[^'\\]++|\\.)*+'|\"(?:[^\"\\]++|\\.)*+\"|\b0x[0-9a-f]++)|(?P<open>['\"])"
    r"|(?P<comment>/\*[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/|\Z)|#[^\n]*+|--\s[^\n]*+)|(?P<end>;)",
    FLAGS,
)


def mask_passwords(text: str) -> str:
    """Return a text for a log: passwords in a source comment and in SQL about accounts are replaced by ********.

    It hides too much rather than too little: values of options that do not exist, all literals of an SQL statement
    that speaks of passwords, and everything to the end where it is not sure of a password's end. The text may be cut
    off at its end, not at its beginning.
    """
    comment_ends = [found.start() for found in _COMMENT_END.finditer(text)]
    first_end = comment_ends[0] if comment_ends else len(text)
    commented = range(first_end if _LEADING_COMMENT.match(text) else 0)
    shown, position = [], 0
    while hint := _HINT.search(text, position):
        start, end = _run(text, hint, position)
        assigned = _ASSIGNED.match(text, end)
        if hint["item"] and key_of(hint["item"]) in _READERS and key_of(hint["item"]) != "password":
            shown.append(text[position : hint.end()])
            position = hint.end()
        elif assigned and (text[start] == "-" or start in commented):
            shown += text[position : assigned.end()], MASK
            position = _end_of_value(text, assigned.end(), comment_ends)
        else:
            masked, stop = _masked_sql(text, end)
            shown += text[position:end], masked
            position = stop
    return "".join([*shown, text[position:]])


def _run(text: str, hint: re.Match[str], low: int) -> tuple[int, int]:
    """Return start and end of the word, with dashes, that a hint lies in."""
    start = hint.start()
    while start > low and (text[start - 1].isalnum() or text[start - 1] in "-_"):
        start -= 1
    found = _RUN.match(text, hint.start())
    return start, found.end() if found else hint.end()


def _end_of_value(text: str, offset: int, comment_ends: list[int]) -> int:
    """Return the furthest offset at which a password that begins at `offset` may end."""
    closed = _CLOSED.match(text, offset)
    following = bisect_left(comment_ends, offset)
    region = comment_ends[following] if following < len(comment_ends) else len(text)
    item = _KNOWN_ITEM.search(text, offset, region)
    return max(closed.end() if closed else offset, item.start() if item else region)


def _masked_sql(text: str, offset: int) -> tuple[str, int]:
    """Mask what is literal from an offset to the statement's end; return it and the offset behind."""
    bare = _BARE.match(text, offset)
    shown = ["=" + MASK] if bare else []
    position = bare.end() if bare else offset
    for token in _SQL_TOKEN.finditer(text, position):
        if token["end"]:
            return "".join([*shown, text[position : token.start()]]), token.start()
        if token["open"] or re.search(r"\\['\"]", token[0]):  # whether \ escapes is not known here
            return "".join([*shown, text[position : token.start()], MASK]), len(text)
        if token["text"] or re.search(r"['\"]", token[0]):
            shown += text[position : token.start()], MASK
            position = token.end()
    return "".join([*shown, text[position:]]), len(text)
