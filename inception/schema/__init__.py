"""The schema model: what a table is, how it is read from text, changed, and compared. No I/O."""
