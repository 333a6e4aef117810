"""A folder with a config and its CSV files, and what reading it says."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from rkreport.config.load import Config, load_config
from rkreport.errors import ConfigError

REPORT = '[report]\ncompany = "PT Contoh Sejahtera"\n'
COURSE = '[[courses]]\nserial = "COURSE-A"\n'
SMALLEST = REPORT + COURSE


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folder of one test."""

    folder: Path

    def write(self, name: str, content: str | bytes) -> Path:
        """Put a file into the folder, text as UTF-8 with its line ends as they are."""
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def load(self, content: str | bytes = SMALLEST) -> Config:
        """Read this as config.toml."""
        return load_config(self.write("config.toml", content))

    def refusal(self, content: str | bytes = SMALLEST) -> str:
        """The one sentence that refuses this config.toml, without the folder's name."""
        with pytest.raises(ConfigError) as refused:
            self.load(content)
        sentence = str(refused.value).replace(f"{self.folder}{os.sep}", "")
        assert "\n" not in sentence
        assert sentence.endswith((".", "?"))
        return sentence
