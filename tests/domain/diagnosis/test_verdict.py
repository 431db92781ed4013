"""Verdicts: once a week, in three kinds of words, and nothing claimed of little."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from klout_tui.domain.days import Days
from klout_tui.domain.diagnosis import Answer, Because, Window
from klout_tui.domain.diagnosis.spans import last_ripe, verdict_window
from tests.domain.diagnosis.scene import (
    BEGUN,
    FIRST,
    MASTODON,
    NOW,
    RIPE,
    SUNDAY,
    UTC_ZONE,
    Said,
    Scene,
    account,
    at,
    days,
    post,
)


def test_a_verdict_holds_for_a_week_however_often_one_looks() -> None:
    scene = (
        Scene(MASTODON).quiet(20, last=BEGUN - timedelta(days=1)).quiet(9, first=BEGUN, last=RIPE + timedelta(days=9))
    )
    tuesday = NOW.replace(hour=0, minute=0) - timedelta(days=2)
    looks = [scene.diagnosis(now=tuesday + timedelta(hours=hours)) for hours in (0, 5, 30, 77, 100, 167)]
    assert {(each.verdict, each.sentence, each.since, each.next) for each in looks} == {
        (looks[0].verdict, looks[0].sentence, date(2026, 11, 24), date(2026, 12, 1))
    }
    later = scene.diagnosis(now=tuesday + timedelta(hours=168))
    assert later.verdict.window.last == looks[0].verdict.window.last + timedelta(days=7)


def test_windows_are_whole_weeks_and_every_post_is_a_day_old() -> None:
    zone = Days(UTC_ZONE)
    for hours in range(0, 24 * 15, 7):
        now = NOW + timedelta(hours=hours)
        weeks = verdict_window(now, zone)
        assert weeks.length == 28
        assert weeks.first.weekday() == 0
        assert zone.end(weeks.last) + timedelta(hours=24) <= now
        assert (
            zone.end(last_ripe(now, zone)) + timedelta(hours=24)
            <= now
            < zone.end(last_ripe(now, zone)) + timedelta(hours=48)
        )


def test_half_of_it_gone_is_a_fall() -> None:
    scene = Scene().quiet(20, last=BEGUN - timedelta(days=1)).quiet(10, first=BEGUN)
    scene.reference = (20, 17, 23, 20, 19, 21)
    found = scene.diagnosis()
    assert found.verdict.answer is Answer.FELL
    assert found.sentence == (
        "Engagement fell, 50 % less: 280 reactions in the 4 weeks to 22 Nov, 560 in those before. "
        "Chance alone makes such a difference less than once in 10,000 such looks."
    )
    assert found.verdict.chance < 0.0015


def test_twice_as_much_is_a_rise() -> None:
    found = Scene().quiet(10, last=BEGUN - timedelta(days=1)).quiet(20, first=BEGUN).diagnosis()
    assert found.verdict.answer is Answer.ROSE
    assert found.sentence.startswith("Engagement rose, ")


def test_few_reactions_are_too_few_to_tell_and_it_says_what_would_be_needed() -> None:
    scene = Scene(MASTODON).quiet(1)
    scene.reference = (1,)
    found = scene.diagnosis()
    assert found.verdict.answer is Answer.FEW
    verdict = found.verdict
    assert found.sentence == (
        f"Too few to tell (28 reactions would have to fall to {verdict.fall}; {verdict.rise} would be a rise): "
        "28 reactions in the 4 weeks to 22 Nov, 28 in those before."
    )
    assert 4 <= verdict.fall <= 9


def test_under_the_floor_nothing_is_claimed() -> None:
    scene = Scene(MASTODON)
    for day in days(FIRST - timedelta(days=35), RIPE)[::9]:
        scene.add(post(day), 1)
    scene.reference = (0, 0, 0, 1, 0, 0, 0, 0, 0)
    found = scene.diagnosis()
    assert found.verdict.answer is Answer.FEW
    assert "even none at all would prove nothing" in found.sentence


def test_of_nothing_nothing_is_said() -> None:
    scene = Scene(MASTODON)
    scene.reference = ()
    found = scene.diagnosis()
    assert found.verdict.answer in (Answer.FEW, Answer.BLIND)
    assert (found.splits.before, found.splits.now, found.findings) == (0, 0, ())


def test_with_two_months_of_history_much_is_asked() -> None:
    scene = Scene(MASTODON).quiet(20, first=FIRST - timedelta(days=4), last=BEGUN - timedelta(days=1))
    scene.quiet(17, first=BEGUN)
    scene.reference = ()
    scene.accounts = [account(MASTODON, linked=at(FIRST - timedelta(days=4)))]
    found = scene.diagnosis()
    assert found.verdict.noise.freedom - found.verdict.noise.borrowed <= 6
    assert found.verdict.answer is Answer.NORMAL


def test_windows_asked_for_get_a_verdict_of_their_own() -> None:
    scene = Scene().quiet(20, last=BEGUN - timedelta(days=1)).quiet(10, first=BEGUN)
    scene.reference = (20, 17, 23, 20, 19, 21)
    window = Window(first=RIPE - timedelta(days=13), last=RIPE)
    found = scene.diagnosis(asked=window, against=Window(first=FIRST, last=FIRST + timedelta(days=13)))
    assert not found.weekly
    assert (found.since, found.next) == (None, None)
    assert (found.splits.before, found.splits.now) == (280, 140)
    assert found.verdict.window == window
    assert found.verdict.answer is Answer.FELL


@pytest.mark.parametrize("shift", [0, 1, -1])
def test_windows_that_cannot_be_compared_are_refused(shift: int) -> None:
    window = Window(first=RIPE - timedelta(days=13), last=RIPE)
    other = Window(first=window.first - timedelta(days=1), last=RIPE - timedelta(days=1 + shift))
    other = window if not shift else other
    with pytest.raises(ValueError, match="same length"):
        Scene().quiet().diagnosis(asked=window, against=other)


def test_the_past_is_told_as_it_was() -> None:
    scene = Scene().quiet(20, last=BEGUN - timedelta(days=1)).quiet(5, first=BEGUN)
    then = NOW - timedelta(days=32)
    found = scene.diagnosis(now=then)
    assert found.window.last < BEGUN
    scene.acts = [act for act in scene.acts if act.at <= then]
    scene.posts = [made for made in scene.posts if made.at <= then]
    again = scene.diagnosis(now=then)
    assert (found.splits, found.findings, found.sentence) == (again.splits, again.findings, again.sentence)


def test_after_nothing_a_success_is_a_rise() -> None:
    scene = Scene(MASTODON)
    scene.reference = ()
    for day in days(FIRST - timedelta(days=35), RIPE):
        scene.add(post(day), 40 if RIPE - timedelta(days=8) < day < RIPE - timedelta(days=1) else 0, people=500)
    found = scene.diagnosis(notes=[Said(day=RIPE - timedelta(days=7), text="gave it away")])
    assert found.verdict.answer is Answer.ROSE
    assert found.sentence.startswith("Engagement rose, 240 reactions in the 4 weeks to 22 Nov, 0 in those before.")
    (burst,) = found.bursts
    assert burst.reactions == 240
    (note,) = found.notes
    assert note.aftermath.sentence == "worked: 240 reactions in 6 days, where none were usual"
    assert found.findings[0].sentence.startswith("“gave it away”: 17 to 22 Nov brought 240 reactions, where hardly any")


def test_after_nothing_a_few_are_told_with_what_is_lacking() -> None:
    scene = Scene(MASTODON)
    scene.reference = ()
    scene.add(post(RIPE - timedelta(days=18)), 9)
    found = scene.diagnosis()
    assert found.verdict.answer is Answer.FEW
    assert 30 < found.verdict.rise < 60
    assert found.sentence == (
        f"Too few to tell ({found.verdict.rise} would be needed): 9 reactions in the 4 weeks to 22 Nov, 0 in those "
        "before. Too little is known yet of how much your weeks vary; the more is known, the less is asked."
    )


def test_with_a_month_of_history_it_is_weeks_that_are_lacking_and_not_reactions() -> None:
    scene = Scene(MASTODON)
    scene.reference = ()
    scene.accounts = [account(MASTODON, linked=at(SUNDAY - timedelta(days=55)))]
    for day in days(SUNDAY - timedelta(days=55), RIPE):
        late = day > SUNDAY - timedelta(days=28)
        scene.add(post(day), (14 if late else 4) + (6 if day.isocalendar().week % 2 else 0), people=500)
    found = scene.diagnosis()
    assert found.verdict.noise.borrowed
    assert found.verdict.answer is Answer.FEW
    assert found.verdict.because is Because.LITTLE
    assert found.sentence.startswith("Too little is known of your usual weeks to tell: ")
    assert f"{found.verdict.rise:,} would be a rise" in found.sentence
    assert found.verdict.rise < 4 * found.verdict.before


def test_weeks_between_two_windows_tell_what_is_normal_too() -> None:
    scene = Scene(MASTODON).quiet(10, first=RIPE - timedelta(days=199), last=RIPE - timedelta(days=14))
    scene.quiet(25, first=RIPE - timedelta(days=13))
    scene.reference = ()
    scene.accounts = [account(MASTODON, linked=at(RIPE - timedelta(days=199)))]
    early = Window(first=RIPE - timedelta(days=199), last=RIPE - timedelta(days=186))
    found = scene.diagnosis(asked=Window(first=RIPE - timedelta(days=13), last=RIPE), against=early)
    assert not found.verdict.noise.borrowed
    assert found.verdict.answer is Answer.ROSE
    assert "350 reactions in the 2 weeks to 24 Nov, 140 in those from 9 May to 22 May." in found.sentence


def test_that_it_began_is_no_fluctuation() -> None:
    """Linked long ago, used for three months: the silence before says nothing of how much weeks vary."""
    scene = Scene(MASTODON).quiet(20, first=FIRST - timedelta(days=35), last=BEGUN - timedelta(days=1))
    scene.quiet(10, first=BEGUN)
    scene.reference = ()
    found = scene.diagnosis()
    assert found.verdict.noise.dispersion < 2
    assert found.verdict.answer is Answer.FELL


@pytest.mark.parametrize("length", [1, 3, 6])
def test_under_a_week_the_reason_given_is_the_true_one(length: int) -> None:
    window = Window(first=RIPE - timedelta(days=length - 1), last=RIPE)
    found = Scene().quiet().diagnosis(asked=window)
    assert found.verdict.answer is Answer.BLIND
    assert found.sentence.startswith("Nothing to judge: a verdict takes 7 days at least, so that weekends are in both.")
    spans = (
        "on 24 Nov, 10 the day before." if length == 1 else f"in the {length} days to 24 Nov, {10 * length} in those"
    )
    assert spans in found.sentence


def test_days_of_another_year_say_which() -> None:
    window = Window(first=RIPE - timedelta(days=13), last=RIPE)
    early = Window(first=window.first - timedelta(days=364), last=window.last - timedelta(days=364))
    found = Scene().quiet().diagnosis(asked=window, against=early)
    assert "those from 12 Nov 2025 to 25 Nov 2025" in found.sentence
