"""A folder with a config for a small LMS of the documentation's shape, and calls of the command in it."""

from typing import Any

from tests.cli.program import Workspace
from tests.plain_lms import PlainLms

CONFIG = """\
[lms]
base_url = "{base_url}"
requests_per_second = 1000
page_size = {page_size}
max_attempts = 3
[report]
company = "PT Contoh"
language = "en"
[[courses]]
serial = "C-1"
{course}
[managers]
file = "managers.csv"
fallback_email = "ld@contoh.test"
[mail]
allowed_domains = ["contoh.test"]
"""
MANAGERS = """\
manager_id,name,email,cc,language,employee_id,organization,tag
M-1,Ibu Satu,satu@contoh.test,,,,U-LOW,
M-2,Ibu Dua,dua@contoh.test,,,,U-OTHER,
"""


class PlainOffice(Workspace):
    """A folder with a config for a plain server."""

    def set_up(self, lms: PlainLms, course: str = "", page_size: int = 100) -> None:
        """Write config and managers."""
        text = CONFIG.format(base_url=lms.base_url, course=course, page_size=page_size)
        self.config.write_text(text, "utf-8")
        (self.folder / "managers.csv").write_text(MANAGERS, "utf-8")

    def run(self, lms: PlainLms, course: str = "", page_size: int = 100) -> dict[str, Any]:
        """Fetch and build; the manifest."""
        self.set_up(lms, course, page_size)
        outcome = self.rkreport("run", "--json")
        assert outcome.code == 0, outcome.err
        assert "Traceback" not in outcome.err
        return self.manifest


def rate(manifest: dict[str, Any]) -> tuple[int, int]:
    """Compliant and counted."""
    return manifest["rate"]["compliant"], manifest["rate"]["counted"]
