"""Reads and checks the brand template, and takes the brand from it.

Must not know where the template lies, nor draw a report.
"""
