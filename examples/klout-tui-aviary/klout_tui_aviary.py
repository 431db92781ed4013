"""The Aviary, where people note the birds they saw and give each other feathers for it."""

import re
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import ClassVar

import msgspec

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account, Actor, Interaction, InteractionKind, Post, PostKind, Profile
from klout_tui.domain.text import html_to_text
from klout_tui.errors import UsageError
from klout_tui.networks.address import host_of
from klout_tui.networks.base import Capabilities, LinkRequest, Verified
from klout_tui.networks.dates import moment
from klout_tui.networks.http import Client

HOME = "https://aviary.example"


class Watcher(msgspec.Struct):
    """``/api/watchers/wren``, as far as we read it. What may be missing has a default."""

    name: str
    title: str | None = None
    friends: int | None = None


class Sighting(msgspec.Struct):
    """A row of ``/api/watchers/wren/sightings``."""

    id: int
    words: str | None = None
    seen_at: str | None = None
    tags: list[str] = []
    feathers: int | None = None


class Feather(msgspec.Struct):
    """A row of ``/api/watchers/wren/feathers``."""

    sighting: int
    giver: str
    given_at: str | None = None


class Page(msgspec.Struct):
    """A page of either list, oldest rows first."""

    watcher: Watcher
    rows: list[msgspec.Raw]
    last: int
    """Id of the last row, and where the next page begins."""
    more: bool = False


class Aviary:
    """All that klout-tui asks of a network."""

    name: ClassVar[str] = "aviary"
    title: ClassVar[str] = "The Aviary"
    target_hint: ClassVar[str] = "wren"
    option_hints: ClassVar[Mapping[str, str]] = {}
    wants_token: ClassVar[str] = ""

    def origin(self, request: LinkRequest) -> str:
        _watcher(request)
        return request.base_url.rstrip("/") or HOME

    def hosts(self, account: Account) -> tuple[str, ...]:
        return (host_of(account.base_url),)

    async def verify(self, request: LinkRequest, client: Client, now: datetime) -> Verified:
        name, host = _watcher(request), host_of(client.base_url)
        answer = await client.get(f"/api/watchers/{name}")
        watcher = answer.json(Watcher, "a watcher")
        account = Account(
            id=f"aviary:{name}@{host}",
            network="aviary",
            handle=f"@{name}@{host}",
            base_url=client.base_url,
            linked_at=now,
            name=watcher.title or name,
            url=f"{client.base_url}/{name}",
            keys=(f"{name}@{host}",),
        )
        capabilities = Capabilities(
            names_actors=True,
            dates_reactions=True,
            sees=("your sightings", "who gave you a feather, and when"),
            misses=("who only looked: the Aviary does not tell",),
        )
        return Verified(account, _profile(account, watcher), capabilities)

    async def refresh(self, account: Account, cursor: Cursor, client: Client, now: datetime) -> AsyncIterator[Batch]:
        name = account.id.removeprefix("aviary:").partition("@")[0]
        marks = dict(cursor)  # how far each list has been read: {"sightings": "7", "feathers": "31"}
        for kind in ("sightings", "feathers"):
            more = True
            while more:
                after = int(marks.get(kind, "0"))
                answer = await client.get(f"/api/watchers/{name}/{kind}", params={"after": str(after)})
                page = answer.json(Page, f"a page of {kind}")
                posts: list[Post] = []
                feathers: list[Interaction] = []
                unreadable = 0
                for row in page.rows:
                    try:  # one odd row must not cost the page
                        if kind == "sightings":
                            posts.append(_post(account, msgspec.json.decode(row, type=Sighting), now))
                        else:
                            feathers.append(_like(account, msgspec.json.decode(row, type=Feather), now))
                    except msgspec.MsgspecError:
                        unreadable += 1
                more = page.more and page.last > after  # a server that stands still is not asked for ever
                marks[kind] = str(max(page.last, after))
                yield Batch(
                    account=account.id,
                    cursor=dict(marks),
                    posts=tuple(posts),
                    interactions=tuple(feathers),
                    profile=_profile(account, page.watcher),
                    skipped={f"unreadable {kind}": unreadable} if unreadable else {},
                )


def _watcher(request: LinkRequest) -> str:
    """The name that was typed.

    Raises:
        UsageError: it is none.
    """
    name = request.target.strip().removeprefix("@").lower().removesuffix("@aviary.example")
    if not re.fullmatch(r"[a-z0-9]{1,30}", name):
        raise UsageError("that is no name in the Aviary", hint="Type it like wren.")
    return name


def _profile(account: Account, watcher: Watcher) -> Profile:
    return Profile(handle=account.handle, name=watcher.title or "", followers=watcher.friends, keys=account.keys)


def _post(account: Account, sighting: Sighting, now: datetime) -> Post:
    at = moment(sighting.seen_at)
    return Post(
        id=_sighting(account, sighting.id),
        account=account.id,
        kind=PostKind.STATUS,
        at=min(at or now, now),
        estimated=at is None or at > now,
        url=_sighting(account, sighting.id),
        text=html_to_text(sighting.words or ""),
        topics=tuple(sighting.tags),
        counters={} if sighting.feathers is None else {InteractionKind.LIKE: sighting.feathers},
    )


def _like(account: Account, feather: Feather, now: datetime) -> Interaction:
    at, host = moment(feather.given_at), host_of(account.base_url)
    actor = Actor(key=f"{feather.giver.lower()}@{host}", handle=f"@{feather.giver}@{host}")
    post = _sighting(account, feather.sighting)
    return Interaction(
        id=f"{account.id}/like/{actor.key}/{post}",
        account=account.id,
        kind=InteractionKind.LIKE,
        actor=actor,
        at=min(at or now, now),
        estimated=at is None or at > now,
        post=post,
        url=post,
    )


def _sighting(account: Account, number: int) -> str:
    """Address of a sighting, which is also its id: the same by whichever list it is met."""
    return f"{account.base_url}/sightings/{number}"
