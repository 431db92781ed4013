"""What the last visit did not know of yet.

A thing is new when it happened after its account had last been read in that visit: what happened before she quit, but
was read later, is news too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from klout_tui.domain.model import Interaction, InteractionKind, Post, Value
from klout_tui.domain.plusk import PlusK


class News(Value, frozen=True):
    """What happened since the last visit, or before its end but too late for it."""

    since: datetime | None
    plusks: int
    to_thank: int
    """Recent +K not thanked yet, also those from before the last visit."""
    reactions: int
    """By name, and rises known by number only; those dated by guess are left out."""
    follows: int


class Seen(Value, frozen=True):
    """Up to when the last visit knew what had happened."""

    visit: datetime | None
    """When it ended; None before the first, which has no news."""
    accounts: dict[str, datetime] = {}
    """By account, when it had last been read by then; what is missing goes by ``visit``."""

    def as_of(self, now: datetime) -> Seen:
        """At ``now`` (UTC), a visit that ended later is none yet."""
        return self if self.visit is None or self.visit <= now else Seen(visit=None)

    def missed(self, account: str, at: datetime) -> bool:
        """Whether something on an account came too late for that visit."""
        return self.visit is not None and at > self.accounts.get(account, self.visit)


def missed(
    seen: Seen, acts: Iterable[Interaction], posts: Iterable[Post]
) -> defaultdict[str, Counter[InteractionKind]]:
    """What the last visit missed, by account and kind: acts of others, and rises of counters that no name explains."""
    new: defaultdict[str, Counter[InteractionKind]] = defaultdict(Counter)
    for act in acts:
        if not act.own and seen.missed(act.account, act.at):
            new[act.account][act.kind] += 1
    for post in posts:
        for increment in post.unnamed:
            if not increment.estimated and seen.missed(post.account, increment.at):
                new[post.account][increment.kind] += increment.count
    return new


def news(seen: Seen, new: Mapping[str, Counter[InteractionKind]], recent: Sequence[PlusK], now: datetime) -> News:
    """The news in numbers, from what was ``missed`` and the recent +K."""
    follows = sum(counts[InteractionKind.FOLLOW] for counts in new.values())
    return News(
        since=seen.visit,
        plusks=sum(seen.missed(plusk.account, plusk.at) for plusk in recent),
        to_thank=sum(plusk.waits(now) for plusk in recent),
        reactions=sum(counts.total() for counts in new.values()) - follows,
        follows=follows,
    )
