"""How grave a finding is, and the levels that rules have been given: 0 (off), 1 (warning), 2 (error).

A rule is shipped with a level. The configuration (`levels:`, for all targets or for one source) and `inception set
level` give it another one. Some cannot be lowered: then execution or rollback would go wrong.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import IntEnum
from types import MappingProxyType
from typing import Any

from inception.errors import BadLevel, ConfigError


class Level(IntEnum):
    """How grave a finding is; a note leaves the row's errlevel at 0. A rule of level NONE is off."""

    NOTE = -1
    NONE = 0
    WARNING = 1
    ERROR = 2

    @property
    def errlevel(self) -> int:
        """The value for the column errlevel."""
        return max(int(self), 0)

    @property
    def shown(self) -> str:
        """As people write it: note, 0, 1 or 2."""
        return "note" if self is Level.NOTE else str(int(self))


Levels = Mapping[str, Level]
"""The rules that have been given another level than they are shipped with."""
NO_LEVELS: Levels = MappingProxyType({})
_WORDS = {"0": Level.NONE, "1": Level.WARNING, "2": Level.ERROR}


@dataclass(frozen=True)
class Shipped:
    """The level that a rule is shipped with. `firm` says why it can't be lowered, '' where it can."""

    rule: str
    level: Level
    firm: str = ""

    def read(self, text: str) -> Level:
        """Read a level for this rule: 0, 1, 2 or default. Raises BadLevel, which says what is allowed, or why not."""
        word = text.strip().lower()
        if word == "default":
            return self.level
        if word not in _WORDS:
            raise BadLevel(f"Rule '{self.rule}' can't have level '{text[:20]}': it is 0 (off), 1, 2 or default.")
        level = _WORDS[word]
        if self.firm and level < self.level:
            raise BadLevel(f"Rule '{self.rule}' can't be below level {self.level.shown}: {self.firm}.")
        return level


class KnownLevels:
    """The levels of every rule there is, as shipped."""

    def __init__(self, shipped: Iterable[Shipped] = ()) -> None:
        self._shipped = {each.rule: each for each in shipped}

    def read(self, rule: str, text: str) -> tuple[str, Level]:
        """Read a rule's name and level. Raises BadLevel: no such rule (with the nearest there is), or not so."""
        name = rule.strip().lower()
        if name not in self._shipped:
            near = get_close_matches(name, self._shipped, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else " 'inception get levels' lists them."
            raise BadLevel(f"Unknown rule '{rule.strip()[:80]}'.{hint}")
        return name, self._shipped[name].read(text)

    def read_all(self, value: Any, what: str) -> dict[str, Level]:
        """Read `levels:` of the configuration; `what` says where it stands. Raises ConfigError."""
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise ConfigError(f"{what} must be a mapping of rules and levels, as in 'dml_limit: 0'.")
        try:
            return dict(self.read(str(rule), str(level)) for rule, level in value.items())
        except BadLevel as error:
            raise ConfigError(f"{what}: {error.message}") from None
