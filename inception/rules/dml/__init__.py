"""Rules on UPDATE and DELETE."""
