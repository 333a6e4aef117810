"""The brand template: read, checked, and what is taken of it."""
