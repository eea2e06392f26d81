"""What a variable is: its name, scope, kind, default and range, how its value is read and shown.

The vocabulary with which settings.py and the rules declare variables. A rule's keyword-only parameter is one:
`inception_max_keys: Annotated[int, Help("…"), Between(1, 1024)] = 16`. Values in force are settings.py's.
"""

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, Any, Literal, get_args, get_origin

from inception.errors import BadVariable

MASK = "********"


class Secret(str):
    """A password in a variable: a text that does not show itself in a repr."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"'{MASK}'" if self else "''"


Value = bool | int | float | str | tuple[str, ...]


class Scope(StrEnum):
    """Who may change a variable while the server runs."""

    GLOBAL = "global"
    SESSION = "session"
    READ_ONLY = "read-only"


class Kind(StrEnum):
    """The type of a variable's values."""

    BOOL = "ON or OFF"
    INT = "a whole number"
    BYTES = "a number of bytes, with K, M or G for its powers of 1024"
    FLOAT = "a number"
    TEXT = "a text"
    PATH = "a path"
    CHOICE = "one of"
    NAMES = "a comma list of names"
    SECRET = "a password"  # noqa: S105


@dataclass(frozen=True)
class Help:
    """In a parameter's annotation: the sentence that says what the variable is for."""

    text: str


@dataclass(frozen=True)
class Between:
    """In a parameter's annotation: the allowed range, both ends included; None: open."""

    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True)
class Variable:
    """One variable. A choice that ends in '=' allows any text after it (`dsn=…`). `unit` is for the documents."""

    name: str
    scope: Scope
    kind: Kind
    default: Value
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    help: str = ""
    unit: str = ""

    @property
    def allowed(self) -> str:
        """What values are allowed, in words."""
        if self.kind is Kind.CHOICE:
            return "one of " + ", ".join(choice + "…" if choice.endswith("=") else choice for choice in self.choices)
        low, high = (None if end is None else f"{end:.15g}" for end in (self.minimum, self.maximum))
        if low is None and high is None:
            return str(self.kind)
        return f"{self.kind}, " + (
            f"{low} to {high}" if low and high else f"at least {low}" if low else f"up to {high}"
        )

    def read(self, text: str) -> Value:
        """Read a value from text. Raises BadVariable, which names variable, value (not of a password) and range."""
        try:
            return self._in_range(_READERS[self.kind](self, text if self.kind is Kind.SECRET else text.strip()))
        except ValueError:
            shown = MASK if self.kind is Kind.SECRET else _cut(text)
            raise BadVariable(f"Variable '{self.name}' can't be set to '{shown}': it takes {self.allowed}.") from None

    def _in_range(self, value: Value) -> Value:
        if isinstance(value, int | float) and not isinstance(value, bool):
            below = self.minimum is not None and value < self.minimum
            if below or (self.maximum is not None and value > self.maximum):
                raise ValueError
        return value

    def text(self, value: Value) -> str:
        """Return a value as it is shown: ON and OFF, a password masked."""
        match value:
            case bool():
                return "ON" if value else "OFF"
            case tuple():
                return ",".join(value)
            case float():
                return f"{value:.15g}"
            case _:
                return MASK if self.kind is Kind.SECRET and value else str(value)


_SWITCHES = {"on": True, "1": True, "true": True, "yes": True, "off": False, "0": False, "false": False, "no": False}
_UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30}


def _read_bool(_: Variable, text: str) -> bool:
    if text.lower() not in _SWITCHES:
        raise ValueError
    return _SWITCHES[text.lower()]


