"""Reads the LMS into a finished snapshot of the store."""
