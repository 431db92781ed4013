"""Each reason is found where it is one, says what it rests on, and is not made up elsewhere."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from klout_tui.domain.diagnosis import Cause, Diagnosis, Finding, Sure
from klout_tui.domain.model import InteractionKind
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
    days,
    post,
    reactions,
)

EARLY = FIRST - timedelta(days=35)
BEFORE = BEGUN - timedelta(days=1)


def first(found: Diagnosis) -> Finding:
    return found.reasons[0]


def test_shared_less() -> None:
    scene = Scene().quiet(last=BEFORE)
    for day in days(BEGUN, RIPE)[::2]:
        scene.add(post(day), 10)
    told = first(scene.diagnosis())
    assert told.cause is Cause.SHARING
    assert told.sentence.startswith(
        "You shared 50 % less: 15 posts instead of 30. By itself that makes about 150 reactions fewer"
    )
    assert told.advice == "Share as often as you did: about 7.0 posts a week."
    assert told.effect.reactions == pytest.approx(-150)
    assert told.effect.low <= -150 <= told.effect.high
    assert told.sure is Sure.CLEAR
    assert (told.post_count, len(told.posts)) == (45, 5)


def test_shared_more() -> None:
    scene = Scene().quiet()
    for day in days(BEGUN, RIPE):
        scene.add(post(day, f"second-{day}"), 10)
    told = first(scene.diagnosis())
    assert told.cause is Cause.SHARING
    assert told.sentence.startswith("You shared twice as much: 60 posts instead of 30.")
    assert told.advice == ""


def test_nothing_posted_any_more() -> None:
    told = first(Scene().quiet(last=BEFORE).diagnosis())
    assert told.cause is Cause.SHARING
    assert told.sentence.startswith("You posted nothing, after 30 posts before.")


def test_more_posts_that_point_to_her_own_site() -> None:
    scene = Scene()
    for number, day in enumerate(days(EARLY, RIPE)):
        share = 2 if day >= BEGUN else 10
        if number % share == 0:
            text = f"the shop has something new {day:%A %d %B} number {number} https://ada.example/shop/{number}"
            scene.add(post(day, text=text), 3)
        else:
            scene.add(post(day), 12)
    told = first(scene.diagnosis())
    assert told.cause is Cause.PROMOTION
    assert told.sentence.startswith("15 of 30 posts linked to your own site (50 %), before it was 3 of 30 (10 %).")
    assert "Such a post brings 3.0 reactions, another 12" in told.sentence
    assert told.effect.reactions == pytest.approx(-108, rel=0.1)
    assert told.advice == "Give more, advertise less: 10 % of posts was your measure."
    assert all(shown.reactions == 3 and shown.now for shown in told.posts)


def test_more_near_duplicates() -> None:
    scene = Scene()
    words = "the little report on what brought readers to forty small sites is here for everybody"
    for number, day in enumerate(days(EARLY, RIPE)):
        if day >= BEGUN and number % 2:
            scene.add(post(day, text=f"{words} and day {number}"), 4)
        else:
            scene.add(post(day), 12)
    told = first(scene.diagnosis())
    assert told.cause is Cause.REPEATS
    assert "nearly repeated an earlier one" in told.sentence
    assert told.effect.reactions < -80


def test_fewer_people() -> None:
    scene = Scene().quiet(12, last=BEFORE).quiet(6, first=BEGUN)
    told = first(scene.diagnosis())
    assert told.cause is Cause.AUDIENCE
    assert "a post brings 49 % less than before" in told.sentence or "a post brings 50 % less" in told.sentence
    assert told.advice


def test_regulars_who_fell_silent_are_named() -> None:
    scene = Scene()
    for day in days(EARLY, RIPE):
        made = post(day)
        scene.posts.append(made)
        scene.acts += [
            msgspec.structs.replace(act, actor=msgspec.structs.replace(act.actor, key=f"k{place}", handle=f"@k{place}"))
            for place, act in enumerate(reactions(made, 12))
            if day < BEGUN or place < 6
        ]
    told = first(scene.diagnosis())
    assert told.cause is Cause.AUDIENCE
    assert told.sentence.startswith("6 different people reacted instead of 12;")
    assert told.sentence.endswith("6 regulars of before did not come at all.")
    assert {person.handle for person in told.people} <= {f"@k{place}" for place in range(6, 12)}
    assert (told.people_count, len(told.people)) == (6, 5)
    assert all((person.before, person.now) == (30, 0) for person in told.people)


def test_merged_handles_are_one_person() -> None:
    from klout_tui.domain.diagnosis import diagnose
    from tests.domain.diagnosis.scene import UTC_ZONE

    scene = Scene()
    for day in days(EARLY, RIPE):
        scene.add(post(day), 2, people=2)
    evidence = scene.evidence()
    keys = sorted({act.actor.key for act in scene.acts})
    merged = msgspec.structs.replace(evidence, same={keys[1]: keys[0]})
    shares = diagnose(merged, NOW, UTC_ZONE).splits.tables
    (part,) = next(iter(shares.values()))
    assert (part.now.people, part.now.acts) == (30, 60)


def test_one_network_fell() -> None:
    scene = Scene(MASTODON, BLUESKY, BLOG).quiet().quiet(10, last=BEFORE, on=BLUESKY).quiet(0, first=BEGUN, on=BLUESKY)
    told = first(scene.diagnosis())
    assert (told.cause, told.subject) == (Cause.NETWORK, "bluesky")
    assert told.sentence.startswith(
        "On Bluesky a post brings 0.0 reactions instead of 10, while elsewhere little changed"
    )
    assert {shown.id.partition(":")[0] for shown in told.posts} == {"bluesky"}


def test_one_topic_rose() -> None:
    scene = Scene()
    for number, day in enumerate(days(EARLY, RIPE)):
        topic = "python" if number % 3 == 0 else "garden"
        scene.add(post(day, topics=(topic,)), 30 if topic == "python" and day >= BEGUN else 8 + number % 2)
    told = first(scene.diagnosis())
    assert (told.cause, told.subject) == (Cause.TOPIC, "python")
    assert told.effect.reactions == pytest.approx(215, rel=0.1)
    assert told.advice == "People come for python at the moment: write about it again."


def test_writing_more_about_what_people_do_not_come_for() -> None:
    scene = Scene()
    for number, day in enumerate(days(EARLY, RIPE)):
        topic = "python" if number % (10 if day >= BEGUN else 2) == 0 else "marketing"
        scene.add(post(day, topics=(topic,)), 20 if topic == "python" else 4)
    told = {(each.cause, each.subject): each for each in scene.diagnosis().reasons}
    assert (Cause.MIX, "python") in told
    assert told[Cause.MIX, "python"].advice == "Write about python again."
    assert told[Cause.MIX, "marketing"].advice == "Write about marketing less often."


def test_the_same_people_doing_more() -> None:
    scene = Scene().quiet()
    for made in scene.posts:
        if made.at.date() >= BEGUN:
            scene.acts += reactions(made, 10, kind=InteractionKind.REPOST)
    found = scene.diagnosis()
    told = next(each for each in found.reasons if each.cause is Cause.ACTS)
    assert told.effect.reactions == pytest.approx(300)
    assert "did so 2.00 times instead of 1.00" in told.sentence


def test_many_new_followers() -> None:
    scene = Scene().quiet()
    follows = reactions(scene.posts[-10], 60, people=100, kind=InteractionKind.FOLLOW)
    scene.acts += [msgspec.structs.replace(act, post=None) for act in follows]
    told = next(each for each in scene.diagnosis().reasons if each.cause is Cause.LOOSE)
    assert told.effect.reactions == 60
    assert (told.people_count, len(told.people)) == (60, 5)
    assert all((person.before, person.now) == (0, 1) for person in told.people)


def gift(scene: Scene) -> None:
    for day in days(BEGUN + timedelta(days=8), BEGUN + timedelta(days=17)):
        scene.add(
            post(
                day, f"gift-{day}", text=f"free report for everybody {day:%A %d} take it and pass it on {day.day * 7}"
            ),
            20,
        )


def test_a_burst_is_a_reason_and_asked_about_once() -> None:
    scene = Scene().quiet()
    gift(scene)
    found = scene.diagnosis()
    told = first(found)
    assert told.cause is Cause.BURST
    assert told.sentence.startswith(
        "3 to 12 Nov brought three times your usual, 300 reactions: about 200 reactions more"
    )
    assert told.sentence.endswith("What happened? A note would keep it.")
    (burst,) = found.unexplained
    assert ((burst.first - BEGUN).days, (burst.last - BEGUN).days) == (8, 17)
    assert Cause.AUDIENCE not in {each.cause for each in found.findings}
    assert burst.told is not None
    let_be = found.hushed([burst.told])
    assert let_be.unexplained == ()
    assert let_be.bursts == found.bursts
    assert first(let_be).sentence == told.sentence.removesuffix(" What happened? A note would keep it.")
    assert found.hushed([burst.first - timedelta(days=1)]).findings == found.findings
    assert let_be.hushed([burst.told]) == let_be


def test_looking_every_day_a_burst_is_told_from_one_day_on_and_stays_the_same() -> None:
    scene = Scene().quiet(last=RIPE + timedelta(days=20))
    scene.healths = {}
    gift(scene)
    seen = set()
    for ahead in range(-14, 14):
        found = scene.diagnosis(now=NOW + timedelta(days=ahead))
        seen |= {burst.told for burst in found.unexplained}
    assert len(seen) == 1


def test_a_burst_let_be_is_not_asked_about_again_when_the_day_it_was_told_on_is_out_of_sight() -> None:
    scene = Scene().quiet()
    gift(scene)
    found = scene.diagnosis()
    (burst,) = found.unexplained
    assert burst.told is not None
    later = msgspec.structs.replace(burst, told=burst.told + timedelta(days=3))
    seen = msgspec.structs.replace(found, bursts=(later,))
    assert seen.unexplained == (later,)
    assert seen.hushed([burst.told]).unexplained == ()


def test_with_a_note_it_is_the_notes_doing() -> None:
    scene = Scene().quiet()
    gift(scene)
    found = scene.diagnosis(notes=[Said(day=BEGUN + timedelta(days=8), text="gave away the report")])
    told = first(found)
    assert (told.cause, told.subject) == (Cause.NOTE, "gave away the report")
    assert told.sentence.startswith("“gave away the report”: 3 to 12 Nov brought three times your usual")
    assert "What happened?" not in told.sentence
    assert told.advice == "Keep at it: repeat those steps."
    assert found.unexplained == ()
    (note,) = found.notes
    assert note.aftermath.sentence.startswith("worked: three times your usual for 10 days (")


def test_what_held_against_a_change_comes_after_what_made_it() -> None:
    scene = Scene(MASTODON, BLUESKY, BLOG).quiet(20, last=BEFORE).quiet(20, last=BEFORE, on=BLUESKY)
    scene.quiet(26, first=BEGUN)
    for day in days(BEGUN, RIPE)[::3]:
        scene.add(post(day, on=BLUESKY), 4)
    found = scene.diagnosis()
    assert found.way == -1
    signs = [each.effect.reactions < 0 for each in found.findings]
    assert signs == sorted(signs, reverse=True)
    assert all(each.effect.reactions < 0 for each in found.reasons)


def test_hostile_words_stay_words() -> None:
    scene = Scene()
    for number, day in enumerate(days(EARLY, RIPE)):
        name = "[/]{share}%s" if number % 3 == 0 else "x"
        scene.add(post(day, topics=(name,)), 30 if number % 3 == 0 and day >= BEGUN else 8)
    told = first(scene.diagnosis())
    assert told.subject == "[/]{share}%s"
    assert "[/]{share}%s" in told.sentence
