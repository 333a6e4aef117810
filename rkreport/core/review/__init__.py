"""What a person looks at before a sending: the burst list, the page, and what stops it. Pure."""
