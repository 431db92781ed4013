"""Sends an address to the browser without letting anything write across the screen."""

from __future__ import annotations

import subprocess
import sys


def browse(url: str) -> bool:
    """Open the address; False where there is no browser to open it. Blocks until the browser has taken it.

    A process of its own, with nothing to write to: browsers and their helpers like to talk to the terminal.
    """
    code = "import sys, webbrowser; sys.exit(not webbrowser.open(sys.argv[1]))"
    quiet = subprocess.DEVNULL
    done = subprocess.run([sys.executable, "-c", code, url], stdin=quiet, stdout=quiet, stderr=quiet, check=False)  # noqa: S603
    return done.returncode == 0
