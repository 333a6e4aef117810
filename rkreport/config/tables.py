"""Tables as Excel saves them, as CSV (comma, semicolon, tab) or workbook: blank rows, empty columns. Knows no column.

Refuses what Excel leaves in a file after a mistake (`#N/A`, `6,28E+11`, a formula): as an id, such a value would stand
for several people.
"""

import csv
import difflib
import io
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from rkreport.config.text_file import TextFile
from rkreport.config.workbook_file import WorkbookFile
from rkreport.core.list_rows import is_excel_error
from rkreport.errors import ConfigError
from rkreport.sentence import Sentence

LONGEST_VALUE = 1000
MOST_ROWS = 500_000  # with a value: 200 MB as rules or exceptions
MOST_COLUMNS = 1_000
OWN_COLUMN_MARK = "#"  # a column whose name begins with it is the admin's own, and not read

_SEPARATOR_LINE = re.compile(r'"?sep=([,;\t])"?[,;\t]*\r?\n', re.IGNORECASE)
_LINE_BREAKS = re.compile(r"[\t\r\n]+")
_SHORTENED_NUMBER = re.compile(r"\d+([.,]\d+)?E\+\d+", re.IGNORECASE)


ListFile = TextFile | WorkbookFile
"""A list in either format."""

Refuse = Callable[[ConfigError], None]
"""Takes the error of one wrong row. If it does not raise, the row is left out and reading goes on."""


def at_once(error: ConfigError) -> None:
    """Refuse the whole file for its first wrong row."""
    raise error


def row_word(file: ListFile) -> str:
    """What the programs that show a file call the place of a row."""
    return Sentence("row") if isinstance(file, WorkbookFile) else Sentence("line")


def read_table(
    file: ListFile,
    columns: Sequence[str],
    required: Sequence[str],
    refuse: Refuse = at_once,
    may_match_nothing: Collection[str] = (),
) -> Iterator[tuple[int, dict[str, str]]]:
    """First line number and values (trimmed, by column) of each row that is not empty, in any order of columns.

    An error value of Excel is let through in the columns of `may_match_nothing`: such a row means nobody.

    Raises:
        ConfigError: a column is missing or unknown, or a row cannot be read; names file, line and column, no value.
    """
    word = row_word(file)
    header: list[str] | None = None
    for count, (line, cells) in enumerate(rows_of(file)):
        if count > MOST_ROWS:
            raise ConfigError(
                "{path} has more than {most_rows:,} rows; leave out those that nobody needs.",
                path=file.path,
                most_rows=MOST_ROWS,
            )
        if header is None:
            header = _header(file, cells, columns, required)
            continue
        if wrong := next(_wrong_cells(header, cells, may_match_nothing, word), None):
            refuse(
                ConfigError(
                    Sentence("{path}, {word} {line}{wrong}.", path=file.path, word=word, line=line, wrong=wrong)
                )
            )
            continue
        values = dict(zip(header, cells, strict=False))
        yield line, {column: values.get(column, "") for column in columns}
    if header is None:
        raise ConfigError(
            "{path} is empty; its first {word} must name the columns: {columns}.",
            path=file.path,
            word=word,
            columns=",".join(columns),
        )


