"""Who gets which file, as rows for a CSV file. Knows teams and their figures, not how anything is sent."""

from collections.abc import Mapping

from rkreport.core.compliance import Compliance, Team
from rkreport.core.models import ManagerId
from rkreport.core.rollup import Tally, by_team
from rkreport.core.words import Words

HEADER = (
    "manager_id",
    "name",
    "email",
    "cc",
    "language",
    "people",
    "requirements",
    "compliant",
    "overdue",
    "rate",
    "file",
    "warnings",
)

BurstRow = tuple[str | int, ...]


def burst_rows(
    compliance: Compliance, files: Mapping[ManagerId, str], words: Words
) -> tuple[tuple[str, ...], tuple[BurstRow, ...]]:
    """The header and one row per team. `files` names each team's workbook; a team without one gets an empty cell.

    `requirements` are those that count, `rate` is worded in the reader's language, several values of one cell are
    parted by `; `. Texts are as they came: whoever writes the file keeps spreadsheet programs from running them.
    """
    tallies = by_team(compliance.requirements, compliance.teams)
    return HEADER, tuple(
        _row(team, tallies[team.manager.manager_id], files, words, is_complete=compliance.snapshot.is_complete)
        for team in compliance.teams
    )


def _row(team: Team, tally: Tally, files: Mapping[ManagerId, str], words: Words, *, is_complete: bool) -> BurstRow:
    manager = team.manager
    return (
        manager.manager_id,
        manager.name,
        manager.email,
        "; ".join(manager.cc),
        manager.language,
        len(team.people),
        tally.counted,
        tally.compliant,
        tally.overdue,
        words.percent(tally.rate),
        files.get(manager.manager_id, ""),
        "; ".join(_warnings(team, tally, words, is_complete=is_complete)),
    )


def _warnings(team: Team, tally: Tally, words: Words, *, is_complete: bool) -> list[str]:
    warnings = []
    if not team.manager.email:
        warnings.append(words.text("warning.no_email"))
    if team.manager.is_fallback:
        warnings.append(words.text("warning.fallback"))
    if not team.people:
        warnings.append(words.text("warning.no_people"))
    elif not tally.counted:
        warnings.append(words.text("warning.nothing_counts"))
    if not is_complete:
        warnings.append(words.text("warning.incomplete"))
    return warnings
