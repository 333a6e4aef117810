"""Writes and reads the file format: package, parts, rows and properties."""
