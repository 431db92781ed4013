"""Mastodon's entities as its API writes them (docs.joinmastodon.org/entities), version 4.6."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from klout_tui.demo.events import Act, Status
from klout_tui.demo.ledger import Ledger
from klout_tui.demo.people import Person
from klout_tui.demo.persona import Persona

HER_ID: Final = "109245817734509118"
_LINK: Final = re.compile(r"https://(\S+)")
_NAMED: Final = re.compile(r"(?<![\w@])@(\w+)")
_AT: Final = re.compile(r"(?<![\w@/])@(\w+)@([\w.-]+\w)")
_CACHED: Final = 4000
"""Encoded entities kept; a backfill asks for the same ones again and again."""

Entity = dict[str, Any]


def stamp(at: datetime) -> str:
    """UTC with milliseconds, as in ``created_at``."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


class Shapes:
    """Entities at a moment."""

    def __init__(self, persona: Persona, ledger: Ledger) -> None:
        self.her = persona.her
        self.origin = f"https://{persona.her.server}"
        self.ledger = ledger
        self._accounts: dict[str, msgspec.Raw] = {}
        self._statuses: dict[tuple[object, ...], msgspec.Raw] = {}

    def me(self, at: datetime) -> Entity:
        """Her own account."""
        statuses = self.ledger.statuses(at, all_of_them=True)
        day = statuses[-1].at.date().isoformat() if statuses else None
        her = self.her
        site = {
            "name": "Blog",
            "value": _anchor(f"https://{her.site}/"),
            "verified_at": "2024-03-05T07:12:00Z",
        }
        me = self._account(
            HER_ID,
            her.handle,
            her.handle,
            her.name,
            her.note,
            her.server,
            (self.ledger.followers(at), 312, len(statuses)),
            day,
        )
        return me | {"fields": [site]}

    def credentials(self, at: datetime) -> Entity:
        """Her own account with what only she may see."""
        me = self.me(at)
        source = {
            "privacy": "public",
            "sensitive": False,
            "language": "en",
            "note": self.her.note,
            "fields": [{"name": "Blog", "value": f"https://{self.her.site}/", "verified_at": None}],
            "follow_requests_count": 0,
        }
        role = {"id": "-99", "name": "", "permissions": "65536", "color": "", "highlighted": False}
        return me | {"source": source, "role": role}

    def person(self, person: Person) -> msgspec.Raw:
        """Somebody else's account."""
        if person.id not in self._accounts:
            entity = self._account(
                person.id,
                person.username,
                person.acct,
                person.name,
                "",
                person.host,
                (person.followers, person.following, person.written),
                None,
            )
            self._accounts[person.id] = _encoded(entity | {"bot": person.kind.bot})
        return self._accounts[person.id]

    def status(self, status: Status, at: datetime, *, personal: bool, nested: bool = False) -> msgspec.Raw:
        """A status.

        Args:
            status: hers or another's.
            at: counters as of then.
            personal: asked with her token, so that it also tells what she did with it.
            nested: inside another one, where a quote is told by id only.
        """
        counters = self.ledger.counters(status, at)
        inner = status.boosts or status.quotes
        key = (
            status.id,
            counters,
            personal,
            nested,
            self.ledger.followers(at) if status.author is None or inner else 0,
            self.ledger.counters(inner, at) if inner else None,
        )
        if key not in self._statuses:
            if len(self._statuses) >= _CACHED:
                self._statuses.clear()
            self._statuses[key] = _encoded(self._status(status, at, personal, nested))
        return self._statuses[key]

    def notification(self, act: Act, at: datetime) -> Entity:
        """Who did what."""
        entity: Entity = {
            "id": act.id,
            "type": act.kind,
            "created_at": stamp(act.at),
            "group_key": f"ungrouped-{act.id}",
            "account": self.person(act.person) if act.person else self.me(at),
        }
        if act.status:
            if act.kind in ("favourite", "reblog"):
                entity["group_key"] = f"{act.kind}-{act.status.id}-{int(act.at.timestamp()) // 43200}"
            entity["status"] = self.status(act.status, at, personal=True)
        return entity

    def url(self, status: Status) -> str:
        """Its page, on the server of whoever wrote it."""
        if status.author:
            return f"{status.author.url}/{status.id}"
        return f"{self.origin}/@{self.her.handle}/{status.id}"

    def uri(self, status: Status) -> str:
        """Its id everywhere."""
        if status.author:
            return f"{status.author.uri}/statuses/{status.id}"
        activity = "/activity" if status.boosts else ""
        return f"{self.origin}/users/{self.her.handle}/statuses/{status.id}{activity}"

    def _status(self, status: Status, at: datetime, personal: bool, nested: bool) -> Entity:
        favourites, reblogs, replies, quotes = self.ledger.counters(status, at)
        answered = status.answers
        server = status.author.host if status.author else self.her.server
        mentions = self._mentions(status)
        entity: Entity = {
            "id": status.id,
            "created_at": stamp(status.at),
            "in_reply_to_id": answered.id if answered else None,
            "in_reply_to_account_id": (answered.author.id if answered.author else HER_ID) if answered else None,
            "sensitive": False,
            "spoiler_text": "",
            "visibility": status.visibility,
            "language": None if status.boosts else status.language,
            "uri": self.uri(status),
            "url": self.uri(status) if status.boosts else self.url(status),
            "replies_count": replies,
            "reblogs_count": reblogs,
            "favourites_count": favourites,
            "quotes_count": quotes,
            "edited_at": None,
            "content": self._content(status, mentions, server),
            "reblog": self.status(status.boosts, at, personal=personal) if status.boosts else None,
            "account": self.person(status.author) if status.author else self.me(at),
            "media_attachments": [],
            "mentions": mentions,
            "tags": [{"name": tag, "url": f"https://{server}/tags/{tag}"} for tag in status.tags],
            "emojis": [],
            "card": None,
            "poll": None,
            "quote": self._quote(status, at, personal, nested),
        }
        if personal:
            entity |= {
                "favourited": False,
                "reblogged": status.boosts is not None,
                "muted": False,
                "bookmarked": False,
                "filtered": [],
            }
            if status.author is None:
                entity["pinned"] = False
        return entity

    def _quote(self, status: Status, at: datetime, personal: bool, nested: bool) -> Entity | None:
        if not status.quotes:
            return None
        if nested:
            return {"state": "accepted", "quoted_status_id": status.quotes.id}
        return {"state": "accepted", "quoted_status": self.status(status.quotes, at, personal=personal, nested=True)}

    def _mentions(self, status: Status) -> list[dict[str, str]]:
        mentions = []
        if status.to_her:
            url = f"{self.origin}/@{self.her.handle}"
            mentions.append({"id": HER_ID, "username": self.her.handle, "url": url, "acct": self.her.handle})
        if status.answers and status.answers.author:
            other = status.answers.author
            mentions.append({"id": other.id, "username": other.username, "url": other.url, "acct": other.acct})
        return mentions

    def _content(self, status: Status, mentions: list[dict[str, str]], server: str) -> str:
        """HTML as a server makes it of plain text: paragraphs, mentions, links, and the tags at the end."""
        if status.boosts:
            return self._content(status.boosts, [], server)
        if status.typed:
            return self._as_typed(status)
        text = _LINK.sub(lambda link: _anchor(link.group()), html.escape(status.text, quote=False))
        cards = {mention["username"]: _card(mention) for mention in mentions}
        if status.answers and cards:
            text = f"{' '.join(cards.values())} {text}"
        else:
            text = _NAMED.sub(lambda found: cards.get(found.group(1), found.group()), text)
        paragraphs = text.split("\n\n")
        if status.tags:
            paragraphs.append(
                " ".join(
                    f'<a href="https://{server}/tags/{tag}" class="mention hashtag" rel="tag">#<span>{tag}</span></a>'
                    for tag in status.tags
                )
            )
        return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)

    def _as_typed(self, status: Status) -> str:
        """A text with its mentions and tags where they were typed; of mentions a server shows the name alone."""
        text = _LINK.sub(lambda link: _anchor(link.group()), html.escape(status.text, quote=False))
        text = _AT.sub(
            lambda at: _card({"url": f"https://{at[2]}/@{at[1]}", "username": at[1]}),
            text,
        )
        return "".join(f"<p>{part.replace(chr(10), '<br />')}</p>" for part in text.split("\n\n"))

    def _account(
        self,
        identifier: str,
        username: str,
        acct: str,
        name: str,
        note: str,
        host: str,
        counts: tuple[int, int, int],
        last: str | None,
    ) -> Entity:
        picture = f"{self.origin}/avatars/original/missing.png"
        return {
            "id": identifier,
            "username": username,
            "acct": acct,
            "display_name": name,
            "locked": False,
            "bot": False,
            "discoverable": True,
            "indexable": False,
            "group": False,
            "created_at": "2019-04-02T00:00:00.000Z",
            "note": f"<p>{html.escape(note, quote=False)}</p>" if note else "",
            "url": f"https://{host}/@{username}",
            "uri": f"https://{host}/users/{username}",
            "avatar": picture,
            "avatar_static": picture,
            "header": picture,
            "header_static": picture,
            "followers_count": counts[0],
            "following_count": counts[1],
            "statuses_count": counts[2],
            "last_status_at": last,
            "hide_collections": False,
            "emojis": [],
            "fields": [],
        }


def _card(mention: dict[str, str]) -> str:
    return (
        f'<span class="h-card" translate="no"><a href="{mention["url"]}" class="u-url mention">'
        f"@<span>{mention['username']}</span></a></span>"
    )


def _anchor(url: str) -> str:
    shown = url.removeprefix("https://")
    return (
        f'<a href="{url}" target="_blank" rel="nofollow noopener" translate="no">'
        f'<span class="invisible">https://</span><span class="">{shown}</span><span class="invisible"></span></a>'
    )


def _encoded(entity: Entity) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(entity))
