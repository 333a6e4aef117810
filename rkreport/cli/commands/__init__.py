"""The commands: each parses options, calls a step of `rkreport.run` and shows its result. No rules, files or network.

Importing a module adds its commands; the help shows them in import order.
"""

# isort: off
from rkreport.cli.app import app
from rkreport.cli.commands import setup, report, deliver, keep, simulation

__all__ = ["app", "deliver", "keep", "report", "setup", "simulation"]
