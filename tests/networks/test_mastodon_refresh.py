"""A refresh: backwards once, forward ever after, resumable at every batch."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import InteractionKind, PostKind
from klout_tui.networks.base import CredentialRefused, NotFound, NotUnderstood, OtherHost, RateLimited, Unavailable
from klout_tui.networks.http import Client, Limits
from klout_tui.networks.mastodon import Mastodon, reading
from tests.networks.mastodon_fake import (
    NOW,
    TOKEN,
    FakeMastodon,
    alice,
    favourite,
    person,
    recorded,
    recorded_list,
    status,
)


async def refresh(
    server: FakeMastodon, cursor: Cursor | None = None, *, token: str | None = TOKEN, **kwargs: Any
) -> list[Batch]:
    account = alice(authorised=token is not None)
    async with server.client(token) as client:
        stream = Mastodon().refresh(account, cursor or {}, client, kwargs.get("now", NOW))
        return [batch async for batch in stream]


def post_ids(batches: list[Batch]) -> list[str]:
    return [post.id for batch in batches for post in batch.posts]


def interaction_ids(batches: list[Batch]) -> list[str]:
    return [each.id for batch in batches for each in batch.interactions]


def busy(posts: int = 100, likes: int = 200) -> FakeMastodon:
    """A server with a past."""
    statuses = [status(1000 + number, age=timedelta(days=200 - number)) for number in range(posts)]
    return FakeMastodon(
        statuses=statuses,
        notifications=[
            favourite(5000 + number, statuses[number % posts], person(number), age=timedelta(hours=300 - number))
            for number in range(likes)
        ],
    )


async def test_first_run_reads_everything() -> None:
    server = busy()
    batches = await refresh(server)
    assert len(set(post_ids(batches))) == len(post_ids(batches)) == 100
    assert len(set(interaction_ids(batches))) == len(interaction_ids(batches)) == 200
    assert batches[0].profile is not None
    assert batches[0].profile.followers == 1204
    shares = [batch.progress for batch in batches if batch.progress is not None]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert 0 < shares[0] < 0.5


@pytest.mark.parametrize(
    ("token", "asked"),
    [
        (TOKEN, ["/api/v1/accounts/495/statuses", "/api/v1/notifications"]),
        (None, ["/api/v1/accounts/495/statuses"]),
    ],
)
async def test_nothing_new_takes_two_requests_at_most_and_changes_no_cursor(
    token: str | None, asked: list[str]
) -> None:
    server = busy()
    cursor = (await refresh(server, token=token))[-1].cursor
    while token is None and (more := await refresh(server, cursor, token=None)):
        cursor = more[-1].cursor  # the names behind the counters, a few posts at a time
    server.asked.clear()
    assert await refresh(server, cursor, token=token) == []
    assert server.paths() == asked


async def test_the_profile_is_read_four_times_a_day_and_whenever_there_is_news() -> None:
    server = busy(2, 2)
    cursor = (await refresh(server))[-1].cursor
    server.me = server.me | {"followers_count": 1300}
    later = NOW + timedelta(hours=6)
    told = [batch.profile.followers for batch in await refresh(server, cursor, now=later) if batch.profile]
    assert told == [1300]
    server.notifications.append(favourite(9000, server.statuses[0], person(77)))
    news = await refresh(server, cursor)
    assert [batch.profile.followers for batch in news if batch.profile] == [1300]
    assert len(interaction_ids(news)) == 1


async def test_forward_leaves_no_gap_however_long_the_pause() -> None:
    server = busy(10, 10)
    cursor = (await refresh(server))[-1].cursor
    new = [status(2000 + number) for number in range(90)]
    server.statuses += new
    server.notifications += [favourite(6000 + number, new[0], person(900 + number)) for number in range(170)]
    batches = await refresh(server, cursor)
    assert sorted(post_ids(batches)) == sorted(each["uri"] for each in new)
    assert len(set(interaction_ids(batches))) == 170
    assert all(batch.progress is None for batch in batches)
    after = await refresh(server, batches[-1].cursor)
    assert not post_ids(after) + interaction_ids(after)


@pytest.mark.parametrize("token", [TOKEN, None])
@pytest.mark.parametrize("links", [True, False])
async def test_killed_after_any_batch_it_resumes_without_loss_or_repetition(token: str | None, links: bool) -> None:
    server = busy(130, 250)
    server.links = links
    whole = await refresh(server, token=token)
    cursor: Cursor = {}
    pieces: list[Batch] = []
    for _ in range(60):
        async with server.client(token) as client:
            stream = Mastodon().refresh(alice(authorised=token is not None), cursor, client, NOW)
            taken = [each async for each in _at_most(stream, 2)]
            await stream.aclose()  # type: ignore[attr-defined]  # an async generator, though the contract says less
        pieces += taken
        if not taken or taken[-1].cursor == cursor:
            break
        cursor = taken[-1].cursor
    assert sorted(post_ids(pieces)) == sorted(post_ids(whole))
    assert sorted(interaction_ids(pieces)) == sorted(interaction_ids(whole))
    assert cursor == whole[-1].cursor


async def _at_most(stream: Any, count: int) -> Any:
    for _ in range(count):
        try:
            yield await anext(stream)
        except StopAsyncIteration:
            return


async def test_what_is_published_during_a_broken_backfill_is_not_lost() -> None:
    server = busy(100, 0)
    async with server.client() as client:
        stream = Mastodon().refresh(alice(), {}, client, NOW)
        first = [await anext(stream), await anext(stream)]
    server.statuses.append(status(3000))
    rest = await refresh(server, first[-1].cursor)
    assert len(set(post_ids(first) + post_ids(rest))) == 101


async def test_the_first_run_ends_at_its_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_POSTS", 80)
    monkeypatch.setattr(reading, "MOST_NOTIFICATIONS", 80)
    batches = await refresh(busy(200, 300))
    assert len(post_ids(batches)) == 80
    assert len(interaction_ids(batches)) == 80
    assert not {"posts_before", "notifications_before"} & set(batches[-1].cursor)


async def test_ids_that_grow_by_a_digit_stay_in_order() -> None:
    server = FakeMastodon(statuses=[status(number) for number in range(95, 100)])
    cursor = (await refresh(server, token=None))[-1].cursor
    server.statuses += [status(number) for number in range(100, 103)]
    batches = await refresh(server, cursor, token=None)
    assert len(post_ids(batches)) == 3
    assert batches[-1].cursor["posts_newest"] == "102"


async def test_the_first_run_ends_at_the_horizon() -> None:
    old = [status(100 + number, age=timedelta(days=1500)) for number in range(120)]
    server = FakeMastodon(statuses=[status(999), *old])
    batches = await refresh(server, token=None)
    assert 40 < len(post_ids(batches)) <= 80


async def test_an_empty_account_stays_cheap_and_notices_its_first_post() -> None:
    server = FakeMastodon()
    cursor = (await refresh(server))[-1].cursor
    server.asked.clear()
    assert (await refresh(server, cursor))[-1].cursor == cursor
    assert len(server.asked) == 2
    server.statuses.append(status(1))
    assert post_ids(await refresh(server, cursor)) == ["https://social.example/users/alice/statuses/1"]


async def test_every_type_and_what_was_skipped() -> None:
    server = FakeMastodon(notifications=recorded_list("notifications"), statuses=[recorded("status")])
    batches = await refresh(server)
    kinds = [each.kind for batch in batches for each in batch.interactions]
    assert sorted(kinds) == sorted(
        [
            InteractionKind.LIKE,
            InteractionKind.REPOST,
            InteractionKind.REPLY,
            InteractionKind.MENTION,
            InteractionKind.FOLLOW,
            InteractionKind.QUOTE,
        ]
    )
    assert {name: count for batch in batches for name, count in batch.skipped.items()} == {
        "status": 1,
        "admin.sign_up": 1,
    }


async def test_a_broken_entry_costs_neither_its_page_nor_the_next() -> None:
    server = busy(3, 81)
    server.notifications[40]["account"] = {"no": "id"}
    server.notifications[41]["status"] = status(7, account=[])
    server.notifications.append({"id": "9999", "type": 7})
    server.statuses[1]["account"] = None
    batches = await refresh(server)
    skipped: dict[str, int] = {}
    for batch in batches:
        for name, count in batch.skipped.items():
            skipped[name] = skipped.get(name, 0) + count
    assert skipped["unreadable notification"] >= 3
    assert skipped["unreadable status"] == 1
    assert len(post_ids(batches)) == 2
    cursor = batches[-1].cursor
    assert cursor["notifications_newest"] == "9999"


async def test_odd_members_cost_no_more_than_themselves() -> None:
    server = busy(3, 3)
    posts, acts_told = server.statuses, [*server.notifications]
    for other, act in enumerate(acts_told):
        act["status"] = status(1000 + other)
    liked, boosted, followed = acts_told
    liked |= {"id": 5000, "group_key": 7}
    liked["account"] |= {
        "id": 77,
        "display_name": None,
        "username": None,
        "followers_count": "hidden",
        "bot": "perhaps",
    }
    boosted["status"]["tags"] = ["python", {"name": None}, None, {"name": "sundials"}]
    followed["account"] |= {"display_name": "half \ud800", "pleroma": [], "created_at": 7}
    posts[0] |= {"tags": "none", "quote": True, "replies_count": {}, "sensitive": "?"}
    posts[1] |= {"in_reply_to_id": 1000, "in_reply_to_account_id": 495}
    for path, told in (("accounts/495/statuses", posts), ("notifications", acts_told)):
        server.overrides[f"/api/v1/{path}"] = lambda request, told=told: httpx.Response(  # type: ignore[misc]
            200, text=json.dumps([] if "max_id" in request.url.params else told)
        )
    batches = await refresh(server)
    assert [batch.skipped for batch in batches if batch.skipped] == []
    assert len(post_ids(batches)) == 3
    acts = [each for batch in batches for each in batch.interactions]
    assert len(acts) == 3
    assert [each.actor.followers for each in acts if each.post == posts[0]["uri"]] == [None]
    replies = [post.reply_to for batch in batches for post in batch.posts if post.kind is PostKind.REPLY]
    assert replies == [server.statuses[0]["uri"]]


@pytest.mark.parametrize("body", [[1, None, "x", {}, []], [{"id": "5"}], [{"id": "99999999"}, {"id": 7, "type": None}]])
async def test_a_list_of_something_else_moves_no_cursor(body: list[object]) -> None:
    server = busy(90, 200)
    cursor = (await refresh(server))[-1].cursor
    server.overrides["/api/v1/notifications"] = lambda _: httpx.Response(200, json=body)
    for known in (None, cursor):
        with pytest.raises(NotUnderstood, match=r"expected a list of notifications .* entries that are none"):
            await refresh(server, known)


async def test_pages_too_large_for_one_answer_are_read_in_portions() -> None:
    server = busy(3, 60)
    for each in server.notifications[10:30]:
        each["status"]["content"] = "x" * 90_000  # of what is allowed here, as 6 MB each of what is allowed outside

    async with Client(
        base_url="https://social.example",
        token=TOKEN,
        transport=httpx.MockTransport(server.answer),
        clock=lambda: NOW,
        limits=Limits(body=1_000_000),
    ) as client:
        batches = [batch async for batch in Mastodon().refresh(alice(), {}, client, NOW)]
    assert len(set(interaction_ids(batches))) == 60


async def test_a_date_far_ahead_is_estimated() -> None:
    server = busy(1, 1)
    server.statuses[0]["created_at"] = "2047-01-01T00:00:00.000Z"
    server.notifications[0]["created_at"] = (NOW + timedelta(seconds=5)).isoformat()
    batches = await refresh(server)
    (post,) = (post for batch in batches for post in batch.posts)
    (act,) = (act for batch in batches for act in batch.interactions)
    assert (post.at, post.estimated) == (NOW, True)
    assert (act.at, act.estimated) == (NOW, False)


async def test_a_server_that_ignores_min_id_does_not_trap_us() -> None:
    server = FakeMastodon(statuses=[status(1), status(2)])
    cursor = (await refresh(server, token=None))[-1].cursor
    page = [status(3), status(2), status(1)]
    server.overrides["/api/v1/accounts/495/statuses"] = lambda _: httpx.Response(200, json=page)
    server.asked.clear()
    batches = await refresh(server, cursor, token=None)
    assert post_ids(batches) == ["https://social.example/users/alice/statuses/3"]
    assert server.paths().count("/api/v1/accounts/495/statuses") == 2


async def test_a_server_that_never_ends_its_list_does_not_trap_us() -> None:
    server = FakeMastodon()
    same = httpx.Response(
        200, json=[status(2), status(1)], headers={"Link": '<https://x.example/?max_id=1>; rel="next"'}
    )
    server.overrides["/api/v1/accounts/495/statuses"] = lambda _: same
    batches = await refresh(server, token=None)
    assert len(post_ids(batches)) == 4


async def test_private_posts_come_only_with_the_token_and_are_marked() -> None:
    secret = status(2, visibility="private")
    server = FakeMastodon(statuses=[status(1), secret], notifications=[favourite(5, secret, person(1))])
    batches = await refresh(server)
    assert {post.id[-1]: post.public for batch in batches for post in batch.posts} == {"1": True, "2": False}
    assert [each.public for batch in batches for each in batch.interactions] == [False]
    assert len(post_ids(await refresh(server, token=None))) == 1


async def test_own_replies_name_the_post_they_answer() -> None:
    theirs = recorded("reply")
    answers = status(9200, in_reply_to_id="9100", in_reply_to_account_id="77", age=timedelta(hours=1))
    thread = status(9201, in_reply_to_id="9200", in_reply_to_account_id="495", age=timedelta(hours=1))
    lost = status(9202, in_reply_to_id="404", in_reply_to_account_id="77", age=timedelta(hours=1))
    ancient = status(9203, in_reply_to_id="405", in_reply_to_account_id="77", age=timedelta(days=90))
    server = FakeMastodon(statuses=[answers, thread, lost, ancient, recorded("boost")], others=[theirs])
    posts = {post.id: post for batch in await refresh(server) for post in batch.posts}
    assert posts[answers["uri"]].reply_to == theirs["uri"]
    assert posts[thread["uri"]].reply_to == answers["uri"]
    assert posts[lost["uri"]].reply_to is None
    assert posts[ancient["uri"]].reply_to is None
    assert {post.kind for post in posts.values()} == {PostKind.REPLY, PostKind.REPOST}
    asked = [request.url.params.get_list("id[]") for request in server.asked if request.url.path == "/api/v1/statuses"]
    assert sorted(asked[0]) == ["404", "9100"]


async def test_servers_whose_object_ids_cannot_be_derived_are_asked() -> None:
    mine = status(50, uri="https://social.example/objects/x-y-z", age=timedelta(days=60))
    answer = recorded("reply", in_reply_to_id="50")
    told = {"id": "9", "type": "mention", "created_at": "2026-11-22T08:00:00Z", "account": person(1), "status": answer}
    server = FakeMastodon(statuses=[mine])
    cursor = (await refresh(server))[-1].cursor
    assert "prefix" not in cursor
    server.notifications.append(told)
    (reply,) = [each for batch in await refresh(server, cursor) for each in batch.interactions]
    assert reply.post == "https://social.example/objects/x-y-z"
    server.batch_read = False
    (reply,) = [each for batch in await refresh(server, cursor) for each in batch.interactions]
    assert reply.post == "https://social.example/objects/x-y-z"


async def test_a_reply_to_an_old_post_is_placed_by_the_servers_own_rule() -> None:
    server = FakeMastodon(statuses=[status(50, age=timedelta(days=60))])
    cursor = (await refresh(server))[-1].cursor
    assert cursor["prefix"] == "https://social.example/users/alice/statuses/"
    answer = recorded("reply", in_reply_to_id="50")
    server.notifications.append(
        {"id": "9", "type": "mention", "created_at": "2026-11-22T08:00:00Z", "account": person(1), "status": answer}
    )
    server.asked.clear()
    (reply,) = [each for batch in await refresh(server, cursor) for each in batch.interactions]
    assert reply.post == "https://social.example/users/alice/statuses/50"
    assert "/api/v1/statuses" not in server.paths()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(401, json={"error": "The access token is invalid"}), CredentialRefused),
        (httpx.Response(403, json={"error": "This action is outside the authorized scopes"}), CredentialRefused),
        (httpx.Response(403, json={"error": "Your login is currently disabled"}), CredentialRefused),
        (httpx.Response(404, json={"error": "Record not found"}), NotFound),
        (httpx.Response(410), NotFound),
        (httpx.Response(422, json={"error": "Validation failed"}), NotUnderstood),
        (httpx.Response(429, headers={"X-RateLimit-Reset": "2026-11-23T08:20:00.348080Z"}), RateLimited),
        (httpx.Response(503, json={"error": "Remote data could not be fetched"}), Unavailable),
        (httpx.Response(525, html="<h1>TLS</h1>"), Unavailable),
        (httpx.Response(200, html="<h1>Welcome</h1>"), NotUnderstood),
        (httpx.Response(200, json={"error": "?"}), NotUnderstood),
    ],
)
async def test_each_error_is_typed_and_earlier_batches_stay(answer: httpx.Response, error: type[Exception]) -> None:
    server = busy(5, 5)
    server.overrides["/api/v1/notifications"] = lambda _: httpx.Response(
        answer.status_code, content=answer.content, headers=answer.headers
    )
    batches: list[Batch] = []
    async with server.client() as client:
        stream = Mastodon().refresh(alice(), {}, client, NOW)
        with pytest.raises(error) as raised:  # noqa: PT012  # the batches before the error are what is tested
            async for batch in stream:
                batches.append(batch)
    assert len(post_ids(batches)) == 5
    if isinstance(raised.value, RateLimited):
        assert raised.value.retry_at == NOW + timedelta(minutes=20, microseconds=348080)
    del server.overrides["/api/v1/notifications"]
    assert len(interaction_ids(await refresh(server, batches[-1].cursor))) == 5


async def test_a_token_that_changed_hands_is_refused() -> None:
    server = FakeMastodon(me=recorded("credential_account_alice", id="496", username="bob", acct="bob"))
    with pytest.raises(CredentialRefused, match=r"now belongs to @bob@social\.example"):
        await refresh(server)


async def test_a_server_that_closed_itself_to_strangers() -> None:
    with pytest.raises(CredentialRefused, match=r"social\.example shows nothing without a token"):
        await refresh(FakeMastodon(anonymous=False), token=None)


async def test_a_token_of_somebody_else_brings_none_of_their_notifications() -> None:
    server = busy(2, 2)
    cursor = (await refresh(server))[-1].cursor
    bob = recorded("credential_account_alice", id="496", username="bob", acct="bob")
    server.overrides["/api/v1/accounts/verify_credentials"] = lambda _: httpx.Response(200, json=bob)
    assert await refresh(server, cursor) == []
    server.notifications.append(favourite(9000, server.statuses[0], person(77)))
    batches: list[Batch] = []
    async with server.client() as client:
        with pytest.raises(CredentialRefused, match=r"now belongs to @bob@social\.example"):  # noqa: PT012
            async for batch in Mastodon().refresh(alice(), cursor, client, NOW):
                batches.append(batch)
    assert interaction_ids(batches) == []


@pytest.mark.parametrize("token", [TOKEN, None])
async def test_a_server_that_moved_is_not_followed_but_told_of(token: str | None) -> None:
    server = busy(50, 100)
    for path in ("/api/v1/accounts/495", "/api/v1/accounts/verify_credentials", "/api/v1/accounts/495/statuses"):
        server.overrides[path] = lambda request: httpx.Response(
            301, headers={"Location": f"https://new.example{request.url.path}"}
        )
    with pytest.raises(OtherHost, match=r"redirects to new\.example, where this account was not linked") as raised:
        await refresh(server, token=token)
    assert raised.value.hint == "If it has moved there, link it again at its new address."
    assert {request.url.host for request in server.asked} == {"social.example"}


async def test_a_server_that_moved_below_its_own_name_says_where() -> None:
    server = FakeMastodon()
    there = "https://www.social.example/api/v1/accounts/495"
    server.overrides["/api/v1/accounts/495"] = lambda request: (
        httpx.Response(301, headers={"Location": there})
        if request.url.host == "social.example"
        else httpx.Response(200, json=recorded("account_alice"))
    )
    assert (await refresh(server, token=None))[0].base_url == "https://www.social.example"


async def test_links_that_name_another_host_lead_nowhere_else() -> None:
    server = busy(100, 0)
    server.host = "social.example"
    page = FakeMastodon.answer

    def misled(request: httpx.Request) -> httpx.Response:
        override = server.overrides.pop("/api/v1/accounts/495/statuses")
        answer = page(server, request)
        server.overrides["/api/v1/accounts/495/statuses"] = override
        answer.headers["Link"] = answer.headers.get("Link", "").replace("https://social", "http://internal")
        return answer

    server.overrides["/api/v1/accounts/495/statuses"] = misled
    assert len(post_ids(await refresh(server))) == 100
    assert {request.url.host for request in server.asked} == {"social.example"}
