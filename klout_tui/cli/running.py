"""Opening a session for a command, and waiting for what takes time."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from klout_tui.cli.ending import ended_by
from klout_tui.cli.printing import say
from klout_tui.errors import KloutError
from klout_tui.store import glance

if TYPE_CHECKING:
    from klout_tui.networks.registry import Registry
    from klout_tui.paths import Paths
    from klout_tui.session import Session
    from klout_tui.worker.events import Event

T = TypeVar("T")


def _open(**options: Any) -> Session:
    from klout_tui.session import Session

    return Session.open(**options)


def _now() -> datetime:
    return datetime.now(UTC)


def _installed() -> Registry:
    from klout_tui.networks.registry import Registry

    return Registry.load()


@dataclass(frozen=True)
class Tools:
    """What commands work with; tests bring their own."""

    opener: Callable[..., Session] = _open
    clock: Callable[[], datetime] = _now
    """The present, aware, UTC, for what needs no session."""
    networks: Callable[[], Registry] = _installed
    """The networks there are, likewise."""


@dataclass(frozen=True)
class Run:
    """What stands before the command, and how a session is opened with it."""

    demo: bool
    as_of: date | None
    tools: Tools = Tools()

    @contextmanager
    def session(self, *, deed: str = "", latency: float = 0.0) -> Iterator[Session]:
        """A session; its warnings go to stderr, those that only reading brought up once the command has read.

        Where the command changed something, the line of ``today --line`` is made anew as it ends.

        Args:
            deed: what the command does that cannot be done in the past, in words; empty if it only shows.
            latency: seconds the demo's servers take for an answer.

        Raises:
            KloutError: the session cannot be opened, or not for this deed.
        """
        with self.tools.opener(demo=self.demo, as_of=self.as_of, latency=latency) as session:
            if deed:
                session.refuse_past(deed)
            said: set[str] = set()
            _say_new(session, said)
            paths, lasting = session.paths, not self.demo and self.as_of is None
            before = glance.stamp(paths.store, paths.settings)
            try:
                yield session
            finally:
                _say_new(session, said)
            if lasting and before != glance.stamp(paths.store, paths.settings):
                _renew_line(session)

    @contextmanager
    def filled(self) -> Iterator[Session]:
        """A session with everything in it; for the demo that means reading the whole invented year first."""
        with self.session() as session:
            if self.demo:
                with progress(2, "preparing the demo") as report:
                    wait(session.prepare(finish=True, report=report))
            yield session

    @contextmanager
    def home(self, *, deed: str) -> Iterator[Paths]:
        """Where everything lies, with none of it opened: what looks after a store must not need a sound one.

        Args:
            deed: what the command does that cannot be done in the past, in words.

        Raises:
            UsageError: the past is shown.
        """
        from klout_tui.errors import UsageError
        from klout_tui.paths import Paths

        if self.as_of is not None:
            raise UsageError(f"--as-of only shows; it cannot {deed}", hint="Leave --as-of out.")
        if self.demo:
            with self.filled() as session:
                yield session.paths
        else:
            yield Paths.find(os.environ)


def _renew_line(session: Session) -> None:
    from klout_tui import statusline

    with suppress(KloutError):  # a prompt that finds no line makes it itself, and says what is wrong
        statusline.ensure(session)


def _say_new(session: Session, said: set[str]) -> None:
    for warning in session.warnings():
        if warning not in said:
            said.add(warning)
            say("note", warning)


def wait(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, or until the system tells the program to end; then it is cancelled first.

    Raises:
        SystemExit: it was told to, with the code the package tells.
    """
    import asyncio

    told: list[int] = []

    async def until_told() -> T:
        loop, task = asyncio.get_running_loop(), asyncio.ensure_future(work)
        with ended_by(lambda: loop.call_soon_threadsafe(task.cancel)) as numbers:
            try:
                return await task
            finally:
                told.extend(numbers)

    try:
        return asyncio.run(until_told())
    except asyncio.CancelledError:
        if told:
            sys.exit(128 + told[0])
        raise


@contextmanager
def progress(accounts: int, label: str) -> Iterator[Callable[[Event], None]]:
    """A bar on stderr, if that is a terminal; what it gives is told the worker's events.

    Args:
        accounts: how many are going to be read.
        label: what stands before the bar.
    """
    from klout_tui.output.progress import RefreshProgress
    from klout_tui.worker.events import Progressed, Started

    with RefreshProgress(accounts, label) as bar:

        def report(event: Event) -> None:
            if isinstance(event, Started):
                bar.advance(event.account_id, 0.0, "reading it for the first time" if event.backfill else "asking")
            elif isinstance(event, Progressed):
                words = f"{event.posts:,} posts, {event.interactions:,} interactions"
                bar.advance(event.account_id, event.share, words)
            else:
                bar.advance(event.result.account, 1.0, event.result.status)

        yield report
