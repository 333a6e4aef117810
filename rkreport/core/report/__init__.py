"""From requirements to plain sheets: what stands in which workbook, in words and typed cells."""
