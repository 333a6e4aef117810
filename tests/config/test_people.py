"""managers.csv and exceptions.csv: read as Excel writes them, refused by line and column, never by value."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rkreport.config.people import EXCEPTION_COLUMNS, MANAGER_COLUMNS, read_exceptions, read_managers
from rkreport.config.tables import read_table
from rkreport.config.text_file import TextFile
from rkreport.core.models import CourseException, EmployeeId, Manager, ManagerId
from rkreport.core.routing import Routing, RoutingRule, RuleKind
from rkreport.errors import ConfigError
from tests.config.workspace import SMALLEST, Workspace

MANAGERS = SMALLEST + '[managers]\nfile = "managers.csv"\n'
EXCEPTIONS = SMALLEST + '[exceptions]\nfile = "exceptions.csv"\n'
HEADER = "manager_id,name,email,cc,language,employee_id,organization,tag\n"
EXCEPTION_HEADER = "employee_id,course,until,reason,approved_by\n"
BUDI = Manager(ManagerId("M-1"), "Budi, S.E.", "budi@contoh.test", (), "id")
BUDIS_UNIT = RoutingRule(ManagerId("M-1"), RuleKind.ORGANIZATION, "Penjualan", 2)
COMMAS = f'{HEADER}M-1,"Budi, S.E.",budi@contoh.test,,,,Penjualan,\n'
SEMICOLONS = f"{HEADER.replace(',', ';')}M-1;Budi, S.E.;budi@contoh.test;;;;Penjualan;\n"


@pytest.mark.parametrize(
    "content",
    [
        COMMAS,
        "\ufeff" + COMMAS.replace("\n", "\r\n"),
        "\ufeff" + SEMICOLONS.replace("\n", "\r\n"),
        COMMAS.replace("\n", "\r"),
        COMMAS.removesuffix("\n"),
        SEMICOLONS.replace("\n", ";;;;\n") + ";;;;;;;;;;;\n",
        COMMAS + "\n,,,,,,,\n\n",
        'Organization , Manager ID,NAME,email,Tag,Employee ID,\nPenjualan, M-1 ,"Budi, S.E.", budi@contoh.test ,,,\n',
        HEADER.replace("\n", ",#notes\n") + 'M-1,"Budi, S.E.",budi@contoh.test,,,,Penjualan,,"=A1, ask her"\n',
        HEADER + 'M-1,"Budi,\nS.E.",budi@contoh.test,,,,Penjualan,\n',
    ],
    ids=[
        "commas",
        "CSV UTF-8",
        "semicolons",
        "CR",
        "no end",
        ";;;;",
        "blank rows",
        "other order",
        "own notes",
        "break",
    ],
)
def test_managers_as_spreadsheets_save_them(workspace: Workspace, content: str) -> None:
    """Each way in which a spreadsheet saves the same table gives the same managers."""
    workspace.write("managers.csv", content)
    assert workspace.load(MANAGERS).routing == Routing((BUDI,), (BUDIS_UNIT,), None)


def test_line_is_the_first_of_its_row_in_the_file(workspace: Workspace) -> None:
    """Blank rows and rows of several lines do not shift the number that a text editor shows."""
    workspace.write("managers.csv", f'\n{HEADER}\nM-1,"Budi\nS",,,,,A,\nM-2,"Ani\nW",,,,,B,\n')
    assert [rule.line for rule in workspace.load(MANAGERS).routing.rules] == [4, 6]


def test_rows_of_a_manager_add_up(workspace: Workspace) -> None:
    """Several rows are several rules of one manager; what one row leaves out another may say, first or later."""
    rows = "M-1,,,,,00417,,\nM-1,Budi,b@Contoh.test,a@x.test; c@x.test,EN,,,Frontliner\nM-1,,B@contoh.test,,,,U-1,\n"
    workspace.write("managers.csv", HEADER + rows)
    routing = workspace.load(MANAGERS).routing
    assert routing.managers == (Manager(ManagerId("M-1"), "Budi", "b@contoh.test", ("a@x.test", "c@x.test"), "en"),)
    assert [(rule.kind, rule.value) for rule in routing.rules] == [
        (RuleKind.EMPLOYEE, "00417"),
        (RuleKind.TAG, "Frontliner"),
        (RuleKind.ORGANIZATION, "U-1"),
    ]


def test_language_of_a_manager_is_the_reports_unless_said(workspace: Workspace) -> None:
    """An empty language is that of the report."""
    workspace.write("managers.csv", HEADER + "M-1,,,,,,A,\n")
    english = MANAGERS.replace("[report]\n", '[report]\nlanguage = "en"\n')
    assert workspace.load(english).routing.managers[0].language == "en"


def test_list_works_like_the_file(workspace: Workspace) -> None:
    """[[managers.list]] blocks give what the same rows of managers.csv give, numbered instead of by line."""
    blocks = """
