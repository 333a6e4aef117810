"""Whose data a workbook may hold. Pure."""
