"""From requirements to plain sheets: the content of each workbook, in words and typed cells."""
