"""The options of a command that needs the configuration, and what is read with them."""

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from inception.custom import RuleFile, read_directory, use
from inception.rule import rule_levels, rule_variables
from inception.settings import Settings
from inception.settings.config import Config, load, rule_directory

Decorated = Callable[..., None]


def config_files(command: Decorated) -> Decorated:
    """Give a command the options that name configuration files."""
    for option in (
        click.option(
            "--defaults-file",
            "--defaults_file",
            "defaults_file",
            type=click.Path(path_type=Path),
            help="Option file with a group [inception].",
        ),
        click.option("--config", type=click.Path(path_type=Path), help="Configuration in YAML."),
    ):
        command = option(command)
    return command


def configured(command: Decorated) -> Decorated:
    """Give a command the options that a configuration is read from, any variable among them."""
    settings = click.argument("settings", nargs=-1, type=click.UNPROCESSED, metavar="[--NAME=VALUE]...")
    return config_files(settings(command))


def load_configuration(
    config: Path | None, defaults_file: Path | None, settings: Sequence[str]
) -> tuple[Config, Settings, tuple[RuleFile, ...]]:
    """Read the configuration, the values in force, and the rules of one's own. Raises ConfigError."""
    own_rules = read_directory(rule_directory(config, defaults_file, settings))
    use(own_rules)
    return *read_again(config, defaults_file, settings), own_rules


def read_again(config: Path | None, defaults_file: Path | None, settings: Sequence[str]) -> tuple[Config, Settings]:
    """Read the configuration and the values in force, with the rules that are in use. Raises ConfigError."""
    found = load(config, defaults_file, settings, variables=rule_variables(), shipped=rule_levels())
    return found, Settings(rule_variables(), found.values, rule_levels(), found.levels)
