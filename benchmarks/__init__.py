"""Measurements with peers side by side. Not shipped, not part of the tests."""
