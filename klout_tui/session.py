"""The composition root: puts paths, settings, store, networks and secrets together for one run of the program."""

from __future__ import annotations

import logging
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self
from zoneinfo import ZoneInfo

from klout_tui.config import Settings, nearest
from klout_tui.credentials import MemorySecrets, Secrets, SystemSecrets
from klout_tui.domain.days import Days
from klout_tui.domain.gratitude import LOG, LOG_ACCOUNT, log_account
from klout_tui.domain.model import Account
from klout_tui.errors import KloutError, UsageError
from klout_tui.networks.registry import Registry
from klout_tui.paths import Paths
from klout_tui.store.facts import end_visit
from klout_tui.store.store import Store
from klout_tui.store.zones import other_system_zone, system_zone

if TYPE_CHECKING:
    import httpx

    from klout_tui.demo import Demo
    from klout_tui.networks.record import Record
    from klout_tui.scoring import Scoring
    from klout_tui.worker.events import Report
    from klout_tui.worker.refresh import Worker

Clock = Callable[[], datetime]

LOG_BYTES: Final = 256 * 1024
"""Size at which the log starts anew; one older file is kept."""

ZONE_OFFERED: Final = "zone_offered"
"""Key under which is remembered which other zone of the system the user was last told of."""

_DEMO_HOME: Final = "klout-tui-demo-"
"""How the name of a demo's temporary home begins."""

_LEFT_OVER: Final = 24 * 60 * 60
"""Seconds without a change after which such a home is one whose demo was killed."""

_ROUNDS: Final = 50
"""Rounds the demo's backfill may take before something is plainly wrong."""


def utc_now() -> datetime:
    """The present, aware, UTC."""
    return datetime.now(UTC)


