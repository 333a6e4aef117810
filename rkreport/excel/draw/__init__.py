"""Places contents on a sheet."""
