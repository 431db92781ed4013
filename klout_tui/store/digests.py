"""Months of reactions in columns (``domain.digest``), kept beside the documents they follow from.

A digest is never journalled. Its file is as old as the last folding; what the journal holds since is put on top when it
is read. A digest that is missing or damaged is made anew from the documents.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from klout_tui.domain.digest import Digest, month_of, months_of
from klout_tui.domain.model import Increment, Interaction, Post
from klout_tui.errors import StoreError
from klout_tui.store import records
from klout_tui.store.records import CORE, INTERACTIONS, POSTS, STORE, TALLIES
from klout_tui.store.rescue import RECOUNT, TRUSTED

if TYPE_CHECKING:
    from klout_tui.store.engine import Engine

DIGEST: Final = "digest"

ROOM: Final = 4
"""Digests kept in memory: the last 90 days touch at most four months."""

_Version = tuple[object, ...]

Row = TypeVar("Row", Interaction, Post)


class Digests:
    """The digests of one store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._kept: OrderedDict[str, tuple[_Version, Digest]] = OrderedDict()
        self._posts: tuple[_Version, dict[str, Post | None]] = ((), {})
        self._by_month: dict[str, dict[str, Post | None]] = {}
        """Posts that the journal puts, by each month they lie or rise in."""
        self._anew: tuple[_Version, dict[str, Digest]] = ((), {})
        self._touched: tuple[_Version, frozenset[str]] = ((), frozenset())

    def months(self) -> list[str]:
        """Every month something is known of, sorted."""
        engine = self._engine
        if not self.trusted:
            return sorted(self._made_anew())
        names = engine.shards(INTERACTIONS) + engine.shards(POSTS) + engine.shards(DIGEST)
        folded = {place for name in names if (place := name.partition("-")[2])[:1].isdigit()}
        self._pending_posts()
        return sorted(folded | self._by_month.keys())

    def get(self, month: str, *, keep: bool = False) -> Digest:
        """The digest of a month as it is true now.

        Args:
            month: ``2026-03``.
            keep: Whether it will be asked for again soon.

        Raises:
            StoreError: something it follows from cannot be read.
        """
        version = (self._engine.version(records.interactions_shard(month)), self._posts_version())
        kept = self._kept.get(month)
        if kept is not None and kept[0] == version:
            self._kept.move_to_end(month)
            return kept[1]
        digest = self._revised(month) if self.trusted else self._made_anew().get(month, Digest(month=month))
        if keep or kept is not None:
            self._kept[month] = (version, digest)
            self._kept.move_to_end(month)
        while len(self._kept) > ROOM:
            self._kept.popitem(last=False)
        return digest

    @property
    def trusted(self) -> bool:
        """Whether the files are what they should be; else they are not looked at."""
        row = self._engine.row
        return row(CORE, STORE, TRUSTED) is not None and row(CORE, STORE, RECOUNT) is None

    def _revised(self, month: str) -> Digest:
        engine, shard = self._engine, records.digest_shard(month)
        base = engine.digest(shard)
        if base is None and (engine.on_disk(records.interactions_shard(month)) or engine.on_disk(f"{POSTS}-{month}")):
            return engine.keep_digest(shard, self._made(month))  # it was damaged, or removed
        base = Digest(month=month) if base is None else base
        pending = self._pending_posts()
        concerned = {post.id: pending[post.id] for post in base.posts if post.id in pending} if pending else {}
        concerned |= self._by_month.get(month, {})
        return base.revised(self._pending_acts(month), concerned, lambda key: pending.get(key) or self._post(key))

    # what the journal holds

    def _pending_acts(self, month: str) -> dict[str, Interaction | None]:
        pending = self._engine.pending(records.interactions_shard(month), INTERACTIONS)
        return _decoded(pending, records.decode_interaction)

    def _posts_version(self) -> _Version:
        return self._engine.epoch, max((self._engine.version(shard) for shard in self._pending_shards()), default=None)

    def _pending_shards(self) -> list[str]:
        return self._engine.pending_shards(POSTS)

    def _pending_posts(self) -> Mapping[str, Post | None]:
        version = self._posts_version()
        if self._posts[0] != version:
            found: dict[str, Post | None] = {}
            for shard in self._pending_shards():
                for post_id, post in _decoded(self._engine.pending(shard, POSTS), records.decode_post).items():
                    if post is not None or post_id not in found:  # a post that moved is gone from one, put in another
                        found[post_id] = post
            self._posts = (version, found)
            self._by_month = _by_month(found)
        return self._posts[1]

    def _post(self, post_id: str) -> Post | None:
        place = self._engine.known.place(POSTS, post_id)
        row = None if place is None else self._engine.row(records.posts_shard(place), POSTS, post_id)
        return None if row is None else records.decode_post(row)

    # folding

    def folded(self) -> dict[str, Digest]:
        """The digests that folding the journal changes, by shard; none where the files are not trusted anyway."""
        if not self.trusted:
            return {}
        return {records.digest_shard(month): self.get(month) for month in sorted(self.touched())}

    def touched(self) -> frozenset[str]:
        """The months whose digest the journal changes."""
        version = self.pending_version()
        if self._touched[0] != version:
            touched = {shard.partition("-")[2] for shard in self._engine.pending_shards(INTERACTIONS)}
            for post_id, post in self._pending_posts().items():
                touched |= self._touched_by(post_id, post)
            self._touched = (version, frozenset(touched))
        return self._touched[1]

    def pending_version(self) -> _Version:
        """Differs from what it was when the journal may touch another month, or the same in another way."""
        return (*self._posts_version(), len(self._engine.pending_shards(INTERACTIONS)))

    def _touched_by(self, post_id: str, post: Post | None) -> set[str]:
        """Months whose digest a changed post changes: its own, those it rises in, those it was reacted to in."""
        before = self._engine.known.folded_place(POSTS, post_id)
        row = None if before is None else self._engine.base_row(records.posts_shard(before), POSTS, post_id)
        old = None if row is None else records.decode_post(row)
        months = {month_of(step.at) for step in {*_steps(old), *_steps(post)}}
        if old is not None and post is not None and old.unnamed == post.unnamed:
            months.clear()
        if old is not None and post is not None and _named(old) == _named(post):
            return months
        months |= {month_of(each.at) for each in (old, post) if each is not None}
        for place in {before, None if post is None else records.month_of(post.at), None}:
            shard = records.NOWHERE if place is None else records.posts_shard(place)
            tally = self._engine.row(shard, TALLIES, post_id)
            if tally is not None:
                named = records.decode_tally(tally).named
                months |= {month_of(at) for times in named.values() for at in times.values()}
        return months

    # making anew

    def make_all(self) -> Iterator[tuple[str, Digest]]:
        """Every digest from the documents, one after the other, in one reading of the posts.

        Raises:
            StoreError: something they follow from cannot be read.
        """
        posts = self._all_posts()
        concerned = _by_month(posts)
        for month in sorted({shard.partition("-")[2] for shard in self._engine.shards(INTERACTIONS)} | set(concerned)):
            yield month, Digest(month=month).revised(self._acts(month), concerned.get(month, {}), posts.get)

    def _made(self, month: str) -> Digest:
        posts = self._all_posts()
        return Digest(month=month).revised(self._acts(month), _by_month(posts).get(month, {}), posts.get)

    def _made_anew(self) -> dict[str, Digest]:
        """All of them in memory: for a store that may only be looked at and has none yet."""
        version = (self._engine.epoch, self._engine.revision)
        if self._anew[0] != version:
            self._anew = (version, dict(self.make_all()))
        return self._anew[1]

    def _acts(self, month: str) -> dict[str, Interaction | None]:
        return _decoded(self._engine.rows(records.interactions_shard(month), INTERACTIONS), records.decode_interaction)

    def _all_posts(self) -> dict[str, Post]:
        found: dict[str, Post] = {}
        for shard in self._engine.shards(POSTS):
            for post_id, post in _decoded(self._engine.rows(shard, POSTS), records.decode_post).items():
                if post is not None:
                    found[post_id] = post
        return found

    def forget(self) -> None:
        """Read everything anew."""
        self._kept.clear()
        self._posts = ((), {})
        self._by_month = {}
        self._anew = ((), {})
        self._touched = ((), frozenset())


def _decoded(rows: Mapping[str, msgspec.Raw | None], decode: Callable[[msgspec.Raw], Row]) -> dict[str, Row | None]:
    """The rows as values; one that makes no sense is left out, as every view leaves it out and says so."""
    found: dict[str, Row | None] = {}
    for key, row in rows.items():
        with suppress(StoreError):
            found[key] = None if row is None else decode(row)
    return found


def _by_month(posts: Mapping[str, Post | None]) -> dict[str, dict[str, Post | None]]:
    found: dict[str, dict[str, Post | None]] = {}
    for post_id, post in posts.items():
        if post is not None:
            for month in months_of(post):
                found.setdefault(month, {})[post_id] = post
    return found


def _steps(post: Post | None) -> tuple[Increment, ...]:
    return () if post is None else post.unnamed


def _named(post: Post) -> tuple[object, ...]:
    """What a digest keeps of a post."""
    return (post.title or post.text, post.topics, post.guessed, post.account, post.kind, post.at)
