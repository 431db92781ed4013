"""What happens to posts after they were read: counters, names behind them, deletion."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Interaction, InteractionKind
from klout_tui.networks.mastodon import Mastodon, names
from klout_tui.networks.mastodon.bookmark import RECENT_POSTS, Bookmark, Remembered
from tests.networks.mastodon_fake import NOW, TOKEN, Entity, FakeMastodon, alice, person, recorded, status

LATER = NOW + timedelta(hours=7)


async def refresh(
    server: FakeMastodon, cursor: Cursor | None = None, *, token: str | None = TOKEN, now: datetime = NOW
) -> list[Batch]:
    async with server.client(token) as client:
        stream = Mastodon().refresh(alice(authorised=token is not None), cursor or {}, client, now)
        return [batch async for batch in stream]


def interactions(batches: list[Batch]) -> list[Interaction]:
    return [each for batch in batches for each in batch.interactions]


def quiet(number: int, **changes: Any) -> Entity:
    """A post nobody reacted to yet."""
    return status(number, **({"replies_count": 0, "reblogs_count": 0, "favourites_count": 0} | changes))


async def test_counters_are_read_again_after_six_hours_in_batches() -> None:
    server = FakeMastodon(statuses=[quiet(100 + number) for number in range(50)])
    cursor = (await refresh(server))[-1].cursor
    server.statuses[49]["favourites_count"] = 9
    server.asked.clear()
    soon = await refresh(server, cursor, now=NOW + timedelta(hours=5))
    assert "/api/v1/statuses" not in server.paths()
    assert soon[-1].cursor == cursor
    batches = await refresh(server, cursor, now=LATER)
    assert server.paths().count("/api/v1/statuses") == 2
    posts = [post for batch in batches for post in batch.posts]
    assert len(posts) == RECENT_POSTS
    (liked,) = [post for post in posts if post.counters[InteractionKind.LIKE]]
    assert (liked.id[-3:], liked.counters[InteractionKind.LIKE]) == ("149", 9)
    server.asked.clear()
    await refresh(server, batches[-1].cursor, now=LATER + timedelta(hours=1))
    assert "/api/v1/statuses" not in server.paths()


async def test_old_posts_and_boosts_are_not_read_again() -> None:
    server = FakeMastodon(statuses=[quiet(1, age=timedelta(days=31)), recorded("boost"), quiet(9300)])
    cursor = (await refresh(server))[-1].cursor
    assert set(Bookmark.read(cursor).recent) == {"9300"}
    server.asked.clear()
    await refresh(server, cursor, now=LATER)
    (asked,) = [request for request in server.asked if request.url.path == "/api/v1/statuses"]
    assert asked.url.params.get_list("id[]") == ["9300"]


@pytest.mark.parametrize("batch_read", [True, False])
async def test_a_deleted_post_is_gone_once(batch_read: bool) -> None:
    server = FakeMastodon(statuses=[quiet(1), quiet(2), quiet(3)], batch_read=batch_read)
    cursor = (await refresh(server))[-1].cursor
    deleted = server.statuses.pop(1)
    batches = await refresh(server, cursor, now=LATER)
    assert [uri for batch in batches for uri in batch.gone] == [deleted["uri"]]
    assert len([post for batch in batches for post in batch.posts]) == 2
    again = await refresh(server, batches[-1].cursor, now=LATER + timedelta(days=1))
    assert not [uri for batch in again for uri in batch.gone]


async def test_a_batch_answered_with_an_empty_list_deletes_nothing() -> None:
    server = FakeMastodon(statuses=[quiet(1), quiet(2)])
    cursor = (await refresh(server))[-1].cursor
    server.overrides["/api/v1/statuses"] = lambda _: httpx.Response(200, json=[])
    batches = await refresh(server, cursor, now=LATER)
    assert not [uri for batch in batches for uri in batch.gone]
    assert len([post for batch in batches for post in batch.posts]) == 2


async def test_a_batch_answered_with_other_peoples_posts_brings_none_of_them() -> None:
    server = FakeMastodon(statuses=[quiet(1)])
    cursor = (await refresh(server))[-1].cursor
    server.overrides["/api/v1/statuses"] = lambda _: httpx.Response(200, json=[recorded("reply"), quiet(1)])
    batches = await refresh(server, cursor, now=LATER)
    assert [post.id[-2:] for batch in batches for post in batch.posts] == ["/1"]


async def test_a_server_without_batch_reads_is_asked_one_by_one() -> None:
    server = FakeMastodon(statuses=[quiet(number) for number in range(1, 31)])
    server.overrides["/api/v1/statuses"] = lambda _: httpx.Response(422, json={"error": "?"})
    cursor = (await refresh(server))[-1].cursor
    server.asked.clear()
    batches = await refresh(server, cursor, now=LATER)
    assert len([post for batch in batches for post in batch.posts]) == 30
    assert server.paths().count("/api/v1/statuses") == 1


async def test_with_a_token_no_lists_of_people_are_read() -> None:
    server = FakeMastodon(statuses=[status(1)], people={"1/favourited_by": [person(1)]})
    await refresh(server)
    assert not [path for path in server.paths() if path.endswith(("_by", "/context"))]


async def test_without_a_token_names_come_from_public_lists() -> None:
    post = recorded("status", replies_count=2, reblogs_count=1, favourites_count=2)
    server = FakeMastodon(
        statuses=[post],
        people={"9001/favourited_by": [person(2), person(1)], "9001/reblogged_by": [person(3)]},
        contexts={"9001": recorded("context")},
    )
    found = interactions(await refresh(server, token=None))
    written = datetime.fromisoformat(post["created_at"])
    likes = [each for each in found if each.kind is InteractionKind.LIKE]
    assert [each.id for each in likes] == [
        f"mastodon:alice@social.example/like/https://tech.example/users/p{number}/{post['uri']}" for number in (2, 1)
    ]
    assert {(each.at, each.estimated, each.post) for each in likes} == {(written, True, post["uri"])}
    assert [each.actor.handle for each in found if each.kind is InteractionKind.REPOST] == ["@p3@tech.example"]
    replies = {each.id: each for each in found if each.kind is InteractionKind.REPLY}
    assert set(replies) == {"https://tech.example/users/ada/statuses/31", "https://tech.example/users/ada/statuses/34"}
    first, deeper = replies.values()
    assert (first.post, first.estimated, first.at) == (
        post["uri"],
        False,
        datetime.fromisoformat("2026-11-20T09:30:00Z"),
    )
    assert deeper.post == "https://social.example/users/alice/statuses/9102"
    assert all("authorization" not in request.headers for request in server.asked)


async def test_later_names_are_dated_to_the_reading_and_only_where_counters_grew() -> None:
    server = FakeMastodon(statuses=[quiet(1), quiet(2, favourites_count=1)], people={"2/favourited_by": [person(1)]})
    cursor = (await refresh(server, token=None))[-1].cursor
    server.asked.clear()
    assert not interactions(await refresh(server, cursor, token=None))
    assert len(server.asked) == 1
    server.people["1/favourited_by"] = [person(5)]
    server.people["2/favourited_by"] = [person(6), person(1)]
    server.statuses[1]["favourites_count"] = 2
    batches = await refresh(server, cursor, token=None, now=LATER)
    assert {(each.actor.handle, each.at, each.estimated) for each in interactions(batches)} == {
        ("@p6@tech.example", LATER, True),
        ("@p1@tech.example", LATER, True),
    }
    assert not any(path.endswith("/context") for path in server.paths())


async def test_an_undone_like_and_a_new_one_are_both_noticed() -> None:
    server = FakeMastodon(statuses=[quiet(1, favourites_count=2)], people={"1/favourited_by": [person(1), person(2)]})
    cursor = (await refresh(server, token=None))[-1].cursor
    server.statuses[0]["favourites_count"] = 1
    cursor = (await refresh(server, cursor, token=None, now=LATER))[-1].cursor
    server.statuses[0]["favourites_count"] = 2
    server.people["1/favourited_by"] = [person(3), person(1)]
    found = interactions(await refresh(server, cursor, token=None, now=LATER + timedelta(days=1)))
    assert "@p3@tech.example" in {each.actor.handle for each in found}


async def test_names_are_asked_for_a_few_posts_at_a_time_newest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "POSTS", 2)
    server = FakeMastodon(
        statuses=[quiet(number, favourites_count=1) for number in range(1, 6)],
        people={f"{number}/favourited_by": [person(number)] for number in range(1, 6)},
    )
    cursor: Cursor = {}
    rounds = []
    for _ in range(4):
        batches = await refresh(server, cursor, token=None)
        cursor = batches[-1].cursor if batches else cursor
        rounds.append([each.actor.handle[2] for each in interactions(batches)])
    assert rounds == [["5", "4"], ["3", "2"], ["1"], []]


async def test_long_lists_are_followed_by_their_links_up_to_a_bound() -> None:
    crowd = [person(number) for number in range(1000)]
    server = FakeMastodon(statuses=[quiet(1, favourites_count=1000)], people={"1/favourited_by": crowd})
    found = interactions(await refresh(server, token=None))
    assert len({each.actor.key for each in found}) == names.PAGES * 80


@pytest.mark.parametrize("code", [401, 403, 404, 405, 422])
async def test_a_server_that_refuses_to_read_several_is_asked_one_by_one(code: int) -> None:
    server = FakeMastodon(statuses=[quiet(1), quiet(2)])
    cursor = (await refresh(server))[-1].cursor
    server.overrides["/api/v1/statuses"] = lambda _: httpx.Response(code, json={"error": "no"})
    server.statuses[0]["favourites_count"] = 9
    batches = await refresh(server, cursor, now=NOW + timedelta(hours=7))
    counted = [post.counters[InteractionKind.LIKE] for batch in batches for post in batch.posts]
    assert sorted(counted) == [0, 9]


@pytest.mark.parametrize("code", [401, 403, 404, 422])
async def test_lists_that_are_not_shown_are_counted_and_cost_nothing_else(code: int) -> None:
    server = FakeMastodon(
        statuses=[quiet(1, favourites_count=1, replies_count=1), quiet(2, reblogs_count=1)],
        people={"2/reblogged_by": [person(1)]},
    )
    for path in ("/api/v1/statuses/1/favourited_by", "/api/v1/statuses/1/context"):
        server.overrides[path] = lambda _: httpx.Response(code, json={"error": "no"})
    batches = await refresh(server, token=None)
    assert len(interactions(batches)) == 1
    skipped = {name: count for batch in batches for name, count in batch.skipped.items()}
    assert skipped == {"favourited_by not shown": 1, "replies not shown": 1}


async def test_a_token_linked_later_finds_the_same_ids() -> None:
    post = recorded("status", replies_count=1, reblogs_count=0, favourites_count=1)
    server = FakeMastodon(
        statuses=[post],
        people={"9001/favourited_by": [recorded("account_ada")]},
        contexts={"9001": {"ancestors": [], "descendants": [recorded("reply")]}},
        notifications=[
            {
                "id": "2",
                "type": "favourite",
                "created_at": "2026-11-21T08:00:00Z",
                "account": recorded("account_ada"),
                "status": post,
            },
            {
                "id": "3",
                "type": "mention",
                "created_at": "2026-11-21T08:00:00Z",
                "account": recorded("account_ada"),
                "status": recorded("reply"),
            },
        ],
    )
    public = await refresh(server, token=None)
    named = await refresh(server, public[-1].cursor)
    assert {each.id for each in interactions(public)} == {each.id for each in interactions(named)}
    assert {each.estimated for each in interactions(named)} == {False}


def test_a_cursor_that_makes_no_sense_is_read_as_far_as_it_does() -> None:
    mark = Bookmark.read(
        {"recent": "[[1]", "posts_read": "many", "recounted": "soon", "posts_newest": "7", "else": "x"}
    )
    assert (mark.recent, mark.posts.read, mark.recounted, mark.posts.newest) == ({}, 0, None, "7")
    assert mark.written() == {"posts_newest": "7"}


def test_a_cursor_is_flat_short_and_survives_a_round_trip() -> None:
    mark = Bookmark(prefix="https://social.example/users/alice/statuses/")
    mark.recent = {
        str(number): Remembered(id=str(number), uri="", at=int(NOW.timestamp()), seen=(1, 2, 3), named=(0, 0, 1))
        for number in range(112_000_000_000_000_000, 112_000_000_000_000_040)
    }
    written = mark.written()
    assert all(isinstance(value, str) for value in written.values())
    assert len(str(written)) < 4000
    assert Bookmark.read(written) == mark
    assert mark.uri("112000000000000001").endswith("/statuses/112000000000000001")
