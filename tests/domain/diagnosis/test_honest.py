"""What a finding says is borne out: its word by its interval, its evidence by what carried it, its advice by levels."""

from __future__ import annotations

from datetime import timedelta

import pytest

from benchmarks.lives import NOW as LIVED
from benchmarks.lives import ZONE, Life, Planted, lived
from klout_tui.domain.diagnosis import Cause, Diagnosis, Effect, Finding, Sure, Window, diagnose
from klout_tui.domain.diagnosis.findings import CLEAR, LIKELY, Z
from klout_tui.domain.diagnosis.ground import grown, interval
from klout_tui.domain.diagnosis.saying import reactions as said
from tests.domain.diagnosis.scene import BEGUN, FIRST, MASTODON, RIPE, Said, Scene, account, at, days, post, reactions

EARLY = FIRST - timedelta(days=35)
BEFORE = BEGUN - timedelta(days=1)
PLANTED = [each for each in Planted if each is not Planted.NOTHING]


def only(found: Diagnosis, cause: Cause) -> Finding:
    (told,) = (each for each in found.findings if each.cause is cause)
    return told


# the word and the interval


@pytest.mark.parametrize("error", [0.2, 0.5, 1.0])
@pytest.mark.parametrize("ratio", [-2.5, -0.7, 0.4, 1.1, 2.5])
def test_an_interval_reaches_beyond_nothing_just_where_it_is_a_guess(ratio: float, error: float) -> None:
    for effect in (grown(100, ratio, error), grown(-100, ratio, error), interval(100 * ratio, 100 * error)):
        assert effect.low <= effect.reactions <= effect.high
        assert (effect.errors < Z) == (effect.low < 0 < effect.high)
        assert ("none to" in said(effect)) == (effect.errors < Z)


def test_what_is_counted_and_not_estimated_is_certain() -> None:
    assert Effect(reactions=-55, low=-55, high=-55).errors > CLEAR


@pytest.mark.parametrize("planted", PLANTED)
@pytest.mark.parametrize("seed", range(4))
def test_how_sure_follows_the_effect_that_is_told(planted: Planted, seed: int) -> None:
    found = diagnose(lived(Life(spread=2.0, planted=planted), seed), LIVED, ZONE)
    for each in found.findings:
        surely = min(abs(each.effect.low), abs(each.effect.high)) if each.effect.low * each.effect.high > 0 else 0
        assert (each.sure is Sure.GUESS) == (each.effect.errors < LIKELY)
        assert surely > 0 or each.sure is Sure.GUESS, each.sentence


def test_beginning_to_post_with_one_post_is_a_guess() -> None:
    scene = Scene(MASTODON)
    scene.reference = ()
    scene.add(post(RIPE - timedelta(days=10)), 9)
    told = only(scene.diagnosis(), Cause.SHARING)
    assert told.sentence.startswith("You began to post: 1 post, after 0 posts before.")
    assert "(none to " in told.sentence
    assert told.sure is Sure.GUESS


def test_weekdays_are_told_with_how_well_they_are_known() -> None:
    scene = Scene()
    for day in days(EARLY, RIPE):
        scene.add(post(day), 2 if day.weekday() >= 5 else 14)
    scene.reference = (14, 14, 14, 14, 14, 2, 2)
    told = only(scene.diagnosis(asked=Window(first=RIPE - timedelta(days=8), last=RIPE)), Cause.CALENDAR)
    assert told.effect.low < told.effect.reactions < told.effect.high
    assert said(told.effect) in told.sentence


def test_a_range_that_is_but_the_number_is_left_out() -> None:
    assert said(Effect(reactions=234, low=228, high=234)) == "about 230 reactions more"
    assert said(Effect(reactions=-234, low=-310, high=-190)) == "about 230 reactions fewer (190 to 310)"


# what it rests on


@pytest.mark.parametrize("planted", PLANTED)
@pytest.mark.parametrize("seed", range(3))
def test_every_finding_lists_the_people_it_rests_on(planted: Planted, seed: int) -> None:
    found = diagnose(lived(Life(spread=2.0, planted=planted), seed), LIVED, ZONE)
    assert found.findings
    for each in found.findings:
        if each.cause not in (Cause.CALENDAR, Cause.AUDIENCE):  # those name who came new, or no more, if anybody
            assert each.people, each.sentence
        assert len(each.people) <= each.people_count
        assert len(each.posts) <= each.post_count


