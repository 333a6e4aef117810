"""The languages of the reports: one catalogue each, and Babel for dates and numbers."""

from rkreport.locale.wording import LANGUAGES, Wording, load_words

__all__ = ["LANGUAGES", "Wording", "load_words"]
