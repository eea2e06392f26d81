"""The log: lines for people, or JSON in which all lines of one request have one id."""

import json
import re
from pathlib import Path

from tests.end_to_end.conftest import Shop
from tests.processes import HOST
from tests.servers import Gateway, MariaDB


def test_json_lines_tell_which_request_they_are_about(mariadb: MariaDB, tmp_path: Path) -> None:
    path, audit = tmp_path / "inception.log", tmp_path / "audit.jsonl"
    with Gateway(log_format="json", general_log_file=path, audit_log_file=audit) as gateway:
        gateway.start()
        shop = Shop(gateway, mariadb, mariadb)
        shop.submit("--enable-execute;--disable-remote-backup;", "use test; set names utf8mb4;")
        shop.check("select '漢\n字';")
        shop.ask("inception show rules")
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    asked = [line for line in lines if "漢\n字" in line["message"] or "show rules" in line["message"]]
    assert len(asked) == 2
    assert all(re.fullmatch("[0-9a-f]{32}", line["trace_id"]) for line in asked)
    assert asked[0]["trace_id"] != asked[1]["trace_id"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", asked[0]["time"])
    executed = next(line for line in lines if "set names utf8mb4;" in line["message"])
    assert executed["trace_id"] == json.loads(audit.read_text().splitlines()[0])["trace_id"]
    started = next(line for line in lines if f"listens on {HOST}" in line["message"])
    assert (started["level"], "trace_id" in started) == ("INFO", False)


def test_a_log_file_that_was_moved_is_made_anew(mariadb: MariaDB, tmp_path: Path) -> None:
    path, moved = tmp_path / "inception.log", tmp_path / "inception.log.1"
    with Gateway(general_log_file=path) as gateway:
        gateway.start()
        path.rename(moved)
        Shop(gateway, mariadb, mariadb).ask("inception show rules")
        assert "show rules" in path.read_text()
        assert "show rules" not in moved.read_text()


def test_a_long_text_is_cut(mariadb: MariaDB) -> None:
    with Gateway() as gateway:
        shop = Shop(gateway.start(), mariadb, mariadb)
        shop.check("select 'begin', '" + "x" * 100_000 + "';")
        [line] = [each for each in gateway.log.splitlines() if "select 'begin'" in each]
    assert 3000 < len(line) < 4096
