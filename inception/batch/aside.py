"""What in a batch is said to Inception, not to be run: `inception show …`, `desc …`, `set …`, `get …`. Pure."""

import re
from dataclasses import dataclass

from inception.batch.lexis import FLAGS, GAP

_OWN = re.compile(rf"{GAP}*+(?:inception|inc){GAP}++(?:(?P<show>show|desc|describe)(?=\s)|(?P<word>set|get))\b", FLAGS)
_NAME = r"(?:`(?:[^`]|``)++`|[\w$\x80-\U0010ffff]++)"
_TABLE = re.compile(rf"desc(?:ribe)?+\s++{_NAME}(?:\s*+\.\s*+{_NAME})?+\s*+", FLAGS)
_VALUE = r"'(?:[^']|'')*+'|\"(?:[^\"]|\"\")*+\"|[^\s'\";]++"
_SETTING = re.compile(rf"session\s++(?:`(?P<quoted>\w++)`|(?P<name>[\w-]++))\s*+=\s*+(?P<value>{_VALUE})\s*+", FLAGS)


@dataclass(frozen=True)
class Aside:
    """A question to the target: `query` is what it is asked in `database`, before the statement of number `before`.

    `query` is '' for one that cannot be asked: DESC of anything but a table could run something.
    """

    before: int
    text: str
    query: str
    database: str


@dataclass(frozen=True)
class Setting:
    """A session variable that is to hold for the batch."""

    name: str
    value: str


def is_aside(text: str) -> bool:
    """Tell whether a statement speaks to Inception."""
    return _OWN.match(text) is not None


def read_aside(text: str, before: int, database: str) -> Aside | Setting | None:
    """Return what such a statement asks or sets; None for `get`, and for `set` without `session`: they mean nothing."""
    own = _OWN.match(text)
    if own is None:
        return None
    if own["show"]:
        query = text[own.start("show") :]
        askable = own["show"].lower() == "show" or _TABLE.fullmatch(query) is not None
        return Aside(before, text, query if askable else "", database)
    setting = _SETTING.fullmatch(text[own.end() :].strip()) if own["word"].lower() == "set" else None
    if setting is None:
        return None
    value = setting["value"]
    if value[0] in "'\"":
        value = value[1:-1].replace(value[0] * 2, value[0])
    return Setting(setting["quoted"] or setting["name"], value)
