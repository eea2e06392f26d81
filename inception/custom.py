"""Rules of one's own: Python files of a directory, and modules that installed packages name as entry points.

They have the form of rule.py, and take part like those of inception/rules. All is read once, at the start: what is
wrong stops it, with file and reason. Workers get the texts of the files, so that all run the same rules.
"""

import inspect
import sys
import traceback
import types
import typing
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from inception.errors import ConfigError
from inception.rule import Level, Rule, add_rules, all_rules, read_rule
from inception.scene import Scene
from inception.settings.core_variables import CORE
from inception.settings.variables import merge

GROUP = "inception.rules"


@dataclass(frozen=True)
class RuleFile:
    """A file with a rule, as it was at the start. The rule is called as the file."""

    path: str
    text: str

    @property
    def rule(self) -> str:
        """The rule's name."""
        return Path(self.path).stem


def read_directory(directory: Path | None) -> tuple[RuleFile, ...]:
    """Return the rules of a directory: its *.py but those that begin with an underscore. Raises ConfigError."""
    if directory is None:
        return ()
    try:
        paths = sorted(path for path in directory.iterdir() if path.suffix == ".py" and path.name[0] != "_")
        return tuple(RuleFile(str(path), path.read_text("utf-8")) for path in paths)
    except OSError as error:
        raise ConfigError(f"inception_rule_directory: {error.filename}: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"inception_rule_directory: a file in {directory} is not UTF-8: {error.reason}.") from None


def use(files: Iterable[RuleFile]) -> None:
    """Let these rules, and those of entry points, take part from now on. Raises ConfigError."""
    add_rules(())
    taken = {rule.name: "is one of Inception's own" for rule in all_rules()}
    known = list(merge([*CORE, *(variable for rule in all_rules() for variable in rule.variables)]).values())
    found: list[Rule] = []
    for where, name, module in _modules(files):
        if name in taken:
            raise ConfigError(f"{where}: rule '{name}' {taken[name]}: call it otherwise.")
        rule = _read(where, name, module)
        try:
            known = list(merge([*known, *rule.variables]).values())
        except TypeError as error:
            raise ConfigError(f"{where}: {error}") from None
        taken[name] = f"is in {where} already"
        found.append(rule)
    add_rules(found)


def _modules(files: Iterable[RuleFile]) -> Iterator[tuple[str, str, types.ModuleType]]:
    """Yield where each rule stands, its name, and its module."""
    for file in files:
        yield file.path, file.rule, _run(file)
    for entry in sorted(entry_points(group=GROUP), key=lambda each: (each.name, each.value)):
        package = entry.dist.name if entry.dist else "?"
        yield f"entry point {entry.name} of {package} ({entry.value})", entry.name, _import(entry, package)


def _run(file: RuleFile) -> types.ModuleType:
    module = types.ModuleType(f"inception_own_rules.{file.rule}")
    module.__file__ = file.path
    sys.modules[module.__name__] = module  # where dataclasses look for it
    try:
        exec(compile(file.text, file.path, "exec"), module.__dict__)  # noqa: S102 - what the administrator put there
    except (Exception, SystemExit) as error:
        raise ConfigError(f"{file.path}{_line(error, file.path)}: {_reason(error)}") from None
    return module


def _import(entry: EntryPoint, package: str) -> types.ModuleType:
    try:
        module = entry.load()
    except (Exception, SystemExit) as error:
        raise ConfigError(f"entry point {entry.name} of {package} ({entry.value}): {_reason(error)}") from None
    if not isinstance(module, types.ModuleType):
        raise ConfigError(f"entry point {entry.name} of {package} ({entry.value}): it must name a module.")
    return module


def _reason(error: BaseException) -> str:
    return traceback.format_exception_only(error)[-1].strip()


def _line(error: BaseException, path: str) -> str:
    """Return ', line n' of the file, where the error tells."""
    if isinstance(error, SyntaxError):
        return f", line {error.lineno}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
    return f", line {lines[-1]}" if lines else ""


def _read(where: str, name: str, module: types.ModuleType) -> Rule:
    problem = _problem(name, module)
    if problem:
        raise ConfigError(f"{where}: {problem}.")
    try:
        return read_rule(module, name)
    except (TypeError, NameError) as error:
        raise ConfigError(f"{where}: {error}") from None


def _problem(name: str, module: types.ModuleType) -> str:
    """Return what a module lacks of the form of a rule; '' where nothing."""
    if not name.isidentifier() or name != name.lower():
        return f"'{name}' is no name for a rule: use small letters, digits and underscores"
    if not inspect.getdoc(module):
        return "it has no docstring, which says what the rule finds"
    if not isinstance(getattr(module, "LEVEL", None), Level):
        return "LEVEL is missing: Level.NOTE, NONE (off), WARNING or ERROR of inception.rule"
    if not isinstance(getattr(module, "ORDER", 0), int) or not isinstance(getattr(module, "FIRM", ""), str):
        return "ORDER must be a whole number, FIRM a text"
    if not inspect.isfunction(getattr(module, "check", None)):
        return "it has no function check"
    return _problem_of_check(module.check)


def _problem_of_check(check: types.FunctionType) -> str:
    try:
        hints = typing.get_type_hints(check, include_extras=True)
    except Exception as error:
        return f"check: {_reason(error)}"
    parameters = inspect.signature(check).parameters.values()
    positional = [each.name for each in parameters if each.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD]
    keywords = [each for each in parameters if each.kind is inspect.Parameter.KEYWORD_ONLY]
    if len(positional) + len(keywords) < len(parameters) or len(positional) not in (1, 2):
        return "check takes what it looks at, if need be a Scene, and variables behind a *"
    looks_at = hints.get(positional[0])
    classes = typing.get_args(looks_at) if isinstance(looks_at, types.UnionType) else (looks_at,)
    if not all(isinstance(each, type) and each.__module__.startswith("inception.") for each in classes):
        return f"'{positional[0]}' needs as its annotation what the rule looks at: Statement, NewColumn, …"
    if positional[1:] and hints.get(positional[1]) is not Scene:
        return f"'{positional[1]}' needs the annotation Scene"
    for each in keywords:
        if each.name not in hints or each.default is inspect.Parameter.empty:
            return f"variable '{each.name}' needs an annotation and a default"
    return ""