def rows_of(file: ListFile) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, with their numbers in the file."""
    rows: Iterable[tuple[int, Sequence[str]]] = file.rows if isinstance(file, WorkbookFile) else _lines(file)
    for number, row in rows:
        cells = [_LINE_BREAKS.sub(" ", cell).strip() for cell in row]
        if any(cells):
            yield number, cells


def _lines(file: TextFile) -> Iterator[tuple[int, list[str]]]:
    first = next((line for line in file.text.splitlines() if line.strip()), "")
    said = _SEPARATOR_LINE.match(file.text)  # Excel reads it and does not show it
    separator = said[1] if said else max(",;\t", key=first.count)
    # newline="": the reader itself knows the line ends of all systems, also within quotes.
    reader = csv.reader(io.StringIO(file.text, newline=""), delimiter=separator, strict=True)
    if said:
        next(reader)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problem = (
                "holds a value that is far too long"
                if "limit" in str(error)
                else "a value in double quotes is not closed, or text follows its closing quote"
            )
            raise ConfigError(
                '{path}, line {line}: {problem}; save it again from Excel as "CSV UTF-8".',
                path=file.path,
                line=line,
                problem=problem,
            ) from None
        if len(row) > MOST_COLUMNS:
            raise ConfigError(
                "{path}, line {line}: has more than {most_columns:,} columns; copy the list into a"
                " new file, and save that.",
                path=file.path,
                line=line,
                most_columns=MOST_COLUMNS,
            )
        yield line, row


def _wrong_cells(
    header: Sequence[str], cells: Sequence[str], may_match_nothing: Collection[str], word: str
) -> Iterator[str]:
    """The errors in a row's cells, each as the rest of a sentence that begins with file and line."""
    for number, cell in enumerate(cells, start=1):
        name = header[number - 1] if number <= len(header) else ""
        if cell and not name:
            mend = "put text that holds the separator in double quotes, or " if word == "line" else ""
            yield Sentence(
                ": has a value in column {number}, which has no name in the first {word}; {mend}empty that column",
                number=number,
                word=word,
                mend=mend,
            )
        elif name.startswith(OWN_COLUMN_MARK) or (name in may_match_nothing and is_excel_error(cell)):
            continue
        elif problem := _problem(cell):
            yield Sentence(", {name}: {problem}", name=name, problem=problem)


def _problem(cell: str) -> str | None:
    if len(cell) > LONGEST_VALUE:
        return Sentence("is longer than {longest_value} characters; shorten it", longest_value=LONGEST_VALUE)
    if any(unicodedata.category(character) == "Cc" for character in cell):
        return "holds a character that cannot be seen; write the value again by hand"
    if is_excel_error(cell):
        return "holds an error value of Excel; mend the formula and save the file again"
    if cell.startswith("="):
        return "holds a formula; write its value"
    if _SHORTENED_NUMBER.fullmatch(cell):
        return "is a number that Excel shows shortened or in another form; format the column as Text and write it again"
    return None


def _header(file: ListFile, cells: list[str], columns: Sequence[str], required: Sequence[str]) -> list[str]:
    header = [cell.casefold().replace(" ", "_") for cell in cells]
    missing = next((column for column in required if column not in header), None)
    if missing == required[0]:  # then the line is probably no header, so its other names do not matter
        raise _lacks(file, missing, columns)
    twice = next((name for name in columns if header.count(name) > 1), None)
    if twice:
        raise ConfigError('{path}: has the column "{twice}" twice; remove one of them.', path=file.path, twice=twice)
    own = tuple(name for name in header if name.startswith(OWN_COLUMN_MARK))
    unknown = next((name for name in header if name and name not in (*columns, *own)), None)
    if unknown:
        close = difflib.get_close_matches(unknown, columns, 1)
        hint = (
            Sentence('did you mean "{close}"?', close=close[0])
            if close
            else Sentence("the columns are: {columns}.", columns=",".join(columns))
        )
        raise ConfigError(
            '{path}: has an unknown column "{shown}"; {hint} A column for your own notes has a'
            ' name that begins with {own_column_mark}, such as "{own_column_mark}notes".',
            path=file.path,
            shown=_shown(unknown),
            hint=hint,
            own_column_mark=OWN_COLUMN_MARK,
        )
    if missing:
        raise _lacks(file, missing, columns)
    return header


def _lacks(file: ListFile, column: str, columns: Sequence[str]) -> ConfigError:
    return ConfigError(
        Sentence(
            '{path}: has no column "{column}"; its first {row_word} must be: {columns}.',
            path=file.path,
            column=column,
            row_word=row_word(file),
            columns=",".join(columns),
        )
    )


def _shown(name: str) -> str:
    return "".join(character for character in name[:40] if character.isprintable())
