"""What a client may ask of the server itself, one module per command.

A command is a module with a docstring (its help), SYNTAX, and `run(context, arguments)`. SYNTAX is read as a pattern:
words stand for themselves in any case, `<name>` for a value (quoted or bare), `<name,>` for values with commas between
(see `values_of`), `<name:a|b>` for one of these words, `[…]` may be left out. A source comment may stand in front.
Nothing to register: the module is found by being here.
"""

import importlib
import pkgutil
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import ModuleType

from inception.answer import Answer, Encode, Encoded
from inception.batch.options import Mode, Options, find_comment, read_options
from inception.batch.split import NOT_STARTED
from inception.errors import BadCommand, NoSource, NotABatch, RefusedHere
from inception.gateway import Gateway
from inception.settings import SessionValues
from inception.settings.accounts import allows

_LONGEST = 64 * 1024  # characters of a command
_NEEDS = {  # verb: the role that may; verbs that change what concerns others are an admin's, looking is everybody's
    **dict.fromkeys(("set", "kill", "stop", "pause", "resume", "clean"), "admin"),
    "rollback": "execute",
}
_COMMAND = re.compile(r"\s*+(?:inception|inc)\b\s*+", re.I)
_TOKEN = re.compile(r"<(\w+)(,?)(?::([\w|]+))?>|([\[\]=])|([^\s\[\]=<>]+)|\s+")
_VALUE = r"(?:'(?:[^'\\]|\\.|'')*+'|\"(?:[^\"\\]|\\.|\"\")*+\"|`[^`]*+`|[^\s;'\"`]++)"
_ITEM = _VALUE.replace("[^\\s;", "[^\\s,;")
_NAME = _VALUE.replace("[^\\s;", "[^\\s=;")  # what stands before a `=`
_VALUES = rf"{_ITEM}(?:\s*,\s*{_ITEM})*+"


@dataclass(frozen=True)
class Context:
    """Who asks: the gateway and the asking connection. `keep` replaces the connection's session values, `encode` makes
    the bytes of what a worker answers.

    `role` is that of its user: `_NEEDS` has what it takes for which verb.
    """

    gateway: Gateway
    connection_id: int
    user: str
    host: str
    values: SessionValues
    keep: Callable[[SessionValues], None]
    encode: Encode
    role: str = "admin"
    source: Options | None = None  # what a source comment in front of the command says


Bound = Callable[[Context], Awaitable[Answer | Encoded]]


@dataclass(frozen=True)
class Command:
    """A command as loaded from its module; `syntax` as people read it."""

    syntax: str
    help: str
    lists: frozenset[str]
    pattern: re.Pattern[str]
    run: Callable[[Context, Mapping[str, str | None]], Awaitable[Answer | Encoded]]


def find(text: str) -> Bound | None:
    """Return what answers a command; None for a text that is none.

    Raises BadCommand for one that is unknown or malformed, showing the right syntax.
    """
    if len(text) > _LONGEST:
        return None
    source, text = _split_source(text)
    begins = _COMMAND.match(text)
    if begins is None:
        return None
    bare = text.strip().rstrip(";").rstrip()
    for command in all_commands():
        matched = command.pattern.fullmatch(bare)
        if matched is not None:
            arguments = {
                name: value if name in command.lists else _unquoted(value)
                for name, value in matched.groupdict().items()
            }
            return lambda context: _run(command, replace(context, source=source), arguments)
    words = bare[begins.end() :]
    if re.match(r"(?:show|desc|describe)\s", words, re.I):
        raise NotABatch(f"{NOT_STARTED} 'inception show …' and 'inception desc …' ask the target: inside a batch.")
    raise BadCommand(_advice(words))


async def _run(command: Command, context: Context, arguments: Mapping[str, str | None]) -> Answer | Encoded:
    own = (arguments.get("scope") or "").lower() == "session"
    needed = "audit" if own else _NEEDS.get(command.syntax.split()[1], "audit")
    if not allows(context.role, needed):
        raise RefusedHere(
            f"'{command.syntax}' needs a user of role {needed}; '{context.user}' is of role {context.role}."
        )
    return await command.run(context, arguments)


def _advice(words: str) -> str:
    first = words.split(None, 1)[0].lower() if words.split() else ""
    near = [each.syntax for each in all_commands() if re.search(rf"\b{re.escape(first)}\b", each.syntax, re.I)]
    shown = near or [each.syntax for each in all_commands()]
    return "Unknown or malformed command. The syntax is: " + "; or ".join(shown)


@cache
def all_commands() -> tuple[Command, ...]:
    """Return every command, by name of its module."""
    modules = (
        importlib.import_module(f"{__name__}.{module.name}")
        for module in sorted(pkgutil.iter_modules(__path__), key=lambda each: each.name)
    )
    return tuple(_load(module) for module in modules)


def shown(syntax: str) -> str:
    """Return a SYNTAX as users write it."""
    return re.sub(r"<\w+:([\w|]+)>", r"\1", syntax).replace(",>", ">[, …]")


def _load(module: ModuleType) -> Command:
    lists = frozenset(re.findall(r"<(\w+),>", module.SYNTAX))
    return Command(shown(module.SYNTAX), (module.__doc__ or "").strip(), lists, _pattern(module.SYNTAX), module.run)


def _pattern(syntax: str) -> re.Pattern[str]:
    """Make the pattern that a SYNTAX stands for."""
    parts: list[str] = []
    for match in _TOKEN.finditer(syntax):
        name, many, choice, sign, word = match.groups()
        if name:
            one = _NAME if syntax[match.end() :].lstrip().startswith("=") else _VALUE
            value = rf"(?:{choice})(?!\w)" if choice else _VALUES if many else one
            parts.append(rf"\s*(?P<{name}>{value})")
        elif sign:
            parts.append({"[": "(?:", "]": ")?", "=": r"\s*="}[sign])
        elif word == "inception":
            parts.append(r"(?:inception|inc)\b")
        elif word:
            parts.append(rf"\s*\b{re.escape(word)}\b")
    return re.compile("".join(parts), re.I | re.S)


def _split_source(text: str) -> tuple[Options | None, str]:
    """Return what a source comment in front of a command says, and the command."""
    try:
        inside, end = find_comment(text, "inception|inc")
    except NoSource:
        return None, text
    return read_options(inside, Mode.EXECUTE), text[end:]


def values_of(listed: str) -> list[str]:
    """Return the values of a `<name,>` argument."""
    return [_unquoted(value) or "" for value in re.findall(_ITEM, listed)]


def _unquoted(value: str | None) -> str | None:
    if value is None or value[:1] not in ("'", '"', "`"):
        return value
    quote = value[0]
    return re.sub(r"\\(.)", r"\1", value[1:-1].replace(quote * 2, quote), flags=re.S)
