"""Toasts that wait while a dialog is open, so that none lies over its buttons."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from textual.notifications import SeverityLevel


@dataclass(frozen=True, slots=True)
class Toast:
    """One message, as it was to be shown."""

    message: str
    title: str
    severity: SeverityLevel
    timeout: float
    """Seconds it is to be seen."""
    markup: bool


class Toasts:
    """What is shown now, and what waits."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._shown: list[tuple[float, Toast]] = []
        self._waiting: list[Toast] = []
        self.held = False
        """Whether new ones wait."""

    def showing(self, toast: Toast) -> bool:
        """Note a toast; whether it is to be shown now."""
        if self.held:
            self._waiting.append(toast)
            return False
        now = self._clock()
        self._shown = [(until, each) for until, each in self._shown if until > now]
        self._shown.append((now + toast.timeout, toast))
        return True

    def hold(self) -> None:
        """Let what is shown wait, as if it had never been."""
        now = self._clock()
        self._waiting = [each for until, each in self._shown if until > now] + self._waiting
        self._shown = []
        self.held = True

    def release(self) -> list[Toast]:
        """What has waited, to be shown now."""
        self.held = False
        waiting, self._waiting = self._waiting, []
        return waiting
