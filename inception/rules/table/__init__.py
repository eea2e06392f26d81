"""Rules on tables that are made or changed."""
