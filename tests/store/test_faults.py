"""A disk that fails at any of its operations, in any way: what was acknowledged is there, what was refused is not."""

from __future__ import annotations

import itertools
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import msgspec

from klout_tui.domain.model import Health, Profile
from klout_tui.errors import StoreError
from klout_tui.store import Store
from klout_tui.store.files import through
from tests.store.build import ADA, BLOG, NOON, REPLY, Clock, account, act, batch, fold, post
from tests.store.faults import KINDS, Faulty, Killed, Kind

STRIDE: Final = int(os.environ.get("KLOUT_TUI_FAULTS_STRIDE", "23"))
"""Every how manieth of the cases is tried; 1 tries all some 2,500, which takes a minute."""

Snapshot = dict[str, Any]


def first(store: Store) -> None:
    store.absorb(batch(post(likes=3), post("p0", NOON - timedelta(days=80)), act("a1"), act("a2", by="cy")))


def second(store: Store) -> None:
    answer = post("mine", NOON + timedelta(hours=1), kind="reply", reply_to="p1")
    old = act("a3", NOON - timedelta(days=40), on="p0", kind=REPLY, estimated=True)
    store.absorb(batch(answer, post(likes=5), old, act("a2", by="cy"), cursor="2", profile=Profile("ada", followers=9)))


def third(store: Store) -> None:
    store.absorb(batch(act("a3", NOON - timedelta(days=9), on="p0", kind=REPLY), act("a4"), cursor="3", gone=("p0",)))


def blogged(store: Store) -> None:
    store.absorb(batch(post("b1", likes=2, account=BLOG), act("c1", on="b1", account=BLOG), of=BLOG))


STEPS: Final[dict[str, Callable[[Store], object]]] = {
    "link": lambda store: store.link(account()),
    "link the blog": lambda store: store.link(account(BLOG, keys=("cy",))),
    "absorb": first,
    "absorb for the blog": blogged,
    "fold": fold,
    "absorb more": second,
    "thank": lambda store: store.thank(["a1", "c1"], NOON),
    "note health": lambda store: store.set_health(Health(account=ADA, last_ok=NOON)),
    "forget": lambda store: store.forget(BLOG),
    "absorb yet more": third,
    "fold again": fold,
    "remember": lambda store: store.remember("theme", "nord"),
    "reopen": lambda _: None,
    "absorb once more": lambda store: store.absorb(batch(act("a5", NOON + timedelta(days=40)), cursor="4")),
    "unlink": lambda store: store.unlink(ADA),
}
FOLDS: Final = {"fold", "fold again", "reopen"}
"""Steps that change nothing that can be read."""


def moment(name: str) -> Clock:
    return Clock(NOON + timedelta(hours=2 * list(STEPS).index(name)))


@dataclass
class Run:
    """The story told to one disk; a step that is refused is left out and the story goes on."""

    folder: Path
    disk: Faulty
    clock: Clock = field(default_factory=Clock)
    store: Store | None = None
    done: list[str] = field(default_factory=list)
    errors: list[StoreError] = field(default_factory=list)
    doubtful: str | None = None
    doubter: Store | None = None
    """Whoever knows that the doubtful step was refused; another process cannot."""
    under_way: str = "open"

    def tell(self) -> None:
        with through(self.disk):
            try:
                for name in STEPS:
                    self.under_way = name
                    self._step(name)
            except Killed:
                self.store = None
                if self.disk.kind is not None and self.disk.kind.power:
                    self.disk.cut_power()

    def _step(self, name: str) -> None:
        self.clock.now = moment(name).now
        try:
            if name == "reopen" and self.store is not None:
                self.store.close()
                self.store = None
            if self.store is None:
                self.store = opened(self.folder, self.clock)
            STEPS[name](self.store)
        except StoreError as error:
            self.errors.append(error)
            if "turn up" in error.message:
                self.doubtful, self.doubter = name, self.store
            elif "is forgotten" in error.message:
                self.done.append(name)
        else:
            self.done.append(name)


def opened(folder: Path, clock: Clock, *, read_only: bool = False) -> Store:
    return Store.open(folder, clock=clock, zone="Europe/Berlin", read_only=read_only)


def snapshot(store: Store) -> Snapshot:
    accounts = store.accounts(unlinked=True)
    return {
        "accounts": accounts,
        "posts": store.posts(),
        "interactions": store.interactions(),
        "days": store.days(),
        "readings": store.readings(),
        "thanked": store.thanked(),
        "cursors": {each: store.cursor(each) for each in (ADA, BLOG)},
        "health": store.health(ADA),
        "theme": store.recall("theme"),
    }


