"""What is only measured differently is no change: outages, links, corrections, young posts, the calendar."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from klout_tui.domain.diagnosis import Answer, Because, By, Came, Cause, Diagnosis, Window
from klout_tui.domain.diagnosis.coverage import Why
from klout_tui.domain.model import Health, Increment, InteractionKind, Reading
from tests.domain.diagnosis.scene import (
    BEGUN,
    BLOG,
    BLUESKY,
    FIRST,
    MASTODON,
    NOW,
    RIPE,
    Said,
    Scene,
    account,
    at,
    days,
    post,
)
from tests.domain.diagnosis.test_split import adds_up


def unmoved(found: Diagnosis) -> bool:
    """No verdict, and no reason but measurement, calendar or her being away."""
    innocent = (Cause.MEASUREMENT, Cause.AWAY, Cause.CALENDAR)
    return (
        adds_up(found)
        and found.verdict.answer not in (Answer.FELL, Answer.ROSE)
        and all(each.cause in innocent for each in found.findings)
    )


def test_a_quiet_life_is_called_one() -> None:
    found = Scene().quiet().diagnosis()
    assert unmoved(found)
    assert found.findings == ()
    assert found.sentence == (
        "All within your normal fluctuation: 280 reactions in the 4 weeks to 22 Nov, 280 in those before; "
        f"anything from {found.verdict.fall + 1} to {found.verdict.rise - 1} would be."
    )


def test_a_source_not_read_for_ten_days_raises_no_alarm() -> None:
    scene = Scene(MASTODON, BLUESKY, BLOG).quiet().quiet(20, on=BLUESKY)
    gone = RIPE - timedelta(days=9)
    scene.posts = [each for each in scene.posts if each.account != BLUESKY or each.at < at(gone)]
    scene.acts = [each for each in scene.acts if each.account != BLUESKY or each.at < at(gone)]
    scene.healths[BLUESKY] = Health(account=BLUESKY, last_ok=at(gone, 0), failures=4)
    found = scene.diagnosis()
    assert unmoved(found)
    assert found.splits.measurement == found.splits.change == -200
    (told,) = found.findings
    assert told.sentence == "Bluesky has not been read to the end: 200 reactions fewer are a matter of measurement."


def test_the_only_source_not_read_leaves_nothing_to_judge() -> None:
    scene = Scene(MASTODON).quiet(last=BEGUN - timedelta(days=1))
    scene.healths[MASTODON] = Health(account=MASTODON, last_ok=at(BEGUN, 0))
    found = scene.diagnosis()
    assert found.verdict.answer is Answer.BLIND
    assert found.sentence.startswith("Nothing to judge")
    assert found.splits.measurement == found.splits.change


def test_days_that_brought_nothing_and_were_not_read_are_a_gap() -> None:
    scene = Scene(MASTODON).quiet()
    lost = days(BEGUN + timedelta(days=6), BEGUN + timedelta(days=13))
    scene.acts = [act for act in scene.acts if act.at.date() not in lost]
    scene.posts = [made for made in scene.posts if made.at.date() not in lost]
    evidence = scene.evidence()
    read = [day for day in days(FIRST - timedelta(days=5), RIPE) if day not in lost]
    readings = tuple(Reading(account=MASTODON, day=day, followers=100) for day in read)
    from klout_tui.domain.diagnosis import diagnose
    from tests.domain.diagnosis.scene import UTC_ZONE

    found = diagnose(msgspec.structs.replace(evidence, readings=readings), NOW, UTC_ZONE)
    assert unmoved(found)
    assert found.splits.measurement == found.splits.change == -80


def test_a_newly_linked_account_is_no_rise() -> None:
    scene = Scene(MASTODON, BLUESKY, BLOG).quiet()
    linked = BEGUN + timedelta(days=5)
    scene.accounts[1] = account(BLUESKY, linked=at(linked))
    scene.quiet(25, first=linked, on=BLUESKY)
    found = scene.diagnosis()
    assert unmoved(found)
    assert found.splits.measurement == found.splits.change == 25 * 25
    assert found.findings[0].sentence.startswith("Bluesky is newly linked")


def test_an_account_whose_first_reading_reached_far_back_is_judged_at_once() -> None:
    scene = Scene(MASTODON).quiet(20, last=BEGUN - timedelta(days=1)).quiet(4, first=BEGUN)
    scene.accounts[0] = account(MASTODON, linked=NOW - timedelta(hours=2))
    found = scene.diagnosis()
    assert found.splits.measurement == 0
    assert found.verdict.answer is Answer.FELL


def test_an_unlinked_account_is_no_fall() -> None:
    scene = Scene(MASTODON, BLUESKY, BLOG).quiet()
    ended = BEGUN + timedelta(days=4)
    scene.accounts[1] = account(BLUESKY, unlinked=at(ended))
    scene.quiet(25, last=ended - timedelta(days=1), on=BLUESKY)
    found = scene.diagnosis()
    assert unmoved(found)
    assert found.splits.measurement == found.splits.change < -600
    assert found.findings[0].sentence.startswith("Bluesky is no longer linked")


def test_before_it_was_unlinked_nothing_is_said_of_that() -> None:
    scene = Scene(MASTODON, BLUESKY, BLOG).quiet()
    scene.accounts[1] = account(BLUESKY, unlinked=NOW)
    scene.quiet(25, last=NOW.date(), on=BLUESKY)
    found = scene.diagnosis(now=NOW - timedelta(days=7))
    assert found.splits.measurement == 0
    assert unmoved(found)


def test_a_counter_that_is_corrected_is_no_rise() -> None:
    scene = Scene().quiet(first=FIRST - timedelta(days=90))
    when = at(BEGUN + timedelta(days=12), 7)
    for place in range(30):
        rise = Increment(kind=InteractionKind.LIKE, at=when, count=12)
        scene.posts[place] = msgspec.structs.replace(scene.posts[place], unnamed=(rise,))
    found = scene.diagnosis()
    assert unmoved(found)
    assert found.splits.measurement == found.splits.change == 360
    assert found.bursts == ()
    (told,) = found.findings
    assert told.sentence == "Mastodon corrected its counters: 360 reactions more are a matter of measurement."


def test_rises_on_young_posts_are_reactions() -> None:
    scene = Scene().quiet()
    for place in range(len(scene.posts) - 12, len(scene.posts) - 2):
        rise = Increment(kind=InteractionKind.LIKE, at=scene.posts[place].at + timedelta(hours=9), count=12)
        scene.posts[place] = msgspec.structs.replace(scene.posts[place], unnamed=(rise,))
    found = scene.diagnosis()
    assert found.splits.measurement == 0
    assert found.splits.change == 120


def test_twenty_posts_of_this_morning_change_nothing() -> None:
    scene = Scene().quiet()
    plain = scene.diagnosis()
    for number in range(20):
        scene.add(post(NOW.date(), f"new{number}"), 1)
    assert scene.diagnosis() == plain


def test_in_a_window_that_ends_today_posts_younger_than_a_day_are_left_out() -> None:
    scene = Scene().quiet(last=NOW.date() - timedelta(days=1))
    for number in range(20):
        scene.add(post(NOW.date(), f"new{number}"), 2)
    window = Window(first=NOW.date() - timedelta(days=27), last=NOW.date())
    halfway = scene.diagnosis(now=NOW + timedelta(hours=3), asked=window)
    scene.healths[MASTODON] = Health(account=MASTODON, last_ok=NOW + timedelta(days=1))
    over = scene.diagnosis(now=at(NOW.date(), 23, 59) + timedelta(seconds=59), asked=window)
    for found in (halfway, over):
        assert adds_up(found)
        assert Cause.SHARING not in {each.cause for each in found.findings}
        assert {each.why for each in found.splits.asides} == {Why.YOUNG}
        networks = {part.label: part for part in found.splits.tables[By.NETWORK]}
        assert networks["mastodon"].now.posts == 27
    assert over.splits.measurement == 40
    assert halfway.splits.measurement == 30  # the day it is held against is left out too


def test_a_holiday_is_hers_and_no_alarm() -> None:
    scene = Scene().quiet()
    away = days(BEGUN + timedelta(days=5), BEGUN + timedelta(days=18))
    scene.posts = [made for made in scene.posts if made.at.date() not in away]
    scene.acts = [act for act in scene.acts if act.at.date() not in away]
    found = scene.diagnosis()
    assert unmoved(found)
    (told,) = found.reasons
    assert told.cause is Cause.AWAY
    assert told.effect.reactions == pytest.approx(-140, rel=0.05)
    assert told.sentence.startswith("You posted nothing from 31 Oct to 13 Nov: no posts, so no reactions to judge.")


def test_back_from_a_holiday_is_no_rise() -> None:
    scene = Scene().quiet()
    away = days(BEGUN - timedelta(days=20), BEGUN - timedelta(days=8))
    scene.posts = [made for made in scene.posts if made.at.date() not in away]
    scene.acts = [act for act in scene.acts if act.at.date() not in away]
    found = scene.diagnosis()
    assert unmoved(found)
    assert [each.cause for each in found.reasons] == [Cause.AWAY]


def test_weekdays_are_no_change() -> None:
    scene = Scene()
    for day in days(FIRST - timedelta(days=35), RIPE):
        scene.add(post(day), 2 if day.weekday() >= 5 else 14)
    scene.reference = (14, 14, 14, 14, 14, 2, 2)
    assert unmoved(scene.diagnosis())
    sundays = Window(first=RIPE - timedelta(days=8), last=RIPE)
    found = scene.diagnosis(asked=sundays)
    assert found.splits.change == 24
    assert unmoved(found)
    assert found.verdict.answer is Answer.NORMAL
    assert [each.cause for each in found.findings] == [Cause.CALENDAR]


def test_after_a_burst_a_fall_is_to_be_expected() -> None:
    scene = Scene().quiet()
    for day in days(BEGUN - timedelta(days=16), BEGUN - timedelta(days=7)):
        scene.add(post(day, f"gift-{day}"), 50)
    found = scene.diagnosis()
    assert found.verdict.answer is Answer.NORMAL
    assert found.verdict.because is Because.SPIKE
    assert found.sentence.startswith("Back to your usual after a burst")


def test_from_an_unusual_month_back_to_the_usual_is_no_fall() -> None:
    scene = Scene().quiet(17, last=BEGUN - timedelta(days=3)).quiet(10, first=BEGUN - timedelta(days=2))
    found = scene.diagnosis()
    assert found.verdict.answer is Answer.NORMAL
    assert found.verdict.because is Because.USUAL
    assert "Back to your usual" in found.sentence


def test_a_source_that_is_not_read_does_not_make_her_out_to_be_away() -> None:
    scene = Scene(MASTODON).quiet()
    gone = RIPE - timedelta(days=13)
    scene.posts = [each for each in scene.posts if each.at < at(gone)]
    scene.acts = [each for each in scene.acts if each.at < at(gone)]
    scene.healths[MASTODON] = Health(account=MASTODON, last_ok=at(gone, 0), failures=4)
    found = scene.diagnosis()
    (told,) = found.findings
    assert told.cause is Cause.MEASUREMENT
    assert told.effect.reactions == found.splits.change == -140
    assert adds_up(found)


def test_silence_on_the_other_network_is_not_away_while_one_is_not_read() -> None:
    scene = Scene(MASTODON, BLUESKY).quiet().quiet(10, on=BLUESKY)
    gone = RIPE - timedelta(days=11)
    scene.posts = [each for each in scene.posts if each.at < at(gone)]
    scene.acts = [each for each in scene.acts if each.at < at(gone)]
    scene.healths[BLUESKY] = Health(account=BLUESKY, last_ok=at(gone, 0), failures=4)
    assert Cause.AWAY not in {each.cause for each in scene.diagnosis().findings}
    scene.healths[BLUESKY] = Health(account=BLUESKY, last_ok=NOW)
    assert Cause.AWAY in {each.cause for each in scene.diagnosis().findings}


def test_after_unlinking_the_busy_account_the_quiet_ones_pace_is_no_pause() -> None:
    scene = Scene(MASTODON, BLUESKY).quiet(20, on=BLUESKY)
    for day in days(FIRST - timedelta(days=35), RIPE - timedelta(days=12))[::7]:
        scene.add(post(day), 10)
    scene.accounts[1] = account(BLUESKY, unlinked=at(RIPE - timedelta(days=11)))
    scene.posts = [each for each in scene.posts if each.account != BLUESKY or each.at < at(RIPE - timedelta(days=11))]
    scene.acts = [each for each in scene.acts if each.account != BLUESKY or each.at < at(RIPE - timedelta(days=11))]
    causes = {each.cause for each in scene.diagnosis().findings}
    assert Cause.AWAY not in causes
    assert Cause.MEASUREMENT in causes


def test_of_days_away_only_those_that_can_be_compared_count() -> None:
    scene = Scene(MASTODON).quiet()
    away, gone = days(BEGUN + timedelta(days=2), BEGUN + timedelta(days=15)), BEGUN + timedelta(days=20)
    scene.posts = [made for made in scene.posts if made.at.date() not in away and made.at < at(gone)]
    scene.acts = [act for act in scene.acts if act.at.date() not in away and act.at < at(gone)]
    scene.healths[MASTODON] = Health(account=MASTODON, last_ok=at(gone, 0), failures=4)
    found = scene.diagnosis()
    effects = {each.cause: each.effect.reactions for each in found.findings}
    assert effects == {Cause.MEASUREMENT: -100, Cause.AWAY: pytest.approx(-140, rel=0.05)}


def test_posts_in_fewer_days_are_told_with_the_days() -> None:
    scene = Scene(MASTODON).quiet()
    away = days(BEGUN + timedelta(days=5), BEGUN + timedelta(days=18))
    scene.posts = [made for made in scene.posts if made.at.date() not in away]
    scene.acts = [act for act in scene.acts if act.at.date() not in away]
    for day in days(BEGUN + timedelta(days=19), RIPE):
        scene.add(post(day, f"second-{day}"), 10)
        scene.add(post(day, f"third-{day}"), 10)
    (told,) = (each for each in scene.diagnosis().findings if each.cause is Cause.SHARING)
    assert told.sentence.startswith("You shared 2.4 times as much: 38 posts in 16 days instead of 30 in 30, days")


def test_nothing_is_said_of_what_came_of_a_note_on_days_nobody_read() -> None:
    scene = Scene(MASTODON).quiet()
    gone = RIPE - timedelta(days=13)
    scene.posts = [each for each in scene.posts if each.at < at(gone)]
    scene.acts = [each for each in scene.acts if each.at < at(gone)]
    scene.healths[MASTODON] = Health(account=MASTODON, last_ok=at(gone, 0), failures=4)
    late, early = scene.diagnosis(
        notes=[Said(day=gone - timedelta(days=5), text="early"), Said(day=gone - timedelta(days=1), text="late")]
    ).notes
    assert late.aftermath.sentence == "the days after it have not been read"
    assert (early.aftermath.came, early.aftermath.days) == (Came.NOTHING, 5)


def test_a_note_is_followed_on_the_accounts_that_were_read() -> None:
    scene = Scene(MASTODON, BLUESKY).quiet().quiet(40, on=BLUESKY)
    gone = RIPE - timedelta(days=13)
    scene.posts = [each for each in scene.posts if each.account != BLUESKY or each.at < at(gone)]
    scene.acts = [each for each in scene.acts if each.account != BLUESKY or each.at < at(gone)]
    scene.healths[BLUESKY] = Health(account=BLUESKY, last_ok=at(gone, 0), failures=4)
    (note,) = scene.diagnosis(notes=[Said(day=gone, text="talk")]).notes
    assert note.aftermath.came is Came.NOTHING
    assert note.aftermath.sentence.startswith("no visible effect: 70 reactions in the 7 days from then, ")