def _read_int(_: Variable, text: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        raise ValueError
    return int(text)


def _read_bytes(_: Variable, text: str) -> int:
    parts = re.fullmatch(r"([0-9]{1,18})([kmg]?)b?", text, re.IGNORECASE | re.ASCII)
    if parts is None:
        raise ValueError
    return int(parts[1]) * _UNITS[parts[2].lower()]


def _read_float(_: Variable, text: str) -> float:
    if not re.fullmatch(r"[+-]?[0-9.]+(?:e[+-]?[0-9]+)?", text, re.IGNORECASE):
        raise ValueError
    value = float(text)
    if not math.isfinite(value):
        raise ValueError
    return value


def _read_text(_: Variable, text: str) -> str:
    if re.search(r"[\x00-\x1f\x7f]", text):
        raise ValueError
    return text


def _read_choice(variable: Variable, text: str) -> str:
    for choice in variable.choices:
        if choice.endswith("="):
            if text.lower().startswith(choice) and len(text) > len(choice):
                return choice + text[len(choice) :]
        elif text.lower() == choice:
            return choice
    raise ValueError


def _read_names(_: Variable, text: str) -> tuple[str, ...]:
    names = tuple(name.strip().lower() for name in text.split(",")) if text else ()
    if not all(re.fullmatch(r"\w+", name) for name in names):
        raise ValueError
    return tuple(dict.fromkeys(names))


_READERS: dict[Kind, Callable[[Variable, str], Value]] = {
    Kind.BOOL: _read_bool,
    Kind.INT: _read_int,
    Kind.BYTES: _read_bytes,
    Kind.FLOAT: _read_float,
    Kind.TEXT: _read_text,
    Kind.PATH: _read_text,
    Kind.CHOICE: _read_choice,
    Kind.NAMES: _read_names,
    Kind.SECRET: lambda _, text: Secret(text),
}


def _cut(text: str) -> str:
    return text if len(text) <= 80 else text[:80] + "…"


def variable_from_parameter(name: str, annotation: Any, default: Any) -> Variable:
    """Return the variable that a keyword-only parameter declares: global, with the parameter's default.

    `annotation` is evaluated, with its extras: bool, int, float, str, tuple[str, ...] or Literal of texts, alone or
    Annotated with Help and Between. Raises TypeError where the declaration is no good: a mistake in the program.
    """
    base, *extras = get_args(annotation) if get_origin(annotation) is Annotated else (annotation,)
    texts = [extra.text for extra in extras if isinstance(extra, Help)]
    ranges = [extra for extra in extras if isinstance(extra, Between)]
    between = ranges[0] if ranges else Between()
    choices = tuple(get_args(base)) if get_origin(base) is Literal else ()
    kind = Kind.CHOICE if choices else _KINDS.get(base)
    if kind is None:
        raise TypeError(f"Parameter '{name}': a variable can't be {base!r}.")
    variable = Variable(
        name, Scope.GLOBAL, kind, default, between.minimum, between.maximum, choices, "".join(texts[:1])
    )
    _check_default(variable)
    return variable


_KINDS: dict[Any, Kind] = {
    bool: Kind.BOOL,
    int: Kind.INT,
    float: Kind.FLOAT,
    str: Kind.TEXT,
    tuple[str, ...]: Kind.NAMES,
}


def _check_default(variable: Variable) -> None:
    try:
        read = variable.read(variable.text(variable.default))
    except BadVariable as error:
        raise TypeError(f"The default is out of range: {error.message}") from None
    if read != variable.default or isinstance(read, bool) != isinstance(variable.default, bool):
        raise TypeError(
            f"Variable '{variable.name}' has the default {variable.default!r}: it takes {variable.allowed}."
        )


def merge(variables: Iterable[Variable]) -> dict[str, Variable]:
    """Return variables by name. One that several rules share may be declared by each: help and range need one only.

    Raises TypeError where declarations contradict each other.
    """
    merged: dict[str, Variable] = {}
    for variable in variables:
        merged[variable.name] = _merge(merged.get(variable.name, variable), variable)
    return merged


def _merge(known: Variable, other: Variable) -> Variable:
    with_range = known if (known.minimum, known.maximum) != (None, None) else other
    both = replace(known, help=known.help or other.help, minimum=with_range.minimum, maximum=with_range.maximum)
    alike = replace(other, help=both.help, scope=both.scope, unit=both.unit)
    if (other.minimum, other.maximum) == (None, None):
        alike = replace(alike, minimum=both.minimum, maximum=both.maximum)
    if alike != both:
        raise TypeError(f"Variable '{known.name}' is declared twice, in different ways.")
    return both
