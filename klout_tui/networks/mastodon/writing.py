"""Writing on a Mastodon-API server: a status, quiet where it can be, sent with an Idempotency-Key and looked for.

https://docs.joinmastodon.org/methods/statuses/#create. The server keeps a key for an hour; a second request with it
gets the first one's status instead of a second status. Beyond that, and on servers that do not keep keys, her own
newest statuses are looked through for the text.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import timedelta
from typing import Final
from urllib.parse import quote

import httpx
import msgspec

from klout_tui.domain.graphemes import graphemes
from klout_tui.domain.model import Account
from klout_tui.domain.text import clean, html_to_text, safe_url
from klout_tui.networks.base import (
    CredentialRefused,
    Login,
    NetworkError,
    NotFound,
    NotUnderstood,
    Refused,
    Unavailable,
)
from klout_tui.networks.dates import moment
from klout_tui.networks.http import Client
from klout_tui.networks.mastodon import entities
from klout_tui.networks.mastodon.api import entity_in
from klout_tui.networks.mastodon.login import BrowserLogin, Scopes
from klout_tui.networks.mastodon.mapping import object_id
from klout_tui.networks.mastodon.tolerance import entity
from klout_tui.networks.refusal import Refusal
from klout_tui.networks.writing import Limit, Outgoing, Sent, before_writing

USUAL: Final = 500
"""Characters, where a server does not say."""
A_LINK: Final = 23
"""Characters that any web address counts for."""
PAGES: Final = 5
"""Pages of her own statuses looked through at most, 40 a page."""
EARLIER: Final = timedelta(minutes=10)
"""How far the server's clock may be behind ours."""

_LINK: Final = re.compile(r"https?://\S+", re.IGNORECASE)
_MENTION: Final = re.compile(r"(?<![\w/@])(@[\w.-]+)@[\w.-]+\w")
_SPACE: Final = re.compile(r"\s+")
_OWN_ID: Final = re.compile(r"/(?:statuses|objects|notes|p|posts)/([\w-]+)$|/@[\w.-]+/([\w-]+)$")
_WIDTH: Final = {"public": 0, "unlisted": 1, "private": 2, "direct": 3}
"""Visibilities, the widest first; unknown ones (``local``, ``list``) are taken as they are."""

_SCOPES: Final = Scopes(
    wanted=(("profile", "read:accounts"), ("read:statuses",), ("read:search",), ("write:statuses",)),
    coarse="read write",
    asks="to know who you are, to write and delete posts as you, and to see whether they arrived",
    coarse_asks="to read and to write; this server divides no further, and klout-tui writes nothing but posts",
)


class _Statuses(msgspec.Struct):
    max_characters: int | None = None


class _Configuration(msgspec.Struct):
    statuses: _Statuses | None = None


class _Limits(msgspec.Struct):
    """https://docs.joinmastodon.org/entities/Instance/#max_characters; Pleroma has a member of its own."""

    configuration: _Configuration | None = None
    max_toot_chars: int | None = None


class _Found(msgspec.Struct):
    """https://docs.joinmastodon.org/entities/Search/."""

    statuses: list[msgspec.Raw] = []


class Writing:
    """How a status is written, found and deleted."""

    says: str = (
        "It takes a login of its own, which may write and delete posts as you. The one that reads stays as it is."
    )
    own_token: bool = True
    login: Login | None = BrowserLogin(scopes=_SCOPES)
    quietly: bool = True
    by_name: bool = True

    def limit(self, account: Account, most: int) -> Limit:  # noqa: ARG002  # the same count everywhere
        """The server's own limit; links count 23, of a mention only the name counts."""
        return Limit(most or USUAL, length)

    async def check(self, account: Account, client: Client) -> int:
        """Whose token it is, whether it may write, and how much.

        Whether it may is seen from a request to delete a status that no server has: it is turned away for its
        permission before anything is looked for.

        Raises:
            CredentialRefused: it may not write, or is somebody else's.
            NetworkError: as in ``networks.base``.
        """
        answer = await client.get("/api/v1/accounts/verify_credentials")
        owner = entity_in(answer, entities.Account, "an account")
        if owner.id != account.options.get("remote_id", owner.id):
            raise CredentialRefused(
                "this token belongs to another account",
                hint=f"Make one while logged in as {account.handle}.",
            )
        try:
            await client.delete("/api/v1/statuses/0", judge=_any_answer)
        except CredentialRefused as error:
            raise CredentialRefused(
                "this token may not write posts: it lacks the permission write:statuses",
                hint="Log in for writing, or make a token with write:statuses.",
            ) from error
        except (NotFound, Refused):
            pass
        return await _most(client)

    async def send(self, account: Account, letter: Outgoing, client: Client) -> Sent:  # noqa: ARG002  # the token's
        """Write it, in one try.

        Raises:
            NetworkError: as ``networks.writing`` says.
        """
        form = {"status": letter.text}
        wanted = "unlisted" if letter.quiet else "public"
        if letter.answers:
            with before_writing():
                thing = await _answered(letter.answers, client)
            form["in_reply_to_id"] = thing.id
            wanted = narrower("unlisted" if letter.quiet else "", thing.visibility or "")
        form["visibility"] = wanted
        answer = await client.post(
            "/api/v1/statuses", form=form, headers={"Idempotency-Key": letter.key}, judge=_said_no
        )
        try:
            return _sent(entity_in(answer, entities.Status, "the new status"))
        except (NotUnderstood, ValueError) as error:
            raise Unavailable("the server took it, and then said nothing that makes sense") from error

    async def find(self, account: Account, letter: Outgoing, taken: Collection[str], client: Client) -> Sent | None:
        """Look for it among her newest statuses.

        Raises:
            NetworkError: they cannot be read, or not as far back as it would be.
        """
        me = account.options.get("remote_id", "")
        answers = await _answered_id(letter, client)
        wanted, since = seen(letter.text), letter.at - EARLIER
        params = {"limit": "40", "exclude_reblogs": "true"}
        path = f"/api/v1/accounts/{quote(me, safe='')}/statuses"
        for _ in range(PAGES):
            raws = (await client.get(path, params=params)).json(list[msgspec.Raw], "a list of statuses")
            page = [status for raw in raws if (status := _readable(raw)) is not None]
            for status in page:
                at = moment(status.created_at)
                if (
                    status.reblog is None
                    and (at is None or at >= since)
                    and bool(status.in_reply_to_id) == bool(letter.answers)
                    and answers in ("", status.in_reply_to_id)
                    and seen(html_to_text(status.content or "")) == wanted
                    and object_id(status) not in taken
                ):
                    return _sent(status)
            dated = [at for status in page if (at := moment(status.created_at)) is not None]
            if not raws or (dated and min(dated) < since):
                return None
            if not page:
                break
            params = {**params, "max_id": page[-1].id}
        raise Unavailable(
            "you have written too much since to see whether it arrived", hint="Look for it in your browser."
        )

    async def delete(self, account: Account, sent: Sent, client: Client) -> None:  # noqa: ARG002  # the token's
        """https://docs.joinmastodon.org/methods/statuses/#delete.

        Raises:
            NetworkError: it may be there still.
        """
        try:
            await client.delete(f"/api/v1/statuses/{quote(sent.ref, safe='')}")
        except NotFound:
            return


