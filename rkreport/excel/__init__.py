"""Plain sheets drawn as Excel workbooks. The only folder that imports openpyxl."""
