"""Who came to a post, and how soon: one person counts once, guesses and numbers without names stand apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from klout_tui.domain.digest import digests, ticks
from klout_tui.domain.model import Actor, Increment, Interaction, InteractionKind, Post, PostKind
from klout_tui.domain.responses import Response, responses
from klout_tui.domain.usual import LEAST, TOP, by_topic, times_usual, usual

BEGIN = datetime(2026, 10, 31, 22, tzinfo=UTC)
END = BEGIN + timedelta(days=40)
ACCOUNT = "town:ada@town.example"


def post(name: str, after: float = 0, **more: object) -> Post:
    fields = {"kind": PostKind.STATUS, "topics": ("python",)} | more
    return Post(id=name, account=ACCOUNT, at=BEGIN + timedelta(hours=after), text=name, **fields)  # type: ignore[arg-type]


def act(
    who: str,
    on: str,
    after: float,
    kind: InteractionKind = InteractionKind.LIKE,
    *,
    estimated: bool = False,
    own: bool = False,
) -> Interaction:
    return Interaction(
        id=f"{who}/{kind}/{on}/{after}",
        account=ACCOUNT,
        kind=kind,
        actor=Actor(key=who, handle=who),
        at=BEGIN + timedelta(hours=after),
        post=on,
        estimated=estimated,
        own=own,
    )


def found(acts: list[Interaction], posts: list[Post], **more: frozenset[str]) -> dict[str, Response]:
    history = (digest.visible(ticks(END)) for digest in digests(acts, posts))
    return {each.id: each for each in responses(history, ticks(BEGIN), ticks(END), **more)}


def hours(response: Response) -> list[float]:
    return [delay / 3_600_000_000 for delay in response.delays]


def test_a_person_counts_once_by_the_first_thing_they_did() -> None:
    acts = [act("ann", "p", 5), act("ann", "p", 2, InteractionKind.REPOST), act("bo", "p", 3)]
    assert hours(found(acts, [post("p")])["p"]) == [2, 3]


def test_a_month_later_is_still_the_same_person() -> None:
    acts = [act("ann", "p", 1), act("ann", "p", 30), act("cy", "p", 31)]
    assert hours(found(acts, [post("p")])["p"]) == [1, 31]


def test_guessed_dates_and_nameless_numbers_stand_apart() -> None:
    told = post("p", unnamed=(Increment(kind=InteractionKind.LIKE, at=BEGIN + timedelta(hours=4), count=7),))
    acts = [act("ann", "p", 0, estimated=True), act("bo", "p", 2), act("bo", "p", 0, estimated=True)]
    response = found(acts, [told])["p"]
    assert (hours(response), response.undated, response.unnamed) == ([2], 1, 7)
    assert not response.is_told


def test_her_own_acts_and_echoes_are_left_out() -> None:
    acts = [act("ada", "p", 1, own=True), act("ann", "p", 2)]
    assert hours(found(acts, [post("p")])["p"]) == [2]


def test_only_originals_of_the_span_are_told() -> None:
    posts = [post("early", -100), post("reply", 1, kind=PostKind.REPLY), post("p", 2), post("guessed", 3)]
    assert list(found([act("ann", "early", 5)], posts, without=frozenset({"guessed"}))) == ["p"]


def test_what_came_later_than_the_moment_looked_at_is_not_known() -> None:
    history = [
        digest.visible(ticks(BEGIN + timedelta(hours=3))) for digest in digests([act("bo", "p", 5)], [post("p")])
    ]
    assert responses(history, ticks(BEGIN), ticks(BEGIN + timedelta(hours=3)))[0].delays == ()


def test_a_post_is_compared_with_its_neighbours_on_its_own_account() -> None:
    accounts = ["large", "small"] * 40
    counts = [20, 2] * 40
    usuals = usual(accounts, counts)
    assert all(abs(each - 20) < 1e-9 for each in usuals[::2])
    assert all(abs(each - 2) < 1e-9 for each in usuals[1::2])


def test_growth_is_followed_and_a_viral_post_hides_nothing() -> None:
    counts = [5] * 50 + [10] * 50
    usuals = usual(["a"] * 100, counts)
    assert usuals[2] < 6.5
    assert usuals[97] > 8.5
    counts[20] = 5000
    assert usual(["a"] * 100, counts)[21] < 30
    assert times_usual(counts, usuals)[20] == TOP


def test_a_usual_of_nothing_is_not_divided_by() -> None:
    assert usual(["a"] * 3, [0, 0, 0]) == [LEAST] * 3
    assert times_usual([0], [LEAST]) == [0]
    assert usual([], []) == []


def test_a_topic_of_few_posts_says_little() -> None:
    topics = [("python",)] * 60 + [("rare",)] + [()] * 39
    times = [2.0] * 60 + [5.0] + [0.2] * 39
    does = by_topic(topics, times)
    assert does[0] > 1.4
    assert does[60] < does[0]
    assert does[99] == 1.0
    assert by_topic([], []) == []
