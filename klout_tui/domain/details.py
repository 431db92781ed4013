"""What lies behind one row: an account, a topic, a person, a post. Every number opens into the things it is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from klout_tui.domain.model import ORIGINALS, Actor, Interaction, InteractionKind, Post, Value
from klout_tui.domain.plusk import PlusK, plusks
from klout_tui.domain.tags import canonical_topics, topics_of


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
    """Newest first."""


class PostDetail(Value, frozen=True):
    """One post and what it brought."""

    post: Post
    acts: tuple[Interaction, ...]
    """By name, newest first."""
    kinds: dict[InteractionKind, int]
    """Named acts by kind."""
    unnamed: dict[InteractionKind, int]
    """Known by number only."""


class TopicDetail(Value, frozen=True):
    """One topic: what she posted on it, who came for it."""

    topic: str
    posts: tuple[Post, ...]
    """Originals, newest first."""
    people: tuple[tuple[Actor, int], ...]
    """Actors with how many acts on the topic, most first."""
    plusks: tuple[PlusK, ...]


class Hit(Value, frozen=True):
    """Something that a search found."""

    label: str
    sub: str
    at: datetime | None
    post: str | None = None
    person: str | None = None
    topic: str | None = None


def person_detail(
    key: str, acts: Sequence[Interaction], posts: Mapping[str, Post], thanked: Mapping[str, datetime]
) -> PersonDetail | None:
    """All that one actor did, or None when nothing is known of them."""
    theirs = sorted((act for act in acts if act.actor.key == key), key=lambda act: (act.at, act.id), reverse=True)
    if not theirs:
        return None
    topics = Counter(topic for act in theirs for topic in topics_of(act, posts))
    return PersonDetail(
        actor=theirs[0].actor,
        first=theirs[-1].at,
        last=theirs[0].at,
        kinds=dict(Counter(act.kind for act in theirs)),
        topics=tuple(topics.most_common()),
        plusks=plusks(theirs, posts, thanked),
        acts=tuple(theirs),
    )


def post_detail(post: Post, acts: Sequence[Interaction]) -> PostDetail:
    """One post with the interactions on it, the user's own left out."""
    on_it = sorted(
        (act for act in acts if act.post == post.id and not act.own), key=lambda act: (act.at, act.id), reverse=True
    )
    left: Counter[InteractionKind] = Counter()
    for increment in post.unnamed:
        left[increment.kind] += increment.count
    return PostDetail(post=post, acts=tuple(on_it), kinds=dict(Counter(act.kind for act in on_it)), unnamed=dict(left))


def reactions_of(post: Post, acts: Iterable[Interaction]) -> dict[InteractionKind, int]:
    """What a post brought, by kind: the acts on it and what is known by number only, the user's own left out.

    The same in a list and on the post's own page, however the network told it. Its ``counters`` are no such answer:
    they count the user's own acts too, and some networks give none.
    """
    counts = Counter(act.kind for act in acts if act.post == post.id and not act.own)
    for increment in post.unnamed:
        counts[increment.kind] += increment.count
    return dict(counts)


def topic_detail(
    topic: str, acts: Sequence[Interaction], posts: Mapping[str, Post], found: Sequence[PlusK]
) -> TopicDetail:
    """What was posted on a topic and who reacted to it, as far as the given acts and posts reach."""
    people: Counter[str] = Counter()
    actors: dict[str, Actor] = {}
    for act in acts:
        if not act.own and topic in topics_of(act, posts):
            people[act.actor.key] += 1
            actors[act.actor.key] = act.actor
    about = (post for post in posts.values() if post.kind in ORIGINALS and topic in canonical_topics(post.topics))
    return TopicDetail(
        topic=topic,
        posts=tuple(sorted(about, key=lambda post: (post.at, post.id), reverse=True)),
        people=tuple((actors[key], count) for key, count in people.most_common()),
        plusks=tuple(plusk for plusk in found if topic in plusk.topics),
    )


def search(query: str, acts: Sequence[Interaction], posts: Mapping[str, Post], limit: int = 200) -> tuple[Hit, ...]:
    """Topics, people and posts that hold every word of the query, in that order, the newest first in each.

    Matching ignores case and looks at topics, names, handles, titles, texts and what people wrote.
    """
    wanted = query.casefold().split()
    if not wanted:
        return ()

    def holds(*texts: str) -> bool:
        text = "\n".join(texts).casefold()
        return all(word in text for word in wanted)

    topics: Counter[str] = Counter(topic for post in posts.values() for topic in canonical_topics(post.topics))
    hits = [
        Hit(label=f"#{topic}", sub=f"{count} posts", at=None, topic=topic)
        for topic, count in topics.most_common()
        if holds(topic)
    ]
    people: dict[str, Interaction] = {}
    written: list[Interaction] = []
    for act in reversed(acts):
        if act.own:
            continue
        people.setdefault(act.actor.key, act)
        if act.text and holds(act.text):
            written.append(act)
    hits += [
        Hit(label=act.actor.name or act.actor.handle, sub=act.actor.handle, at=act.at, person=key)
        for key, act in people.items()
        if holds(act.actor.name, act.actor.handle)
    ]
    newest = sorted(posts.values(), key=lambda post: post.at, reverse=True)
    hits += [
        Hit(label=post.title or post.text, sub=post.kind.value, at=post.at, post=post.id)
        for post in newest
        if holds(post.title, post.text)
    ]
    hits += [
        Hit(label=act.text, sub=f"{act.kind.value} by {act.actor.handle}", at=act.at, person=act.actor.key)
        for act in written
    ]
    return tuple(hits[:limit])
