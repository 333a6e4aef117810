"""What a workbook says about its people, as one number: equal numbers, and nobody needs a second message."""

import hashlib

from rkreport.core.report.sheets import TableSheet, WorkbookPlan


def content_sha256(plan: WorkbookPlan) -> str:
    """The SHA-256 of all rows of all tables, with their headers, and of what is said when the data are not complete.

    Not of the rest of the title block, whose times and revision differ every time, nor of the first sheet, which also
    tells how the whole company stands.
    """
    digest = hashlib.sha256(plan.heading.banner.encode())
    for sheet in plan.sheets:
        if isinstance(sheet, TableSheet):
            digest.update(repr((sheet.key, [column.header for column in sheet.table.columns])).encode())
            for row in sheet.table.rows():
                digest.update(repr(row).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
