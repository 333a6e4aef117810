"""Reads and checks the brand template, and takes the brand from it."""