def length(text: str) -> int:
    """Characters as a Mastodon server counts them."""
    return graphemes(_MENTION.sub(r"\1", _LINK.sub("x" * A_LINK, text)))


def narrower(one: str, other: str) -> str:
    """The less visible of two; what is unknown counts as the narrowest, since nothing may become more visible."""
    named = [each for each in (one, other) if each]
    strange = [each for each in named if each not in _WIDTH]
    return "direct" if strange else max(named, key=_WIDTH.__getitem__, default="unlisted")


def seen(text: str) -> str:
    """What is left of a text once a server made HTML of it and we text of that: no domain in mentions, no spaces."""
    return _SPACE.sub("", _MENTION.sub(r"\1", clean(text, 10_000)))


async def _answered_id(letter: Outgoing, client: Client) -> str:
    """The server's id of what is answered; empty where it answers nothing, or that is gone since."""
    if not letter.answers:
        return ""
    try:
        return (await _answered(letter.answers, client)).id
    except (NotFound, CredentialRefused, NotUnderstood):
        return ""


async def _answered(uri: str, client: Client) -> entities.Status:
    """The status with this object id as her own server knows it.

    Its own statuses carry the server's id in theirs; for others the server is asked to look for the address.

    Raises:
        NotFound: it does not know it.
        NetworkError: as in ``networks.base``.
    """
    found = _OWN_ID.search(uri)
    if found and uri.startswith(f"{client.base_url}/"):
        try:
            answer = await client.get(f"/api/v1/statuses/{quote(found[1] or found[2], safe='')}")
            status = entity_in(answer, entities.Status, "a status")
        except (NotFound, NotUnderstood):
            pass
        else:
            if object_id(status) == uri:
                return status
    params = {"q": uri, "type": "statuses", "resolve": "true", "limit": "5"}
    try:
        answer = await client.get("/api/v2/search", params=params)
    except CredentialRefused as error:
        raise CredentialRefused(
            "this token may not look for the post that this answers: it lacks the permission read:search",
            hint="Allow writing anew by logging in for it, or make a token with read:search.",
        ) from error
    for raw in answer.json(_Found, "what was found").statuses:
        each = _readable(raw)
        if each is not None and uri in (object_id(each), each.url):
            return each
    raise NotFound(
        "your server does not know the post that this answers", hint="It may be deleted; or write it in the browser."
    )


async def _most(client: Client) -> int:
    """The longest text the server takes, or 0 where it does not say."""
    for path in ("/api/v2/instance", "/api/v1/instance"):
        try:
            answer = await client.get(path, authorised=False)
            told = answer.json(_Limits, "an instance")
        except (NotFound, NotUnderstood, CredentialRefused):
            continue
        statuses = told.configuration.statuses if told.configuration else None
        most = (statuses.max_characters if statuses else None) or told.max_toot_chars or 0
        return most if 0 < most <= 1_000_000 else 0
    return 0


def _sent(status: entities.Status) -> Sent:
    identifier = object_id(status)
    if not identifier:
        raise ValueError("a status without an id")
    return Sent(identifier, safe_url(status.url or identifier), status.id)


def _readable(raw: msgspec.Raw) -> entities.Status | None:
    try:
        return entity(raw, entities.Status)
    except ValueError:
        return None


def _said_no(refusal: Refusal) -> NetworkError | None:
    """A refusal of the text itself, which servers word in the user's language: 422, or 400 on some."""
    if refusal.status in (
        httpx.codes.UNPROCESSABLE_ENTITY,
        httpx.codes.BAD_REQUEST,
        httpx.codes.REQUEST_ENTITY_TOO_LARGE,
    ):
        return Refused(f"{refusal.host} does not take it" + (f": {refusal.said}" if refusal.said else ""))
    return None


def _any_answer(refusal: Refusal) -> NetworkError | None:
    """Of a status that is not there: any complaint about it is one that comes after the permission."""
    return Refused("no such status") if refusal.status in (400, 404, 410, 422) else None
