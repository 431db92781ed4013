"""One month of reactions in columns: all that counting needs, none of the texts.

A million interactions cannot all become objects each time a number is shown. A month's digest holds, column by column,
who did what, when and to which post; reading one takes a few milliseconds and counting over it runs at the speed of
``Counter``. It follows from the interactions and posts and from nothing else.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any, Final, Generic, TypeVar

import msgspec

from klout_tui.domain.curation import HerTopics
from klout_tui.domain.faces import People, as_one, faces_apart, read_face, written
from klout_tui.domain.model import ORIGINALS, Actor, Increment, Interaction, InteractionKind, Post, PostKind, Value
from klout_tui.domain.praise import says_plusk, words
from klout_tui.domain.tags import canonical_topics
from klout_tui.domain.ties import Ties

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
TITLE: Final = 120
"""Characters of a post's title, or of its text, that a digest keeps to name it by."""
LINE: Final = 300
"""The same where the post itself is at hand: as much as any screen has room for."""

LAYOUT: Final = 1
"""Of the columns: by time, people as ``Face``."""

OWN: Final = 1
ESTIMATED: Final = 2
PRIVATE: Final = 4
ECHO: Final = 8
IGNORED: Final = 16
"""Bits of the column ``flags``."""
HIDDEN: Final = OWN | ECHO | IGNORED
"""What is left out of every view."""

_TICK: Final = timedelta(microseconds=1)

T = TypeVar("T")

Find = Callable[[str], Post | None]
"""A post by its id."""


class About(Value, frozen=True):
    """A post, as far as reactions to it need it."""

    id: str
    title: str = ""
    """One line to name it by."""
    topics: tuple[str, ...] = ()
    """As the author wrote them."""
    account: str = ""
    """Empty where the post itself is not known."""
    kind: PostKind | None = None
    at: int = 0
    """Microseconds since 1970, UTC."""
    guessed: tuple[str, ...] | None = None
    """Topics guessed from its words where it names none; None where nobody looked. Once ``retagged``, those that
    count are in ``topics`` too, or in ``veiled``, and none are here that do not."""
    veiled: tuple[str, ...] = ()
    """Once ``retagged``: those it carries that she hid. Never kept."""

    @property
    def month(self) -> str:
        """The UTC month it was published in, where it is known: ``2026-11``."""
        return month_of(moment(self.at))

    @property
    def is_original(self) -> bool:
        """Whether it counts as a post made."""
        return self.kind in ORIGINALS


class Rise(Value, frozen=True, array_like=True):
    """Reactions known by number only, dated in the digest's month."""

    post: int
    kind: InteractionKind
    at: int
    count: int
    estimated: bool


