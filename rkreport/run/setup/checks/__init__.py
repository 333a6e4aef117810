"""The checks of `rkreport doctor`, one module per kind of problem. They change nothing."""
