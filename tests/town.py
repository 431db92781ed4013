"""A small invented network for tests of what lies above the adapters: fixed answers, and failures on request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import ClassVar

import httpx

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account, Actor, Interaction, InteractionKind, Post, PostKind, Profile
from klout_tui.errors import UsageError
from klout_tui.networks.base import (
    Capabilities,
    CredentialRefused,
    LinkRequest,
    NotFound,
    RateLimited,
    Unavailable,
    Verified,
)
from klout_tui.networks.http import Client
from tests import secrets

ORIGIN = "https://town.example"
GOOD_TOKEN = secrets.TOWN_TOKEN

BO = Actor(key="https://town.example/bo", handle="bo@town.example", name="Bo [b]Bold[/]", followers=12)
CY = Actor(key="https://town.example/cy", handle="cy@town.example", bot=True)

FAULTS: Mapping[str, Exception] = MappingProxyType(
    {
        "down": Unavailable("town.example took longer than 20 s", hint="It usually passes."),
        "limited": RateLimited("asked too often", retry_at=datetime(2026, 11, 23, 9, 0, tzinfo=UTC)),
        "revoked": CredentialRefused("the token was revoked", hint="Link the account again."),
        "broken": ValueError("no such key"),
    }
)
"""What reading the account of that name raises."""


class Town:
    """Everybody there is called by one word; ``nobody`` does not exist, and the names in ``FAULTS`` cannot be read."""

    name: ClassVar[str] = "town"
    title: ClassVar[str] = "Town"
    target_hint: ClassVar[str] = "@ada"
    option_hints: ClassVar[Mapping[str, str]] = MappingProxyType({"street": "where to look"})
    wants_token: ClassVar[str] = "shows who liked a post; permission to read is enough."

    def origin(self, request: LinkRequest) -> str:
        if not request.target.removeprefix("@").isalnum():
            raise UsageError("that is no name in Town", hint="Names look like @ada.")
        return request.base_url or ORIGIN

    def hosts(self, account: Account) -> tuple[str, ...]:
        return (httpx.URL(account.base_url).host,)

    async def verify(self, request: LinkRequest, client: Client, now: datetime) -> Verified:
        handle = request.target.removeprefix("@")
        if handle == "nobody":
            raise NotFound("nobody lives there", hint="Check the name.")
        if client.has_token and handle == "refused":
            raise CredentialRefused("the token was refused", hint="Make a new one.")
        account = Account(
            id=f"town:{handle}@town.example",
            network="town",
            handle=f"@{handle}@town.example",
            base_url=self.origin(request),
            linked_at=now,
            name=handle.title(),
            keys=(f"https://town.example/{handle}",),
            options=dict(request.options),
        )
        seen = Capabilities(
            names_actors=client.has_token,
            dates_reactions=True,
            sees=("your posts and their counters", *(("who liked them",) if client.has_token else ())),
            misses=() if client.has_token else ("who liked a post: needs a token",),
        )
        return Verified(
            account=account, profile=Profile(handle=account.handle, name=account.name, followers=7), capabilities=seen
        )

    async def refresh(self, account: Account, cursor: Cursor, client: Client, now: datetime) -> AsyncIterator[Batch]:
        name = account.id.removeprefix("town:").partition("@")[0]
        if name in FAULTS:
            raise FAULTS[name]
        if not cursor:
            yield life_of(account)
        yield Batch(account=account.id, cursor={"read": "all"}, profile=Profile(handle=account.handle, followers=9))


def life_of(account: Account) -> Batch:
    """Three posts and five acts, one of them private and one her own, from 1 to 23 November 2026."""
    prefix = f"{account.id}/"
    return Batch(
        account=account.id,
        cursor={"read": "most"},
        posts=(
            Post(
                id=f"{prefix}p1",
                account=account.id,
                kind=PostKind.STATUS,
                at=_on(1),
                url="https://town.example/p1",
                text="On snakes [/] \x1b[31mred",
                topics=("Python",),
            ),
            Post(
                id=f"{prefix}p2",
                account=account.id,
                kind=PostKind.ARTICLE,
                at=_on(10),
                title="Give-away",
                text="Take it.",
                topics=("Give Aways",),
                counters={InteractionKind.LIKE: 3},
            ),
            Post(
                id=f"{prefix}p3", account=account.id, kind=PostKind.STATUS, at=_on(20), text="hush-post", public=False
            ),
        ),
        interactions=(
            _act(prefix, "i1", InteractionKind.REPOST, BO, _on(2), post=f"{prefix}p1"),
            _act(prefix, "i2", InteractionKind.LIKE, CY, _on(3), post=f"{prefix}p1"),
            _act(prefix, "i3", InteractionKind.REPLY, BO, _on(11), post=f"{prefix}p2", text="+K about selling, thanks"),
            _act(prefix, "i4", InteractionKind.MENTION, CY, _on(21), text="hush-mention", public=False),
            _act(
                prefix,
                "i5",
                InteractionKind.LIKE,
                Actor(key=account.keys[0], handle=account.handle),
                _on(12),
                post=f"{prefix}p2",
            ),
        ),
    )


def _act(
    prefix: str,
    name: str,
    kind: InteractionKind,
    actor: Actor,
    at: datetime,
    *,
    post: str | None = None,
    text: str = "",
    public: bool = True,
) -> Interaction:
    return Interaction(
        id=prefix + name,
        account=prefix.rstrip("/"),
        kind=kind,
        actor=actor,
        at=at,
        post=post,
        text=text,
        public=public,
    )


def _on(day: int) -> datetime:
    """Half an hour before midnight UTC, which in Berlin is already the next day."""
    return datetime(2026, 11, day, tzinfo=UTC) + timedelta(hours=23, minutes=30)
