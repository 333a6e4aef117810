"""The texts of guards: each is one short paragraph, however long the path in it."""

import pytest

from rkreport.core.compliance import Period, Series
from rkreport.core.review.elsewhere import OtherLedger, Source, guards_of_other_ledgers
from rkreport.core.words import LANGUAGES
from rkreport.locale import load_words
from tests import factories


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("source", Source)
def test_what_another_ledger_knows_is_told_briefly(source: Source, language: str) -> None:
    """Under 400 characters with a path of 90, and with what the guard puts around it."""
    other = OtherLedger(source, "/srv/" + "x" * 85, Series(Period(2026, 9)), 12, (factories.delivery(),) * 1_000)
    (guard,) = guards_of_other_ledgers([other])
    assert len(guard.sentence(load_words(language))) < 400
