"""Sends an edition's messages, each once, and records what became of each.

Must not build: a message carries the files of the edition as they are.
"""
