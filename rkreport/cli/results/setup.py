"""The results of init, lists and courses, and their JSON form, without invisible characters from the LMS."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rkreport.config.config_writer import CourseDraft, Draft, course_block
from rkreport.core.leaks.text_folding import visible
from rkreport.core.models import Batch, CourseKind
from rkreport.core.words import counted
from rkreport.run.fetch.browsing import Catalogue, ListedCourse
from rkreport.run.setup.lists import Lists
from rkreport.sentence import Sentence, joined

# ---- init


def init_rows(paths: Sequence[Path], draft: Draft, *, has_login: bool) -> list[tuple[str, str]]:
    """Return the files, and the next steps."""
    login = "" if has_login else "set RKREPORT_CLIENT_ID and RKREPORT_CLIENT_SECRET, "
    courses = (
        Sentence("{courses} in it", courses=len(draft.courses))
        if draft.courses
        else "none yet: rkreport courses --toml prints blocks"
    )
    return [
        *(("Written", str(path)) for path in paths),
        ("Courses", courses),
        (
            "Next",
            Sentence(
                "{login}say rkreport lists, write your managers into {paths}, then say rkreport doctor",
                login=login,
                paths=paths[1],
            ),
        ),
    ]


def init_document(paths: Sequence[Path], draft: Draft) -> dict[str, Any]:
    """Return the files and answers for other programs."""
    return {"files": [str(path) for path in paths], "courses": [course.serial for course in draft.courses]}


# ---- lists


def lists_rows(done: Lists) -> list[tuple[str, str]]:
    """Return the files, what they offer, and the next step."""
    choices = done.choices
    courses = max(0, len(choices.courses) - 1)  # without "all courses"
    offered = joined(
        ", ", (counted(len(choices.units), "unit"), counted(len(choices.tags), "tag"), counted(courses, "course"))
    )
    return [
        *(("Refreshed" if one.was_there else "Written", str(one.path)) for one in done.files),
        (
            "To choose from",
            Sentence(
                "{offered}; {active_people}",
                offered=offered,
                active_people=counted(choices.people, "active person", "active people"),
            ),
        ),
        ("Next", "fill them in, close them, then say rkreport doctor"),
    ]


def lists_sentences(done: Lists, config: str) -> list[str]:
    """Return what the admin should know beside: how to switch to a workbook, and what could not be read."""
    said: list[str] = [
        Sentence(
            "{name} holds the rows of {instead_of}, which stays as it is; to use it, write file"
            ' = "{path}" in [{kind}] of {config}.',
            name=one.path.name,
            instead_of=one.instead_of,
            path=one.path.as_posix(),
            kind=one.kind,
            config=config,
        )
        if one.instead_of
        else Sentence(
            '{name} is not used yet; write file = "{path}" in [{kind}] of {config}.',
            name=one.path.name,
            path=one.path.as_posix(),
            kind=one.kind,
            config=config,
        )
        for one in done.files
        if not one.is_named
    ]
    if done.managers_in_config:
        said.append(Sentence("The managers stand in {config} itself, so there is no list of them.", config=config))
    if not done.choices.has_structure:
        said.append("The LMS gives this account no company structure: the units are those that people carry.")
    if not done.is_whole:
        said.append("The LMS did not give all users that it says it has, so units may lack; say it again later.")
    return said


def lists_document(done: Lists) -> dict[str, Any]:
    """Return the files and the numbers for other programs."""
    choices = done.choices
    return {
        "files": [
            {"kind": one.kind, "path": str(one.path), "refreshed": one.was_there, "used": one.is_named}
            for one in done.files
        ],
        "units": len(choices.units),
        "tags": len(choices.tags),
        "courses": max(0, len(choices.courses) - 1),
        "people": choices.people,
        "has_structure": choices.has_structure,
        "whole": done.is_whole,
    }


# ---- doctor


def course_lines(catalogue: Catalogue, search: str, zone: ZoneInfo) -> list[str]:
    """Return a line per course and, below it, a line per batch, the earliest first."""
    found = len(catalogue.courses)
    wanted = Sentence(', with "{search}" in name or serial', search=visible(search)) if search else ""
    lines: list[str] = [
        Sentence("{found:,} of {courses}{wanted}.", found=found, courses=counted(catalogue.of, "course"), wanted=wanted)
    ]
    for one in catalogue.courses:
        lines.append(
            Sentence(
                "{serial}  {name}: {kind}",
                serial=visible(one.course.serial),
                name=visible(one.course.name),
                kind=_kind(one),
            )
        )
        lines += ["    " + _batch_line(batch, zone) for batch in _by_date(one)]
    return lines


def course_blocks(catalogue: Catalogue, zone: ZoneInfo, *, ascii_only: bool) -> str:
    """Return `[[courses]]` blocks to paste; courses that rkreport cannot report are comments."""
    blocks = []
    for one in catalogue.courses:
        batches = _by_date(one)
        if one.batches.kind is None:
            blocks.append(f"# {_plain(one.course.serial, ascii_only=ascii_only)}: {_kind(one)}\n")
            continue
        start = batches[-1].session_start if batches else None
        last = Sentence(", the last one on {day}", day=_day(start, zone)) if start else ""
        draft = CourseDraft(one.course.serial, one.course.name)
        serials = [batch.serial for batch in batches]
        blocks.append(
            course_block(draft, Sentence("{kind}{last}", kind=_kind(one), last=last), serials, ascii_only=ascii_only)
        )
    return "\n".join(blocks)


def course_document(catalogue: Catalogue, zone: ZoneInfo) -> dict[str, Any]:
    """Return all courses and batches for other programs; times in the report's zone."""
    return {
        "of": catalogue.of,
        "whole": catalogue.is_whole,
        "courses": [
            {
                "serial": one.course.serial,
                "name": one.course.name,
                "kind": one.batches.kind,
                "trouble": one.batches.trouble,
                "batches": [
                    {
                        "serial": batch.serial,
                        "name": batch.name,
                        "status": batch.status,
                        "session_start": _moment(batch.session_start, zone),
                        "session_end": _moment(batch.session_end, zone),
                    }
                    for batch in _by_date(one)
                ],
            }
            for one in catalogue.courses
        ],
    }


