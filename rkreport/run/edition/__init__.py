"""Turns a snapshot into an edition: judges, compares, writes and reviews it."""
