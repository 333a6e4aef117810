"""Writes and reads the file format: package, parts, rows and properties.

Must not know what a sheet tells, nor how it should look.
"""
