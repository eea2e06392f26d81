"""The schema model: what a table is, how it is read from text, changed, and compared. No I/O.

Definitions are read by a strict reader of our own, not by sqlglot: it serves SHOW CREATE TABLE and batches alike, keeps
everything a server prints, refuses what it does not know with its place, and is several times as fast.
"""
