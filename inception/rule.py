"""What a rule is. A rule is a module of inception/rules/ with a docstring, a LEVEL and a function `check`.

LEVEL is the rule's level unless it is given another one (settings/levels.py); FIRM, where it stands, says why that
must not be a lower one. A rule of LEVEL NONE is off until it is given a level.

The file's name is the rule's name. The annotation of `check`'s first parameter says what it looks at (a class of
scene.py or of the statement's form), a second parameter annotated Scene receives the circumstances, and keyword-only
parameters are the rule's variables. A rule on the form of a row change (Insert, Update, Delete) looks once for all
statements of that form: what depends on their literals belongs to a rule on Statement. A rule on Statement looks at
each, unless ALIKE = True says that it looks at nothing but what such statements share: kind, form, tables, database,
and the target's verdict and estimate where they are equal. `check` yields the texts of its
findings, or `Said` values where the level depends on the case. ORDER places its findings among those on the same
subject; rules without it come last.
"""

import importlib
import inspect
import pkgutil
import types
import typing
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from inception.settings.levels import NO_LEVELS, Levels, Shipped
from inception.settings.levels import Level as Level
from inception.settings.variables import Variable, variable_from_parameter


@dataclass(frozen=True)
class Said:
    """A finding's text with a level of its own."""

    level: Level
    text: str


@dataclass(frozen=True)
class Finding:
    """What a rule found in one statement."""

    rule: str
    level: Level
    message: str


REFUSED = "the target would refuse such statements"
"""The usual FIRM."""

Check = Callable[..., Iterable[str | Said]]


@dataclass(frozen=True)
class Rule:
    """A rule as loaded from its module. `subjects` are the classes it looks at."""

    name: str
    shipped: Shipped
    order: int
    doc: str
    subjects: tuple[type, ...]
    wants_scene: bool
    variables: tuple[Variable, ...]
    check: Check
    alike: bool = False

    @property
    def summary(self) -> str:
        """The first paragraph of the documentation, on one line."""
        return " ".join(self.doc.split("\n\n")[0].split())

    @property
    def level(self) -> Level:
        """The level that it is shipped with."""
        return self.shipped.level

    def bind(self, values: typing.Mapping[str, Any], levels: Levels = NO_LEVELS) -> "BoundRule":
        """Return the rule with the values of its variables filled in, at the level in force."""
        arguments = {variable.name: values[variable.name] for variable in self.variables}
        return BoundRule(self, partial(self.check, **arguments), levels.get(self.name, self.level))


@dataclass(frozen=True)
class BoundRule:
    """A rule with the values of its variables. Its level is a limit for findings that have one of their own."""

    rule: Rule
    check: Check
    level: Level

    def look(self, subject: object, scene: object) -> Iterator[Finding]:
        """Yield what the rule finds in a subject. Raises what its check does, TypeError where it yields no texts."""
        found = self.check(subject, scene) if self.rule.wants_scene else self.check(subject)
        if isinstance(found, str):
            raise TypeError("check returns a text: it must yield it")
        for said in found:
            if isinstance(said, Said):
                yield Finding(self.rule.name, min(said.level, self.level), said.text)
            elif isinstance(said, str):
                yield Finding(self.rule.name, self.level, said)
            else:
                raise TypeError(f"check yields {said!r:.40}, which is no text")


def all_rules() -> tuple[Rule, ...]:
    """Return every rule of inception/rules and of one's own, in the order in which their findings are listed."""
    return tuple(sorted((*_shipped(), *_own), key=lambda rule: (rule.order, rule.name)))


_own: list[Rule] = []


def add_rules(rules: Iterable[Rule]) -> None:
    """Let rules of one's own (custom.py) take part, in place of those added before."""
    _own[:] = rules


@cache
def _shipped() -> tuple[Rule, ...]:
    package = importlib.import_module("inception.rules")
    return tuple(
        read_rule(importlib.import_module(module.name), module.name.rsplit(".", 1)[-1])
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + ".")
        if not module.ispkg
    )


def rule_levels() -> tuple[Shipped, ...]:
    """Return the level that each rule is shipped with."""
    return tuple(rule.shipped for rule in all_rules())


def rule_variables() -> tuple[Variable, ...]:
    """Return the variables of all rules; one that several rules share is there several times."""
    return tuple(variable for rule in all_rules() for variable in rule.variables)


def read_rule(module: types.ModuleType, name: str) -> Rule:
    """Return the rule that a module is."""
    check = module.check
    hints = typing.get_type_hints(check, include_extras=True)
    parameters = list(inspect.signature(check).parameters.values())
    looks_at, *more = [each for each in parameters if each.kind is not inspect.Parameter.KEYWORD_ONLY]
    subject = hints[looks_at.name]
    return Rule(
        name=name,
        shipped=Shipped(name, module.LEVEL, getattr(module, "FIRM", "")),
        order=getattr(module, "ORDER", 1000),
        doc=inspect.getdoc(module) or "",
        subjects=typing.get_args(subject) if isinstance(subject, types.UnionType) else (subject,),
        wants_scene=bool(more),
        variables=tuple(
            variable_from_parameter(each.name, hints[each.name], each.default)
            for each in parameters
            if each.kind is inspect.Parameter.KEYWORD_ONLY
        ),
        check=check,
        alike=getattr(module, "ALIKE", False),
    )
