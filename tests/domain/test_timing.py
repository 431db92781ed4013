"""When to post: a known truth is found, and where there is none, none is claimed."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klout_tui.domain.digest import moment, ticks
from klout_tui.domain.timing.advice import LEAST_POSTS, Timing, timing
from klout_tui.domain.timing.clock import DAY, HOUR, WEEK, Clock, slot, week, weekday
from klout_tui.domain.timing.heldout import FOLDS, Gain, Trial, gain_of, held_out, judged
from klout_tui.domain.timing.profile import Table
from klout_tui.domain.timing.shades import SHADES, level
from klout_tui.domain.timing.windows import Window, slot_words, windows
from klout_tui.domain.timing.words import named, sentences, signed
from klout_tui.domain.timing.worth import worths
from tests.domain.audience import NOW, ZONE, always, awake, poisson, year

MOMENTS = st.integers(ticks(datetime(1972, 1, 1, tzinfo=UTC)), ticks(datetime(2037, 1, 1, tzinfo=UTC))).map(moment)
ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"])


def advised(seed: int, activity: object = awake, **more: object) -> Timing:
    return timing(year(random.Random(seed), activity, **more), ticks(NOW), ZONE)[0]  # type: ignore[arg-type]


@given(MOMENTS, ZONES)
def test_the_hour_of_the_week_is_the_one_on_her_wall(at: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    local = at.astimezone(zone)
    place = slot(Clock(zone).hours(ticks(at)))
    assert (place // DAY, place % DAY) == (local.weekday(), local.hour)
    assert weekday(place) == local.weekday()


def test_summer_time_moves_no_hour() -> None:
    clock = Clock(ZONE)
    for day in (
        datetime(2026, 3, 28, tzinfo=ZONE),
        datetime(2026, 3, 29, tzinfo=ZONE),
        datetime(2026, 10, 25, tzinfo=ZONE),
    ):
        nine = day.replace(hour=9).astimezone(UTC)
        assert slot(clock.hours(ticks(nine))) % DAY == 9
    before = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert clock.hours(ticks(before) + HOUR) - clock.hours(ticks(before)) == 2


def test_weeks_begin_on_mondays() -> None:
    clock = Clock(ZONE)
    sunday, monday = datetime(2026, 11, 22, 22, 59, tzinfo=UTC), datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
    assert week(clock.hours(ticks(monday))) == week(clock.hours(ticks(sunday))) + 1
    assert slot(clock.hours(ticks(monday))) == 0


def test_the_hours_she_posts_in_are_divided_out() -> None:
    """People who never sleep look alike at every hour, though she posts at nine and nearly all reactions come then."""
    chance = random.Random(5)
    table = Table()
    for _ in range(600):
        place = chance.randrange(7) * DAY + (9 if chance.random() < 0.8 else chance.randrange(7, 23))
        table.add(place, [int(chance.expovariate(0.5)) for _ in range(poisson(chance, 8))])
    active = table.profile().active
    by_hour = [sum(active[hour::DAY]) / 7 for hour in range(DAY)]
    assert max(by_hour) / min(by_hour) < 1.5
    seen = [0.0] * DAY
    for place in range(WEEK):
        for hour in range(DAY):
            seen[(place + hour) % DAY] += table.counts[place * DAY + hour]
    assert max(seen) / sorted(seen)[DAY // 2] > 5  # what counting alone would have said


def test_the_delay_is_measured() -> None:
    chance = random.Random(6)
    table = Table()
    for _ in range(400):
        table.add(chance.randrange(WEEK), [int(chance.expovariate(0.5)) for _ in range(10)])
    delay = table.profile().delay
    assert sum(delay) == pytest.approx(1)
    assert delay[0] == pytest.approx(0.39, abs=0.04)
    assert delay[1] == pytest.approx(0.24, abs=0.04)


@given(st.lists(st.tuples(st.integers(0, WEEK - 1), st.lists(st.integers(-1, 40), max_size=30)), max_size=30))
def test_a_profile_is_always_sane(posts: list[tuple[int, list[int]]]) -> None:
    table = Table()
    for place, hours in posts:
        table.add(place, hours)
    profile = table.profile()
    assert sum(profile.active) / WEEK == pytest.approx(1)
    assert min(profile.active) > 0
    assert sum(profile.delay) == pytest.approx(1)
    assert all(
        slot.low <= slot.worth <= slot.high for slot in worths(profile, [p for p, _ in posts], [1.0] * len(posts))
    )


def test_one_viral_post_makes_no_profile() -> None:
    table = Table()
    table.add(30, [0] * 5000)
    assert max(table.profile().active) < 2


def test_a_known_truth_is_found() -> None:
    found = [advised(seed, people=20.0) for seed in range(6)]
    for each in found:
        assert each.profile is not None
        asleep = sum(each.profile.active[day * DAY + hour] for day in range(7) for hour in range(1, 6)) / 35
        evenings = sum(each.profile.active[day * DAY + hour] for day in (1, 3) for hour in (18, 19, 20)) / 6
        assert asleep < 0.65
        assert evenings > 1.6
    gains = [each.gain for each in found if each.gain is not None]
    assert len(gains) == 6
    assert sum(gain.gain for gain in gains) / 6 > 0.15
    assert sum(gain.low > 0 for gain in gains) >= 4
    said = " ".join(sentences(found[0]))
    assert "Your people are most active" in said
    assert "On the posts not used for this: +" in said


def test_where_all_hours_are_alike_no_difference_is_told() -> None:
    gains = [advised(seed, always, posts=120).gain for seed in range(24)]
    told = [gain for gain in gains if gain is not None]
    assert len(told) == 24
    assert sum(gain.differs for gain in told) <= 4
    assert abs(sum(gain.gain for gain in told) / 24) < 0.06
    quiet = advised(next(seed for seed, gain in enumerate(told) if not gain.differs), always, posts=120)
    assert any("not by more than chance" in sentence for sentence in sentences(quiet))


def test_too_little_is_said_to_be_too_little() -> None:
    few = advised(1, posts=LEAST_POSTS - 5)
    assert not few.speaks
    assert few.slots == ()
    assert f"{LEAST_POSTS} are needed" in sentences(few)[0]
    assert timing([], ticks(NOW), ZONE)[0].lacking.startswith("0 posts")


def test_posts_of_less_than_a_day_are_not_judged() -> None:
    responses = year(random.Random(1), awake, posts=60)
    young = [each for each in responses if each.at > ticks(NOW - timedelta(days=1))]
    late = ticks(NOW) - timedelta(hours=3) // timedelta(microseconds=1)
    fresh = [*responses, type(responses[0])(id="new", account=responses[0].account, kind=responses[0].kind, at=late)]
    assert not young
    assert timing(fresh, ticks(NOW), ZONE)[0].posts == 60


def test_networks_are_told_apart_and_together() -> None:
    both = year(random.Random(1), awake, posts=80) + year(random.Random(2), always, posts=60, account="blog:a.example")
    found = timing(sorted(both, key=lambda each: (each.at, each.id)), ticks(NOW), ZONE)
    assert [(each.network, each.posts) for each in found] == [(None, 140), ("town", 80), ("blog", 60)]


def test_the_same_posts_give_the_same_advice() -> None:
    assert advised(3, posts=60) == advised(3, posts=60)


def test_a_post_is_judged_by_advice_that_does_not_know_it() -> None:
    """One part's posts are all that say a slot is good: judged by the others, the slot is not among the best."""
    chance = random.Random(2)
    trials = [
        Trial(place=chance.randrange(WEEK), week=number % 52, hours=(0, 1), times=1.0) for number in range(160)
    ] + [Trial(place=100, week=FOLDS * number, hours=(), times=5.0) for number in range(12)]
    assert not any(chosen for times, chosen in judged(trials) if times == 5.0)


