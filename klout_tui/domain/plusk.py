"""+K: who acknowledged the user, on which topic. Decided here and nowhere else.

Explicit: somebody wrote "+K", gave an endorsement, or the user logged a thank-you. Earned: an act that costs the person
something of their own, a repost, a quote, a reply or comment of some substance, a link, a star, a fork. A like alone is
no +K, unless the user's own ``domain.rules`` make it one. As in Klout (2011), one per person and topic counts in any
seven days, from the last one counted.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Final

import msgspec

from klout_tui.domain.digest import ESTIMATED, HIDDEN, PRIVATE, Digest, moment, start_of
from klout_tui.domain.model import Actor, InteractionKind, PostKind, Value, network_of
from klout_tui.domain.praise import asks_known_topics, named_topic, sign
from klout_tui.domain.rules import USUAL, WRITTEN, Rules
from klout_tui.domain.tags import canonical_topics

PAUSE: Final = timedelta(days=7)
"""One +K per person and topic counts within this span."""

THANK_WITHIN: Final = timedelta(days=14)
"""A +K waits this long for a thank-you; a list that only grows helps nobody."""

_GIVEN: Final = frozenset({InteractionKind.ENDORSEMENT, InteractionKind.THANKS})
_MAY_SAY_SO: Final = WRITTEN | {InteractionKind.QUOTE}


_PAUSE: Final = PAUSE // timedelta(microseconds=1)

_NO_TOPIC: Final = ("",)
_VEIL: Final = "\0"

Chains = dict[tuple[str, str], int]
"""By actor key and topic, when one counted last: microseconds since 1970, UTC."""

Known = Callable[[], Collection[str]]
"""Tells every topic her posts carry, each in its one spelling; asked only where somebody names one in two words."""


class PlusK(Value, frozen=True):
    """One act of acknowledgement: one row, one thanks, one +K for each of its ``topics``."""

    id: str
    """The interaction's id."""
    account: str
    actor: Actor
    kind: InteractionKind
    at: datetime
    explicit: bool
    said: str = ""
    """The words that gave it outright, as written: ``+K about python``."""
    words: int = 0
    """How much was written, by ``domain.praise.words``."""
    topics: tuple[str, ...] = ()
    """Those it counts for. Empty for an act on something that carries no topic, or none but hidden ones."""
    hidden: tuple[str, ...] = ()
    """Those it counts for that she hid: they are in no list of topics, but what was done on them is no less done."""
    post: str | None = None
    on: str = ""
    """One line to name the post by, where it is known."""
    on_kind: PostKind | None = None
    url: str = ""
    estimated: bool = False
    public: bool = True
    thanked_at: datetime | None = None
    guessed: bool = False
    """Whether its topics are guessed from the words of the post."""

    @property
    def network(self) -> str:
        """Name of the network it happened on."""
        return network_of(self.account)

    def waits(self, now: datetime) -> bool:
        """Whether it is recent and not thanked yet."""
        return self.thanked_at is None and now - self.at <= THANK_WITHIN


class Given(msgspec.Struct, frozen=True, gc=False):
    """An act that counts."""

    digest: Digest
    row: int
    at: int
    """Microseconds since 1970, UTC."""
    topics: tuple[str, ...]
    hidden: tuple[str, ...] = ()
    """As in ``PlusK``."""

    @property
    def about(self) -> tuple[str, ...]:
        """All it counts for, as ``abouts`` tells it."""
        return (*self.topics, *map(veiled, self.hidden)) or _NO_TOPIC

    @property
    def account(self) -> str:
        """Id of the account it came to."""
        return self.digest.accounts[self.digest.account[self.row]]


def plusks(
    history: Sequence[Digest],
    thanked: Mapping[str, datetime],
    *,
    chains: Chains | None = None,
    known: Known | None = None,
    rules: Rules = USUAL,
) -> tuple[PlusK, ...]:
    """Every +K among the interactions that counts, newest first.

    Args:
        history: The months, oldest first; from the first there is, or with ``chains``.
        thanked: When the user thanked, by interaction id.
        chains: As ``counted`` wants it.
        known: As ``counted`` wants it; None takes the topics of the posts in ``history``.
        rules: What earns one.
    """
    given = list(counted(history, known or cache(lambda: known_topics(history)), chains, rules=rules))
    return tuple(shown(reversed(given), thanked))


