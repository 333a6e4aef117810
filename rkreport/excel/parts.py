"""What ties the parts of a file together, as XML: relations, drawings, the list of all parts. Pure; knows no sheet."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from xml.sax.saxutils import quoteattr

from openpyxl.xml.constants import CHART_NS, CONTYPES_NS, DRAWING_NS, PKG_REL_NS, REL_NS, SHEET_DRAWING_NS

_TYPES = {
    "xml": "application/xml",
    "rels": "application/vnd.openxmlformats-package.relationships+xml",
    "png": "image/png",
    "jpeg": "image/jpeg",
}


class Relation(NamedTuple):
    """That one part uses another: as what, such as `chart`, and where that one stands, such as `/xl/charts/chart1.xml`.

    The relations of a part are known there by their places in the list of them: see `relation_id`.
    """

    kind: str
    path: str


def relation_id(number: int) -> str:
    """The name of a relation, by its place from 1."""
    return f"rId{number}"


def relations_path(path: str) -> str:
    """Where the relations of a part stand."""
    folder, _, name = path.rpartition("/")
    return f"{folder}/_rels/{name}.rels"


def relations_xml(relations: Iterable[Relation]) -> bytes:
    """The relations of one part."""
    coded = "".join(
        f'<Relationship Id="{relation_id(number)}" Type="{REL_NS}/{kind}" Target={quoteattr(path)}/>'
        for number, (kind, path) in enumerate(relations, 1)
    )
    return f'<Relationships xmlns="{PKG_REL_NS}">{coded}</Relationships>'.encode()


def drawing_xml(anchors: Sequence[str]) -> bytes:
    """A drawing of what stands at these anchors."""
    return (
        f'<wsDr xmlns="{SHEET_DRAWING_NS}" xmlns:a="{DRAWING_NS}" xmlns:c="{CHART_NS}" xmlns:r="{REL_NS}">'
        f"{''.join(anchors)}</wsDr>"
    ).encode()


def content_types_xml(parts: Iterable[tuple[str, str]], extensions: Iterable[str]) -> bytes:
    """The list of parts with their types; what is in none of them has the type of its extension.

    KeyError for an extension of which no type is known.
    """
    coded = [f'<Default Extension="{each}" ContentType="{_TYPES[each]}"/>' for each in extensions]
    coded += [f'<Override PartName={quoteattr(path)} ContentType="{kind}"/>' for path, kind in parts]
    return f'<Types xmlns="{CONTYPES_NS}">{"".join(coded)}</Types>'.encode()
