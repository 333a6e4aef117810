"""What managers write into their workbooks: reading it, keeping it, showing it again. Pure.

Knows the sheet that a manager fills in; must not know how a file is opened or where answers are kept.
"""
