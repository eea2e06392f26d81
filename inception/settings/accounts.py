"""The people and the targets of the configuration: `users:` and `sources:` of the YAML file, read and checked.

Not the check of a login: that is wire/auth.py's.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from inception.errors import ConfigError
from inception.server import Address, Tls
from inception.settings import Snapshot
from inception.settings.levels import KnownLevels, Levels
from inception.settings.variables import Secret

ROLES = ("admin", "execute", "audit")
# What mysql.user has of a caching_sha2_password: thousands of rounds, salt, digest.
SHA2_FORM = re.compile(r"\$A\$((?!000)[0-9A-Fa-f]{3})\$([\x01-\x7f]{20})([./0-9A-Za-z]{43})", re.DOTALL)
_TLS_MODES = ("off", "preferred", "required", "verify_ca", "verify_identity")


@dataclass(frozen=True)
class User:
    """Who may log in, and the stored hashes of the password, one or both, as `inception hash-password` prints them.

    `password_hash`: for mysql_native_password, '*' and 40 hex digits. `password_sha2`: for caching_sha2_password,
    `$A$005$`, salt and digest. `role`: audit (batches that only audit), execute (all batches), admin (everything,
    settings and kill included). `sources`: the only targets that the user may name; None: any, by source or by address.
    """

    name: str
    password_hash: str = field(repr=False)
    role: str = "admin"
    password_sha2: str = field(default="", repr=False)
    sources: frozenset[str] | None = None


def allows(role: str, needed: str) -> bool:
    """Tell whether a role may do what another may: admin includes execute, execute includes audit."""
    return ROLES.index(role) <= ROLES.index(needed)


@dataclass(frozen=True)
class Source:
    """A named target: where it is, the account to use there, which stays in the configuration, and levels of rules.

    `max_running`: how many batches run there at a time, 0: as inception_max_running_per_target says. `assign_gtid`:
    whether statements get GTIDs of ours there, None: as inception_assign_gtid says.
    """

    name: str
    host: str
    port: int
    user: str
    password: str = field(default="", repr=False)
    tls: Tls = field(default_factory=Tls)
    levels: Levels = field(default_factory=dict)
    max_running: int = 0
    assign_gtid: bool | None = None

    @property
    def address(self) -> Address:
        """Where it is, with the account."""
        return Address(self.host, self.port, self.user, self.password, self.tls)

    def over(self, values: Snapshot) -> Snapshot:
        """Return the values and levels that hold for this target: its own in place of the general ones."""
        own = {} if self.assign_gtid is None else {"inception_assign_gtid": self.assign_gtid}
        return values.under(own).with_levels(self.levels)


def _mapping(value: Any, what: str, keys: Sequence[str]) -> dict[str, Any]:
    """Check that a value is a mapping with some of these keys."""
    if not isinstance(value, dict):
        raise ConfigError(f"{what} must be a mapping with {', '.join(keys)}.")
    for key in value:
        if key not in keys:
            near = get_close_matches(str(key), keys, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else f" Known are {', '.join(keys)}."
            raise ConfigError(f"{what}: unknown key '{key}'.{hint}")
    return value


def _named(value: Any, what: str) -> Iterator[tuple[str, Any]]:
    if value is None:
        return
    if not isinstance(value, dict) or not all(isinstance(name, str) and name for name in value):
        raise ConfigError(f"{what} must be a mapping of names (texts, in quotes if they look like numbers).")
    yield from value.items()


def read_users(value: Any, sources: Collection[str] = ()) -> dict[str, User]:
    """Read `users:` of the configuration; `sources` are the names that there are. Raises ConfigError."""
    users = {name: _user(name, each) for name, each in _named(value, "users")}
    for user in users.values():
        if unknown := sorted((user.sources or frozenset()).difference(sources)):
            raise ConfigError(f"users: {user.name}: sources: there is no source '{unknown[0]}' in the configuration.")
    return users


def _user(name: str, value: Any) -> User:
    what = f"users: {name}"
    given = _mapping(value, what, ("password_hash", "role", "password_sha2", "sources"))
    role = given.get("role", "admin")
    if role not in ROLES:
        raise ConfigError(f"{what}: role can't be '{role}': it is one of {', '.join(ROLES)}.")
    if not {"password_hash", "password_sha2"} & given.keys():
        raise ConfigError(
            f"{what}: password_hash must be '*' and 40 hex digits in quotes, or password_sha2 be given: "
            "`inception hash-password` prints both."
        )
    return User(name, _native_hash(what, given).upper(), role, _sha2_hash(what, given), _sources_of(what, given))


def _sources_of(what: str, given: Mapping[str, Any]) -> frozenset[str] | None:
    names = given.get("sources")
    if names is None:
        return None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ConfigError(f"{what}: sources must be a list of names of sources, as in [shop, billing].")
    return frozenset(names)


def _native_hash(what: str, given: Mapping[str, Any]) -> str:
    digest = given.get("password_hash", "")
    if "password_hash" in given and not (isinstance(digest, str) and re.fullmatch(r"\*[0-9a-fA-F]{40}", digest)):
        raise ConfigError(f"{what}: password_hash must be '*' and 40 hex digits in quotes.")
    return str(digest)


def _sha2_hash(what: str, given: Mapping[str, Any]) -> str:
    stored = given.get("password_sha2", "")
    if isinstance(stored, str) and re.fullmatch(r"0[xX](?:[0-9A-Fa-f]{2})+", stored):
        stored = bytes.fromhex(stored[2:]).decode("latin-1")
    if "password_sha2" in given and not (isinstance(stored, str) and SHA2_FORM.fullmatch(stored)):
        raise ConfigError(f"{what}: password_sha2 must be '$A$005$' with salt and digest, or that in hex after 0x.")
    return str(stored)


def read_sources(
    value: Any, base: Path, environment: Mapping[str, str], known_levels: KnownLevels
) -> dict[str, Source]:
    """Read `sources:` of the configuration; relative paths start from `base`. Raises ConfigError."""
    return {name: _source(name, each, base, environment, known_levels) for name, each in _named(value, "sources")}


_OF_SOURCE = ("host", "port", "user", "password", "password_file", "password_env", "tls", "levels", "max_running",
              "assign_gtid")  # fmt: skip


def _source(name: str, value: Any, base: Path, environment: Mapping[str, str], known_levels: KnownLevels) -> Source:
    what = f"sources: {name}"
    given = _mapping(value, what, _OF_SOURCE)
    for key in ("host", "user"):
        if not isinstance(given.get(key), str) or not given[key]:
            raise ConfigError(f"{what}: {key} must be given, a text.")
    port = given.get("port", 3306)
    if isinstance(port, bool) or not isinstance(port, int) or not 1 <= port <= 65535:
        raise ConfigError(f"{what}: port can't be '{port}': it is a whole number, 1 to 65535.")
    most = given.get("max_running", 0)
    if isinstance(most, bool) or not isinstance(most, int) or most < 0:
        raise ConfigError(f"{what}: max_running can't be '{most}': it is a whole number, 0 for no limit of its own.")
    assigns = given.get("assign_gtid")
    if not isinstance(assigns, bool | None):
        raise ConfigError(f"{what}: assign_gtid can't be '{assigns}': it is on or off.")
    password = _source_password(what, given, base, environment)
    levels = known_levels.read_all(given.get("levels"), f"{what}: levels")
    tls = _tls(what, given.get("tls"))
    return Source(name, given["host"], port, given["user"], password, tls, levels, most, assigns)


def _source_password(what: str, given: Mapping[str, Any], base: Path, environment: Mapping[str, str]) -> str:
    keys = [key for key in ("password", "password_file", "password_env") if key in given]
    if len(keys) > 1:
        raise ConfigError(f"{what}: give only one of {', '.join(keys)}.")
    value = given[keys[0]] if keys else ""
    if not isinstance(value, str):
        raise ConfigError(f"{what}: {keys[0]} must be a text: write it in quotes.")
    if keys == ["password_file"]:
        return password_in(value, base, f"{what}: password_file")
    if keys == ["password_env"]:
        if value not in environment:
            raise ConfigError(f"{what}: password_env: the environment has no variable '{value}'.")
        return Secret(environment[value])
    return Secret(value)


def _tls(what: str, value: Any) -> Tls:
    if value is None:
        return Tls()
    if isinstance(value, bool | str):
        value = {"mode": value}
    given = _mapping(value, f"{what}: tls", ("mode", "ca", "cert", "key"))
    mode = given.get("mode", "preferred")
    mode = {True: "required", False: "off"}[mode] if isinstance(mode, bool) else mode
    if mode not in _TLS_MODES:
        raise ConfigError(f"{what}: tls: mode can't be '{mode}': it is one of {', '.join(_TLS_MODES)}.")
    paths = [given.get(key) or "" for key in ("ca", "cert", "key")]
    if not all(isinstance(path, str) for path in paths):
        raise ConfigError(f"{what}: tls: ca, cert and key are paths.")
    return Tls(mode, *paths)


def password_in(path: Any, base: Path, what: str) -> Secret:
    """Return the password that a file holds, without its last line end. Raises ConfigError."""
    file = base / str(path or "")
    try:
        return Secret(file.read_text("utf-8-sig").rstrip("\r\n"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{what}: '{file}' can't be read: {reason(error)}.") from None


def reason(error: OSError | UnicodeDecodeError) -> str:
    """Return why a file can't be read, without its content."""
    return error.strerror or "it can't be opened" if isinstance(error, OSError) else "it is not UTF-8"
