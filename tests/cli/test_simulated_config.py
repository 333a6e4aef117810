"""The config that `simulate` and the demo write for a made-up company."""

import tomllib
from pathlib import Path
from typing import Any

from rkreport.config.load import load_config
from rkreport.run.setup.simulating import CONFIG_NAME, write_simulated_config
from tests.simulator_fixture import made

URL = "http://127.0.0.1:8800"


def written(folder: Path) -> dict[str, Any]:
    """The config in this folder."""
    return tomllib.loads((folder / CONFIG_NAME).read_text())


def test_courses_with_batches_are_named(tmp_path: Path) -> None:
    """Unless asked for more: every course with batches, no other, and no plan; the program reads it."""
    company = made(online_courses=3, learning_plans=2)
    write_simulated_config(tmp_path, company, URL, "id")
    assert [course["serial"] for course in written(tmp_path)["courses"]] == list(company.overview().courses)
    assert "learning_plans" not in written(tmp_path)
    assert load_config(tmp_path / CONFIG_NAME)


def test_every_kind_can_be_named(tmp_path: Path) -> None:
    """Then each course stands in a block of its own or in a plan, never in both, and each plan stands there."""
    company = made(courses=8, online_courses=3, learning_plans=2)
    write_simulated_config(tmp_path, company, URL, "id", every_kind=True)
    text = written(tmp_path)
    assert tuple(plan["serial"] for plan in text["learning_plans"]) == company.overview().plans
    planned = {one.course.serial for members in company.plans.values() for one in members.plan.courses}
    named = [course["serial"] for course in text["courses"]]
    assert len(named) == len(set(named))
    assert set(named) == set(company.courses) - planned
    assert {course["serial"] for course in text["courses"] if course.get("kind") == "online"} == set(
        company.online
    ) - planned
    assert sum("audience" in course for course in text["courses"]) == 1
