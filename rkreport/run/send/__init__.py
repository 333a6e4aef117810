"""Sends an edition's messages, each once, and records what became of each."""
