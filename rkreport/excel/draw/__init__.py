"""What stands where on a sheet."""
