"""Rules on queries."""
