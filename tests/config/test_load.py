"""config.toml: what is read from it, and the one sentence that refuses each wrong one."""

import hashlib
from datetime import date
from pathlib import Path

import pytest

from rkreport.config.load import load_config
from rkreport.core.models import BatchSerial, CourseKind, CourseSerial
from rkreport.core.rules import Attempts, Audience, CoursePolicy
from rkreport.errors import ConfigError
from rkreport.run.fetch.fetching import plan_digest
from tests.config.workspace import COURSE, REPORT, SMALLEST, Workspace


def test_smallest_config_has_the_promised_defaults(workspace: Workspace) -> None:
    """A company and one course are enough; all else has its default."""
    config = workspace.load()
    assert config.settings.lms.base_url == "https://api.ruangkerja.id"
    assert (config.settings.report.language, config.settings.report.period) == ("id", "previous-month")
    assert config.zone.key == "Asia/Jakarta"
    assert config.rules.courses == (CoursePolicy(CourseSerial("COURSE-A")),)
    assert (config.rules.due_soon_days, config.rules.target_percent) == (14, 95)
    assert (config.routing.managers, config.routing.fallback, config.sender) == ((), None, None)


def test_paths_begin_at_the_folder_of_the_config(workspace: Workspace) -> None:
    """It does not matter from which folder the program is called."""
    config = workspace.load(SMALLEST + '[mail]\ntemplates_dir = "own"\n')
    assert config.output_dir == workspace.folder / "reports"
    assert config.data_dir == workspace.folder / "rkreport-data"
    assert config.mail_templates_dir == workspace.folder / "own"


def test_course_with_everything(workspace: Workspace) -> None:
    """Each key of a course arrives in its rule."""
    config = workspace.load(
        REPORT
        + """[[courses]]
serial = "COURSE-A"
batches = ["B-1", "B-2"]
kind = "webinar"
name = "Anti pencucian uang"
due = 2026-12-31
valid_for_months = 36
attempts = "latest"
[courses.audience]
organizations = ["COMPA1"]
tags = ["Frontliner"]
"""
    )
    assert config.rules.courses == (
        CoursePolicy(
            serial=CourseSerial("COURSE-A"),
            batches=(BatchSerial("B-1"), BatchSerial("B-2")),
            kind=CourseKind.WEBINAR,
            name="Anti pencucian uang",
            due=date(2026, 12, 31),
            valid_for_months=36,
            attempts=Attempts.LATEST,
            audience=Audience(("COMPA1",), ("Frontliner",)),
        ),
    )


@pytest.mark.parametrize(
    "content", ["\ufeff" + SMALLEST, SMALLEST.replace("\n", "\r\n")], ids=["byte order mark", "Windows line ends"]
)
def test_what_windows_editors_write_is_read(workspace: Workspace, content: str) -> None:
    """Notepad's byte order mark and line ends do no harm."""
    assert workspace.load(content).settings.report.company == "PT Contoh Sejahtera"


def test_addresses(workspace: Workspace) -> None:
    """Sender, reply address and fallback are parsed; without a sender the fallback's address sends."""
    mail = '[managers]\nfallback_email = "ld@Contoh.test"\n[mail]\nreply_to = "ask@contoh.test"\n'
    config = workspace.load(SMALLEST + mail)
    assert config.sender is not None
    assert (config.sender.name, config.sender.address) == ("", "ld@contoh.test")
    assert config.reply_to == "ask@contoh.test"
    assert config.routing.fallback is not None
    assert config.routing.fallback.email == "ld@contoh.test"
    named = workspace.load(SMALLEST + mail + 'from = "L&D <from@contoh.test>"\n')
    assert named.sender is not None
    assert (named.sender.name, named.sender.address) == ("L&D", "from@contoh.test")


def test_allowed_domains(workspace: Workspace) -> None:
    """Without the key every address is allowed; with it those of the domains, not of what is below them."""
    assert workspace.load().is_allowed("a@anywhere.test")
    config = workspace.load(SMALLEST + '[mail]\nallowed_domains = ["Contoh.test"]\n')
    assert config.is_allowed("a@contoh.test")
    assert not config.is_allowed("a@evil.contoh.test")
    assert not config.is_allowed("a@contoh.test.evil.test")


