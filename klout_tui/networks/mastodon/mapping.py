"""From the API's shapes to our nouns. Pure; every rule of the network's sheet about what counts is here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from klout_tui.domain.model import Actor, Interaction, InteractionKind, Post, PostKind, Profile
from klout_tui.domain.text import html_to_text
from klout_tui.networks.dates import moment
from klout_tui.networks.mastodon import entities

OPEN: Final = frozenset({"public", "unlisted"})
"""Visibilities whose text may leave the app; ``private``, ``direct``, ``list``, ``local`` and unknown ones may not."""

_REACTIONS: Final = {
    "favourite": InteractionKind.LIKE,
    "pleroma:emoji_reaction": InteractionKind.LIKE,
    "reblog": InteractionKind.REPOST,
    "share": InteractionKind.REPOST,  # Pixelfed
}
_CLOCK_SLACK: Final = timedelta(hours=1)
_LARGEST: Final = 10**12
"""Counters beyond this, or below 0, are nonsense and left out."""


@dataclass(frozen=True, slots=True)
class Home:
    """Whose account it is, and where: what the mapping must know to tell hers from others'."""

    account: str
    """Our account id."""
    remote_id: str
    """The id her own server gives her."""
    domain: str
    """Added to the ``acct`` of local people."""
    mislabels: bool = False
    """The server reports local-only posts as public (Takahe), so that no text of it may leave the app."""

    def acct(self, account: entities.Account) -> str:
        """``user@host`` for local people too."""
        acct = (account.acct or account.username or account.id).removeprefix("@")
        return acct if "@" in acct else f"{acct}@{self.domain}"

    def is_open(self, visibility: str | None) -> bool:
        """Whether text of that visibility may leave the app."""
        return visibility in OPEN and not self.mislabels


def dated(told: str | None, now: datetime) -> tuple[datetime, bool]:
    """When something happened, and whether that is estimated: it is where no date was told, or one that lies ahead.

    A server's clock may run ahead of ours a little; that is still the date it told.
    """
    at = moment(told)
    return min(at or now, now), at is None or at > now + _CLOCK_SLACK


def profile_of(home: Home, account: entities.Account) -> Profile:
    """What the server says of the user herself."""
    acct = home.acct(account)
    return Profile(
        handle=f"@{acct}",
        name=account.display_name or account.username,
        url=account.url or "",
        followers=_shown(account, "followers"),
        following=_shown(account, "following"),
        posts=_count(account.statuses_count),
        keys=tuple(dict.fromkeys(key for key in (account.uri, acct.lower()) if key)),
    )


def actor_of(home: Home, account: entities.Account, *, embedded: bool = False) -> Actor:
    """The one who acted.

    Args:
        home: whose notifications or threads they are met in.
        account: as the server sent it.
        embedded: it came inside a status, where Takahe reports all counters as 0; then all zero means unknown.
    """
    acct = home.acct(account)
    followers = _shown(account, "followers")
    if embedded and not (account.followers_count or account.following_count or account.statuses_count):
        followers = None
    return Actor(
        key=account.uri or acct.lower(),
        handle=f"@{acct}",
        name=account.display_name or account.username,
        url=account.url or "",
        followers=followers,
        bot=bool(account.bot),
    )


def object_id(status: entities.Status) -> str:
    """The network's own id of a status, the same on every server; empty if it has none."""
    return status.uri or status.url or ""


def counters_of(status: entities.Status) -> dict[InteractionKind, int]:
    """The totals the server knows; those it does not send are left out."""
    told = {
        InteractionKind.REPLY: _count(status.replies_count),
        InteractionKind.REPOST: _count(status.reblogs_count),
        InteractionKind.LIKE: _count(status.favourites_count),
        InteractionKind.QUOTE: _count(status.quotes_count),
    }
    return {kind: count for kind, count in told.items() if count is not None}


def post_of(home: Home, status: entities.Status, uris: Mapping[str, str], now: datetime) -> Post | None:
    """A status of hers as a post; None if it has no id of its own.

    Args:
        home: hers.
        status: written or boosted by her.
        uris: object ids by the server's ids, for what it answers; empty where that is known to be unknown.
        now: stands in for a missing date, and bounds all others.
    """
    at, estimated = dated(status.created_at, now)
    public = home.is_open(status.visibility)
    if status.reblog is not None:
        return _repost_of(home, status, status.reblog, at=at, estimated=estimated, public=public)
    if not (own_id := object_id(status)):
        return None
    answers = status.in_reply_to_id
    return Post(
        id=own_id,
        account=home.account,
        kind=PostKind.REPLY if answers else PostKind.STATUS,
        at=at,
        url=status.url or own_id,
        text=text_of(status),
        topics=_topics(status),
        counters=counters_of(status),
        reply_to=(uris.get(answers) or None) if answers else None,
        public=public,
        estimated=estimated,
    )


