"""Why the rate moved since the last report: every requirement that moved it, each with one cause. Pure."""
