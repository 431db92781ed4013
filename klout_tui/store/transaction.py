"""One commit in the making: typed reads over what is true, and the changes so far on top."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, tzinfo

import msgspec

from klout_tui.domain.model import Account, DayTotal, Interaction, InteractionKind, Post
from klout_tui.domain.tally import unnamed
from klout_tui.store import records
from klout_tui.store.echoes import Echoes
from klout_tui.store.engine import Engine
from klout_tui.store.journal import Op
from klout_tui.store.people import understood
from klout_tui.store.records import CORE, DAYS, INTERACTIONS, NOWHERE, OWN, POSTS, TALLIES, Tally

_Day = tuple[date, InteractionKind, str]


class Transaction:
    """Collects puts and deletes; nothing is true before the engine has committed ``ops()``."""

    def __init__(self, engine: Engine, zone: tzinfo, now: datetime) -> None:
        self.engine = engine
        self.now = now
        self.zone = zone
        self._changes: dict[tuple[str, str, str], msgspec.Raw | None] = {}
        self._places: dict[tuple[str, str], str | None] = {}
        self._days: dict[_Day, list[int]] = {}
        self._tallies: dict[str, Tally] = {}
        self._uncounted: set[str] = set()
        self._named: set[tuple[str, InteractionKind]] = set()
        """Whose named acts this transaction has a copy of its own of."""
        self._fresh: set[tuple[str, str, str]] = set()
        """Documents that nothing was known of: there is no use in looking whether they differ."""
        self._own: set[str] | None = None
        self._ignored: set[str] | None = None
        self.echoes = Echoes(self)

    # documents

    def row(self, shard: str, table: str, key: str) -> msgspec.Raw | None:
        """One document's JSON, the changes so far included."""
        place = (shard, table, key)
        return self._changes[place] if place in self._changes else self.engine.row(shard, table, key)

    def put(self, shard: str, table: str, key: str, value: object) -> None:
        """Insert or replace a document.

        Raises:
            StoreError: its text cannot be written.
        """
        self._changes[shard, table, key] = records.raw(value)

    def delete(self, shard: str, table: str, key: str) -> None:
        """Remove a document, if it is there."""
        self._changes[shard, table, key] = None

    def account(self, account_id: str) -> Account | None:
        """The account, linked or unlinked."""
        row = self.row(CORE, records.ACCOUNTS, account_id)
        return None if row is None else records.decode_account(row)

    def own_keys(self) -> set[str]:
        """Every actor key ever declared the user's own; not to be changed."""
        if self._own is None:
            self._own = set(self.engine.rows(CORE, OWN))
        return self._own

    def declare_own(self, keys: Iterable[str]) -> set[str]:
        """Declare actor keys the user's own and tell which are new."""
        fresh = set(keys) - self.own_keys() - {""}
        for key in sorted(fresh):
            self.put(CORE, OWN, key, {})
        self.own_keys().update(fresh)
        return fresh

    def ignored_keys(self) -> set[str]:
        """Every actor key the user ignores; not to be changed."""
        if self._ignored is None:
            regards = understood(self.engine.rows(CORE, records.PEOPLE))
            self._ignored = {key for key, regard in regards.items() if regard.ignored}
        return self._ignored

    # posts and interactions

    def post(self, post_id: str) -> Post | None:
        """A post of the user's, by its id."""
        place = self._place(POSTS, post_id)
        row = None if place is None else self.row(records.posts_shard(place), POSTS, post_id)
        return None if row is None else records.decode_post(row)

    def put_post(self, post: Post) -> None:
        """Insert or replace a post; its tally moves along when its month changes."""
        place = records.month_of(post.at)
        before = self._place(POSTS, post.id)
        if before != place:
            tally = self.tally(post.id)
            if before is not None:
                self.delete(records.posts_shard(before), POSTS, post.id)
            self.delete(self._tally_shard(post.id), TALLIES, post.id)
            self._places[POSTS, post.id] = place
            self.put_tally(tally)
        self.put(records.posts_shard(place), POSTS, post.id, post)

    def interaction(self, interaction_id: str) -> Interaction | None:
        """An interaction, by its id."""
        place = self._place(INTERACTIONS, interaction_id)
        if place is None:
            return None
        row = self.row(records.interactions_shard(place), INTERACTIONS, interaction_id)
        return None if row is None else records.decode_interaction(row)

    def put_interaction(self, interaction: Interaction) -> None:
        """Insert or replace an interaction."""
        place = records.month_of(interaction.at)
        before = self._place(INTERACTIONS, interaction.id)
        if before is not None and before != place:
            self.delete(records.interactions_shard(before), INTERACTIONS, interaction.id)
        self._places[INTERACTIONS, interaction.id] = place
        shard = records.interactions_shard(place)
        if before is None:
            self._fresh.add((shard, INTERACTIONS, interaction.id))
        self.put(shard, INTERACTIONS, interaction.id, interaction)

    def changed_interactions(self) -> list[Interaction]:
        """The interactions put so far."""
        rows = ((table, row) for (_, table, _), row in self._changes.items())
        return [records.decode_interaction(row) for table, row in rows if table == INTERACTIONS and row is not None]

    def remove_post(self, shard: str, post: Post) -> None:
        """Take a post away, its counters and their unnamed reactions with it. Named acts may belong to others."""
        tally = self.tally(post.id)
        self.count_unnamed(post, -1)
        self.delete(self._tally_shard(post.id), TALLIES, post.id)
        self.delete(shard, POSTS, post.id)
        self._places[POSTS, post.id] = None
        self.put_tally(msgspec.structs.replace(tally, readings={}))

    def remove_interaction(self, shard: str, interaction: Interaction) -> None:
        """Take an interaction away."""
        self.echoes.note(interaction, None)
        self.count(interaction, -1)
        self.delete(shard, INTERACTIONS, interaction.id)
        self._places[INTERACTIONS, interaction.id] = None

    def _place(self, table: str, identifier: str) -> str | None:
        key = (table, identifier)
        if key not in self._places:
            self._places[key] = self.engine.known.place(table, identifier)
        return self._places[key]

    # tallies

    def tally(self, post_id: str) -> Tally:
        """What is known of the reactions to a post, which need not be known itself."""
        if post_id not in self._tallies:
            row = self.row(self._tally_shard(post_id), TALLIES, post_id)
            self._tallies[post_id] = Tally(post=post_id) if row is None else records.decode_tally(row)
        return self._tallies[post_id]

    def put_tally(self, tally: Tally) -> None:
        """Keep a tally; its post's unnamed reactions are computed anew before the commit."""
        self._tallies[tally.post] = tally
        self._uncounted.add(tally.post)

    def name(self, post_id: str, act: Interaction) -> None:
        """Note in a post's tally that an act on it is known by name."""
        tally = self.tally(post_id)
        if (post_id, act.kind) not in self._named:  # copied once: a post may have been reacted to very often
            self._named.add((post_id, act.kind))
            times = dict(tally.named.get(act.kind, {}))
            tally = msgspec.structs.replace(tally, named={**tally.named, act.kind: times})
        tally.named[act.kind][records.id_hash(act.id)] = act.at
        self.put_tally(tally)

    def _tally_shard(self, post_id: str) -> str:
        place = self._place(POSTS, post_id)
        return NOWHERE if place is None else records.posts_shard(place)

    # day totals

    def count(self, interaction: Interaction, sign: int) -> None:
        """Add an interaction to its day, or take it away; not where it counts nowhere."""
        if interaction.counts:
            self._add(interaction.account, interaction.at, interaction.kind, sign, 0, sign * interaction.estimated)

    def count_unnamed(self, post: Post, sign: int) -> None:
        """Add a post's unnamed reactions to their days, or take them away."""
        for step in post.unnamed:
            number = sign * step.count
            self._add(post.account, step.at, step.kind, 0, number, number * step.estimated)

    def _add(
        self, account: str, at: datetime, kind: InteractionKind, named: int, nameless: int, estimated: int
    ) -> None:
        total = self._days.setdefault((records.local_day(at, self.zone), kind, account), [0, 0, 0])
        total[0] += named
        total[1] += nameless
        total[2] += estimated

    # the end

    def ops(self) -> list[Op]:
        """What the commit changes, deletes first; empty where nothing does.

        Raises:
            StoreError: the folder cannot be read.
        """
        self.echoes.settle()
        self._settle_tallies()
        self._settle_days()
        changed: list[Op] = [
            (*place, row)
            for place, row in self._changes.items()
            if place in self._fresh or not _same(row, self.engine.row(*place))
        ]
        return sorted(changed, key=lambda op: op[3] is not None)

    def _settle_tallies(self) -> None:
        for post_id in self._uncounted:
            tally = self._tallies[post_id]
            shard = self._tally_shard(post_id)
            if tally.readings or tally.named or tally.replies:
                self.put(shard, TALLIES, post_id, tally)
            else:
                self.delete(shard, TALLIES, post_id)
            post = self.post(post_id)
            if post is None:
                continue
            steps = tuple(
                step
                for kind in sorted(tally.readings)
                for step in unnamed(post.at, kind, tally.readings[kind], tally.times(kind))
            )
            if steps != post.unnamed:
                counted = msgspec.structs.replace(post, unnamed=steps)
                self.count_unnamed(post, -1)
                self.count_unnamed(counted, 1)
                self.put_post(counted)
        self._uncounted.clear()

    def _settle_days(self) -> None:
        for (day, kind, account), (named, nameless, estimated) in self._days.items():
            if not (named or nameless or estimated):
                continue
            shard, key = records.days_shard(day), records.day_key(day, kind, account)
            row = self.row(shard, DAYS, key)
            total = DayTotal(account=account, day=day, kind=kind) if row is None else records.decode_day(row)
            total = msgspec.structs.replace(
                total,
                named=total.named + named,
                unnamed=total.unnamed + nameless,
                estimated=total.estimated + estimated,
            )
            if total.named or total.unnamed or total.estimated:
                self.put(shard, DAYS, key, total)
            else:
                self.delete(shard, DAYS, key)
        self._days.clear()


def _same(one: msgspec.Raw | None, other: msgspec.Raw | None) -> bool:
    if one is None or other is None:
        return one is other
    return bytes(one) == bytes(other)