def test_a_burst_names_who_came_on_its_days() -> None:
    scene = Scene().quiet()
    for day in days(BEGUN + timedelta(days=8), BEGUN + timedelta(days=17)):
        gift = post(day, f"gift-{day}")
        scene.posts.append(gift)
        scene.acts += reactions(gift, 20, people=500)
    found = scene.diagnosis()
    told = only(found, Cause.BURST)
    assert told.people_count > 90
    assert told.effect.high <= found.bursts[0].reactions, "no burst made more than came in it"
    assert all(person.now for person in told.people)


def test_a_pause_rests_on_the_posts_on_either_side() -> None:
    scene = Scene().quiet()
    away = days(BEGUN + timedelta(days=5), BEGUN + timedelta(days=18))
    scene.posts = [made for made in scene.posts if made.at.date() not in away]
    scene.acts = [act for act in scene.acts if act.at.date() not in away]
    told = only(scene.diagnosis(), Cause.AWAY)
    assert [each.at.date() for each in told.posts] == [away[0] - timedelta(days=1), away[-1] + timedelta(days=1)]
    assert told.people


def test_what_cannot_be_compared_is_named() -> None:
    scene = Scene(MASTODON).quiet()
    scene.accounts[0] = account(MASTODON, unlinked=at(RIPE - timedelta(days=5)))
    scene.acts = [act for act in scene.acts if act.at < at(RIPE - timedelta(days=5))]
    told = only(scene.diagnosis(), Cause.MEASUREMENT)
    assert told.posts
    assert all(each.reactions == 10 for each in told.posts)
    assert told.people
    assert not any(each.now for each in told.people), "what came after unlinking is not known"
    assert all(each.before for each in told.people)


# topics


def scene_of_topics(before: tuple[int, int], now: tuple[int, int]) -> Scene:
    """A post a day in turn on shop and on bread: what each brought before, and what each brings now."""
    scene = Scene()
    for number, day in enumerate(days(EARLY, RIPE)):
        shop = number % 2 == 0
        counts = now if day >= BEGUN else before
        scene.add(post(day, topics=("shop" if shop else "bread",)), counts[0 if shop else 1] + number % 3)
    return scene


def test_a_topic_that_rose_and_still_brings_less_is_not_advised() -> None:
    found = scene_of_topics((2, 20), (8, 12)).diagnosis()
    told = next(each for each in found.findings if (each.cause, each.subject) == (Cause.TOPIC, "shop"))
    assert "Still less than your other posts bring" in told.advice
    assert "again" not in told.advice
    carried = [each.reactions for each in told.posts]
    assert all(each.now for each in told.posts)
    assert carried == sorted(carried, reverse=True)
    assert carried[0] == 10


def test_a_topic_that_rose_above_the_others_is() -> None:
    found = scene_of_topics((6, 8), (24, 8)).diagnosis()
    told = next(each for each in found.findings if (each.cause, each.subject) == (Cause.TOPIC, "shop"))
    assert told.advice == "People come for shop at the moment: write about it again."


def test_a_topic_that_fell_shows_the_posts_that_brought_least() -> None:
    found = scene_of_topics((16, 8), (4, 8)).diagnosis()
    told = next(each for each in found.findings if (each.cause, each.subject) == (Cause.TOPIC, "shop"))
    assert told.advice == ""
    assert [each.reactions for each in told.posts] == [4, 4, 4, 4, 4]


# two sayings about the same days


def test_a_note_and_its_burst_are_told_with_one_number() -> None:
    scene = Scene().quiet()
    for day in days(BEGUN + timedelta(days=8), BEGUN + timedelta(days=16)):
        scene.acts += reactions(post(day), 30 + day.day % 4, people=500, day=day)
    found = scene.diagnosis(notes=[Said(day=BEGUN + timedelta(days=8), text="gave away the report")])
    (burst,), (note,) = found.bursts, found.notes
    assert not burst.paced
    assert note.aftermath.days == len(burst.days) == 9
    assert (note.aftermath.reactions, note.aftermath.usual) == (burst.reactions, burst.usual)
    told = only(found, Cause.NOTE)
    much = note.aftermath.sentence.removeprefix("worked: ").partition(" your usual")[0]
    assert f"brought {much} your usual" in told.sentence
    assert told.sure is not Sure.GUESS
