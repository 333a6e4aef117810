"""What messages say, and what becomes of them. Pure."""
