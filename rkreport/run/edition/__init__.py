"""Turns a snapshot into an edition: judges, compares, writes and reviews it.

Must not ask the LMS, nor send a message.
"""
