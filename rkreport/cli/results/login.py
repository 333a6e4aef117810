"""The results of login, and their JSON form. Names of secrets, never the secrets."""

from collections.abc import Mapping, Sequence
from typing import Any

Result = tuple[str, list[tuple[str, str]], dict[str, Any]]
"""A title, its rows, and the JSON document."""


def kept_secrets(kept: Mapping[str, str], keyring: str, overriding: Sequence[str]) -> Result:
    """Return what was kept and what took it, and the variables that win over it."""
    rows = [(name, f"kept; {tried_on} takes it" if tried_on else "kept") for name, tried_on in kept.items()]
    rows += [(variable, "is set as well, and wins over the keyring") for variable in overriding]
    return f"Kept in {keyring}.", [*rows, ("Next", "rkreport doctor")], {"kept": list(kept), "keyring": keyring}


def deleted_secrets(deleted: Sequence[str], keyring: str) -> Result:
    """Return what was deleted."""
    title = f"Deleted from {keyring}." if deleted else f"{keyring} held none."
    rows = [(name, "deleted") for name in deleted] or [("Secrets", "none of rkreport")]
    return title, rows, {"deleted": list(deleted), "keyring": keyring}