class Digest(Value, frozen=True):
    """One UTC month. Columns have a value for each interaction, by time and then id; not to be changed."""

    month: str
    """``2026-11``."""
    accounts: list[str] = []
    actors: list[str] = []
    """``Actor.key`` of each person."""
    faces: msgspec.Raw = msgspec.Raw(b"[]")
    """``Face`` of each, as last seen in this month, still as JSON: only what is shown needs them."""
    seen: list[int] = []
    """When each of ``actors`` was seen like this."""
    posts: list[About] = []
    """Published in the month, or reacted to in it."""
    kinds: list[InteractionKind] = []
    ids: list[str] = []
    """Empty where the id follows from the other columns; ``id_of`` tells it."""
    account: list[int] = []
    """Place in ``accounts``; so for the next three."""
    actor: list[int] = []
    kind: list[int] = []
    post: list[int] = []
    """-1 where the interaction is to no post."""
    at: list[int] = []
    """Microseconds since 1970, UTC."""
    flags: list[int] = []
    """``OWN``, ``ESTIMATED``, ``PRIVATE``, ``ECHO``, ``IGNORED`` added up."""
    words: list[int] = []
    """How much was written, by ``domain.praise.words``."""
    urls: list[str] = []
    topics: dict[int, tuple[str, ...]] = {}
    """Rows that name topics of their own."""
    said: dict[int, str] = {}
    """Rows that say "+K", with what was written."""
    rises: list[Rise] = []
    layout: int = 0
    """What the columns mean: one other than ``LAYOUT`` has to be made anew."""
    veiled: dict[int, tuple[str, ...]] = {}
    """Once ``retagged``: what she hid of ``topics``. Never kept."""
    hers: Any = None
    """The ``HerTopics`` by which topics were rewritten; never kept. None where they are as written."""

    def __len__(self) -> int:
        return len(self.ids)

    def id_of(self, row: int) -> str:
        """The interaction's id."""
        if self.ids[row]:
            return self.ids[row]
        post = self.post[row]
        return _id(
            self.accounts[self.account[row]],
            self.kinds[self.kind[row]],
            self.actors[self.actor[row]],
            None if post < 0 else self.posts[post].id,
        )

    def by(self, actor: str) -> Digest:
        """The digest with the acts of one person only."""
        if actor not in self.actors:
            return self._only([])
        place = self.actors.index(actor)
        return self._only([row for row, each in enumerate(self.actor) if each == place])

    def on(self, post_id: str) -> Digest:
        """The digest with the acts on one post only."""
        place = next((place for place, post in enumerate(self.posts) if post.id == post_id), None)
        return self._only([row for row, each in enumerate(self.post) if each == place])

    @property
    def has_hidden(self) -> bool:
        """Whether any of the acts is left out of every view."""
        return any(flags & HIDDEN for flags in set(self.flags))

    def people(self) -> Sequence[Actor]:
        """The person of each of ``actors``, as last seen in this month."""
        return People(self.actors, self.faces)

    def visible(self, until: int | None = None, hidden: int = HIDDEN) -> Digest:
        """The digest without what counts nowhere and, where asked for, without what came later than ``until``.

        What counts nowhere are her own acts, those of people she ignores, and echoes.

        Args:
            until: Microseconds since 1970, UTC.
            hidden: Which flags are left out, for whoever looks at the others on purpose.
        """
        end = len(self) if until is None else bisect_right(self.at, until)
        rows: Sequence[int] = range(end)
        if self.has_hidden:
            rows = [row for row in rows if not self.flags[row] & hidden]
        if until is None or not self._reaches(until):
            return self if len(rows) == len(self) else self._only(rows)
        return msgspec.structs.replace(
            self._only(rows),
            posts=[post if post.at <= until else About(id=post.id) for post in self.posts],
            rises=[rise for rise in self.rises if rise.at <= until],
        )

    def tied(self, ties: Ties) -> Digest:
        """The digest with all handles of a person as one of ``actors``; ids stay, and nobody merged costs nothing.

        The person looks like the handle seen last; her audience is the largest of any of them.
        """
        same = ties.same
        if not same or same.keys().isdisjoint(self.actors):
            return self
        places: dict[str, list[int]] = {}
        for place, key in enumerate(self.actors):
            if key in same:
                places.setdefault(same[key], []).append(place)
        actors, seen, faces = list(self.actors), list(self.seen), faces_apart(self.faces)
        to = list(range(len(actors)))
        for person, each in places.items():
            home = next((place for place in each if actors[place] == person), each[0])
            shown = as_one([(seen[place], read_face(faces[place]), self.actors[place]) for place in each])
            faces[home] = msgspec.Raw(msgspec.json.encode(shown))
            actors[home], seen[home] = person, max(seen[place] for place in each)
            for place in each:
                to[place] = home
        moved = {place for each in places.values() for place in each if self.actors[place] != actors[to[place]]}
        ids = [self.id_of(row) if each in moved else self.ids[row] for row, each in enumerate(self.actor)]
        return msgspec.structs.replace(
            self,
            actors=actors,
            seen=seen,
            faces=msgspec.Raw(msgspec.json.encode(faces)),
            ids=ids,
            actor=[to[place] for place in self.actor],
        )

    def retagged(self, topics: HerTopics) -> Digest:
        """The digest with topics as she wants them: her names, her own tags, without what she hid."""
        posts = self.posts
        if topics.plain and not any(post.guessed for post in posts):
            return self
        spellings = set(chain.from_iterable(post.topics for post in posts))
        changed = {each for each in spellings if topics.of((each,)) != canonical_topics((each,))}
        if changed or topics.tags or any(post.guessed for post in posts):
            posts = [
                post
                if changed.isdisjoint(post.topics) and post.id not in topics.tags and not post.guessed
                else _retagged(post, topics)
                for post in posts
            ]
        if posts is self.posts and not self.topics and not self.said:
            return self
        named = {row: topics.of(each) for row, each in self.topics.items()}
        veiled = {row: topics.veiled(each) for row, each in self.topics.items()} if topics.hides else {}
        return msgspec.structs.replace(self, posts=posts, topics=named, veiled=veiled, hers=topics)

    def called(self, topic: str) -> tuple[str, ...]:
        """What she calls a topic that somebody named, in its one spelling; nothing where she hid it."""
        return self.hers.of((topic,)) if self.hers is not None else (topic,)

    def called_unseen(self, topic: str) -> tuple[str, ...]:
        """The same where she hid it; else nothing."""
        return self.hers.veiled((topic,)) if self.hers is not None else ()

    @property
    def has_veiled(self) -> bool:
        """Whether any topic may have been left out of it."""
        return self.hers is not None and self.hers.hides

    def _compact(self) -> Digest:
        """The digest without people and posts that no row refers to any more: what was forgotten leaves no trace."""
        published = (place for place, post in enumerate(self.posts) if post.account and post.month == self.month)
        posts = sorted({*published, *(rise.post for rise in self.rises), *self.post} - {-1})
        actors = sorted(set(self.actor))
        people = self.people()
        post_place = {old: new for new, old in enumerate(posts)} | {-1: -1}
        actor_place = {old: new for new, old in enumerate(actors)}
        return msgspec.structs.replace(
            self,
            actors=[self.actors[place] for place in actors],
            faces=written(people[place] for place in actors),
            seen=[self.seen[place] for place in actors],
            posts=[self.posts[place] for place in posts],
            actor=[actor_place[place] for place in self.actor],
            post=[post_place[place] for place in self.post],
            rises=[msgspec.structs.replace(rise, post=post_place[rise.post]) for rise in self.rises],
        )

    def in_order(self) -> Digest:
        """The digest with its rows by time; those of the same moment by id, in whatever order they came."""
        at = self.at
        rows = sorted(range(len(at)), key=at.__getitem__)
        if len(set(at)) < len(at):
            rows.sort(key=lambda row: (at[row], self.id_of(row)))
        return self if all(row == place for place, row in enumerate(rows)) else self._only(rows)

    def _reaches(self, until: int) -> bool:
        """Whether anything came later."""
        return (
            bool(self.at and self.at[-1] > until)
            or any(rise.at > until for rise in self.rises)
            or any(post.at > until for post in self.posts)
        )

    def _only(self, rows: Sequence[int]) -> Digest:
        """The digest with these rows only."""
        place = {row: new for new, row in enumerate(rows)}
        columns = {name: [getattr(self, name)[row] for row in rows] for name in _COLUMNS}
        return msgspec.structs.replace(
            self,
            topics={place[row]: each for row, each in self.topics.items() if row in place},
            said={place[row]: each for row, each in self.said.items() if row in place},
            veiled={place[row]: each for row, each in self.veiled.items() if row in place},
            **columns,
        )

    def revised(self, acts: Mapping[str, Interaction | None], posts: Mapping[str, Post | None], find: Find) -> Digest:
        """The digest after a change; revising it once more with the same changes nothing.

        Args:
            acts: Interactions of this month that are new or different, by id; None for one that went, or moved away.
            posts: The same for posts that are of this month, are referred to in it, or rise in it.
            find: Looks up any other post a new interaction refers to.
        """
        if not acts and not posts:
            return self
        kept = [row for row in range(len(self)) if self.id_of(row) not in acts] if acts else range(len(self))
        draft = _Draft(self if len(kept) == len(self) else self._only(kept))
        for post_id, post in posts.items():
            draft.put_post(post_id, post)
        for act in acts.values():
            if act is not None:
                draft.add(act, find)
        finished = draft.finished()
        forgets = len(kept) != len(self) or any(post is None for post in posts.values())
        return finished._compact() if forgets else finished


