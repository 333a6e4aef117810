"""Doctor: runs every check, in the order in which an admin can fix them. A failed check stops no other."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rkreport.config.inspection import Inspection, inspect_config
from rkreport.run.setup.checks.config import check_brand_template, check_files, check_mail_templates, check_secrets
from rkreport.run.setup.checks.disk import check_clock, check_folders, check_space
from rkreport.run.setup.checks.mail import MailCheck, check_addresses, check_encryption, check_login, log_in_to_mail
from rkreport.run.setup.checks.places import known_mounts
from rkreport.run.setup.checks.traces import check_audit_trail, check_release, check_store_key
from rkreport.run.setup.checks.value import Check, LmsChecks, skipped
from rkreport.run.world import World


@dataclass(frozen=True, slots=True)
class DoctorOrder:
    """What to check. `environ` locates cloud drives; `secrets_problem` is the error of reading the secrets."""

    config: Path
    offline: bool
    environ: Mapping[str, str]
    secrets_problem: str = ""


async def doctor_step(order: DoctorOrder, world: World, mail_check: MailCheck = log_in_to_mail) -> tuple[Check, ...]:
    """Run all checks; make no request if offline. An error that an admin can fix becomes a failed check."""
    inspection = inspect_config(order.config)
    lms = await _lms(order, inspection, world)
    return (
        *check_files(inspection, world.utc_now().date()),
        check_secrets(world.secrets, order.secrets_problem),
        *lms.checks,
        check_clock(inspection, world.utc_now(), lms.server_time),
        *check_folders(inspection, order.environ, known_mounts(), world.utc_now()),
        *check_audit_trail(inspection),
        *check_space(inspection, lms.learners),
        *check_brand_template(inspection),
        *check_mail_templates(inspection),
        *check_addresses(inspection),
        await check_login(inspection, world, mail_check, offline=order.offline),
        *check_encryption(inspection, world.secrets),
        *check_store_key(inspection, world.secrets),
        *check_release(inspection),
    )


async def _lms(order: DoctorOrder, inspection: Inspection, world: World) -> LmsChecks:
    if order.offline:
        return LmsChecks((skipped("LMS login", "not tried offline"), skipped("Courses", "not looked at offline")))
    from rkreport.run.setup.checks.lms import check_lms  # noqa: PLC0415 - importing aiohttp takes a sixth of a second

    return await check_lms(inspection, world)
