"""Rules on ALTER TABLE and what is like it."""
