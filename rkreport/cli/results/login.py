"""The results of login, and their JSON form. Names of secrets, never the secrets."""

from collections.abc import Mapping, Sequence
from typing import Any

from rkreport.sentence import Sentence

Result = tuple[str, list[tuple[str, str]], dict[str, Any]]
"""A title, its rows, and the JSON document."""


def kept_secrets(kept: Mapping[str, str], keyring: str, overriding: Sequence[str]) -> Result:
    """Return what was kept and what took it, and the variables that win over it."""
    rows = [
        (name, Sentence("kept; {tried_on} takes it", tried_on=tried_on) if tried_on else "kept")
        for name, tried_on in kept.items()
    ]
    rows += [(variable, "is set as well, and wins over the keyring") for variable in overriding]
    return (
        Sentence("Kept in {keyring}.", keyring=keyring),
        [*rows, ("Next", "rkreport doctor")],
        {"kept": list(kept), "keyring": keyring},
    )


def deleted_secrets(deleted: Sequence[str], keyring: str) -> Result:
    """Return what was deleted."""
    title = (
        Sentence("Deleted from {keyring}.", keyring=keyring)
        if deleted
        else Sentence("{keyring} held none.", keyring=keyring)
    )
    rows = [(name, "deleted") for name in deleted] or [("Secrets", "none of rkreport")]
    return title, rows, {"deleted": list(deleted), "keyring": keyring}
