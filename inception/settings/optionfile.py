"""MySQL option files: the lines of a group as names and values. What the names mean is seen elsewhere.

Source: MySQL manual, "Using Option Files".
"""

import re
from collections.abc import Iterator
from pathlib import Path

from inception.errors import ConfigError

GROUP = "inception"
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "r": "\r", "s": " ", "\\": "\\", "'": "'", '"': '"'}
_BEFORE_COMMENT = re.compile(r"""(?:[^'"#]++|'(?:[^'\\]++|\\.)*+'|"(?:[^"\\]++|\\.)*+"|['"])*+""")


def read_group(path: Path, group: str = GROUP) -> list[tuple[str, str | None]]:
    """Return names and values of a group, in order; None for a key without '='.

    '#' and ';' begin a comment line, '#' a comment behind a value: a value that holds '#' needs quotes.
    Raises ConfigError, naming file and line.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except OSError as error:
        raise ConfigError(f"{path}: can't be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: can't be read: it is not UTF-8.") from None
    return list(_items(path, lines, group))


def _items(path: Path, lines: list[str], wanted: str) -> Iterator[tuple[str, str | None]]:
    group = None
    for number, line in enumerate(map(str.strip, lines), 1):
        if not line or line[0] in "#;":
            continue
        header = re.fullmatch(r"\[\s*([^\]]*?)\s*\]\s*(?:#.*)?", line)
        if header:
            group = header[1].lower()
        elif line.startswith(("[", "!")) or group is None:
            raise ConfigError(f"{path}, line {number}: neither a [group] nor name=value within one.")
        elif group == wanted:
            name, equals, value = line.partition("=")
            if not equals:
                name = line.partition("#")[0]
            yield name.strip(), _value(value.strip()) if equals else None


def _value(text: str) -> str:
    found = _BEFORE_COMMENT.match(text)
    inner = found[0].strip() if found else text
    if len(inner) > 1 and inner[0] in "'\"" and inner[0] == inner[-1]:
        inner = inner[1:-1]
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[0]), inner)
