"""``python -m klout_tui`` is ``klout-tui``."""

from klout_tui.cli import main

main()
