"""TOML that rkreport writes is TOML that it reads, whatever the LMS calls its courses."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rkreport.config.config_writer import CourseDraft, Draft, course_block, draft_config, toml_list, toml_string
from rkreport.config.load import Config
from rkreport.run.setup.lists import first_list
from tests.config.workspace import Workspace

EXAMPLE = (Path(__file__).parents[2] / "config.example.toml").read_text("utf-8")
HOSTILE = 'A "b" \\ c\r\n[[courses]]\nserial = "X"\t\x00\x1b[31m\x7f\u2028\u202e \U0001f680 é'
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
SMALLEST = Draft("PT Maju", "en", "Asia/Jayapura", "https://lms.contoh.test")


def loaded(workspace: Workspace, draft: Draft) -> Config:
    """The config that a draft becomes, with the files beside it."""
    workspace.write("managers.xlsx", first_list("managers", "en"))
    workspace.write("exceptions.xlsx", first_list("exceptions", "en"))
    return workspace.load(draft_config(EXAMPLE, draft))


@given(text=TEXTS, ascii_only=st.booleans())
@example(text=HOSTILE, ascii_only=False)
def test_a_string_is_read_back(text: str, *, ascii_only: bool) -> None:
    """Every text comes back as it was, from one line in which nothing is hidden."""
    written = toml_string(text, ascii_only=ascii_only)
    assert tomllib.loads(f"a = {written}")["a"] == text
    assert written.isprintable()
    assert written.isascii() or not ascii_only


def test_half_a_character_is_no_failure() -> None:
    """JSON can bring what no UTF-8 file can hold."""
    assert tomllib.loads(f"a = {toml_string('x' + chr(0xD800))}") == {"a": "x?"}


@given(TEXTS, TEXTS, st.lists(TEXTS, min_size=1, max_size=3))
@example(HOSTILE, HOSTILE, [HOSTILE])
def test_a_block_is_read_back(serial: str, name: str, batches: list[str]) -> None:
    """One course and nothing but its serial; with the samples in use, its name and batches too."""
    block = course_block(CourseDraft(serial, name), "webinar, 1 batch", batches)
    assert tomllib.loads(block) == {"courses": [{"serial": serial}]}
    used = re.sub(r"^# (?=name|batches)", "", block, flags=re.MULTILINE)
    assert tomllib.loads(used) == {"courses": [{"serial": serial, "name": name, "batches": batches}]}


@given(st.lists(TEXTS, max_size=4))
def test_a_list_is_read_back(texts: list[str]) -> None:
    """As the single strings."""
    assert tomllib.loads(f"a = {toml_list(texts)}")["a"] == texts


def test_the_smallest_draft_is_a_config(workspace: Workspace) -> None:
    """What was not answered is a sample that does nothing, and one course that is only a sample is there."""
    config = loaded(workspace, SMALLEST)
    report = config.settings.report
    assert (report.company, report.language, report.timezone) == ("PT Maju", "en", "Asia/Jayapura")
    assert config.settings.lms.base_url == "https://lms.contoh.test"
    assert [course.serial for course in config.rules.courses] == ["COURSE-EXAMPLE1"]
    assert (config.sender, config.routing.fallback, config.settings.mail.allowed_domains) == (None, None, None)
    assert config.settings.mail.host is None


def test_all_answers_stand_in_the_config(workspace: Workspace) -> None:
    """Each answer is what the program reads, however hostile the names of the courses are."""
    courses = (CourseDraft("C-1", HOSTILE), CourseDraft("C-2", HOSTILE * 20), CourseDraft("C-3"))
    draft = Draft(
        company='PT "Maju" \\ Jaya é',
        language="id",
        timezone="Asia/Jakarta",
        base_url="https://lms.contoh.test",
        courses=courses,
        fallback_email="ld@contoh.test",
        allowed_domains=("contoh.test", "cabang.contoh.test"),
        sender="L&D <ld@contoh.test>",
        reply_to="balas@contoh.test",
        template="brand.xlsx",
    )
    workspace.write("brand.xlsx", b"read later")
    config = loaded(workspace, draft)
    assert config.settings.report.company == 'PT "Maju" \\ Jaya é'
    assert [course.serial for course in config.rules.courses] == ["C-1", "C-2", "C-3"]
    assert config.settings.mail.allowed_domains == ("contoh.test", "cabang.contoh.test")
    assert config.sender is not None
    assert (config.sender.name, config.sender.address, config.reply_to) == (
        "L&D",
        "ld@contoh.test",
        "balas@contoh.test",
    )
    assert config.routing.fallback is not None
    assert config.brand is not None


@pytest.mark.parametrize("courses", [(), (CourseDraft("C-1"), CourseDraft("C-2"))])
def test_every_key_stays_explained(courses: tuple[CourseDraft, ...]) -> None:
    """Every key of the example and every remark beside one stands in the draft, in use or as a sample."""
    key = re.compile(r"^(?:# )?([a-z_]+) = .*?(?:# (.*))?$", re.MULTILINE)
    explained = {found for found in key.findall(EXAMPLE) if found[0] != "serial"}
    assert len(explained) > 45
    draft = draft_config(EXAMPLE, Draft("PT Maju", "id", "Asia/Jakarta", "https://api.ruangkerja.id", courses))
    assert explained - set(key.findall(draft)) == set()


def test_another_example_is_a_mistake() -> None:
    """An example that has changed its wording must not lose an answer unseen."""
    with pytest.raises(ValueError, match="no line"):
        draft_config(EXAMPLE.replace("\ncompany =", "\nfirm ="), SMALLEST)
