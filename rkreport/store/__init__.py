"""The data folder: one SQLite file, the archive of sent files, and the locks.

The file holds snapshots, ledger, results, bases, seals and answers. Knows no field of the LMS and no rule: what a row
means, `core` says.
"""
