"""The commands: each parses options, calls a step of `rkreport.run` and shows its result. No rules, files or network.

Importing a module adds its commands to the program.
"""

from typing import NamedTuple


class CommandEntry(NamedTuple):
    """Where a command stands, and the first sentence of its help."""

    module: str
    help: str


COMMANDS = {
    "init": CommandEntry("setup", "Write a first config, with its lists."),
    "login": CommandEntry("setup", "Keep the secrets in this computer's keyring."),
    "lists": CommandEntry("setup", "Write or refresh managers.xlsx and exceptions.xlsx."),
    "doctor": CommandEntry("doctor", "Check everything a run needs, and say how to mend it."),
    "courses": CommandEntry("setup", "List courses with their batches, or learning plans."),
    "demo": CommandEntry("demo", "Make a complete report about made-up people."),
    "fetch": CommandEntry("report", "Read users and assignments into a snapshot."),
    "build": CommandEntry("report", "Write workbooks and messages from a snapshot."),
    "run": CommandEntry("report", "Fetch, then build."),
    "review": CommandEntry("review", "Show who would get what."),
    "send": CommandEntry("deliver", "Send what is built and not yet sent."),
    "settle": CommandEntry("deliver", "Close a message in doubt."),
    "collect": CommandEntry("keep", "Read what managers filled in and sent back."),
    "history": CommandEntry("history", "Show past snapshots, rates and deliveries."),
    "audit": CommandEntry("audit", "Show who did what, and check that nobody changed it."),
    "export": CommandEntry("keep", "Write a snapshot to one file."),
    "import": CommandEntry("keep", "Take an exported snapshot into the data folder."),
    "archive": CommandEntry("keep", "Give back the very file that a manager was sent."),
    "incident": CommandEntry("keep", "Draft the notice about a message that went wrong."),
    "purge": CommandEntry("keep", "Delete what is older than it may be kept."),
    "simulate": CommandEntry("simulation", "Serve a simulated LMS on this machine, until Ctrl-C."),
}
"""In the order of the help, which loads none of them."""
