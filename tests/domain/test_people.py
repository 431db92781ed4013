"""Who is new, fell silent, waits, brought others along; figures against a plain count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klout_tui.domain.crowd import Crowd
from klout_tui.domain.days import Days
from klout_tui.domain.digest import ticks
from klout_tui.domain.lookalikes import lookalikes
from klout_tui.domain.model import Actor, Interaction, InteractionKind, Post
from klout_tui.domain.people import (
    Gathered,
    Listing,
    Past,
    Sort,
    Tab,
    Wish,
    bot_sign,
    listing,
    main_topics,
    silence,
)
from klout_tui.domain.ties import NONE, Ties, tied
from tests.domain.facts import ACCOUNT, NOON, act, ago, history, post

BERLIN = ZoneInfo("Europe/Berlin")
LIKE, REPOST, REPLY, COMMENT = (
    InteractionKind.LIKE,
    InteractionKind.REPOST,
    InteractionKind.REPLY,
    InteractionKind.COMMENT,
)
Posts = Mapping[str, Post]


def monthly(count: int = 40) -> dict[str, Post]:
    """A post every third week, so that she was never away."""
    posts = (post(f"p{number}", "python", at=ago(21 * number)) for number in range(count))
    return {each.id: each for each in posts}


def crowd(
    acts: Iterable[Interaction], posts: Posts, *, since: int = 0, ties: Ties = NONE, now: datetime = NOON
) -> Crowd:
    found = Crowd(Days(BERLIN), since=since, until=now, spreading=True)
    for digest in history(acts, posts):
        found.add(digest.tied(ties))
    return found


def listed(acts: Iterable[Interaction], posts: Posts, wish: Wish, *, now: datetime = NOON) -> Listing:
    acts = list(acts)
    recent = crowd(acts, posts, since=ticks(now - timedelta(days=90)), now=now)
    months = [digest.visible(ticks(now)) for digest in history(acts, posts)]
    gathered = Gathered(now=now, recent=recent, months=months, past=Past.of(crowd(acts, posts, now=now), now))
    return listing(gathered, wish, lambda keys: main_topics(months, keys))


def keys(found: Listing) -> list[str]:
    return [person.key for person in found.people]


def regular(who: str, months: int, gone: int, *, each: int = 4, kind: InteractionKind = COMMENT) -> list[Interaction]:
    """Somebody there several times a month for some months, whose last was ``gone`` days ago."""
    return [
        act(
            kind,
            who,
            NOON - timedelta(days=gone + number * 30 / each),
            on=f"p{int((gone + number * 30 / each) // 21) + 1}",
        )
        for number in range(months * each)
    ]


def others(count: int = 700) -> list[Interaction]:
    """Somebody else every third day, so that the account was never silent."""
    return [act(LIKE, f"other{number % 9}", ago(number), on="p39") for number in range(0, count, 3)]


# Figures


acts = st.lists(
    st.builds(
        lambda kind, who, hours, on: act(kind, who, NOON - timedelta(hours=hours), on=on),
        st.sampled_from([LIKE, REPOST, REPLY]),
        st.sampled_from(["ann", "bo", "cy", "di"]),
        st.integers(0, 4000),
        st.sampled_from(["p0", "p1", None]),
    ),
    max_size=40,
    unique_by=lambda each: each.id,
)


@settings(max_examples=60, deadline=None)
@given(acts, st.lists(st.lists(st.sampled_from(["ann", "bo", "cy", "di"]), min_size=2, max_size=2), max_size=2))
def test_figures_are_those_of_a_plain_count(done: list[Interaction], groups: list[list[str]]) -> None:
    ties = tied(groups)
    found = crowd(done, monthly(3), ties=ties).tallies
    by: defaultdict[str, list[Interaction]] = defaultdict(list)
    for each in done:
        by[ties.person(each.actor.key)].append(each)
    assert found.keys() == by.keys()
    for key, theirs in by.items():
        tally = found[key]
        kinds = [each.kind for each in theirs]
        assert tally.acts == len(theirs)
        assert tally.days == len({each.at.astimezone(BERLIN).date() for each in theirs})
        assert (tally.first, tally.last) == (ticks(min(e.at for e in theirs)), ticks(max(e.at for e in theirs)))
        assert tally.kinds == {kind: kinds.count(kind) for kind in set(kinds)}
        assert bin(tally.months).count("1") == len({(each.at.year, each.at.month) for each in theirs})


def test_figures_are_of_ninety_days_or_of_all() -> None:
    done = [
        act(LIKE, "ann", ago(1), on="p0"),
        act(LIKE, "ann", ago(200), on="p10"),
        act(REPOST, "bo", ago(200), on="p10"),
    ]
    (ann,) = listed(done, monthly(), Wish()).people
    assert (ann.key, ann.acts, ann.first) == ("ann", 1, ago(200))
    assert [each.acts for each in listed(done, monthly(), Wish(whole=True)).people] == [2, 1]
    assert ann.topics == ("python",)
    assert ann.networks == ("mastodon",)


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (Sort.FIT, ["ann", "cy", "bo"]),
        (Sort.ACTS, ["bo", "ann", "cy"]),
        (Sort.LAST, ["cy", "bo", "ann"]),
        (Sort.SINCE, ["cy", "ann", "bo"]),
        (Sort.NEWEST, ["bo", "ann", "cy"]),
        (Sort.NAME, ["ann", "bo", "cy"]),
    ],
)
def test_the_order_is_the_one_asked_for(sort: Sort, order: list[str]) -> None:
    done = [
        *(act(LIKE, "ann", ago(day), on="p1") for day in (30, 20, 10)),
        *(act(kind, "bo", ago(9), on=on) for kind in (LIKE, REPLY) for on in ("p0", "p1")),
        act(LIKE, "cy", ago(1), on="p1"),
        act(LIKE, "cy", ago(300), on="p15"),
    ]
    assert keys(listed(done, monthly(), Wish(sort=sort))) == order


def test_a_filter_looks_at_names_and_handles() -> None:
    done = [act(LIKE, who, ago(1), on="p0") for who in ("ann", "bo")]
    found = listed(done, monthly(), Wish(words="BO far"))
    assert (keys(found), found.found, found.counts[Tab.ALL]) == (["bo"], 1, 2)


def test_without_the_past_nobody_is_said_to_be_new_or_silent() -> None:
    recent = crowd([act(LIKE, "ann", ago(1), on="p0")], monthly())
    found = listing(Gathered(now=NOON, recent=recent), Wish(), lambda _: {})
    assert not found.complete
    assert found.counts == {
        Tab.ALL: 1,
        Tab.NEW: None,
        Tab.SILENT: None,
        Tab.WAITING: 0,
        Tab.INTRODUCERS: None,
        Tab.APART: 0,
    }
    assert found.people[0].first is None


# New


def test_new_is_who_was_never_seen_before_where_that_can_be_told() -> None:
    done = [
        *others(),
        act(LIKE, "ann", ago(5), on="p0"),
        act(LIKE, "bo", ago(5), on="p0"),
        act(LIKE, "bo", ago(100), on="p5"),
    ]
    assert keys(listed(done, monthly(), Wish(tab=Tab.NEW))) == ["ann"]


def test_nobody_is_new_where_little_is_known_from_before() -> None:
    posts = {each.id: each for each in (post("p0", at=ago(40)),)}
    assert keys(listed([act(LIKE, "ann", ago(15), on="p0")], posts, Wish(tab=Tab.NEW))) == []


def test_a_guessed_date_makes_nobody_new() -> None:
    guessed = msgspec.structs.replace(act(LIKE, "ann", ago(5), on="p0"), estimated=True)
    assert keys(listed([*others(), guessed], monthly(), Wish(tab=Tab.NEW))) == []


# Silent


def test_a_regular_who_is_there_no_more_fell_silent() -> None:
    found = listed([*others(), *regular("ann", 10, 100)], monthly(), Wish(tab=Tab.SILENT))
    (ann,) = found.people
    assert ann.silence is not None
    assert ann.silence.did is COMMENT
    assert ann.silence.months >= 10
    assert ann.silence.last == ago(100)


@pytest.mark.parametrize(
    ("why", "done", "posts"),
    [
        ("only one month", [*others(), *regular("ann", 10, 40)], monthly()),
        ("too few months", [*others(), *regular("ann", 3, 100)], monthly()),
        ("too rarely for that pause", [*others(), *regular("ann", 10, 70, each=1)], monthly()),
        ("two years ago", [*others(), *regular("ann", 10, 500)], monthly()),
        ("nobody else came either", regular("ann", 10, 100), monthly()),
        (
            "she was away herself",
            [*others(), *regular("ann", 10, 100)],
            {k: p for k, p in monthly().items() if p.at < ago(100)},
        ),
        ("such pauses are usual", [*others(), *regular("ann", 7, 100), *regular("ann", 6, 420)], monthly()),
    ],
)
def test_no_wolf_is_cried(why: str, done: list[Interaction], posts: Posts) -> None:
    assert why
    assert keys(listed(done, posts, Wish(tab=Tab.SILENT))) == []


@given(st.integers(0, 700), st.integers(1, 6), st.integers(1, 24))
@settings(max_examples=60, deadline=None)
def test_a_silence_ends_with_the_next_act(gone: int, each: int, months: int) -> None:
    done = regular("ann", months, gone, each=each)
    back = crowd([*others(), *done, act(LIKE, "ann", NOON, on="p0")], monthly())
    assert silence(back.tallies["ann"], back, NOON) is None


# Who brought others


def spreading(
    count: int, *, hours: float = 3, kind: InteractionKind = REPOST, estimated: bool = False
) -> list[Interaction]:
    repost = act(kind, "ann", ago(10), on="p1")
    came = [act(LIKE, f"new{n}", ago(10) + timedelta(hours=hours), on="p1") for n in range(count)]
    return [
        *others(),
        act(LIKE, "ann", ago(300), on="p15"),
        msgspec.structs.replace(repost, estimated=estimated),
        *came,
    ]


def test_new_people_after_a_repost_are_told_of_whoever_reposted() -> None:
    (ann,) = listed(spreading(3), monthly(), Wish(tab=Tab.INTRODUCERS)).people
    assert (ann.key, ann.newcomers, len(ann.spreads)) == ("ann", 3, 1)
    assert ann.spreads[0].newcomers == ("new0", "new1", "new2")


@pytest.mark.parametrize(
    "done",
    [spreading(2), spreading(3, hours=50), spreading(3, kind=LIKE), spreading(3, estimated=True)],
    ids=["too few", "too late", "a like", "a guessed date"],
)
def test_no_introducer_without_reason(done: list[Interaction]) -> None:
    assert keys(listed(done, monthly(), Wish(tab=Tab.INTRODUCERS))) == []


def test_each_newcomer_is_told_of_the_last_repost_before_only() -> None:
    second = act(REPOST, "bo", ago(10) + timedelta(hours=2), on="p1")
    done = [*spreading(3), act(LIKE, "bo", ago(300), on="p15"), second]
    assert keys(listed(done, monthly(), Wish(tab=Tab.INTRODUCERS))) == ["bo"]


def test_a_repost_at_the_end_of_a_month_reaches_into_the_next() -> None:
    end = datetime(2026, 10, 31, 22, tzinfo=UTC)
    done = [*others(), act(REPOST, "other1", end, on="p1")]
    done += [act(LIKE, f"new{n}", end + timedelta(hours=8), on="p1") for n in range(3)]
    assert keys(listed(done, monthly(), Wish(tab=Tab.INTRODUCERS))) == ["other1"]


# Apart


def test_bots_her_own_and_the_ignored_are_apart() -> None:
    done = [
        act(LIKE, "ann", ago(1), on="p0"),
        act(LIKE, "me", ago(1), on="p0", own=True),
        msgspec.structs.replace(act(LIKE, "bo", ago(1), on="p0"), ignored=True),
        msgspec.structs.replace(act(LIKE, "b", ago(1), on="p0"), actor=Actor(key="b", handle="@news-bot@x.example")),
    ]
    assert keys(listed(done, monthly(), Wish())) == ["ann"]
    apart = listed(done, monthly(), Wish(tab=Tab.APART)).people
    assert {person.key: person.apart for person in apart} == {
        "me": "yours",
        "bo": "ignored",
        "b": "a bot by its handle",
    }


@pytest.mark.parametrize(
    "handle", ["@news-bot@x.example", "@app[bot]", "bot.example", "@my_bot@x.example", "@bot@x.example"]
)
def test_signs_of_a_bot(handle: str) -> None:
    assert bot_sign(Actor(key="k", handle=handle))


@pytest.mark.parametrize("handle", ["@abbot@x.example", "@botanist@x.example", "@talbot@bot.example", "robot9.example"])
def test_no_signs_of_a_bot(handle: str) -> None:
    assert not bot_sign(Actor(key="k", handle=handle))


# Who may be one person


ANN = Actor(
    key="https://social.example/users/ann",
    handle="@ann@social.example",
    name="Ann Lee",
    url="https://social.example/@ann",
)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (
            Actor(key="did:plc:ann", handle="ann.bsky.social", name="ann  lee"),
            "the same handle and name on another network",
        ),
        (Actor(key="k", handle="Ann", url="http://www.social.example/@ann/"), "the same address"),
        (Actor(key="did:plc:x", handle="ann.bsky.social", name="Anna"), None),
        (Actor(key="https://social.example/users/ann2", handle="@ann@social.example", name="Ann Lee"), None),
        (Actor(key="did:plc:y", handle="zoe.bsky.social", name="Ann Lee"), None),
    ],
)
def test_who_may_be_one_person(other: Actor, reason: str | None) -> None:
    found = lookalikes([ANN, other])
    assert [pair.reason for pair in found] == ([reason] if reason else [])
    if found:
        assert lookalikes([ANN, other], apart={found[0].keys}) == ()
        assert lookalikes([ANN, other], skip=lambda actor: actor is other) == ()


def test_a_handle_that_is_a_domain_belongs_to_its_site() -> None:
    blog = Actor(key="https://ann.example", handle="Ann", url="https://ann.example/")
    (pair,) = lookalikes([blog, Actor(key="did:plc:ann", handle="ann.example")])
    assert pair.reason == "the same address"


def test_what_many_share_is_no_reason() -> None:
    crowded = [Actor(key=f"https://s{n}.example/ann", handle=f"@ann@s{n}.example", name="Ann Lee") for n in range(6)]
    assert lookalikes(crowded) == ()


def test_the_account_is_named() -> None:
    found = crowd([act(LIKE, "ann", ago(1), on="p0")], monthly())
    assert found.accounts_of(found.tallies["ann"]) == [ACCOUNT]
