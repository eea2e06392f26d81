"""Tests: they mirror the modules of `inception`; real servers, no mocks."""
