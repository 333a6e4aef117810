"""Who may stand in a workbook. Pure."""
