"""Variables: what they take and show, and the layers of their values."""

import pickle
import time
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inception.errors import BadVariable
from inception.settings import Settings, like
from inception.settings.core_variables import CORE
from inception.settings.variables import (
    MASK,
    Between,
    Help,
    Kind,
    Scope,
    Secret,
    Variable,
    merge,
    variable_from_parameter,
)

SESSION = "inception_osc_chunk_size"
CHARSETS = variable_from_parameter(
    "inception_support_charset", Annotated[tuple[str, ...], Help("Allowed character sets.")], ("utf8mb4",)
)
MAX_KEYS = variable_from_parameter("inception_max_keys", Annotated[int, Help("Most indexes."), Between(1, 1024)], 16)

# Name, scope and default as shown, from the table that users know.
TABLE = """
port R 6669|socket R |bind_address R 127.0.0.1|auto_commit G OFF|general_log G ON|general_log_file G stderr
max_connections G 1000|max_allowed_packet G 67108864|wait_timeout G 28800|inception_remote_backup_host R
inception_remote_backup_port R 0|inception_remote_system_user R |inception_remote_system_password R
inception_user R |inception_password R |inception_read_only G OFF|inception_enable_sql_statistic G ON
inception_osc_on G ON|inception_osc_bin_dir R |inception_osc_min_table_size S 16
inception_osc_chunk_size S 1000|inception_osc_chunk_size_limit S 4|inception_osc_chunk_time S 1
inception_osc_check_interval S 5|inception_osc_max_lag S 3|inception_osc_critical_thread_connected S 1000
inception_osc_critical_thread_running S 80|inception_osc_max_thread_connected S 1000
inception_osc_max_thread_running S 80|inception_osc_drop_new_table S ON|inception_osc_drop_old_table S ON
inception_osc_check_replication_filters S ON|inception_osc_check_alter S ON
inception_osc_recursion_method S processlist|inception_osc_alter_foreign_keys_method S none
inception_osc_print_sql G ON|inception_osc_print_none G ON
"""


def test_every_variable_is_there_with_its_scope_and_default() -> None:
    expected = {}
    for line in TABLE.replace("|", "\n").strip().splitlines():
        name, scope, *default = line.split()
        expected[name] = (scope, "".join(default))
    letters = {Scope.GLOBAL: "G", Scope.SESSION: "S", Scope.READ_ONLY: "R"}
    found = {each.name: (letters[each.scope], each.text(each.default)) for each in CORE}
    assert {name: found.get(name) for name in expected} == expected


