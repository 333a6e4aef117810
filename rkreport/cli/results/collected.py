"""The result of collect: counts, file names and row numbers; no names of people and nothing that a manager wrote."""

from collections.abc import Iterator
from typing import Any

from rkreport.cli.results.sent import series_document
from rkreport.core.answers.taking import counted as counted_by_reason
from rkreport.core.compliance import edition_name
from rkreport.core.leaks.text_folding import visible
from rkreport.core.words import counted
from rkreport.run.keep.collecting import Collected, FileResult

_MOST_SHOWN = 20


def collected_rows(collected: Collected) -> list[tuple[str, str]]:
    """Word what was read, taken and refused for the terminal."""
    read = [file for file in collected.files if not file.skipped]
    skipped = [file for file in collected.files if file.skipped]
    known = sum(file.was_known for file in read)
    refused = counted_by_reason(one for file in read for one in file.taken.refused)
    answers = sum(len(file.taken.answers) for file in read)
    rows = [
        ("Files", f"{len(read):,} read{f', {known:,} of them with nothing new' if known else ''}"),
        ("Answers", f"{answers:,} taken{'; the next rkreport build shows them' if answers else ''}"),
        ("Refused", "; ".join(f"{counted(count, 'row')} {why}" for why, count in refused.items()) or "no row"),
    ]
    if skipped:
        rows.append(("Skipped", counted(len(skipped), "file")))
    if collected.others:
        rows.append(("Left alone", counted(collected.others, "other file")))
    details = [*(("", f"{_name(file)} {file.skipped}") for file in skipped), *_details(read)]
    rows += details[:_MOST_SHOWN]
    if len(details) > _MOST_SHOWN:
        rows.append(("", f"and {len(details) - _MOST_SHOWN:,} more; --json has them all"))
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


def _details(read: list[FileResult]) -> Iterator[tuple[str, str]]:
    for file in read:
        yield from (("", f"{_name(file)}, row {line:,}: {remark}.") for line, remark in file.taken.remarks)
        yield from (("", f"{_name(file)}, row {line:,} is {why}.") for line, why in file.taken.refused)


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
        "remarks": [{"row": line, "what": remark.value} for line, remark in file.taken.remarks],
    }


def _name(file: FileResult) -> str:
    return visible(file.name)
