"""What is shipped to run the gateway elsewhere: configurations that start, files that their own linters take."""

import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from inception.rule import rule_levels, rule_variables
from inception.settings.config import load
from inception.wire.native import hash_native
from tests.grants import documented
from tests.processes import PROJECT

_DEPLOY = PROJECT / "deploy"
_KUBERNETES = "1.30"


def _yaml(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(path.read_text()))


def _starts(text: str, directory: Path) -> None:
    """Check a configuration; files of passwords that it names are made."""
    path = directory / "inception.yaml"
    path.write_text(text.replace("/etc/inception-secrets", str(directory)))
    for name in ("backup-password", "shop-password"):
        (directory / name).write_text("x")
    load(path, variables=rule_variables(), shipped=rule_levels(), environment={})


def test_hadolint_takes_the_dockerfile() -> None:
    linter = Path(sysconfig.get_path("scripts")) / "hadolint"
    done = subprocess.run([linter, PROJECT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_the_image_is_made_of_is_there() -> None:
    ignored = (PROJECT / ".dockerignore").read_text().splitlines()
    taken = [line[1:] for line in ignored if line.startswith("!")]
    copied = [word for line in (PROJECT / "Dockerfile").read_text().splitlines() if line.startswith("COPY")
              for word in line.split()[1:-1]]  # fmt: skip
    assert sorted(taken) == sorted(copied)
    assert all((PROJECT / name).exists() for name in copied)


def test_the_kubernetes_manifests_are_valid(tmp_path: Path) -> None:
    for document in _yaml(_DEPLOY / "kubernetes" / "inception.yaml"):
        kubernetes_validate.validate(document, _KUBERNETES, strict=True)
        if document["kind"] == "ConfigMap":
            _starts(document["data"]["inception.yaml"], tmp_path)


def test_the_composition_fits_together(tmp_path: Path) -> None:
    [composed] = _yaml(PROJECT / "docker-compose.yml")
    services = composed["services"]
    for service in services.values():
        for name in service.get("depends_on", ()):
            assert "healthcheck" in services[name]
        for volume in service["volumes"]:
            source = volume.partition(":")[0]
            assert (PROJECT / source).exists() if source.startswith(".") else source in composed["volumes"]
    _starts((_DEPLOY / "compose" / "inception.yaml").read_text(), tmp_path)


def test_compose_itself_takes_the_composition() -> None:
    program = shutil.which("docker-compose")
    if program is None:
        pytest.skip("docker-compose is not on this machine")
    done = subprocess.run([program, "config", "-q"], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_composition_grants_what_the_guide_lists() -> None:
    [composed] = _yaml(PROJECT / "docker-compose.yml")
    options = composed["services"]["target"]["command"]
    for file, block in (
        ("target.sql", "execute: mariadb"), ("target.sql", "osc: mariadb"), ("backup.sql", "backup server: all"),
    ):  # fmt: skip
        text = (_DEPLOY / "compose" / file).read_text()
        for statement in documented(block):
            name = re.match("SET GLOBAL (\\w+) = ON", statement)
            assert f"{statement};" in text or (name and f"--{name[1].replace('_', '-')}=1" in options), statement


def test_the_password_of_the_composition_is_the_one_it_names() -> None:
    text = (_DEPLOY / "compose" / "inception.yaml").read_text()
    assert hash_native("inception") in text


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not on this machine")
    unit = tmp_path / "inception.service"
    text = (_DEPLOY / "inception.service").read_text()
    unit.write_text(text.replace("/opt/inception/bin/inception", str(Path(sys.executable).parent / "inception")))
    done = subprocess.run([program, "verify", "--man=no", unit], capture_output=True, text=True, check=False)
    complaints = [line for line in done.stderr.splitlines() if "inception.service" in line]
    assert complaints == []
