"""Rules on any statement."""