def shown(given: Iterable[Given], thanked: Mapping[str, datetime]) -> Iterator[PlusK]:
    """What counts, with names and links."""
    month = ""
    people: Sequence[Actor] = ()
    for each in given:
        digest, row = each.digest, each.row
        if digest.month != month:
            month, people = digest.month, digest.people()
        act = digest.id_of(row)
        post = digest.posts[digest.post[row]] if digest.post[row] >= 0 else None
        explicit = says_so(digest, row)
        yield PlusK(
            id=act,
            account=digest.accounts[digest.account[row]],
            actor=people[digest.actor[row]],
            kind=digest.kinds[digest.kind[row]],
            at=moment(each.at),
            explicit=explicit,
            said=sign(digest.said[row]) if explicit and row in digest.said else "",
            words=digest.words[row],
            topics=each.topics,
            hidden=each.hidden,
            post=post.id if post else None,
            on=post.title if post else "",
            on_kind=post.kind if post else None,
            url=digest.urls[row],
            estimated=bool(digest.flags[row] & ESTIMATED),
            public=not digest.flags[row] & PRIVATE,
            thanked_at=thanked.get(act),
            guessed=bool((each.topics or each.hidden) and post and post.guessed and row not in digest.topics)
            and {*each.topics, *each.hidden} <= ({*post.topics, *post.veiled} if post else set()),
        )


def veiled(topic: str) -> str:
    """How a topic that she hid is told from those she sees, among all that an act is about."""
    return f"{_VEIL}{topic}"


def unveiled(topic: str) -> str:
    """The topic itself, hidden or not."""
    return topic.removeprefix(_VEIL)


def as_given(digest: Digest, row: int, about: Sequence[str]) -> Given:
    """An act that counts for all of that, as ``abouts`` tells it."""
    seen = tuple(topic for topic in about if topic and topic[0] != _VEIL)
    hidden = tuple(topic[1:] for topic in about if topic and topic[0] == _VEIL)
    return Given(digest, row, digest.at[row], seen, hidden)


def counted(
    history: Iterable[Digest], known: Known, chains: Chains | None = None, since: int = 0, rules: Rules = USUAL
) -> Iterator[Given]:
    """Every act that counts, oldest first; hers are passed over.

    Args:
        history: The months, oldest first; one at a time is looked at.
        known: Tells every topic her posts carry.
        chains: What counted last before ``since`` (``chains_before``); None where there are none earlier.
        since: Microseconds since 1970, UTC; acts before are passed over.
        rules: What earns one.
    """
    tables: dict[str, dict[str, int]] = {}
    for (person, topic), at in (chains or {}).items():
        tables.setdefault(person, {})[topic] = at
    last: dict[str, Given | dict[str, int]] = {**tables}
    for digest in history:
        actors, actor, at_column, veils = digest.actors, digest.actor, digest.at, digest.has_veiled
        begin = bisect_left(at_column, since)
        rows = _rows(digest, rules)
        rows = [row for row in rows if row >= begin] if begin else rows
        for row, about in zip(rows, _abouts(digest, rows, known), strict=True):
            at, person = at_column[row], actors[actor[row]]
            before, fresh = last.get(person), about
            if before is None:  # most people come once: a table for each would be most of the work
                last[person] = first = (
                    as_given(digest, row, about)
                    if veils
                    else Given(digest, row, at, () if about == _NO_TOPIC else about)
                )
                yield first
                continue
            if isinstance(before, Given):
                before = last[person] = dict.fromkeys(before.about, before.at)
            for topic in about:
                if at - before.get(topic, at - _PAUSE) >= _PAUSE:
                    before[topic] = at
                else:
                    fresh = tuple(each for each in fresh if each != topic)
            if fresh:
                yield (
                    as_given(digest, row, fresh)
                    if veils
                    else Given(digest, row, at, () if fresh == _NO_TOPIC else fresh)
                )


