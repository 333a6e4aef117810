"""The data folder: one SQLite file (snapshots, ledger, results, seals), the archive of sent files, and the locks."""
