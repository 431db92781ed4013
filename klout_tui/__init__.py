"""klout-tui: who engaged with you, for what, and what to do next. Local-first, in a terminal."""

__version__ = "0.1.0"
