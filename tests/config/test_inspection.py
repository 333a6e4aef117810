"""A config is looked at past its first mistake."""

import pytest

from rkreport.config.inspection import inspect_config, read_lms_and_report
from rkreport.errors import ConfigError
from tests.config.workspace import COURSE, REPORT, Workspace

MANAGERS = "manager_id,name,email,cc,language,employee_id,organization,tag\n"
EXCEPTIONS = "employee_id,course,until,reason,approved_by\n"


def test_every_problem_is_named(workspace: Workspace) -> None:
    """Wrong keys, a secret, wrong addresses and wrong rows of both CSV files: all at once, each once."""
    workspace.write(
        "managers.csv", f"{MANAGERS}M-1,A,no-address,,,,U,\nM-2,B,b@contoh.test,,fr,,U,\n,C,,,,,U,\n#N/A,D,,,,7,,\n"
    )
    workspace.write("exceptions.csv", f"{EXCEPTIONS}1,*,31/12/26,,\n,*,,,\n3,*,2026-12-31,,\n")
    path = workspace.write(
        "config.toml",
        '[lms]\npage_size = 500\nclient_secret = "abc"\n[report]\ncompany = "PT Contoh"\nlanguage = "fr"\ntaget = 1\n'
        '[[courses]]\nserial = "C-1"\n[[courses]]\nserial = "C-2"\ndue = "soon"\n'
        '[managers]\nfile = "managers.csv"\n[exceptions]\nfile = "exceptions.csv"\n[mail]\nreply_to = "nobody"\n',
    )
    found = inspect_config(path)
    said = "\n".join(found.in_file)
    wanted = (
        "client_secret: secrets",
        "page_size: must",
        "language: must",
        "taget: is an unknown",
        "courses.2.due",
        "mail.reply_to: needs",
    )
    assert [words for words in wanted if said.count(words) != 1] == []
    assert len(found.in_file) == len(wanted)
    assert [sentence.partition(": ")[0].rpartition("line ")[2] for sentence in found.in_managers] == [
        "2, email",
        "3, language",
        "4",
        "5, manager_id",
    ]
    assert [sentence.partition(": ")[0].rpartition("line ")[2] for sentence in found.in_exceptions] == ["2, until", "3"]
    assert (found.exceptions, found.config, found.lms, found.report) == (1, None, None, None)
    assert [course.serial for course in found.courses] == ["C-1"]
    assert "abc" not in said
    assert "no-address" not in "".join(found.in_managers)


def test_very_many_wrong_rows_are_counted_and_not_kept(workspace: Workspace) -> None:
    """A list without a right row is as many mistakes as rows; the first are told."""
    workspace.write("managers.csv", MANAGERS + "M,N,x,,,,U,\n" * 2_000)
    workspace.write("exceptions.csv", EXCEPTIONS + "1,*,31/12/26,a,b\n" * 2_000)
    lists = '[managers]\nfile = "managers.csv"\n[exceptions]\nfile = "exceptions.csv"\n'
    found = inspect_config(workspace.write("config.toml", REPORT + COURSE + lists))
    for told in (found.in_managers, found.in_exceptions):
        assert (len(told), len(list(filter(None, told))), all(told[:500])) == (2_000, 500, True)


def test_what_is_right_is_the_config(workspace: Workspace) -> None:
    """Where nothing is wrong, there is the whole."""
    found = inspect_config(workspace.write("config.toml", REPORT + COURSE))
    assert found.config is not None
    assert (found.in_file, found.in_managers, found.in_exceptions, found.in_brand) == ((), (), (), ())


@pytest.mark.parametrize("content", [None, "", "no = toml = at all", "a = " + "[" * 3000])
def test_what_cannot_be_read_is_one_problem(workspace: Workspace, content: str | None) -> None:
    """A file that is missing or no TOML is one sentence, and nothing of it is used."""
    if content is not None:
        workspace.write("config.toml", content)
    found = inspect_config(workspace.folder / "config.toml")
    assert len(found.in_file) == 1
    assert (found.lms, found.report, found.mail, found.routing, found.config) == (None, None, None, None, None)


def test_files_that_are_missing(workspace: Workspace) -> None:
    """Each missing file is a problem of its own."""
    text = REPORT + 'template = "b.xlsx"\n' + COURSE + '[managers]\nfile = "m.csv"\n[exceptions]\nfile = "e.csv"\n'
    found = inspect_config(workspace.write("config.toml", text))
    for name, problems in (("m.csv", found.in_managers), ("e.csv", found.in_exceptions), ("b.xlsx", found.in_brand)):
        assert len(problems) == 1
        assert f"{name} does not exist" in problems[0]


def test_looking_around_needs_two_sections(workspace: Workspace) -> None:
    """Whatever stands in the others; these two must be right."""
    path = workspace.write("config.toml", REPORT + '[[courses]]\nserial = 3\n[mail]\nport = "x"\n')
    lms, report = read_lms_and_report(path)
    assert (lms.page_size, report.company) == (100, "PT Contoh Sejahtera")
    workspace.write("config.toml", "[lms]\npage_size = 0\n" + REPORT)
    with pytest.raises(ConfigError, match=r"config\.toml: lms\.page_size: must be at least 1"):
        read_lms_and_report(path)
    workspace.write("config.toml", '[lms]\ntoken = "abc"\n' + REPORT)
    with pytest.raises(ConfigError, match=r"lms\.token: secrets do not belong"):
        read_lms_and_report(path)