def ticks(at: datetime) -> int:
    """Microseconds from 1970 to an aware moment."""
    return (at - EPOCH) // _TICK


def moment(at: int) -> datetime:
    """The moment so many microseconds after 1970, aware, UTC."""
    return EPOCH + at * _TICK


def month_of(at: datetime) -> str:
    """The UTC month of an aware moment: ``2026-03``."""
    there = at if at.tzinfo is UTC else at.astimezone(UTC)
    return f"{there.year:04}-{there.month:02}"


def months_of(post: Post) -> set[str]:
    """The UTC months a post lies or rises in."""
    return {month_of(post.at), *(month_of(step.at) for step in post.unnamed)}


def start_of(month: str) -> int:
    """The first moment of a UTC month, in microseconds since 1970."""
    year, number = month.split("-")
    return ticks(datetime(int(year), int(number), 1, tzinfo=UTC))


def digests(interactions: Iterable[Interaction], posts: Iterable[Post]) -> tuple[Digest, ...]:
    """Digests of everything given, by month."""
    known = {post.id: post for post in posts}
    acts: dict[str, dict[str, Interaction | None]] = {}
    concerned: dict[str, dict[str, Post | None]] = {}
    for act in interactions:
        acts.setdefault(month_of(act.at), {})[act.id] = act
    for post in known.values():
        for month in months_of(post):
            concerned.setdefault(month, {})[post.id] = post
    return tuple(
        Digest(month=month).revised(acts.get(month, {}), concerned.get(month, {}), known.get)
        for month in sorted({*acts, *concerned})
    )


_COLUMNS: Final = ("ids", "account", "actor", "kind", "post", "at", "flags", "words", "urls")


def _id(account: str, kind: InteractionKind, actor: str, post: str | None) -> str:
    """The id most interactions have: account / kind / actor / post."""
    return f"{account}/{kind.value}/{actor}/{post}" if post is not None else f"{account}/{kind.value}/{actor}"


