"""The results that commands print, for people and for programs.

Must not read or change anything: each gets the value that a step returned.
"""
