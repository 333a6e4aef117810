"""Reads TOML, except where its keys nest so deep that it would take minutes. Knows no key."""

import re
import tomllib
from typing import Any

LARGEST_BYTES = 2 * 2**20  # a thousand courses and managers take 300 kB
_MOST_BITS = 1_000  # TOML has 64; a somewhat longer number is told with its key, as any that is too large
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
    found = tomllib.loads(text)
    _check_numbers(found)
    return found


def _check_numbers(found: dict[str, Any]) -> None:
    """Python reads a hexadecimal number of any length, and then cannot write it into a sentence.

    Raises:
        ValueError: a number is far longer than TOML has.
    """
    waiting: list[Any] = [found]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, int) and value.bit_length() > _MOST_BITS:
            raise ValueError("a number of too many digits")
