"""Keeps the classification label of an organization when openpyxl saves a workbook: it knows no such part."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

_LABEL = b"docMetadata/LabelInfo.xml"
_TYPE = b"http://schemas.microsoft.com/office/2020/02/relationships/classificationlabels"
_ADDED = {
    "[Content_Types].xml": (
        b"</Types>",
        b'<Override PartName="/%b" ContentType="application/vnd.ms-office.classificationlabels+xml"/>' % _LABEL,
    ),
    "_rels/.rels": (
        b"</Relationships>",
        b'<Relationship Id="label" Type="%b" Target="%b"/>' % (_TYPE, _LABEL),
    ),
}


def with_label(content: bytes, original: bytes) -> bytes:
    """A workbook that openpyxl has just saved, with the label of the original, if that has one."""
    with ZipFile(BytesIO(original)) as archive:
        label = archive.read(name) if (name := _LABEL.decode()) in archive.namelist() else None
    if label is None:
        return content
    file = BytesIO()
    with ZipFile(BytesIO(content)) as before, ZipFile(file, "w", ZIP_DEFLATED) as after:
        for entry in before.infolist():
            part = before.read(entry)
            end, added = _ADDED.get(entry.filename, (b"", b""))
            after.writestr(entry.filename, part.replace(end, added + end) if added else part)
        after.writestr(_LABEL.decode(), label)
    return file.getvalue()
