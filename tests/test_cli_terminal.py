"""What only shows on a terminal: width, bold heads, the progress bar."""

from __future__ import annotations

import io
import os
import re
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rich.cells import cell_len

from klout_tui.cli.running import progress
from klout_tui.domain.model import Fault
from klout_tui.output.progress import RefreshProgress
from klout_tui.worker.events import Finished, Progressed, Result, Started
from tests.cli_helper import Shell

fcntl = pytest.importorskip("fcntl")
pty = pytest.importorskip("pty")
termios = pytest.importorskip("termios")

ADA = "town:ada@town.example"


class Terminal(io.StringIO):
    """Text output that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@contextmanager
def _terminal() -> Iterator[Terminal]:
    """Stands in for stderr, 60 columns wide; not a fixture, since pytest puts its own stream back before the test."""
    with pytest.MonkeyPatch.context() as patch:
        stream = Terminal()
        patch.setattr(sys, "stderr", stream)
        patch.setenv("COLUMNS", "60")
        yield stream


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_a_table_fits_the_terminal(shell: Shell, home: Path, columns: int) -> None:
    _fill(shell)
    text = _on_terminal("show", "interactions", home=home, columns=columns)
    lines = text.splitlines()
    assert len(lines) == 5
    assert lines[0].startswith("\x1b[1mwhen")
    assert all(cell_len(_plain(line)) <= columns for line in lines)
    assert "Bo [b]" in text if columns > 60 else "when" in text


def test_no_color_means_no_codes(shell: Shell, home: Path) -> None:
    _fill(shell)
    assert "\x1b" not in _on_terminal("show", "posts", home=home, columns=80, NO_COLOR="1")


def test_the_bar_tells_each_step_and_never_wraps() -> None:
    with _terminal() as terminal, progress(2, "refreshing") as report:
        report(Started(ADA, backfill=True))
        report(Progressed(ADA, posts=1200, interactions=3400, share=0.5))
        report(Progressed(ADA, posts=1300, interactions=3400, share=None))
        report(Finished(Result(account=ADA, status="ok")))
        report(Finished(Result(account="town:bo", status="failed", fault=Fault(kind="x", message="m"))))
    pictures = [_plain(picture) for picture in terminal.getvalue().replace("\n", "\r").split("\r")]
    assert any("25%" in picture for picture in pictures)
    assert "100%" in pictures[-2]
    assert any(ADA[:12] in picture for picture in pictures)
    assert all(cell_len(picture.rstrip()) < 60 for picture in pictures)


def test_the_bar_never_goes_back_or_over() -> None:
    with _terminal() as terminal, RefreshProgress(1, "x") as bar:
        bar.advance(ADA, 0.8, "far")
        bar.advance(ADA, 0.2, "back")
        bar.advance(ADA, 7.0, "over")
    shares = [int(share) for share in re.findall(r"(\d+)%", terminal.getvalue())]
    assert shares == sorted(shares)
    assert shares[-1] == 100


def test_hostile_names_do_not_reach_the_terminal() -> None:
    with _terminal() as terminal, RefreshProgress(1, "x") as bar:
        bar.advance("town:\x1b]0;owned\x07ada", 0.5, "\x9b31m")
    assert "\x1b]0" not in terminal.getvalue()
    assert "\x9b" not in terminal.getvalue()


def _fill(shell: Shell) -> None:
    assert shell("link", "town", "@ada").exit_code == 0
    assert shell("refresh").exit_code == 0


def _plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text)


def _on_terminal(*arguments: str, home: Path, columns: int, **environ: str) -> str:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    try:
        child = subprocess.Popen(
            [sys.executable, "-m", "klout_tui", *arguments],
            stdout=slave,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**os.environ, "KLOUT_TUI_HOME": str(home), **environ},
        )
        os.close(slave)
        seen = bytearray()
        while True:
            try:
                piece = os.read(master, 65536)
            except OSError:  # how Linux says that the other end is closed
                break
            if not piece:
                break
            seen += piece
        _, errors = child.communicate(timeout=30)
    finally:
        os.close(master)
    assert child.returncode == 0, errors.decode()
    return seen.decode().replace("\r\n", "\n")
