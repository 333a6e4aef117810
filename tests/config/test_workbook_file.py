"""Lists as workbooks: read as the CSV of the same rows, and refused in one sentence where they cannot be."""

import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rkreport.config.load import Config
from rkreport.config.people import read_managers
from rkreport.config.workbook_file import LARGEST_BYTES, WorkbookFile, workbook_rows
from rkreport.errors import ConfigError
from tests.config.list_books import EXCEPTIONS, MANAGERS, csv_text, list_book, with_part
from tests.config.workspace import SMALLEST, Workspace

MANAGERS_XLSX = SMALLEST + '[managers]\nfile = "managers.xlsx"\n'
EXCEPTIONS_XLSX = SMALLEST + '[exceptions]\nfile = "exceptions.xlsx"\n'
BUDI = ("M-1", "Budi", "budi@contoh.test", "", "", "", "Penjualan", "")
SHEET = "xl/worksheets/sheet1.xml"


def managers(workspace: Workspace, content: bytes) -> Config:
    """The config with this list of managers."""
    workspace.write("managers.xlsx", content)
    return workspace.load(MANAGERS_XLSX)


def exceptions(
    workspace: Workspace, *rows: tuple[object, ...], change: Callable[[Any], object] | None = None
) -> Config:
    """The config with these exceptions."""
    workspace.write("exceptions.xlsx", list_book([EXCEPTIONS, *rows], change))
    return workspace.load(EXCEPTIONS_XLSX)


def test_the_first_sheet_is_the_list(workspace: Workspace) -> None:
    """Columns in any order, in any case, with blanks; blank rows keep their number; other sheets are not read."""

    def change(sheet: Any) -> None:
        sheet.parent.create_sheet("Catatan")["A1"] = "manager_id"

    rows = [(), ("Organization", " Manager ID ", "NAME", "email", "Tag", "Employee ID", None, "#notes")]
    rows += [(), ("Penjualan", " M-1 ", "Budi\nS", "budi@contoh.test", None, None, None, "#N/A")]
    routing = managers(workspace, list_book(rows, change)).routing
    assert [(one.manager_id, one.name) for one in routing.managers] == [("M-1", "Budi S")]
    assert [(rule.value, rule.line) for rule in routing.rules] == [("Penjualan", 4)]
    assert routing.file == "managers.xlsx"


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        ("00417", "@", "00417"),
        (417, "General", "417"),
        (417.0, "General", "417"),
        (417, "00000", "00417"),
        (417, "0", "417"),
        (628123456789, "General", "628123456789"),
        (12.5, "General", "12.5"),
        (True, "General", "TRUE"),
        (datetime(2026, 12, 31, 8, 30), "dd/mm/yyyy", "2026-12-31"),  # noqa: DTZ001 - as cells are
        (" 00417 ", "@", "00417"),
        ("A\r\nB", "@", "A B"),
    ],
)
def test_a_cell_is_read_as_it_is_seen(workspace: Workspace, value: object, number_format: str, text: str) -> None:
    """Text as it is, numbers by their digits, with the zeros that a format shows."""

    def change(sheet: Any) -> None:
        sheet["A2"].number_format = number_format

    (found,) = exceptions(workspace, (value, "*"), change=change).rules.exceptions
    assert found.employee_id == text


@pytest.mark.parametrize(
    "value",
    [date(2026, 12, 31), datetime(2026, 12, 31, 17, 0), "31/12/2026", "31 Des 2026", "2026-12-31"],  # noqa: DTZ001 - as cells are
)
def test_days_may_be_date_cells_or_texts(workspace: Workspace, value: object) -> None:
    """Either is the same day."""
    (found,) = exceptions(workspace, ("00417", "*", value)).rules.exceptions
    assert found.until == date(2026, 12, 31)


def test_two_meanings_are_refused_with_their_row(workspace: Workspace) -> None:
    """A text that Excel did not take for a date."""
    workspace.write("exceptions.xlsx", list_book([EXCEPTIONS, (), ("7", "*", "03/04/2026")]))
    assert workspace.refusal(EXCEPTIONS_XLSX) == (
        "exceptions.xlsx, row 3, until: can be read as 3 April 2026 or 4 March 2026; write 2026-04-03 or 2026-03-04."
    )


