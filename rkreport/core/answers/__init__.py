"""What managers write into their workbooks: reading it, keeping it, showing it again. Pure."""
