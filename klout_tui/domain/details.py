"""What lies behind one row: a topic, a person, a post. Every number opens into the things it is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from klout_tui.domain.acquaintance import Acquaintance
from klout_tui.domain.digest import HIDDEN, Digest, moment
from klout_tui.domain.grouping import Group
from klout_tui.domain.model import Actor, Interaction, InteractionKind, Post, Value
from klout_tui.domain.plusk import Known, PlusK, plusks
from klout_tui.domain.rules import USUAL, Rules
from klout_tui.domain.tags import canonical_topics
from klout_tui.domain.verdict import Verdict

SHOWN: Final = 500
"""Posts, or acts, that a page lists; the numbers on it are of all."""

Brought = dict[str, dict[InteractionKind, int]]
"""By post id, how many reactions of which kind it brought, those known by number only included."""


class PersonDetail(Value, frozen=True):
    """One actor and all they did."""

    actor: Actor
    """As last seen."""
    first: datetime
    last: datetime
    kinds: dict[InteractionKind, int]
    topics: tuple[tuple[str, int], ...]
    """Topics of their acts with how many acts each, most first."""
    plusks: tuple[PlusK, ...]
    acts: tuple[Interaction, ...]
    """The newest, newest first."""
    titles: dict[str, str]
    """What the posts they reacted to are called, by id."""
    known: Acquaintance = Acquaintance()
    """What else is known of them."""
    guessed: frozenset[str] = frozenset()
    """Those of ``topics`` that are guessed for each of the posts they reacted to."""


class PostDetail(Value, frozen=True):
    """One post and what it brought."""

    post: Post
    acts: tuple[Interaction, ...]
    """By name, the newest, newest first."""
    kinds: dict[InteractionKind, int]
    """All named acts by kind."""
    unnamed: dict[InteractionKind, int]
    """Known by number only."""
    came: dict[str, str] = {}
    """What came of her notes on it, in words, by the notes' ids."""


class TopicDetail(Value, frozen=True):
    """One topic: what she posted on it, who came for it."""

    topic: str
    posts: tuple[Post, ...]
    """Originals, the newest, newest first."""
    post_count: int
    """How many there are in all."""
    brought: Brought
    """What each of ``posts`` brought."""
    people: tuple[tuple[Actor, int], ...]
    """Actors with how many acts on the topic, most first."""
    plusks: tuple[PlusK, ...]
    """The newest, newest first."""
    plusk_count: int
    """How many there were in the days looked at."""
    above: tuple[tuple[str, ...], ...] = ()
    """What it belongs to, by the list of topics in use: names, nearest first, for each way up."""


class PlusKDetail(Value, frozen=True):
    """One act, and why it counts as a +K or why not."""

    plusk: PlusK
    """Where it does not count, with all it would count for."""
    verdict: Verdict
    rules: Rules
    """Those it was judged by."""
    act: Interaction
    post: Post | None
    """What it was done to, where that is known."""
    others: tuple[PlusK, ...]
    """That person's other +K, newest first."""
    recent: bool
    """Whether ``others`` are those of the dashboard's days only."""


class GroupDetail(Value, frozen=True):
    """Several +K in one row of the pane."""

    group: Group
    rules: Rules
    texts: dict[str, str]
    """What was written, by interaction id, as far as the page lists it."""


class Hit(Value, frozen=True):
    """Something that a search found."""

    label: str
    sub: str
    at: datetime | None
    post: str | None = None
    person: str | None = None
    topic: str | None = None


