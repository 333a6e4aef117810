"""How a cell looks: styles, brand and letter widths."""
