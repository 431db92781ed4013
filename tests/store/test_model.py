"""Whatever comes in whatever order, the store equals a plain recomputation by a model that never saved anything."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from klout_tui.domain.batch import Batch
from klout_tui.domain.model import Increment, Interaction, InteractionKind, Post
from klout_tui.domain.tally import unnamed
from klout_tui.store import Store
from tests.store.build import (
    LIKE,
    NOON,
    REPLY,
    Clock,
    account,
    act,
    batch,
    digests_agree,
    fold,
    linked,
    post,
    tiny_tables,
)

ZONE = ZoneInfo("America/St_Johns")
OWN = account().keys[0]
TIMES = [datetime(2025, 12, 30, 2, 45, tzinfo=UTC) + timedelta(hours=13 * n) for n in range(8)]


@dataclass
class Model:
    """What should be true, in the plainest words."""

    posts: dict[str, Post] = field(default_factory=dict)
    acts: dict[str, Interaction] = field(default_factory=dict)
    readings: dict[tuple[str, InteractionKind], list[tuple[datetime, int]]] = field(default_factory=dict)
    own: set[str] = field(default_factory=lambda: {OWN})

    def absorb(self, news: Batch, now: datetime) -> None:
        for new in news.posts:
            old = self.posts.get(new.id)
            self.posts[new.id] = new
            if old is not None:
                self.posts[new.id] = msgspec.structs.replace(new, at=old.at, counters={**old.counters, **new.counters})
            for kind, count in new.counters.items():
                # The test's clock leaves more than an hour between batches, so only readings of one batch are one.
                known = self.readings.setdefault((new.id, kind), [])
                if known and known[-1][0] == now and known[-1][1] != count:
                    known.pop()
                if not known or known[-1][1] != count:
                    known.append((now, count))
        for each in news.interactions:
            before = self.acts.get(each.id)
            if before is None:
                self.acts[each.id] = each
            elif not each.estimated:
                at = each.at if before.estimated else min(before.at, each.at)
                self.acts[each.id] = msgspec.structs.replace(before, at=at, estimated=False)

    def increments(self, of: Post) -> tuple[Increment, ...]:
        steps: list[Increment] = []
        for kind in (LIKE, REPLY):
            named = {each.id: each.at for each in self.acts.values() if each.post == of.id and each.kind == kind}
            if kind is REPLY:
                named = {each.id: each.at for each in self.posts.values() if each.reply_to == of.id} | named
            steps += unnamed(of.at, kind, self.readings.get((of.id, kind), []), list(named.values()))
        return tuple(steps)

    def totals(self) -> dict[tuple[str, str], tuple[int, int, int]]:
        named: Counter[tuple[str, str]] = Counter()
        nameless: Counter[tuple[str, str]] = Counter()
        estimated: Counter[tuple[str, str]] = Counter()
        for each in self.acts.values():
            if each.actor.key not in self.own:
                key = (each.at.astimezone(ZONE).date().isoformat(), str(each.kind))
                named[key] += 1
                estimated[key] += each.estimated
        for one in self.posts.values():
            for step in self.increments(one):
                key = (step.at.astimezone(ZONE).date().isoformat(), str(step.kind))
                nameless[key] += step.count
                estimated[key] += step.count * step.estimated
        return {key: (named[key], nameless[key], estimated[key]) for key in {*named, *nameless}}


posts = st.builds(
    lambda number, likes, replies: post(
        f"p{number}",
        TIMES[number],
        counters={kind: n for kind, n in ((LIKE, likes), (REPLY, replies)) if n is not None},
    ),
    st.integers(0, 3),
    st.none() | st.integers(0, 6),
    st.none() | st.integers(0, 3),
)
replies = st.builds(
    lambda number: post(f"own{number}", TIMES[number + 4], kind="reply", reply_to=f"p{number}"), st.integers(0, 3)
)
acts = st.builds(
    lambda number, at, by, estimated, reply: act(
        f"own{number % 4}" if reply and by == OWN else f"{'r' if reply else 'l'}{number}",
        TIMES[at],
        on=f"p{number % 4}" if number % 5 else None,
        by=by,
        kind=REPLY if reply else LIKE,
        estimated=estimated,
    ),
    st.integers(0, 9),
    st.integers(0, 7),
    st.sampled_from(["bo", "cy", OWN]),
    st.booleans(),
    st.booleans(),
)
steps = st.lists(
    st.one_of(
        st.lists(st.one_of(posts, acts, replies), min_size=1, max_size=6),
        st.sampled_from(["again", "reopen", "fold", "link"]),
    ),
    max_size=10,
)


def agree(store: Store, model: Model) -> None:
    assert {(row.day.isoformat(), str(row.kind)): (row.named, row.unnamed, row.estimated) for row in store.days()} == (
        model.totals()
    )
    assert {each.id: each.at for each in store.interactions()} == {key: each.at for key, each in model.acts.items()}
    assert {each.id for each in store.interactions() if each.own} == {
        key for key, each in model.acts.items() if each.actor.key in model.own
    }
    stored = {each.id: each for each in store.posts()}
    assert stored.keys() == model.posts.keys()
    for key, one in model.posts.items():
        assert stored[key].counters == one.counters
        assert stored[key].unnamed == model.increments(one)
        assert store.post(key) == stored[key]
    digests_agree(store)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps)
def test_the_store_equals_a_recomputation(story: list[list[Post | Interaction] | str]) -> None:
    with TemporaryDirectory() as name:
        folder, clock, model = Path(name) / "store", Clock(NOON), Model()
        store = linked(folder, clock, zone=ZONE.key)
        last = batch()
        for number, step in enumerate(story):
            clock.forward(hours=2)
            if step == "reopen":
                store.close()
                store = Store.open(folder, clock=clock)
            elif step == "fold":
                fold(store)
            elif step == "link":
                store.link(account("blog:cy.example", keys=("cy",)))
                model.own.add("cy")
            else:
                last = last if isinstance(step, str) else batch(*step, cursor=str(number))
                store.absorb(last)
                model.absorb(last, clock.now)
        agree(store, model)
        fold(store)
        agree(store, model)
        store.close()
        with Store.open(folder, clock=clock, read_only=True) as reader:
            agree(reader, model)
        assert "core" in tiny_tables(folder)
