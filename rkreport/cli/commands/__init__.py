"""The commands: options in, a step of `rkreport.run` called, its result shown. No rules, no files, no network here.

Importing a module adds its commands; the help shows them in this order.
"""

# isort: off
from rkreport.cli.app import app
from rkreport.cli.commands import setup, report, deliver, keep, simulation

__all__ = ["app", "deliver", "keep", "report", "setup", "simulation"]
