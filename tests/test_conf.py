"""The configuration that is shipped can be started with."""

import re

from inception.rule import rule_levels, rule_variables
from inception.settings import Settings
from inception.settings.config import load
from inception.settings.core_variables import CORE
from inception.settings.variables import merge
from tests.processes import PROJECT


def test_the_shipped_configuration_holds_the_defaults() -> None:
    found = load(PROJECT / "conf" / "inception.yaml", variables=rule_variables(), shipped=rule_levels(), environment={})
    assert Settings(rule_variables(), found.values).show() == Settings(rule_variables()).show()
    assert found.notes == ()
    assert not found.levels


def test_the_shipped_configuration_has_every_setting() -> None:
    text = (PROJECT / "conf" / "inception.yaml").read_text()
    written = [name.replace("_password_file", "_password") for name in re.findall(r"^(?:# )?(\w+):", text, re.M)]
    there = [*merge([*CORE, *rule_variables()]), "users", "sources", "levels"]
    assert sorted(written) == sorted(there)
