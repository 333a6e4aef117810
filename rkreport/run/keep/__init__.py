"""The past: history, archived files, incidents and deletion."""
