"""Before and after a note: how many times the usual, for how long, how sure; or nothing to be seen."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from klout_tui.domain.diagnosis.bursts import bursts
from klout_tui.domain.diagnosis.noise import Noise
from klout_tui.domain.diagnosis.sequel import Came, aftermath
from klout_tui.domain.diagnosis.series import Series

DAY = date(2026, 10, 13)
LAST = date(2026, 11, 24)
NOISE = Noise(dispersion=1.5, freedom=24)


def lived(times: float = 1.0, length: int = 9, usual: int = 12) -> Series:
    first = DAY - timedelta(days=240)
    counts = {
        first + timedelta(days=offset): usual + (-1, 1, 0)[offset % 3] for offset in range((LAST - first).days + 1)
    }
    for offset in range(length):
        day = DAY + timedelta(days=offset)
        counts[day] = round(counts[day] * times)
    return Series(first, counts)


def test_what_worked_says_how_much_and_how_long() -> None:
    came = aftermath(lived(3.0), DAY, LAST, NOISE)
    assert came.came is Came.WORKED
    assert came.days == 9
    assert came.windows == 8
    assert came.times == pytest.approx(3, abs=0.1)
    assert came.low is not None
    assert came.high is not None
    assert came.low < 3 < came.high
    assert came.sentence == f"worked: three times your usual for 9 days ({came.low:.1f} to {came.high:.1f})"


def test_without_an_effect_it_says_what_is_usual() -> None:
    came = aftermath(lived(), DAY, LAST, NOISE)
    assert came.came is Came.NOTHING
    assert came.days == 7
    assert came.sentence.startswith(f"no visible effect: {came.reactions} reactions in the 7 days from then, ")
    assert came.sentence.endswith("52 to 121 may come by chance")


def test_what_hurt_is_said_too() -> None:
    came = aftermath(lived(0.3, 14), DAY, LAST, NOISE)
    assert came.came is Came.HURT
    assert came.days == 14
    assert came.sentence.startswith("fewer: 0.3 times your usual for 14 days (0.")


def test_three_days_must_have_passed() -> None:
    came = aftermath(lived(3.0), DAY, DAY + timedelta(days=1), NOISE)
    assert came.came is Came.EARLY
    assert came.sentence == "too early to tell; look again on 17 Oct"
    assert aftermath(lived(3.0), DAY, DAY + timedelta(days=2), NOISE).came is Came.WORKED


def test_where_little_is_known_of_before_nothing_is_claimed() -> None:
    counts = lived(3.0)
    young = Series(
        DAY - timedelta(days=12), {day: count for day, count in counts.counts.items() if day > DAY - timedelta(days=13)}
    )
    assert aftermath(young, DAY, LAST, NOISE).came is Came.UNKNOWN


def test_a_burst_before_it_is_not_the_usual() -> None:
    counts = dict(lived(1.0).counts)
    for back in range(15, 24):
        counts[DAY - timedelta(days=back)] *= 5
    series = Series(DAY - timedelta(days=240), counts)
    looked = [DAY - timedelta(days=back) for back in range(60, -1, -1)]
    found = bursts(series, NOISE, NOISE, looked)
    assert len(found) == 1
    came = aftermath(series, DAY, LAST, NOISE, found)
    assert came.came is Came.NOTHING
    assert came.usual == pytest.approx(84, abs=2)


def test_what_only_begins_weeks_later_is_not_its_doing() -> None:
    counts = dict(lived().counts)
    for offset in range(17, 43):
        counts[DAY + timedelta(days=offset)] = 4
    assert aftermath(Series(DAY - timedelta(days=240), counts), DAY, LAST, NOISE).came is Came.NOTHING


def test_notes_without_an_effect_are_seldom_said_to_have_had_one() -> None:
    """At most about one in twenty, whatever length stands out by chance; with bursts too."""
    worked = 0
    for seed in range(200):
        chance = random.Random(seed)
        first = DAY - timedelta(days=240)
        counts = {
            first + timedelta(days=offset): round(chance.gammavariate(12 / 2, 2))
            for offset in range((LAST - first).days)
        }
        worked += (
            aftermath(Series(first, counts), DAY, LAST, Noise(dispersion=2.0, freedom=24)).came is not Came.NOTHING
        )
    assert worked <= 14


@pytest.mark.parametrize("seed", range(40))
def test_what_may_come_by_chance_is_what_was_not_told(seed: int) -> None:
    chance = random.Random(seed)
    first = DAY - timedelta(days=240)
    counts = {first + timedelta(days=offset): chance.choice((0, 0, 3, 30)) for offset in range((LAST - first).days + 1)}
    came = aftermath(Series(first, counts), DAY, LAST, Noise(dispersion=9.0, freedom=5))
    if came.came is Came.NOTHING:
        numbers = [int(each.replace(",", "")) for each in came.sentence.split() if each.replace(",", "").isdigit()]
        reactions, _, low, high = numbers
        assert low <= reactions <= high


def test_where_nothing_was_usual_a_success_is_told_by_its_number() -> None:
    counts = {DAY + timedelta(days=offset): 40 for offset in range(6)}
    came = aftermath(Series(DAY - timedelta(days=240), counts), DAY, LAST, NOISE)
    assert came.sentence == "worked: 240 reactions in 6 days, where none were usual"


def test_the_silence_before_anything_began_is_not_the_usual() -> None:
    counts = {DAY - timedelta(days=back): 12 for back in range(-42, 12)}
    assert aftermath(Series(DAY - timedelta(days=240), counts), DAY, LAST, NOISE).came is Came.UNKNOWN
