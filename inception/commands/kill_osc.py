"""Another way of writing `inception stop alter`."""

from inception.commands.stop_alter import run as run

SYNTAX = "inception kill osc <sqlsha1>"