@pytest.mark.parametrize("variable", CORE, ids=lambda variable: variable.name)
def test_every_default_can_be_set_and_every_variable_has_help(variable: Variable) -> None:
    read = variable.read(variable.text(variable.default))
    assert (read, type(read)) == (variable.default, type(variable.default))
    assert variable.help.endswith(".")


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        ("general_log", "off", "OFF"),
        ("GENERAL-LOG", "1", "ON"),
        ("autocommit", " True ", "ON"),
        ("max_connections", "+7", "7"),
        ("max_allowed_packet", "16M", "16777216"),
        ("max_allowed_packet", "1gb", "1073741824"),
        ("inception_osc_chunk_time", "0.25", "0.25"),
        ("inception_osc_chunk_time", "1e1", "10"),
        ("inception_osc_min_table_size", "0", "0"),
        ("inception_osc_recursion_method", "DSN=D=percona,t=dsns", "dsn=D=percona,t=dsns"),
        ("inception_osc_alter_foreign_keys_method", "Drop_Swap", "drop_swap"),
        ("inception_support_charset", "UTF8MB4, latin1,utf8mb4", "utf8mb4,latin1"),
        ("inception_support_charset", "", ""),
        ("general_log_file", "/var/log/a b.log", "/var/log/a b.log"),
        ("inception_max_keys", "1024", "1024"),
    ],
)
def test_setting(name: str, text: str, shown: str) -> None:
    settings = Settings([MAX_KEYS, CHARSETS])
    settings.set_global(name, text)
    assert settings.show(settings.variable(name).name) == [(settings.variable(name).name, shown)]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("inception_max_keys", "0", "'inception_max_keys' can't be set to '0': it takes a whole number, 1 to 1024."),
        ("inception_max_keys", "1025", "1 to 1024"),
        ("inception_max_keys", "1.5", "a whole number"),
        ("inception_max_keys", "", "set to ''"),
        ("inception_max_keys", "٣", "a whole number"),
        ("inception_max_keys", "9" * 5000, "999…'"),
        ("general_log", "maybe", "ON or OFF"),
        ("general_log", "2", "ON or OFF"),
        ("max_allowed_packet", "2G", "1024 to 1073741824"),
        ("max_allowed_packet", "10T", "K, M or G"),
        ("wait_timeout", "0", "1 to 31536000"),
        (SESSION, "0", "at least 1"),
        ("inception_osc_chunk_time", "-1", "at least 0"),
        ("inception_osc_chunk_time", "nan", "a number"),
        ("inception_osc_chunk_time", "1e999", "a number"),
        ("inception_osc_recursion_method", "dsn=", "one of processlist, hosts, dsn=…, none"),
        ("inception_osc_recursion_method", "cluster", "one of processlist"),
        ("inception_support_charset", "utf8mb4,,", "comma list"),
        ("inception_support_charset", "utf8;drop", "comma list"),
        ("general_log_file", "a\nb", "a path"),
        ("port", "3306", "read-only"),
        ("inception_password", "s3cret", "read-only"),
        ("inception_maxkeys", "3", "Unknown variable 'inception_maxkeys'. Did you mean 'inception_max_keys'?"),
        ("zzz", "1", "Unknown variable 'zzz'."),
    ],
)
def test_refusals(name: str, text: str, said: str) -> None:
    settings = Settings([MAX_KEYS, CHARSETS])
    before = settings.show()
    with pytest.raises(BadVariable) as refused:
        settings.set_global(name, text)
    assert said in refused.value.message
    assert "s3cret" not in refused.value.message
    assert settings.show() == before


def test_layers() -> None:
    settings = Settings(configured={SESSION: 2000, "general_log": False})
    assert settings.value(SESSION) == 2000 and settings.value("general-log") is False
    session = settings.with_session({}, "Inception-OSC-chunk-size", "3000")
    batch = settings.with_session({}, SESSION, "4000")
    other = settings.with_session(session, "inception_osc_max_lag", "9")
    settings.set_global(SESSION, "2500")
    assert settings.snapshot()[SESSION] == 2500
    assert settings.snapshot(session)[SESSION] == 3000
    assert settings.snapshot(session, batch)[SESSION] == 4000
    assert (other[SESSION], other["inception_osc_max_lag"]) == (3000, 9)
    assert "inception_osc_max_lag" not in session
    assert dict(settings.show(SESSION, session)) == {SESSION: "3000"}


def test_a_session_follows_the_global_value_of_what_it_has_not_set() -> None:
    settings = Settings()
    session = settings.with_session({}, "inception_osc_max_lag", "9")
    taken = settings.snapshot(session)
    settings.set_global(SESSION, "77")
    assert (taken[SESSION], settings.snapshot(session)[SESSION]) == (1000, 77)


@pytest.mark.parametrize(("name", "said"), [("general_log", "is global"), ("port", "read-only"), ("x", "Unknown")])
def test_sessions_refuse(name: str, said: str) -> None:
    with pytest.raises(BadVariable, match=said):
        Settings().with_session({}, name, "1")


def test_a_snapshot_travels_and_hides_passwords() -> None:
    settings = Settings(configured={"inception_password": Secret("s3cret")})
    snapshot = settings.snapshot()
    assert pickle.loads(pickle.dumps(snapshot)) == snapshot
    assert snapshot["inception_password"] == "s3cret"
    assert "s3cret" not in repr(snapshot) + repr(dict(snapshot)) + repr(settings.show())
    assert not hasattr(snapshot, "__setitem__")
    shown = dict(settings.show("inception%password"))
    assert shown == {"inception_password": MASK, "inception_remote_system_password": ""}