def test_a_gain_needs_posts_in_the_best_hours() -> None:
    assert gain_of([(1.0, True)] * 7 + [(1.0, False)] * 50) is None
    assert gain_of([(0.0, True)] * 9) is None
    assert gain_of([]) is None
    assert held_out([]) is None
    plain = gain_of([(1.0, True)] * 9 + [(1.0, False)] * 50)
    assert plain == Gain(gain=0.0, low=0.0, high=0.0, tried=9, posts=59)
    better = gain_of([(1.5 + step % 2, True) for step in range(20)] + [(0.5 + step % 2, False) for step in range(80)])
    assert better is not None
    assert better.differs
    assert better.low < better.gain < better.high


def test_hours_are_said_in_words() -> None:
    values = [1.0] * WEEK
    chosen = {day * DAY + hour for day in range(5) for hour in (9, 10)} | {5 * DAY + 23, 6 * DAY}
    for place in chosen:
        values[place] = 2.0
    assert [each.words for each in windows(chosen, values)] == ["weekdays 9–11", "Saturdays 23–24", "Sundays 0–1"]
    assert Window(days=(1, 2), begin=9, end=11, mean=1).words == "Tuesdays and Wednesdays 9–11"
    assert Window(days=tuple(range(7)), begin=0, end=24, mean=1).words == "every day 0–24"
    assert Window(days=(1,), begin=9, end=11, mean=1).slots == (33, 34)
    assert windows((), values) == ()
    assert slot_words(33) == "Tue 9–10"


def test_amounts_are_characters_too() -> None:
    assert [SHADES[level(times)] for times in (0.5, 0.9, 1.0, 1.1, 1.3)] == list(SHADES)
    assert level(1.3, (2.0, 3.0)) == 0
    assert [signed(each) for each in (0.062, -0.02, 0.001)] == ["+6", "−2", "0"]


def test_the_stretches_with_most_of_the_best_hours_are_named_and_the_rest_is_counted() -> None:
    def window(day: int, begin: int, end: int, mean: float) -> Window:
        return Window(days=(day,), begin=begin, end=end, mean=mean)

    best = [window(1, 6, 8, 1.3), window(4, 17, 18, 1.2), window(0, 6, 11, 1.1), window(2, 5, 8, 1.1)]
    assert named(best) == "Mondays 6–11, Wednesdays 5–8, Tuesdays 6–8 and 1 other hour"
    assert named(best[:2]) == "Tuesdays 6–8 and Fridays 17–18"
