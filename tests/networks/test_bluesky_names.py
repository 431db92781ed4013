"""Without a login: names are asked for where a counter moved, page by page, and dated as honestly as can be."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Interaction, InteractionKind
from klout_tui.networks.base import NotUnderstood, Unavailable
from klout_tui.networks.bluesky import names
from tests.networks.bluesky_fake import (
    ADA,
    NOW,
    FakeBluesky,
    Object,
    answering,
    did,
    her,
    like,
    mentioning,
    person,
    post_uri,
    quoting,
    record,
    refusal,
    view,
)
from tests.networks.test_bluesky_refresh import acts, refresh

POST = post_uri(1)
AGE = timedelta(days=2)


async def read(
    net: FakeBluesky, cursor: Cursor | None = None, *, hours: float = 0, batches: int = 1_000
) -> list[Batch]:
    return await refresh(net, cursor, login=False, now=NOW + timedelta(hours=hours), batches=batches)


def of_kind(batches: list[Batch], kind: InteractionKind) -> list[Interaction]:
    return [act for act in acts(batches).values() if act.kind is kind]


def node(post: Object, *replies: Object) -> Object:
    return {"$type": "app.bsky.feed.defs#threadViewPost", "post": post, "replies": list(replies)}


def net_with(**counters: int) -> FakeBluesky:
    return FakeBluesky(feed=[view(1, age=AGE) | counters])


async def test_a_repost_is_dated_to_the_post_at_the_first_look_and_to_the_look_later_on() -> None:
    net = net_with(repostCount=1)
    net.reposters[POST] = [person(1)]
    batches = await read(net)
    (repost,) = of_kind(batches, InteractionKind.REPOST)
    assert (repost.at, repost.estimated, repost.post) == (NOW - AGE, True, POST)
    assert repost.id == f"bluesky:{ADA}/repost/{did(1)}/{POST}"
    net.reposters[POST].insert(0, person(2))
    net.feed[0]["repostCount"] = 2
    batches = await read(net, batches[-1].cursor, hours=1)
    assert {act.actor.key: act.at for act in of_kind(batches, InteractionKind.REPOST)}[did(2)] == NOW + timedelta(
        hours=1
    )


async def test_a_counter_that_was_seen_at_zero_dates_its_gain_to_the_gaining() -> None:
    net = net_with()
    batches = await read(net)
    net.feed[0]["repostCount"] = 1
    net.reposters[POST] = [person(1)]
    (repost,) = of_kind(await read(net, batches[-1].cursor, hours=5), InteractionKind.REPOST)
    assert (repost.at, repost.estimated) == (NOW + timedelta(hours=5), True)


async def test_likes_carry_their_own_dates() -> None:
    net = net_with(likeCount=2)
    net.likes[POST] = [like(person(1), age=timedelta(hours=3)), {"actor": person(2)}]
    found = {act.actor.key: act for act in of_kind(await read(net), InteractionKind.LIKE)}
    assert (found[did(1)].at, found[did(1)].estimated) == (NOW - timedelta(hours=3), False)
    assert (found[did(2)].at, found[did(2)].estimated) == (NOW, True)


async def test_names_are_asked_only_where_a_counter_moved() -> None:
    net = net_with(likeCount=1)
    net.feed.append(view(2, age=AGE, likeCount=3))
    batches = await read(net)
    net.asked.clear()
    net.feed[0]["likeCount"] = 2
    batches = await read(net, batches[-1].cursor, hours=1)
    assert net.methods() == ["getAuthorFeed", "getLikes"]
    net.feed[0]["likeCount"] = 1
    net.asked.clear()
    batches = await read(net, batches[-1].cursor, hours=2)
    assert net.methods() == ["getAuthorFeed"]
    net.feed[0]["likeCount"] = 2
    net.asked.clear()
    await read(net, batches[-1].cursor, hours=3)
    assert net.methods() == ["getAuthorFeed", "getLikes"]


async def test_what_old_posts_had_gained_before_stays_a_number() -> None:
    net = FakeBluesky(feed=[view(1, age=timedelta(days=100), likeCount=7)])
    batches = await read(net)
    assert "getLikes" not in net.methods()
    net.feed[0]["likeCount"] = 8
    net.likes[POST] = [like(person(1))]
    assert len(of_kind(await read(net, batches[-1].cursor), InteractionKind.LIKE)) == 1


async def test_a_long_list_is_read_page_by_page_and_taken_up_where_it_was_left() -> None:
    net = net_with(likeCount=250)
    net.page = 40
    net.likes[POST] = [like(person(number)) for number in range(250)]
    whole = await read(net)
    assert len(acts(whole)) == 250
    asked = net.methods().count("getLikes")
    net.asked.clear()
    pieces: list[Batch] = []
    cursor: Cursor = {}
    for _ in range(12):
        taken = await read(net, cursor, batches=1)
        pieces += taken
        cursor = taken[-1].cursor
    assert acts(pieces) == acts(whole)
    assert sum(len(batch.interactions) for batch in pieces) == 250
    # a batch that was handed over is one whose page was read; the page after it may have been read twice
    assert net.methods().count("getLikes") == asked


@pytest.mark.parametrize("cursors", ["refused", "empty", "broken"])
async def test_a_list_whose_cursor_was_forgotten_begins_anew(cursors: str) -> None:
    net = net_with(likeCount=100)
    net.page, net.cursors = 20, cursors
    net.likes[POST] = [like(person(number)) for number in range(100)]
    first = await read(net, batches=4)
    net.generation += 1
    rest = await read(net, first[-1].cursor)
    assert 0 < len(acts(first)) < 100
    assert len(acts(first + rest)) == 100


async def test_a_list_that_was_left_yesterday_begins_anew() -> None:
    net = net_with(likeCount=100)
    net.page = 20
    net.likes[POST] = [like(person(number)) for number in range(100)]
    first = await read(net, batches=4)
    net.asked.clear()
    await read(net, first[-1].cursor, hours=24)
    likes = [request for request in net.asked if request.url.path.endswith("getLikes")]
    assert "cursor" not in likes[0].url.params


async def test_empty_pages_and_cursors_that_repeat() -> None:
    net = net_with(likeCount=30)
    net.likes[POST] = [like(person(number)) for number in range(30)]
    pages = iter(
        [
            {"likes": [], "cursor": "a"},
            {"likes": net.likes[POST][:10], "cursor": "b"},
            {"likes": [], "cursor": "c"},
            {"likes": net.likes[POST][10:], "cursor": "a"},
        ]
    )
    net.overrides["getLikes"] = lambda _: httpx.Response(200, json=next(pages))
    assert len(acts(await read(net))) == 30


async def test_a_list_without_end_is_left() -> None:
    net = net_with(likeCount=30)
    count = iter(range(1_000))
    net.overrides["getLikes"] = lambda _: httpx.Response(200, json={"likes": [], "cursor": f"c{next(count)}"})
    await read(net)
    assert net.methods().count("getLikes") == names.EMPTY


async def test_people_of_many_lists_are_asked_about_together() -> None:
    net = FakeBluesky(feed=[view(number, age=AGE, likeCount=1) for number in range(40, 0, -1)])
    net.likes = {post_uri(number): [like(person(number))] for number in range(1, 41)}
    batches = await read(net)
    assert len(acts(batches)) == 40
    assert all(act.actor.followers == 7 for act in acts(batches).values())
    assert net.methods().count("getProfiles") == 4


async def test_more_people_than_are_read_stay_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "PAGES", 2)
    net = net_with(likeCount=500)
    net.likes[POST] = [like(person(number)) for number in range(500)]
    assert len(acts(await read(net))) == 200


async def test_what_is_left_for_the_next_refresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "REQUESTS", 6)
    net = FakeBluesky(feed=[view(number, age=AGE, likeCount=1) for number in range(20, 0, -1)])
    net.likes = {post_uri(number): [like(person(1))] for number in range(1, 21)}
    pieces = await read(net)
    assert 0 < len(acts(pieces)) < 20
    for _ in range(8):
        pieces += await read(net, pieces[-1].cursor)
    assert len(acts(pieces)) == 20


async def test_the_meaning_of_what_stands_below_a_post() -> None:
    net = net_with(replyCount=2)
    ben, cleo = person(1), person(2)
    direct = view(11, author=ben, said=record("to her") | answering(POST))
    aside = view(12, author=cleo, said=record("to Ben") | answering(direct["uri"], POST))
    called = view(13, author=cleo, said=record("@ada", **mentioning()) | answering(direct["uri"], POST))
    hers = view(14, said=record("thanks") | answering(direct["uri"], POST))
    to_hers = view(15, author=ben, said=record("welcome") | answering(hers["uri"], POST))
    both = view(16, author=cleo, said=record("quotes and answers") | answering(POST) | quoting(POST))
    gone = {"$type": "app.bsky.feed.defs#notFoundPost", "uri": post_uri(17), "notFound": True}
    blocked = {
        "$type": "app.bsky.feed.defs#blockedPost",
        "uri": post_uri(18),
        "blocked": True,
        "author": {"did": did(9)},
    }
    net.threads[POST] = [
        node(direct, node(aside), node(called), node(hers, node(to_hers)), gone),
        node(both),
        blocked,
        {"$type": "app.bsky.feed.defs#somethingNew"},
    ]
    found = {act.text: (act.kind, act.post) for act in acts(await read(net)).values()}
    assert found == {
        "to her": (InteractionKind.REPLY, POST),
        "to Ben": (InteractionKind.REPLY, POST),
        "@ada": (InteractionKind.MENTION, None),
        "welcome": (InteractionKind.REPLY, hers["uri"]),
        "quotes and answers": (InteractionKind.QUOTE, POST),
    }


async def test_a_conversation_between_others_is_none_of_hers_in_the_end() -> None:
    net = net_with(replyCount=1)
    tree: Object = {}
    for level in range(8, 0, -1):
        parent = POST if level == 1 else post_uri(100 + level - 1, did(level - 1))
        said = view(100 + level, author=person(level), said=record(str(level)) | answering(parent, POST))
        tree = node(said, *([tree] if tree else []))
    net.threads[POST] = [tree]
    assert sorted(act.text for act in acts(await read(net)).values()) == ["1", "2", "3", "4"]


async def test_quotes_are_dated_and_named_by_themselves() -> None:
    net = net_with(quoteCount=2)
    net.quotes[POST] = [
        view(21, author=person(1), age=timedelta(hours=4), said=record("see", age=timedelta(hours=4)) | quoting(POST)),
        view(22, author=person(2), said=record("no embed told")),
    ]
    found = acts(await read(net))
    quote = found[post_uri(21, did(1))]
    assert (quote.kind, quote.post, quote.at) == (InteractionKind.QUOTE, POST, NOW - timedelta(hours=4))
    assert found[post_uri(22, did(2))].kind is InteractionKind.QUOTE


async def test_her_own_acts_explain_her_counters_and_are_flagged() -> None:
    net = net_with(likeCount=2, quoteCount=1)
    net.likes[POST] = [like(her()), like(person(1))]
    mine = view(2, age=timedelta(hours=1), said=record("again", age=timedelta(hours=1)) | quoting(POST))
    net.feed.insert(0, mine)
    net.quotes[POST] = [mine]
    found = acts(await read(net)).values()
    assert {(act.kind, act.own) for act in found} == {
        (InteractionKind.LIKE, True),
        (InteractionKind.LIKE, False),
        (InteractionKind.QUOTE, True),
    }


@pytest.mark.parametrize(
    "answer",
    [
        refusal(400, "NotFound", "gone"),
        refusal(403, "Forbidden", "no"),
        refusal(400, "InvalidRequest", "odd"),
        httpx.Response(200, json={"likes": None}),
        httpx.Response(200, text="<html>"),
    ],
)
async def test_a_list_that_cannot_be_had_costs_itself_only(answer: httpx.Response) -> None:
    net = net_with(likeCount=1, repostCount=1)
    net.reposters[POST] = [person(1)]
    net.overrides["getLikes"] = lambda _: answer
    batches = await read(net)
    assert [act.kind for act in acts(batches).values()] == [InteractionKind.REPOST]
    assert sum(batch.skipped.get("like names not shown", 0) for batch in batches) == 1


async def test_a_list_that_was_garbled_once_is_read_with_the_next_refresh() -> None:
    net = net_with(likeCount=1)
    net.likes[POST] = [like(person(1))]
    net.overrides["getLikes"] = lambda _: httpx.Response(200, text="{")
    batches = await read(net)
    assert not acts(batches)
    net.overrides.clear()
    assert len(acts(await read(net, batches[-1].cursor))) == 1


async def test_trouble_and_bad_feeds_end_the_refresh() -> None:
    net = net_with(likeCount=1)
    net.overrides["getLikes"] = lambda _: refusal(502, "UpstreamFailure")
    with pytest.raises(Unavailable):
        await read(net)
    net.overrides = {"getAuthorFeed": lambda _: httpx.Response(200, json={"feed": {}})}
    with pytest.raises(NotUnderstood, match="expected a list of feed"):
        await read(net)
