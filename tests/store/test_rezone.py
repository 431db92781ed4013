"""Another time zone: days are cut anew all at once, also days of 23 and 25 hours, and running programs follow."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
import tzlocal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from klout_tui.domain.days import Days
from klout_tui.domain.model import Profile
from klout_tui.errors import StoreError
from klout_tui.store import Store
from klout_tui.store.rezone import change_zone, kept_zone
from klout_tui.store.zones import cut_alike, other_system_zone
from tests.store.build import NOON, Clock, act, batch, fold, linked, post, tiny_tables, totals
from tests.store.test_crash import Killed, recomputed

NEW_YORK, BERLIN = "America/New_York", "Europe/Berlin"


def named(store: Store) -> dict[str, int]:
    return {day: total[0] for (day, _), total in totals(store).items()}


def test_every_day_is_cut_anew(folder: Path, clock: Clock) -> None:
    with linked(folder, clock, zone=BERLIN) as store:
        late = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)  # in Berlin the 11th, in New York still the 10th
        store.absorb(batch(post(likes=4), act("a1"), act("a2", late)))
        assert named(store) == {"2026-03-10": 1, "2026-03-11": 1}
    done = change_zone(folder, NEW_YORK, clock)
    assert (done.before, done.after) == (BERLIN, NEW_YORK)
    assert done.changed
    with Store.open(folder, clock=clock) as store:
        assert store.zone.key == NEW_YORK
        assert named(store) == {"2026-03-10": 2}
        assert totals(store) == recomputed(store)
        assert store.warnings() == ()
    tiny_tables(folder)
    assert change_zone(folder, NEW_YORK, clock).changed == 0


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)], ids=str
)
def test_days_of_23_and_25_hours_hold_what_happened_in_them(folder: Path, clock: Clock, day: date, hours: int) -> None:
    start = Days(ZoneInfo(BERLIN)).start(day)
    clock.now = start + timedelta(days=3)
    with linked(folder, clock, zone="UTC") as store:
        store.absorb(batch(*(act(f"a{n}", start + timedelta(minutes=60 * n)) for n in range(-1, 27))))
    change_zone(folder, BERLIN, clock)
    with Store.open(folder, clock=clock) as store:
        assert named(store)[day.isoformat()] == hours
        assert totals(store) == recomputed(store)


def test_readings_go_where_the_middle_of_their_day_lies(folder: Path, clock: Clock) -> None:
    with linked(folder, clock, zone="Pacific/Auckland") as store:
        for followers in (1, 2, None, 4):
            posts = 7 if followers is None else None
            store.absorb(batch(profile=Profile(handle="@ada", followers=followers, posts=posts)))
            clock.forward(days=1)
        before = store.readings()
    change_zone(folder, "America/Los_Angeles", clock)
    with Store.open(folder, clock=clock) as store:
        assert [each.day for each in store.readings()] == [each.day - timedelta(days=1) for each in before]
        assert [each.followers for each in store.readings()] == [1, 2, None, 4]
    change_zone(folder, "Pacific/Auckland", clock)
    with Store.open(folder, clock=clock) as store:
        assert store.readings() == before


def test_two_readings_that_meet_become_one_and_nothing_told_is_lost(folder: Path, clock: Clock) -> None:
    # Auckland puts its clocks forward on 27 September 2026: both noons lie on 26 September in UTC.
    clock.now = datetime(2026, 9, 25, 1, tzinfo=UTC)
    with linked(folder, clock, zone="Pacific/Auckland") as store:
        for followers, posts in ((9, None), (None, 5), (2, None)):
            store.absorb(batch(profile=Profile(handle="@ada", followers=followers, posts=posts)))
            clock.forward(days=1)
    change_zone(folder, "UTC", clock)
    with Store.open(folder, clock=clock) as store:
        kept = [(each.day.day, each.followers, each.posts) for each in store.readings()]
        assert kept == [(25, 9, None), (26, 2, 5)]


def test_a_zone_nobody_knows_changes_nothing(folder: Path, clock: Clock) -> None:
    linked(folder, clock).close()
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(StoreError, match="Mars/Phobos") as caught:
        change_zone(folder, "Mars/Phobos", clock)
    assert "IANA" in caught.value.hint
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_store_that_does_not_open_for_its_zone_is_mended_by_another(folder: Path, clock: Clock) -> None:
    with linked(folder, clock) as store:
        store.absorb(batch(act("a1"), profile=Profile(handle="@ada", followers=3)))
        readings = store.readings()
        fold(store)
    core = folder / "core.json"
    core.write_bytes(core.read_bytes().replace(b"Europe/Berlin", b"Mars/Phobos"))
    with pytest.raises(StoreError, match="not known here"):
        Store.open(folder, clock=clock)
    assert kept_zone(folder, clock) == "Mars/Phobos"
    change_zone(folder, NEW_YORK, clock)
    with Store.open(folder, clock=clock) as store:
        assert store.readings() == readings


@pytest.mark.parametrize("value", [b'{"worth":"x"}', b"[]"])
def test_a_zone_nobody_can_read_is_replaced(folder: Path, clock: Clock, value: bytes) -> None:
    with linked(folder, clock) as store:
        store.absorb(batch(act("a1")))
        fold(store)
    core = folder / "core.json"
    core.write_bytes(core.read_bytes().replace(b'{"value":"Europe/Berlin"}', value))
    change_zone(folder, NEW_YORK, clock)
    with Store.open(folder, clock=clock) as store:
        assert store.zone.key == NEW_YORK
        assert len(store.interactions()) == 1


def test_where_nothing_is_kept_yet_the_store_begins_with_it(folder: Path, clock: Clock) -> None:
    assert kept_zone(folder, clock) is None
    assert not folder.exists()
    change_zone(folder, "Asia/Kolkata", clock)
    with Store.open(folder, clock=clock) as store:
        assert store.zone.key == "Asia/Kolkata"


def test_a_running_program_follows_with_its_next_write(folder: Path, clock: Clock) -> None:
    with linked(folder, clock, zone=BERLIN) as store:
        change_zone(folder, NEW_YORK, clock)
        store.absorb(batch(act("a1", datetime(2026, 3, 10, 23, 30, tzinfo=UTC))))
        assert store.zone.key == NEW_YORK
        assert named(store) == {"2026-03-10": 1}
        change_zone(folder, BERLIN, clock)
        assert store.poll()
        assert store.zone.key == BERLIN
        assert totals(store) == recomputed(store)


@pytest.mark.parametrize("nth", range(1, 26, 3))
def test_a_change_cut_off_anywhere_is_whole_or_has_not_happened(
    folder: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    with linked(folder, clock, zone=BERLIN) as store:
        store.absorb(batch(post(likes=3), *(act(f"a{n}", NOON + timedelta(hours=5 * n)) for n in range(30))))
        fold(store)
    steps = 0

    def step(real: Callable[..., object]) -> Callable[..., object]:
        def counted(*args: object, **more: object) -> object:
            nonlocal steps
            steps += 1
            if steps == nth:
                raise Killed
            return real(*args, **more)

        return counted

    monkeypatch.setattr(os, "fsync", step(os.fsync))
    monkeypatch.setattr(Path, "replace", step(Path.replace))
    with suppress(Killed):
        change_zone(folder, NEW_YORK, clock)
    monkeypatch.undo()
    with Store.open(folder, clock=clock) as store:
        assert totals(store) == recomputed(store)
        assert store.warnings() == ()


hours = st.lists(st.integers(0, 24 * 400), max_size=30)
zones = st.sampled_from([BERLIN, NEW_YORK, "Pacific/Apia", "Asia/Kathmandu", "America/St_Johns", "UTC"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(hours, zones, zones)
def test_there_and_back_gives_what_a_recomputation_gives(when: list[int], there: str, back: str) -> None:
    with TemporaryDirectory() as name:
        folder, clock = Path(name) / "store", Clock()
        with linked(folder, clock, zone=back) as store:
            news = (act(f"a{n}", datetime(2025, 10, 1, tzinfo=UTC) + timedelta(hours=h)) for n, h in enumerate(when))
            store.absorb(batch(post(likes=len(when)), *news))
            first = totals(store)
            change_zone(folder, there, clock)
            store.poll()
            assert totals(store) == recomputed(store)
            change_zone(folder, back, clock)
            store.poll()
            assert totals(store) == first


def test_two_names_of_one_zone_are_no_news(monkeypatch: pytest.MonkeyPatch) -> None:
    assert cut_alike(ZoneInfo("Europe/Kiev"), ZoneInfo("Europe/Kyiv"), NOON)
    assert not cut_alike(ZoneInfo("Europe/Berlin"), ZoneInfo("Africa/Lagos"), NOON)
    monkeypatch.setattr(tzlocal, "get_localzone_name", lambda: "Etc/UTC")
    assert other_system_zone(ZoneInfo("UTC"), NOON) is None
    monkeypatch.setattr(tzlocal, "get_localzone_name", lambda: "Asia/Tokyo")
    other = other_system_zone(ZoneInfo("UTC"), NOON)
    assert other is not None
    assert other.key == "Asia/Tokyo"
