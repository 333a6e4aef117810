"""The languages of the reports: one catalogue each, and Babel for dates and numbers.

Must not know what a text is for.
"""

from rkreport.locale.wording import Wording, load_words

__all__ = ["Wording", "load_words"]
