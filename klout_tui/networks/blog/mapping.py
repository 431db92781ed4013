"""From what feeds and WordPress say to posts and interactions. Pure.

A comment signed with the name of a blog's author, with no site, the blog's own, or one the posts name with an author,
is the author's: it becomes a post of kind *reply*, never an interaction. REST tells authors by number, which is surer,
and is believed first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import msgspec

from klout_tui.domain.model import Account, Actor, Interaction, InteractionKind, Post, PostKind
from klout_tui.networks.blog.document import Item
from klout_tui.networks.blog.naming import (
    comment_id,
    comment_number,
    is_page_guid,
    object_id,
    person_key,
    same_host,
    site_key,
    wordpress_guid,
)

_LINKBACK: Final = ("[…]", "[...]")
"""How WordPress begins the excerpt of a pingback."""
_NO_TOPIC: Final = "uncategorized"
"""What WordPress calls having chosen no category."""


@dataclass(frozen=True, slots=True)
class Blogger:
    """Whose blog it is, as far as mapping needs to know."""

    account: str
    site: str
    """URL without a trailing slash; comments are named after it."""
    wordpress: bool = False
    names: frozenset[str] = field(default_factory=frozenset)
    """Case-folded names the author signs with."""
    sites: frozenset[str] = field(default_factory=frozenset)
    """``site_key`` of the sites that posts name with an author."""
    only: bool = False
    """Others write there too, and their posts are not hers."""

    @classmethod
    def of(cls, account: Account, authors: Iterable[str] = (), sites: Iterable[str] = ()) -> Blogger:
        """The blogger of an account, with names and sites of authors learnt since it was linked.

        Names she gave herself are the only ones that count.
        """
        told = listed(account.options.get("author", ""))
        names = told or (*listed(account.options.get("authors", "")), *authors)
        return cls(
            account=account.id,
            site=account.url or account.base_url,
            wordpress=account.options.get("engine") == "wordpress",
            names=frozenset(name.casefold() for name in names),
            sites=frozenset(site_key(site) for site in sites),
            only=bool(told),
        )

    def wrote(self, item: Item) -> bool:
        """Whether a post is hers; one without an author is."""
        return not self.only or not item.authors or any(name.casefold() in self.names for name in item.authors)

    def signed(self, item: Item) -> bool:
        """Whether a comment bears her name and nobody else's site."""
        named = any(name.casefold() in self.names for name in item.authors)
        key = site_key(item.author_url)
        return named and (not key or key in self.sites or same_host(item.author_url, self.site))


def listed(text: str) -> tuple[str, ...]:
    """Names kept in one option, one per line."""
    return tuple(filter(None, (line.strip() for line in text.splitlines())))


def identified(items: Iterable[Item], blogger: Blogger, *, distrust: bool) -> tuple[dict[str, Item], bool]:
    """Items by the id their post gets, and whether their own ids turned out to be useless.

    Args:
        items: in any order.
        blogger: whose.
        distrust: this feed has repeated ids before, so links are used.

    Returns:
        Id to item, in order; of two items that are the same, the first.
    """
    items = tuple(items)
    links: dict[str, set[str]] = {}
    for item in items:
        links.setdefault(item.id, set()).add(item.url)
    distrust = distrust or any(identifier and len(urls) > 1 for identifier, urls in links.items())
    found: dict[str, Item] = {}
    for item in items:
        own = item.url or item.id if distrust else item.id or item.url
        found.setdefault(object_id(blogger.account, own), item)
    return found, distrust


def post(identifier: str, item: Item, blogger: Blogger, now: datetime, *, comments: int | None = None) -> Post:
    """An article. A date that is missing or lies ahead is replaced by ``now`` and flagged estimated.

    Args:
        identifier: from ``identified``.
        item: its source.
        blogger: whose.
        now: UTC.
        comments: the counter to tell, where names alone do not suffice.
    """
    at, estimated = dated(item, now)
    # sorted, since feed and REST list the same topics in different order
    topics = tuple(topic for topic in item.topics if topic.casefold() != _NO_TOPIC)
    return Post(
        id=identifier,
        account=blogger.account,
        kind=PostKind.ARTICLE,
        at=at,
        url=item.url,
        title=item.title,
        text=item.text,
        topics=tuple(sorted(topics, key=str.casefold)) if blogger.wordpress else topics,
        counters={} if comments is None else {InteractionKind.COMMENT: comments},
        estimated=estimated,
    )


