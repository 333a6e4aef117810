"""Writes changes.csv: what changed since the last month-end report, a row per requirement.

Knows the file's name and place; `rkreport.core.changes` knows the rows and their causes.
"""

from pathlib import Path

from rkreport.core.changes.comparison import Comparison
from rkreport.core.changes.table import HEADER, csv_rows
from rkreport.core.compliance import Compliance
from rkreport.core.manifest import BuiltFile
from rkreport.files import csv_bytes, sha256_of, write_private_file

CHANGES = "changes.csv"
KIND = "changes"


def write_changes(folder: Path, compliance: Compliance, comparison: Comparison) -> BuiltFile:
    """Write the file into an edition's folder; the header alone where there is nothing to compare with.

    Raises:
        OutputError: it could not be written.
    """
    content = csv_bytes(HEADER, csv_rows(compliance, comparison))
    write_private_file(folder / CHANGES, content)
    return BuiltFile(CHANGES, KIND, None, len(comparison.changes), sha256_of(content))