def test_a_formula_is_its_value(workspace: Workspace) -> None:
    """The one that the last program stored: text, number, an empty text; without any the row is refused."""
    rows: list[tuple[object, ...]] = [EXCEPTIONS, ("=FORMULA()", "*", None, "=FORMULA()", "=FORMULA()")]
    values = {"A2": (b"", b"417"), "D2": (b' t="str"', b"Cuti"), "E2": (b' t="str"', b"")}

    def with_values(part: bytes) -> bytes:
        for cell, (kind, value) in values.items():
            plain = b'<c r="%b"><f>FORMULA()</f><v />' % cell.encode()
            assert plain in part
            part = part.replace(plain, b'<c r="%b"%b><f>FORMULA()</f><v>%b</v>' % (cell.encode(), kind, value))
        return part

    workspace.write("exceptions.xlsx", with_part(list_book(rows), SHEET, with_values))
    (found,) = workspace.load(EXCEPTIONS_XLSX).rules.exceptions
    assert (found.employee_id, found.reason, found.approved_by) == ("417", "Cuti", "")
    no_value = with_part(list_book(rows), SHEET, lambda part: part.replace(b"<v />", b""))
    workspace.write("exceptions.xlsx", no_value)
    assert workspace.refusal(EXCEPTIONS_XLSX) == (
        "exceptions.xlsx, row 2, employee_id: holds a formula; write its value."
    )


def test_an_error_of_excel_means_nobody(workspace: Workspace) -> None:
    """Where it names people or courses it is left for a finding; elsewhere the row is refused."""
    config = exceptions(workspace, ("#N/A", "*"), ("7", "#REF!"))
    assert [row.employee_id for row in config.rules.exceptions] == ["#N/A", "7"]
    workspace.write("exceptions.xlsx", list_book([EXCEPTIONS, ("7", "*", "#REF!")]))
    assert workspace.refusal(EXCEPTIONS_XLSX).startswith("exceptions.xlsx, row 2, until: holds an error value of Excel")


def test_a_number_without_all_its_digits_is_refused(workspace: Workspace) -> None:
    """Excel keeps fifteen: the sixteenth of a NIK is gone."""
    workspace.write("exceptions.xlsx", list_book([EXCEPTIONS, (3171234567890123, "*")]))
    assert "row 2, employee_id: is a number that Excel shows shortened" in workspace.refusal(EXCEPTIONS_XLSX)


# ---- the two formats are one list

PLAIN = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\ufffe\uffff"), max_size=12
)
CELLS = PLAIN.filter(
    lambda cell: not cell.strip().startswith(("=", "#")) and "E+" not in cell.upper() and "_x" not in cell
)
NAMES = CELLS.filter(lambda cell: bool(cell.strip()))


@st.composite
def manager_rows(draw: st.DrawFn) -> list[tuple[str, ...]]:
    """Rows of several managers, each with a rule at most."""
    rows = []
    for number in range(draw(st.integers(0, 5))):
        rule = draw(st.integers(-1, 2))
        values = [draw(NAMES) if rule == place else "" for place in range(3)]
        rows.append((f"M-{number}", draw(CELLS), "", "", draw(st.sampled_from(("", "id", "EN"))), *values))
    return rows


@settings(max_examples=30)
@given(
    manager_rows(),
    st.lists(st.tuples(NAMES, NAMES, st.sampled_from(("", "2026-12-31", "31 Des 2026")), CELLS, CELLS), max_size=4),
)
def test_both_formats_give_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    people: list[tuple[str, ...]],
    excused: list[tuple[str, ...]],
) -> None:
    """Any rows, as CSV and as workbook: the same managers, rules and exceptions, and the same digests of the config."""
    workspace = Workspace(tmp_path_factory.mktemp("both"))
    configs = []
    for suffix in ("csv", "xlsx"):
        for name, rows in (("managers", [MANAGERS, *people]), ("exceptions", [EXCEPTIONS, *excused])):
            workspace.write(f"{name}.{suffix}", csv_text(rows) if suffix == "csv" else list_book(rows))
        configs.append(
            workspace.load(
                f'{SMALLEST}[managers]\nfile = "managers.{suffix}"\n[exceptions]\nfile = "exceptions.{suffix}"\n'
            )
        )
    text, book = configs
    assert (book.routing.managers, book.routing.rules) == (text.routing.managers, text.routing.rules)
    assert book.rules.exceptions == text.rules.exceptions
    assert (book.sha256, book.rules_sha256) == (text.sha256, text.rules_sha256)


def test_another_list_is_another_config(workspace: Workspace) -> None:
    """The digest leaves out the format alone, not what the list says, nor which list it is."""
    found = set()
    for name, rows in (("a", [MANAGERS, BUDI]), ("b", [MANAGERS, BUDI]), ("a", [MANAGERS])):
        workspace.write(f"{name}.xlsx", list_book(rows))
        found.add(workspace.load(f'{SMALLEST}[managers]\nfile = "{name}.xlsx"\n').sha256)
    assert len(found) == 3


# ---- what is refused


def bomb(part: bytes) -> bytes:
    """A sheet of a hundred million blanks."""
    return part.replace(b"</sheetData>", b" " * 100_000_000 + b"</sheetData>")


def merged(sheet: Any) -> None:
    """The id of a manager over two rows."""
    sheet.merge_cells("A2:A3")


def entities(part: bytes) -> bytes:
    """A sheet that names itself a billion times."""
    return part.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet', 1)


