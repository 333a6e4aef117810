"""Remakes the default brand template from the house's own brand: `python -m tools.make_brand templates/brand.xlsx`."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl.packaging.core import DocumentProperties
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.styles.colors import Color
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from rkreport.excel.look.brand import HOUSE, HOUSE_PAINTS, Paint
from rkreport.excel.look.placeholders import PRINT_NAMES
from rkreport.excel.look.style_sheet import Styles
from rkreport.excel.look.styles import FONT_NAME, INK, MUTED, Role, font_of
from rkreport.excel.template.reader import SHEET, STRIPE

_MADE = datetime(2026, 11, 1)  # noqa: DTZ001 - naive UTC, as files store it; one time, so that the file can be remade
_WIDTHS = (30.0, 66.0, 66.0)
_FIRST_SAMPLE = 8
_LINE, _TWO_LINES, _SAMPLE_HEIGHT = 15.0, 28.0, 22.0  # points
_SAMPLES = {
    Role.TITLE: ("first line of the title block", "baris pertama blok judul"),
    Role.SUBTITLE: ("second and third line of the title block", "baris kedua dan ketiga blok judul"),
    Role.HEADING: ("titles of small tables, charts and notes", "judul tabel kecil, grafik, dan keterangan"),
    Role.HEADER: ("headers of tables", "kepala kolom tabel"),
    Role.SMALL_HEADER: ("headers of the small tables on the summary", "kepala kolom tabel kecil di ringkasan"),
    Role.BODY: (
        "all other text; its font and size are the workbook's",
        "semua teks lain; font dan ukurannya berlaku umum",
    ),
    Role.TOTAL: ("totals", "baris total"),
    Role.LINK: ("links to other sheets", "tautan ke lembar lain"),
    Role.FOOTNOTE: ("footnotes, and the small print of charts", "catatan kaki dan teks kecil di grafik"),
    Role.INPUT: ("cells for managers to fill in", "sel untuk diisi manajer"),
    Role.CARD_LABEL: ("headline numbers: the words above", "angka utama: teks di atasnya"),
    Role.CARD_VALUE: ("headline numbers: the number", "angka utama: angkanya"),
    Role.CARD_NOTE: ("headline numbers: the words below", "angka utama: teks di bawahnya"),
}
_STRIPE_WORDS = (
    "every second row of a table: only the fill counts",
    "setiap baris kedua tabel: hanya warna isian yang dipakai",
)
_HOW = (
    (
        "How to make this your brand",
        "Cara menjadikannya merek perusahaan Anda",
    ),
    (
        "1. Format the sample cells above, or change their styles (Home, Cell Styles): font, size, bold, colour, fill.",
        "1. Format sel contoh di atas, atau ubah gayanya (Beranda, Gaya Sel): font, ukuran, tebal, warna, isian.",
    ),
    (
        "2. Insert the logo (PNG or JPEG) anywhere on this sheet. It goes to the right of the title block.",
        "2. Sisipkan logo (PNG atau JPEG) di mana saja pada lembar ini. Letaknya nanti di kanan blok judul.",
    ),
    (
        "3. A1, A2 and A3 are the title block of every sheet. Placeholders begin with $; the list stands below.",
        "3. A1, A2, dan A3 adalah blok judul setiap lembar. Penanda diawali $; daftarnya ada di bawah.",
    ),
    (
        "4. Print header and footer: Page Layout, Print Titles, Header/Footer. $footer, $page_line: there alone.",
        "4. Header/footer cetak: Tata Letak Halaman, Cetak Judul, Header/Footer. $footer, $page_line hanya di sana.",
    ),
    (
        "5. The first sheet gets this tab's colour. Statuses and the warning about incomplete data stay as they are.",
        "5. Lembar pertama memakai warna tab ini. Status dan peringatan data tidak lengkap tidak berubah.",
    ),
    (
        '6. Save as .xlsx and write its name into config.toml: template = "brand.xlsx" below [report].',
        '6. Simpan sebagai .xlsx dan tulis namanya di config.toml: template = "brand.xlsx" di bawah [report].',
    ),
)
_PLACEHOLDERS = {
    "title": ("company and report", "perusahaan dan laporan"),
    "period_line": ("period and as-of date, in a sentence", "periode dan tanggal acuan, dalam satu kalimat"),
    "source_line": (
        "where and when the data were read, revision, run",
        "sumber dan waktu data diambil, revisi, proses",
    ),
    "company": ("the company", "perusahaan"),
    "report": ("the report, and whose team", "laporan, dan tim siapa"),
    "period": ("the month", "bulan"),
    "as_of": ("the moment the figures are true for", "saat yang diacu oleh angka"),
    "extracted": ("when the data were read", "waktu data diambil"),
    "host": ("the LMS", "LMS"),
    "revision": ("the revision's number", "nomor revisi"),
    "run": ("the run's id", "id proses"),
    "footer": (
        "company, month, revision, confidential (print only)",
        "perusahaan, bulan, revisi, rahasia (hanya cetak)",
    ),
    "page_line": ("page n of m (print only)", "halaman n dari m (hanya cetak)"),
}


def make(path: Path) -> None:
    """Write the template."""
    workbook = Styles("en", HOUSE).workbook()  # in the house font
    sheet: Any = workbook.create_sheet(SHEET)
    for role, paint in HOUSE_PAINTS.items():
        workbook.add_named_style(_style(role, paint))
    workbook.add_named_style(_style(STRIPE, Paint(fill=HOUSE.stripe)))
    for row, (text, role) in enumerate(zip(HOUSE.title_block, (Role.TITLE, *[Role.SUBTITLE] * 2), strict=True), 1):
        sheet.cell(row, 1, text).style = role.value
    sheet.row_dimensions[1].height = 24.0
    row = _draw_samples(sheet)
    row = _draw_words(sheet, row + 2)
    _set_up(sheet, row)
    workbook.properties = DocumentProperties(title="Brand", creator="rkreport", created=_MADE, modified=_MADE)
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        ExcelWriter(workbook, archive).write_data()  # `Workbook.save` would put the present time into it


def _draw_samples(sheet: Worksheet) -> int:
    row = _FIRST_SAMPLE - 1
    for column, word in enumerate(("Sample · Contoh", "Used for", "Dipakai untuk"), 1):
        _write(sheet, row, column, word, bold=True)
    samples = {str(role): words for role, words in _SAMPLES.items()} | {STRIPE: _STRIPE_WORDS}
    for row, (name, words) in enumerate(samples.items(), _FIRST_SAMPLE):
        sheet.cell(row, 1, name).style = name
        sheet.row_dimensions[row].height = _SAMPLE_HEIGHT
        for column, text in enumerate(words, 2):
            _write(sheet, row, column, text)
    return row


def _draw_words(sheet: Worksheet, row: int) -> int:
    for number, (english, indonesian) in enumerate(_HOW):
        for column, text in ((2, english), (3, indonesian)):
            _write(sheet, row, column, text, bold=number == 0)
        sheet.row_dimensions[row].height = _TWO_LINES if number else _LINE
        row += 1
    for column, word in enumerate(("Placeholder · Penanda", "Stands for", "Artinya"), 1):
        _write(sheet, row + 1, column, word, bold=True)
    row += 1
    for name in PRINT_NAMES:
        row += 1
        _write(sheet, row, 1, f"${name}")
        for column, text in enumerate(_PLACEHOLDERS[name], 2):
            _write(sheet, row, column, text, muted=True)
    return row


def _write(sheet: Worksheet, row: int, column: int, text: str, *, bold: bool = False, muted: bool = False) -> None:
    cell = sheet.cell(row, column, text)
    cell.font = font_of(FONT_NAME, 10, bold=bold, color=MUTED if muted else INK)
    cell.alignment = Alignment(wrap_text=True, vertical="center")


def _set_up(sheet: Any, last_row: int) -> None:  # noqa: ANN401 - the stubs have headers as perhaps None
    for letter, width in zip("ABC", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = HOUSE.tab
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToHeight = 1
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_area = f"A1:C{last_row}"
    sheet.oddFooter.left.text = HOUSE.print_footer.left
    sheet.oddFooter.right.text = HOUSE.print_footer.right


def _style(name: str, paint: Paint) -> NamedStyle:
    font: Font = font_of(
        paint.font, paint.size, bold=paint.bold, italic=paint.italic, underline=paint.underline, color=paint.color
    )
    line = Side("thin", Color(rgb="FF" + paint.line)) if paint.line else None
    return NamedStyle(
        name=str(name),
        font=font,
        fill=PatternFill("solid", fgColor="FF" + paint.fill) if paint.fill else PatternFill(),
        border=Border(bottom=line),
        alignment=Alignment(vertical="center"),
    )


if __name__ == "__main__":
    make(Path(sys.argv[1]))
