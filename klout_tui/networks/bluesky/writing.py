"""Writing on the AT Protocol: a record under a key of our own choosing, so that a second try is the same record.

``com.atproto.repo.putRecord`` with the same key and the same content changes nothing, and
``com.atproto.repo.getRecord`` tells whether it is there: at her own server, at once, whatever others are shown yet.
https://docs.bsky.app/docs/advanced-guides/posts, https://atproto.com/specs/record-key#record-key-type-tid
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from klout_tui.domain.graphemes import graphemes
from klout_tui.domain.model import Account
from klout_tui.networks.base import (
    CredentialRefused,
    Login,
    NetworkError,
    NotFound,
    NotUnderstood,
    Refused,
    Unavailable,
)
from klout_tui.networks.bluesky.entities import POST, Uri, is_did
from klout_tui.networks.bluesky.mapping import post_url
from klout_tui.networks.bluesky.node import Node
from klout_tui.networks.bluesky.refusals import APP_PASSWORD, judge
from klout_tui.networks.bluesky.session import Session
from klout_tui.networks.http import Client
from klout_tui.networks.refusal import Refusal
from klout_tui.networks.writing import Limit, Outgoing, Sent, before_writing

MOST: Final = 300
"""Graphemes of a post: ``app.bsky.feed.post``."""
BYTES: Final = 3_000
"""The same in UTF-8."""

_LETTERS: Final = "234567abcdefghijklmnopqrstuvwxyz"
"""Base 32 that sorts as the numbers do."""
_CLOCK_BITS: Final = 10
_LINK: Final = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]]")
_TAG: Final = re.compile(r"(?<!\S)[#＃]([^\s#＃.,;:!?)\]]*[^\W\d_][^\s#＃.,;:!?)\]]*)")


class Writing:
    """How a post is written, found and deleted."""

    says: str = (
        "A Bluesky app password can always write, so this is klout-tui's own switch: until you allow it, it never does."
    )
    own_token: bool = False
    login: Login | None = None
    quietly: bool = False
    by_name: bool = False

    def limit(self, account: Account, most: int) -> Limit:  # noqa: ARG002  # the same everywhere
        """300 characters, 3,000 bytes."""
        return Limit(MOST, length)

    async def check(self, account: Account, client: Client) -> int:
        """Whether the app password still opens the account; it can write by its nature.

        Raises:
            CredentialRefused: there is none, or it is refused.
            NetworkError: as in ``networks.base``.
        """
        if not client.has_token:
            raise CredentialRefused("this account was linked without an app password", hint=APP_PASSWORD)
        answer = await _session(account, client).query("com.atproto.server.getSession", {})
        if Node(answer.json(dict[str, Any], "a session")).text("did") != _did(account):
            raise CredentialRefused("the app password belongs to another account", hint=APP_PASSWORD)
        return 0

    async def send(self, account: Account, letter: Outgoing, client: Client) -> Sent:
        """Write it, in one try.

        Raises:
            NetworkError: as ``networks.writing`` says.
        """
        session, did, rkey = _session(account, client), _did(account), rkey_of(letter)
        with before_writing():
            record = {
                "$type": POST,
                "text": letter.text,
                "createdAt": _stamp(letter.at),
                **(await _answering(letter.answers, session) if letter.answers else {}),
            }
            if facets := list(_facets(letter)):
                record["facets"] = facets
        content = {"repo": did, "collection": POST, "rkey": rkey, "record": record}
        answer = await session.procedure("com.atproto.repo.putRecord", content, _said_no)
        try:
            uri = Node(answer.json(dict[str, Any], "what was written")).text("uri")
        except NotUnderstood as error:
            raise Unavailable("the server took it, and then said nothing that makes sense") from error
        if Uri.of(uri).rkey != rkey:
            raise Unavailable("the server took it, and then told of something else")
        return _sent(did, rkey)

    async def find(self, account: Account, letter: Outgoing, taken: Collection[str], client: Client) -> Sent | None:  # noqa: ARG002  # the key is the letter's own
        """Look under its key.

        Raises:
            NetworkError: it cannot be seen.
        """
        did, rkey = _did(account), rkey_of(letter)
        params = {"repo": did, "collection": POST, "rkey": rkey}
        try:
            answer = await _session(account, client).query("com.atproto.repo.getRecord", params)
        except NotFound:
            return None
        found = Node(answer.json(dict[str, Any], "a record"))
        return _sent(did, rkey) if found.node("value") else None

    async def delete(self, account: Account, sent: Sent, client: Client) -> None:
        """``com.atproto.repo.deleteRecord``, which does nothing where nothing is.

        Raises:
            NetworkError: it may be there still.
        """
        content = {"repo": _did(account), "collection": POST, "rkey": Uri.of(sent.id).rkey}
        try:
            await _session(account, client).procedure("com.atproto.repo.deleteRecord", content)
        except NotFound:
            return


def length(text: str) -> int:
    """Characters as a reader counts them; more where they take so many bytes that those are what is short."""
    size = len(text.encode("utf-8", "replace"))
    return max(graphemes(text), MOST + 1 if size > BYTES else 0)


def rkey_of(letter: Outgoing) -> str:
    """The record's key: a timestamp id of when she sent it off, its last bits from the letter's own key."""
    micros = (letter.at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    number = micros << _CLOCK_BITS | int(letter.key[:8], 16) & (1 << _CLOCK_BITS) - 1
    return "".join(_LETTERS[number >> 5 * place & 31] for place in reversed(range(13)))


def _session(account: Account, client: Client) -> Session:
    options = account.options
    origin = options.get("pds") or account.base_url
    return Session(client, did=_did(account), login=options.get("login", ""), origin=origin)


def _did(account: Account) -> str:
    return account.options.get("did", "")


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _sent(did: str, rkey: str) -> Sent:
    uri = f"at://{did}/{POST}/{rkey}"
    return Sent(uri, post_url(uri))


async def _answering(uri: str, session: Session) -> dict[str, Any]:
    """The part of a record that makes it a reply: what it answers, and where that conversation began.

    Raises:
        NotFound: what it answers is not there.
    """
    answer = await session.query("app.bsky.feed.getPosts", {"uris": [uri]})
    posts = Node(answer.json(dict[str, Any], "a list of posts")).nodes("posts")
    parent = next((each for each in posts if each.text("uri") == uri and each.text("cid")), None)
    if parent is None:
        raise NotFound("the post that this answers is not there any more")
    ref = {"uri": uri, "cid": parent.text("cid")}
    root = parent.node("record", "reply", "root")
    start = {"uri": root.text("uri"), "cid": root.text("cid")}
    return {"reply": {"root": start if all(start.values()) else ref, "parent": ref}}


def _facets(letter: Outgoing) -> Iterator[dict[str, Any]]:
    """What makes mentions, links and tags of a text work: https://docs.bsky.app/docs/advanced-guides/post-richtext."""
    text = letter.text
    for who in letter.to:
        if is_did(who.key) and who.handle.startswith("@"):
            for found in re.finditer(rf"(?<!\S){re.escape(who.handle)}(?![\w-]|\.\w)", text):
                yield _facet(
                    text, found.start(), found.end(), {"$type": "app.bsky.richtext.facet#mention", "did": who.key}
                )
    for found in _LINK.finditer(text):
        yield _facet(text, *found.span(), {"$type": "app.bsky.richtext.facet#link", "uri": found[0]})
    for found in _TAG.finditer(text):
        yield _facet(text, *found.span(), {"$type": "app.bsky.richtext.facet#tag", "tag": found[1]})


def _facet(text: str, start: int, end: int, feature: dict[str, str]) -> dict[str, Any]:
    """Offsets are bytes of UTF-8."""
    before = len(text[:start].encode())
    index = {"byteStart": before, "byteEnd": before + len(text[start:end].encode())}
    return {"index": index, "features": [feature]}


def _said_no(refusal: Refusal) -> NetworkError | None:
    """Beyond what holds for every request: 400 ``InvalidRequest`` is about the record, which was not written."""
    known = judge(refusal)
    if known is None and refusal.status in (400, 413):
        return Refused(f"{refusal.host} does not take it" + (f": {refusal.said}" if refusal.said else ""))
    return known
