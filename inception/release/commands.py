"""The commands for release pipelines, as the command line has them."""

import click

from inception.release.auditing import check, execute, rollback
from inception.release.printing import rules, split, tree
from inception.release.watching import watch

COMMANDS: tuple[click.Command, ...] = (check, execute, rollback, split, tree, rules, watch)
