"""The brand: reads the template that the config names. A bad template stops a run before its first request.

Knows where the template is; `rkreport.excel.template` knows what is in it.
"""

from itertools import accumulate
from typing import TYPE_CHECKING

from rkreport.config.brand_file import BrandFile
from rkreport.errors import ConfigError
from rkreport.run.world import Observer
from rkreport.sentence import Sentence, joined

if TYPE_CHECKING:
    from rkreport.excel.look.brand import Brand
    from rkreport.excel.template.reader import BrandReading

_MOST_TOLD = 280  # characters of flaws in one error


def check_brand(brand: BrandFile | None, observer: Observer) -> None:
    """Warn about parts of the brand template that reports will not show.

    Raises:
        ConfigError: the template cannot be used; the message counts its flaws and names the first ones.
    """
    if brand is None:
        return
    for remark in _read(brand).remarks:
        observer.say(Sentence("{path}: {remark}.", path=brand.path, remark=remark))


def brand_of(brand: BrandFile | None) -> "Brand":
    """Return the brand for the workbooks; the built-in one if the config names no template.

    Raises:
        ConfigError: as `check_brand`.
    """
    from rkreport.excel.look.brand import HOUSE  # noqa: PLC0415 - importing openpyxl takes a quarter of a second

    return HOUSE if brand is None else _read(brand).brand or HOUSE


def _read(brand: BrandFile | None) -> "BrandReading":
    from rkreport.excel.template.reader import read_brand  # noqa: PLC0415 - as above

    if brand is None:
        raise ValueError("the config names no template")
    reading = read_brand(brand.content)
    if not reading.flaws:
        return reading
    path, flaws = brand.path, [_shorten(flaw) for flaw in reading.flaws]
    if len(flaws) == 1:
        raise ConfigError("The brand template {path} cannot be used: {flaws}.", path=path, flaws=flaws[0])
    told = [Sentence("({number}) {flaw}.", number=number, flaw=flaw) for number, flaw in enumerate(flaws, start=1)]
    fitting = sum(1 for length in accumulate(len(flaw) + 1 for flaw in told) if length <= _MOST_TOLD) or 1
    more = (
        Sentence(" Mend {more} first.", more=Sentence("these") if fitting > 1 else Sentence("this"))
        if fitting < len(told)
        else ""
    )
    raise ConfigError(
        "The brand template {path} cannot be used, for {flaws} reasons: {told}{more}",
        path=path,
        flaws=len(flaws),
        told=joined(" ", told[:fitting]),
        more=more,
    )


def _shorten(flaw: str) -> str:
    """A flaw may hold the name of a sheet or part, which may be of any length."""
    return flaw if len(flaw) <= _MOST_TOLD else f"{flaw[: _MOST_TOLD - 1]}…"
