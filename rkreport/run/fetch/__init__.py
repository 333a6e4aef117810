"""Reads the LMS into a finished snapshot of the store.

Must not judge what it reads.
"""
