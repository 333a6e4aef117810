"""How a cell looks: styles, brand and letter widths.

Must not know what a cell tells.
"""
