"""Prepares the first run: config, lists, checks, simulator and demo.

No step of a month may need it: it stands above them.
"""
