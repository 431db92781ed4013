"""What is usual, what a score rests on, which days are known, and the words for it."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import msgspec
import pytest

from klout_tui.domain.days import Days
from klout_tui.domain.model import Account, Health, Interaction, InteractionKind, Post
from klout_tui.domain.score.attendance import attendance
from klout_tui.domain.score.look import Look
from klout_tui.domain.score.standing import Standing, standing
from klout_tui.domain.score.usual import JUDGED, LEAST_WEEKS, Usual, usual
from klout_tui.domain.score.wording import headline, rests_on, short_day, signed
from tests.domain.score_world import ADA, BLOG, DAY0, ZONE, act, counted, course, day, model_1, post, score


def steady(last: int, seed: int = 1, *, until: int | None = None) -> tuple[list[Interaction], list[Post]]:
    """Some posts, some reactions of forty people, week after week."""
    random = Random(seed)
    posts, done = [], []
    for at in range(last if until is None else until):
        if random.random() < 0.6:
            here = post(at, name=f"post {at}")
            posts.append(here)
            for who in random.sample(range(40), random.choice([0, 1, 2, 3, 5, 8])):
                kind = random.choice([InteractionKind.LIKE] * 3 + [InteractionKind.REPLY, InteractionKind.REPOST])
                done.append(act(at + 0.1, f"p{who}", kind, on=here, followers=who * 20))
    return done, posts


def test_the_same_data_give_the_same_range_anywhere() -> None:
    at = day(250).toordinal()
    assert usual(course(*steady(250), until=250), at) == usual(course(*steady(250), until=250), at)


@pytest.mark.parametrize("seed", range(4))
def test_a_steady_life_is_nearly_always_usual(seed: int) -> None:
    told = course(*steady(400, seed), until=400)
    days = range(day(200).toordinal(), day(400).toordinal(), 7)
    outside = [at for at in days if not (found := usual(told, at)) or not found.holds(told.score(at) or 0)]
    assert len(outside) <= len(days) / 4


def test_a_month_of_silence_falls_out_of_it_and_a_hit_rises_above_it() -> None:
    quiet = course(*steady(250, until=210), until=250)
    found = usual(quiet, day(250).toordinal())
    assert found is not None
    assert score(quiet, 250) < found.whole[0]
    done, posts = steady(250)
    hit = post(249, name="hit")
    crowd = [act(249.1, f"new{n}", on=hit) for n in range(200)]
    told = course(done + crowd, [*posts, hit], until=250)
    found = usual(told, day(250).toordinal())
    assert found is not None
    assert score(told, 250) > found.whole[1]


def test_nothing_is_said_to_be_usual_while_few_weeks_are_known() -> None:
    told = course(*steady(100), until=100)
    assert usual(told, day(7 * (LEAST_WEEKS + JUDGED) - 2).toordinal()) is None
    assert usual(told, day(7 * (LEAST_WEEKS + JUDGED) + 8).toordinal()) is not None
    assert usual(course([], until=5), day(5).toordinal()) is None


def test_words_and_numbers_of_a_range_agree() -> None:
    found = Usual(low=39.4, high=42.2)
    assert found.whole == (39, 43)
    assert found.holds(39.0)
    assert found.holds(43.0)
    assert not found.holds(38.9)
    assert found.holds(43.04), "shown as 43.0, which no reader takes to lie outside 39 to 43"
    assert not found.holds(43.06)
    assert Usual(low=0.2, high=100.4).whole == (1, 100)


def look(**changes: object) -> Look:
    base = Look(
        today=date(2026, 11, 26),
        day=date(2026, 11, 26),
        model="model-1",
        fingerprint="0",
        score=41.31,
        usual=Usual(low=39.2, high=42.9),
        standing=Standing(people=80, days=300, guessed=0.1, nameless=0.2),
    )
    return msgspec.structs.replace(base, **changes)


LITTLE = Standing(people=2.2, days=9, guessed=0.8, nameless=0.1, missing=(BLOG,), few_people=True, few_days=True)


@pytest.mark.parametrize(
    ("shown", "loud", "calm"),
    [
        (look(), "41.3, within your usual 39 to 43", "within your usual range"),
        (look(score=44.04), "44.0, outside your usual 39 to 43", "outside your usual range"),
        (look(score=None, standing=None), "no score yet", "no score yet"),
        (look(standing=LITTLE), "41.3, rests on little", "rests on little"),
        (look(usual=None), "41.3", "your usual range is not known yet"),
        (
            look(day=date(2026, 10, 3)),
            "41.3, within your usual 39 to 43, as of 3 Oct",
            "within your usual range, as of 3 Oct",
        ),
        (look(day=date(2026, 11, 25)), "41.3, within your usual 39 to 43", "within your usual range"),
    ],
)
def test_the_headline_and_its_calm_form(shown: Look, loud: str, calm: str) -> None:
    assert headline(shown) == loud
    assert headline(shown, calm=True) == calm
    assert not any(sign.isdigit() for sign in calm.partition(" as of")[0])
    assert "changed" not in loud + calm


def test_what_little_it_rests_on_is_said() -> None:
    told = rests_on(LITTLE)
    assert told == (
        "It rests on about 2 people, on 9 days and for 80 % on guessed dates. "
        "Not read lately, so fading until it is: blog."
    )
    assert rests_on(Standing(people=80, days=300, guessed=0.1, nameless=0.2)) == ""


def test_a_difference_has_its_sign() -> None:
    assert [signed(each) for each in (0.62, -1.25, 0.041, 0.001, 0.0)] == ["+0.6", "−1.2", "+0.04", "±0", "±0"]
    assert short_day(date(2025, 10, 3), date(2026, 1, 1)) == "3 Oct 2025"


def test_guesses_and_counts_without_names_are_known_for_what_they_are() -> None:
    guessed = [msgspec.structs.replace(act(at, f"p{at}"), estimated=True) for at in range(3)]
    told = course([*guessed, act(3, "p9")], [counted(post(0), 3, 4)], until=3)
    found = standing(told.tallies(told.last), 4, (), model_1())
    assert found.guessed == pytest.approx(3 / 8, abs=0.02)
    assert found.nameless == pytest.approx(4 / 8, abs=0.02)
    assert found.is_little  # four people, four days


def account(name: str, unlinked: float | None = None) -> Account:
    at = None if unlinked is None else DAY0 + timedelta(days=unlinked)
    return Account(id=name, network=name, handle=name, base_url="https://x.example", linked_at=DAY0, unlinked_at=at)


def health(name: str, last_ok: float | None) -> Health:
    at = None if last_ok is None else DAY0 + timedelta(days=last_ok)
    return Health(account=name, last_ok=at)


def test_a_day_on_which_nobody_was_read_is_a_gap() -> None:
    told = course([act(0), act(10, account=BLOG)], until=30)
    accounts = [account(ADA), account(BLOG, unlinked=25)]
    now = DAY0 + timedelta(days=30)
    healths = {ADA: health(ADA, 20), BLOG: health(BLOG, 24)}
    known = attendance(told, accounts, healths, Days(ZONE), now, past=False)
    days = [known.is_known(day(at).toordinal()) for at in range(-1, 31)]
    assert days == [False, *[True] * 26, *[False] * 5]
    assert known.missing(day(22).toordinal()) == (ADA,)  # the blog is not missed: she unlinked it
    assert known.missing(day(20).toordinal()) == ()
    assert known.last_known(day(30).toordinal()) == day(25).toordinal()
    assert known.last_known(day(-5).toordinal()) is None


def test_the_past_is_taken_for_read() -> None:
    told = course([act(0)], until=30)
    now = DAY0 + timedelta(days=30)
    known = attendance(told, [account(ADA)], {ADA: health(ADA, 20)}, Days(ZONE), now, past=True)
    assert known.is_known(day(30).toordinal())


def test_an_account_that_was_never_read_again_is_known_until_it_went_down() -> None:
    told = course([act(0)], until=30)
    down = Health(account=ADA, down_since=DAY0 + timedelta(days=12))
    known = attendance(told, [account(ADA)], {ADA: down}, Days(ZONE), DAY0 + timedelta(days=30), past=False)
    assert known.last_known(day(30).toordinal()) == day(12).toordinal()
