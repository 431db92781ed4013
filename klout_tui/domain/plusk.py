"""+K: who acknowledged the user, on which topic. Decided here and nowhere else.

Explicit: somebody wrote "+K", gave an endorsement, or the user logged a thank-you. Earned: an act that costs the person
something of their own, a repost, a quote, a reply or comment of some substance, a link, a star, a fork. A like alone is
no +K. As in Klout (2011), one per person and topic counts in any seven days, from the last one counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from klout_tui.domain.model import Actor, Interaction, InteractionKind, Post, Value, network_of
from klout_tui.domain.tags import canonical_topics, topics_of

PAUSE: Final = timedelta(days=7)
"""One +K per person and topic counts within this span."""

THANK_WITHIN: Final = timedelta(days=14)
"""A +K waits this long for a thank-you; a list that only grows helps nobody."""

SUBSTANCE: Final = 4
"""Words a reply or comment needs, mentions, tags and links not counted, before it is more than a nod."""

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

_EXPLICIT: Final = re.compile(r"(?<![\w+])\+k\b(?:\s+(?:about|for|on|in)\s+#?([\w][\w-]*))?|#plusk\b", re.IGNORECASE)
_STOP: Final = frozenset(
    {"a", "an", "the", "this", "that", "your", "you", "it", "all", "my", "these", "those", "being"}
)
_NOT_WORDS: Final = re.compile(r"https?://\S+|[@#]\S+")
_WORD: Final = re.compile(r"[^\W_]+")
_NO_SPACES: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")


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

    The seven days depend on what came before, so give a week more than is shown.
    """
    last_counted: dict[tuple[str, str], datetime] = {}
    found: list[PlusK] = []
    for act in sorted(interactions, key=lambda act: (act.at, act.id)):
        if act.own:
            continue
        explicit, named_topic = _explicit(act)
        if not explicit and not _earned(act):
            continue
        about = canonical_topics([named_topic]) if named_topic else topics_of(act, posts)
        about = tuple(topic for topic in about if topic != "plusk")
        counted = [topic for topic in about or ("",) if _is_new(last_counted, act, topic)]
        if not counted:
            continue
        for topic in counted:
            last_counted[act.actor.key, topic] = act.at
        found.append(
            PlusK(
                id=act.id,
                account=act.account,
                actor=act.actor,
                kind=act.kind,
                at=act.at,
                explicit=explicit,
                topics=tuple(filter(None, counted)),
                post=act.post,
                url=act.url,
                estimated=act.estimated,
                public=act.public,
                thanked_at=thanked.get(act.id),
            )
        )
    found.reverse()
    return tuple(found)


def words(text: str) -> int:
    """How many words a text has, mentions, tags and links not counted; scripts without spaces count two characters."""
    bare = _NOT_WORDS.sub(" ", text)
    unspaced = len(_NO_SPACES.findall(bare))
    return len(_WORD.findall(_NO_SPACES.sub(" ", bare))) + unspaced // 2


def _is_new(last_counted: Mapping[tuple[str, str], datetime], act: Interaction, topic: str) -> bool:
    before = last_counted.get((act.actor.key, topic))
    return before is None or act.at - before >= PAUSE


def _explicit(act: Interaction) -> tuple[bool, str]:
    """Whether the act says +K, and the topic it says it about, if any."""
    if act.kind in _GIVEN:
        return True, ""
    match = _EXPLICIT.search(act.text) if act.kind in _MAY_SAY_SO else None
    if match is None:
        return False, ""
    topic = match.group(1) or ""
    return True, "" if topic.casefold() in _STOP else topic


def _earned(act: Interaction) -> bool:
    return act.kind in _ALWAYS or (act.kind in _WRITTEN and words(act.text) >= SUBSTANCE)
