"""config.example.toml and the schema say the same."""

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from rkreport.config.schema import (
    ConfigFile,
    CourseSection,
    GuardsSection,
    LmsSection,
    MailSection,
    PrivacySection,
    ReportSection,
    sections_below,
)
from rkreport.run.setup.lists import first_list
from tests.config.workspace import Workspace

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
SAMPLE = re.compile(r"^# (?=\[[a-z_.\[\]]+\]$|[a-z_]+ = )", re.MULTILINE)


@pytest.fixture(scope="module")
def text() -> str:
    """The file as it is shipped."""
    return EXAMPLE.read_text("utf-8")


@pytest.fixture(scope="module")
def uncommented(text: str) -> str:
    """The file with every sample line in use, but for the file of managers, which the list stands for."""
    return SAMPLE.sub("", text).replace('\nfile = "managers.xlsx"', "\n")


def keys_of(value: object, above: str = "") -> set[str]:
    """The dotted keys of all that is not a section; blocks without their numbers."""
    if isinstance(value, dict):
        return set().union(*(keys_of(one, f"{above}.{key}".lstrip(".")) for key, one in value.items()), set())
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return set().union(*(keys_of(one, above) for one in value))
    return {above}


def test_every_key_stands_in_the_example(text: str, uncommented: str) -> None:
    """What the schema knows is in the file, in use or as a sample, and nothing else."""
    schema = {f"{section}.{key}" for section, keys in sections_below(ConfigFile).items() if section for key in keys} - {
        "courses.audience",
        "managers.list",
        "mail.oauth",
    }
    shown = keys_of(tomllib.loads(text)) | keys_of(tomllib.loads(uncommented))
    assert shown == schema


@pytest.mark.parametrize(
    ("name", "section"),
    [
        ("lms", LmsSection),
        ("report", ReportSection),
        ("mail", MailSection),
        ("guards", GuardsSection),
        ("privacy", PrivacySection),
    ],
)
def test_values_shown_are_the_defaults(uncommented: str, name: str, section: type[BaseModel]) -> None:
    """Where leaving a line out means a value, the example shows that value."""
    shown = tomllib.loads(uncommented)[name]
    defaults = {
        field.alias or key: field.default
        for key, field in section.model_fields.items()
        if not field.is_required() and field.default is not None and not isinstance(field.default, BaseModel)
    }
    assert {key: shown[key] for key in defaults} == defaults


def test_way_of_counting_attempts_is_the_default(uncommented: str) -> None:
    """The same for the courses, whose blocks differ."""
    assert {course.get("attempts", "best") for course in tomllib.loads(uncommented)["courses"]} == {"best"}
    assert CourseSection.model_fields["attempts"].default == "best"


def test_example_loads_as_shipped(text: str, workspace: Workspace) -> None:
    """Copied, with the two lists beside it, it is a config."""
    workspace.write("managers.xlsx", first_list("managers", "en"))
    workspace.write("exceptions.xlsx", first_list("exceptions", "en"))
    config = workspace.load(text)
    assert [course.serial for course in config.rules.courses] == ["COURSE-EXAMPLE1", "COURSE-EXAMPLE2"]
    assert all(course.audience is None for course in config.rules.courses)


def test_example_loads_with_all_samples_in_use(uncommented: str, workspace: Workspace) -> None:
    """Each sample line is right as it stands."""
    workspace.write("exceptions.xlsx", first_list("exceptions", "en"))
    workspace.write("brand.xlsx", b"read later")
    config = workspace.load(uncommented)
    first, second = config.rules.courses
    assert first.batches == ("BATCH-EXP-01", "BATCH-EXP-02")
    assert (first.due_days_after_session, second.due_days_after_session) == (None, 14)
    assert second.audience is not None
    assert [manager.cc for manager in config.routing.managers] == [("sekretaris@contoh.test",)]
