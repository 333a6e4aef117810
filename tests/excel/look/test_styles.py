"""What can be read without colour, and with weak eyes."""

from rkreport.core.models import Status
from rkreport.core.report.labels import STATUS_SYMBOLS
from rkreport.excel.look import styles
from tests.excel.contrast import contrast


def test_every_status_is_readable() -> None:
    """Each status has its own symbol and a contrast of 7:1 or more on its fill, on white and on a stripe."""
    assert set(styles.STATUS_LOOKS) == set(Status)
    assert {*STATUS_SYMBOLS} == set(Status)
    assert len({*STATUS_SYMBOLS.values()}) == len(Status)
    for look in styles.STATUS_LOOKS.values():
        assert all(
            contrast(look.color, fill) >= 7 for fill in ((look.fill,) if look.fill else ("FFFFFF", styles.STRIPE))
        )


def test_every_text_is_readable() -> None:
    """Titles, headers, banner, links, footnotes and inputs have a contrast of 7:1 or more."""
    looks = (styles.TITLE, styles.SUBTITLE, styles.BANNER, styles.LINK, styles.HEADER, styles.BODY, styles.FOOTNOTE)
    assert all(contrast(look.color, look.fill or "FFFFFF") >= 7 for look in looks)
    on_fills = ((styles.INK, styles.INPUT), (styles.MUTED, styles.CARD), (styles.NAVY, styles.CARD))
    assert all(contrast(text, fill) >= 7 for text, fill in on_fills)


def test_parts_of_charts_differ() -> None:
    """No two statuses have the same colour in a chart."""
    assert len({look.chart for look in styles.STATUS_LOOKS.values()}) == len(Status)
