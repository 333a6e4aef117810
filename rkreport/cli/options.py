"""Defines the options that commands share.

Knows their names and help, not what a command makes of them.
"""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

DEFAULT_CONFIG = Path("config.toml")
LARGEST_SAMPLE = 50

ConfigPath = Annotated[Path, typer.Option("--config", help="The config file.", metavar="PATH")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout; progress stays on stderr.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print results and errors only.")]
Verbose = Annotated[bool, typer.Option("--verbose", help="Write more into the log file.")]
Interim = Annotated[
    bool, typer.Option("--interim", help="The month under way, so far: a reminder, beside the month's report.")
]
PeriodText = Annotated[
    str | None,
    typer.Option("--period", help="The month to report, such as 2026-10; wins over the config.", metavar="YYYY-MM"),
]
AllowIncomplete = Annotated[
    bool,
    typer.Option(
        "--allow-incomplete", help="Report data with gaps; every first sheet says so, and the exit code is 6."
    ),
]
Accept: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--accept", help="Send in spite of this guard; may be said several times. Review names them.", metavar="CODE"
    ),
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Start anew instead of continuing an interrupted fetch.")]
Seed = Annotated[int, typer.Option("--seed", help="Another number makes another company.", min=0, metavar="N")]
SnapshotId = Annotated[
    str | None,
    typer.Option("--snapshot", help="Which snapshot; that of the month's report if left out.", metavar="ID"),
]
NoVerify = Annotated[
    bool, typer.Option("--no-verify", help="Read each list once: faster, but then nothing is proven, only checked.")
]

# ---- of send

Only: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--only", help="This manager alone; may be said several times.", metavar="MANAGER_ID"),
]
RetryUnknown = Annotated[
    bool, typer.Option("--retry-unknown", help="Send those in doubt again: a manager may get the mail twice.")
]
ToMe: TypeAlias = Annotated[
    str | None,
    typer.Option("--to-me", help="A trial: some messages, to this address alone.", metavar="ADDRESS"),
]
Sample = Annotated[
    int,
    typer.Option(
        "--sample", help="How many messages a trial has.", min=1, max=LARGEST_SAMPLE, metavar="N", show_default=True
    ),
]
Again: TypeAlias = Annotated[
    str | None,
    typer.Option("--again", help="This manager gets the very same file once more.", metavar="MANAGER_ID"),
]
Reason: TypeAlias = Annotated[
    str | None, typer.Option("--reason", help="Why, for the ledger; with --again.", metavar="TEXT")
]
ReleaseCode: TypeAlias = Annotated[
    str | None,
    typer.Option("--release", help="The code that review printed; with release.approval.", metavar="CODE"),
]
ApprovedBy: TypeAlias = Annotated[
    str | None,
    typer.Option("--approved-by", help="Who looked at review: another person than you.", metavar="NAME"),
]
SendUnasked = Annotated[
    bool, typer.Option("--yes", help="Do not ask before the first message; what guards ask stays asked.")
]
