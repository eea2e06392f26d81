"""Rules on INSERT and REPLACE."""