def test_digest_covers_all_files_and_nothing_else(workspace: Workspace) -> None:
    """The digests change with config.toml and with each CSV file it names; that of the bytes also with a remark."""
    text = SMALLEST + '[managers]\nfile = "m.csv"\n[exceptions]\nfile = "e.csv"\n'
    managers = "manager_id,name,email,cc,language,employee_id,organization,tag\nM-1,Budi,,,,,,\n"
    exceptions = "employee_id,course,until,reason,approved_by\n7,*,,,\n"
    workspace.write("m.csv", managers)
    workspace.write("e.csv", exceptions)
    first, read = workspace.load(text).sha256, workspace.load(text).bytes_sha256
    assert read == hashlib.sha256(f"{text}\0{exceptions}\0{managers}".encode()).hexdigest()
    workspace.write("other.csv", "x")
    assert workspace.load(text).sha256 == first
    assert workspace.load(text + "# a remark\n").bytes_sha256 != read
    digests = {first, workspace.load(text.replace("[managers]", "[lms]\npage_size = 50\n[managers]")).sha256}
    for name, content in (("m.csv", managers + "M-2,Ani\n"), ("e.csv", exceptions + "8,*\n")):
        workspace.write(name, content)
        digests.add(workspace.load(text).sha256)
    assert len(digests) == 4


def test_rules_digest_tells_rules_from_the_rest(workspace: Workspace) -> None:
    """The digest of the rules changes with a rule, not with a setting that judges nobody."""
    first = workspace.load().rules_sha256
    assert workspace.load(SMALLEST + "[lms]\npage_size = 50\n").rules_sha256 == first
    assert workspace.load(SMALLEST + "valid_for_months = 12\n").rules_sha256 != first


# ---- the file as such


def test_missing_file(tmp_path: Path) -> None:
    """A config that is not there: which file, and two ways on."""
    with pytest.raises(ConfigError, match=r"config\.toml does not exist; say rkreport init .* --config"):
        load_config(tmp_path / "config.toml")


def test_folder_as_config(tmp_path: Path) -> None:
    """A folder in place of the file is called one, on Windows too, where the system would speak of rights."""
    with pytest.raises(ConfigError, match="is a folder, not a file"):
        load_config(tmp_path)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "config.toml is empty; delete it, and say rkreport init to write one."),
        (b"# only a remark\n", "config.toml is empty; delete it, and say rkreport init to write one."),
        (SMALLEST.encode("utf-16"), "config.toml is UTF-16 text, not UTF-8; save it as UTF-8 in your editor."),
        (
            '[report]\ncompany = "PT M\u00fcller"'.encode("latin-1"),
            "config.toml, line 2: is not UTF-8; save it as UTF-8 in your editor.",
        ),
        (b"PK\x03\x04\0", "config.toml is an Excel workbook or ZIP file, not a text file; save it as UTF-8 in your"),
        (b"a = " + b"[" * 5000 + b"]" * 5000, "config.toml is no settings file; compare it with config.example.toml."),
        (b".".join([b"a"] * 3000) + b" = 1", "config.toml is no settings file; compare it with config.example.toml."),
        (b"a = " + b"9" * 5000, "config.toml is no settings file; compare it with config.example.toml."),
        (b"a = 0x" + b"f" * 4000, "config.toml is no settings file; compare it with config.example.toml."),
        (
            b"a = [{b = 0o" + b"7" * 9000 + b"}]",
            "config.toml is no settings file; compare it with config.example.toml.",
        ),
        (
            b"[b]\na = [[0b" + b"1" * 20000 + b"]]",
            "config.toml is no settings file; compare it with config.example.toml.",
        ),
    ],
    ids=["empty", "remark", "UTF-16", "Latin-1", "workbook", "brackets", "dots", "digits", "hex", "octal", "binary"],
)
def test_unreadable_files(workspace: Workspace, content: bytes, sentence: str) -> None:
    """What is no settings file at all is told from a mistake in one."""
    assert workspace.refusal(content).startswith(sentence)


