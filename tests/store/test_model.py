"""Whatever comes in whatever order, the store equals a plain recomputation by a model that never saved anything."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from klout_tui.domain.batch import Batch
from klout_tui.domain.model import Increment, Interaction, InteractionKind, Post
from klout_tui.domain.tally import unnamed
from klout_tui.errors import StoreError, UsageError
from klout_tui.store import Store
from klout_tui.store.files import through
from tests.store.build import (
    ADA,
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
from tests.store.faults import Faulty
from tests.store.test_faults import knows_its_ids

EXAMPLES: Final = int(os.environ.get("KLOUT_TUI_MODEL_EXAMPLES", "0"))
"""How many stories are told; 0 tells the same few each time, any other number tells new ones."""

CY: Final = "blog:cy.example"
ACCOUNTS: Final = {ADA: account(), CY: account(CY, keys=("cy",))}

ZONE = ZoneInfo("America/St_Johns")
OWN = account().keys[0]
WHO = ("bo", "cy", "di", OWN)
TIMES = [datetime(2025, 12, 30, 2, 45, tzinfo=UTC) + timedelta(hours=13 * n) for n in range(8)]


@dataclass
class Model:
    """What should be true, in the plainest words."""

    posts: dict[str, Post] = field(default_factory=dict)
    acts: dict[str, Interaction] = field(default_factory=dict)
    readings: dict[tuple[str, InteractionKind], list[tuple[datetime, int]]] = field(default_factory=dict)
    own: set[str] = field(default_factory=lambda: {OWN})
    linked: dict[str, bool] = field(default_factory=lambda: {ADA: True})
    """Every account known, and whether it is linked now."""
    cursors: dict[str, dict[str, str]] = field(default_factory=dict)
    thanks: dict[str, datetime] = field(default_factory=dict)
    ignored: set[str] = field(default_factory=set)
    people: dict[str, frozenset[str]] = field(default_factory=dict)
    """Of each merged handle, all handles of the person."""

    def merge(self, keys: tuple[str, ...]) -> bool:
        """Whether that may be."""
        person = frozenset().union(*(self.people.get(key, frozenset({key})) for key in keys))
        if person & self.own or (person & self.ignored and person - self.ignored):
            return False
        if len(person) > 1:
            self.people |= dict.fromkeys(person, person)
        return True

    def split(self, key: str) -> None:
        rest = self.people.pop(key, frozenset({key})) - {key}
        for other in rest:
            self.people[other] = rest
            if len(rest) == 1:
                del self.people[other]

    def counts(self, act: Interaction) -> bool:
        return act.actor.key not in self.own | self.ignored

    def link(self, account_id: str) -> None:
        self.linked[account_id] = True
        self.own |= {*ACCOUNTS[account_id].keys}

    def forget(self, account_id: str) -> None:
        del self.linked[account_id]
        self.cursors.pop(account_id, None)
        for key in [key for key, each in self.acts.items() if each.account == account_id]:
            del self.acts[key]
            self.thanks.pop(key, None)
        for key in [key for key, each in self.posts.items() if each.account == account_id]:
            del self.posts[key]
            self.readings = {place: known for place, known in self.readings.items() if place[0] != key}

    def absorb(self, news: Batch, now: datetime) -> None:
        self.cursors[news.account] = news.cursor
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

    def totals(self) -> dict[tuple[str, str, str], tuple[int, int, int]]:
        named: Counter[tuple[str, str, str]] = Counter()
        nameless: Counter[tuple[str, str, str]] = Counter()
        estimated: Counter[tuple[str, str, str]] = Counter()
        for each in self.acts.values():
            if self.counts(each):
                key = (each.account, each.at.astimezone(ZONE).date().isoformat(), str(each.kind))
                named[key] += 1
                estimated[key] += each.estimated
        for one in self.posts.values():
            for step in self.increments(one):
                key = (one.account, step.at.astimezone(ZONE).date().isoformat(), str(step.kind))
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
    st.sampled_from(WHO),
    st.booleans(),
    st.booleans(),
)
things = st.lists(st.one_of(posts, acts, replies), min_size=1, max_size=6)
owners = st.sampled_from([ADA, ADA, CY])


def hers(owner: str, news: list[Post | Interaction], number: int) -> Batch:
    """A batch of the account; what is the blog's has ids of its own, and may be about the other's posts."""
    if owner == CY:
        news = [msgspec.structs.replace(each, id=f"cy-{each.id}", account=CY) for each in news]
    return batch(*news, of=owner, cursor=str(number))


@dataclass(frozen=True)
class Step:
    """One thing that happens."""

    what: str
    of: str = ADA
    news: tuple[Post | Interaction, ...] = ()
    where: float = 1.0
    """How far a commit got before the crash, 0 to 1."""
    other: bool = False
    """Done by another process."""
    who: tuple[str, ...] = ()
    """Of whom."""


steps = st.lists(
    st.one_of(
        st.builds(lambda of, news, other: Step("absorb", of, tuple(news), other=other), owners, things, st.booleans()),
        st.builds(
            lambda of, news, where: Step("crash", of, tuple(news), where),
            owners,
            things,
            st.sampled_from([0.0, 0.01, 0.5, 0.99, 1.0]) | st.floats(0, 1),
        ),
        st.builds(
            lambda what, of, other: Step(what, of, other=other),
            st.sampled_from(["again", "reopen", "fold", "link", "unlink", "forget", "look"]),
            owners,
            st.booleans(),
        ),
        st.builds(
            lambda what, who, other: Step(what, who=tuple(who), other=other),
            st.sampled_from(["ignore", "heed", "merge", "split"]),
            st.lists(st.sampled_from(WHO), min_size=1, max_size=3),
            st.booleans(),
        ),
        st.builds(
            lambda news, take_back, other: Step("take back" if take_back else "thank", news=tuple(news), other=other),
            things,
            st.booleans(),
            st.booleans(),
        ),
    ),
    max_size=14,
)


def agree(store: Store, model: Model) -> None:
    store.poll()
    totals = {
        (row.account, row.day.isoformat(), str(row.kind)): (row.named, row.unnamed, row.estimated)
        for row in store.days()
    }
    assert totals == model.totals()
    assert {each.id: each.at for each in store.interactions()} == {key: each.at for key, each in model.acts.items()}
    assert {each.id for each in store.interactions() if each.own} == {
        key for key, each in model.acts.items() if each.actor.key in model.own
    }
    assert {each.id for each in store.interactions() if each.ignored} == {
        key for key, each in model.acts.items() if each.actor.key in model.ignored
    }
    ties = store.ties()
    assert ties.ignored == model.ignored
    assert ties.same == {key: min(person) for key, person in model.people.items()}
    acted = Counter(
        digest.actors[place] for each in store.history() for digest in [each.visible()] for place in digest.actor
    )
    assert acted == Counter(ties.person(each.actor.key) for each in model.acts.values() if model.counts(each))
    stored = {each.id: each for each in store.posts()}
    assert stored.keys() == model.posts.keys()
    for key, one in model.posts.items():
        assert stored[key].counters == one.counters
        assert stored[key].unnamed == model.increments(one)
        assert store.post(key) == stored[key]
    assert store.thanked() == model.thanks
    assert {each: store.cursor(each) for each in ACCOUNTS} == {each: model.cursors.get(each, {}) for each in ACCOUNTS}
    assert {each.id for each in store.accounts()} == {each for each, linked in model.linked.items() if linked}
    assert {each.id for each in store.accounts(unlinked=True)} == model.linked.keys()
    digests_agree(store)


class Story:
    """Tells the same steps to two processes at one store, and to the model."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Clock(NOON)
        self.model = Model()
        self.store = linked(folder, self.clock, zone=ZONE.key)
        self.other = Store.open(folder, clock=self.clock)
        self._last = batch()
        self._number = 0

    def tell(self, step: Step) -> None:
        self.clock.forward(hours=2)
        self._number += 1
        store = self.other if step.other else self.store
        match step.what:
            case "absorb" | "again":
                self._last = hers(step.of, list(step.news), self._number) if step.news else self._last
                self._absorb(store)
            case "crash":
                self._last = hers(step.of, list(step.news), self._number)
                self._crash(step.where)
            case "reopen":
                self.store.close()
                self.store = Store.open(self.folder, clock=self.clock)
            case "fold":
                fold(store)
            case "look":
                agree(store, self.model)
            case "link":
                store.link(ACCOUNTS[step.of])
                self.model.link(step.of)
            case "thank":
                store.thank([each.id for each in step.news], self.clock.now)
                self.model.thanks |= {each.id: self.clock.now for each in step.news}
            case "take back":
                store.thank([each.id for each in step.news], None)
                for each in step.news:
                    self.model.thanks.pop(each.id, None)
            case "ignore" | "heed":
                store.ignore(step.who, ignored=step.what == "ignore")
                self.model.ignored = (self.model.ignored - {*step.who}) | (
                    {*step.who} if step.what == "ignore" else set()
                )
            case "merge":
                if self.model.merge(step.who):
                    store.merge(step.who)
                else:
                    with pytest.raises(UsageError):
                        store.merge(step.who)
            case "split":
                store.split(step.who[0])
                self.model.split(step.who[0])
            case _:
                self._end(store, step)

    def _absorb(self, store: Store) -> None:
        if self._last.account in self.model.linked:
            store.absorb(self._last)
            self.model.absorb(self._last, self.clock.now)
        else:
            self._refused(lambda: store.absorb(self._last))

    def _end(self, store: Store, step: Step) -> None:
        act_ = {"unlink": store.unlink, "forget": store.forget}[step.what]
        if step.of not in self.model.linked:
            self._refused(lambda: act_(step.of))
            return
        act_(step.of)
        if step.what == "forget":
            self.model.forget(step.of)
        else:
            self.model.linked[step.of] = False

    def _refused(self, deed: Callable[[], object]) -> None:
        with pytest.raises(StoreError):
            deed()

    def _crash(self, where: float) -> None:
        """Killed while it wrote: of its last line, only the beginning arrived, or all of it."""
        journal = self.folder / "journal"
        if self._last.account not in self.model.linked:
            return
        self.store.poll()
        before = self.store._engine.journal.offset  # what an earlier crash left behind it is written over
        self.store.absorb(self._last)
        after = journal.stat().st_size
        cut = before + round(where * (after - before))
        os.truncate(journal, cut)
        if cut == after:
            self.model.absorb(self._last, self.clock.now)
        self.store = Store.open(self.folder, clock=self.clock)


@settings(
    max_examples=EXAMPLES or 60,
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(steps)
def test_the_store_equals_a_recomputation(story: list[Step]) -> None:
    with TemporaryDirectory() as name, through(Faulty()):
        told = Story(Path(name) / "store")
        for step in story:
            told.tell(step)
        for store in (told.store, told.other):
            agree(store, told.model)
        fold(told.store)
        for store in (told.store, told.other):
            agree(store, told.model)
            store.close()
        with Store.open(told.folder, clock=told.clock, read_only=True) as reader:
            agree(reader, told.model)
            assert reader.warnings() == ()
        assert "core" in tiny_tables(told.folder)
        with Store.open(told.folder, clock=told.clock) as again:
            knows_its_ids(again)