class _Draft:
    """A digest in the making."""

    def __init__(self, base: Digest) -> None:
        self._base = base
        self.accounts = _Index(base.accounts, base.accounts)
        self.actors = _Index(base.actors, base.actors)
        self.people = list(base.people())
        self.posts = _Index(base.posts, [post.id for post in base.posts])
        self.kinds = _Index(base.kinds, base.kinds)
        self.ids = list(base.ids)
        self.account = list(base.account)
        self.actor = list(base.actor)
        self.kind = list(base.kind)
        self.post = list(base.post)
        self.at = list(base.at)
        self.flags = list(base.flags)
        self.words = list(base.words)
        self.urls = list(base.urls)
        self.topics = dict(base.topics)
        self.said = dict(base.said)
        self.rises = list(base.rises)
        self.seen = list(base.seen)

    def put_post(self, post_id: str, post: Post | None) -> None:
        known = self.posts.place(post_id)
        place = self.posts.put(post_id, About(id=post_id) if post is None else _about(post))
        if known is not None:
            self.rises = [rise for rise in self.rises if rise.post != place]
        steps = () if post is None else post.unnamed
        self.rises += [_rise(place, step) for step in steps if month_of(step.at) == self._base.month]

    def add(self, act: Interaction, find: Find) -> None:
        row = len(self.ids)
        self.ids.append("" if act.id == _id(act.account, act.kind, act.actor.key, act.post) else act.id)
        at = ticks(act.at)
        self.account.append(self.accounts.at(act.account, act.account))
        self.actor.append(self._actor(act, at))
        self.kind.append(self.kinds.at(act.kind, act.kind))
        self.post.append(-1 if act.post is None else self._post(act.post, find))
        self.at.append(at)
        hidden = OWN * act.own + ECHO * bool(act.echo_of) + IGNORED * act.ignored
        self.flags.append(hidden + ESTIMATED * act.estimated + PRIVATE * (not act.public))
        self.words.append(words(act.text) if act.text else 0)
        self.urls.append(act.url)
        if act.topics:
            self.topics[row] = act.topics
        if act.text and says_plusk(act.text):
            self.said[row] = act.text

    def _actor(self, act: Interaction, at: int) -> int:
        place = self.actors.at(act.actor.key, act.actor.key)
        if place == len(self.seen):
            self.seen.append(at)
            self.people.append(act.actor)
        elif at >= self.seen[place]:
            self.seen[place] = at
            self.people[place] = act.actor
        return place

    def _post(self, post_id: str, find: Find) -> int:
        place = self.posts.place(post_id)
        if place is not None:
            return place
        post = find(post_id)
        return self.posts.put(post_id, About(id=post_id) if post is None else _about(post))

    def finished(self) -> Digest:
        return Digest(
            month=self._base.month,
            accounts=self.accounts.values,
            actors=self.actors.values,
            faces=written(self.people),
            seen=self.seen,
            posts=self.posts.values,
            kinds=self.kinds.values,
            ids=self.ids,
            account=self.account,
            actor=self.actor,
            kind=self.kind,
            post=self.post,
            at=self.at,
            flags=self.flags,
            words=self.words,
            urls=self.urls,
            topics=self.topics,
            said=self.said,
            rises=self.rises,
            layout=LAYOUT,
        ).in_order()


class _Index(Generic[T]):
    """Values, each once, found by a key."""

    def __init__(self, values: Sequence[T], keys: Iterable[str]) -> None:
        self.values = list(values)
        self._places = {key: place for place, key in enumerate(keys)}

    def place(self, key: str) -> int | None:
        return self._places.get(key)

    def at(self, key: str, value: T) -> int:
        """The place of a key; one not met before gets the value."""
        place = self._places.get(key)
        return self.put(key, value) if place is None else place

    def put(self, key: str, value: T) -> int:
        """Set the value of a key and tell its place."""
        place = self._places.setdefault(key, len(self.values))
        if place == len(self.values):
            self.values.append(value)
        else:
            self.values[place] = value
        return place


def line_of(post: Post, limit: int = LINE) -> str:
    """One line to name a post by: its title, or its text; what is cut off says so."""
    line = " ".join((post.title or post.text[: 4 * limit]).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _about(post: Post) -> About:
    return About(
        id=post.id,
        title=line_of(post, TITLE),
        topics=post.topics,
        account=post.account,
        kind=post.kind,
        at=ticks(post.at),
        guessed=None if post.topics else post.guessed,
    )


def _retagged(post: About, topics: HerTopics) -> About:
    found, guessed = topics.of_any(post)
    veiled = topics.veiled_on(post)
    return msgspec.structs.replace(post, topics=found, guessed=(found or veiled) if guessed else (), veiled=veiled)


def _rise(place: int, step: Increment) -> Rise:
    return Rise(post=place, kind=step.kind, at=ticks(step.at), count=step.count, estimated=step.estimated)