def person_detail(
    key: str,
    history: Iterable[Digest],
    acts: Sequence[Interaction],
    thanked: Mapping[str, datetime],
    known: Known,
    rules: Rules = USUAL,
) -> PersonDetail | None:
    """All that one actor did, or None when nothing is known of them.

    Args:
        key: The actor's.
        history: The months, oldest first, without what is not to be shown.
        acts: The newest of theirs in full, newest first.
        thanked: When the user thanked, by interaction id.
        known: Tells every topic her posts carry.
        rules: What earns a +K.
    """
    theirs = [found for digest in history if len(found := digest.by(key))]
    if not theirs:
        return None
    latest = theirs[-1]
    kinds = Counter(digest.kinds[kind] for digest in theirs for kind in digest.kind)
    topics = Counter(
        topic
        for digest in reversed(theirs)  # of equally frequent topics the one met last comes first
        for row in sorted(range(len(digest)), key=digest.at.__getitem__, reverse=True)
        for topic in about(digest, row)
    )
    return PersonDetail(
        actor=latest.people()[latest.actor[0]],
        first=moment(min(theirs[0].at)),
        last=moment(max(latest.at)),
        kinds=dict(kinds),
        topics=tuple(topics.most_common()),
        plusks=plusks(theirs, thanked, known=known, rules=rules),
        acts=tuple(acts),
        titles={post.id: post.title for digest in theirs for post in digest.posts if post.title},
        guessed=frozenset(topics) - {topic for digest in theirs for topic in _not_guessed(digest)},
    )


def newest(key: str, history: Iterable[Digest], limit: int = SHOWN) -> dict[str, list[str]]:
    """Ids of the newest acts of one actor by month, newest first.

    Args:
        key: The actor's.
        history: The months, newest first.
        limit: How many at most.
    """
    return _newest_of((digest.by(key) for digest in history), limit)


def newest_on(post_id: str, history: Iterable[Digest], limit: int = SHOWN) -> dict[str, list[str]]:
    """The same for the newest acts of others on one post."""
    return _newest_of((digest.on(post_id) for digest in history), limit)


def _newest_of(history: Iterable[Digest], limit: int) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for digest in history:
        rows = sorted(range(len(digest)), key=lambda row: (digest.at[row], digest.id_of(row)), reverse=True)[:limit]
        if rows:
            found[digest.month] = [digest.id_of(row) for row in rows]
            limit -= len(rows)
        if not limit:
            break
    return found


def post_detail(post: Post, history: Iterable[Digest], acts: Sequence[Interaction]) -> PostDetail:
    """One post with the interactions on it, the user's own left out.

    Args:
        post: The post.
        history: The months in which somebody reacted to it, without what is not to be shown.
        acts: The newest reactions in full, newest first.
    """
    kinds = Counter(digest.kinds[kind] for each in history for digest in [each.on(post.id)] for kind in digest.kind)
    return PostDetail(post=post, acts=tuple(acts), kinds=dict(kinds), unnamed=_unnamed(post))


def reactions(posts: Iterable[Post], history: Iterable[Digest]) -> Brought:
    """What each post brought: the acts on it and what is known by number only, the user's own left out.

    The same in a list and on the post's own page, however the network told it. A post's ``counters`` are no such
    answer: they count the user's own acts too, and some networks give none.

    Args:
        posts: The posts.
        history: The months in which anybody reacted to one, without what is not to be shown.
    """
    found = {post.id: Counter(_unnamed(post)) for post in posts}
    for digest in history:
        wanted = {place for place, post in enumerate(digest.posts) if post.id in found}
        rows = zip(digest.post, digest.kind, digest.flags, strict=True)
        counts = Counter((post, kind) for post, kind, flags in rows if post in wanted and not flags & HIDDEN)
        for (post, kind), count in counts.items():
            found[digest.posts[post].id][digest.kinds[kind]] += count
    return {post_id: dict(counts) for post_id, counts in found.items()}


def _unnamed(post: Post) -> dict[InteractionKind, int]:
    left: Counter[InteractionKind] = Counter()
    for increment in post.unnamed:
        left[increment.kind] += increment.count
    return dict(left)


