"""What to keep doing: planted effects are found, and chance, bursts and one lucky post make no rule."""

from __future__ import annotations

import random
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klout_tui.domain import wording
from klout_tui.domain.digest import TITLE, line_of, ticks
from klout_tui.domain.habits.chance import TOP, centred, result, scores, threshold
from klout_tui.domain.habits.effect import Effect, dispersion, effect
from klout_tui.domain.habits.finding import LEAST_POSTS, LEAST_WITH, Habits, Level, habits
from klout_tui.domain.habits.traits import Sort, Trait, host_of, thirds, traits
from klout_tui.domain.habits.words import basis, levels, verdict
from klout_tui.domain.model import Post, PostKind
from klout_tui.domain.responses import Response
from tests.domain.audience import NOW, ZONE
from tests.domain.writer import lived, wrote


def asks(post: Post) -> float:
    return 2.0 if "?" in post.text else 1.0


def garden(post: Post) -> float:
    return 0.4 if "garden" in post.topics else 1.0


def test_histories_without_effects_show_no_rule_in_nine_of_ten() -> None:
    shown = [bool(found.keep or found.less) for found in (lived(seed, posts=120) for seed in range(60))]
    assert sum(shown) <= 6


def test_a_planted_effect_is_found_with_its_size_and_examples() -> None:
    found = [lived(seed, asks) for seed in range(10)]
    rules = [[habit for habit in each.keep if habit.trait.sort is Sort.QUESTION] for each in found]
    assert sum(map(bool, rules)) >= 9
    sizes = [rule[0].effect for rule in rules if rule]
    assert sum(size.low <= 2 <= size.high for size in sizes) >= 7
    habit = next(rule[0] for rule in rules if rule)
    assert "posts with a question: " in habit.sentence
    assert " times your usual (" in habit.sentence
    assert habit.sentence.endswith(f"{len(habit.posts)} posts")
    times = [post.times for post in habit.posts]
    assert times == sorted(times, reverse=True)


def test_what_does_worse_is_told_too_the_worst_first() -> None:
    found = [lived(seed, garden) for seed in range(6)]
    rules = [habit for each in found for habit in each.less if habit.trait.value == "garden"]
    assert len(rules) >= 4
    assert not any(habit.trait.value == "garden" for each in found for habit in each.keep)
    times = [post.times for post in rules[0].posts]
    assert times == sorted(times)


@pytest.mark.parametrize("spread", [0.0, 0.7])
def test_one_viral_post_makes_no_rule(spread: float) -> None:
    """Whichever post it is, and however even all the others are."""
    for seed in range(4):
        responses, posts = wrote(seed, posts=120, spread=spread, burst=0.0)
        plain = habits(responses, posts, ticks(NOW), ZONE)
        before = {habit.trait for habit in plain.keep}
        for lucky in range(3, 120, 13):
            viral = msgspec.structs.replace(responses[lucky], delays=(1,) * 3000)
            found = habits([*responses[:lucky], viral, *responses[lucky + 1 :]], posts, ticks(NOW), ZONE)
            assert {habit.trait for habit in found.keep} <= before


def test_a_rule_is_not_told_twice_under_another_name() -> None:
    """All posts on one topic have a link too: one of the two is the rule, the other its shadow."""
    posts, responses = _plain(120)
    for number, each in enumerate(responses):
        if number % 4 == 0:
            topic = msgspec.structs.replace(posts[each.id], topics=("free",), text="free https://else.example/x")
            posts[each.id] = topic
            responses[number] = msgspec.structs.replace(each, delays=each.delays * 3)
    found = habits(responses, posts, ticks(NOW), ZONE)
    assert len(found.keep) == 1
    assert found.keep[0].effect.times == pytest.approx(3, rel=0.35)


