"""Each method of the door, once as it is meant and once at its edge."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import tzlocal

from klout_tui.domain.model import Fault, Health, Profile, Reading
from klout_tui.errors import StoreError
from klout_tui.store import Absorbed, Store
from tests.store.build import ADA, BLOG, LIKE, NOON, REPLY, Clock, account, act, batch, fold, post, totals


def reopened(folder: Path, clock: Clock) -> Store:
    return Store.open(folder, clock=clock, zone="Asia/Tokyo")


def test_a_new_store_is_empty_and_private(folder: Path, clock: Clock) -> None:
    with Store.open(folder, clock=clock, zone="Europe/Berlin") as store:
        assert store.accounts() == ()
        assert store.posts() == []
        assert store.interactions() == []
        assert store.days() == []
        assert store.readings() == []
        assert store.thanked() == {}
        assert store.cursor(ADA) == {}
        assert store.health(ADA) == Health(account=ADA)
        assert store.account(ADA) is None
        assert store.post("p1") is None
        assert store.warnings() == ()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_the_zone_is_settled_at_first_creation(folder: Path, clock: Clock) -> None:
    Store.open(folder, clock=clock, zone="America/New_York").close()
    with reopened(folder, clock) as store:
        assert store.zone.key == "America/New_York"


def test_the_systems_zone_is_taken_where_none_is_given(
    folder: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tzlocal, "get_localzone_name", lambda: "Pacific/Auckland")
    with Store.open(folder, clock=clock) as store:
        assert store.zone.key == "Pacific/Auckland"


def test_a_system_without_a_named_zone_gets_utc(folder: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tzlocal, "get_localzone_name", lambda: "local")
    with Store.open(folder, clock=clock) as store:
        assert store.zone.key == "UTC"


def test_an_unknown_zone_is_refused(folder: Path, clock: Clock) -> None:
    with pytest.raises(StoreError, match="Middle/Earth"):
        Store.open(folder, clock=clock, zone="Middle/Earth")


def test_accounts_come_in_order_of_linking_and_outlive_the_program(folder: Path, store: Store, clock: Clock) -> None:
    store.link(account(BLOG, keys=("ada.example",)))
    store.close()
    with reopened(folder, clock) as again:
        assert [each.id for each in again.accounts()] == [BLOG, ADA]
        assert again.account(ADA) == account()


def test_unlinking_keeps_the_history_and_linking_again_takes_it_up(store: Store, clock: Clock) -> None:
    store.absorb(batch(post(), act("a1")))
    store.unlink(ADA)
    assert store.accounts() == ()
    (left,) = store.accounts(unlinked=True)
    assert left.unlinked_at == clock.now
    assert len(store.interactions()) == 1
    assert store.cursor(ADA) == {"since": "1"}
    store.link(account())
    assert store.accounts() == (account(),)
    assert len(store.interactions()) == 1


def test_linking_saves_the_reading_of_the_local_day(store: Store, clock: Clock) -> None:
    clock.now = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)  # half past midnight in Berlin
    store.link(account(), Profile(handle="ada", followers=10, posts=3))
    assert store.readings() == [Reading(account=ADA, day=date(2026, 3, 11), followers=10, posts=3)]


def test_the_last_reading_of_a_day_stands_and_unknown_is_not_nothing(store: Store, clock: Clock) -> None:
    store.absorb(batch(profile=Profile(handle="ada", followers=10, following=4)))
    clock.forward(hours=2)
    store.absorb(batch(cursor="2", profile=Profile(handle="ada", followers=12)))
    clock.forward(days=1)
    store.absorb(batch(cursor="3", profile=Profile(handle="ada", followers=11)))
    first, second = store.readings()
    assert (first.followers, first.following, first.posts) == (12, 4, None)
    assert second.followers == 11
    assert store.readings(account=BLOG) == []
    assert store.readings(since=second.day) == [second]
    assert store.readings(until=first.day) == [first]


def test_a_profile_renames_the_account_and_a_move_changes_its_address(store: Store) -> None:
    profile = Profile(handle="ada", name="Ada L.", url="https://social.example/@ada", keys=("ada@social.example",))
    store.absorb(batch(profile=profile, base_url="https://new.example"))
    (known,) = store.accounts()
    assert (known.name, known.url, known.base_url) == ("Ada L.", "https://social.example/@ada", "https://new.example")
    assert known.keys == ("https://social.example/users/ada", "ada@social.example")


def test_a_batch_is_told_stored_and_repeated_without_effect(store: Store) -> None:
    news = batch(post("p1"), post("p2"), act("a1"), act("a2"))
    assert store.absorb(news) == Absorbed(new_posts=2, new_interactions=2, changed_posts=0)
    revision = store.revision
    assert store.absorb(news) == Absorbed()
    assert store.revision == revision
    assert store.absorb(batch(post("p1", text="edited"), cursor="2")) == Absorbed(changed_posts=1)
    assert store.revision == revision + 1
    assert store.cursor(ADA) == {"since": "2"}


def test_a_batch_for_a_forgotten_account_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="not linked"):
        store.absorb(batch(act("a1"), of=BLOG))
    assert store.cursor(BLOG) == {}


def test_a_time_without_a_zone_is_refused_and_nothing_of_the_batch_is_kept(store: Store) -> None:
    with pytest.raises(StoreError, match="without a zone"):
        store.absorb(batch(post("p1"), act("a1", NOON.replace(tzinfo=None))))
    assert store.posts() == []


def test_half_a_character_is_refused_and_nothing_of_the_batch_is_kept(store: Store) -> None:
    with pytest.raises(StoreError, match="half a character"):
        store.absorb(batch(post("p1"), act("a1", text="\ud800")))
    assert store.posts() == []


def test_spans_include_both_ends_across_months_and_years(store: Store) -> None:
    times = [datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC) + timedelta(seconds=n) for n in range(4)]
    store.absorb(batch(*(post(f"p{n}", at) for n, at in enumerate(times))))
    store.absorb(batch(*(act(f"a{n}", at, on=f"p{n}") for n, at in enumerate(times)), cursor="2"))
    for _ in range(2):
        assert [each.id for each in store.posts(since=times[0], until=times[2])] == ["p0", "p1", "p2"]
        assert [each.id for each in store.interactions(since=times[1], until=times[3])] == ["a1", "a2", "a3"]
        assert [each.id for each in store.interactions(until=times[0])] == ["a0"]
        assert [each.id for each in store.interactions(since=times[3])] == ["a3"]
        assert store.interactions(account=BLOG) == []
        assert store.post("p0") == post("p0", times[0])
        fold(store)


def test_days_are_cut_by_year_account_and_kind(store: Store) -> None:
    late = datetime(2025, 12, 31, 22, 30, tzinfo=UTC)
    store.absorb(batch(act("a1", late), act("a2", late + timedelta(hours=1)), act("a3", late, kind=REPLY)))
    assert [(row.day.isoformat(), row.kind, row.total) for row in store.days()] == [
        ("2025-12-31", LIKE, 1),
        ("2025-12-31", REPLY, 1),
        ("2026-01-01", LIKE, 1),
    ]
    assert [row.day.year for row in store.days(since=date(2026, 1, 1))] == [2026]
    assert [row.day.year for row in store.days(until=date(2025, 12, 31))] == [2025, 2025]
    assert store.days(account=BLOG) == []


def test_health_is_kept_and_writing_the_same_again_writes_nothing(folder: Path, store: Store, clock: Clock) -> None:
    health = Health(account=ADA, failures=2, fault=Fault(kind="unavailable", message="away"), skipped={"poll": 1})
    store.set_health(health)
    revision = store.revision
    store.set_health(health)
    assert store.revision == revision
    with reopened(folder, clock) as again:
        assert again.health(ADA) == health


def test_thanks_are_noted_and_taken_back(store: Store, clock: Clock) -> None:
    store.thank(["a1", "a2"], clock.now)
    store.thank(["a1"], None)
    assert store.thanked() == {"a2": clock.now}


def test_memory_remembers_and_forgets(folder: Path, store: Store, clock: Clock) -> None:
    store.remember("theme", "nord")
    store.remember("calm", "yes")
    store.remember("calm", None)
    with reopened(folder, clock) as again:
        assert again.recall("theme") == "nord"
        assert again.recall("calm") is None


def test_closing_twice_is_harmless(store: Store) -> None:
    store.close()
    store.close()


def test_one_refresher_at_a_time(folder: Path, store: Store, clock: Clock) -> None:
    with reopened(folder, clock) as other, store.refreshing() as mine:
        assert mine
        with other.refreshing() as theirs:
            assert not theirs
        with store.refreshing() as second:
            assert not second
        store.absorb(batch(act("a1")))
    with store.refreshing() as mine:
        assert mine


def test_the_others_commits_are_seen_by_polling(folder: Path, store: Store, clock: Clock) -> None:
    with reopened(folder, clock) as other:
        before = other.revision
        assert not other.poll()
        store.absorb(batch(post(), act("a1")))
        assert other.interactions() == []
        assert other.poll()
        assert other.revision > before
        assert [each.id for each in other.interactions()] == ["a1"]
        assert not other.poll()
        fold(store)
        store.absorb(batch(act("a2"), cursor="2"))
        assert other.poll()
        assert [each.id for each in other.interactions()] == ["a1", "a2"]
        assert other.revision == store.revision


def test_a_shard_folded_by_another_process_after_our_last_look_is_read_consistently(
    folder: Path, store: Store, clock: Clock
) -> None:
    with reopened(folder, clock) as other:
        store.absorb(batch(post(), act("a1")))
        fold(store)
        assert [each.id for each in other.interactions()] in ([], ["a1"])
        assert totals(other) in ({}, totals(store))
        assert other.post("p1") == store.post("p1")


def test_read_only_writes_nothing_at_all(folder: Path, store: Store, clock: Clock) -> None:
    store.absorb(batch(post(), act("a1")))
    store.close()
    (folder / "write.lock").unlink(missing_ok=True)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with Store.open(folder, clock=clock, read_only=True) as reader:
        assert [each.id for each in reader.interactions()] == ["a1"]
        assert reader.post("p1") is not None
        writes = (
            lambda: reader.absorb(batch(act("a2"))),
            lambda: reader.link(account()),
            lambda: reader.unlink(ADA),
            lambda: reader.forget(ADA),
            lambda: reader.set_health(Health(account=ADA)),
            lambda: reader.thank(["a1"], NOON),
            lambda: reader.remember("theme", "nord"),
            lambda: reader.refreshing(),
        )
        for write in writes:
            with pytest.raises(StoreError, match="reading only"):
                write()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_read_only_sees_later_commits_and_folds(folder: Path, store: Store, clock: Clock) -> None:
    with Store.open(folder, clock=clock, read_only=True) as reader:
        store.absorb(batch(act("a1")))
        fold(store)
        assert reader.poll()
        assert len(reader.interactions()) == 1


def test_read_only_where_nothing_is_shows_an_empty_store(folder: Path, clock: Clock) -> None:
    with Store.open(folder, clock=clock, zone="UTC", read_only=True) as reader:
        assert reader.accounts() == ()
        assert not reader.poll()
    assert not folder.exists()


def test_little_memory_changes_no_answer(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("klout_tui.store.shelf.ROOM", 1000)
    monkeypatch.setattr("klout_tui.store.views.ROOM", 3)
    months = [NOON - timedelta(days=30 * number) for number in range(12)]
    for turn in range(3):
        for number, at in enumerate(months):
            news = (post(f"p{number}", at, likes=2), act(f"a{number}", at, on=f"p{number}"))
            assert store.absorb(batch(*news, cursor=str(turn))).new_interactions == (0 if turn else 1)
        fold(store)
    assert [each.id for each in store.interactions()] == [f"a{number}" for number in reversed(range(12))]
    assert set(totals(store).values()) == {(1, 1, 1)}
    assert len(store.posts(since=months[3])) == 4


def test_threads_share_one_store(store: Store) -> None:
    def write(name: str) -> None:
        for number in range(20):
            store.absorb(batch(act(f"{name}{number}"), cursor=name))
            store.poll()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, "abcd"))
    assert len(store.interactions()) == 80
    assert totals(store)["2026-03-10", "like"][0] == 80
