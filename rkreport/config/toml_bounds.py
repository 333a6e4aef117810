"""Reads TOML, except where its keys nest so deep that it would take minutes. Knows no key."""

import re
import tomllib
from typing import Any

LARGEST_BYTES = 2 * 2**20  # a thousand courses and managers take 300 kB
_DEEP_KEY = re.compile(
    r"""(?<![\w-])(?:(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){20}"""  # a.b.c.d...
)


def loads(text: str) -> dict[str, Any]:
    """The content of a TOML file.

    Raises:
        tomllib.TOMLDecodeError: it is no TOML.
        ValueError, RecursionError: it goes beyond Python's limits, or a dotted key has more than twenty parts: the
            parser's time grows with their square.
    """
    if _DEEP_KEY.search(text):
        raise ValueError("a key of too many parts")
    return tomllib.loads(text)
