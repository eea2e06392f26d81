"""How the tool is called: every variable, both versions, awkward names and passwords, TLS."""

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from inception.osc.clean import clean, trigger_names
from inception.osc.command import Files, arguments, cannot, environment, option_file, recursion_method
from inception.osc.job import Job, Trail, job_id
from inception.osc.tool import find_tool
from inception.rule import rule_levels, rule_variables
from inception.schema.model import TableName
from inception.server import Address, ServerVersion, Tls
from inception.settings import Settings, Snapshot
from inception.world import Server, Tool

OLD, NEW = Tool("/usr/bin/pt-online-schema-change", (3, 2, 1)), Tool("/opt/pt-online-schema-change", (3, 7, 1))
MARIADB, MYSQL8, MYSQL9 = (Server(ServerVersion.parse(each)) for each in ("10.11.19-MariaDB", "8.0.36", "9.7.4"))
ADDRESS = Address("db.example", 3310, "o'sc", 's3c"r\\et#; x')
FILES = Files("/private/account.cnf", "/private/pause")
JOB = Job("*" + "A" * 40, TableName("shop", "orders"), "alter table orders modify a bigint", "modify a bigint")


def values(**changed: object) -> Snapshot:
    settings = Settings(rule_variables(), shipped=rule_levels())
    for name, value in changed.items():
        settings.set_global(f"inception_osc_{name}", str(value))
    return settings.snapshot()


def called(tool: Tool = OLD, job: Job = JOB, server: Server = MARIADB, **changed: object) -> list[str]:
    return arguments(tool, job, ADDRESS, server, values(**changed), FILES)


def test_the_whole_command_line() -> None:
    assert called() == [
        "/usr/bin/pt-online-schema-change", "--config=/dev/null", "--execute", "--statistics", "--no-version-check",
        "--progress=time,1", "--charset=utf8mb4", "--chunk-size=1000", "--chunk-size-limit=4", "--chunk-time=1",
        "--check-interval=5", "--max-lag=3", "--critical-load=Threads_connected=1000,Threads_running=80",
        "--max-load=Threads_connected=1000,Threads_running=80", "--drop-new-table", "--drop-old-table",
        "--check-replication-filters", "--check-alter", "--print", "--recursion-method=processlist",
        "--set-vars=lock_wait_timeout=5", "--tries=create_triggers:12:5,drop_triggers:12:5,swap_tables:12:5",
        "--pause-file=/private/pause", "--new-table-name=_%T_new", "--alter=modify a bigint",
        "F=/private/account.cnf,h=db.example,P=3310,D=shop,t=orders",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("variable", "value", "option"),
    [
        ("chunk_size", 7, "--chunk-size=7"),
        ("chunk_size_limit", 2.5, "--chunk-size-limit=2.5"),
        ("chunk_time", 0.25, "--chunk-time=0.25"),
        ("check_interval", 9, "--check-interval=9"),
        ("max_lag", 8, "--max-lag=8"),
        ("critical_thread_connected", 6, "--critical-load=Threads_connected=6,Threads_running=80"),
        ("critical_thread_running", 5, "--critical-load=Threads_connected=1000,Threads_running=5"),
        ("max_thread_connected", 4, "--max-load=Threads_connected=4,Threads_running=80"),
        ("max_thread_running", 3, "--max-load=Threads_connected=1000,Threads_running=3"),
        ("drop_new_table", "OFF", "--no-drop-new-table"),
        ("drop_old_table", "OFF", "--no-drop-old-table"),
        ("check_replication_filters", "OFF", "--no-check-replication-filters"),
        ("check_alter", "OFF", "--no-check-alter"),
        ("recursion_method", "dsn=D=percona,t=dsns", "--recursion-method=dsn=D=percona,t=dsns"),
        ("alter_foreign_keys_method", "auto", "--alter-foreign-keys-method=auto"),
    ],
)
def test_every_variable_is_passed_on(variable: str, value: object, option: str) -> None:
    assert option not in called()
    assert option in called(**{variable: value})  # type: ignore[arg-type]


def test_print() -> None:
    assert "--print" not in called(print_sql="OFF")
    assert "--print" not in called(job=replace(JOB, plain=False))
    assert "--print" in called(NEW, replace(JOB, plain=False))


def test_force_only_for_foreign_keys_that_may_be_broken() -> None:
    assert "--force" not in called(job=replace(JOB, force=True))
    assert "--force" not in called(job=replace(JOB, referenced=True))
    assert {"--force", "--alter-foreign-keys-method=none"} <= set(called(job=replace(JOB, referenced=True, force=True)))


@pytest.mark.parametrize(
    ("tool", "server", "wanted", "used"),
    [
        (OLD, MARIADB, "hosts", "hosts"), (NEW, MARIADB, "hosts", "processlist"), (OLD, MYSQL9, "processlist", "none"),
        (NEW, MYSQL9, "hosts", "hosts"), (OLD, MYSQL8, "hosts", "hosts"), (NEW, MYSQL9, "none", "none"),
    ],
)  # fmt: skip
def test_recursion_method(tool: Tool, server: Server, wanted: str, used: str) -> None:
    assert recursion_method(tool, server, wanted) == used


def test_server_versions() -> None:
    assert "--set-vars=lock_wait_timeout=5,explain_format=TRADITIONAL" in called(server=MYSQL9)
    assert "--set-vars=lock_wait_timeout=5" in called(server=MYSQL8)
    galera = Server(MARIADB.version, {"wsrep_on": "ON"})
    assert "--max-flow-ctl=10" in called(server=galera)
    assert not any(option.startswith("--max-flow-ctl") for option in called())