def test_networks_of_different_size_are_never_compared() -> None:
    posts, responses = _plain(200)
    for number, each in enumerate(responses):
        if number % 2:
            account = "blog:ada.example"
            posts[each.id] = msgspec.structs.replace(posts[each.id], account=account, kind=PostKind.ARTICLE)
            responses[number] = msgspec.structs.replace(each, account=account, delays=each.delays * 10)
    found = habits(responses, posts, ticks(NOW), ZONE)
    assert (found.keep, found.less) == ((), ())
    assert [(level.network, level.posts) for level in found.levels] == [("blog", 100), ("town", 100)]
    assert levels(found)[0].startswith("blog: half of your 100 posts bring")


def test_too_little_is_said_to_be_too_little() -> None:
    posts, responses = _plain(LEAST_POSTS - 1)
    found = habits(responses, posts, ticks(NOW), ZONE)
    assert found.lacking.startswith(f"{LEAST_POSTS - 1} posts older than a week")
    assert verdict(found).startswith("Too little to tell")
    assert habits([], {}, ticks(NOW), ZONE).lacking


def test_nothing_stands_out_is_said_so() -> None:
    posts, responses = _plain(120)
    found = habits(responses, posts, ticks(NOW), ZONE)
    assert verdict(found).startswith("Nothing stands out: of ")
    assert "120 posts" in basis(found)


def test_young_posts_and_those_told_by_number_are_left_out() -> None:
    posts, responses = _plain(60)
    responses[0] = msgspec.structs.replace(responses[0], unnamed=1000)
    late = ticks(NOW - timedelta(days=6))
    responses[-1] = msgspec.structs.replace(responses[-1], at=late)
    found = habits(responses, posts, ticks(NOW), ZONE)
    assert (found.posts, found.untold) == (58, 1)


def test_an_account_that_names_nobody_is_not_judged_as_nothing() -> None:
    posts, responses = _plain(60)
    silent = [
        msgspec.structs.replace(each, account="hackernews:ada", id=f"h{each.id}", delays=()) for each in responses
    ]
    posts |= {each.id: msgspec.structs.replace(posts[each.id[1:]], id=each.id) for each in silent}
    both = sorted([*responses, *silent], key=lambda each: each.at)
    assert habits(both, posts, ticks(NOW), ZONE).posts == 60


def test_a_post_says_what_it_is() -> None:
    def told(text: str, **more: object) -> set[str]:
        post = Post(id="p", account="town:a", kind=PostKind.STATUS, at=NOW, text=text, **more)  # type: ignore[arg-type]
        return {trait.words for trait in traits(post, 9, (2, 5), {"ada.example"})}

    assert told("Is this it?", topics=("Python", "#garden")) >= {"posts on python", "posts on garden"}
    assert "posts with a question" in told("Is this it? Perhaps.")
    assert "posts with a question" not in told("See https://x.example/?q=1 now")
    assert "posts that link elsewhere" in told("See https://x.example/?q=1")
    assert "posts that link to your own site" in told("Here https://www.ada.example/a")
    assert {"posts without a link", "posts from 8 to 12", "posts without a topic", "statuses"} <= told("Plain words")
    assert "the shorter third of your posts" in told("Two words")
    assert "the longer third of your posts" in told("One two three four five six")
    assert Trait(sort=Sort.QUESTION, value="yes", network="blog").words == "on blog: posts with a question"
    assert thirds(["a", "a b", "a b c"]) == (1, 3)
    assert thirds([]) == (0, 0)
    assert host_of("https://[broken") == ""
    assert host_of("no address") == ""


@given(st.integers(0, 10_000), st.floats(0.1, 1000))
def test_a_result_is_bounded(count: int, expected: float) -> None:
    assert -TOP <= result(count, expected) <= TOP


@given(st.lists(st.floats(-2, 2), min_size=12, max_size=60), st.integers(1, 5))
def test_scores_of_a_part_and_of_the_rest_are_opposite(results: list[float], every: int) -> None:
    even = centred(results, [range(len(results))])
    own = list(range(0, len(even), every + 1))
    rest = [place for place in range(len(even)) if place not in own]
    first, second = scores(even, [own, rest])
    assert first == pytest.approx(-second, abs=1e-6)


