"""Monthly training compliance workbooks from Ruangkerja. An application: it exports nothing but its version."""

__version__ = "0.1.0"
