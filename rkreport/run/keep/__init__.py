"""The past: history, archived and returned files, incidents and deletion.

Must not ask the LMS, and sends nothing.
"""