def remark_id(item: Item, blogger: Blogger) -> str:
    """Id of a comment, the same from REST, from RSS and from Atom."""
    number = comment_number(item.url) or comment_number(item.id)
    if number and (blogger.wordpress or wordpress_guid(item.id)):
        return comment_id(blogger.site, number)
    return object_id(blogger.account, item.id or item.url)


def remarked_post(item: Item, blogger: Blogger, posts: Mapping[str, str]) -> str | None:
    """Id of the post a comment stands under; None for a comment under something that is no post.

    Args:
        item: the comment.
        blogger: whose blog.
        posts: ids of known posts by their URL.
    """
    if is_page_guid(item.id):
        return None
    link = item.url.partition("#")[0]
    if link in posts:
        return posts[link]
    if comment_number(item.id):
        return object_id(blogger.account, item.id.partition("#")[0])
    if item.answers:
        return object_id(blogger.account, item.answers.partition("#")[0])
    return link or None


def remark(item: Item, blogger: Blogger, now: datetime, *, under: str | None, own: bool) -> Interaction | Post:
    """A comment: an interaction, a link from elsewhere, or the author's own answer.

    Args:
        item: the comment.
        blogger: whose blog.
        now: UTC, for comments without a date.
        under: id of the post it stands under.
        own: the author wrote it.
    """
    identifier = remark_id(item, blogger)
    at, estimated = dated(item, now)
    if own:
        return Post(
            id=identifier,
            account=blogger.account,
            kind=PostKind.REPLY,
            at=at,
            url=item.url,
            text=item.text,
            reply_to=_answered(item, blogger) or under,
            estimated=estimated,
        )
    name = item.authors[0] if item.authors else ""
    key, handle = person_key(name, item.author_url, blogger.site)
    elsewhere = bool(site_key(item.author_url)) and not same_host(item.author_url, blogger.site)
    found = Interaction(
        id=identifier,
        account=blogger.account,
        kind=InteractionKind.COMMENT,
        actor=Actor(key=key, handle=handle, name=name, url=item.author_url if elsewhere else ""),
        at=at,
        post=under,
        url=item.url,
        text=item.text,
        estimated=estimated,
    )
    if not item.text.startswith(_LINKBACK):
        return found
    if elsewhere:
        return as_link(found)
    return msgspec.structs.replace(found, kind=InteractionKind.LINK) if item.text.endswith(_LINKBACK) else found


def as_link(thing: Interaction | Post) -> Interaction | Post:
    """The same as a link from elsewhere, if its author gave another site; for what is known to be no plain comment.

    A pingback gives the linking page as its author's site: the site is who acts, the page is where.
    """
    if not isinstance(thing, Interaction) or not thing.actor.url or thing.kind is InteractionKind.LINK:
        return thing
    actor = thing.actor
    return msgspec.structs.replace(
        thing,
        kind=InteractionKind.LINK,
        actor=msgspec.structs.replace(actor, key=actor.handle),
        url=actor.url,
    )


def is_aside(thing: Interaction | Post, under: str | None) -> bool:
    """Whether the post's comment counter counts this, though it is no named comment on the post.

    Links are, and the author's answers to comments; who sets counters against names must not take them for strangers.
    """
    if isinstance(thing, Post):
        return thing.reply_to != under
    return thing.kind is InteractionKind.LINK


def dated(item: Item, now: datetime) -> tuple[datetime, bool]:
    """The item's date, or ``now`` where it has none or lies ahead; and whether that is estimated."""
    return (item.at, False) if item.at and item.at <= now else (now, True)


def _answered(item: Item, blogger: Blogger) -> str:
    """Id of the comment that this one answers, if it answers one."""
    number = comment_number(item.answers)
    return comment_id(blogger.site, number) if number else ""
