"""From facts to the view: nothing from the future, nothing invented, the same counts everywhere."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from klout_tui.domain.dashboard import Choice, Facts, Standing, derive, standing
from klout_tui.domain.details import (
    newest,
    newest_on,
    originals_on,
    person_detail,
    post_detail,
    reactions,
    search,
    topic_people,
)
from klout_tui.domain.model import Account, Fault, Health, Increment, InteractionKind, Reading
from tests.domain.facts import ACCOUNT, NOON, act, ago, by_id, history, post

BERLIN = ZoneInfo("Europe/Berlin")
ADA = Account(
    id=ACCOUNT, network="mastodon", handle="@ada@social.example", base_url="https://social.example", linked_at=ago(300)
)


def reading(back: int, followers: int | None) -> Reading:
    return Reading(account=ACCOUNT, day=(NOON - timedelta(days=back)).date(), followers=followers)


def test_an_empty_store_is_an_empty_view() -> None:
    view = derive(Facts(), NOON, BERLIN, Choice())
    assert (view.accounts, view.plusks, view.topics.rows) == ((), (), ())
    assert view.engagement.total == 0
    assert set(view.engagement.totals) == {None}
    assert view.zone == BERLIN


def test_news_are_counted_since_the_last_visit() -> None:
    facts = Facts(
        accounts=(ADA,),
        history=history(
            (
                act(at=ago(8)),
                act(who="bo", at=ago(0.2)),
                act(InteractionKind.LIKE, "cy", ago(0.1)),
                act(InteractionKind.FOLLOW, "di", ago(0.1), on=None),
                act(InteractionKind.LIKE, "me", ago(0.1), own=True),
            ),
            by_id(post("p", "python", at=ago(9))),
        ),
        last_visit=ago(1),
    )
    news = derive(facts, NOON, BERLIN, Choice()).news
    assert (news.plusks, news.to_thank, news.reactions, news.follows) == (1, 2, 2, 1)
    assert derive(facts, NOON, BERLIN, Choice()).accounts[0].news == 3


def test_the_first_visit_has_no_news() -> None:
    news = derive(Facts(accounts=(ADA,), history=history([act(at=ago(1))], {})), NOON, BERLIN, Choice()).news
    assert (news.since, news.plusks, news.reactions) == (None, 0, 0)


def test_nothing_from_the_future_is_seen() -> None:
    facts = Facts(
        accounts=(ADA,),
        history=history(
            [act(at=ago(-0.5))], by_id(post("p", "python", at=ago(9)), post("tomorrow", "secret", at=ago(-1)))
        ),
        readings=(reading(10, 5), reading(-1, 99)),
    )
    view = derive(facts, NOON, BERLIN, Choice())
    assert view.plusks == ()
    assert [row.topic for row in view.topics.rows] == ["python"]
    assert view.accounts[0].followers == 5


def test_followers_and_their_change_over_a_week() -> None:
    def row(*readings: Reading) -> tuple[int | None, int | None]:
        (found,) = derive(Facts(accounts=(ADA,), readings=readings), NOON, BERLIN, Choice()).accounts
        return found.followers, found.followers_change

    assert row() == (None, None)
    assert row(reading(0, 10)) == (10, None)
    assert row(reading(3, 7), reading(0, 10)) == (10, None)
    assert row(reading(9, 4), reading(8, 5), reading(0, 10)) == (10, 5)
    assert row(reading(8, None), reading(0, 10)) == (10, None)


def test_a_change_over_a_week_is_told_only_of_readings_a_week_apart() -> None:
    def change(*readings: Reading) -> int | None:
        return derive(Facts(accounts=(ADA,), readings=readings), NOON, BERLIN, Choice()).accounts[0].followers_change

    assert change(reading(120, 100), reading(0, 400)) is None
    assert change(reading(11, 100), reading(0, 400)) is None
    assert change(reading(10, 100), reading(0, 400)) == 300
    assert change(reading(7, 100), reading(2, 400)) == 300
    assert change(reading(9, 100), reading(8, None), reading(0, 400)) == 300
    assert change(reading(9, 100), reading(8, 400)) is None
    assert change(reading(7, 100), reading(0, None)) is None


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("credential", Standing.TOKEN),
        ("rate_limited", Standing.LIMITED),
        ("unavailable", Standing.DOWN),
        ("not_understood", Standing.DOWN),
        ("plugin", Standing.DOWN),
    ],
)
def test_every_fault_has_a_word(kind: str, word: Standing) -> None:
    assert standing(Health(account="a", fault=Fault(kind=kind, message="m")), False) is word


def test_the_other_standings() -> None:
    assert standing(Health(account="a"), False) is Standing.NEVER
    assert standing(Health(account="a", last_ok=NOON), False) is Standing.OK
    assert standing(Health(account="a", last_ok=NOON), True) is Standing.PAUSED


POSTS = by_id(post("p", "python", at=ago(20)), post("q", "web", at=ago(5)))
ACTS = [
    act(at=ago(19)),
    act(InteractionKind.REPLY, "ann", ago(4), on="q", text="That settles it for good"),
    act(InteractionKind.LIKE, "bo", ago(3), on="q"),
    act(InteractionKind.LIKE, "me", ago(3), on="q", own=True),
]


HISTORY = history(ACTS, POSTS)


def test_a_person_opens_into_all_they_did() -> None:
    found = person_detail("ann", HISTORY, ACTS[1::-1], {}, lambda: ())
    assert found is not None
    assert (found.first, found.last) == (ago(19), ago(4))
    assert found.kinds == {InteractionKind.REPOST: 1, InteractionKind.REPLY: 1}
    assert found.topics == (("web", 1), ("python", 1))
    assert [plusk.topics for plusk in found.plusks] == [("web",), ("python",)]
    assert found.titles == {"p": "text of p", "q": "text of q"}
    assert person_detail("nobody", HISTORY, (), {}, lambda: ()) is None


def test_the_newest_acts_are_named_by_month_and_no_more_than_asked_for() -> None:
    acts = [act(InteractionKind.LIKE, "ann", ago(day), on=f"p{day}") for day in range(0, 70, 5)]
    months = history(acts, {})
    found = newest("ann", reversed(months), 8)
    assert [act_id for ids in found.values() for act_id in ids] == [each.id for each in acts[:8]]
    assert list(found) == ["2026-11", "2026-10"]
    assert newest_on("p5", reversed(months)) == {"2026-11": [acts[1].id]}


def test_a_post_opens_into_what_it_brought() -> None:
    found = post_detail(POSTS["q"], [digest.visible() for digest in HISTORY], ACTS[2:0:-1])
    assert [each.actor.key for each in found.acts] == ["bo", "ann"]
    assert found.kinds == {InteractionKind.LIKE: 1, InteractionKind.REPLY: 1}


def test_what_a_post_brought_is_the_same_in_a_list_and_on_its_page() -> None:
    rise = Increment(kind=InteractionKind.LIKE, at=ago(2), count=5)
    liked = msgspec.structs.replace(POSTS["q"], unnamed=(rise,), counters={InteractionKind.LIKE: 7})
    months = history(ACTS, by_id(POSTS["p"], liked))
    brought = reactions((POSTS["p"], liked), months)
    assert brought["q"] == {InteractionKind.LIKE: 6, InteractionKind.REPLY: 1}
    assert brought["p"] == {InteractionKind.REPOST: 1}
    page = post_detail(liked, [digest.visible() for digest in months], ())
    assert Counter(page.kinds) + Counter(page.unnamed) == brought["q"]
    assert reactions((liked,), ()) == {"q": {InteractionKind.LIKE: 5}}


def test_a_topic_opens_into_posts_and_people() -> None:
    months = [digest.visible() for digest in HISTORY]
    assert originals_on("web", months) == ["q"]
    assert [(actor.key, count) for actor, count in topic_people("web", months)] == [("ann", 1), ("bo", 1)]


def test_search_finds_topics_people_posts_and_words() -> None:
    def found(query: str, limit: int = 200) -> list[tuple[str | None, ...]]:
        months = [digest.visible() for digest in HISTORY]
        hits = search(query, months, reversed(POSTS.values()), reversed(ACTS), limit)
        return [(hit.topic, hit.person, hit.post) for hit in hits]

    assert found("WEB") == [("web", None, None)]
    assert found("ann") == [(None, "ann", None)]
    assert found("text of q") == [(None, None, "q")]
    assert found("settles good") == [(None, "ann", None)]
    assert found("  ") == []
    assert found("me") == []
    assert len(found("text", limit=1)) == 1