WRONG: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty file": (lambda: b"", " is no Excel workbook, or damaged; save it in Excel as .xlsx, or as CSV UTF-8."),
    "a CSV": (lambda: b"manager_id,name\n", " is no Excel workbook, or damaged; save it"),
    "old or locked": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        " has a password or is an old .xls; save it",
    ),
    "cut": (lambda: list_book([MANAGERS, BUDI])[:-300], " is no Excel workbook, or damaged; save it"),
    "no parts": (
        lambda: with_part(list_book([MANAGERS]), "xl/workbook.xml", lambda _: b"<x/>"),
        " has no sheet that can be read; write the list",
    ),
    "zip bomb": (
        lambda: with_part(list_book([MANAGERS, BUDI]), SHEET, bomb),
        " unpacks to far more than a list needs; copy",
    ),
    "entities": (lambda: with_part(list_book([MANAGERS, BUDI]), SHEET, entities), " is no Excel workbook, or damaged"),
    "50 MB": (lambda: bytes(50 * 2**20), f" is larger than {LARGEST_BYTES // 2**20} MB; it cannot be the right file."),
    "merged": (
        lambda: list_book([MANAGERS, BUDI], merged),
        " has merged cells (A2:A3) on its first sheet; unmerge them",
    ),
    "no header": (lambda: list_book([BUDI]), ': has no column "manager_id"; its first row must be: manager_id,name,'),
    "no rows": (lambda: list_book([]), " is empty; its first row must name the columns: manager_id,name,"),
    "far right": (
        lambda: list_book([MANAGERS, (*BUDI, None, "x")]),
        ", row 2: has a value in column 10, which has no name in the first row; empty that column.",
    ),
    "twice": (lambda: list_book([(*MANAGERS, "Tag")]), ': has the column "tag" twice; remove one of them.'),
    "id missing": (
        lambda: list_book([MANAGERS, ("", *BUDI[1:])]),
        ", row 2: manager_id is empty; every row needs one.",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_workbooks(workspace: Workspace, case: str) -> None:
    """One sentence of less than 400 characters that begins with the file, at once."""
    make, sentence = WRONG[case]
    workspace.write("managers.xlsx", make())
    started = time.process_time()
    refusal = workspace.refusal(MANAGERS_XLSX)
    assert time.process_time() - started < 5
    assert refusal.startswith(f"managers.xlsx{sentence}")
    assert len(refusal) < 400


@pytest.mark.parametrize("suffix", [".xls", ".xlsm", ".xlsb", ".ODS"])
def test_other_formats_are_named(workspace: Workspace, suffix: str) -> None:
    """With what to do."""
    workspace.write(f"m{suffix}", b"")
    assert workspace.refusal(f'{SMALLEST}[managers]\nfile = "m{suffix}"\n') == (
        f"m{suffix} is no .xlsx; save it as .xlsx, and write that name in config.toml."
    )


def test_a_pipe_is_not_waited_for(workspace: Workspace) -> None:
    """Reading one would never end."""
    mkfifo = pytest.importorskip("os").__dict__.get("mkfifo")
    if mkfifo is None:
        pytest.skip("no pipes with names here")
    mkfifo(workspace.folder / "managers.xlsx")
    assert "is no regular file" in workspace.refusal(MANAGERS_XLSX)


def test_a_format_in_the_last_row_costs_nothing(workspace: Workspace) -> None:
    """Ctrl+End in Excel and one click there: the list is read all the same, and soon."""

    def change(sheet: Any) -> None:
        sheet["A1048576"].number_format = "@"
        sheet["XFD2"].number_format = "@"

    content = list_book([MANAGERS, BUDI], change)
    started = time.process_time()
    assert len(managers(workspace, content).routing.rules) == 1
    assert time.process_time() - started < 5


def test_too_many_rows_belong_into_a_csv(tmp_path: Path) -> None:
    """Each with a value, and small on the disk."""
    cells = b"".join(b'<row r="%d"><c r="A%d"><v>%d</v></c></row>' % (n, n, n * 7919) for n in range(2, 50_100))
    content = with_part(
        list_book([MANAGERS]), SHEET, lambda part: part.replace(b"</sheetData>", cells + b"</sheetData>")
    )
    with pytest.raises(ConfigError, match="has more than 50,000 rows; save it as CSV UTF-8"):
        workbook_rows(tmp_path / "m.xlsx", content)


@settings(max_examples=40)
@given(st.binary(max_size=300))
def test_no_damage_breaks_the_reader(noise: bytes) -> None:
    """Any bytes in the sheet, or instead of the file: read, or refused in a sentence that names the file."""
    sound = list_book([MANAGERS, BUDI])
    for content in (noise, with_part(sound, SHEET, lambda _: noise), sound[:200] + noise + sound[200:]):
        try:
            file = WorkbookFile(Path("m.xlsx"), content, workbook_rows(Path("m.xlsx"), content))
            read_managers(file, "id")
        except ConfigError as error:
            assert str(error).startswith("m.xlsx")  # noqa: PT017 - some bytes do no harm