def test_localhost_is_a_host_and_no_socket() -> None:
    by_name = arguments(OLD, JOB, replace(ADDRESS, host="localhost"), MARIADB, values(), FILES)
    assert ",h=LOCALHOST,P=3310," in by_name[-1]


def test_names() -> None:
    assert called(job=replace(JOB, table=TableName("a,b", "c=d,e")))[-1].endswith(",D=a\\,b,t=c=d\\,e")
    long = replace(JOB, table=TableName("shop", "t" * 60))
    assert (long.new_name, called(job=long)[-3]) == ("_aaaaaaaa_new", "--new-table-name=_aaaaaaaa_new")
    assert trigger_names(TableName("my shop", "é-t"))[0] == "pt_osc_my_shop_é_t_del"
    assert [len(name) for name in trigger_names(TableName("d" * 40, "t" * 40))] == [64, 64, 64]


@pytest.mark.parametrize(
    ("tool", "changed", "tls", "why"),
    [
        (NEW, {}, Tls(), ""),
        (NEW, {"table": TableName("shop", "it's")}, Tls(), "name contains"),
        (NEW, {"table": TableName("a;b", "t")}, Tls(), "name contains ';'"),
        (NEW, {"table": TableName("shop", "a;b")}, Tls(), ""),
        (OLD, {"table": TableName("shop", "ü")}, Tls(), ""),
        (OLD, {"table": TableName("店", "t")}, Tls(), "beyond Latin-1"),
        (NEW, {"table": TableName("店", "t")}, Tls(), ""),
        (NEW, {"alter": "x" * 130_000}, Tls(), "too long"),
        (NEW, {"alter": "comment '\udcff'"}, Tls(), "no text"),
        (NEW, {}, Tls("verify_ca"), "verify_identity"),
        (NEW, {}, Tls("verify_identity"), ""),
    ],
)
def test_what_it_cannot(tool: Tool, changed: dict[str, object], tls: Tls, why: str) -> None:
    found = " ".join(cannot(tool, replace(JOB, **changed), tls))  # type: ignore[arg-type]
    assert why in found if why else not found


def test_option_file() -> None:
    plain = replace(ADDRESS, tls=Tls("off"))
    assert option_file(plain) == '[client]\nuser="o\'sc"\npassword="s3c\\"r\\\\et#; x"\n'
    secured = option_file(replace(ADDRESS, tls=Tls("verify_identity", "/ca.pem", "/cert.pem", "/key.pem"))).splitlines()
    assert secured[3:] == [
        "ssl-enforce=1", "ssl-verify-server-cert=1", 'ssl-ca="/ca.pem"', 'ssl-cert="/cert.pem"', 'ssl-key="/key.pem"',
    ]  # fmt: skip
    assert option_file(ADDRESS).splitlines()[3:] == ["ssl-enforce=1"]


def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTDEBUG", "1")
    monkeypatch.setenv("MYSQL_PWD", "secret")
    assert environment("/private").keys() <= {
        "PATH",
        "PERL5LIB",
        "LD_LIBRARY_PATH",
        "TMPDIR",
        "HOME",
        "LC_ALL",
        "PERL_UNICODE",
    }


def test_job_ids() -> None:
    name = job_id("db", 3306, "shop", "alter table t force", 1)
    assert len(name) == 41 and name[0] == "*" and int(name[1:], 16)
    others = [
        ("d", 3306, "shop", "x", 1),
        ("db", 3307, "shop", "x", 1),
        ("db", 3306, "", "x", 1),
        ("db", 3306, "shop", "x", 2),
    ]
    assert len({name, *(job_id(*each) for each in others)}) == 5
    assert job_id("db", 3306, "shop", "alter table t force", 1) == name


def test_find_tool(tmp_path: Path) -> None:
    assert "There is no pt-online-schema-change in" in find_tool(str(tmp_path)).problem
    program = tmp_path / "pt-online-schema-change"
    program.write_text("#!/bin/sh\necho pt-online-schema-change 3.9.2\n")
    program.chmod(0o755)
    assert find_tool(str(tmp_path)) == Tool(str(program), (3, 9, 2))
    program.write_text("#!/bin/sh\necho no perl here >&2; exit 2\n")
    os.utime(program, (1, 1))
    assert "does not tell its version (no perl here)" in find_tool(str(tmp_path)).problem


def test_a_target_that_cannot_be_reached_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    """After a while what is left to do is logged, ready to be run."""
    gone = clean(Address("127.0.0.1", 1, "nobody"), Trail("", TableName("shop", "t"), "_t_new"), patience=0.1)
    wanted = (
        "DROP TRIGGER IF EXISTS `shop`.`pt_osc_shop_t_del`; DROP TRIGGER IF EXISTS `shop`.`pt_osc_shop_t_upd`; "
        "DROP TRIGGER IF EXISTS `shop`.`pt_osc_shop_t_ins`; DROP TABLE IF EXISTS `shop`.`_t_new`"
    )
    assert gone.problem.endswith(f"To remove them run: {wanted}")
    assert wanted in caplog.text


def test_both_versions_know_the_options() -> None:
    """The tool itself reads the command line; it then finds that there is no server."""
    tools = [each for each in (find_tool(""), find_tool(".cache/percona-toolkit/root/usr/bin")) if not each.problem]
    if not tools:
        pytest.skip("percona-toolkit is not installed")
    for tool in tools:
        command = arguments(
            tool, JOB, Address("127.0.0.1", 1), MYSQL9, values(), Files("/dev/null", "/nonexistent/pause")
        )
        done = subprocess.run(command, capture_output=True, text=True, env=environment("/nonexistent"), timeout=60)
        assert "Cannot connect to MySQL" in done.stdout + done.stderr, done
        assert "Usage" not in done.stdout
