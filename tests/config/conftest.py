"""The folder that the config tests write into."""

from pathlib import Path

import pytest

from tests.config.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty folder."""
    return Workspace(tmp_path)
