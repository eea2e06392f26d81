"""The configuration: files, environment, command line, and what the server refuses to start with."""

from pathlib import Path

import pytest

from inception.errors import ConfigError
from inception.server import Tls
from inception.settings import Settings
from inception.settings.config import Config, is_loopback, load
from inception.settings.variables import variable_from_parameter

# As a rule declares it.
CHARSETS = variable_from_parameter("inception_support_charset", tuple[str, ...], ("utf8mb4",))
HASH = "*" + "0123456789" * 4


def yaml(directory: Path, text: str) -> Config:
    path = directory / "inception.yaml"
    path.write_text(text)
    return load(path, variables=[CHARSETS], environment={"TARGET_PASSWORD": "from environment"})


def ini(directory: Path, text: str) -> Config:
    path = directory / "inc.cnf"
    path.write_text(text)
    return load(None, path, variables=[CHARSETS], environment={})


def test_nothing_configured() -> None:
    assert load(environment={}) == Config({}, {}, {})


def test_yaml(tmp_path: Path) -> None:
    config = yaml(
        tmp_path,
        """
        port: 6670
        Inception-Osc-Chunk-Time: 0.5
        inception_support_charset: [utf8mb4, LATIN1]
        inception_osc_on: off
        general_log: 1
        autocommit: true
        inception_osc_recursion_method: none
        max_allowed_packet: 16M
        socket:
        inception_password: "0123"
        inception_user: 'o''neil'
        """,
    )
    assert config.values == {
        "port": 6670,
        "inception_osc_chunk_time": 0.5,
        "inception_support_charset": ("utf8mb4", "latin1"),
        "inception_osc_on": False,
        "general_log": True,
        "auto_commit": True,
        "inception_osc_recursion_method": "none",
        "max_allowed_packet": 16 * 2**20,
        "socket": "",
        "inception_password": "0123",
        "inception_user": "o'neil",
    }
    assert Settings([CHARSETS], config.values).value("port") == 6670


def test_an_option_file_of_an_older_server(tmp_path: Path) -> None:
    config = ini(
        tmp_path,
        """
        # comment
        [mysqld]
        innodb_buffer_pool_size = 1G
        [inception]
        general_log=1
        general_log_file=inception.log   # where
        port=6669
        socket=/tmp/inc.socket
        character-set-client-handshake=0
        character-set-server=utf8
        inception_remote_system_password='ro#ot\\'s'
        inception_remote_backup_port=3306
        inception_support_charset=utf8mb4,utf8
        inception-enable-sql-statistic
        skip-inception-osc-on
        inception_ddl_support=1
        inception_osc_bin_dir="C:\\\\bin\\sx"
        ; another
        [client]
        user=x
        """,
    )
    assert config.values == {
        "general_log": True,
        "general_log_file": str(tmp_path / "inception.log"),
        "port": 6669,
        "socket": "/tmp/inc.socket",
        "inception_remote_system_password": "ro#ot's",
        "inception_remote_backup_port": 3306,
        "inception_support_charset": ("utf8mb4", "utf8"),
        "inception_enable_sql_statistic": True,
        "inception_osc_on": False,
        "inception_osc_bin_dir": str(tmp_path / "C:\\bin x"),
    }
    assert config.notes == (
        "character-set-client-handshake: accepted, has no effect here.",
        "character-set-server: accepted, has no effect here.",
        "inception_ddl_support: accepted, has no effect here.",
    )
    assert "ro#ot" not in repr(config)


def test_later_places_win(tmp_path: Path) -> None:
    first, second = tmp_path / "a.yaml", tmp_path / "b.cnf"
    first.write_text("port: 1\nmax_connections: 1\nwait_timeout: 1\ninception_password: file\n")
    second.write_text("[inception]\nmax-connections = 2\nwait-timeout = 2\n")
    arguments = ["--wait-timeout=3", "--wait_timeout=4", "--general-log", "--disable-inception-osc-on"]
    config = load(first, second, arguments, environment={"INCEPTION_PASSWORD": "environment"})
    assert config.values == {
        "port": 1,
        "max_connections": 2,
        "wait_timeout": 4,
        "inception_password": "environment",
        "general_log": True,
        "inception_osc_on": False,
    }
    assert (
        load(first, arguments=["--inception_password=p"], environment={"INCEPTION_PASSWORD": "e"}).values[
            "inception_password"
        ]
        == "p"
    )


