"""The command line: parses, calls, prints. What it shows is decided elsewhere.

Exit codes: 0 all went well, 1 something failed, 2 wrong usage or settings, 130 stopped from the keyboard,
129 or 143 ended by the system (SIGHUP, SIGTERM).
Everything heavy is imported inside the commands, so that ``--help`` and ``--version`` answer at once.
"""

from klout_tui.cli.root import main

__all__ = ["main"]
