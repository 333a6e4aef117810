"""What the admin wrote: config.toml, its lists (workbooks or CSV), and secrets from environment, file or keyring.

Knows how it is written and what it means; must not know the LMS, the store or who asks.
"""
