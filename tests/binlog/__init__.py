"""Tests of inception/binlog."""
