"""Asks before the first message: how many messages go where, through which server. Shows no address."""

from collections import Counter
from collections.abc import Sequence

from rkreport.config.load import Config
from rkreport.core.compliance import Series, month_text
from rkreport.core.mail.delivery import Delivery, DeliveryState
from rkreport.core.review.send_preview import DOMAINS_NAMED
from rkreport.locale.translation import spoken_words
from rkreport.run.edition.guarding import Ask
from rkreport.run.transports import mail_server_of
from rkreport.sentence import Sentence, joined


def is_agreed(config: Config, series: Series, due: Sequence[Delivery], agree: Ask | None, notice: str = "") -> bool:
    """True if these messages may go.

    Args:
        config: names the mail server. With the outbox nothing leaves this machine, so there is no question.
        series: the month of the messages.
        due: the messages.
        agree: asks a person on a terminal; None if there is no terminal, or the answer is already yes.
        notice: what the person should read before the question.
    """
    if not due or agree is None or not config.channel.leaves:
        return True
    return agree(joined(" ", filter(None, (notice, _question(mail_server_of(config).host or "", series, due)))))


def _question(host: str, series: Series, due: Sequence[Delivery]) -> str:
    counts = Counter(
        domain for row in due for domain in {one.rpartition("@")[2].lower() for one in (row.recipient, *row.cc)}
    )
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    named = [Sentence("{domain} ({count:,})", domain=domain, count=count) for domain, count in ordered[:DOMAINS_NAMED]]
    more = (
        [Sentence("{ordered:,} domains more", ordered=len(ordered) - DOMAINS_NAMED)]
        if len(ordered) > DOMAINS_NAMED
        else []
    )
    again = sum(row.state is DeliveryState.UNKNOWN for row in due)
    doubt = Sentence(" {again:,} of them may have arrived already.", again=again) if again else ""
    messages = Sentence("{due:,} {due:message goes|messages go}", due=len(due))
    return Sentence(
        "{messages} about {month_text} through {host} to {what}.{doubt} To try it on"
        " yourself first, answer no, and say rkreport send --to-me YOUR-ADDRESS. Send now?"
        " [y/N]",
        messages=messages,
        month_text=month_text(series, spoken_words()),
        host=host,
        what=joined(", ", [*named, *more]),
        doubt=doubt,
    )