[[managers.list]]
manager_id = " M-1 "
name = "Budi, S.E."
email = "budi@contoh.test"
organization = "Penjualan"
[[managers.list]]
manager_id = "M-1"
tag = "Frontliner"
"""
    routing = workspace.load(SMALLEST + blocks).routing
    assert routing.managers == (BUDI,)
    assert routing.rules == (
        RoutingRule(ManagerId("M-1"), RuleKind.ORGANIZATION, "Penjualan", 1),
        RoutingRule(ManagerId("M-1"), RuleKind.TAG, "Frontliner", 2),
    )


@pytest.mark.parametrize(
    ("second", "sentence"),
    [
        ('name = "Budi"', "managers.list number 2: manager_id is empty; every row needs one."),
        (
            'manager_id = "m-1"',
            "managers.list number 2: manager_id differs only in upper and lower case from config.to",
        ),
        (
            'manager_id = "M-1"\nname = "Ani"',
            "managers.list number 2, name: differs from config.toml: managers.list nu",
        ),
        (
            'manager_id = "M-2"\ntag = "a"\nemployee_id = "1"',
            "managers.list number 2: fill only one of employee_id, or",
        ),
        (
            'manager_id = "no-manager"',
            'the manager_id "no-manager" is taken for people without a manager; write another one.',
        ),
    ],
)
def test_list_is_refused_like_the_file(workspace: Workspace, second: str, sentence: str) -> None:
    """The rules of the file hold for the blocks."""
    text = (
        f'{SMALLEST}[managers]\nfallback_email = "ld@x.test"\n'
        f'[[managers.list]]\nmanager_id = "M-1"\nname = "Budi"\n[[managers.list]]\n{second}\n'
    )
    assert workspace.refusal(text).startswith(f"config.toml: {sentence}")


def test_one_source_of_managers(workspace: Workspace) -> None:
    """A file and blocks beside it: nobody could tell which holds."""
    assert workspace.refusal(MANAGERS + '[[managers.list]]\nmanager_id = "M"\n') == (
        "config.toml: managers: has both a file and [[managers.list]] blocks; keep one of the two."
    )
    assert "[[managers.list]]" in workspace.refusal(SMALLEST + '[managers.list]\nmanager_id = "M"\n')


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", " is empty; its first line must name the columns: manager_id,name,email,cc,language,employee_id,org"),
        ("\n,,\n", " is empty; its first line must name the columns"),
        (COMMAS.encode("utf-16"), ' is UTF-16 text, not UTF-8; in Excel save it as "CSV UTF-8".'),
        (COMMAS.encode("utf-16-le"), ': has no column "manager_id"; its first line must be: manager_id,name,'),
        (
            f"{HEADER}M-1,M\xfcller,,,,,A,\n".encode("latin-1"),
            ', line 2: is not UTF-8; in Excel save it as "CSV UTF-8"',
        ),
        (b"PK\x03\x04\x14\0", ' is an Excel workbook or ZIP file, not a text file; in Excel save it as "CSV UTF-8".'),
        ("M-1,hunter2,hunter2@x.test\n", ': has no column "manager_id"; its first line must be: manager_id,name,'),
        ("manager_id|name\nM-1|hunter2\n", ': has no column "manager_id"'),
        (HEADER.replace(",email", ""), ': has no column "email"; its first line must be: manager_id,name,'),
        (HEADER.replace(",tag", ""), ': has no column "tag"'),
        (HEADER.replace("cc", "email"), ': has the column "email" twice; remove one of them.'),
        (
            HEADER.replace("organization", "organisation"),
            ': has an unknown column "organisation"; did you mean "organiz',
        ),
        (HEADER.replace("\n", ",remarks\n"), ': has an unknown column "remarks"; the columns are: manager_id,name,'),
        (f"{HEADER},hunter2,,,,,A,\n", ", line 2: manager_id is empty; every row needs one."),
        (f"{HEADER}M-1,Budi,hunter2,,,,A,\n", ", line 2, email: needs exactly one @"),
        (f"{HEADER}M-1,Budi,hunter2@a.test;c@d.test,,,,A,\n", ", line 2, email: needs exactly one @"),
        (f"{HEADER}M-1,Budi,,a@b.test hunter2,,,A,\n", ", line 2, cc: needs exactly one @"),
        (f"{HEADER}M-1,Budi,,,hunter2,,A,\n", ', line 2, language: must be "id" or "en", or empty for the language of'),
        (
            f"{HEADER}M-1,,,,,7,A,\n",
            ", line 2: fill only one of employee_id, organization and tag; write a second row.",
        ),
        (
            f"{HEADER}hunter2,,,,,,A,\nHunter2,,,,,,B,\n",
            ", line 3: manager_id differs only in upper and lower case from",
        ),
        (
            f"{HEADER}hunter2,,hunter2@x.test,,,,A,\nhunter2,,ani@x.test,,,,B,\n",
            ", line 3, email: differs from managers.csv, line 2, the same manager; write both alike, or give one of ",
        ),
        (f"{HEADER}M-1,hunter2, S.E.,b@x.test,,,,A,\n", ", line 2, email: needs exactly one @"),
        (
            f"{HEADER}M-1,Budi,,,,,,A,hunter2\n",
            ", line 2: has a value in column 9, which has no name in the first line",
        ),
        (f"{HEADER[:-1]},,\nM-1,Budi,,,,,A,,,hunter2\n", ", line 2: has a value in column 10, which has no name"),
        (f"{HEADER}M-1,hunter2\0,,,,,A,\n", ", line 2, name: holds a character that cannot be seen"),
        (f"{HEADER}hunter2\x1b[31m,,,,,,A,\n", ", line 2, manager_id: holds a character that cannot be seen"),
        (f"{HEADER}M-1,{'hunter2' * 200},,,,,A,\n", ", line 2, name: is longer than 1000 characters; shorten it."),
        (f"{HEADER}M-1,{'hunter2' * 20000},,,,,A,\n", ", line 2: holds a value that is far too long"),
        (
            f'{HEADER}M-1,"hunter2,,,,,A,\nM-2,,,,,,B,\n',
            ", line 2: a value in double quotes is not closed, or text foll",
        ),
        (f'{HEADER}M-1,"Budi" hunter2,,,,,A,\n', ", line 2: a value in double quotes is not closed, or text follows"),
        (f"{HEADER}#N/A,Budi,,,,7,,\n", ", line 2, manager_id: holds an error value of Excel; mend the formula"),
        (f"{HEADER}M-1,=hunter2,,,,7,,\n", ", line 2, name: holds a formula; write its value."),
        (
            f'{HEADER}M-1,Budi,,,,"6,28E+11",,\n',
            ", line 2, employee_id: is a number that Excel shows shortened or in another form; format",
        ),
    ],
)
def test_wrong_managers(workspace: Workspace, content: str | bytes, sentence: str) -> None:
    """A wrong managers.csv is refused by line and column; what stands there is not shown."""
    workspace.write("managers.csv", content)
    refusal = workspace.refusal(MANAGERS)
    assert refusal.startswith(f"managers.csv{sentence}")
    assert "hunter2" not in refusal.casefold()
    assert len(refusal) < 250


def test_missing_files(workspace: Workspace) -> None:
    """A CSV file that is not there, or a folder of that name: which one, and where its name stands."""
    assert workspace.refusal(MANAGERS) == "managers.csv does not exist; create it, or correct its name in config.toml."
    (workspace.folder / "exceptions.csv").mkdir()
    assert workspace.refusal(EXCEPTIONS) == "exceptions.csv is a folder, not a file; write the name of the file."


def test_exceptions(workspace: Workspace) -> None:
    """Each row with its date, for ever without one, for all courses with a star."""
    rows = '00417,COURSE-A,2026-12-31,"Cuti, melahirkan",Ani\n00418;,*,,,\n'
    workspace.write("exceptions.csv", EXCEPTION_HEADER + rows)
    assert workspace.load(EXCEPTIONS).rules.exceptions == (
        CourseException(EmployeeId("00417"), "COURSE-A", date(2026, 12, 31), "Cuti, melahirkan", "Ani", 2),
        CourseException(EmployeeId("00418;"), "*", None, "", "", 3),
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            EXCEPTION_HEADER + "7,*,03/04/2026,,\n",
            ", line 2, until: can be read as 3 April 2026 or 4 March 2026; write 2026-04-03 or 2026-03-04.",
        ),
        (EXCEPTION_HEADER + "7,*,2026-02-30,,\n", ", line 2, until: must be a date"),
        (EXCEPTION_HEADER + "7,*,2026-W10,,\n", ", line 2, until: must be a date"),
        (EXCEPTION_HEADER + "7,*,hunter2,,\n", ", line 2, until: must be a date"),
        (EXCEPTION_HEADER + ",*,,,\n7,*,,,\n", ", line 2: employee_id is empty; every row needs one."),
        (EXCEPTION_HEADER + "7,,,,\n", ', line 2: course is empty; write its serial, or "*" for every course.'),
        (EXCEPTION_HEADER + "7,*,,cuti, hunter2,Ani\n", ", line 2: has a value in column 6, which has no name"),
        ("employee_id,until\n7,2026-12-31\n", ': has no column "course"'),
        (EXCEPTION_HEADER.replace("until", "untill"), ': has an unknown column "untill"; did you mean "until"?'),
    ],
)
def test_wrong_exceptions(workspace: Workspace, content: str, sentence: str) -> None:
    """A wrong exception is refused: one whose end were ignored would excuse somebody for ever."""
    workspace.write("exceptions.csv", content)
    refusal = workspace.refusal(EXCEPTIONS)
    assert refusal.startswith(f"exceptions.csv{sentence}")
    assert "hunter2" not in refusal


PLAIN = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=20).map(str.strip)
CELLS = PLAIN.filter(lambda cell: not cell.startswith(("=", "#")) and "E+" not in cell.upper())


@given(
    st.lists(st.tuples(CELLS, CELLS, CELLS).filter(any), max_size=8),
    st.sampled_from((",", ";", "\t")),
    st.sampled_from(("\n", "\r\n", "\r")),
    st.sampled_from(("utf-8", "utf-8-sig")),
)
def test_any_table_comes_out_as_it_went_in(
    rows: list[tuple[str, str, str]], separator: str, line_end: str, encoding: str
) -> None:
    """Whatever text the cells hold, with each separator and line end: the rows that came in, in order."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator=line_end).writerows([("a", "b", "c"), *rows])
    content = text.getvalue().encode(encoding)
    file = TextFile(Path("t.csv"), content, content.decode("utf-8-sig"))
    assert [row for _, row in read_table(file, ("a", "b", "c"), ("a",))] == [
        {"a": first, "b": second, "c": third} for first, second, third in rows
    ]


@given(st.text(max_size=200))
def test_no_text_breaks_the_readers(text: str) -> None:
    """Any text after the header is read, or refused by its line."""
    for header, columns in ((HEADER, MANAGER_COLUMNS), (EXCEPTION_HEADER, EXCEPTION_COLUMNS)):
        file = TextFile(Path("t.csv"), b"", header + text)
        try:
            _ = read_managers(file, "id") if columns is MANAGER_COLUMNS else read_exceptions(file)
        except ConfigError as error:
            assert str(error).startswith("t.csv, line ")  # noqa: PT017 - most texts are not refused


def test_columns_are_the_promised_ones() -> None:
    """The header texts that other programs write."""
    assert ",".join(MANAGER_COLUMNS) == HEADER.strip()
    assert ",".join(EXCEPTION_COLUMNS) == EXCEPTION_HEADER.strip()
