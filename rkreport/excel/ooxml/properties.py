"""Writes a file's properties: who made it, when, what it is, and our own custom properties.

Knows no sheet; must not name a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from openpyxl.xml.constants import (
    COREPROPS_NS,
    CUSTPROPS_NS,
    DCORE_NS,
    DCTERMS_NS,
    VTYPES_NS,
    XPROPS_NS,
    XSI_NS,
)

from rkreport.core.report.sheets import WorkbookPlan
from rkreport.excel.text import single_line

APPLICATION = "rkreport"
_KEYWORDS = "keywords"  # of a plan's properties: Excel has a separate field for it
_OWN_FORMAT = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"  # marks a custom property
_FIRST_OWN = 2  # lower numbers are reserved


@dataclass(frozen=True, slots=True)
class Properties:
    """A file's properties as clean single-line text; `created` is naive UTC, `own` are custom properties."""

    title: str
    subject: str
    company: str
    keywords: str
    created: datetime
    own: Mapping[str, str]


def properties_of(plan: WorkbookPlan) -> Properties:
    """Return the plan's properties as clean text."""
    own = {single_line(name): single_line(value) for name, value in plan.properties.items() if name != _KEYWORDS}
    return Properties(
        title=single_line(plan.title),
        subject=single_line(plan.subject),
        company=single_line(plan.company),
        keywords=single_line(plan.properties.get(_KEYWORDS, "")),
        created=plan.created,
        own=own,
    )


def core_xml(properties: Properties) -> bytes:
    """Return the standard document properties. The author is the company, never a person."""
    company = escape(properties.company)
    keywords = f"<cp:keywords>{escape(properties.keywords)}</cp:keywords>" if properties.keywords else ""
    times = "".join(
        f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{properties.created:%Y-%m-%dT%H:%M:%SZ}</dcterms:{name}>'
        for name in ("created", "modified")
    )
    return (
        f'<cp:coreProperties xmlns:cp="{COREPROPS_NS}" xmlns:dc="{DCORE_NS}" xmlns:dcterms="{DCTERMS_NS}"'
        f' xmlns:xsi="{XSI_NS}"><dc:creator>{company}</dc:creator><dc:title>{escape(properties.title)}</dc:title>'
        f"<dc:subject>{escape(properties.subject)}</dc:subject>{times}{keywords}"
        f"<cp:lastModifiedBy>{company}</cp:lastModifiedBy></cp:coreProperties>"
    ).encode()


def application_xml(properties: Properties) -> bytes:
    """Return the application's properties: the program and the company."""
    return (
        f'<Properties xmlns="{XPROPS_NS}"><Application>{APPLICATION}</Application>'
        f"<Company>{escape(properties.company)}</Company></Properties>"
    ).encode()


def own_xml(properties: Properties) -> bytes:
    """Return the custom properties."""
    coded = "".join(
        f'<property name={quoteattr(name)} fmtid="{_OWN_FORMAT}" pid="{number}">'
        f"<vt:lpwstr>{escape(value)}</vt:lpwstr></property>"
        for number, (name, value) in enumerate(properties.own.items(), _FIRST_OWN)
    )
    return f'<Properties xmlns="{CUSTPROPS_NS}" xmlns:vt="{VTYPES_NS}">{coded}</Properties>'.encode()
