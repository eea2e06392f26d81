"""Rules on columns that are made or changed."""
