"""The file format: package, parts, rows and properties."""
