"""A library that is missing or cannot be loaded is told in one sentence, whenever it is first needed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("library", ["typer", "rich", "pydantic_core", "openpyxl", "aiohttp", "jinja2", "tenacity"])
def test_a_library_that_cannot_be_loaded_is_one_sentence(tmp_path: Path, library: str) -> None:
    """`demo` needs each of them, some at the start, some in the middle."""
    (tmp_path / f"{library}.py").write_text("raise ImportError('DLL load failed')", encoding="utf-8")
    program = (
        "import sys; sys.path.insert(0, '')\n"
        "import rkreport.__main__ as it; sys.argv = ['rkreport', 'demo', '--people', '20']; it.main()"
    )

    done = subprocess.run(  # noqa: S603 - our own program
        (sys.executable, "-c", program),
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "Error: The installation of rkreport is damaged: DLL load failed. Install it again" in done.stderr
    assert "Traceback" not in done.stderr
