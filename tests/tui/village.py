"""A store with a year in it, made by rule and not by chance, for the screens to draw; and ways to drive them."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import msgspec
from textual.pilot import Pilot

from klout_tui.config import AccountSettings, Settings
from klout_tui.domain.batch import Batch
from klout_tui.domain.days import Days
from klout_tui.domain.model import (
    Account,
    Actor,
    Fault,
    Health,
    Interaction,
    InteractionKind,
    Post,
    PostKind,
    Profile,
)
from klout_tui.networks.registry import Registry
from klout_tui.session import Session
from klout_tui.store.facts import end_visit
from klout_tui.store.reviewing import keep
from klout_tui.store.store import Store
from klout_tui.tui.app import KloutApp
from tests.conftest import FrozenClock
from tests.town import Town

HOSTILE = "[/] [@click=app.quit]x[/]"
ENDLESS = "A name " + "that never ends " * 8
NAMES = ("Ann Lee", "Bo Nyström", "東京の猫", "Zoë", HOSTILE, "Chidi Okafor", "Priya", ENDLESS)
TOPICS = (("marketing", 5, 1), ("python", 2, 4), ("give-aways", 1, 6), ("writing", 2, 2))
"""Topic, how often she posts on it, how many people come for it."""


def account(name: str, now: datetime) -> Account:
    return Account(
        id=f"town:{name}@town.example",
        network="town",
        handle=f"@{name}@town.example",
        base_url="https://town.example",
        url=f"https://town.example/{name}",
        linked_at=now - timedelta(days=400),
        name=name.title(),
        keys=(f"https://town.example/{name}",),
    )


def year(owner: Account, now: datetime) -> Batch:
    """A post every second day for a year, with reactions that follow its topic."""
    posts: list[Post] = []
    acts: list[Interaction] = []
    wheel = [topic for topic in TOPICS for _ in range(topic[1])]
    for number in range(180):
        topic, _, pull = wheel[number * 7 % len(wheel)]
        at = now - timedelta(days=2 * number, hours=1 + number % 9)
        post = Post(
            id=f"https://town.example/p/{number}",
            account=owner.id,
            kind=PostKind.STATUS,
            at=at,
            url=f"https://town.example/p/{number}",
            text=f"Number {number}, on {topic} and what I learnt from it.",
            topics=(topic,),
            counters={InteractionKind.LIKE: pull + 2},
        )
        posts.append(post)
        for place in range(pull + number % 3):
            kind = (InteractionKind.LIKE, InteractionKind.REPOST, InteractionKind.REPLY)[(number + place) % 3]
            person = (number * 3 + place) % len(NAMES)
            actor = Actor(
                key=f"https://far.example/{person}",
                handle=f"@person{person}@far.example",
                name=NAMES[person],
                url=f"https://far.example/{person}",
                followers=None if person == 3 else 40 * person,
            )
            acts.append(
                Interaction(
                    id=f"{owner.id}/{kind}/{actor.key}/{post.id}",
                    account=owner.id,
                    kind=kind,
                    actor=actor,
                    at=min(now, at + timedelta(minutes=40 * place)),
                    post=post.id,
                    url=f"{post.url}#{place}",
                    text="I tried this last week and it worked well for us" if kind is InteractionKind.REPLY else "",
                )
            )
    return Batch(account=owner.id, cursor={"read": "all"}, posts=tuple(posts), interactions=tuple(acts))


def full(store: Store, now: datetime) -> None:
    """One account with a year, a blog-like one without followers, the last visit yesterday evening."""
    ada, notes = account("ada", now), account("notes", now)
    store.link(ada, Profile(handle=ada.handle, name="Ada", followers=1204))
    store.link(notes, Profile(handle=notes.handle))
    store.absorb(year(ada, now))
    for linked, minutes in ((ada, 2), (notes, 50)):
        store.set_health(
            Health(
                account=linked.id,
                last_ok=now - timedelta(minutes=minutes),
                next_due=now + timedelta(minutes=30),
                backfilled=True,
            )
        )
    end_visit(store, now - timedelta(hours=14))


def failing(store: Store, now: datetime) -> None:
    """Accounts that are down, rate limited, refused and never read; nothing else."""
    faults = {
        "down": Fault(kind="unavailable", message="town.example took longer than 20 s", hint="It usually passes."),
        "limited": Fault(kind="rate_limited", message="asked too often", retry_at=now + timedelta(minutes=45)),
        "revoked": Fault(kind="credential", message="the token was revoked", hint="Link the account again."),
    }
    for name, fault in faults.items():
        store.link(account(name, now), Profile(handle=name, followers=3))
        store.set_health(
            Health(
                account=account(name, now).id,
                last_ok=now - timedelta(days=2),
                down_since=now - timedelta(hours=30),
                failures=3,
                next_due=now + timedelta(hours=1),
                fault=fault,
            )
        )
    store.link(account("paused", now))


def bare(store: Store, now: datetime) -> None:
    """An account linked and read, that brought nothing."""
    ada = account("ada", now)
    store.link(ada, Profile(handle=ada.handle, name="Ada", followers=0))
    store.set_health(Health(account=ada.id, last_ok=now, next_due=now + timedelta(minutes=30), backfilled=True))


def nothing(store: Store, now: datetime) -> None:
    """A newcomer's store."""
    assert not store.accounts()
    assert now.tzinfo is not None


