"""Checks mail: sender, allowed domains, unreachable managers, and the mail server's login. Shows no address."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

from rkreport.config.inspection import Inspection
from rkreport.config.load import Config
from rkreport.core.mail.addresses import is_allowed
from rkreport.core.mail.delivery import channel_of
from rkreport.errors import ConfigError, RkreportError
from rkreport.run.edition.encrypting import workbook_password
from rkreport.run.setup.checks.value import Check, failed_by, passed, skipped, warning
from rkreport.run.world import World
from rkreport.sentence import Sentence, ours

MailCheck = Callable[[Config, World], Awaitable[str]]
"""Logs in to the mail server and sends nothing; returns what answered, or raises an RkreportError."""

_MOST_NAMED = 5


def check_addresses(inspection: Inspection) -> Iterator[Check]:
    """Check the sender, the allowed domains and the managers' addresses."""
    mail, managers, routing = inspection.mail, inspection.managers, inspection.routing
    if mail is None or managers is None:
        yield skipped("Mail", "not looked at, because [mail] or [managers] cannot be used")
        return
    if not mail.sender and not managers.fallback_email:
        yield warning("Mail", "nobody is named to send from, so no messages are made", ours("write mail.from"))
    else:
        way = Sentence("by SMTP") if channel_of(mail.transport).leaves else "as files into the outbox folder"
        yield passed(
            "Mail",
            Sentence(
                "messages go {way}, from {more}",
                way=way,
                more=Sentence("mail.from") if mail.sender else Sentence("the fallback address"),
            ),
        )
    if mail.allowed_domains is None:
        yield warning(
            "Mail",
            'mail.allowed_domains is missing, and transport = "smtp" needs it',
            "write it, such as your company's own domain",
        )
    if routing is None:
        return
    silent = [manager.manager_id for manager in routing.managers if not manager.email]
    if silent and not inspection.in_managers:  # else an address that was refused would be called missing too
        yield warning(
            "Mail",
            Sentence("{named} without an address: no message for them", named=_named(silent)),
            "write it into the list of managers",
        )
    domains = mail.allowed_domains
    outside = [
        manager.manager_id
        for manager in (*routing.managers, *((routing.fallback,) if routing.fallback else ()))
        if domains and any(one and not is_allowed(one, domains) for one in (manager.email, *manager.cc))
    ]
    if outside:
        yield warning(
            "Mail",
            Sentence(
                "{named} with an address outside mail.allowed_domains: no message for them", named=_named(outside)
            ),
            "correct the address, or allow its domain",
        )


async def log_in_to_mail(config: Config, world: World) -> str:
    """Log in to the real mail server; a `MailCheck`."""
    from rkreport.run.transports import smtp_transport_of  # noqa: PLC0415 - importing aiohttp takes a sixth of a second

    return await smtp_transport_of(config, world).check_login()


async def check_login(inspection: Inspection, world: World, log_in: MailCheck, *, offline: bool) -> Check:
    """Check the login to the mail server, if messages go by SMTP."""
    name = "Mail login"
    mail = inspection.mail
    if mail is None or inspection.config is None:
        return skipped(name, "not tried, because config or lists cannot be used")
    if not channel_of(mail.transport).leaves:
        return passed(name, 'not needed with transport = "outbox"')
    if offline:
        return skipped(name, "not tried offline")
    try:
        return passed(name, await log_in(inspection.config, world))
    except RkreportError as error:
        return failed_by(name, error)


def check_encryption(inspection: Inspection, secrets: Mapping[str, str]) -> Iterator[Check]:
    """Check what encrypted workbooks need, if the config asks for them."""
    name = "Encryption"
    if not inspection.privacy or not inspection.privacy.encrypt_workbooks:
        return
    if inspection.config is None:
        yield skipped(name, "not looked at, because the config cannot be used")
        return
    try:
        workbook_password(inspection.config, secrets)
    except ConfigError as error:
        yield failed_by(name, error)
    else:
        yield passed(name, "workbooks will open with the password that is set, and with no other")


def _named(ids: Sequence[str]) -> str:
    more = Sentence(" and {ids:,} more", ids=len(ids) - _MOST_NAMED) if len(ids) > _MOST_NAMED else ""
    return Sentence(
        "{more} {ids}{more_2}",
        more=Sentence("manager") if len(ids) == 1 else Sentence("managers"),
        ids=", ".join(ids[:_MOST_NAMED]),
        more_2=more,
    )
