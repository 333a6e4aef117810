"""A library that is missing or cannot be loaded is told in one sentence, whenever it is first needed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("library", ["typer", "rich", "pydantic_core", "openpyxl", "aiohttp", "jinja2", "tenacity"])
def test_a_library_that_cannot_be_loaded_is_one_sentence(tmp_path: Path, library: str) -> None:
    """`demo` needs each of them, some at the start, some in the middle."""
    (tmp_path / f"{library}.py").write_text("raise ImportError('DLL load failed')", encoding="utf-8")
    path = os.pathsep.join((str(tmp_path), str(_ROOT)))
    command = (sys.executable, "-m", "rkreport", "demo", "--people", "20")

    done = subprocess.run(  # noqa: S603 - our own program
        command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert "Error: The installation of rkreport is damaged: DLL load failed. Install it again" in done.stderr
    assert "Traceback" not in done.stderr
