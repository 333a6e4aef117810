"""The data folder: one SQLite file with pages, snapshots and results, and the lock that lets one run in at a time."""