def agrees_with_itself(store: Store) -> None:
    """Day totals are what the interactions and posts say; every id is found, and found once."""
    counted: Counter[tuple[str, str, str]] = Counter()
    zone = store.zone
    for each in store.interactions():
        if each.counts:
            counted[each.account, each.at.astimezone(zone).date().isoformat(), each.kind] += 1
    for one in store.posts():
        assert store.post(one.id) == one
        for step in one.unnamed:
            counted[one.account, step.at.astimezone(zone).date().isoformat(), step.kind] += step.count
    assert {(row.account, row.day.isoformat(), row.kind): row.total for row in store.days()} == counted


def knows_its_ids(store: Store) -> None:
    """Absorbing all that is there again changes nothing, and something new is new."""
    for owner in store.accounts(unlinked=True):
        before = snapshot(store)
        acts = [msgspec.structs.replace(each, own=False) for each in store.interactions(account=owner.id)]
        again = batch(*acts, of=owner.id)
        again = msgspec.structs.replace(again, cursor=store.cursor(owner.id))
        if acts:
            assert store.absorb(again).new_interactions == 0
            assert snapshot(store) == before
        fresh = batch(act(f"new of {owner.id}", on=None, account=owner.id), of=owner.id)
        assert store.absorb(fresh).new_interactions == 1
        agrees_with_itself(store)


class Truth:
    """What a disk without faults makes of the steps that were acknowledged, each set of them told once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[tuple[str, ...], Snapshot] = {}

    def of(self, steps: list[str]) -> Snapshot:
        key = tuple(name for name in STEPS if name in steps and name not in FOLDS)
        if key not in self._known:
            with through(Faulty()):
                clock = Clock()
                with opened(self._folder / str(len(self._known)), clock) as store:
                    for name in key:
                        clock.now = moment(name).now
                        with suppress(StoreError):  # a step under way may have been about to be refused for good
                            STEPS[name](store)
                    self._known[key] = snapshot(store)
        return self._known[key]


def undisturbed(folder: Path) -> list[str]:
    """Every operation of the story, in order."""
    run = Run(folder, Faulty())
    run.tell()
    assert run.done == list(STEPS)
    assert run.errors == []
    return run.disk.asked


def cases(asked: list[str]) -> Iterator[tuple[Kind, int, bool]]:
    for at, operation in enumerate(asked):
        for kind in KINDS:
            if operation in kind.strikes:
                yield kind, at, False
                if kind.number:
                    yield kind, at, True


def check(run: Run, truth: Truth, *, go_on: bool) -> None:
    """Hold what is left against what was acknowledged, then go on: in the same process, or in the next one."""
    kind = run.disk.kind
    assert kind is not None
    killed, lasting = kind.number == 0, run.disk.lasting
    for error in run.errors:
        if error.__cause__ is None:  # it follows from an earlier one: what was refused then is missing now
            continue
        assert str(run.folder.parent) in error.message, error.message
        assert "safe" in error.message or "Nothing was" in error.message or "is no" in error.message, error.message
        assert error.hint, error.message
    allowed = [truth.of(run.done)]
    if killed or run.doubtful:
        # Cut off in a commit it may be there, whole; so may one whose refusal could not be made good.
        assert killed or (lasting and "truncate" in kind.strikes)
        allowed.append(truth.of([*run.done, run.doubtful or run.under_way]))
    run.disk.mend()
    with through(run.disk):
        if run.folder.is_dir():
            with opened(run.folder, run.clock, read_only=True) as other:
                assert snapshot(other) in allowed
                agrees_with_itself(other)
        if go_on and run.store is not None:
            store = run.store
            assert snapshot(store) in (allowed[:1] if store is run.doubter else allowed)
        else:
            store = opened(run.folder, run.clock)
            assert snapshot(store) in allowed
        agrees_with_itself(store)
        store.link(account())
        knows_its_ids(store)
        left = snapshot(store)
        fold(store)
        assert snapshot(store) == left
        store.close()
        assert not list(run.folder.glob("*.tmp"))
        with opened(run.folder, run.clock) as again:
            assert snapshot(again) == left
            agrees_with_itself(again)
            assert not [each for each in again.warnings() if "damaged" in each]


def test_whatever_fails_and_whenever(tmp_path: Path) -> None:
    asked = undisturbed(tmp_path / "undisturbed")
    truth = Truth(tmp_path / "truth")
    number = 0
    for number, (kind, at, lasting) in enumerate(itertools.islice(cases(asked), 0, None, STRIDE)):
        run = Run(tmp_path / f"{number}", Faulty(kind, at, lasting=lasting))
        run.tell()
        try:
            check(run, truth, go_on=number % 2 == 0)
        except BaseException as error:
            step = "lasting" if lasting else "once"
            error.add_note(f"{kind.name}, {step}, at operation {at} ({asked[at]}); done: {run.done}; {run.errors}")
            raise
    assert number > 5000 // STRIDE / 4
