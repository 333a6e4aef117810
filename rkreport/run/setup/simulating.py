"""Simulate: serves a made-up company through the documented API on loopback, and writes config files for it.

Must not know what a report makes of the company.
"""

import asyncio
import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rkreport.config.people import EXCEPTION_COLUMNS, MANAGER_COLUMNS
from rkreport.errors import OutputError
from rkreport.files import reason_of, write_private_file
from rkreport.run.world import World
from rkreport.simulator.company import Company, make_company
from rkreport.simulator.faults import parse_faults
from rkreport.simulator.server import Simulator
from rkreport.simulator.truth import Overview

CONFIG_NAME = "config.toml"
EVERY_KIND = True  # whether simulate and demo write a config that names online courses and learning plans too


@dataclass(frozen=True, slots=True)
class SimulationOrder:
    """What to simulate. `config_folder` None writes no config files."""

    port: int
    people: int
    courses: int
    batches: int
    assignments: int | None
    online_courses: int
    learning_plans: int
    seed: int
    serial_in_users: bool
    faults: str
    client_id: str
    client_secret: str
    config_folder: Path | None


@dataclass(frozen=True, slots=True)
class Simulation:
    """A running simulated LMS; `config` is None if no config was written."""

    base_url: str
    truth: Overview
    config: Path | None


async def simulate_step(order: SimulationOrder, world: World, listening: Callable[[Simulation], None]) -> None:
    """Serve until cancelled; call `listening` once when the server answers and the config is written.

    Raises:
        ConfigError: the port is in use, or the order is impossible.
        OutputError: the config files cannot be written.
    """
    company = make_company(
        today=world.utc_now().date(),
        people=order.people,
        seed=order.seed,
        courses=order.courses,
        batches=order.batches,
        assignments=order.assignments,
        online_courses=order.online_courses,
        learning_plans=order.learning_plans,
        serial_in_users=order.serial_in_users,
    )
    simulator = Simulator(
        company,
        faults=parse_faults(order.faults),
        client_id=order.client_id,
        client_secret=order.client_secret,
        port=order.port,
    )
    folder = order.config_folder
    async with simulator:
        if folder:
            _make(folder)
            write_simulated_config(folder, company, simulator.base_url, "en", every_kind=EVERY_KIND)
        listening(Simulation(simulator.base_url, company.overview(), folder / CONFIG_NAME if folder else None))
        await asyncio.Event().wait()


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            "The folder {folder} cannot be made: {reason}; name another one with --write-config.",
            folder=folder,
            reason=reason_of(error),
        ) from error


def write_simulated_config(
    folder: Path, company: Company, base_url: str, language: str, *, every_kind: bool = False
) -> None:
    """Write config.toml, managers.csv and exceptions.csv for a made-up company.

    `every_kind` names online courses and learning plans too, else courses with batches alone.
    """
    blocks = _mixed_blocks(company) if every_kind else _batch_blocks(company, company.overview().courses)
    managers = [
        (one.manager_id, one.name, one.email, "", one.language, "", one.organization, "") for one in company.managers
    ]
    excused = [
        (one.employee_id, one.course, str(one.until or ""), one.reason, one.approved_by) for one in company.exceptions
    ]
    _write_csv(folder / "managers.csv", MANAGER_COLUMNS, managers)
    _write_csv(folder / "exceptions.csv", EXCEPTION_COLUMNS, excused)
    text = _CONFIG.format(base_url=base_url, company=company.name, language=language, courses=blocks)
    write_private_file(folder / CONFIG_NAME, text.encode())


def _mixed_blocks(company: Company) -> str:
    """Every plan, and every course of whatever kind that stands in none: a plan stands for its courses."""
    truth = company.overview()
    planned = {one.course.serial for members in company.plans.values() for one in members.plan.courses}
    blocks = _batch_blocks(company, [serial for serial in truth.courses if serial not in planned])
    for one in truth.online:
        if one.course not in planned:
            blocks += f'\n[[courses]]\nserial = "{one.course}"\nkind = "online"\nvalid_for_months = 12\n'
    return blocks + "".join(f'\n[[learning_plans]]\nserial = "{serial}"\n' for serial in truth.plans)


def _batch_blocks(company: Company, courses: Sequence[str]) -> str:
    """A block for each of these courses with batches; the last one has an audience."""
    rules = (
        "due_days_after_session = 14\nvalid_for_months = 12",
        "due_days_after_session = 30",
        "due_days_after_session = 14\nvalid_for_months = 9",
    )
    blocks = "\n".join(
        f'[[courses]]\nserial = "{serial}"\n{rules[number % len(rules)]}\n' for number, serial in enumerate(courses)
    )
    if len(courses) > 1:  # one person must take the last course without a batch; others have a batch and need not
        blocks += f'[courses.audience]\norganizations = ["{company.managers[0].organization}"]\n'
    return blocks


def _write_csv(path: Path, header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    write_private_file(path, text.getvalue().encode("utf-8-sig"))


_CONFIG = """\
# Settings for a simulated LMS with made-up people. Its client id is demo, its client secret demo-secret.
[lms]
base_url = "{base_url}"
requests_per_second = 100

[report]
company = "{company}"
language = "{language}"
timezone = "Asia/Jakarta"
period = "previous-month"
target_percent = 90

{courses}
[managers]
file = "managers.csv"
fallback_email = "ld@contoh.test"

[exceptions]
file = "exceptions.csv"

[mail]
from = "L&D <ld@contoh.test>"
"""
