"""Draws plain sheets as Excel workbooks. The only folder that imports openpyxl."""
