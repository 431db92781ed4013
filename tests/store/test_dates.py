"""Days are the user's: long and short ones, leap seconds, and what lies beyond every calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from klout_tui.domain.days import FIRST, LAST, Days, in_utc
from klout_tui.domain.model import Account, Profile
from klout_tui.store import Store
from klout_tui.worker.border import admitted
from tests.store.build import ADA, Clock, account, act, batch, fold, linked, post, totals
from tests.store.test_faults import agrees_with_itself

ZONES = ["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Kiritimati", "Etc/GMT+12", "Australia/Lord_Howe"]
EAST, WEST = timezone(timedelta(hours=23, minutes=59)), timezone(-timedelta(hours=23, minutes=59))
BEYOND = {
    "year 1": datetime.min.replace(tzinfo=UTC),
    "before year 1": datetime.min.replace(tzinfo=EAST),
    "year 1 in the west": datetime.min.replace(tzinfo=WEST),
    "year 9999": datetime.max.replace(tzinfo=UTC),
    "after year 9999": datetime.max.replace(tzinfo=WEST),
    "year 9999 in the east": datetime.max.replace(tzinfo=EAST),
}
ODD = {
    "before the web": datetime(1989, 12, 31, 23, 59, 59, tzinfo=UTC),
    "the epoch": datetime(1970, 1, 1, tzinfo=UTC),
    "before the epoch": datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC),
    "before standard time": datetime(1800, 6, 1, tzinfo=UTC),
    "in 2038": datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC),
    "in the future": datetime(2100, 2, 28, 23, 59, 59, 999999, tzinfo=UTC),
    "the year 3000": datetime(3000, 1, 1, tzinfo=UTC),
}


def hourly(first: datetime, last: datetime) -> list[datetime]:
    return [first + timedelta(hours=n) for n in range(int((last - first).total_seconds() // 3600))]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", 23),
        ("Europe/Berlin", "2026-10-25", 25),
        ("America/New_York", "2026-03-08", 23),
        ("America/New_York", "2026-11-01", 25),
        ("America/St_Johns", "2026-03-10", 24),
        ("Pacific/Apia", "2011-12-29", 24),
        ("Africa/Cairo", "2026-04-24", 23),
    ],
)
def test_a_day_holds_as_many_hours_as_it_has(folder: Path, clock: Clock, zone: str, day: str, hours: int) -> None:
    at = datetime.fromisoformat(day).replace(hour=12, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    days = Days(ZoneInfo(zone))
    start, end = days.start(days.of(at)), days.end(days.of(at))
    around = hourly(start - timedelta(hours=30), end + timedelta(hours=30))
    with linked(folder, clock, zone=zone) as store:
        store.absorb(batch(*(act(f"a{number}", each, on=None) for number, each in enumerate(around))))
        assert totals(store)[day, "like"][0] == hours
        assert sum(named for named, _, _ in totals(store).values()) == len(around)
        agrees_with_itself(store)


def test_the_hour_that_comes_twice_is_two_hours(folder: Path, clock: Clock) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    before, after = (datetime(2026, 10, 25, 2, 30, tzinfo=berlin, fold=fold_) for fold_ in (0, 1))
    with linked(folder, clock) as store:
        store.absorb(batch(act("a1", before, on=None), act("a2", after, on=None)))
        first, second = store.interactions()
        assert second.at - first.at == timedelta(hours=1)
        assert totals(store) == {("2026-10-25", "like"): (2, 0, 0)}


def test_a_day_that_never_was_holds_nothing(folder: Path, clock: Clock) -> None:
    """Samoa went from the 29th to the 31st of December 2011."""
    around = hourly(datetime(2011, 12, 28, tzinfo=UTC), datetime(2012, 1, 2, tzinfo=UTC))
    with linked(folder, clock, zone="Pacific/Apia") as store:
        store.absorb(batch(*(act(f"a{number}", each, on=None) for number, each in enumerate(around))))
        days = [row.day.isoformat() for row in store.days()]
        assert "2011-12-30" not in days
        assert {"2011-12-29", "2011-12-31"} <= set(days)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("when", [*BEYOND, *ODD])
def test_no_date_is_too_odd_to_store_count_and_read(folder: Path, clock: Clock, zone: str, when: str) -> None:
    at = {**BEYOND, **ODD}[when]
    odd = batch(
        post("p1", at, likes=2), post("p2"), act("a1", at), act("a2", on="p2"), profile=Profile("ada", followers=1)
    )
    with linked(folder, clock, zone=zone) as store:
        assert store.absorb(odd).new_interactions == 2
        before = (store.posts(), store.interactions(), store.days())
        assert store.absorb(odd).new_interactions == 0
        assert (store.posts(), store.interactions(), store.days()) == before
        fold(store)
        assert [each.id for each in store.interactions(until=clock.now)] == (["a2"] if at.year > 2026 else ["a1", "a2"])
        agrees_with_itself(store)
    with Store.open(folder, clock=clock) as again:
        assert (again.posts(), again.interactions(), again.days()) == before
        agrees_with_itself(again)
        again.forget(ADA)
        assert again.days() == []


@pytest.mark.parametrize("when", BEYOND)
def test_a_hostile_date_passes_the_border_as_the_nearest_that_has_a_day(when: str) -> None:
    owner: Account = account()
    (first,) = admitted(batch(post("p1", BEYOND[when])), owner, has_token=False).posts
    assert in_utc(first.at) in (FIRST, LAST)
    for name in ZONES:
        Days(ZoneInfo(name)).of(in_utc(first.at))
