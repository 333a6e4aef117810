"""Mistakes that an admin makes, each with the call that meets it, its exit code, and what the sentence says."""

import errno
import os
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from openpyxl import Workbook

from rkreport.config.people import EXCEPTION_COLUMNS, MANAGER_COLUMNS
from tests.cli.program import Workspace
from tests.cli.test_prompts import Terminal

Make = Callable[[Workspace], None]
DOCTOR = "doctor --offline"


class Mistake(NamedTuple):
    """How it is made, what the sentence says, and the call and exit code."""

    make: Make
    said: str
    call: str = DOCTOR
    code: int = 2


# ---- ways to make one


def nothing(_: Workspace) -> None:
    """Leave all as it is: the mistake is in the call."""


def instead(old: str, new: str) -> Make:
    """One text of the config replaced."""
    return lambda workspace: workspace.edit(old, new)


def below(section: str, line: str) -> Make:
    """A line more at the top of a section."""
    return instead(f"{section}\n", f"{section}\n{line}\n")


def course(*lines: str) -> Make:
    """A block more for a course."""
    return more("[[courses]]", 'serial = "C-9"', *lines)


def more(*lines: str) -> Make:
    """Lines more at the end of the config."""

    def made(workspace: Workspace) -> None:
        text = workspace.config.read_text("utf-8")
        workspace.config.write_text(text + "\n".join(("", *lines, "")), "utf-8")

    return made


def named(name: str) -> Make:
    """The config under another name."""

    def made(workspace: Workspace) -> None:
        workspace.config.rename(workspace.config.with_name(name))

    return made


def saved(encoding: str) -> Make:
    """The config in another encoding."""

    def made(workspace: Workspace) -> None:
        workspace.config.write_bytes(f"# é\n{workspace.config.read_text('utf-8')}".encode(encoding))

    return made


