"""The result of collect: counts, file names, row numbers and the days that a date can mean.

No names of people, and no text that a manager wrote.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from rkreport.cli.results.sent import series_document
from rkreport.core.answers.taking import NOT_TAKEN, CellRemark, Remark
from rkreport.core.answers.taking import counted as counted_by_reason
from rkreport.core.compliance import edition_name
from rkreport.core.days import readings_text
from rkreport.core.leaks.text_folding import visible
from rkreport.core.words import counted
from rkreport.run.keep.collecting import Collected, FileResult
from rkreport.sentence import Sentence, joined

_MOST_SHOWN = 20
_ROWS_NAMED = 4  # of a file, with the same remark
_FILES_NAMED = 3  # with the same oddity


def collected_rows(collected: Collected) -> list[tuple[str, str]]:
    """Word what was read, taken and refused for the terminal."""
    read = [file for file in collected.files if not file.skipped]
    skipped = [file for file in collected.files if file.skipped]
    known = sum(file.was_known for file in read)
    refused = counted_by_reason(one for file in read for one in file.taken.refused)
    answers = sum(len(file.taken.answers) for file in read)
    rows = [
        (
            "Files",
            Sentence(
                "{read:,} read{more}",
                read=len(read),
                more=Sentence(", {known:,} of them with nothing new", known=known) if known else "",
            ),
        ),
        (
            "Answers",
            Sentence(
                "{answers:,} taken{more}",
                answers=answers,
                more=Sentence("; the next rkreport build shows them") if answers else "",
            ),
        ),
        (
            "Refused",
            joined(
                "; ", (Sentence("{rows} {why}", rows=counted(count, "row"), why=why) for why, count in refused.items())
            )
            or "no row",
        ),
    ]
    if skipped:
        rows.append(("Skipped", counted(len(skipped), "file")))
    if collected.others:
        rows.append(("Left alone", counted(collected.others, "other file")))
    details = [
        *(("", Sentence("{name} {skipped}", name=_name(file), skipped=file.skipped)) for file in skipped),
        *(("", told) for told in _details(read)),
    ]
    rows += details[:_MOST_SHOWN]
    if len(details) > _MOST_SHOWN:
        rows.append(("", Sentence("and {details:,} more; --json has them all", details=len(details) - _MOST_SHOWN)))
    return rows


def collected_document(collected: Collected) -> dict[str, Any]:
    """Return what became of each file for other programs."""
    files = [_file_document(file) for file in collected.files]
    return {
        "folder": str(collected.folder),
        "files_read": sum(not file.skipped for file in collected.files),
        "files_skipped": sum(bool(file.skipped) for file in collected.files),
        "files_other": collected.others,
        "answers_taken": sum(len(file.taken.answers) for file in collected.files),
        "rows_refused": counted_by_reason(one for file in collected.files for one in file.taken.refused),
        "files": files,
    }


def _details(read: Sequence[FileResult]) -> Iterator[str]:
    """What is lost, file by file, then what is only odd; many files with the same oddity are one sentence."""
    odd: dict[str, list[_Rows]] = {}
    for file in read:
        lost: dict[str, list[int]] = {}
        for one in file.taken.remarks:
            if one.remark in NOT_TAKEN:
                lost.setdefault(_told(one), []).append(one.line)
        for told, lines in lost.items():
            yield Sentence("{rows}: {told}.", rows=_Rows(_name(file), lines), told=told)
        for why in dict.fromkeys(why for _, why in file.taken.refused):
            rows = _Rows(_name(file), [line for line, other in file.taken.refused if other is why])
            yield (
                Sentence("{rows} is {why}.", rows=rows, why=why)
                if len(rows.lines) == 1
                else Sentence("{rows}: each is {why}.", rows=rows, why=why)
            )
        for remark in dict.fromkeys(one.remark for one in file.taken.remarks if one.remark not in NOT_TAKEN):
            lines = [one.line for one in file.taken.remarks if one.remark is remark]
            odd.setdefault(remark, []).append(_Rows(_name(file), lines))
    for told, places in odd.items():
        if len(places) <= _FILES_NAMED:
            yield from (Sentence("{rows}: {told}.", rows=rows, told=told) for rows in places)
        else:
            total = sum(len(rows.lines) for rows in places)
            yield Sentence(
                "{total:,} rows in {places:,} files: {told}; --json names them.",
                total=total,
                places=len(places),
                told=told,
            )


class _Rows(NamedTuple):
    """Rows of a file, as a sentence begins: `Laporan.xlsx, row 8`, `Laporan.xlsx, 9 rows (7, 8, 9, 10 and 5 more)`."""

    file: str
    lines: Sequence[int]

    def __str__(self) -> str:
        if len(self.lines) == 1:
            return Sentence("{file}, row {lines:,}", file=self.file, lines=self.lines[0])
        named = joined(", ", (Sentence("{line:,}", line=line) for line in self.lines[:_ROWS_NAMED]))
        more = len(self.lines) - _ROWS_NAMED
        return Sentence(
            "{file}, {lines:,} rows ({named}{more})",
            file=self.file,
            lines=len(self.lines),
            named=named,
            more=Sentence(" and {more:,} more", more=more) if more > 0 else "",
        )


def _told(one: CellRemark) -> str:
    if one.remark is not Remark.TWO_DAYS:
        return one.remark
    return Sentence(
        "the planned date can be read as {readings_text}, and is not taken; ask which is meant",
        readings_text=readings_text(one.days),
    )


def _file_document(file: FileResult) -> dict[str, Any]:
    sent = file.sent
    return {
        "file": file.name,
        "skipped": file.skipped or None,
        "nothing_new": file.was_known,
        **(series_document(sent.period) if sent else {"period": None, "kind": None}),
        "revision": sent.revision if sent else None,
        "edition": edition_name(sent.period, sent.revision) if sent else None,
        "manager_id": sent.manager_id if sent else None,
        "answers": len(file.taken.answers),
        "refused": [{"row": line, "why": why.value} for line, why in file.taken.refused],
        "remarks": [_remark_document(one) for one in file.taken.remarks],
    }


def _remark_document(one: CellRemark) -> dict[str, Any]:
    readings = {"readings": [day.isoformat() for day in one.days]} if one.days else {}
    return {"row": one.line, "what": one.remark.value, **readings}


def _name(file: FileResult) -> str:
    return visible(file.name)
