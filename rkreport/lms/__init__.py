"""The Ruangkerja LMS API: its wire format, paging and limits, and polite use of it. Knows nothing else."""
