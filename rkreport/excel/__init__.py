"""Draws plain sheets as Excel workbooks.

The only folder that writes with openpyxl; `rkreport.config.workbook_file` reads the lists with it. Must not know what a
figure means nor who gets a file.
"""