def file(name: str, content: str | bytes, *more: Make) -> Make:
    """A file with this content; then `more`."""

    def made(workspace: Workspace) -> None:
        (workspace.folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        for each in more:
            each(workspace)

    return made


def managers(*lines: str) -> Make:
    """These rows alone in managers.csv."""
    return file("managers.csv", "\n".join((",".join(MANAGER_COLUMNS), *lines, "")))


def excused(*lines: str) -> Make:
    """These rows alone in exceptions.csv."""
    return file("exceptions.csv", "\n".join((",".join(EXCEPTION_COLUMNS), *lines, "")))


def workbook(kind: str, *rows: Sequence[object], merged: str = "") -> Make:
    """A list as a workbook with these rows."""
    book, target = Workbook(), BytesIO()
    for row in rows:
        book.worksheets[0].append(list(row))
    if merged:
        book.worksheets[0].merge_cells(merged)
    book.save(target)
    return file(f"{kind}.xlsx", target.getvalue(), instead(f'"{kind}.csv"', f'"{kind}.xlsx"'))


def secrets(**given: str) -> Make:
    """Other secrets in the environment."""
    return lambda workspace: setattr(workspace, "secrets", given)


def empty_folder(workspace: Workspace) -> None:
    """Nothing is there."""
    for path in workspace.folder.iterdir():
        path.unlink()


def locked(name: str) -> Make:
    """Another program has this file open, as Excel does on Windows."""

    def made(workspace: Workspace) -> None:
        opened = os.open

        def refused(path: str | Path, *flags: int) -> int:
            if Path(path).name == name:
                raise PermissionError(errno.EACCES, "Permission denied")
            return opened(path, *flags)

        workspace.patches.append((os, "open", refused))

    return made


def full_disk(workspace: Workspace) -> None:
    """Nothing more can be written."""

    def refused(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    workspace.patches.append(("rkreport.files._write_and_sync", refused))


def typed(*answers: str) -> Make:
    """Somebody at a terminal types these, then Enter."""

    def made(workspace: Workspace) -> None:
        empty_folder(workspace)
        workspace.patches.append(("sys.stdin", Terminal("".join(f"{one}\n" for one in (*answers, *[""] * 9)))))

    return made


# ---- the table

TARGET = "target_percent = 90"
KEYS = "manager_id,name,email,cc,language,employee_id,organization,tag"
IN_CONFIG = {
    "a decimal comma": Mistake(instead(TARGET, "target_percent = 90,5"), "a decimal number has a point, such as 90.5."),
    "a colon": Mistake(instead(TARGET, "target_percent: 95"), "write = between key and value, such as key = 10."),
    "a percentage": Mistake(instead(TARGET, 'target_percent = "90%"'), "must be a number without quotes, such as 10"),
    "too much": Mistake(instead(TARGET, "target_percent = 900"), "report.target_percent: must be at most 100"),
    "a misspelt key": Mistake(instead(TARGET, "target_percentage = 90"), 'did you mean "target_percent"?'),
    "a key elsewhere": Mistake(below("[mail]", TARGET), "mail.target_percent: is an unknown key; it belongs in"),
    "True": Mistake(below("[report]", "x = True"), "write true or false, in small letters and without quotes."),
    "ya": Mistake(below("[report]", "x = Ya"), "write true or false, in small letters and without quotes."),
    "a language by name": Mistake(instead('"en"', '"Indonesia"'), 'must be "id" or "en", found "Indonesia".'),
    "no quotes": Mistake(instead('"en"', "en"), "text stands in straight double quotes"),
    "curly quotes": Mistake(instead('"en"', "“en”"), "replace the curly quotes by"),
    "an open quote": Mistake(instead('"en"', '"en'), "a text must end with a double quote"),
    "backslashes": Mistake(below("[report]", 'output_dir = "C:\\Users\\Siti"'), "in a path write / instead of \\."),
    "a key twice": Mistake(below("[report]", 'language = "id"'), "the same key stands there twice; remove one"),
    "an unknown zone": Mistake(instead("Asia/Jakarta", "WIBB"), 'is no time zone; write "Asia/Jakarta",'),
    "a month by name": Mistake(instead("previous-month", "Oktober"), 'report.period: must be "previous-month",'),
    "no company": Mistake(instead('company = "', 'company = "" # "'), "report.company: must not be empty"),
    "a secret": Mistake(below("[lms]", 'client_secret = "hunter2"'), "secrets do not belong in this file"),
    "a hidden ending": Mistake(named("config.toml.txt"), "config.toml.txt is there: show file name extensions"),
    "another folder": Mistake(named("elsewhere.toml"), "config.toml does not exist; say rkreport init to write one"),
    "an empty file": Mistake(file("config.toml", ""), "config.toml is empty; delete it, and say rkreport init"),
    "a document": Mistake(file("config.toml", b"PK\x03\x04"), "config.toml is an Excel workbook or ZIP file"),
    "UTF-16": Mistake(saved("utf-16"), "config.toml is UTF-16 text, not UTF-8; save it as UTF-8 in your editor."),
    "ANSI": Mistake(saved("cp1252"), "config.toml, line 1: is not UTF-8; save it as UTF-8 in your editor."),
    "no [report]": Mistake(file("config.toml", '[[courses]]\nserial = "C"'), "the section [report] is missing; add it"),
    "http": Mistake(instead("http://127.0.0.1", "http://lms.contoh.test"), "unencrypted; write https://"),
    "no address": Mistake(instead('"http://', '"'), "lms.base_url: is no web address; write one such as"),
    "a login in it": Mistake(instead("http://", "https://demo:x@"), "lms.base_url: holds more than the address"),
    "no speed": Mistake(
        instead("requests_per_second = 1000", "requests_per_second = 0"), "must be more than 0, found 0."
    ),
    "pages too long": Mistake(instead("page_size = 20", "page_size = 500"), "lms.page_size: must be at most 100"),
    "half a page": Mistake(instead("page_size = 20", "page_size = 2.5"), "must be a whole number without quotes"),
    "no retention": Mistake(more("[privacy]", "retention_months = 0"), "privacy.retention_months: must be at least 1"),
    "no template": Mistake(below("[report]", 'template = "m.xlsx"'), "m.xlsx does not exist; correct report.template"),
    "a template that is none": Mistake(
        file("m.xlsx", "logo", below("[report]", 'template = "m.xlsx"')), "is no Excel workbook, or damaged"
    ),
    "no texts": Mistake(below("[mail]", 'templates_dir = "t"'), "t is no folder; correct mail.templates_dir"),
    "a file for a folder": Mistake(file("reports", ""), "choose another report.output_dir.", code=5),
    "a file for the data": Mistake(file("rkreport-data", ""), "choose another report.data_dir.", code=5),
}
IN_COURSES = {
    "single brackets": Mistake(
        instead("[[courses]]", "[courses]"), "this section has double brackets, such as [[courses]]."
    ),
    "another name": Mistake(instead("[[courses]]", "[[course]]"), 'course: is an unknown key; did you mean "courses"?'),
    "a date in quotes": Mistake(course('due = "31/12/2026"'), "must be a date without quotes and without a time"),
    "a date as Excel shows it": Mistake(course("due = 31-12-2026"), "dates are written as 2026-12-31."),
    "a day that is none": Mistake(course("due = 2026-02-30"), "and the day must exist."),
    "a year too early": Mistake(course("due = 2016-12-31"), "due = 2016-12-31 is long past", code=0),
    "two deadlines": Mistake(
        course("due = 2026-12-31", "due_days_after_session = 3"), "has both due and due_days_after_session; write one"
    ),
    "a course twice": Mistake(course('name = "A"', "[[courses]]", 'serial = "C-9"'), "merge them."),
    "a batch without brackets": Mistake(course('batches = "B-1"'), "must be a list in square brackets, such as"),
    "a batch twice": Mistake(course('batches = ["B", "B"]'), 'names "B" twice; remove one of them.'),
    "an unknown kind": Mistake(course('kind = "zoom"'), 'must be "webinar", "offline" or "online", found "zoom".'),
    "online with batches": Mistake(course('kind = "online"', 'batches = ["B"]'), "remove one of the two lines."),
    "valid for less than nothing": Mistake(course("valid_for_months = -1"), "must be at least 1, found -1."),
    "an audience of nobody": Mistake(
        course("[courses.audience]"), "write organizations or tags, or leave the audience"
    ),
    "a tag without brackets": Mistake(course("[courses.audience]", 'tags = "A"'), "must be a list in square brackets"),
}
IN_MAIL = {
    "a port in quotes": Mistake(
        below("[mail]", 'port = "587"'), 'whole number without quotes, such as 10, found "587".'
    ),
    "no such port": Mistake(below("[mail]", "port = 70000"), "mail.port: must be at most 65535, found 70000."),
    "a domain with @": Mistake(below("[mail]", 'allowed_domains = ["@a.test"]'), "write what stands after the @ alone"),
    "SMTP": Mistake(below("[mail]", 'transport = "SMTP"'), 'mail.transport: must be "outbox" or "smtp", found "SMTP".'),
    "no mail server": Mistake(below("[mail]", 'transport = "smtp"'), "but no host; add such as host ="),
    "no encryption": Mistake(below("[mail]", 'host = "a.test"\nsecurity = "none"'), 'unencrypted; write "starttls".'),
    "no reply": Mistake(below("[mail]", 'reply_to = "ld"'), "mail.reply_to: needs exactly one @; write one address"),
    "a fallback with a name": Mistake(
        instead('fallback_email = "', 'fallback_email = "Siti '), "managers.fallback_email: before the @"
    ),
}
IN_LISTS = {
    "no such list": Mistake(
        instead("managers.csv", "bos.csv"), "bos.csv does not exist; create it, or correct its name"
    ),
    "an old workbook": Mistake(instead("managers.csv", "m.xls"), "m.xls is no .xlsx; save it as .xlsx, and write that"),
    "a file and blocks": Mistake(more("[[managers.list]]", 'manager_id = "M"'), "keep one of the two."),
    "a workbook called .csv": Mistake(file("managers.csv", b"PK\x03\x04"), 'in Excel save it as "CSV UTF-8".'),
    "an empty list": Mistake(file("managers.csv", ""), f"its first line must name the columns: {KEYS}."),
    "no header": Mistake(file("managers.csv", "M-1,A,a@contoh.test,,,1,,\n"), f"its first line must be: {KEYS}."),
    "a column too few": Mistake(
        file("managers.csv", "manager_id,name,email\n"), 'has no column "employee_id"; its first'
    ),
    "a column too many": Mistake(
        file("managers.csv", f"{KEYS},telepon\n"), 'unknown column "telepon"; the columns are'
    ),
    "no manager": Mistake(managers(), "write who belongs to whom into the list of managers", code=0),
    "no id": Mistake(
        managers(",A,a@contoh.test,,,1,,"), "managers.csv, line 2: manager_id is empty; every row needs one."
    ),
    "two rules": Mistake(managers("M,A,a@contoh.test,,,1,U,"), "fill only one of employee_id, organization and tag"),
    "a row without a rule": Mistake(managers("M,A,a@contoh.test,,,,,"), "no row gives people to M, so", code=0),
    "a unit twice": Mistake(
        managers("M-8,X,x@contoh.test,,,,Gudang,", "M-9,Y,y@contoh.test,,,,GUDANG,"),
        "managers.csv, rows 2 and 3: 2 managers claim the organization gudang, so none of them gets those people",
        code=0,
    ),
    "two names": Mistake(managers("M,A,,,,1,,", "M,B,,,,2,,"), "line 3, name: differs from managers.csv, line 2"),
    "a small letter": Mistake(managers("M,A,,,,1,,", "m,,,,,2,,"), "differs only in upper and lower case from"),
    "a language in words": Mistake(managers("M,A,,,Indonesia,1,,"), 'language: must be "id" or "en", or empty for'),
    "two @": Mistake(
        managers("M,A,x@@contoh.test,,,1,,"), "managers.csv, line 2, email: needs exactly one @; write one"
    ),
    "no @": Mistake(managers("M,A,ibu di contoh,,,1,,"), "managers.csv, line 2, email: needs exactly one @; write one"),
    "a shortened id": Mistake(managers('M,A,,,,"6,28E+11",,'), "format the column as Text and write it again."),
    "#N/A": Mistake(managers("M,A,#N/A,,,1,,"), "email: holds an error value of Excel; mend the formula"),
    "a formula": Mistake(managers("M,A,=B2,,,1,,"), "line 2, email: holds a formula; write its value."),
    "a quote": Mistake(managers('M,"A,a@contoh.test,,,1,,'), "a value in double quotes is not closed, or text follows"),
    "a taken id": Mistake(managers("no-manager,A,,,,1,,"), "is taken for people without a manager; write another one."),
    "merged cells": Mistake(
        workbook("managers", KEYS.split(","), ["M"], merged="A2:B2"),
        "has merged cells (A2:B2) on its first sheet; unmerge",
    ),
    "a title": Mistake(workbook("managers", ["Daftar"], KEYS.split(",")), f"its first row must be: {KEYS}."),
    "a damaged workbook": Mistake(
        file("managers.xlsx", "no", instead("managers.csv", "managers.xlsx")),
        "is no Excel workbook, or damaged; save it",
    ),
    "a password": Mistake(
        file("managers.xlsx", b"\xd0\xcf\x11\xe0", instead("managers.csv", "managers.xlsx")), "without a password."
    ),
    "open in Excel": Mistake(locked("managers.csv"), "Permission denied; close the program that has it open"),
    "two readings": Mistake(
        excused("1,*,03/04/2026,sakit,X"), "until: can be read as 3 April 2026 or 4 March 2026; write 2026-04-03 or"
    ),
    "two readings in a workbook": Mistake(
        workbook("exceptions", EXCEPTION_COLUMNS, ["1", "*", "03/04/2026", "sakit", "X"]),
        "exceptions.xlsx, row 2, until:",
    ),
    "no such day": Mistake(
        excused("1,*,31/02/2026,sakit,X"), "until: must be a date such as 2026-12-31 or 31 Des 2026"
    ),
    "a day in words": Mistake(excused("1,*,akhir tahun,sakit,X"), "or 31 Des 2026, or empty for ever."),
    "a short year": Mistake(excused("1,*,31/12/26,sakit,X"), "write the year with four digits."),
    "no course": Mistake(excused("1,,,sakit,X"), 'course is empty; write its serial, or "*" for every course.'),
    "nobody": Mistake(excused(",*,,sakit,X"), "exceptions.csv, line 2: employee_id is empty; every row needs one."),
}
ID = {"RKREPORT_CLIENT_ID": "demo"}
IN_SECRETS = {
    "none": Mistake(secrets(), "RKREPORT_CLIENT_ID is not set; say rkreport login once, or set"),
    "half of them": Mistake(secrets(**ID), "RKREPORT_CLIENT_SECRET is not set; say rkreport login"),
    "a line break": Mistake(secrets(**ID, RKREPORT_CLIENT_SECRET="a\nb"), "holds a line break"),
    "no such file": Mistake(
        secrets(**ID, RKREPORT_CLIENT_SECRET_FILE="s.txt"),
        "RKREPORT_CLIENT_SECRET_FILE names s.txt, which cannot be read",
    ),
    "an empty secret": Mistake(
        file("s.txt", "", secrets(**ID, RKREPORT_CLIENT_SECRET_FILE="s.txt")),
        "which is empty; write the secret into it.",
    ),
    "no password for workbooks": Mistake(
        more("[privacy]", "encrypt_workbooks = true"), "RKREPORT_WORKBOOK_PASSWORD is not set; set it to a password"
    ),
    "no keyring": Mistake(nothing, "no keyring to keep secrets in; put each secret into a file", "login"),
}
IN_CALLS = {
    "a month that is none": Mistake(nothing, 'The period "2026-13" is no month; write YYYY-MM', "run --period 2026-13"),
    "a month turned round": Mistake(nothing, 'The period "10-2026" is no month; write YYYY-MM', "run --period 10-2026"),
    "a month in words": Mistake(nothing, 'The period "oktober" is no month; write', "archive M-001 --period oktober"),
    "a month to come": Mistake(nothing, "2026-12 has not begun yet; choose an earlier one", "run --period 2026-12"),
    "a month without its option": Mistake(nothing, "october stands where nothing is expected; say", "run october"),
    "a reminder of the past": Mistake(nothing, "leave out --period, or leave", "run --interim --period 2026-08"),
    "sent before it is made": Mistake(nothing, "say rkreport run first", "send", 4),
    "looked at before": Mistake(nothing, "say rkreport run first", "review", 4),
    "exported before": Mistake(nothing, "say rkreport run first", "export x.zip", 4),
    "no such snapshot": Mistake(nothing, "rkreport history lists them.", "build --snapshot x", 4),
    "neither": Mistake(nothing, "Say what was found out: --arrived or --lost.", "settle M-001"),
    "both": Mistake(nothing, "Say what was found out: --arrived or --lost.", "settle M-001 --lost --arrived"),
    "nobody in doubt": Mistake(nothing, "name it in report.data_dir, or say --config", "settle M-777 --lost"),
    "again without why": Mistake(nothing, '--again M-001 --reason "mail deleted".', "send --again M-001"),
    "again and only": Mistake(nothing, "leave out --to-me, --only", "send --again M --reason x --only M"),
    "a trial to nobody": Mistake(nothing, "--to-me: needs exactly one @; write one address", "send --to-me ld"),
    "a trial of none": Mistake(
        nothing, "--sample: write a whole number, at least 1; say", "send --to-me ld@contoh.test --sample 0"
    ),
    "an unknown guard": Mistake(nothing, '--accept does not know "people"; write one of', "send --accept people"),
    "nothing was sent to them": Mistake(nothing, "name it in report.data_dir, or say --config", "archive M-777"),
    "no master": Mistake(nothing, "No master is kept; rkreport send keeps that", "archive master"),
    "no folder": Mistake(nothing, "name the folder into which you saved the workbooks", "collect returned"),
    "a file as folder": Mistake(nothing, "name the folder into which you saved the workbooks", "collect config.toml"),
    "no argument": Mistake(nothing, "Missing argument 'FOLDER'; say rkreport collect --help", "collect"),
    "no file": Mistake(nothing, "name the file that rkreport export wrote.", "import x.zip"),
    "another file": Mistake(
        nothing, "config.toml is no snapshot file, is damaged, or was made", "import config.toml", 4
    ),
    "purge of all": Mistake(nothing, "--older-than: write a whole number, at least 1; say", "purge --older-than 0"),
    "purge after x": Mistake(nothing, "--older-than: write a whole number, such as 3; say", "purge --older-than x"),
    "purge after ages": Mistake(nothing, "--older-than: write a whole number, at most", "purge --older-than 9999"),
    "an unknown message": Mistake(nothing, "name the Message-ID or X-RkReport-Id", "incident nothing"),
    "init again": Mistake(nothing, "init overwrites nothing; move it away, or name", "init --yes"),
    "nobody to ask": Mistake(empty_folder, "say --company NAME, or --yes for a sample", "init"),
    "a language of init": Mistake(empty_folder, 'must be "id" or "en", found "fr"', "init --yes --language fr"),
    "a city": Mistake(empty_folder, 'write "Asia/Jakarta", "Asia/Makassar"', "init --yes --timezone Jakarta"),
    "a slip": Mistake(nothing, "No such option: --quite", "run --quite"),
    "the name twice": Mistake(nothing, "rkreport stands there twice; leave one out; say", "rkreport run"),
    "another word": Mistake(nothing, "Did you mean 'send', 'settle'? Say rkreport --help", "sent"),
    "a folder that is not there": Mistake(nothing, "name another file with --config.", "run --config nope/config.toml"),
    "a word for a number": Mistake(
        nothing, "--revision: write a whole number, such as 3; say", "settle M --lost --revision satu"
    ),
    "a full disk": Mistake(full_disk, "No space left on device; check the free disk space", "lists", 5),
}
AT_PROMPTS = {
    "language": Mistake(
        typed("PT X", "Indonesia"), 'That is not possible: must be "id" or "en"', "init --base-url URL", 0
    ),
    "zone": Mistake(
        typed("PT X", "", "Jakarta"), "That is not possible: is no time zone; write", "init --base-url URL", 0
    ),
    "courses": Mistake(typed("PT X", "", "", "*", "99", "1"), "Write numbers from 1 to", "init --base-url URL", 0),
    "address": Mistake(
        typed("PT X", "", "", "", "ld"),
        "That is not possible: needs exactly one @; write one",
        "init --base-url URL",
        0,
    ),
}
MISTAKES = {
    f"{place}: {name}": mistake
    for place, table in {
        "config": IN_CONFIG,
        "courses": IN_COURSES,
        "mail": IN_MAIL,
        "lists": IN_LISTS,
        "secrets": IN_SECRETS,
        "call": IN_CALLS,
        "prompt": AT_PROMPTS,
    }.items()
    for name, mistake in table.items()
}