def _kind(one: ListedCourse) -> str:
    count = len(one.batches.batches)
    if one.batches.trouble:
        return Sentence("its batches cannot be read. {trouble}", trouble=visible(one.batches.trouble))
    if one.batches.kind is None:
        return "neither batches nor online users yet"
    if one.batches.kind is CourseKind.ONLINE:
        return "online"
    return Sentence("{kind}, {batches}", kind=one.batches.kind, batches=counted(count, "batch", "batches"))


def _batch_line(batch: Batch, zone: ZoneInfo) -> str:
    parts = (batch.serial, _session(batch, zone), batch.name, batch.status)
    return joined("  ", (visible(part) for part in parts if part))


def _session(batch: Batch, zone: ZoneInfo) -> str:
    if batch.session_start is None:
        return Sentence("no date")
    start = batch.session_start.astimezone(zone)
    if batch.session_end is None:
        return Sentence("{start:%Y-%m-%d %H:%M} {tzname}", start=start, tzname=start.tzname())
    end = batch.session_end.astimezone(zone)
    last = Sentence("{end:%H:%M}", end=end) if end.date() == start.date() else Sentence("{end:%Y-%m-%d %H:%M}", end=end)
    return Sentence("{start:%Y-%m-%d %H:%M} to {last} {tzname}", start=start, last=last, tzname=start.tzname())


def _by_date(one: ListedCourse) -> list[Batch]:
    return sorted(
        one.batches.batches, key=lambda batch: (batch.session_start is None, str(batch.session_start), batch.serial)
    )


def _day(moment: datetime | None, zone: ZoneInfo) -> str:
    return Sentence("{moment:%Y-%m-%d}", moment=moment.astimezone(zone)) if moment else ""


def _moment(moment: datetime | None, zone: ZoneInfo) -> str | None:
    return moment.astimezone(zone).isoformat() if moment else None


def _plain(text: str, *, ascii_only: bool) -> str:
    shown = visible(text)
    return shown.encode("ascii", "backslashreplace").decode() if ascii_only else shown