def test_huge_file_is_refused_unread(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of the wrong kind is refused by its size before it fills the memory."""
    monkeypatch.setattr("rkreport.config.load.LARGEST_BYTES", 10)
    assert "it cannot be the right file" in workspace.refusal()


@pytest.mark.parametrize(
    ("content", "line", "hint"),
    [
        ('[report\ncompany = "x"', 1, "compare the line"),
        ("[report]\ncompany = PT Contoh", 2, "text stands in straight double quotes"),
        ("[report]\ncompany = \u201cPT\u201d", 2, "replace the curly quotes"),
        ('[report]\noutput_dir = "C:\\Users\\ani"', 2, "in a path write / instead of \\"),
        ('[report]\noutput_dir = "D:\\laporan"', 2, "in a path write / instead of \\"),
        ('[report]\ncompany = "PT\n', 2, "a text must end with a double quote"),
        ('[report]\ncompany = "x"\ncompany = "y"\n', 3, "the same key stands there twice"),
        ('[report]\ncompany = "x"\n[lms]\n[report]\n', 4, "the same section stands there twice"),
        (f"{SMALLEST}due = 31-12-2026\n", 5, "dates are written as 2026-12-31"),
        (f"{SMALLEST}due = 2026-02-30\n", 5, "the day must exist"),
        (f"{SMALLEST}\0", 5, "compare the line"),
        ("[mail]\npassword = hunter2\n", 2, "text stands in straight double quotes"),
        ('[mail]\npassword = "hunter2"\npassword = "hunter2"\n', 3, "the same key stands there twice"),
    ],
)
def test_toml_mistakes_name_line_and_cure(workspace: Workspace, content: str, line: int, hint: str) -> None:
    """A mistake of writing is told by its line and its probable cure, without the text of the line."""
    sentence = workspace.refusal(content)
    assert sentence.startswith(f"config.toml, line {line}: this is not valid TOML; ")
    assert hint in sentence
    assert "hunter2" not in sentence


# ---- keys


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (REPORT + "taget_percent = 95\n" + COURSE, 'report.taget_percent: is an unknown key; did you mean "target_'),
        (SMALLEST + "[mial]\n", 'mial: is an unknown key; did you mean "mail"?'),
        (
            SMALLEST + 'batch = ["B"]\n',
            'courses.1.batch (course "COURSE-A"): is an unknown key; did you mean "batches"',
        ),
        (SMALLEST + '[courses.audience]\ntag = ["x"]\n', 'courses.1.audience.tag (course "COURSE-A"): is an unknown'),
        (SMALLEST + '[[managers.list]]\nmanger_id = "M"\n', "managers.list.1.manger_id: is an unknown key; did you"),
        ('company = "x"\n' + COURSE + REPORT, "company: is an unknown key; it belongs in the section [report]."),
        (
            SMALLEST + '[mail]\nsender = "a@b.test"\n',
            "mail.sender: is an unknown key; the keys here are transport, provider, from",
        ),
        ('[reprot]\ncompany = "x"\n' + COURSE, 'reprot: is an unknown key; did you mean "report"?'),
        (REPORT + '[[course]]\nserial = "x"\n', 'course: is an unknown key; did you mean "courses"?'),
        (REPORT + '[[courses]]\nserail = "x"\n', 'courses.1.serail: is an unknown key; did you mean "serial"?'),
        ("[reprot]\n[mial]\n", 'reprot: is an unknown key; did you mean "report"?'),
        (REPORT, "courses: the section [[courses]] is missing"),
        (COURSE, "report: the section [report] is missing"),
        ("[report]\n" + COURSE, "report.company: is missing"),
        (REPORT + '[[courses]]\nname = "x"\n', "courses.1.serial: is missing"),
    ],
)
def test_unknown_and_missing_keys(workspace: Workspace, content: str, sentence: str) -> None:
    """A key that is wrong, misplaced or missing is named with its section and what was probably meant."""
    assert workspace.refusal(content).startswith(f"config.toml: {sentence}")


def test_a_learning_plan_is_enough(workspace: Workspace) -> None:
    """No course needs to be named beside it."""
    rules = workspace.load(REPORT + '[[learning_plans]]\nserial = "LRPN-1"\n').rules
    assert (rules.courses, rules.plans) == ((), ("LRPN-1",))


def test_newer_settings_change_no_digest_while_they_are_left_out(workspace: Workspace) -> None:
    """As the versions before them wrote them, so that nothing old is called changed; set, they change both."""
    old = workspace.load()
    assert old.sha256 == "7446c85485d15e7dff8b5820ef87aec57e36e108171d20c31e2c5bf063fccdef"
    assert plan_digest(old) == "c4156e5c947995372083ad01dc73d32f474b64800a7d03daf56c74a5b688ffa4"
    assert workspace.load(SMALLEST + '[lms]\ncompletion_dates = "auto"\n').sha256 == old.sha256
    assert workspace.load(SMALLEST + "[guards]\nunmatched_percent = 5.0\n").sha256 == old.sha256
    assert workspace.load(SMALLEST + "[guards]\nunmatched_percent = 6\n").sha256 != old.sha256
    for more in ('[lms]\ncompletion_dates = "off"\n', '[[learning_plans]]\nserial = "P"\n'):
        new = workspace.load(SMALLEST + more)
        assert new.sha256 != old.sha256
        assert plan_digest(new) != plan_digest(old)


def test_the_approval_is_a_decision(workspace: Workspace) -> None:
    """Left out or false it changes no digest; switched on or off it wants a new build, and no new snapshot."""
    old = workspace.load()
    assert workspace.load(SMALLEST + "[release]\napproval = false\n").sha256 == old.sha256
    new = workspace.load(SMALLEST + "[release]\napproval = true\n")
    assert (new.sha256 == old.sha256, new.rules_sha256 == old.rules_sha256) == (False, True)
    assert plan_digest(new) == plan_digest(old)


@pytest.mark.parametrize(
    "content",
    [
        'client_secret = "hunter2"\n' + SMALLEST,
        SMALLEST + '[lms]\nclient_secret = "hunter2"\n',
        SMALLEST + '[lms]\nclientId = "hunter2"\n',
        SMALLEST + '[lms]\napi-key = "hunter2"\n',
        SMALLEST + 'access_token = "hunter2"\n',
        SMALLEST + '[courses.audience]\napi_key = "hunter2"\n',
        SMALLEST + '[[managers.list]]\nmanager_id = "M"\nPassword = "hunter2"\n',
        SMALLEST + '[mail]\npwd = "hunter2"\n',
        SMALLEST + '[mail.password]\nvalue = "hunter2"\n',
        SMALLEST + '[secrets]\nsmtp = "hunter2"\n',
        SMALLEST + '[mail]\nextra = [[{ passphrase = "hunter2" }]]\n',
        "[mail]\npassword = 2\n",
    ],
)
def test_secrets_are_refused_wherever_they_stand(workspace: Workspace, content: str) -> None:
    """A secret in the file is refused first of all, at any depth and in blocks too, and never shown."""
    sentence = workspace.refusal(content)
    assert "secrets do not belong in this file" in sentence
    assert "RKREPORT_CLIENT_SECRET" in sentence
    assert "hunter2" not in sentence


@pytest.mark.parametrize(
    "url",
    [
        "https://user:hunter2@api.ruangkerja.id",
        "https://:hunter2@api.ruangkerja.id",
        "https://hunter2@api.ruangkerja.id",
        "https://api.ruangkerja.id/?token=hunter2",
        "https://api.ruangkerja.id/#hunter2",
        "http://hunter2.ruangkerja.id",
        "http://127.0.0.1.hunter2.id",
        "https://api ruang.hunter2.id",
        "https://hunter2.id:99999",
        "https://[hunter2",
        "ftp://hunter2.id",
        "hunter2.id",
        "",
    ],
)
def test_wrong_addresses_of_the_lms(workspace: Workspace, url: str) -> None:
    """Only https, or http on this machine, and nothing but the address; what was written is not shown."""
    sentence = workspace.refusal(f'{SMALLEST}[lms]\nbase_url = "{url}"\n')
    assert sentence.startswith("config.toml: lms.base_url: ")
    assert "https://" in sentence
    assert "hunter2" not in sentence


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8080", "127.9.9.9", "[::1]:8080"])
def test_http_is_taken_on_loopback(workspace: Workspace, host: str) -> None:
    """The simulator is reached without TLS, since nothing leaves the machine."""
    assert workspace.load(f'{SMALLEST}[lms]\nbase_url = "http://{host}/"\n').settings.lms.base_url == f"http://{host}"


@pytest.mark.parametrize("scheme", ["Bearer hunter2", "Bearer\\r\\nX: hunter2", "x" * 21, "T\u00f6ken"])
def test_token_in_the_scheme_is_refused(workspace: Workspace, scheme: str) -> None:
    """The word before the token is a word: no token beside it, no line break into the next header."""
    sentence = workspace.refusal(f'{SMALLEST}[lms]\nauthorization_scheme = "{scheme}"\n')
    assert 'must be one word such as "Bearer"' in sentence
    assert "hunter2" not in sentence


def test_scheme_may_be_a_word_or_nothing(workspace: Workspace) -> None:
    """`Bearer` and the empty text are taken."""
    for scheme in ("Bearer", ""):
        config = workspace.load(f'{SMALLEST}[lms]\nauthorization_scheme = "{scheme}"\n')
        assert config.settings.lms.authorization_scheme == scheme


MANAGERS = "manager_id,name,email,cc,language,employee_id,organization,tag\n"


@pytest.mark.parametrize(
    ("old", "new", "is_change"),
    [
        ("[managers]", "# a remark\n[managers]", False),
        ("page_size = 50\nmax_attempts = 3", "max_attempts = 3\n\npage_size   =   50", False),
        ("M-1,Budi,b@contoh.test,,,7,,\nM-2,Ani,,,,8,,\n", "M-2,Ani,,,,8,,\nM-1,Budi,b@contoh.test,,,7,,\n", False),
        ("M-2,Ani,,,,8,,\n", "\nM-2;Ani;;;;8;;\n".replace(";", ","), False),
        ("page_size = 50", "page_size = 51", True),
        ("page_size = 50\n", "", True),
        ("M-1,Budi,b@contoh.test,,,7", "M-1,Budi,b@contoh.test,,,8", True),
        ("b@contoh.test", "c@contoh.test", True),
        ("7,*,,,", "7,*,2026-12-31,,", True),
    ],
)
def test_the_digest_is_of_what_is_meant(workspace: Workspace, old: str, new: str, is_change: bool) -> None:  # noqa: FBT001 - an expected value
    """Remarks, blanks, the order of keys and of rows change nothing; any value does."""
    texts = {
        "config.toml": SMALLEST
        + "[lms]\npage_size = 50\nmax_attempts = 3\n"
        + '[managers]\nfile = "m.csv"\n[exceptions]\nfile = "e.csv"\n',
        "m.csv": MANAGERS + "M-1,Budi,b@contoh.test,,,7,,\nM-2,Ani,,,,8,,\n",
        "e.csv": "employee_id,course,until,reason,approved_by\n7,*,,,\n8,*,,,\n",
    }

    def digest() -> str:
        for name, text in texts.items():
            workspace.write(name, text)
        return workspace.load(texts["config.toml"]).sha256

    before = digest()
    assert any(old in text for text in texts.values())
    texts = {name: text.replace(old, new, 1) for name, text in texts.items()}
    assert (digest() != before) is is_change


def test_the_brand_template_is_read_once(workspace: Workspace) -> None:
    """Its bytes are kept as they were read, from beside the config, and the digest of the configuration covers them."""
    text = SMALLEST.replace("[report]\n", '[report]\ntemplate = "brand.xlsx"\n')
    workspace.write("brand.xlsx", b"first")
    config = workspace.load(text)
    assert config.brand is not None
    assert (config.brand.path, config.brand.content) == (workspace.folder / "brand.xlsx", b"first")
    assert "first" not in repr(config)
    workspace.write("brand.xlsx", b"second")
    assert workspace.load(text).sha256 != config.sha256
    assert workspace.load().brand is None


def test_a_brand_template_that_cannot_be_read(workspace: Workspace) -> None:
    """Missing, a folder, or far too large: one sentence each."""
    text = SMALLEST.replace("[report]\n", '[report]\ntemplate = "brand.xlsx"\n')
    missing = "brand.xlsx does not exist; correct report.template, or remove the line for the usual look."
    assert workspace.refusal(text) == missing
    with (workspace.folder / "brand.xlsx").open("wb") as large:
        large.truncate(21 * 1024 * 1024)
    assert workspace.refusal(text) == "brand.xlsx is larger than 20 MB; it cannot be the brand template."
    (workspace.folder / "brand.xlsx").unlink()
    (workspace.folder / "brand.xlsx").mkdir()
    assert workspace.refusal(text) == "brand.xlsx is a folder, not a file; write the name of the brand template."
