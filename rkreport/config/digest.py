"""The digest of the admin's decisions, by their meaning, not by how they are written down. Reads no file."""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from rkreport.config.brand_file import BrandFile
from rkreport.config.schema import ConfigFile, GuardsSection
from rkreport.core.models import CourseException
from rkreport.core.routing import Routing
from rkreport.files import sha256_of

_WORKBOOK_END = re.compile(r"\.xlsx$", re.IGNORECASE)


def meaning_digest(
    file: ConfigFile, routing: Routing, exceptions: Iterable[CourseException], brand: BrandFile | None
) -> str:
    """Equal for files that differ only in remarks, blanks, quotes, or the order of keys and of rows.

    A setting that came after a release must not change the digest of an older file: its default is left out.
    """
    # The list of managers is in the routing; where workbooks are made, and how the store is kept, changes none of them.
    said = file.model_dump(mode="json", exclude={"managers": {"list"}, "build": True, "privacy": {"encrypt_store"}})
    if said["lms"]["completion_dates"] == "auto":
        del said["lms"]["completion_dates"]
    if said["guards"]["unmatched_percent"] == GuardsSection().unmatched_percent:
        del said["guards"]["unmatched_percent"]
    if not said["release"]["approval"]:  # switching it on or off wants a new build: no edition goes around its approval
        del said["release"]
    for section in ("managers", "exceptions"):  # a list may change its format without changing what it says
        said[section]["file"] = _WORKBOOK_END.sub(".csv", said[section]["file"] or "") or None
    if not said["learning_plans"]:
        del said["learning_plans"]
    meaning = {
        "file": said,
        "mail_said": sorted(file.mail.model_fields_set),  # a setting that is left out can come from the provider
        "managers": [asdict(manager) for manager in routing.managers],
        "routing": _in_order(asdict(rule) for rule in routing.rules),
        "exceptions": _in_order(asdict(exception) for exception in exceptions),
        "brand": sha256_of(brand.content) if brand else "",
    }
    return sha256_of(json.dumps(meaning, sort_keys=True, default=str).encode())


def _in_order(rows: Iterable[dict[str, Any]]) -> list[str]:
    """Rows sorted by their content, without their line numbers."""
    return sorted(
        json.dumps({name: cell for name, cell in row.items() if name != "line"}, sort_keys=True, default=str)
        for row in rows
    )