def test_the_bar_rises_with_how_many_are_looked_at() -> None:
    chance = random.Random(1)
    results = centred([chance.gauss(0, 1) for _ in range(200)], [range(200)])
    members = [chance.sample(range(200), 20) for _ in range(40)]
    one, many = threshold(results, [range(200)], members[:1]), threshold(results, [range(200)], members)
    assert 1.6 < one < 2.4 < many < 4
    assert threshold(results, [range(200)], members) == many
    assert threshold(results, [range(200)], []) == float("inf")


@given(st.integers(1, 40), st.integers(1, 8))
def test_few_posts_are_drawn_to_one(posts: int, phi: int) -> None:
    counts, usuals = [9.0] * posts + [3.0] * 100, [3.0] * (posts + 100)
    own, others = range(posts), range(posts, posts + 100)
    size = effect(counts, usuals, list(own), list(others), float(phi))
    assert 1 < size.times < 3
    assert size.low < size.times < size.high
    more = effect(
        counts[:1] * 2 * posts + counts[posts:],
        [3.0] * (2 * posts + 100),
        list(range(2 * posts)),
        list(range(2 * posts, 2 * posts + 100)),
        float(phi),
    )
    assert more.times >= size.times


def test_an_effect_reads_well() -> None:
    assert Effect(times=1.8, low=1.31, high=2.44).words == "1.8 times your usual (1.3 to 2.4)"
    assert Effect(times=0.5, low=0.3, high=0.97).words == "0.5 times your usual (0.30 to 0.97)"


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(0.3, 0.97, ("0.30", "0.97")), (0.997, 2.5, ("1.00", "2.50")), (1.31, 2.4, ("1.3", "2.4"))],
)
def test_both_ends_of_an_interval_have_as_many_places(low: float, high: float, words: tuple[str, str]) -> None:
    assert wording.bounds(low, high) == words


def test_one_post_is_told_as_one() -> None:
    found = Habits(posts=1, people=8, untold=0, looked_at=0, levels=(Level(network="blog", posts=1, median=8, mean=8),))
    assert levels(found) == ("blog: your one post brought 8 people.",)
    assert basis(found).startswith("From 1 post of the last 52 weeks")


def test_a_long_text_is_cut_where_everybody_sees_it() -> None:
    post = Post(id="p", account="town:ada", kind=PostKind.STATUS, at=NOW, text="word " * 200)
    assert line_of(post).endswith(" word…")
    assert len(line_of(post, TITLE)) <= TITLE
    assert line_of(msgspec.structs.replace(post, text="two\nlines")) == "two lines"


def test_dispersion_is_never_below_chance() -> None:
    assert dispersion([], []) == 1
    assert dispersion([3.0] * 10, [3.0] * 10) == 1
    assert dispersion([0.0, 15.0] * 10, [3.0] * 20) == pytest.approx((9 + 144) / 6)


def _plain(count: int) -> tuple[dict[str, Post], list[Response]]:
    """Posts that differ in topic, question and link, and never in what they bring beyond a little noise."""
    assert LEAST_WITH < 10
    chance = random.Random(4)
    posts, responses = {}, []
    for number in range(count):
        at = NOW - timedelta(days=350 - 340 * number / count, hours=number * 5 % 13)
        post = Post(
            id=f"p{number}",
            account="town:ada@town.example",
            kind=PostKind.STATUS,
            at=at,
            text="Why?" if number % 5 == 0 else "So.",
            topics=(("python", "garden", "shop")[number % 3],),
        )
        posts[post.id] = post
        response = Response(
            id=post.id, account=post.account, kind=post.kind, at=ticks(at), delays=(1,) * chance.choice((7, 8, 9))
        )
        responses.append(response)
    return posts, responses
