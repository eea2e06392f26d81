"""The configuration that is shipped can be started with."""

from inception.rule import rule_levels, rule_variables
from inception.settings import Settings
from inception.settings.config import load
from tests.processes import PROJECT


def test_the_shipped_configuration_holds_the_defaults() -> None:
    found = load(PROJECT / "conf" / "inception.yaml", variables=rule_variables(), shipped=rule_levels(), environment={})
    assert Settings(rule_variables(), found.values).show() == Settings(rule_variables()).show()
    assert found.notes == ()
    assert not found.levels
