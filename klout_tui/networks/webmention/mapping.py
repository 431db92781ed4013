"""From the interface's shape to our nouns. Pure; every rule of what counts is here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from klout_tui.domain import echo
from klout_tui.domain.model import Actor, Interaction, InteractionKind
from klout_tui.domain.text import clean_line, html_to_text
from klout_tui.networks.blog.naming import clean_link, person_key, same_host, site_key
from klout_tui.networks.dates import moment
from klout_tui.networks.lenient import fitted
from klout_tui.networks.webmention import bridgy
from klout_tui.networks.webmention.entities import Card, Content, Mention

KINDS: Final = {
    "in-reply-to": InteractionKind.COMMENT,
    "like-of": InteractionKind.LIKE,
    "repost-of": InteractionKind.REPOST,
    "bookmark-of": InteractionKind.BOOKMARK,
    "mention-of": InteractionKind.LINK,
    "rsvp": InteractionKind.COMMENT,
}
"""By ``wm-property``. An answer to an invitation is an answer; what it says is put into words."""

_WORDLESS: Final = frozenset({InteractionKind.LIKE, InteractionKind.REPOST, InteractionKind.BOOKMARK})
_SLACK: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Home:
    """Whose site it is."""

    account: str
    site: str
    """Address of its home page."""


def interaction_of(home: Home, mention: Mention, now: datetime) -> Interaction | str:
    """What a webmention tells of, or why it is not counted.

    Args:
        home: hers.
        mention: as the service told it.
        now: stands in for a missing date, and bounds all others.
    """
    card, content = _card(mention.author), _content(mention.content)
    source, target = mention.source or "", clean_link((mention.target or "").partition("#")[0])
    url = mention.url or source
    if not (url and target):
        return "unreadable mention"
    across = bridgy.source_of(source)
    author_url = card.url or ""
    if any(same_host(each, home.site) for each in (url, author_url, source)):
        return "your own pages"
    kind = KINDS.get(mention.property or "", InteractionKind.LINK)
    if across is not None and across.kind == "react":
        kind = InteractionKind.LIKE  # an emoji, told as a reply that consists of it
    at, estimated = _dated(mention, now)
    actor = _actor(card, author_url, source, url, across)
    written = kind not in _WORDLESS
    return Interaction(
        id=_id(home, kind, actor, url if written or not actor.url else "", target),
        account=home.account,
        kind=kind,
        actor=actor,
        at=at,
        post=target,
        url=url,
        text=_words(mention, content) if written else "",
        estimated=estimated,
        public=not mention.private,
        echo=_keys(kind, actor, url, target, across),
    )


def _id(home: Home, kind: InteractionKind, actor: Actor, url: str, target: str) -> str:
    """Name what was written, or done by nobody knows whom, by its address and its page: its kind may change."""
    if url:
        return f"{home.account}/mention/{url}/{target}"
    return f"{home.account}/{kind}/{actor.key}/{target}"


def _dated(mention: Mention, now: datetime) -> tuple[datetime, bool]:
    """When it was done, and whether that is estimated.

    Likes come without a date; then it is when the service was told. A date without its zone may be a day off.
    """
    told = (mention.published or "").strip()
    at = moment(told)
    if at is not None and at <= now + _SLACK:
        return min(at, now), not (told.endswith(("Z", "z")) or any(sign in told[10:] for sign in ("+", "-")))
    received = moment(mention.received)
    return (received if received is not None and received <= now else now), True


def _actor(card: Card, author_url: str, source: str, url: str, across: bridgy.Source | None) -> Actor:
    """Who did it, by the key the site they did it on has for them, so that they are one person by either way."""
    name = " ".join((card.name or "").split())
    if not site_key(author_url):
        place = source if across is None else f"https://{across.site}.invalid/"
        if bridgy.is_bridge(place):
            place = url
        key, handle = person_key(name or (across.response if across else ""), "", place)
        return Actor(key=key.removesuffix(".invalid"), handle=name or handle, name=name)
    key, handle = person_key(name, author_url, "")
    if across is not None:
        handle = _handle(author_url, across.site) or handle
        key = across.actor_id or _native_key(author_url, across.site) or key
    return Actor(key=key, handle=clean_line(handle, 300), name=name, url=author_url)


def _native_key(author_url: str, site: str) -> str:
    """What a server calls the person its profile page is of: Mastodon's ``/users/ada`` behind ``/@ada``."""
    parts = urlsplit(author_url)
    name = parts.path.strip("/")
    if site == "mastodon" and name.startswith("@") and "/" not in name and "@" not in name[1:]:
        return f"https://{parts.netloc.lower()}/users/{name[1:]}"
    return author_url if site == "github" else ""


def _handle(author_url: str, site: str) -> str:
    parts = urlsplit(author_url)
    name = parts.path.strip("/")
    if site == "mastodon" and name.startswith("@") and "/" not in name:
        return f"{name}@{parts.netloc.lower()}"
    if site == "bluesky" and name.startswith("profile/"):
        return f"@{name.removeprefix('profile/')}"
    return name if site == "github" and name and "/" not in name else ""


def _words(mention: Mention, content: Content) -> str:
    html = content.html or content.value or ""
    text = content.text or html_to_text(html) or (mention.name or "")
    if mention.property == "rsvp" and mention.rsvp:
        return f"RSVP: {mention.rsvp}\n\n{text}".strip()
    return text


def _keys(kind: InteractionKind, actor: Actor, url: str, target: str, across: bridgy.Source | None) -> tuple[str, ...]:
    """What the native record of the same act would be known by; nothing where there can be none."""
    if kind in _WORDLESS:
        if across is None or kind is InteractionKind.BOOKMARK:
            return ()  # on a page of their own site, which no other account of hers tells of
        whom = (actor.url, across.actor_id)
        return echo.done(kind, whom, ("" if bridgy.is_bridge(url) else echo.post_behind(url), across.post_url))
    own = "" if bridgy.is_bridge(url) else url
    keys = echo.said(own, across.said_url if across else "")
    if across is not None and across.site == "bluesky" and actor.url:
        keys += echo.said(f"{actor.url.rstrip('/')}/post/{url.rstrip('/').rpartition('/')[2]}")
    return tuple(dict.fromkeys(keys + (echo.linked(own, target) if across is None else ())))


def _card(author: Any) -> Card:
    if isinstance(author, list):
        author = author[0] if author else None
    if isinstance(author, str):
        return Card(url=author) if site_key(author) else Card(name=author)
    return fitted(author, Card) or Card()


def _content(content: Any) -> Content:
    if isinstance(content, str):
        return Content(text=content)
    return fitted(content, Content) or Content()


def received(mention: Mention) -> str:
    """The second the service got it in, as text that sorts; empty where it does not say."""
    at = moment(mention.received)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""


def mention_key(mention: Mention) -> str:
    """What tells a mention from all others in a list."""
    return str(mention.id) if mention.id is not None else f"{mention.source} {mention.target}"
