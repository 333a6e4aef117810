"""What is told before a fetch is what it then takes."""

import pytest

from tests.cli.program import Workspace

OPTIONS = [(), ("--no-verify",)]


@pytest.mark.parametrize("options", OPTIONS, ids=["proven", "read once"])
def test_an_estimate_is_right_before_the_first_fetch_and_after(configured: Workspace, options: tuple[str, ...]) -> None:
    """With lists of one page and of several, and no batch known yet: not one request too many or too few."""
    configured.edit("page_size = 20", "page_size = 7")
    told = [configured.rkreport("fetch", "--estimate", "--json", *options).document]
    fetched = configured.rkreport("fetch", "--json", *options)
    told.append(configured.rkreport("fetch", "--estimate", "--json", *options).document)
    took = fetched.document["requests"]
    assert [one["requests"] for one in told] == [took, took]
    assert [one["unknown_batches"] for one in told] == [0, 0]
    assert told[1]["spent"] < told[0]["spent"] < took


def test_an_estimate_of_the_time_is_right_within_a_tenth(configured: Workspace) -> None:
    """At a limit that holds the fetch back, the seconds told are those that it takes."""
    configured.edit("requests_per_second = 1000", "requests_per_second = 40")
    told = configured.rkreport("fetch", "--estimate", "--json").document
    took = configured.rkreport("fetch", "--json").document
    assert told["seconds"] == pytest.approx(took["seconds"], rel=0.1)
