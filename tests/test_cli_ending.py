"""Ended by the system: nothing temporary stays, and the exit code says how."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from klout_tui.cli.ending import ended_in_order
from klout_tui.cli.running import wait

pytestmark = pytest.mark.skipif(os.name != "posix", reason="elsewhere a process is not asked before it is ended")

SLOW_DEMO = """
from klout_tui.cli import main
from klout_tui.session import Session

def slow(**options):
    return Session.open(**{**options, "latency": 0.5})

main(["--demo", "refresh"], obj=slow)
"""
"""The command itself, with servers slow enough to be interrupted at."""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_demo_told_to_end_leaves_nothing_behind(tmp_path: Path, number: signal.Signals, code: int) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", SLOW_DEMO],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(temporary)},
    ) as process:
        _until_there_is(temporary, "klout-tui-demo-*/store/*", process)
        process.send_signal(number)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == code
    assert "Traceback" not in errors
    assert list(temporary.iterdir()) == []


def test_what_was_before_is_put_back() -> None:
    before = [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGHUP)]
    with pytest.raises(SystemExit) as left, ended_in_order():
        signal.raise_signal(signal.SIGTERM)
    assert left.value.code == 143
    assert [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGHUP)] == before


def test_work_is_cancelled_and_may_tidy_up() -> None:
    seen: list[str] = []

    async def work() -> None:
        try:
            signal.raise_signal(signal.SIGTERM)
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0)
            seen.append("tidied up")
            raise

    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as left:
        wait(work())
    assert left.value.code == 143
    assert seen == ["tidied up"]
    assert signal.getsignal(signal.SIGTERM) is before


def test_several_signals_at_once_are_one_wish() -> None:
    seen: list[str] = []

    def work() -> None:
        try:
            signal.raise_signal(signal.SIGHUP)
        finally:
            signal.raise_signal(signal.SIGHUP)
            signal.raise_signal(signal.SIGTERM)
            seen.append("tidied up")

    with pytest.raises(SystemExit), ended_in_order():
        work()
    assert seen == ["tidied up"]


def test_a_signal_the_caller_ignores_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ended_in_order():
            signal.raise_signal(signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_in_another_thread_nothing_changes() -> None:
    found: list[object] = []

    def inside() -> None:
        with ended_in_order():
            found.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()
    assert found == [signal.getsignal(signal.SIGTERM)]


def _until_there_is(folder: Path, pattern: str, process: subprocess.Popen[str]) -> None:
    """Look again and again, without sleeping longer than a moment; the process must not end meanwhile."""
    deadline = time.monotonic() + 30
    while not any(folder.glob(pattern)):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
