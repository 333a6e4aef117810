"""A sentence that can still be told in another language. Knows no other module and no language.

The English text stands where it is said. `rkreport.locale.translation` tells it in the reader's language on the screen
and in the admin's mail; logs and JSON have it in English.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import reduce
from string import Formatter
from typing import Any, Self

Tell = Callable[[str], str]
"""Returns a text in the reader's language; one that the catalogue does not have stays as it is."""

_BLANKS_OF_A_PHRASE = 2
_KEPT = (str, int, float, Decimal, date)


class Counting(Formatter):
    """`str.format` with `{count:one|many}`: the word for one, or for any other number."""

    def format_field(self, value: Any, format_spec: str) -> str:  # noqa: ANN401 - as of the parent
        """Return the value in its format, or the word that goes with it."""
        one, choice, many = format_spec.partition("|")
        if choice:
            return one if str(value) == "1" else many
        return str(super().format_field(value, format_spec))


_COUNTING = Counting()


def filled(template: str, values: Mapping[str, Any]) -> str:
    """Return the template with its values.

    Raises:
        KeyError: a placeholder has no value.
    """
    return _COUNTING.vformat(template, (), values) if "|" in template else template.format(**values)


class Sentence(str):
    """English text that remembers its template and values; everywhere else it is a `str`.

    `Sentence("{path} has {rows:,} {rows:row|rows}.", path=path, rows=3)`. Values may be sentences, and errors that say
    one. Without values the template is the text, braces and all.
    """

    __slots__ = ("ending", "template", "values")
    template: str
    values: Mapping[str, Any]
    ending: str  # characters that are left out at its end, in every language

    def __new__(cls, template: str, /, **values: object) -> Self:
        """Fill in the values; a sentence without any stays the sentence that it is."""
        if isinstance(template, cls) and not values:
            return template
        kept = {name: _kept(value) for name, value in values.items()}
        self = super().__new__(cls, filled(template, kept) if kept else template)
        self.template, self.values, self.ending = template, kept, ""
        return self

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        """Give a worker's error to the parent with all that it knows."""
        return (self.template,), dict(self.values)

    def __add__(self, other: str) -> "Sentence":
        """Go on with other text."""
        return joined("", (self, other))

    def __radd__(self, other: str) -> "Sentence":
        """Stand behind other text."""
        return joined("", (other, self))

    def removesuffix(self, suffix: str) -> "Sentence":
        """Leave out its end: a single character, such as a full stop, in every language; more of them in English."""
        return self.rstrip(suffix) if len(suffix) == 1 else Sentence(str.removesuffix(self, suffix))

    def rstrip(self, characters: str | None = None) -> "Sentence":
        """Leave out characters at the end, such as a full stop where the sentence goes on."""
        ended = joined("", (self,))
        stripped = str.__new__(Sentence, str.rstrip(self, characters))
        stripped.template, stripped.values, stripped.ending = ended.template, ended.values, characters or " "
        return stripped


class Form(Sentence):
    """A number, share or date that each language writes its own way, with the method of `Words` that does."""

    __slots__ = ("method", "of")
    method: str
    of: tuple[Any, ...]

    def __new__(cls, english: str, method: str = "", of: tuple[Any, ...] = ()) -> Self:
        """Keep what it is made of beside the English."""
        self = super().__new__(cls, english)
        self.method, self.of = method, of
        return self

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Keep it whole on the way to another process."""
        return (self.template, self.method, self.of), {}


def is_ours(value: object) -> bool:
    """Whether a value may be told in another language: a unit called *Messages* must not be, three words of it may."""
    return isinstance(value, Sentence) or (isinstance(value, str) and value.count(" ") >= _BLANKS_OF_A_PHRASE)


def ours(text: str) -> Sentence:
    """Return a text of the program that has no values, so that it is told in the reader's language as a value too."""
    return Sentence(text)


def all_of(parts: Iterable[str]) -> str:
    """Return `a and b`."""
    return _linked("{first} and {last}", parts)


def one_of(parts: Iterable[str]) -> str:
    """Return `a or b`."""
    return _linked("{first} or {last}", parts)


def _linked(template: str, parts: Iterable[str]) -> str:
    return (
        reduce(lambda first, last: Sentence(template, first=first, last=last), parts) if (parts := list(parts)) else ""
    )


def joined(separator: str, parts: Iterable[str]) -> Sentence:
    """Return parts with a separator between them, such as `, `; it must hold no words."""
    values = {f"part_{number}": part for number, part in enumerate(parts)}
    between = separator.replace("{", "{{").replace("}", "}}")
    return Sentence(between.join(f"{{{name}}}" for name in values), **values)


def as_written(text: str) -> str:
    """Tell in English: as the code says it."""
    return text


def _kept(value: object) -> object:
    """The value as it can be told, compared and sent to another process."""
    if isinstance(value, BaseException) and value.args and isinstance(value.args[0], str):
        return value.args[0]
    if isinstance(value, StrEnum):  # a state or kind of ours, never a name from outside
        return Sentence(value.value)
    return value if type(value) in {*_KEPT, Sentence, Form} or isinstance(value, (date, float, int)) else str(value)
