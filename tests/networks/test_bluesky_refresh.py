"""A refresh: from the top down to what is known, resumable at every batch, cheap when nothing is new."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Interaction, InteractionKind, Post, PostKind
from klout_tui.networks.base import NotFound, NotUnderstood, RateLimited, Unavailable
from klout_tui.networks.bluesky import Bluesky, lookback, reading
from klout_tui.networks.http import Limits
from tests.networks.bluesky_fake import (
    ADA,
    NOW,
    FakeBluesky,
    Object,
    ada,
    did,
    like,
    notification,
    person,
    post_uri,
    record,
    refusal,
    reposted,
    view,
)

BOTH = pytest.mark.parametrize("login", [True, False])


async def refresh(
    net: FakeBluesky, cursor: Cursor | None = None, *, login: bool = True, now: Any = NOW, batches: int = 10_000
) -> list[Batch]:
    """One refresh, or its first ``batches`` before it is killed."""
    account = ada(authorised=login)
    async with net.client("fake-fake-fake-fake" if login else None, account.base_url) as client:
        stream = Bluesky().refresh(account, cursor or {}, client, now)
        taken = [batch async for batch in _at_most(stream, batches)]
        await stream.aclose()  # type: ignore[attr-defined]  # an async generator, though the contract says less
    return taken


async def _at_most(stream: AsyncIterator[Batch], count: int) -> AsyncIterator[Batch]:
    for _ in range(count):
        try:
            yield await anext(stream)
        except StopAsyncIteration:
            return


def posts(batches: list[Batch]) -> dict[str, Post]:
    return {post.id: post for batch in batches for post in batch.posts}


def acts(batches: list[Batch]) -> dict[str, Interaction]:
    return {act.id: act for batch in batches for act in batch.interactions}


def told(batches: list[Batch]) -> list[str]:
    """Every id handed over, repetitions included."""
    return [post.id for batch in batches for post in batch.posts] + [
        act.id for batch in batches for act in batch.interactions
    ]


def busy(count: int = 130, likes: int = 250) -> FakeBluesky:
    """A network with a past: every third post was liked by two people, the second reposted by one."""
    net = FakeBluesky(page=30)
    net.feed = [view(number, age=timedelta(hours=count - number)) for number in range(count, 0, -1)]
    for place, post in enumerate(net.feed):
        if place % 3 == 0:
            net.likes[post["uri"]] = [like(person(place)), like(person(place + 1))]
            post["likeCount"] = 2
    net.reposters[net.feed[0]["uri"]] = [person(500)]
    net.feed[0]["repostCount"] = 1
    net.notifications = [
        notification(number, "like", person(number), subject=post_uri(1 + number % count), age=timedelta(hours=number))
        for number in range(likes)
    ]
    return net


async def test_the_first_refresh_with_a_login_reads_everything() -> None:
    net = busy()
    batches = await refresh(net)
    assert len(posts(batches)) == 130
    assert len(acts(batches)) == 250
    assert len(told(batches)) == 380
    assert batches[0].profile is not None
    assert (batches[0].profile.handle, batches[0].profile.followers) == ("@ada.example", 12)
    shares = [batch.progress for batch in batches if batch.progress is not None]
    assert shares == sorted(shares)
    assert 0 < shares[0] < 0.5
    assert shares[-1] == 1.0
    assert all(act.actor.followers == 7 for act in acts(batches).values())
    assert "getLikes" not in net.methods()


async def test_the_first_refresh_without_a_login_asks_for_names() -> None:
    net = busy()
    batches = await refresh(net, login=False)
    assert len(posts(batches)) == 130
    found = acts(batches).values()
    assert sum(act.kind is InteractionKind.LIKE for act in found) == 88
    assert [act.actor.key for act in found if act.kind is InteractionKind.REPOST] == [did(500)]
    shares = [batch.progress for batch in batches if batch.progress is not None]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert not any("authorization" in request.headers for request in net.asked)
    assert {request.url.host for request in net.asked} == {"public.api.bsky.app"}


@BOTH
async def test_nothing_new_takes_at_most_two_requests_and_changes_no_cursor(login: bool) -> None:
    net = busy()
    net.page = 100
    cursor = (await refresh(net, login=login))[-1].cursor
    net.asked.clear()
    batches = await refresh(net, cursor, login=login, now=NOW + timedelta(hours=1))
    assert net.methods() == (["getAuthorFeed", "listNotifications"] if login else ["getAuthorFeed"])
    assert {tuple(batch.cursor.items()) for batch in batches} == {tuple(cursor.items())}
    assert told(batches) == []
    assert all(batch.skipped == {} for batch in batches)


@BOTH
async def test_a_day_later_the_profile_is_read_again(login: bool) -> None:
    net = busy(3, 0)
    cursor = (await refresh(net, login=login))[-1].cursor
    net.handle = "ada.new.example"
    batches = await refresh(net, cursor, login=login, now=NOW + timedelta(days=1))
    assert batches[0].profile is not None
    assert batches[0].profile.handle == "@ada.new.example"
    assert batches[0].profile.keys == (ADA,)


async def test_a_handle_that_leads_nowhere_gives_way_to_the_did() -> None:
    net = FakeBluesky(handle="handle.invalid")
    batches = await refresh(net, login=False)
    assert batches[0].profile is not None
    assert batches[0].profile.handle == ADA


@BOTH
@pytest.mark.parametrize("step", [1, 2, 3])
async def test_killed_after_any_batch_it_ends_like_an_uninterrupted_one(login: bool, step: int) -> None:
    net = busy()
    whole = await refresh(net, login=login)
    cursor: Cursor = {}
    pieces: list[Batch] = []
    for _ in range(300):
        taken = await refresh(net, cursor, login=login, batches=step)
        pieces += taken
        if taken[-1].cursor == cursor:
            break
        cursor = taken[-1].cursor
    assert posts(pieces) == posts(whole)
    assert acts(pieces) == acts(whole)
    assert sorted(told(pieces)) == sorted(told(whole))
    assert cursor["posts_known"] == whole[-1].cursor["posts_known"]


@BOTH
@pytest.mark.parametrize("cursors", ["refused", "empty", "broken"])
async def test_a_server_that_forgets_its_cursors_costs_nothing(login: bool, cursors: str) -> None:
    net = busy()
    net.cursors = cursors
    whole = await refresh(net, login=login)
    cursor: Cursor = {}
    pieces: list[Batch] = []
    for step in (2, 3, 4, 5, 6, 60, 300):
        net.generation += 1
        pieces += await refresh(net, cursor, login=login, batches=step)
        cursor = pieces[-1].cursor
    assert posts(pieces) == posts(whole)
    assert acts(pieces) == acts(whole)


async def test_a_cursor_of_another_day_is_not_presented() -> None:
    net = busy()
    cursor = (await refresh(net, batches=3))[-1].cursor
    assert cursor["posts_next"]
    net.asked.clear()
    batches = await refresh(net, cursor, now=NOW + timedelta(days=1))
    feed = [request for request in net.asked if request.url.path.endswith("getAuthorFeed")]
    assert "cursor" not in feed[0].url.params
    assert len(posts(batches)) == 130


@BOTH
async def test_what_comes_in_during_a_broken_reading_is_not_lost(login: bool) -> None:
    net = busy()
    first = await refresh(net, login=login, batches=3)
    net.feed.insert(0, view(900, age=timedelta(0)))
    net.notifications.insert(0, notification(900, "follow", person(900), age=timedelta(0)))
    rest = await refresh(net, first[-1].cursor, login=login)
    assert post_uri(900) in posts(rest)
    assert (f"bluesky:{ADA}/follow/{did(900)}" in acts(rest)) is login


async def test_a_forward_reading_that_is_broken_off_leaves_no_hole() -> None:
    net = busy(40, 40)
    cursor = (await refresh(net))[-1].cursor
    net.feed[:0] = [view(1000 + number, age=timedelta(0)) for number in range(95, 0, -1)]
    net.notifications[:0] = [
        notification(1000 + number, "like", person(number), subject=post_uri(1001), age=timedelta(0))
        for number in range(95, 0, -1)
    ]
    pieces: list[Batch] = []
    for _ in range(20):
        taken = await refresh(net, cursor, batches=1)
        pieces += taken
        cursor = taken[-1].cursor
    assert len(posts(pieces)) == 95
    assert len(acts(pieces)) == 95


@settings(max_examples=40, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 12), st.integers(1, 6), st.sampled_from(["kept", "refused", "empty"])),
        min_size=1,
        max_size=8,
    ),
    page=st.integers(3, 9),
)
async def test_whatever_happens_in_whatever_order_all_is_read(steps: list[tuple[int, int, str]], page: int) -> None:
    net = FakeBluesky(page=page)
    cursor: Cursor = {}
    pieces: list[Batch] = []
    made = 0
    for new, batches, cursors in steps:
        for _ in range(new):
            made += 1
            age = timedelta(minutes=500 - made)
            net.feed.insert(0, view(made, age=age))
            net.notifications.insert(0, notification(made, "like", person(made), subject=post_uri(made), age=age))
        net.cursors, net.generation = cursors, net.generation + 1
        taken = await refresh(net, cursor, batches=batches)
        pieces += taken
        cursor = taken[-1].cursor
    pieces += await refresh(net, cursor)
    assert set(posts(pieces)) == {post_uri(number) for number in range(1, made + 1)}
    assert len(acts(pieces)) == made


@BOTH
async def test_short_and_empty_pages_with_a_cursor_are_gone_through(login: bool) -> None:
    net = busy(60, 60)

    def thin(request: httpx.Request) -> httpx.Response | None:
        asked = request.url.params.get("cursor", "")
        if not asked.startswith("thin"):
            return httpx.Response(200, json={"feed": [], "notifications": [], "cursor": f"thin{asked}"})
        method = request.url.path.rpartition(".")[2]
        again = httpx.Request("GET", request.url.copy_remove_param("cursor"), headers=request.headers)
        if rest := asked.removeprefix("thin"):
            again = httpx.Request("GET", request.url.copy_set_param("cursor", rest), headers=request.headers)
        del net.overrides[method]
        answer = net.answer(again)
        net.overrides[method] = thin
        return answer

    net.overrides = {"getAuthorFeed": thin, "listNotifications": thin}
    batches = await refresh(net, login=login)
    assert len(posts(batches)) == 60
    assert not login or len(acts(batches)) == 60


async def test_a_cursor_that_repeats_ends_the_reading() -> None:
    net = busy(60, 0)
    net.overrides["getAuthorFeed"] = lambda _: httpx.Response(
        200, json={"feed": [{"post": each} for each in net.feed[:30]], "cursor": "round-and-round"}
    )
    assert len(posts(await refresh(net))) == 30
    assert net.methods().count("getAuthorFeed") == 2


async def test_pages_without_end_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    net = FakeBluesky()
    count = iter(range(10_000))
    net.overrides["getAuthorFeed"] = lambda _: httpx.Response(200, json={"feed": [], "cursor": f"c{next(count)}"})
    await refresh(net)
    assert net.methods().count("getAuthorFeed") == reading.EMPTY
    monkeypatch.setattr(reading, "MOST_POSTS", 90)
    net = busy(300, 0)
    assert len(posts(await refresh(net))) == 90


async def test_the_reading_ends_at_the_horizon() -> None:
    net = FakeBluesky(page=2)
    net.feed = [view(number, age=timedelta(days=400 * (10 - number))) for number in range(9, 0, -1)]
    assert set(posts(await refresh(net))) == {post_uri(number) for number in (9, 8, 7, 6)}


async def test_what_is_pinned_is_an_old_post_out_of_its_place() -> None:
    net = busy(50, 0)
    pin = {"post": net.feed[-1], "reason": {"$type": "app.bsky.feed.defs#reasonPin"}}
    cursor = (await refresh(net))[-1].cursor
    net.feed[:0] = [pin, *(view(1000 + number, age=timedelta(0)) for number in range(40, 0, -1))]
    batches = await refresh(net, cursor)
    assert set(posts(batches)) == {post_uri(1000 + number) for number in range(1, 41)}


async def test_a_known_entry_that_moved_to_the_top_hides_no_new_ones() -> None:
    net = busy(50, 50)
    cursor = (await refresh(net))[-1].cursor
    net.notifications.insert(0, net.notifications.pop(20))
    net.notifications[1:1] = [
        notification(1000 + number, "like", person(number), subject=post_uri(1), age=timedelta(0))
        for number in range(70)
    ]
    assert len(acts(await refresh(net, cursor))) == 70


async def test_a_reused_address_with_another_subject_is_another_act() -> None:
    net = busy(3, 0)
    first = notification(1, "like", person(1), subject=post_uri(1))
    net.notifications = [first]
    cursor = (await refresh(net))[-1].cursor
    net.notifications.insert(0, notification(1, "like", person(1), subject=post_uri(2)))
    assert [act.post for act in acts(await refresh(net, cursor)).values()] == [post_uri(2)]


async def test_own_reposts_are_a_kind_of_their_own() -> None:
    net = FakeBluesky()
    theirs = view(5, author=person(5), likeCount=900, said=record("Theirs"))
    net.feed = [
        reposted(1, theirs, age=timedelta(hours=1)),
        reposted(2, view(1), age=timedelta(hours=2)),
        view(1),
        {"post": view(6, author=person(6))},
    ]
    batches = await refresh(net)
    found = posts(batches)
    assert {post.kind for post in found.values()} == {PostKind.REPOST, PostKind.STATUS}
    repost = found[f"at://{ADA}/app.bsky.feed.repost/3repo000001"]
    assert (repost.text, repost.counters, repost.at) == ("reposted @p5.example", {}, NOW - timedelta(hours=1))
    assert repost.url == f"https://bsky.app/profile/{did(5)}/post/3post000005"
    (mine,) = acts(batches).values()
    assert (mine.kind, mine.own, mine.post) == (InteractionKind.REPOST, True, post_uri(1))
    assert sum((batch.skipped.get("post of somebody else", 0) for batch in batches), 0) == 1


async def test_a_counter_that_moved_on_the_first_page_tells_the_post_again() -> None:
    net = busy(20, 0)
    cursor = (await refresh(net))[-1].cursor
    net.feed[4]["likeCount"] = 5
    batches = await refresh(net, cursor)
    (post,) = posts(batches).values()
    assert post.id == net.feed[4]["uri"]
    assert post.counters[InteractionKind.LIKE] == 5


@BOTH
async def test_counters_beyond_the_first_page_are_read_every_six_hours(login: bool) -> None:
    net = FakeBluesky(page=20)
    net.feed = [view(number, age=timedelta(hours=100 - number)) for number in range(60, 0, -1)]
    cursor = (await refresh(net, login=login))[-1].cursor
    net.feed[-1] |= {"likeCount": 1}
    net.likes[post_uri(1)] = [like(person(1))]
    batches = await refresh(net, cursor, login=login, now=NOW + timedelta(hours=1))
    assert not posts(batches)
    net.asked.clear()
    batches = await refresh(net, batches[-1].cursor, login=login, now=NOW + lookback.EVERY)
    assert list(posts(batches)) == [post_uri(1)]
    assert net.methods().count("getPosts") == 2
    assert len(acts(batches)) == (0 if login else 1)


@BOTH
async def test_a_deleted_post_is_found_gone_at_once(login: bool) -> None:
    net = busy(50, 0)
    net.page = 100
    cursor = (await refresh(net, login=login))[-1].cursor
    lost = net.feed.pop(7)["uri"]
    batches = await refresh(net, cursor, login=login)
    assert [uri for batch in batches for uri in batch.gone] == [lost]
    net.asked.clear()
    batches = await refresh(net, batches[-1].cursor, login=login)
    assert [uri for batch in batches for uri in batch.gone] == []
    assert len(net.asked) <= 2


async def test_all_posts_deleted_and_the_last_one() -> None:
    net = busy(3, 0)
    cursor = (await refresh(net))[-1].cursor
    lost, net.feed = {each["uri"] for each in net.feed}, []
    assert {uri for batch in await refresh(net, cursor) for uri in batch.gone} == lost


async def test_a_post_the_feed_hides_is_not_gone_and_looked_for_once() -> None:
    net = busy(20, 0)
    cursor = (await refresh(net))[-1].cursor
    hidden = net.feed[3]
    net.overrides["getAuthorFeed"] = lambda _: httpx.Response(
        200, json={"feed": [{"post": each} for each in net.feed if each is not hidden]}
    )
    batches = await refresh(net, cursor)
    assert not [uri for batch in batches for uri in batch.gone]
    net.asked.clear()
    batches = await refresh(net, batches[-1].cursor)
    assert net.methods() == ["getAuthorFeed", "listNotifications"]
    del net.overrides["getAuthorFeed"]
    batches = await refresh(net, batches[-1].cursor)
    net.feed.remove(hidden)
    batches = await refresh(net, batches[-1].cursor)
    assert [uri for batch in batches for uri in batch.gone] == [hidden["uri"]]


async def test_followers_are_asked_for_25_at_a_time_and_kept_a_week() -> None:
    net = busy(1, 60)
    net.followers[did(3)] = 4321
    batches = await refresh(net)
    assert {act.actor.key: act.actor.followers for act in acts(batches).values()}[did(3)] == 4321
    assert net.methods().count("getProfiles") == 4  # two pages of 30
    cursor = batches[-1].cursor
    net.asked.clear()
    net.notifications.insert(0, notification(901, "follow", person(3), age=timedelta(0)))
    batches = await refresh(net, cursor, now=NOW + timedelta(days=6))
    assert [act.actor.followers for act in acts(batches).values()] == [4321]
    assert "getProfiles" not in net.methods()
    net.notifications.insert(0, notification(902, "like", person(3), subject=post_uri(1), age=timedelta(0)))
    net.followers[did(3)] = 5000
    batches = await refresh(net, batches[-1].cursor, now=NOW + timedelta(days=8))
    assert [act.actor.followers for act in acts(batches).values()] == [5000]


async def test_a_server_without_follower_counts_is_read_all_the_same() -> None:
    net = busy(1, 60)
    net.overrides["getProfiles"] = lambda _: refusal(501, "MethodNotImplemented")
    batches = await refresh(net)
    assert len(acts(batches)) == 60
    assert all(act.actor.followers is None for act in acts(batches).values())
    assert net.methods().count("getProfiles") == 1


async def test_odd_entries_cost_themselves_only_and_are_counted_once() -> None:
    net = busy(3, 3)
    net.notifications[1:1] = [None, "?", {"reason": "like"}, notification(700, "starterpack-joined", person(1))]  # type: ignore[list-item]
    net.feed.insert(1, {"post": {"uri": post_uri(3)}})
    net.overrides["listNotifications"] = lambda _: httpx.Response(200, json={"notifications": net.notifications})
    net.overrides["getAuthorFeed"] = lambda _: httpx.Response(
        200, json={"feed": [each if "post" in each else {"post": each} for each in net.feed]}
    )
    batches = await refresh(net)
    assert len(acts(batches)) == 3
    assert len(posts(batches)) == 3
    skipped = {name: count for batch in batches for name, count in batch.skipped.items()}
    assert skipped == {"unreadable post": 1, "unreadable notification": 3, "starterpack-joined": 1}
    assert all(not batch.skipped for batch in await refresh(net, batches[-1].cursor))


async def test_trouble_in_the_middle_keeps_what_was_read() -> None:
    net = busy()
    answers = iter([None, None, refusal(502, "UpstreamFailure"), refusal(502, "UpstreamFailure")])
    net.overrides["listNotifications"] = lambda _: next(answers, None)
    taken: list[Batch] = []

    async def read() -> None:
        async with net.client() as client:
            async for batch in Bluesky().refresh(ada(), {}, client, NOW):
                taken.append(batch)

    with pytest.raises(Unavailable):
        await read()
    rest = await refresh(net, taken[-1].cursor)
    assert len(acts(taken + rest)) == 250
    assert len(told(taken + rest)) == 380


async def test_an_account_that_is_gone_says_so() -> None:
    net = FakeBluesky()
    net.overrides["getProfile"] = lambda _: refusal(400, "AccountDeactivated", "Account is deactivated")
    with pytest.raises(NotFound, match="this account is deactivated, says public"):
        await refresh(net, login=False)


async def test_a_server_that_tells_of_somebody_else_is_not_believed() -> None:
    net = FakeBluesky(me=person(1))
    with pytest.raises(NotUnderstood, match="the server told of"):
        await refresh(net, login=False)


async def test_a_profile_that_begins_to_hide_is_read_anew() -> None:
    net = busy(20, 10)
    batches = await refresh(net)
    assert all(post.public for post in posts(batches).values())
    net.me["labels"] = [{"src": ADA, "val": "!no-unauthenticated"}]
    batches = await refresh(net, batches[-1].cursor, now=NOW + timedelta(days=1))
    assert len(posts(batches)) == 20
    assert not any(post.public for post in posts(batches).values())
    assert not any(act.public for act in acts(batches).values())


@pytest.mark.parametrize("spoilt", ["{", "[1]", "x" * 8, '[["a"]]', '{"a": 1}', "\N{SNOWMAN}" * 20])
@BOTH
async def test_a_spoilt_cursor_is_read_as_far_as_it_makes_sense(spoilt: str, login: bool) -> None:
    net = busy(20, 20)
    cursor = dict.fromkeys((await refresh(net, login=login))[-1].cursor, spoilt)
    batches = await refresh(net, cursor | {"listing": spoilt, "posts_read": spoilt}, login=login)
    assert len(posts(batches)) == 20


async def test_more_requests_than_one_refresh_may_send_go_on_in_the_next() -> None:
    net = busy(130, 250)
    taken: list[Batch] = []
    for _ in range(10):
        async with net.client(limits=Limits(tries=1, requests=6)) as client:
            try:
                async for batch in Bluesky().refresh(ada(), taken[-1].cursor if taken else {}, client, NOW):
                    taken.append(batch)
                break
            except RateLimited:
                continue
    assert len(acts(taken)) == 250
    assert len(told(taken)) == 380


def wide(count: int) -> list[Object]:
    """Entries that are longer than need be."""
    return [view(number, said=record("long " * 200)) for number in range(count, 0, -1)]


async def test_a_page_too_large_is_asked_for_in_portions() -> None:
    net = FakeBluesky(feed=wide(60))
    async with net.client(limits=Limits(tries=1, body=60_000)) as client:
        batches = [batch async for batch in Bluesky().refresh(ada(), {}, client, NOW)]
    assert len(posts(batches)) == 60