def test_paths_of_a_file_start_from_its_directory(tmp_path: Path) -> None:
    config = yaml(
        tmp_path, "audit_log_file: logs/audit.jsonl\ntls_cert: /etc/cert.pem\ngeneral_log_file: stderr\ntls_ca:"
    )
    values = config.values
    assert values["audit_log_file"] == str(tmp_path / "logs/audit.jsonl")
    assert (values["tls_cert"], values["general_log_file"]) == ("/etc/cert.pem", "stderr")


def test_passwords_from_files_and_environment(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(" p w\n")
    config = yaml(tmp_path, "inception_password_file: secret")
    assert config.values == {"inception_password": " p w"}
    config = load(environment={"INCEPTION_REMOTE_SYSTEM_PASSWORD": "x", "INCEPTION_PORT": "1", "INCEPTION_USER": "u"})
    assert config.values == {"inception_remote_system_password": "x"}


def test_users_and_sources(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from file")
    config = yaml(
        tmp_path,
        f"""
        bind_address: "*"
        users:
          dba: {{password_hash: '{HASH}'}}
          ci: {{password_hash: '{HASH}', role: audit}}
        sources:
          shop: {{host: 10.0.0.1, user: inc, password: direct, tls: verify_identity, assign_gtid: on}}
          file: {{host: h, port: 3307, user: inc, password_file: secret, tls: {{mode: required, ca: /ca}}}}
          env: {{host: h, user: inc, password_env: TARGET_PASSWORD, tls: off}}
          none: {{host: h, user: inc}}
        """,
    )
    assert [(user.name, user.role, user.password_hash) for user in config.users.values()] == [
        ("dba", "admin", HASH),
        ("ci", "audit", HASH),
    ]
    sources = config.sources
    assert (sources["shop"].host, sources["shop"].port, sources["shop"].user) == ("10.0.0.1", 3306, "inc")
    assert [each.password for each in sources.values()] == ["direct", "from file", "from environment", ""]
    assert [each.assign_gtid for each in sources.values()] == [True, None, None, None]
    assert [each.tls for each in sources.values()] == [
        Tls("verify_identity"),
        Tls("required", "/ca"),
        Tls("off"),
        Tls(),
    ]
    assert "direct" not in repr(config) and HASH not in repr(config)


USER = f"users: {{u: {{password_hash: '{HASH}'}}}}\n"
SOURCE = "sources: {{s: {{host: h, user: u, {}}}}}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prot: 1", "Unknown variable 'prot'. Did you mean 'port'?"),
        ("user_s: {}", "Unknown variable 'user_s'. Did you mean 'users'?"),
        ("port: 70000", "'port' can't be set to '70000': it takes a whole number, 1 to 65535."),
        ("port: true", "'port' takes a whole number"),
        ("port: 1.5", "a whole number"),
        ("port: [1]", "'port' takes a whole number"),
        ("port:", "'port' has no value"),
        ("general_log: 2", "ON or OFF"),
        ("inception_user: yes", "write the value in quotes"),
        ("inception_password: 0123", "write the value in quotes"),
        ("port: 1\nport: 2", "'port' stands twice"),
        ("auto_commit: 1\nautocommit: 1", "'auto_commit' is given twice"),
        ("inception_password: a\ninception_password_file: b", "can't be read"),
        ("port_file: x", "Unknown variable 'port_file'"),
        ("inception_password_file: nowhere", "inception_password_file: '"),
        ("- a", "must hold names and values"),
        ("a: [", "line 1"),
        ("inception_user: *x", "needs quotes"),
        ("bind_address: 0.0.0.0", "no users are configured"),
        ("bind_address: '*'\nusers: {}", "no users are configured"),
        ("bind_address: db.example.com", "no users are configured"),
        ("users: [a]", "users must be a mapping"),
        ("users: {1: {}}", "users must be a mapping of names"),
        ("users: {u: x}", "users: u must be a mapping with password_hash, role"),
        ("users: {u: {}}", "password_hash must be '*' and 40 hex digits"),
        ("users: {u: {password_hash: s3cret}}", "password_hash must be"),
        ("users: {u: {password: s3cret}}", "users: u: unknown key 'password'. Did you mean 'password_"),
        (USER.replace("}}", ", role: king}}"), "role can't be 'king': it is one of admin, execute, audit"),
        (
            "users: {u: {password_hash: '*" + "0" * 40 + "', sources: [x]}}",
            "there is no source 'x' in the configuration",
        ),
        ("users: {u: {password_hash: '*" + "0" * 40 + "', sources: x}}", "sources must be a list of names of sources"),
        ("sources: {s: {user: u}}", "sources: s: host must be given"),
        ("sources: {s: {host: h}}", "sources: s: user must be given"),
        (SOURCE.format("port: 0"), "port can't be '0': it is a whole number, 1 to 65535"),
        (SOURCE.format("prot: 1"), "unknown key 'prot'. Did you mean 'port'?"),
        (SOURCE.format("zzz: 1"), "Known are host"),
        (SOURCE.format("password: 1"), "password must be a text: write it in quotes"),
        (SOURCE.format("password: a, password_env: b"), "give only one of password, password_env"),
        (SOURCE.format("password_env: NOWHERE"), "no variable 'NOWHERE'"),
        (SOURCE.format("password_file: nowhere"), "can't be read: No such file"),
        (SOURCE.format("assign_gtid: maybe"), "sources: s: assign_gtid can't be 'maybe': it is on or off"),
        (SOURCE.format("tls: maybe"), "tls: mode can't be 'maybe'"),
        (SOURCE.format("tls: {ca: 1}"), "ca, cert and key are paths"),
        (SOURCE.format("tls: [1]"), "tls must be a mapping"),
    ],
)
def test_yaml_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        yaml(tmp_path, text)
    assert said in refused.value.message
    assert "s3cret" not in refused.value.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[inception]\nprot=1", "inc.cnf: Unknown variable 'prot'"),
        ("[inception]\nport", "'port' has no value"),
        ("[inception]\nport=0", "1 to 65535"),
        ("[inception]\nport=1\nport=2", "'port' is given twice"),
        ("[inception]\nskip-general-log=1", "Unknown variable 'skip-general-log'"),
        ("[inception]\nskip-port", "'port' takes a whole number"),
        ("port=1", "line 1: neither"),
        ("[inception\nport=1", "line 1: neither"),
        ("[inception]\n!include /etc/x", "line 2: neither"),
    ],
)
def test_option_files_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        ini(tmp_path, text)
    assert said in refused.value.message


@pytest.mark.parametrize(
    ("argument", "said"), [("port=1", "--name=value"), ("--prot=1", "'prot'"), ("--port=x", "'x'")]
)
def test_arguments_refused(argument: str, said: str) -> None:
    with pytest.raises(ConfigError, match=f"ommand line.*{said}"):
        load(arguments=[argument], environment={})


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\xfa")
    for path in (tmp_path / "missing", tmp_path / "binary", tmp_path):
        with pytest.raises(ConfigError, match="can't be read"):
            load(path, environment={})
        with pytest.raises(ConfigError, match="can't be read"):
            load(None, path, environment={})


@pytest.mark.parametrize(
    ("address", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("", False),
        ("*", False),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("127.0.0.1.example.com", False),
    ],
)
def test_loopback(address: str, loopback: bool) -> None:
    assert is_loopback(address) is loopback


def test_other_addresses_need_users(tmp_path: Path) -> None:
    assert yaml(tmp_path, "bind_address: '*'\n" + USER).values["bind_address"] == "*"
    with pytest.raises(ConfigError, match="no users"):
        load(arguments=["--bind-address=::"], environment={})
