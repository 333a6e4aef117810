"""The attacks in small: each a few times, so that a change that breaks a promise is seen at once."""

import sys
from pathlib import Path

import pytest

from tests.faults.clock import clocks, token_expiry
from tests.faults.crash_points import crash_points, found_in
from tests.faults.cuts import cut_connections
from tests.faults.drift_part import drift, lies
from tests.faults.figures import Part
from tests.faults.full_disk import full_disk
from tests.faults.kill_traces import kill_traces
from tests.faults.kills import kill_builds, kill_fetches
from tests.faults.send_kills import kill_sends
from tests.faults.two_runs import two_at_once


def assert_holds(part: Part) -> None:
    """Everything that must hold did; where the machine lacks a tool, the reason is shown."""
    if part.skipped:
        pytest.skip(part.skipped)
    assert not part.wrong, "\n".join(part.wrong)


def test_lists_that_move_are_never_quietly_wrong() -> None:
    """60 schedules of joins, leaves, pairs, bursts and swaps, with restarts: what is proven was so at some moment."""
    assert_holds(drift(60, seed=470))


def test_servers_that_lie_are_found_out() -> None:
    """Wrong, missing and worded totals, null items, endless pages and hidden errors never pass for the truth."""
    assert_holds(lies(2, seed=1))


@pytest.mark.skipif(sys.platform == "win32", reason="kills a group of processes")
def test_a_killed_fetch_goes_on_and_loses_nothing(tmp_path: Path) -> None:
    """After kill -9 every committed page is whole and stays, and the end equals an undisturbed run's."""
    assert_holds(kill_fetches(tmp_path, 1, seed=1, people=30))


@pytest.mark.slow
def test_a_killed_build_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    """No file is half written under its final name, and the next build sweeps up."""
    assert_holds(kill_builds(tmp_path, 1, seed=3, people=20))


@pytest.mark.slow
def test_a_killed_send_mails_nobody_twice(tmp_path: Path) -> None:
    """After kill -9 the next `send` sends what is left; the server took each message once, or it is in doubt."""
    assert_holds(kill_sends(tmp_path, 2, seed=4, people=150))


@pytest.mark.slow
@pytest.mark.timeout(300)  # ten commands one after the other, on a busy machine
def test_a_killed_send_leaves_no_secret_and_a_whole_audit_log(tmp_path: Path) -> None:
    """No person in a log, a temporary file or on the screen, no secret anywhere, and no false alarm."""
    assert_holds(kill_traces(tmp_path, 2, seed=1, people=60))


@pytest.mark.slow
def test_cut_connections_lose_nothing(tmp_path: Path) -> None:
    """What hangs up or resets is asked again, or the next command goes on."""
    assert_holds(cut_connections(tmp_path, 1, seed=5, people=30))


@pytest.mark.slow
def test_a_second_run_is_refused(tmp_path: Path) -> None:
    """It is told who holds the data folder; a killed first keeps nobody out."""
    assert_holds(two_at_once(tmp_path))


@pytest.mark.slow
def test_a_full_disk_is_said_and_forgotten(tmp_path: Path) -> None:
    """Exit code 5 with one sentence, and with room again the same command goes on."""
    assert_holds(full_disk(tmp_path, people=20))


@pytest.mark.slow
def test_months_end_where_the_company_is(tmp_path: Path) -> None:
    """Half a minute decides which month a report is about, in the company's time zone."""
    assert_holds(clocks(tmp_path, moments=1))


@pytest.mark.slow
def test_a_token_that_runs_out_is_renewed(tmp_path: Path) -> None:
    """One login for each life of a token, and no row lost."""
    assert_holds(token_expiry(tmp_path))


@pytest.mark.slow
def test_a_few_crash_points(tmp_path: Path) -> None:
    """Death or a failing disk at a file call costs nothing that was committed."""
    assert_holds(crash_points(tmp_path, 1, seed=2, commands=("fetch",)))


def test_only_calls_on_our_files_are_crash_points() -> None:
    """Reading is none, writing elsewhere is none, and each thread counts for itself."""
    recording = (
        '7 openat(AT_FDCWD, "/w/config.toml", O_RDONLY|O_CLOEXEC) = 3</w/config.toml>\n'
        '7 openat(AT_FDCWD, "/w/a.part", O_RDWR|O_CREAT|O_EXCL, 0600) = 3</w/a.part>\n'
        '7 write(2</dev/pts/0>, "x", 1) = 1\n'
        '8 write(3</w/a.part>, "x", 1) = 1\n'
        '7 write(3</w/a.part>, "x", 1) = 1\n'
    )
    found = [(point.call, point.number) for point in found_in(recording, "build", "/w")]
    assert found == [("openat", 2), ("write", 1), ("write", 2)]
