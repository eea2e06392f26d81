"""Rules of one's own in a running gateway and its workers."""

import subprocess
import sys
from pathlib import Path

from tests.end_to_end.conftest import Shop
from tests.processes import PROJECT
from tests.servers import Gateway
from tests.test_custom import EXAMPLE, HEAD


def test_they_take_part(shop: Shop, database: str, tmp_path: Path) -> None:
    config, rules = tmp_path / "inception.yaml", tmp_path / "rules"
    rules.mkdir()
    (rules / "created_at.py").write_text(EXAMPLE)
    (rules / "broken.py").write_text(HEAD + "def check(statement: Statement):\n    yield from None\n")
    config.write_text("inception_rule_directory: rules\nlevels: {created_at: 2}\n")
    create = f"create table {database}.t (id int);"
    with Gateway(config=config) as gateway:
        gateway.start()
        own = Shop(gateway, shop.target, shop.backup)
        (rules / "created_at.py").write_text("(")  # what was loaded at the start holds
        assert own.ask("inception get levels 'created_at'") == [("created_at", "2", "1", "YES")]
        assert own.ask("inception get variables 'shop%'") == [("shop_created_column", "created_at")]
        (row,) = own.check(create)
        assert row.errlevel == 2
        assert "Give table 't' a column 'created_at'." in (row.errormessage or "")
        assert "Set a primary key" in (row.errormessage or "")
        assert "Rule 'broken' failed" in (row.errormessage or "")
        own.ask("inception set shop_created_column = 'made'")
        assert "column 'made'" in (own.check(create)[0].errormessage or "")
        own.ask("inception set level created_at = 0")
        own.ask("inception set level broken = 0")
        (row,) = own.check(create)
        assert row.errlevel == 1
        assert "made" not in (row.errormessage or "") and "broken" not in (row.errormessage or "")


def test_one_that_cannot_be_used_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("x = 1\nimport nothing_of_that_name\n")
    command = [sys.executable, "-m", "inception", "serve", "--port=1", f"--inception_rule_directory={tmp_path}"]
    ran = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 1
    assert f"{tmp_path}/broken.py, line 2: ModuleNotFoundError: No module named 'nothing_of_that_name'" in ran.stderr