def chains_before(older: Iterator[Digest], end: int, known: Known, rules: Rules = USUAL) -> Chains:
    """What counted last before ``end``, as far as that can still stop a later one from counting.

    Whether an act counts depends on the one counted before it, back to a pause of seven days in which that person did
    nothing on that topic. So only those who acted in the last seven days matter, and of those only as far back.

    Args:
        older: The months up to that of ``end``, newest first; only as many are taken as are needed.
        end: Microseconds since 1970, UTC.
        known: Tells the topics known.
        rules: What earns one.
    """
    runs: dict[tuple[str, str], list[int]] = {}
    open_ends: dict[tuple[str, str], int] = {}
    waiting: set[str] = set()
    for digest in older:
        late_from, stop = bisect_right(digest.at, end - _PAUSE), bisect_left(digest.at, end)
        those = {place for place, key in enumerate(digest.actors) if key in waiting} | {*digest.actor[late_from:stop]}
        may = _rows(digest, rules)
        rows = [row for row in may if row < stop and (row >= late_from or digest.actor[row] in those)][::-1]
        for row, about in zip(rows, _abouts(digest, rows, known), strict=True):
            person, at = digest.actors[digest.actor[row]], digest.at[row]
            late = row >= late_from
            for topic in about:
                pair = (person, topic)
                if late and pair not in runs:
                    runs[pair], open_ends[pair] = [at], at
                    waiting.add(person)
                elif pair in open_ends:
                    if open_ends[pair] - at >= _PAUSE:
                        del open_ends[pair]
                    else:
                        runs[pair].append(at)
                        open_ends[pair] = at
        begin = start_of(digest.month)
        open_ends = {pair: at for pair, at in open_ends.items() if at - begin < _PAUSE}
        waiting = {person for person, _ in open_ends}
        if not open_ends and begin <= end - _PAUSE:
            break
    chains: Chains = {}
    for pair, run in runs.items():
        for at in reversed(run):
            if at - chains.get(pair, at - _PAUSE) >= _PAUSE:
                chains[pair] = at
    return chains


def known_topics(history: Iterable[Digest]) -> frozenset[str]:
    """Every topic her posts carry, each in its one spelling, and every spelling she joined with another."""
    found: set[str] = set()
    for digest in history:
        found.update(topic for post in digest.posts if post.account for topic in canonical_topics(post.topics))
        found.update(topic for post in digest.posts if post.account for topic in post.veiled)
        if digest.hers is not None:
            found.update(digest.hers.curation.names)
    return frozenset(found)


def asks_known(history: Iterable[Digest]) -> bool:
    """Whether somebody said +K in words that only the topics known make sense of."""
    return any(asks_known_topics(text) for digest in history for text in digest.said.values())


def _abouts(digest: Digest, rows: Sequence[int], known: Known) -> list[tuple[str, ...]]:
    """What each of these acts is about, hidden ones ``veiled``; one empty topic where it is about none."""
    post, posts, veils = digest.post, digest.posts, digest.veiled
    named = {
        place: (*canonical_topics(posts[place].topics), *map(veiled, posts[place].veiled)) or _NO_TOPIC
        for place in {post[row] for row in rows} - {-1}
    }
    named[-1] = _NO_TOPIC  # the place of no post
    own = {
        row: topics
        for row, written in digest.topics.items()
        if (topics := (*canonical_topics(written), *map(veiled, veils.get(row, ()))))
    }
    for row, text in digest.said.items():
        topic = named_topic(text, known, tags=row not in own) if says_so(digest, row) else ""
        if topic and (hers := digest.called(topic) or tuple(map(veiled, digest.called_unseen(topic)))):
            own[row] = hers
    if not own:
        return [named[post[row]] for row in rows]
    return [own.get(row) or named[post[row]] for row in rows]


def abouts(digest: Digest, row: int, known: Known) -> tuple[str, ...]:
    """What one act would count for; empty where it is about no topic."""
    (about,) = _abouts(digest, [row], known)
    return () if about == _NO_TOPIC else about


def says_so(digest: Digest, row: int) -> bool:
    """Whether it is given outright, in words or by its kind."""
    kind = digest.kinds[digest.kind[row]]
    return kind in _GIVEN or (row in digest.said and kind in _MAY_SAY_SO)


def _rows(digest: Digest, rules: Rules) -> list[int]:
    """Acts of others that may count, by time."""
    always = [kind in _GIVEN or (kind in rules.earns and kind not in WRITTEN) for kind in digest.kinds]
    written = [kind in rules.earns and kind in WRITTEN for kind in digest.kinds]
    said = {row for row in digest.said if says_so(digest, row)}
    enough = rules.words
    rows = [
        row
        for row, (kind, words) in enumerate(zip(digest.kind, digest.words, strict=True))
        if always[kind] or (words >= enough and written[kind]) or row in said
    ]
    return [row for row in rows if not digest.flags[row] & HIDDEN] if digest.has_hidden else rows
