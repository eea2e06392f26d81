"""Another way of writing `inception get osc_percent`."""

from inception.commands.get_osc_percent import run as run

SYNTAX = "inception show osc progress <sqlsha1>"
