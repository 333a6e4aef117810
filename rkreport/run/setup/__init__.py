"""Prepares the first run: config, checks, simulator and demo."""
