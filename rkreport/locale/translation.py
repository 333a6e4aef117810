"""Tells the program's sentences in the reader's language. Knows the catalogue; must not know who says what.

English stands in the code. `id.po` beside this file has the Indonesian for every template and every single text, held
complete by `tests/locale/test_translation.py`.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from typing import Any

from babel.messages.pofile import read_po

from rkreport.core.percent import Percent
from rkreport.locale.wording import Wording, load_words
from rkreport.sentence import Counting, Form, Sentence, Tell, as_written, is_ours

SOURCE_LANGUAGE = "en"
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
    """Texts of one language by their English; numbers and dates in its form."""

    def __init__(self, texts: Mapping[str, str], words: Wording) -> None:
        """Take the catalogue and the forms of numbers and dates."""
        self._texts = texts
        self._words = words
        self._filling = _InItsForm(words)

    def __call__(self, text: str) -> str:
        """Tell a text."""
        if not isinstance(text, Sentence):
            return self._texts.get(text, text)
        if isinstance(text, Form):
            return str(getattr(self._words, text.method)(*text.of))
        template = self._texts.get(text.template, text.template)
        if text.values:
            values = {name: self(one) if is_ours(one) else one for name, one in text.values.items()}
            template = self._filling.vformat(template, (), values)
        return template.rstrip(text.ending) if text.ending else template


class _InItsForm(Counting):
    """Fills values in, in the language's form: 1.234,5 and 31 Okt 2026 09.00."""

    def __init__(self, words: Wording) -> None:
        self._words = words

    def format_field(self, value: Any, format_spec: str) -> str:  # noqa: ANN401 - as of the parent
        if isinstance(value, date) and format_spec:
            day = format_spec.replace("%Y-%m-%d", self._words.date(value).replace("%", "%%"))
            return value.strftime(day.replace("%H:%M", "%H.%M"))
        if isinstance(value, (int, float, Decimal)) and re.search(r"[,.]", format_spec):
            return format(value, format_spec).translate(_SEPARATORS)
        return super().format_field(value, format_spec)