def test_show_is_sorted_and_matches_like() -> None:
    settings = Settings([MAX_KEYS])
    names = [name for name, _ in settings.show()]
    assert names == sorted(names) and len(names) == len(CORE) + 1
    assert [name for name, _ in settings.show("INCEPTION_max_k%")] == ["inception_max_keys"]
    assert [name for name, _ in settings.show(r"general\_log")] == ["general_log"]
    assert [name for name, _ in settings.show("general_log_fil_")] == ["general_log_file"]
    assert settings.show(r"general\%") == settings.show("") == settings.show("nothing") == []


def slow_like(text: str, pattern: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "%":
        return any(slow_like(text[start:], pattern[1:]) for start in range(len(text) + 1))
    if pattern[0] == "\\" and len(pattern) > 1:
        return text[:1] == pattern[1] and slow_like(text[1:], pattern[2:])
    return bool(text) and pattern[0] in ("_", text[0]) and slow_like(text[1:], pattern[1:])


@given(st.text("ab_%\\", max_size=8), st.text("ab_%\\", max_size=6))
def test_like(text: str, pattern: str) -> None:
    assert (like(pattern).fullmatch(text) is not None) == slow_like(text, pattern)


def test_like_is_fast_with_many_wildcards() -> None:
    began = time.perf_counter()
    assert like("%a" * 40 + "b").fullmatch("a" * 64) is None
    assert time.perf_counter() - began < 0.5


# -- declarations --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("annotation", "default", "kind"),
    [
        (bool, True, Kind.BOOL),
        (Annotated[bool, Help("x.")], False, Kind.BOOL),
        (Annotated[int, Help("x."), Between(1, 64)], 5, Kind.INT),
        (Annotated[float, Between(0)], 0.5, Kind.FLOAT),
        (str, "a", Kind.TEXT),
        (tuple[str, ...], ("utf8mb4",), Kind.NAMES),
        (Annotated[Literal["a", "b"], Help("x.")], "b", Kind.CHOICE),
    ],
)
def test_parameters_declare_variables(annotation: Any, default: Any, kind: Kind) -> None:
    variable = variable_from_parameter("x", annotation, default)
    assert (variable.kind, variable.default, variable.scope) == (kind, default, Scope.GLOBAL)


def test_help_and_range_of_a_parameter() -> None:
    assert (MAX_KEYS.help, MAX_KEYS.minimum, MAX_KEYS.maximum) == ("Most indexes.", 1, 1024)


@pytest.mark.parametrize(
    ("annotation", "default"),
    [(list[int], []), (int, "5"), (bool, 1), (int, True), (Annotated[int, Between(1, 4)], 5), (Literal["a"], "b")],
)
def test_bad_declarations(annotation: Any, default: Any) -> None:
    with pytest.raises(TypeError, match="x"):
        variable_from_parameter("x", annotation, default)


def test_a_shared_variable_is_one() -> None:
    bare = variable_from_parameter("inception_max_keys", int, 16)
    for order in ([MAX_KEYS, bare], [bare, MAX_KEYS]):
        assert merge(order) == {"inception_max_keys": MAX_KEYS}
    osc = variable_from_parameter("inception_osc_on", bool, True)  # one of ours that a rule looks at, too
    assert len(Settings([osc]).variables) == len(CORE)


@pytest.mark.parametrize(
    "other",
    [
        variable_from_parameter("inception_max_keys", int, 17),
        variable_from_parameter("inception_max_keys", Annotated[int, Between(1, 5000)], 16),
        variable_from_parameter("inception_max_keys", str, "16"),
    ],
)
def test_contradicting_declarations(other: Variable) -> None:
    with pytest.raises(TypeError, match="inception_max_keys"):
        Settings([MAX_KEYS, other])
