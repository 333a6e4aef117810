"""What commands print at their end, for people and for programs."""
