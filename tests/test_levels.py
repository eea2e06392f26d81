"""Levels of rules: what they may be, where they are given, and what the audit makes of them."""

from pathlib import Path

import pytest

from inception.errors import BadLevel, ConfigError
from inception.rule import REFUSED, Said, all_rules, rule_levels, rule_variables
from inception.settings import NOTHING_SET, Settings, Snapshot
from inception.settings.config import Config, load
from inception.settings.levels import Level
from tests.rules.test_rules import findings

LIMIT = {"sql": "update t set a = 1 where id = 1 limit 1", "given": ["create table t (id int primary key, a int)"]}


def config(directory: Path, text: str) -> Config:
    path = directory / "inception.yaml"
    path.write_text(text)
    return load(path, variables=rule_variables(), shipped=rule_levels(), environment={})


def settings() -> Settings:
    return Settings(rule_variables(), shipped=rule_levels())


@pytest.mark.parametrize("level", [0, 1, 2, "default"])
def test_findings_have_the_level_in_force(level: object) -> None:
    found = [number for rule, number, _ in findings({**LIMIT, "levels": {"dml_limit": level}}) if rule == "dml_limit"]
    assert found == {0: [], 1: [1], 2: [2], "default": [1]}[level]


def test_a_note_can_be_raised_and_switched_off() -> None:
    case = {
        "sql": "alter table t drop column a",
        "given": ["create table t (id int unsigned primary key, a int, b int)"],
    }
    for level, expected in ((0, []), ("default", [-1]), (1, [1]), (2, [2])):
        found = findings({**case, "levels": {"alter_data_loss": level}})
        assert [number for rule, number, _ in found if rule == "alter_data_loss"] == expected


def test_a_level_is_a_limit_for_findings_that_have_one_of_their_own() -> None:
    rule = next(rule for rule in all_rules() if rule.name == "index_existing")
    bound = rule.bind(settings().snapshot(), {"index_existing": Level.WARNING})
    levels = [Level.NOTE, Level.WARNING, Level.ERROR]
    found = bound.__class__(rule, lambda *_: [Said(level, "x") for level in levels], bound.level).look(None, None)
    assert [finding.level for finding in found] == [Level.NOTE, Level.WARNING, Level.WARNING]


@pytest.mark.parametrize(
    ("rule", "level", "says"),
    [
        ("dml_limit", "3", "Rule 'dml_limit' can't have level '3': it is 0 (off), 1, 2 or default."),
        ("dml_limit", "", "it is 0 (off), 1, 2 or default"),
        ("dml_limi", "1", "Unknown rule 'dml_limi'. Did you mean 'dml_limit'?"),
        ("zzzzzzz", "1", "Unknown rule 'zzzzzzz'. 'inception get levels' lists them."),
        ("syntax", "1", f"Rule 'syntax' can't be below level 2: {REFUSED}."),
        ("read_only", "0", "can't be below level 2: nothing is executed where only audits are allowed."),
        ("not_understood", "0", "can't be below level 1: no other rule has looked at such statements."),
    ],
)
def test_refused(rule: str, level: str, says: str) -> None:
    changed = settings()
    with pytest.raises(BadLevel) as caught:
        changed.set_level(rule, level)
    assert says in caught.value.message
    assert not changed.levels


def test_firm_rules_may_be_raised() -> None:
    changed = settings()
    changed.set_level(" NOT_UNDERSTOOD ", " 2 ")
    changed.set_level("syntax", "2")
    assert changed.levels == {"not_understood": Level.ERROR, "syntax": Level.ERROR}


def test_every_error_that_can_be_lowered_is_a_matter_of_style() -> None:
    lowered = {rule.name for rule in all_rules() if rule.level is Level.ERROR and not rule.shipped.firm}
    assert lowered == {"index_name", "index_duplicate", "temporary_name", "timestamp_on_update"}


def test_configuration(tmp_path: Path) -> None:
    found = config(
        tmp_path,
        """
        levels: {dml_limit: 0, index_name: 1}
        sources:
          shop: {host: h, user: u, levels: {dml_limit: 2}}
          plain: {host: h, user: u}
        """,
    )
    assert found.levels == {"dml_limit": Level.NONE, "index_name": Level.WARNING}
    assert found.sources["shop"].levels == {"dml_limit": Level.ERROR}
    values = Settings(rule_variables(), found.values, rule_levels(), found.levels).snapshot()
    assert values.levels == found.levels
    assert values.with_levels(found.sources["plain"].levels).levels == found.levels
    assert values.with_levels(found.sources["shop"].levels).levels == {
        "dml_limit": Level.ERROR,
        "index_name": Level.WARNING,
    }
    assert values.levels == found.levels


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("levels: [dml_limit]", "inception.yaml: levels must be a mapping of rules and levels"),
        ("levels: {dml_limit: off}", "levels: Rule 'dml_limit' can't have level 'False'"),
        ("levels: {dml_limi: 1}", "Did you mean 'dml_limit'?"),
        ("levels: {syntax: 0}", "levels: Rule 'syntax' can't be below level 2"),
        ("sources: {shop: {host: h, user: u, levels: {syntax: 0}}}", "sources: shop: levels: Rule 'syntax'"),
    ],
)
def test_configuration_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config(tmp_path, text)
    assert says in caught.value.message


def test_empty_levels(tmp_path: Path) -> None:
    assert not config(tmp_path, "levels:\n").levels
    assert isinstance(NOTHING_SET, Snapshot) and not NOTHING_SET.levels
