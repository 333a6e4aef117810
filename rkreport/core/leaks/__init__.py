"""Whose data a workbook may hold. Pure.

Knows teams and the texts of a file; must not know how a file is opened, nor share code with its writer.
"""
