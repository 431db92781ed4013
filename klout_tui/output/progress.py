"""A progress bar for a refresh without the app: on a terminal only, and on stderr, so that output stays clean."""

from __future__ import annotations

import shutil
import sys
from types import TracebackType
from typing import Final, Self

import click

from klout_tui.domain.text import clean_line
from klout_tui.output.table import fit

_STEPS: Final = 100
_WIDTH: Final = 20
_AROUND: Final = len("  []  100%  ") + 1
"""What click prints around the bar, and a column to spare: a line that wraps cannot be drawn over."""


class RefreshProgress:
    """One bar over several accounts, each an equal part of it."""

    def __init__(self, accounts: int, label: str) -> None:
        """Args: accounts: how many will be read; label: what stands before the bar."""
        self._shares: dict[str, float] = {}
        self._shown = 0
        self._room = max(0, shutil.get_terminal_size().columns - len(label) - _WIDTH - _AROUND)
        self._bar = click.progressbar(
            length=max(1, accounts) * _STEPS,
            label=label,
            width=_WIDTH,
            file=sys.stderr,
            hidden=not sys.stderr.isatty(),
            item_show_func=lambda words: words,
            show_eta=False,
        )

    def __enter__(self) -> Self:
        self._bar.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.__exit__(kind, error, trace)

    def advance(self, account_id: str, share: float | None, words: str) -> None:
        """An account got further.

        Args:
            account_id: which.
            share: how much of it is done, 0 to 1; ``None`` where it cannot be told.
            words: what to show beside the bar.
        """
        if share is not None:
            self._shares[account_id] = min(1.0, max(self._shares.get(account_id, 0.0), share))
        reached = round(sum(self._shares.values()) * _STEPS)
        step = max(0, reached - self._shown)
        self._shown += step
        self._bar.current_item = fit(clean_line(f"{account_id}: {words}", 500), self._room)
        self._bar.update(step)
        if step == 0:
            self._bar.render_progress()
