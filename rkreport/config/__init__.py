"""What the admin wrote: config.toml, the CSV files beside it, and the secrets of the environment."""
