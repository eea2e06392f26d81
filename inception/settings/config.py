"""The configuration: a YAML file, an option file, the environment and the command line, read once at the start.

Later ones win: YAML file < option file < environment (passwords) < command line. What stands there is checked here, in
full, so that a server that started runs with what its configuration says. The values in force are settings.py's.
"""

import ipaddress
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from inception.errors import BadVariable, ConfigError
from inception.settings import normalise, unknown
from inception.settings.accounts import Source, User, password_in, read_sources, read_users, reason
from inception.settings.core_variables import CORE
from inception.settings.levels import KnownLevels, Levels, Shipped
from inception.settings.optionfile import read_group
from inception.settings.variables import Kind, Value, Variable, merge

# Keys of older servers' files that have no effect here.
WITHOUT_EFFECT = frozenset(
    [
        "back_log",
        "basedir",
        "character_set_client_handshake",
        "character_set_filesystem",
        "character_set_server",
        "collation_server",
        "connect_timeout",
        "datadir",
        "inception_ddl_support",
        "inception_osc_preserve_triggers",
        "interactive_timeout",
        "lc_messages_dir",
        "log_error",
        "net_read_timeout",
        "net_write_timeout",
        "pid_file",
        "skip_name_resolve",
        "thread_cache_size",
        "thread_stack",
        "tmpdir",
        "user",
    ]
)


@dataclass(frozen=True)
class Config:
    """What the configuration says. `notes` are to be logged once."""

    values: Mapping[str, Value]
    users: Mapping[str, User]
    sources: Mapping[str, Source]
    notes: tuple[str, ...] = ()
    levels: Levels = field(default_factory=dict)


class _Item(NamedTuple):
    """One value as written, a text or what YAML makes of it. A relative path in it starts from the directory `base`."""

    key: str
    value: Any
    origin: str
    base: Path = Path()
    yaml: bool = False


def load(
    config: Path | None = None,
    defaults_file: Path | None = None,
    arguments: Sequence[str] = (),
    *,
    variables: Iterable[Variable] = (),
    shipped: Iterable[Shipped] = (),
    environment: Mapping[str, str] | None = None,
) -> Config:
    """Read the configuration. `arguments` are '--name=value'; `variables` and `shipped` levels are those of the rules.

    Raises ConfigError naming file, key, value and what is allowed.
    """
    environment = os.environ if environment is None else environment
    known = merge([*CORE, *variables])
    document = _yaml(config) if config else {}
    users, sources = document.pop("users", None), document.pop("sources", None)
    known_levels = KnownLevels(shipped)
    levels = known_levels.read_all(document.pop("levels", None), f"{config}: levels")
    base = config.absolute().parent if config else Path()
    from_files, given = _written(config, document, defaults_file, arguments)
    layers = [*from_files, list(_from_environment(known, environment)), given]
    values: dict[str, Value] = {}
    for layer in layers:
        values |= _layer(layer, known)
    notes = [f"{each.key}: accepted, has no effect here." for layer in layers for each in layer if _is_idle(each.key)]
    named = read_sources(sources, base, environment, known_levels)
    found = Config(values, read_users(users, named), named, tuple(dict.fromkeys(notes)), levels)
    _check_bind(str(values.get("bind_address", known["bind_address"].default)), found)
    return found


def _written(
    config: Path | None, document: Mapping[Any, Any], defaults_file: Path | None, arguments: Sequence[str]
) -> tuple[list[list[_Item]], list[_Item]]:
    """Return what stands in each file (the YAML file is read already), and on the command line."""
    base = config.absolute().parent if config else Path()
    files = [[_Item(str(key), value, str(config), base, True) for key, value in document.items()]]
    if defaults_file:
        path = defaults_file.absolute()
        files.append([_Item(*item, str(defaults_file), path.parent) for item in read_group(path)])
    return files, [_argument(argument) for argument in arguments]


def rule_directory(
    config: Path | None = None, defaults_file: Path | None = None, arguments: Sequence[str] = ()
) -> Path | None:
    """Return the directory that inception_rule_directory names, None where none is: the variables of its rules are
    part of the configuration, so that it is asked for before `load`. Raises ConfigError.
    """
    files, given = _written(config, _yaml(config) if config else {}, defaults_file, arguments)
    named = [item for items in (*files, given) for item in items if normalise(item.key) == "inception_rule_directory"]
    return named[-1].base / str(named[-1].value) if named and named[-1].value else None