def topic_people(topic: str, history: Iterable[Digest]) -> tuple[tuple[Actor, int], ...]:
    """Who reacted to a topic and how often, most first, each as last seen.

    Args:
        topic: In its one spelling.
        history: The months, oldest first, without what is not to be shown.
    """
    counts: Counter[str] = Counter()
    actors: dict[str, Actor] = {}
    for digest in history:
        on_it = {place for place, post in enumerate(digest.posts) if topic in canonical_topics(post.topics)}
        rows = [
            row
            for row, post in enumerate(digest.post)
            if (row in digest.topics or post in on_it) and topic in about(digest, row)
        ]
        if rows:
            people = digest.people()
            counts.update(digest.actors[digest.actor[row]] for row in rows)
            actors.update({digest.actors[place]: people[place] for place in {digest.actor[row] for row in rows}})
    return tuple((actors[key], count) for key, count in counts.most_common())


def originals_on(topic: str, history: Iterable[Digest]) -> list[str]:
    """Ids of her originals on a topic, newest first.

    Args:
        topic: In its one spelling.
        history: The months, without what is not to be shown.
    """
    found = {
        post.id: post.at
        for digest in history
        for post in digest.posts
        if post.is_original and topic in canonical_topics(post.topics)
    }
    return sorted(found, key=lambda post_id: (found[post_id], post_id), reverse=True)


def about(digest: Digest, row: int) -> tuple[str, ...]:
    """What an act is about: what it names itself, else what its post is about."""
    own = canonical_topics(digest.topics[row]) if row in digest.topics else ()
    post = digest.post[row]
    return own or (canonical_topics(digest.posts[post].topics) if post >= 0 else ())


def _not_guessed(digest: Digest) -> Iterator[str]:
    """Topics of acts that somebody wrote, of the act or of its post."""
    for row, post in enumerate(digest.post):
        if row in digest.topics or post < 0 or not digest.posts[post].guessed:
            yield from about(digest, row)


def search(
    query: str,
    history: Iterable[Digest],
    posts: Iterable[Post],
    acts: Iterable[Interaction],
    limit: int = 200,
    *,
    label: Callable[[str], str] = str,
) -> tuple[Hit, ...]:
    """Topics, people, posts and acts that hold every word of the query, in that order, the newest first in each.

    Matching ignores case and looks at topics, names, handles, titles, texts and what people wrote. Posts and acts are
    taken one by one and no more than are needed.

    Args:
        query: What was typed.
        history: The months, without what is not to be shown.
        posts: Hers, newest first.
        acts: Everybody's, newest first.
        limit: How many at most.
        label: How a topic is written for people, who may look for that too.
    """
    wanted = query.casefold().split()
    if not wanted:
        return ()

    def holds(*texts: str) -> bool:
        text = "\n".join(texts).casefold()
        return all(word in text for word in wanted)

    def hits() -> Iterator[Hit]:
        topics: Counter[str] = Counter()
        people: dict[str, tuple[int, Actor]] = {}
        for digest in history:
            own = (post for post in digest.posts if post.account and post.month == digest.month)
            topics.update(topic for post in own for topic in canonical_topics(post.topics))
            acted = set(digest.actor)
            for place, actor in enumerate(digest.people()):
                if place in acted and holds(actor.name, actor.handle):
                    people[actor.key] = max(
                        people.get(actor.key, (0, actor)), (digest.seen[place], actor), key=lambda each: each[0]
                    )
        for topic, count in topics.most_common():
            if holds(topic, label(topic)):
                yield Hit(label=f"#{label(topic)}", sub=f"{count} posts", at=None, topic=topic)
        for at, actor in sorted(people.values(), key=lambda each: each[0], reverse=True):
            yield Hit(label=actor.name or actor.handle, sub=actor.handle, at=moment(at), person=actor.key)
        for post in posts:
            if holds(post.title, post.text):
                yield Hit(label=post.title or post.text, sub=post.kind.value, at=post.at, post=post.id)
        for act in acts:
            if act.counts and act.text and holds(act.text):
                sub = f"{act.kind.value} by {act.actor.handle}"
                yield Hit(label=act.text, sub=sub, at=act.at, person=act.actor.key)

    return tuple(islice(hits(), limit))
