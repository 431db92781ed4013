"""One act that arrives by two ways: how a webmention and the native record of the same act find one another. Pure.

A Mastodon reply that her blog also gets as a webmention is one act. What arrives at second hand (``Interaction.echo``)
carries keys; the native record gives its own; where they share one, they are the same human's same act. Keys name
things by web address, freed of what makes no difference (``names``), and are of three forms:

``said ADDRESS``            something written, by its own address
``link PAGE TARGET``        a page that links to one of hers; the same page linking to two of hers are two acts
``like ACTOR POST``         something done to a post that has no address of its own, by who did it and to which post
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from klout_tui.domain.model import Actor, Interaction, InteractionKind

BACK: Final = 36
AHEAD: Final = 2
"""Months before and after an echo without a date of its own in which its native act may lie: it is dated to when it was
told, which is later, or much later where the telling began late; a native act without a date may be dated later."""
BESIDE: Final = 1
"""Months around an echo that is dated: both tell the same date, give or take a zone that one of them left out."""

DONE: Final = frozenset({InteractionKind.LIKE, InteractionKind.REPOST})
"""Acts without an address of their own."""
SAID: Final = frozenset(
    {
        InteractionKind.REPLY,
        InteractionKind.QUOTE,
        InteractionKind.MENTION,
        InteractionKind.COMMENT,
        InteractionKind.ISSUE,
        InteractionKind.REVIEW,
    }
)

_BLUESKY: Final = re.compile(r"/profile/([^/]+)(?:/post/([^/]+))?")
_AT_URI: Final = re.compile(r"at://([^/]+)(?:/app\.bsky\.feed\.post/([^/?#]+))?")
_REDDIT: Final = re.compile(r"(?:/r/[^/]+|/u(?:ser)?/[^/]+)?/comments/([a-z0-9]+)(?:/[^/]*(?:/([a-z0-9]+))?)?", re.I)
_GITHUB_COMMENT: Final = re.compile(r"(issuecomment|discussioncomment|discussion_r|pullrequestreview)-?(\d+)$")
_BY: Final = re.compile(r"#[^#]*[-_]by[-_][^#]*$")
_WATCHED: Final = ("utm_", "fbclid", "gclid", "mc_")
"""Beginnings of query parameters that only watch readers."""


@lru_cache(maxsize=16384)
def names(address: str) -> tuple[str, ...]:
    """What an address is known by; empty for anything that is none.

    Web addresses lose scheme, ``www.``, default port, trailing slash and watching parameters. Bluesky's, Reddit's and
    GitHub's become what their several forms have in common.
    """
    if address.startswith("at://"):
        found = _AT_URI.match(address)
        return (_bluesky(found[1], found[2]),) if found else ()
    if address.startswith("did:"):
        return (_bluesky(address, None),)
    if not address.startswith(("https://", "http://")):
        return ()
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").removeprefix("www."), parts.port
    except ValueError:
        return ()
    if not host:
        return ()
    path = unquote(parts.path).rstrip("/")
    if host == "bsky.app" and (found := _BLUESKY.fullmatch(path)):
        return (_bluesky(found[1], found[2]),)
    if host == "reddit.com" or host.endswith(".reddit.com"):
        return (_reddit(path),)
    if host == "github.com":
        return (_github(path, parts.fragment),)
    place = host if port in (None, 80, 443) else f"{host}:{port}"
    query = _query(parts.query)
    return (place + path + (f"?{query}" if query else "") + (f"#{parts.fragment}" if parts.fragment else ""),)


def post_behind(address: str) -> str:
    """The address of the post in that of something done to it, as Bridgy makes it: ``…/1098#favorited-by-7``."""
    return _BY.sub("", address)


def said(*addresses: str) -> tuple[str, ...]:
    """Keys of something written, by any of its addresses."""
    return _once(f"said {name}" for address in addresses for name in names(address))


def linked(page: str, target: str) -> tuple[str, ...]:
    """Keys of a page that links to one of hers."""
    return _once(f"link {one} {other}" for one in names(page) for other in names(target))


def done(kind: InteractionKind, actors: Iterable[str], posts: Iterable[str]) -> tuple[str, ...]:
    """Keys of something done, by any address or id of who did it and of the post."""
    whom = _once(name for post in posts for name in names(post))
    return _once(f"{kind.value} {name} {post}" for actor in actors for name in names(actor) for post in whom)


def keys_of(act: Interaction) -> tuple[str, ...]:
    """What a native act can be known by; empty for kinds that nobody else tells of, and for echoes."""
    if act.echo:
        return ()
    return native_keys(act.kind, act.id, act.actor, act.url, act.post or "")


def native_keys(kind: InteractionKind, identifier: str, actor: Actor, url: str, post: str) -> tuple[str, ...]:
    """The same from its parts, as a digest keeps them."""
    if kind in DONE:
        return done(kind, (actor.url, actor.key), (post_behind(url), post))
    if kind is InteractionKind.LINK:
        return linked(url, post) if post else said(url)
    if kind in SAID:
        return said(identifier, "" if url == post else url)
    return ()


def near(echo: Interaction, at: datetime) -> bool:
    """Whether a native act of that time may be the one an echo tells of; goes by whole UTC months."""
    return at.year * 12 + at.month in months_near(echo)


def months_near(echo: Interaction) -> range:
    """The UTC months a native act may lie in, each as twelve times the year plus the month."""
    here = echo.at.year * 12 + echo.at.month
    return range(here - BACK, here + AHEAD + 1) if echo.estimated else range(here - BESIDE, here + BESIDE + 1)


def _bluesky(actor: str, post: str | None) -> str:
    who = unquote(actor).lower()
    return f"bsky.app/{who}/{post}" if post else f"bsky.app/{who}"


def _reddit(path: str) -> str:
    found = _REDDIT.fullmatch(path)
    if found is None:
        return f"reddit.com{path.lower().replace('/u/', '/user/', 1)}"
    return f"reddit.com/comments/{found[1].lower()}" + (f"/{found[2].lower()}" if found[2] else "")


def _github(path: str, fragment: str) -> str:
    path = path.lower()
    if found := _GITHUB_COMMENT.fullmatch(fragment.lower()):
        return f"github.com{'/'.join(path.split('/')[:3])}/{found[1]}-{found[2]}"
    path = re.sub(r"^(/[^/]+/[^/]+)/pull/(\d+)$", r"\1/issues/\2", path)
    return f"github.com{path}" + (f"#{fragment.lower()}" if fragment else "")


def _query(query: str) -> str:
    kept = [pair for pair in parse_qsl(query, keep_blank_values=True) if not pair[0].lower().startswith(_WATCHED)]
    return urlencode(kept)


def _once(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(keys))
