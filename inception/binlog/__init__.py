"""Reading row changes of our own connection out of a target's binary log."""
