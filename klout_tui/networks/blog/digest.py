"""What one reading of the feeds amounts to: posts with their counters, comments with their posts. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import urlencode, urlsplit

from klout_tui.domain.model import Interaction, InteractionKind, Post
from klout_tui.networks.blog import mapping
from klout_tui.networks.blog.bookmark import Seen
from klout_tui.networks.blog.document import Feed, Item
from klout_tui.networks.blog.mapping import Blogger
from klout_tui.networks.blog.naming import same_host

RECENT: Final = 5
"""Newest posts whose own comments feed is read where the blog tells no counts."""

Remark = tuple[str | None, Interaction | Post]
"""Id of the post it stands under, and the comment or the author's answer."""


@dataclass(slots=True)
class Remarks:
    """Comments read from a feed."""

    rows: list[Remark] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)

    def under(self, post: str) -> int:
        """How many stand under a post."""
        return sum(1 for under, _ in self.rows if under == post)

    @property
    def interactions(self) -> list[Interaction]:
        """What others did."""
        return [thing for _, thing in self.rows if isinstance(thing, Interaction)]

    @property
    def answers(self) -> list[Post]:
        """What the author answered."""
        return [thing for _, thing in self.rows if isinstance(thing, Post)]


def remarks_of(
    items: Iterable[Item],
    blogger: Blogger,
    window: Mapping[str, Seen],
    now: datetime,
    *,
    under: str | None = None,
) -> Remarks:
    """The comments in a comments feed, oldest first.

    Args:
        items: of the feed.
        blogger: whose blog.
        window: known posts by id.
        now: UTC.
        under: the post, where the feed is that of one post.
    """
    urls = {seen.url: identifier for identifier, seen in window.items() if seen.url}
    remarks = Remarks()
    done: set[str] = set()
    for item in reversed(tuple(items)):
        post = under or mapping.remarked_post(item, blogger, urls)
        if (blogger.only and post is None) or (post and post in window and window[post].others):
            remarks.skipped["under another author's post"] += 1
            continue
        thing = mapping.remark(item, blogger, now, under=post, own=blogger.signed(item))
        if thing.id not in done:
            done.add(thing.id)
            remarks.rows.append((post, thing))
    return remarks


def untold(remarks: Remarks, told: set[str], since: datetime | None) -> Remarks:
    """Of a comments feed, what REST does not tell: links from other sites.

    Args:
        remarks: from the comments feed.
        told: ids that REST has just told.
        since: REST was asked for comments from then on (None: for all), so what it left out of that time is no
            plain comment, however its text may look.
    """
    kept = Remarks(skipped=remarks.skipped)
    for under, thing in remarks.rows:
        if thing.id in told:
            continue
        is_link = isinstance(thing, Interaction) and thing.kind is InteractionKind.LINK
        if is_link or since is None or thing.at > since:
            kept.rows.append((under, mapping.as_link(thing)))
    return kept


def remembered(found: Mapping[str, Item], before: Mapping[str, Seen], blogger: Blogger) -> dict[str, Seen]:
    """The window after reading the posts feed; counts are taken over when their comments have been looked for."""
    window = {}
    for identifier, item in found.items():
        old = before.get(identifier, Seen())
        window[identifier] = Seen(
            url=item.url if item.url != identifier else "",
            comments=old.comments,
            asides=old.asides,
            others=not blogger.wrote(item),
        )
    return window | {identifier: seen for identifier, seen in before.items() if identifier not in window}


def note_asides(window: Mapping[str, Seen], remarks: Remarks) -> None:
    """Remember what counters count beside named comments."""
    for under, thing in remarks.rows:
        seen = window.get(under or "")
        if seen and mapping.is_aside(thing, under) and thing.id not in seen.asides:
            seen.asides.append(thing.id)


def posts_of(
    found: Mapping[str, Item], window: Mapping[str, Seen], blogger: Blogger, now: datetime, *, counted: bool
) -> list[Post]:
    """The posts of a feed, oldest first.

    Args:
        found: items by id.
        window: what is remembered of them.
        blogger: whose.
        now: UTC.
        counted: tell counters, less what is known to be no comment by a stranger.
    """
    posts = []
    for identifier, item in reversed(list(found.items())):
        if not blogger.wrote(item):
            continue
        count = item.comments if counted else None
        if count is not None and identifier in window:
            count = max(0, count - len(window[identifier].asides))
        posts.append(mapping.post(identifier, item, blogger, now, comments=count))
    return posts


def grown(found: Mapping[str, Item], window: Mapping[str, Seen], remarks: Remarks) -> list[str]:
    """Posts whose own comments feed is worth reading: those with more new comments than the common feed told.

    Where the blog tells no counts, the newest few.
    """
    asked = []
    for rank, (identifier, item) in enumerate(found.items()):
        if not item.comments_feed or (identifier in window and window[identifier].others):
            continue
        if item.comments is None:
            worth = rank < RECENT
        else:
            before = window[identifier].comments if identifier in window else 0
            worth = item.comments - before > remarks.under(identifier)
        if worth:
            asked.append(identifier)
    return asked


def older_page(feed: Feed, url: str, *, wordpress: bool) -> str:
    """Address of the items before those of ``feed``, read from ``url``; empty if there is none to be known.

    A feed may name it (RFC 5005, JSON Feed), but not on another host; WordPress has one without saying so.
    """
    if feed.next_page:
        return feed.next_page if same_host(feed.next_page, url) and feed.next_page != url else ""
    if not wordpress or not feed.items:
        return ""
    parts = urlsplit(url)
    kept = [pair for pair in parts.query.split("&") if pair and not pair.startswith("paged=")]
    number = next((pair[6:] for pair in parts.query.split("&") if pair.startswith("paged=")), "1")
    following = int(number) + 1 if number.isascii() and number.isdigit() else 2
    return parts._replace(query="&".join((*kept, urlencode({"paged": following})))).geturl()
