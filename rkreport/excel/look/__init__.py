"""How a cell looks: styles, brand, widths of letters."""
