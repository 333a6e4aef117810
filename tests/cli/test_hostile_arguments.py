"""Arguments that no person types: each gets one sentence of less than 400 characters, and never exit code 1."""

import pytest

from tests.cli.program import Workspace
from tests.cli.test_mistakes import LONGEST_SENTENCE

CALLS = (
    "review --config",
    "audit --export",
    "archive M-001 --period",
    "archive",
    "settle",
    "send --only",
    "send --accept",
    "send --to-me",
    "build --snapshot",
    "build --period",
    "import",
    "export",
    "collect",
    "incident",
    "build",
    "--lang",
    "",
)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "argument", ["x" * 1_000, "x" * 100_000, "two words " * 10_000, "a/" * 5_000, "\udcff", "a\0b"]
)
def test_an_argument_that_nobody_types(configured: Workspace, call: str, argument: str) -> None:
    """Long without and with blanks, a path of many folders, bytes that are no text."""
    outcome = configured.rkreport(*call.split(), argument)
    assert outcome.code in {2, 4, 5}
    assert "Traceback" not in outcome.out + outcome.err
    assert len(outcome.error) < LONGEST_SENTENCE