def kept(store: Store, now: datetime) -> None:
    """The store of an earlier run, as it was left."""
    assert store.accounts()
    assert now.tzinfo is not None


Filling = Callable[[Store, datetime], None]

ALWAYS_ALIKE = frozenset({full, failing, bare, nothing})
"""What these put into a store depends on the time alone, so that it is made once and then copied."""

MADE = TemporaryDirectory(prefix="village-")
"""Where the stores lie that are copied; nothing is ever changed in them."""


def fill(folder: Path, clock: Callable[[], datetime], filling: Filling, *, offers: bool) -> None:
    """Make a store, or open one, and fill it."""
    with Store.open(folder, clock=clock, zone="Europe/Berlin") as store:
        filling(store, clock())
        if not offers:
            keep(store, lambda kept: msgspec.structs.replace(kept, offered=Days(store.zone).of(clock())))


@cache
def made(filling: Filling, now: datetime, offers: bool) -> Path:
    """A store filled so at that time, to be copied and not to be touched."""
    folder = Path(mkdtemp(dir=MADE.name)) / "store"
    fill(folder, lambda: now, filling, offers=offers)
    return folder


def open_app(
    home: Path, clock: FrozenClock, filling: Filling, *, settings: Settings | None = None, offers: bool = False
) -> KloutApp:
    """The app over a store filled so, with the invented network; the theme is fixed for the pictures.

    Unless it ``offers``, the day's review was offered before, so that no line comes up in the middle of a test.
    """
    folder = home / "store"
    if filling in ALWAYS_ALIKE and not folder.exists():
        shutil.copytree(made(filling, clock(), offers), folder)
    else:
        fill(folder, clock, filling, offers=offers)
    paused = Settings(accounts={"town:paused@town.example": AccountSettings(paused=True)})
    session = Session.open(clock=clock, networks=Registry({"town": Town()}))
    session.settings = settings or (paused if filling is failing else session.settings)
    return KloutApp(session)


@dataclass
class Driver:
    """A running app and the pilot that drives it."""

    app: KloutApp
    pilot: Pilot[None]

    async def until(self, condition: Callable[[], object]) -> None:
        """Let the app go on until something is so; threads are real, so this asks again and again, but not for ever."""
        for _ in range(500):
            await self.pilot.pause(0.01)
            if condition():
                await self.pilot.pause()
                return
        raise AssertionError("the app never got there")

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()


@asynccontextmanager
async def driving(app: KloutApp, size: tuple[int, int] = (120, 36)) -> AsyncIterator[Driver]:
    """The app running and drawn for the first time."""
    async with app.run_test(size=size, notifications=True) as pilot:
        driver = Driver(app, pilot)
        await driver.until(lambda: app.home.view is not None)
        yield driver
    app.session.close()
