"""Rules of one's own: the worked example of the documentation, what stops the start, and rules that fail."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from inception.audit import audit
from inception.custom import RuleFile, read_directory, use
from inception.errors import ConfigError
from inception.rule import all_rules, rule_levels, rule_variables
from inception.scene import Intent
from inception.settings import Settings
from inception.settings.config import load, rule_directory
from tests.docs import DOCS
from tests.rules.test_rules import batch_of, findings, world_of

PAGE = (DOCS / "custom-rules.md").read_text()
EXAMPLE = re.findall(r"```python\n(.*?)```", PAGE, re.S)[0]
CASES = yaml.safe_load(re.findall(r"```yaml\n(cases:.*?)```", PAGE, re.S)[0])["cases"]
HEAD = '"""Finds."""\nfrom inception.rule import *\nfrom inception.batch.statement import *\nLEVEL = Level.ERROR\n'
CHECK = "def check(statement: Statement):\n    yield 'found'\n"


@pytest.fixture(autouse=True)
def _only_shipped_rules() -> Iterator[None]:
    yield
    use(())


def use_directory(directory: Path, **files: str) -> None:
    for name, text in files.items():
        (directory / f"{name}.py").write_text(text)
    use(read_directory(directory))


@pytest.mark.parametrize("case", CASES)
def test_the_example_of_the_documentation(tmp_path: Path, case: dict[str, Any]) -> None:
    use_directory(tmp_path, created_at=EXAMPLE)
    assert [text for rule, _, text in findings(case) if rule == "created_at"] == case["finds"]


def test_it_has_a_level_and_variables(tmp_path: Path) -> None:
    use_directory(tmp_path, created_at=EXAMPLE)
    settings = Settings(rule_variables(), shipped=rule_levels())
    settings.set_level("created_at", "2")
    settings.set_global("shop_created_column", "made")
    case = {"sql": "create table t (id int primary key)", "levels": {"created_at": 2}}
    assert ("created_at", 2, "Give table 't' a column 'created_at'.") in findings(case)
    config = tmp_path / "inception.yaml"
    config.write_text("inception_rule_directory: .\nshop_created_column: made\nlevels: {created_at: 0}\nport: 7\n")
    assert rule_directory(config) == tmp_path
    found = load(config, variables=rule_variables(), shipped=rule_levels(), environment={})
    assert found.values["shop_created_column"] == "made"
    assert found.levels == {"created_at": 0}


def test_where_the_directory_is(tmp_path: Path) -> None:
    config, options = tmp_path / "a" / "inception.yaml", tmp_path / "b" / "inc.cnf"
    for path, text in (
        (config, "inception_rule_directory: one\n"),
        (options, "[inception]\ninception-rule-directory=two\n"),
    ):
        path.parent.mkdir()
        path.write_text(text)
    assert rule_directory() is None
    assert rule_directory(config) == tmp_path / "a" / "one"
    assert rule_directory(config, options) == tmp_path / "b" / "two"
    assert rule_directory(config, options, ["--inception_rule_directory=/three"]) == Path("/three")
    assert rule_directory(config, None, ["--inception-rule-directory="]) is None


def test_files_that_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("(")
    (tmp_path / "_helper.py").write_text("(")
    assert read_directory(tmp_path) == read_directory(None) == ()


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("broken", "x = 1\ndef check(:\n", "broken.py, line 2: SyntaxError:"),
        ("broken", "\n\nimport no_such_module\n", "broken.py, line 3: ModuleNotFoundError: No module named"),
        ("broken", "raise SystemExit(3)", "broken.py, line 1: SystemExit: 3"),
        ("broken", HEAD.replace('"""Finds."""', "") + CHECK, "it has no docstring"),
        ("broken", HEAD.replace("LEVEL", "level") + CHECK, "LEVEL is missing"),
        ("broken", HEAD.replace("Level.ERROR", "2") + CHECK, "LEVEL is missing"),
        ("broken", HEAD + "ORDER = 'x'\n" + CHECK, "ORDER must be a whole number"),
        ("broken", HEAD, "it has no function check"),
        ("broken", HEAD + "def check(a): yield 'x'\n", "'a' needs as its annotation what the rule looks at"),
        ("broken", HEAD + "def check(a: int): yield 'x'\n", "'a' needs as its annotation"),
        ("broken", HEAD + "def check(a: Statemen): yield 'x'\n", "NameError: name 'Statemen' is not defined"),
        ("broken", HEAD + "def check(a: 'Statemen'): yield 'x'\n", "check: NameError: name 'Statemen'"),
        ("broken", HEAD + "def check(a: Statement, b: Insert): yield 'x'\n", "'b' needs the annotation Scene"),
        ("broken", HEAD + "def check(): yield 'x'\n", "check takes what it looks at"),
        ("broken", HEAD + "def check(*a: Statement): yield 'x'\n", "check takes what it looks at"),
        ("broken", HEAD + "def check(a: Statement, *, v=1): yield v\n", "variable 'v' needs an annotation"),
        ("broken", HEAD + "def check(a: Statement, *, v: int): yield v\n", "variable 'v' needs an annotation"),
        ("broken", HEAD + "def check(a: Statement, *, v: dict = 1): yield v\n", "Parameter 'v': a variable can't be"),
        ("broken", HEAD + "def check(a: Statement, *, port: str = 'x'): yield port\n", "'port' is declared twice"),
        ("no-name", HEAD + CHECK, "'no-name' is no name for a rule"),
        ("dml_limit", HEAD + CHECK, "rule 'dml_limit' is one of Inception's own: call it otherwise"),
    ],
)
def test_what_stops_the_start(tmp_path: Path, name: str, text: str, says: str) -> None:
    shipped = all_rules()
    with pytest.raises(ConfigError) as caught:
        use_directory(tmp_path, good=HEAD + CHECK, **{name: text})
    assert says in caught.value.message
    assert f"{name}.py" in caught.value.message
    assert all_rules() == shipped


def test_a_directory_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"inception_rule_directory: .*/nowhere: No such file or directory."):
        read_directory(tmp_path / "nowhere")
    (tmp_path / "latin.py").write_bytes(b"# \xe9")
    with pytest.raises(ConfigError, match="is not UTF-8"):
        read_directory(tmp_path)


FAILS = {
    "raises": ("yield 'one'\n    raise KeyError('x')", ["one"], "KeyError: 'x'"),
    "exits": ("yield 'one'\n    raise SystemExit(1)", ["one"], "SystemExit: 1"),
    "number": ("yield 1", [], "TypeError: check yields 1, which is no text"),
    "nothing": ("pass", [], "TypeError: 'NoneType' object is not iterable"),
    "text": ("return 'abc'", [], "TypeError: check returns a text: it must yield it"),
    "deep": ("yield from check(statement)", [], "RecursionError: maximum recursion depth exceeded"),
    "cannot_say": (
        "class Odd(Exception):\n        def __str__(self): raise ValueError\n    raise Odd\n    yield",
        [],
        "Odd: <exception str() failed>",
    ),
}


@pytest.mark.rule_fails
@pytest.mark.parametrize("name", FAILS)
def test_a_rule_that_fails_hides_nothing(tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture) -> None:
    body, before, reason = FAILS[name]
    case = {"sql": "select * from missing; update t set a = 1", "given": ["create table t (a int)"]}
    expected = findings(case)
    use_directory(tmp_path, broken=HEAD + f"def check(statement: Statement):\n    {body}\n")
    found = findings(case)
    assert [each for each in found if each[0] != "broken"] == expected
    mine = [(level, text) for rule, level, text in found if rule == "broken"]
    assert [text for _, text in mine if text == "one"] == before * 2
    failures = [(level, text) for level, text in mine if text != "one"]
    assert len(failures) == 2
    assert failures[0][0] == 1
    assert failures[0][1].startswith("Rule 'broken' failed, and has not looked at all of this: ")
    assert reason in failures[0][1]
    assert len(caplog.records) == 1, "the log has it once for a batch"


@pytest.mark.rule_fails
def test_one_failure_a_statement(tmp_path: Path) -> None:
    text = (
        HEAD
        + "from inception.scene import NewColumn\ndef check(new: NewColumn):\n    raise ValueError(new.column.name)\n"
    )
    use_directory(tmp_path, broken=text)
    found = [text for rule, _, text in findings({"sql": "create table t (a int, b int, c int)"}) if rule == "broken"]
    assert found == ["Rule 'broken' failed, and has not looked at all of this: ValueError: a"]


def test_rules_of_a_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package, info = tmp_path / "shop_rules", tmp_path / "shop_rules-1.0.dist-info"
    for directory in (package, info):
        directory.mkdir()
    (package / "__init__.py").write_text("")
    (package / "ours.py").write_text(HEAD + CHECK)
    (package / "wrong.py").write_text("import no_such_module")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: shop-rules\nVersion: 1.0\n")
    entries = info / "entry_points.txt"
    monkeypatch.syspath_prepend(tmp_path)

    entries.write_text("[inception.rules]\nours = shop_rules.ours\n")
    use(())
    assert ("ours", 2, "found") in findings({"sql": "select 1"})

    for line, says in (
        ("wrong = shop_rules.wrong", "entry point wrong of shop-rules .*: ModuleNotFoundError"),
        ("dml_limit = shop_rules.ours", "entry point dml_limit of shop-rules .* is one of Inception's own"),
        ("a = shop_rules.ours:check", "it must name a module"),
    ):
        entries.write_text(f"[inception.rules]\n{line}\n")
        with pytest.raises(ConfigError, match=says):
            use(())
    entries.write_text("[inception.rules]\nours = shop_rules.ours\n")
    with pytest.raises(ConfigError, match=r"rule 'ours' is in .*ours\.py already"):
        use((RuleFile(str(tmp_path / "ours.py"), HEAD + CHECK),))
    for module in [name for name in sys.modules if name.startswith("shop_rules")]:
        del sys.modules[module]


def test_a_firm_rule_of_ones_own(tmp_path: Path) -> None:
    use_directory(tmp_path, ours=HEAD + "FIRM = 'the auditors want it'\n" + CHECK)
    with pytest.raises(Exception, match="can't be below level 2: the auditors want it"):
        Settings(rule_variables(), shipped=rule_levels()).set_level("ours", "1")


def test_rules_that_are_in_use_are_those_of_the_start(tmp_path: Path) -> None:
    use_directory(tmp_path, ours=HEAD + CHECK)
    files = read_directory(tmp_path)
    (tmp_path / "ours.py").write_text("(")
    use(files)  # as a worker does that is started later
    case = {"sql": "select 1"}
    world = world_of(case)
    (audited,) = audit(batch_of(case, world), world, Settings(rule_variables()).snapshot(), Intent())
    assert "ours" in {finding.rule for finding in audited.findings}