class _StrictLoader(yaml.SafeLoader):
    """Plain YAML, in which a key that stands twice is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise yaml.constructor.ConstructorError(None, None, f"'{twice}' stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


def _yaml(path: Path) -> dict[Any, Any]:
    try:
        document = yaml.load(path.read_text("utf-8-sig"), _StrictLoader)  # noqa: S506  a SafeLoader
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: can't be read: {reason(error)}.") from None
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ConfigError(f"{path}{line}: {error.problem}. A value that begins with * or @ needs quotes.") from None
    except yaml.YAMLError:
        raise ConfigError(f"{path}: is no YAML file.") from None
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise ConfigError(f"{path}: must hold names and values, as in 'port: 6669'.")
    return document


def _from_environment(known: Mapping[str, Variable], environment: Mapping[str, str]) -> Iterator[_Item]:
    for name, variable in known.items():
        key = "INCEPTION_" + name.upper().removeprefix("INCEPTION_")
        if variable.kind is Kind.SECRET and key in environment:
            yield _Item(name, environment[key], f"environment variable {key}")


def _argument(argument: str) -> _Item:
    if not argument.startswith("--"):
        raise ConfigError(f"Command line: '{argument.partition('=')[0]}' has not the form --name=value.")
    name, equals, value = argument[2:].partition("=")
    return _Item(name, value if equals else None, "command line")


def _is_idle(key: str) -> bool:
    return normalise(key) in WITHOUT_EFFECT


def _layer(items: Iterable[_Item], known: Mapping[str, Variable]) -> dict[str, Value]:
    """Check the values of one place. A name may stand once in it, passwords as <name> or <name>_file."""
    values: dict[str, Value] = {}
    for item in items:
        if _is_idle(item.key):
            continue
        name, value = _value(item, known)
        if name in values and item.origin != "command line":
            raise ConfigError(f"{item.origin}: '{name}' is given twice.")
        values[name] = value
    return values


def _value(item: _Item, known: Mapping[str, Variable]) -> tuple[str, Value]:
    name = normalise(item.key)
    prefix, _, rest = name.partition("_")
    of_file = known.get(name.removesuffix("_file"))
    if name in known:
        variable, raw = known[name], item.value
    elif of_file and of_file.kind is Kind.SECRET:
        return of_file.name, password_in(item.value, item.base, f"{item.origin}: {item.key}")
    elif prefix in ("enable", "disable", "skip") and rest in known and item.value is None:
        variable, raw = known[rest], prefix == "enable"
    else:
        raise ConfigError(f"{item.origin}: {unknown(item.key, [*known, 'users', 'sources', 'levels'])}")
    try:
        value = variable.read(_text(variable, raw, yaml_value=item.yaml))
    except BadVariable as error:
        raise ConfigError(f"{item.origin}: {error.message}") from None
    named = variable.kind is Kind.PATH and value not in ("", "stderr")
    return variable.name, str(item.base / str(value)) if named else value


def _text(variable: Variable, raw: Any, *, yaml_value: bool) -> str:
    """Return a raw value as text. Raises BadVariable for one that is missing, or that YAML has read as another type."""
    if raw is None:
        return _nothing(variable, yaml_value)
    if isinstance(raw, list) and variable.kind is Kind.NAMES:
        return ",".join(map(str, raw))
    if isinstance(raw, bool):
        matches = variable.kind is Kind.BOOL
    else:
        matches = isinstance(raw, str) or (isinstance(raw, int | float) and variable.kind in _NUMERIC)
    if not matches:
        raise BadVariable(f"Variable '{variable.name}' takes {variable.allowed}: write the value in quotes.")
    return str(raw)


_NUMERIC = (Kind.INT, Kind.FLOAT, Kind.BYTES, Kind.BOOL)


def _nothing(variable: Variable, yaml_value: bool) -> str:
    """Return what a name without a value means: ON for a bare key, empty for `name:` of a text in YAML."""
    if not yaml_value and variable.kind is Kind.BOOL:
        return "ON"
    if yaml_value and variable.kind in (Kind.TEXT, Kind.PATH, Kind.SECRET, Kind.NAMES):
        return ""
    raise BadVariable(f"Variable '{variable.name}' has no value: it takes {variable.allowed}.")


def is_loopback(address: str) -> bool:
    """Tell whether only this machine can connect to an address to listen on."""
    if address.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def _check_bind(address: str, found: Config) -> None:
    guarded = found.users or found.values.get("tls_require_client_certificate")
    if not is_loopback(address) and not guarded:
        raise ConfigError(
            f"bind_address is '{address}', so others than this machine can connect, but no users are configured and "
            "any login would be accepted: add users: to the YAML file, let only clients with a certificate in "
            "(tls_require_client_certificate), or listen on 127.0.0.1."
        )