def _repost_of(
    home: Home, wrapper: entities.Status, inner: entities.Status, *, at: datetime, estimated: bool, public: bool
) -> Post | None:
    """A boost: nothing of the inner post, neither words nor counters, is hers."""
    inner_id = object_id(inner)
    own_id = object_id(wrapper)
    if not own_id or own_id == inner_id:
        own_id = f"{home.account}/repost/{inner_id or wrapper.id}"
    return Post(
        id=own_id,
        account=home.account,
        kind=PostKind.REPOST,
        at=at,
        url=inner.url or inner_id,
        text=f"boosted @{home.acct(inner.account)}",
        public=public and home.is_open(inner.visibility),
        estimated=estimated,
    )


def text_of(status: entities.Status) -> str:
    """The words of a status, its content warning first."""
    words = html_to_text(status.content or "")
    return f"{status.spoiler_text}\n\n{words}" if status.spoiler_text else words


def parent_of_reply(home: Home, status: entities.Status) -> str | None:
    """The server's id of the post of hers that somebody else's status answers; None if it answers none of hers."""
    if status.in_reply_to_account_id != home.remote_id or status.account.id == home.remote_id:
        return None
    return status.in_reply_to_id


def interaction_of(
    home: Home, notification: entities.Notification, uris: Mapping[str, str], now: datetime
) -> Interaction | None:
    """What a notification tells of; None if it is none of the things we count.

    Args:
        home: hers.
        notification: as the server sent it.
        uris: object ids by the server's ids, for the posts that are answered.
        now: stands in for a missing date, and bounds all others.
    """
    if notification.account is None or notification.account.id == home.remote_id:
        return None
    actor = actor_of(home, notification.account)
    at, estimated = dated(notification.created_at, now)
    status = notification.status
    if notification.type == "follow":
        return Interaction(
            id=f"{home.account}/{InteractionKind.FOLLOW}/{actor.key}",
            account=home.account,
            kind=InteractionKind.FOLLOW,
            actor=actor,
            at=at,
            url=actor.url,
            estimated=estimated,
        )
    if status is None:
        return None
    if kind := _REACTIONS.get(notification.type):
        liked = status.reblog or status
        if not (post := object_id(liked)):
            return None
        return reaction_of(
            home,
            kind,
            actor,
            post,
            at=at,
            estimated=estimated,
            url=liked.url or "",
            visibility=liked.visibility,
        )
    if notification.type == "mention":
        return spoken_of(home, status, uris, actor=actor, at=at, estimated=estimated)
    if notification.type == "quote":
        post = _quoted(status.quote, uris)
        return _words(home, InteractionKind.QUOTE, status, actor=actor, at=at, post=post, estimated=estimated)
    return None


def reaction_of(
    home: Home,
    kind: InteractionKind,
    actor: Actor,
    post: str,
    *,
    at: datetime,
    estimated: bool,
    url: str = "",
    visibility: str | None = "public",
) -> Interaction:
    """A like or boost of a post of hers; the same act gives the same id by whatever route it is seen."""
    return Interaction(
        id=f"{home.account}/{kind}/{actor.key}/{post}",
        account=home.account,
        kind=kind,
        actor=actor,
        at=at,
        post=post,
        url=url or post,
        estimated=estimated,
        public=home.is_open(visibility),
    )


def spoken_of(
    home: Home, status: entities.Status, uris: Mapping[str, str], *, actor: Actor, at: datetime, estimated: bool
) -> Interaction | None:
    """A reply if it answers a post of hers, else a mention; None for her own and for what has no id."""
    if status.account.id == home.remote_id:
        return None
    parent = parent_of_reply(home, status)
    kind = InteractionKind.REPLY if parent else InteractionKind.MENTION
    post = uris.get(parent, "") if parent else ""
    return _words(home, kind, status, actor=actor, at=at, post=post, estimated=estimated)


def _quoted(quote: entities.Quote | None, uris: Mapping[str, str]) -> str:
    """The object id of what is quoted; empty where it is not told."""
    if quote is None:
        return ""
    if quote.quoted_status is not None:
        return object_id(quote.quoted_status)
    return uris.get(quote.quoted_status_id or "", "")


def _words(
    home: Home,
    kind: InteractionKind,
    status: entities.Status,
    *,
    actor: Actor,
    at: datetime,
    post: str,
    estimated: bool,
) -> Interaction | None:
    if not (own_id := object_id(status)):
        return None
    return Interaction(
        id=own_id,
        account=home.account,
        kind=kind,
        actor=actor,
        at=at,
        post=post or None,
        url=status.url or own_id,
        text=text_of(status),
        topics=_topics(status),
        estimated=estimated,
        public=home.is_open(status.visibility),
    )


def _topics(status: entities.Status) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag.name.removeprefix("#") for tag in status.tags or () if tag.name))


def _shown(account: entities.Account, which: str) -> int | None:
    """A counter of an account, unless it says that it hides it (Pleroma)."""
    hidden = account.pleroma
    if which == "followers":
        return None if hidden and hidden.hide_followers_count else _count(account.followers_count)
    return None if hidden and hidden.hide_follows_count else _count(account.following_count)


def _count(number: int | None) -> int | None:
    return number if number is not None and 0 <= number <= _LARGEST else None
