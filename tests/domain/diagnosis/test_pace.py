"""How often she posts is known: it explains days, and is no chance."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from benchmarks.diagnosis import FOUND_BY, look
from benchmarks.lives import Life, Planted, realised
from klout_tui.domain.days import Days
from klout_tui.domain.diagnosis import Cause, Sure
from klout_tui.domain.diagnosis.bursts import bursts
from klout_tui.domain.diagnosis.coverage import masks
from klout_tui.domain.diagnosis.gather import Book, gather
from klout_tui.domain.diagnosis.noise import Noise
from klout_tui.domain.diagnosis.pace import LEAST, pace
from klout_tui.domain.diagnosis.series import Series
from klout_tui.domain.diagnosis.spans import window
from tests.domain.diagnosis.scene import BEGUN, FIRST, MASTODON, NOW, RIPE, UTC_ZONE, Scene, days, post

EARLY = FIRST - timedelta(days=60)
DAYS = Days(UTC_ZONE)


def book(scene: Scene) -> Book:
    """Both windows of a scene."""
    now = window(RIPE)
    made, _ = gather(scene.evidence().history, (now.before(), now), masks((), now.before(), now), NOW, DAYS, {})
    return made


def bunched(scene: Scene, count: int = 10, last: date = RIPE) -> Scene:
    """Four posts on every fourth day, and each brings the same."""
    for day in days(EARLY, last)[::4]:
        for number in range(4):
            scene.add(post(day, f"{day}-{number}"), count)
    return scene


def test_a_day_is_expected_to_bring_what_its_posts_bring() -> None:
    scene = bunched(Scene(MASTODON))
    expected = pace(book(scene), scene.posts, {MASTODON}, EARLY, RIPE, DAYS)
    assert min(expected) == EARLY + timedelta(days=14)
    assert sum(expected.values()) / len(expected) == pytest.approx(1, rel=0.1)
    busy, idle = expected[FIRST], expected[FIRST + timedelta(days=2)]
    assert busy > 3
    assert LEAST <= idle < 0.2


def test_where_nothing_was_posted_nothing_is_expected_of_any_day() -> None:
    scene = bunched(Scene(MASTODON))
    assert pace(book(scene), (), {MASTODON}, EARLY, RIPE, DAYS) == {}


def test_a_network_on_which_more_comes_lets_expect_more() -> None:
    scene = Scene(MASTODON, "blog:ada.example")
    for number, day in enumerate(days(EARLY, RIPE)):
        if number % 2:
            scene.add(post(day), 20)
        else:
            scene.add(post(day, on="blog:ada.example"), 2)
    expected = pace(book(scene), scene.posts, {MASTODON, "blog:ada.example"}, EARLY, RIPE, DAYS)
    loud = [weight for day, weight in expected.items() if (day - EARLY).days % 2]
    assert min(loud) > 3 * max(weight for day, weight in expected.items() if not (day - EARLY).days % 2)


def counted(scene: Scene) -> Series:
    sums: dict[date, int] = {}
    for act in scene.acts:
        sums[act.at.date()] = sums.get(act.at.date(), 0) + 1
    return Series(EARLY, sums)


def test_she_is_not_asked_of_what_her_posts_explain() -> None:
    scene = bunched(Scene(MASTODON), last=BEGUN - timedelta(days=1))
    for day in days(BEGUN, BEGUN + timedelta(days=3)):
        for number in range(6):
            scene.add(post(day, f"{day}-{number}"), 10)
    looked_at = days(FIRST, RIPE)
    noises = Noise(dispersion=4.0, freedom=24), Noise(dispersion=4.0, freedom=170)
    plain = bursts(counted(scene), *noises, looked_at)
    assert [each.told is not None for each in plain] == [True]
    expected = pace(book(scene), scene.posts, {MASTODON}, EARLY, RIPE, DAYS)
    known = bursts(counted(scene), *noises, looked_at, (), expected)
    assert [each.told for each in known] == [None]


def test_more_than_so_many_posts_bring_is_a_burst_however_unsteadily_she_posts() -> None:
    scene = bunched(Scene(MASTODON))
    since = BEGUN + timedelta(days=8)
    for made in [each for each in scene.posts if since <= each.at.date() < since + timedelta(days=10)]:
        scene.posts.remove(made)
        scene.acts = [act for act in scene.acts if act.post != made.id]
        scene.add(made, 40)
    scene.reference = (0, 0, 0, 0, 0, 0, 0, 160, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    found = scene.diagnosis()
    told = found.reasons[0]
    assert told.cause is Cause.BURST
    (burst,) = found.bursts
    assert burst.paced
    assert since <= burst.first <= burst.last < since + timedelta(days=10)
    assert "what as many posts usually bring" in told.sentence


def test_a_burst_after_silence_is_told_without_a_number_of_times() -> None:
    scene = Scene(MASTODON)
    scene.reference = (0,)
    for day in days(EARLY, RIPE)[::3]:
        scene.add(post(day), 0)
    scene.add(post(EARLY, "first"), 1)
    scene.add(post(BEGUN, "big"), 60)
    for day in days(BEGUN + timedelta(days=1), BEGUN + timedelta(days=4)):
        scene.add(post(day, f"big-{day}"), 30)
    told = next(each for each in scene.diagnosis().findings if each.cause is Cause.BURST)
    assert "180 reactions, where hardly any are usual" in told.sentence


@pytest.mark.parametrize(
    ("late", "usual"), [((0, 1, 0, 0, 1, 0, 1, 0, 0, 1), False), ((0, 2, 0, 0, 1, 0, 2, 0, 0, 1), True)]
)
def test_fewer_posts_are_told_of_however_unsteadily_she_posts(late: tuple[int, ...], usual: bool) -> None:
    scene = Scene(MASTODON)
    for number, day in enumerate(days(EARLY, RIPE)):
        often = ((0, 2, 0, 0, 1, 0, 3, 0, 0, 1) if day < BEGUN else late)[number % 10]
        for each in range(often):
            scene.add(post(day, f"{day}-{each}"), 10)
    told = scene.diagnosis().reasons[0]
    assert told.cause is Cause.SHARING
    assert told.sure is Sure.CLEAR
    assert told.beyond is not None
    assert (told.beyond < 2) is usual
    assert told.sentence.endswith("Your months differ by as much anyway.") is usual


def test_a_pause_that_chance_makes_as_well_is_no_reason_of_its_own() -> None:
    scene = Scene(MASTODON)
    for number, day in enumerate(days(EARLY, RIPE)):
        if number % 3 != 1 and day <= RIPE - timedelta(days=9):
            scene.add(post(day), 10)
    causes = [each.cause for each in scene.diagnosis().findings]
    assert Cause.SHARING in causes
    assert Cause.AWAY not in causes


@pytest.mark.parametrize(("level", "total", "asked"), [(2, 10, True), (1, 8, False), (1, 9, True)])
def test_where_little_tells_the_usual_a_burst_must_be_larger_to_be_asked_about(
    level: int, total: int, asked: bool
) -> None:
    """Of 112 reactions in eight weeks five times the usual will do, of 56 it must be nine times."""
    noises = Noise(dispersion=3.0, freedom=24), Noise(dispersion=3.0, freedom=170)
    counts = dict.fromkeys(days(EARLY, RIPE), level) | dict.fromkeys(days(BEGUN, BEGUN + timedelta(days=6)), total)
    (burst,) = bursts(Series(EARLY, counts), *noises, days(BEGUN, RIPE))
    assert (burst.told is not None) is asked


@pytest.mark.parametrize("planted", [each for each in Planted if each is not Planted.NOTHING])
def test_what_was_planted_is_mostly_first_with_all_left_to_chance(planted: Planted) -> None:
    """At 85 % and more, fewer than 14 of 20 would be a chance of less than one in 100."""
    life = Life(spread=2.0, planted=planted, free=True)
    found = [look(life, seed) for seed in range(40_000, 40_020)]
    assert sum(each.first is FOUND_BY[planted] for each in found) >= 14


def test_what_truly_happened_adds_up() -> None:
    for planted in (Planted.NOTHING, Planted.LOST, Planted.GIVEAWAY):
        changes = realised(Life(spread=2.0, planted=planted, free=True), 7)
        assert all(changes[each] == 0 for each in (Planted.DEAD, Planted.LOST, Planted.GIVEAWAY) if each is not planted)
    assert changes[Planted.GIVEAWAY] > 0.2
