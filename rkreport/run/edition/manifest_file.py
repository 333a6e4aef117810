"""Reads a `manifest.json` that any data folder may have written. Knows its size and its JSON, not its keys."""

import json
import math
from pathlib import Path
from typing import Any

from rkreport.bounds import TooLarge, read_regular

_LARGEST_BYTES = 32 * 2**20  # the largest company's has a quarter of that
_MOST_VALUES = 2_000_000  # 150 MB as objects


def read_manifest(path: Path) -> dict[str, Any]:
    """Return the fields of a manifest.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no manifest: no JSON object, or one that is too large, too deep, or has numbers without end.
    """
    try:
        content = read_regular(path, _LARGEST_BYTES)
    except TooLarge as error:
        raise ValueError(str(path)) from error
    if sum(map(content.count, (b"[", b"{", b","))) > _MOST_VALUES:
        raise ValueError(str(path))
    try:
        found = json.loads(content, parse_float=_finite, parse_constant=_finite)
    except RecursionError as error:
        raise ValueError(str(path)) from error
    if not isinstance(found, dict):
        raise ValueError(str(path))  # noqa: TRY004 - of its content
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number
