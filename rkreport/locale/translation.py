"""Tells the program's sentences in the reader's language. Knows the catalogue; must not know who says what.

English stands in the code. `id.po` beside this file has the Indonesian for every template and every single text, held
complete by `tests/locale/test_translation.py`.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from string import Formatter
from typing import Any

from babel.messages.pofile import read_po

from rkreport.core.percent import Percent
from rkreport.locale.wording import Wording, load_words
from rkreport.sentence import Counting, Form, Sentence, Tell, as_written, is_ours

SOURCE_LANGUAGE = "en"
_WORDS_KNOWN_AGAIN = 3
_SEPARATORS = str.maketrans(",.", ".,")


@lru_cache
def load_translation(language: str) -> Tell:
    """Return what tells sentences in a language.

    Raises:
        ConfigError: there is no catalogue for it.
    """
    words = load_words(language)
    if language == SOURCE_LANGUAGE:
        return as_written
    with resources.files(__package__).joinpath(f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    told = {str(one.id): str(one.string) for one in catalogue if one.id and one.string}
    english = load_words(SOURCE_LANGUAGE).texts
    return Translation({**{english[key]: text for key, text in words.texts.items()}, **told}, words)


def spoken_words() -> Wording:
    """The English wording of what is said on the screen: its texts are sentences, so that they can be told.

    A workbook, page or mail has the wording of its own language.
    """
    words = load_words(SOURCE_LANGUAGE)
    return _Spoken(words.language, words.texts, words.locale)


class _Spoken(Wording):
    def text(self, key: str, **values: str | int) -> str:
        return Sentence(self.texts[key], **values) if values else Sentence(super().text(key))

    def number(self, value: float | Decimal) -> str:
        return Form(super().number(value), "number", (value,))

    def percent(self, value: Percent | None) -> str:
        return Form(super().percent(value), "percent", (value,))

    def date(self, value: date) -> str:
        return Form(super().date(value), "date", (value,))

    def timestamp(self, value: datetime) -> str:
        return Form(super().timestamp(value), "timestamp", (value,))

    def month(self, year: int, month: int) -> str:
        return Form(super().month(year, month), "month", (year, month))

    def short_month(self, year: int, month: int) -> str:
        return Form(super().short_month(year, month), "short_month", (year, month))


class Translation:
    """Texts of one language by their English; numbers and dates in its form.

    A text that was stored, in the ledger say, has lost its template; it is known again by the words of one.
    """

    def __init__(self, texts: Mapping[str, str], words: Wording) -> None:
        """Take the catalogue and the forms of numbers and dates."""
        self._texts = texts
        self._words = words
        self._patterns = _patterns_of(texts)
        self._filling = _InItsForm(words)

    def __call__(self, text: str) -> str:
        """Tell a text."""
        if not isinstance(text, Sentence):
            return self._texts.get(text) or self._known_again(text)
        if isinstance(text, Form):
            return str(getattr(self._words, text.method)(*text.of))
        template = self._texts.get(text.template, text.template)
        if text.values:
            values = {name: self._value(one) for name, one in text.values.items()}
            template = self._filling.vformat(template, (), values)
        return template.rstrip(text.ending) if text.ending else template

    def _value(self, value: object) -> object:
        return self(value) if isinstance(value, str) and is_ours(value) else value

    def _known_again(self, text: str) -> str:
        if not is_ours(text):
            return text
        for words, template, pattern in self._patterns:
            if all(word in text for word in words) and (found := re.fullmatch(pattern, text, re.DOTALL)):
                values = {name: self(value) for name, value in found.groupdict().items()}
                return self._filling.vformat(self._texts[template], (), values)
        return text


def _patterns_of(templates: Iterable[str]) -> list[tuple[list[str], str, str]]:
    """The fixed words of each template, the template with values as they were shown, and its pattern.

    Those with most words come first. A template of few words would know too much again.
    """
    found = []
    for template in templates:
        parts = list(Formatter().parse(template))
        words = [literal for literal, _, _, _ in parts if literal]
        if "|" in template or not any(name for _, name, _, _ in parts):
            continue
        if sum(len(re.findall("[A-Za-z]{2,}", one)) for one in words) < _WORDS_KNOWN_AGAIN or any(
            conversion for *_, conversion in parts
        ):
            continue
        names = [name for _, name, _, _ in parts if name]
        if len(set(names)) == len(names):
            pattern = "".join(
                re.escape(literal) + (f"(?P<{name}>.+?)" if name else "") for literal, name, _, _ in parts
            )
            found.append((words, template, pattern))
    return sorted(found, key=lambda one: -sum(map(len, one[0])))


class _InItsForm(Counting):
    """Fills values in, in the language's form: 1.234,5 and 31 Okt 2026 09.00."""

    def __init__(self, words: Wording) -> None:
        self._words = words

    def format_field(self, value: Any, format_spec: str) -> str:  # noqa: ANN401 - as of the parent
        is_number = isinstance(value, (int, float, Decimal)) or str(value)[:1].isdigit()
        if isinstance(value, str):  # one of a stored text, as it was shown
            return value.translate(_SEPARATORS) if is_number and "," in format_spec else value
        if isinstance(value, date) and format_spec:
            day = format_spec.replace("%Y-%m-%d", self._words.date(value).replace("%", "%%"))
            name = self._words.month(value.year, value.month).partition(" ")[0]
            return value.strftime(day.replace("%H:%M", "%H.%M").replace("%B", name))
        if is_number and re.search(r"[,.]", format_spec):
            return format(value, format_spec).translate(_SEPARATORS)
        return super().format_field(value, format_spec)
