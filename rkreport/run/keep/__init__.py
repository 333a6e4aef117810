"""The past: history, what was sent, incidents, and what is deleted."""
