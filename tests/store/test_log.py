"""What she logged by hand: it counts at once, can be corrected, and deleted is deleted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from klout_tui.domain.batch import Batch
from klout_tui.domain.gratitude import LOG_ACCOUNT, Way, entry
from klout_tui.domain.model import Account, Actor, Interaction, InteractionKind
from klout_tui.errors import StoreError
from klout_tui.store import Store
from klout_tui.store.checkup import check_up
from klout_tui.store.log import logged
from tests.store.build import Clock

ANN = Actor(key="name:ann lee", handle="Ann Lee", name="Ann Lee")
AT = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
SECRET = "told me over a very particular cup of tea"


@pytest.fixture
def clock() -> Clock:
    return Clock(AT + timedelta(days=20))


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Store:
    return Store.open(tmp_path / "home" / "store", clock=clock, zone="Europe/Berlin")


def counted(store: Store) -> list[tuple[date, InteractionKind, int]]:
    return [(total.day, total.kind, total.named) for total in store.days(account=LOG_ACCOUNT)]


def wrong(tmp_path: Path, clock: Clock) -> list[str]:
    found = check_up(tmp_path / "home" / "store", clock)
    return [problem.words for check in found.checks for problem in check.problems if problem.wrong]


def test_two_thanks_of_one_person_on_one_day_are_two(store: Store) -> None:
    numbers = [store.new_number() for _ in range(2)]
    for number in numbers:
        store.log(entry(number, ANN, AT))
    assert counted(store) == [(date(2026, 11, 1), InteractionKind.THANKS, 2)]
    assert {each.id for each in logged(store)} == {f"{LOG_ACCOUNT}/{number}" for number in numbers}


def test_a_correction_moves_it_to_another_day_month_and_kind(store: Store, tmp_path: Path, clock: Clock) -> None:
    made = store.log(entry("a1", ANN, AT, text=SECRET, topics=("python",)))
    again = store.log(entry("a1", ANN, AT - timedelta(days=40), way=Way.ENDORSEMENT, topics=("tea",)))
    assert made.id == again.id
    assert counted(store) == [(date(2026, 9, 22), InteractionKind.ENDORSEMENT, 1)]
    assert list(logged(store)) == [again]
    assert list(logged(store, AT - timedelta(days=41))) == []
    assert wrong(tmp_path, clock) == []


def test_deleted_is_deleted_from_every_file(store: Store, tmp_path: Path, clock: Clock) -> None:
    kept = store.log(entry("a1", ANN, AT, text="another"))
    gone = store.log(entry("a2", ANN, AT, text=SECRET))
    store.thank([gone.id], AT)
    store.close()
    store = Store.open(tmp_path / "home" / "store", clock=clock)
    store.log(entry("a3", ANN, AT))
    assert store.unlog(gone.id) == (gone, AT)
    assert {each.id for each in logged(store)} == {kept.id, f"{LOG_ACCOUNT}/a3"}
    assert store.thanked() == {}
    for path in (tmp_path / "home").rglob("*"):
        assert path.is_dir() or SECRET.encode() not in path.read_bytes(), path.name
    assert wrong(tmp_path, clock) == []
    with pytest.raises(StoreError):
        store.unlog(gone.id)
    store.log(gone, thanked_at=AT)  # as undoing does
    assert store.thanked() == {gone.id: AT}
    assert counted(store) == [(date(2026, 11, 1), InteractionKind.THANKS, 3)]


def test_nothing_else_is_deleted_or_replaced_by_this_way(store: Store) -> None:
    with pytest.raises(StoreError):
        store.unlog("town:ada@town.example/like/x/y")
    foreign = entry("a1", ANN, AT)
    with pytest.raises(StoreError):
        store.log(type(foreign)(id="town:x/a1", account="town:x", kind=foreign.kind, actor=ANN, at=AT))


def test_forgetting_the_log_leaves_accounts_alone(store: Store) -> None:
    ada = Account(id="town:ada", network="town", handle="ada", base_url="https://town.example", linked_at=AT)
    store.link(ada)
    store.log(entry("a1", ANN, AT))
    assert [each.id for each in store.accounts(unlinked=True)] == ["town:ada"]  # the log is no account to be read
    store.forget(LOG_ACCOUNT)
    assert list(logged(store)) == []
    assert counted(store) == []
    assert [each.id for each in store.accounts()] == ["town:ada"]


def test_what_she_does_under_her_own_name_does_not_count(store: Store) -> None:
    ada = Account(
        id="town:ada", network="town", handle="ada", base_url="https://t.example", linked_at=AT, keys=("name:ada",)
    )
    store.link(ada)
    assert store.log(entry("a1", Actor(key="name:ada", handle="Ada"), AT)).own
    assert counted(store) == []


def test_an_old_entry_does_not_turn_gaps_into_zeros(store: Store) -> None:
    store.log(entry("a1", ANN, AT - timedelta(days=3000)))
    assert store.known_since() == (AT - timedelta(days=3000)).astimezone(store.zone).date()
    ada = Account(id="town:ada", network="town", handle="ada", base_url="https://town.example", linked_at=AT)
    store.link(ada)
    like = Interaction(id="l1", account=ada.id, kind=InteractionKind.LIKE, actor=ANN, at=AT - timedelta(days=2))
    store.absorb(Batch(account=ada.id, cursor={}, interactions=(like,)))
    assert store.known_since() == date(2026, 10, 30)
