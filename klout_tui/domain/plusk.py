"""+K: who acknowledged the user, on which topic. Decided here and nowhere else.

Explicit: somebody wrote "+K", gave an endorsement, or the user logged a thank-you. Earned: an act that costs the person
something of their own, a repost, a quote, a reply or comment of some substance, a link, a star, a fork. A like alone is
no +K. As in Klout (2011), one per person and topic counts in any seven days, from the last one counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from klout_tui.domain.model import Actor, Interaction, InteractionKind, Post, Value, network_of
from klout_tui.domain.praise import named_topic, says_plusk, words
from klout_tui.domain.tags import canonical_topics, topics_of

PAUSE: Final = timedelta(days=7)
"""One +K per person and topic counts within this span."""

THANK_WITHIN: Final = timedelta(days=14)
"""A +K waits this long for a thank-you; a list that only grows helps nobody."""

SUBSTANCE: Final = 4
"""Words a reply or comment needs, mentions, tags and links not counted, before it is more than a nod."""

_TIDY: Final = 10_000
"""People and topics remembered beyond those of the last seven days, before the older ones are let go."""

_ALWAYS: Final = frozenset(
    {
        InteractionKind.REPOST,
        InteractionKind.QUOTE,
        InteractionKind.LINK,
        InteractionKind.STAR,
        InteractionKind.FORK,
        InteractionKind.REVIEW,
    }
)
_GIVEN: Final = frozenset({InteractionKind.ENDORSEMENT, InteractionKind.THANKS})
_WRITTEN: Final = frozenset({InteractionKind.REPLY, InteractionKind.COMMENT})
_MAY_SAY_SO: Final = _WRITTEN | {InteractionKind.MENTION, InteractionKind.QUOTE}


class PlusK(Value, frozen=True):
    """One act of acknowledgement: one row, one thanks, one +K for each of its ``topics``."""

    id: str
    """The interaction's id."""
    account: str
    actor: Actor
    kind: InteractionKind
    at: datetime
    explicit: bool
    topics: tuple[str, ...] = ()
    """Those it counts for. Empty for an act on something that carries no topic."""
    post: str | None = None
    url: str = ""
    estimated: bool = False
    public: bool = True
    thanked_at: datetime | None = None

    @property
    def network(self) -> str:
        """Name of the network it happened on."""
        return network_of(self.account)

    def waits(self, now: datetime) -> bool:
        """Whether it is recent and not thanked yet."""
        return self.thanked_at is None and now - self.at <= THANK_WITHIN


def plusks(
    interactions: Iterable[Interaction], posts: Mapping[str, Post], thanked: Mapping[str, datetime]
) -> tuple[PlusK, ...]:
    """Every +K among the interactions that counts, newest first.

    Args:
        interactions: The whole past, in any order: which of a chain counts depends on the one counted before it, back
            to the first. The user's own are passed over.
        posts: Known posts by id; what they are about is what an act that names no topic is about.
        thanked: When the user thanked, by interaction id.
    """
    found = list(counted(sorted(interactions, key=lambda act: (act.at, act.id)), posts, thanked))
    found.reverse()
    return tuple(found)


def counted(
    interactions: Iterable[Interaction], posts: Mapping[str, Post], thanked: Mapping[str, datetime]
) -> Iterator[PlusK]:
    """The same, oldest first and as they come, for a past that is longer than memory.

    Args:
        interactions: The whole past, by time and id.
        posts: As for ``plusks``.
        thanked: As for ``plusks``.
    """

    @cache
    def known() -> frozenset[str]:
        return frozenset(topic for post in posts.values() for topic in canonical_topics(post.topics))

    last_counted: dict[tuple[str, str], datetime] = {}
    tidied = 0
    for act in interactions:
        if act.own:
            continue
        explicit = _explicit(act)
        if not explicit and not _earned(act):
            continue
        named = named_topic(act.text, known) if explicit else ""
        about = (named,) if named else topics_of(act, posts)
        new = [topic for topic in about or ("",) if _is_new(last_counted, act, topic)]
        if not new:
            continue
        for topic in new:
            last_counted[act.actor.key, topic] = act.at
        if len(last_counted) > 2 * tidied + _TIDY:
            last_counted = {key: at for key, at in last_counted.items() if act.at - at < PAUSE}
            tidied = len(last_counted)
        yield PlusK(
            id=act.id,
            account=act.account,
            actor=act.actor,
            kind=act.kind,
            at=act.at,
            explicit=explicit,
            topics=tuple(filter(None, new)),
            post=act.post,
            url=act.url,
            estimated=act.estimated,
            public=act.public,
            thanked_at=thanked.get(act.id),
        )


def _is_new(last_counted: Mapping[tuple[str, str], datetime], act: Interaction, topic: str) -> bool:
    before = last_counted.get((act.actor.key, topic))
    return before is None or act.at - before >= PAUSE


def _explicit(act: Interaction) -> bool:
    return act.kind in _GIVEN or (act.kind in _MAY_SAY_SO and says_plusk(act.text))


def _earned(act: Interaction) -> bool:
    return act.kind in _ALWAYS or (act.kind in _WRITTEN and words(act.text) >= SUBSTANCE)
