"""The values of all variables and the levels of all rules in force.

Values come in layers: default < configuration < global (`inception set`) < session < batch. The configuration is read
by config.py; variables are declared in core_variables.py and by the rules; what a variable is says variables.py. Who
may log in and which targets there are says accounts.py.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from inception.errors import BadVariable
from inception.settings.core_variables import CORE
from inception.settings.levels import NO_LEVELS, KnownLevels, Level, Levels, Shipped
from inception.settings.variables import Scope, Value, Variable, merge

ALIASES = {"autocommit": "auto_commit"}


def normalise(name: str) -> str:
    """Return a variable's one name: any case, '-' and '_' are equal."""
    name = name.strip().lower().replace("-", "_")
    return ALIASES.get(name, name)


class Snapshot(Mapping[str, Any]):
    """The values that hold for one batch, and the levels of rules: immutable, picklable; no password in its repr."""

    def __init__(self, values: Mapping[str, Value], levels: Levels = NO_LEVELS) -> None:
        self._values = dict(values)
        self.levels = dict(levels)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def under(self, layer: "SessionValues") -> "Snapshot":
        """Return the same with the values of a layer in place of its own."""
        return Snapshot({**self._values, **layer}, self.levels) if layer else self

    def with_levels(self, levels: Levels) -> "Snapshot":
        """Return the same with these levels in place of those the rules have."""
        return Snapshot(self._values, {**self.levels, **levels})

    def __repr__(self) -> str:
        return f"Snapshot({self._values!r})"


SessionValues = Mapping[str, Value]
NOTHING_SET = Snapshot({})


class Settings:
    """The variables of a running server and the levels of its rules.

    `variables` and `shipped` are the rules', `configured` and `levels` what settings/config.py read.
    """

    def __init__(
        self,
        variables: Iterable[Variable] = (),
        configured: SessionValues = NOTHING_SET,
        shipped: Iterable[Shipped] = (),
        levels: Levels = NO_LEVELS,
    ) -> None:
        self._known_levels = KnownLevels(shipped)
        self.levels: dict[str, Level] = dict(levels)
        self.variables = merge([*CORE, *variables])
        self._values: dict[str, Value] = {name: each.default for name, each in self.variables.items()}
        self._values |= {self.variable(name).name: value for name, value in configured.items()}
        self._set: set[str] = set()  # by inception set: of variables and of levels

    def variable(self, name: str) -> Variable:
        """Return the variable of a name. Raises BadVariable for an unknown one, with the nearest that is known."""
        found = self.variables.get(normalise(name))
        if found is None:
            raise BadVariable(unknown(name, self.variables))
        return found

    def value(self, name: str) -> Any:
        """Return a global value. Raises BadVariable for an unknown name."""
        return self._values[self.variable(name).name]

    def set_global(self, name: str, text: str) -> None:
        """Change a global value, from text. Raises BadVariable: unknown, read-only, or what the value may be."""
        variable = self._changeable(name)
        self._values[variable.name] = variable.read(text)
        self._set.add(variable.name)

    def set_level(self, rule: str, text: str) -> None:
        """Give a rule another level. Raises BadLevel: no such rule, or why it can't have that level."""
        name, level = self._known_levels.read(rule, text)
        self.levels[name] = level
        self._set.add(f"level {name}")

    def adopt(self, other: "Settings") -> list[str]:
        """Take over the values and levels of a configuration that was read anew, but for what was set meanwhile.

        Returns the read-only variables that differ: they need a restart.
        """
        waiting = []
        for name, value in other._values.items():
            if self.variables[name].scope is Scope.READ_ONLY:
                waiting += [name] if self._values[name] != value else []
            elif name not in self._set:
                self._values[name] = value
        kept = {name: level for name, level in self.levels.items() if f"level {name}" in self._set}
        self.levels = {**other.levels, **kept}
        return waiting

    def with_session(self, layer: SessionValues, name: str, text: str) -> SessionValues:
        """Return a session's or a batch's layer with one more value. Raises BadVariable as set_global does."""
        variable = self._changeable(name)
        if variable.scope is not Scope.SESSION:
            raise BadVariable(f"Variable '{variable.name}' is global: use inception set global {variable.name} = …")
        return Snapshot({**layer, variable.name: variable.read(text)})

    def _changeable(self, name: str) -> Variable:
        variable = self.variable(name)
        if variable.scope is Scope.READ_ONLY:
            raise BadVariable(f"Variable '{variable.name}' is read-only: set it in the configuration and restart.")
        return variable

    def snapshot(self, *layers: SessionValues) -> Snapshot:
        """Return the values in force under a session's layer, then a batch's."""
        values = dict(self._values)
        for layer in layers:
            values |= layer
        return Snapshot(values, self.levels)

    def show(self, pattern: str | None = None, *layers: SessionValues) -> list[tuple[str, str]]:
        """Return names and shown values, sorted by name; passwords masked. `pattern` as in LIKE, in any case."""
        wanted = like(pattern) if pattern is not None else None
        values = self.snapshot(*layers)
        return [
            (name, self.variables[name].text(values[name]))
            for name in sorted(self.variables)
            if wanted is None or wanted.fullmatch(name)
        ]


def unknown(name: str, known: Iterable[str]) -> str:
    """Return the sentence that says that a name is unknown, with the nearest known one."""
    near = get_close_matches(normalise(name), list(known), n=1)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    return f"Unknown variable '{name.strip()[:80]}'.{hint}"


def like(pattern: str) -> re.Pattern[str]:
    r"""Return the regular expression of a LIKE pattern: % any text, _ any character, \ takes the next one literally.

    Each part between two % is taken where it first fits, for good: a pattern of many % stays fast.
    """
    parts = [""]
    for each in re.findall(r"\\.|.|\\", pattern, re.DOTALL):
        if each == "%":
            parts.append("")
        else:
            parts[-1] += "." if each == "_" else re.escape(each[-1])
    first, *rest = parts
    middle = "".join(f"(?>.*?{part})" for part in rest[:-1])
    return re.compile(first + middle + "".join(".*" + part for part in rest[-1:]), re.DOTALL | re.IGNORECASE)