@dataclass
class Session:
    """Everything one run of the program works with. Close it, or use it as a context manager."""

    paths: Paths
    settings: Settings
    store: Store
    networks: Registry
    secrets: Secrets
    transport: httpx.AsyncBaseTransport | None
    """Handed to the HTTP client; ``None`` is the real network."""
    clock: Clock
    """The present, aware, UTC; under ``as_of`` the last instant of that local day, for ever."""
    zone: ZoneInfo
    """The user's time zone, as kept in the store."""
    demo: bool = False
    as_of: date | None = None
    """The local day everything is shown as of; ``None`` is the present."""
    _persona: Demo | None = None
    _zone_offer: str = ""
    _closing: ExitStack = field(default_factory=ExitStack)
    _newest_worker: Worker | None = None

    @classmethod
    def open(
        cls,
        *,
        demo: bool = False,
        as_of: date | None = None,
        environ: Mapping[str, str] = os.environ,
        clock: Clock = utc_now,
        networks: Registry | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        secrets: Secrets | None = None,
        latency: float = 0.0,
    ) -> Session:
        """Put a session together.

        Args:
            demo: an invented persona in a temporary home that goes when the session closes; hers stays untouched.
            as_of: show everything as at the end of this local day, changing nothing; the demo's invented year ends
                with it, whichever day that is.
            environ: the environment.
            clock: the present, aware, UTC.
            networks: the networks there are; ``None``: the installed ones.
            transport: HTTP by other means than the real network; the demo brings its own.
            secrets: where tokens are kept; ``None``: the system's keyring or the credentials file.
            latency: seconds the demo's servers take for an answer; above 0 the first reading can be watched.

        Raises:
            ConfigError: the settings file cannot be meant.
            StoreError: the store cannot be opened.
            UsageError: ``as_of`` lies in the future, outside the demo.
        """
        with ExitStack() as closing:
            if demo:
                _sweep(Path(tempfile.gettempdir()))
                home = Path(tempfile.mkdtemp(prefix=_DEMO_HOME))
                closing.callback(shutil.rmtree, home, ignore_errors=True)
                paths, settings = Paths.under(home), Settings()
            else:
                paths = Paths.find(environ)
                settings = Settings.load(paths.settings)
            _log_to(paths.log, closing)
            now = _Clock(clock)
            if demo:
                from klout_tui.demo import open_demo

                persona = open_demo(now, latency=latency)
                if as_of is not None:  # her zone tells when that day ends, and her year ends with it
                    now.frozen = Days(ZoneInfo(persona.zone)).end(as_of)
                    persona = open_demo(now, latency=latency)
                store = Store.open(paths.store, clock=now, zone=persona.zone)
                closing.callback(store.close)
                end_visit(store, persona.visited_at)
                transport, secrets = persona.transport, MemorySecrets()
            else:
                persona = None
                store = Store.open(paths.store, clock=now, read_only=as_of is not None)
                closing.callback(store.close)
                if as_of is not None:
                    days = Days(store.zone)
                    if as_of > days.of(clock()):
                        raise UsageError(f"{as_of} lies in the future", hint="Give --as-of today or a day before.")
                    now.frozen = days.end(as_of)
            store.guesses = settings.guess_topics
            store.language = settings.language(environ)
            return cls(
                paths=paths,
                settings=settings,
                store=store,
                networks=networks or Registry.load(),
                secrets=secrets or SystemSecrets(paths, settings, environ),
                transport=transport,
                clock=now,
                zone=store.zone,
                demo=demo,
                as_of=as_of,
                _persona=persona,
                _zone_offer="" if demo or as_of is not None else _offered_zone(store, now()),
                _closing=closing.pop_all(),
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the store and, in the demo, remove its home. Closing twice is harmless."""
        self._closing.close()

    def now(self) -> datetime:
        """The present or, under ``as_of``, the last instant of that local day; aware, UTC."""
        return self.clock()

    @property
    def until(self) -> datetime | None:
        """The latest instant to show, UTC; ``None`` outside ``as_of``."""
        return None if self.as_of is None else Days(self.zone).end(self.as_of)

    def worker(self) -> Worker:
        """A worker over this session's store and networks.

        Raises:
            UsageError: the session shows the past, which nothing is fetched for.
        """
        self.refuse_past("fetch anything")
        return self._worker()

    def scoring(self) -> Scoring:
        """The score of this session's store, by the models of the program and her own."""
        from klout_tui.scoremodels import FOLDER, Models
        from klout_tui.scoring import Scoring

        return Scoring(self.store, Models(self.paths.settings.parent / FOLDER), self.clock, past=self.as_of is not None)

    def record(self, account_id: str) -> Record | None:
        """What this run's newest refresh of an account asked and what came back; None before its first."""
        return self._newest_worker.record(account_id) if self._newest_worker is not None else None

    def refuse_past(self, deed: str) -> None:
        """Raise unless the session is in the present.

        Raises:
            UsageError: it is not; the message says that ``deed`` cannot be done.
        """
        if self.as_of is not None:
            raise UsageError(f"--as-of only shows; it cannot {deed}", hint="Leave --as-of out.")

    async def prepare(self, *, finish: bool = False, report: Report | None = None) -> None:
        """Link the demo's accounts by the same path as anybody's; nothing happens outside the demo or a second time.

        Args:
            finish: also read everything there is before returning, for commands without a screen. Always done under
                ``as_of``, where no worker will.
            report: is told how the reading goes.

        Raises:
            KloutError: the demo does not work.
        """
        if self._persona is None:
            return
        from klout_tui.worker.linking import link
        from klout_tui.worker.permission import Pen

        linked = {account.network for account in self.store.accounts()}
        for each in self._persona.links:
            if each.network not in linked:
                found = await link(
                    each.request,
                    self.networks.get(each.network),
                    each.token,
                    transport=self.transport,
                    clock=self.clock,
                    store=self.store,
                    secrets=self.secrets,
                )
                if each.write_token:
                    pen = Pen(
                        self.store,
                        self.networks,
                        self.secrets,
                        self.settings,
                        transport=self.transport,
                        clock=self.clock,
                    )
                    await pen.allow(found.account, token=each.write_token)
        if finish or self.as_of is not None:
            await self._finish(report)

    def account(self, text: str, *, unlinked: bool = True) -> Account:
        """The account meant by its id, its handle, or the beginning of either where only one fits; ``log`` is her log.

        Args:
            text: what was typed.
            unlinked: whether unlinked accounts may be meant.

        Raises:
            UsageError: none fits, or several do.
        """
        from klout_tui.worker.naming import find_account

        if text.strip().lower() in (LOG, LOG_ACCOUNT):
            return log_account(self.now())
        return find_account(text, self.store.accounts(unlinked=unlinked))

    def warnings(self) -> tuple[str, ...]:
        """Plain sentences on what is not as it should be, though the program goes on."""
        known = [account.id for account in self.store.accounts(unlinked=True)]
        strays = []
        for name in self.settings.accounts:
            if name not in known:
                guess = nearest(name, known)
                meant = f"; did you mean {guess}?" if guess else ""
                strays.append(f'{self.paths.settings}: [accounts."{name}"] is no linked account{meant}')
        return (*self.store.warnings(), *strays, *self._about_drafts(), *self._about_zone())

    def _about_drafts(self) -> tuple[str, ...]:
        """What in her own words cannot be filled in."""
        hers = self.settings.drafts
        if not (hers.thanks or hers.giving):
            return ()
        from klout_tui.domain.drafts import faults

        return tuple(f"{self.paths.settings}: {fault}" for fault in faults((*hers.thanks, hers.giving)))

    def _about_zone(self) -> tuple[str, ...]:
        """That another zone is on offer, or, chosen in another process, already in force."""
        kept = self.store.zone
        if kept.key != self.zone.key:
            return (
                f"Your days are cut in {kept.key} now, no longer in {self.zone.key}; start klout-tui anew to see so.",
            )
        return (self._zone_offer,) if self._zone_offer else ()

    def _worker(self) -> Worker:
        from klout_tui.worker.refresh import Worker

        self._newest_worker = Worker(
            self.store, self.networks, self.secrets, self.settings, transport=self.transport, clock=self.clock
        )
        return self._newest_worker

    async def _finish(self, report: Report | None) -> None:
        worker = self._worker()
        for _ in range(_ROUNDS):
            waiting = self._unread()
            if not waiting:
                return
            results = await worker.refresh(waiting, report=report or _unheard)
            for result in results:
                if result.fault is not None:
                    raise KloutError(f"the demo does not work: {result.fault.message}", hint=result.fault.hint)
        if self._unread():
            raise KloutError(
                f"the demo does not work: {_ROUNDS} rounds were not enough to read its year",
                hint="Start it again; if that fails too, the mistake is in klout-tui.",
            )

    def _unread(self) -> list[str]:
        return [each.id for each in self.store.accounts() if not self.store.health(each.id).backfilled]


class _Clock:
    """The present, until it is stopped."""

    def __init__(self, clock: Clock) -> None:
        self.frozen: datetime | None = None
        self._clock = clock

    def __call__(self) -> datetime:
        return self.frozen or self._clock()


class _QuietLog(RotatingFileHandler):
    """A log that makes its own folder, and that spoils no screen when it cannot be written."""

    def _open(self):  # type: ignore[no-untyped-def]  # the parent's type differs between Python versions
        Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Nothing: the default writes a traceback across the screen."""


def _offered_zone(store: Store, now: datetime) -> str:
    """What to say where the system's zone is not the store's: once for each zone, since whoever travels knows."""
    system = system_zone()
    if system == store.zone.key or store.recall(ZONE_OFFERED) == system:
        return ""
    store.remember(ZONE_OFFERED, system)
    other = other_system_zone(store.zone, now)
    if other is None:
        return ""
    cut = f"Your system says {other.key}, your days are cut in {store.zone.key}"
    return f"{cut}; klout-tui zone {other.key} changes it."


def _sweep(folder: Path) -> None:
    """Remove the homes of this user's demos that were killed; those of running ones change at every refresh."""
    for home in folder.glob(f"{_DEMO_HOME}*"):
        try:
            about = home.lstat()
            if not stat.S_ISDIR(about.st_mode) or (hasattr(os, "getuid") and about.st_uid != os.getuid()):
                continue
            changed = max(path.lstat().st_mtime for path in (home, *home.rglob("*")))
        except OSError:
            continue  # another start sweeps it at this moment
        if time.time() - changed > _LEFT_OVER:
            shutil.rmtree(home, ignore_errors=True)


def _log_to(path: Path, closing: ExitStack) -> None:
    handler = _QuietLog(path, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8", delay=True)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger = logging.getLogger("klout_tui")
    logger.addHandler(handler)
    closing.callback(handler.close)
    closing.callback(logger.removeHandler, handler)


def _unheard(_: object) -> None:
    """For those who need no progress."""
