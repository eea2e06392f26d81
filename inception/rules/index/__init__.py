"""Rules on indexes and keys."""
