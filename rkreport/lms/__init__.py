"""The Ruangkerja LMS API and nothing else: its wire format, its paging, its limits, and how to be polite to it."""
