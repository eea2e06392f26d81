"""Inception: audits, executes and rolls back batches of SQL between people and MySQL servers."""

__version__ = "0.1.0"
