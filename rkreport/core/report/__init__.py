"""From requirements to plain sheets: the content of each workbook, in words and typed cells.

Knows verdicts and a language; must not know Excel or a folder.
"""
