"""Trouble: lists that fail, lists that are refused, odd entries, odd cursors."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from klout_tui.domain.batch import Cursor
from klout_tui.domain.model import InteractionKind
from klout_tui.networks.base import CredentialRefused, NetworkError, NotUnderstood, Unavailable
from klout_tui.networks.github import GitHub
from tests.networks.github_busy import BOTH, LATER, TOOL, world
from tests.networks.github_fake import FakeGitHub, Kept, ada, kept, read_on, refresh
from tests.networks.github_world import NOW, ago, event, issue, repo, star, user


async def test_a_token_of_somebody_else_is_noticed() -> None:
    server = world()
    cursor = (await refresh(server))[-1].cursor
    server.me = user(2, "bob")
    with pytest.raises(CredentialRefused, match="now belongs to @bob, not to @ada"):
        await refresh(server, cursor, now=NOW + timedelta(hours=7))


@BOTH
async def test_one_list_in_trouble_does_not_keep_the_others(token: str | None) -> None:
    server = world()
    server.overrides["/repos/ada/tool7/issues/comments"] = lambda _: httpx.Response(502)
    pieces = Kept()
    server.repos[1]["open_issues_count"] = 1
    server.issues[8] = [issue(1, user(70))]
    cursor, error = await read_on(server, pieces, {}, token=token)
    assert isinstance(error, Unavailable)
    assert "github.com/repo/8/issue/1" in pieces.interactions
    server.overrides.clear()
    cursor, error = await read_on(server, pieces, cursor, token=token, now=LATER)
    assert error is None
    assert pieces.interactions == kept(*await refresh(_also(8), token=token)).interactions


def _also(number: int) -> FakeGitHub:
    server = world()
    server.repos[1]["open_issues_count"] = 1
    server.issues[number] = [issue(1, user(70))]
    return server


async def test_a_list_too_heavy_for_the_server_is_asked_for_in_smaller_pages() -> None:
    server = world()
    server.issues[7] += [issue(100 + number, user(30)) for number in range(70)]
    serve = server.answer

    def heavy(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("7/issues") and request.url.params["per_page"] == "100":
            server.asked.append(request)
            return httpx.Response(504, text="<html>took too long</html>")
        return serve(request)

    server.answer = heavy  # type: ignore[method-assign]  # as the real one under load
    server.repos = server.repos[:1]
    assert kept(*await refresh(server)).kinds()["issue"] == 73


@BOTH
async def test_a_list_that_is_never_to_be_had_is_given_up_in_the_end(token: str | None) -> None:
    server = world()
    server.overrides["/repos/ada/tool7/events"] = lambda _: httpx.Response(500)
    pieces, cursor, errors = Kept(), Cursor(), []
    for hours in range(6):
        cursor, error = await read_on(server, pieces, cursor, token=token, now=NOW + timedelta(hours=hours))
        errors.append(error)
    assert isinstance(errors[0], Unavailable)
    assert errors[-1] is None
    assert pieces.skipped["events not to be had"] == 1
    assert pieces.kinds()["follow"] == 2


async def test_a_server_that_is_down_is_not_asked_for_every_list() -> None:
    server = FakeGitHub(repos=[repo(number, open_issues_count=1) for number in range(1, 40)])
    for number in range(1, 40):
        for path in ("", "/releases", "/issues", "/events"):
            server.overrides[f"/repos/ada/tool{number}{path}"] = lambda _: httpx.Response(503)
    _, error = await read_on(server, Kept(), {})
    assert isinstance(error, Unavailable)
    assert len(server.asked) < 12


def refusing(status: int) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _: httpx.Response(status, json={"message": "no"})


@BOTH
async def test_lists_that_are_not_shown_are_counted_not_fatal(token: str | None) -> None:
    server = world()
    for name, status in (("issues", 410), ("releases", 404), ("forks", 403), ("languages", 404), ("events", 451)):
        server.overrides[f"/repos/ada/tool7/{name}"] = refusing(status)
    for path in ("/users/ada/received_events", "/users/ada/followers", "/users/ada/events/public", "/search/issues"):
        server.overrides[path] = lambda _: httpx.Response(404, json={"message": "Not Found"})
    batches = await refresh(server, token=token)
    found = kept(*batches)
    assert set(found.kinds()) == ({"comment", "star"} if token else {"comment"})
    assert found.skipped == {
        "events received not shown": 1, "languages not shown": 1, "releases not shown": 1, "issues not shown": 1,
        "forks not shown": 1, "events not shown": 1, "own events not shown": 1, "followers not shown": 1,
        "mentions not shown": 1,
    }  # fmt: skip
    await refresh(server, batches[-1].cursor, token=token, now=LATER)
    assert server.paths() == ["/users/ada/repos"]


@BOTH
async def test_odd_entries_cost_neither_their_page_nor_the_refresh(token: str | None) -> None:
    server = world()
    server.repos += [{"id": "x"}, repo(60, topics=None, created_at=None, owner=None, stargazers_count=-1)]
    odd: list[Any] = ["x", None, {"number": "many"}, {}]
    server.issues[7] += [issue(5, user(80), created_at="yesterday", title=None, body=7, updated_at=None)]
    server.overrides["/repos/ada/tool7/issues"] = lambda _: httpx.Response(200, json=[*odd, *server.issues[7]])
    server.overrides["/repos/ada/tool7/languages"] = lambda _: httpx.Response(200, json={"Python": None, "C": 5})
    server.events[7] += [
        {"id": 3, "type": "WatchEvent"},
        event(1, "WatchEvent", user(81), server.repos[0], {}) | {"payload": []},
    ]
    server.followers += [{"login": "no-id"}, {"id": "22", "login": "text-id"}]
    found = kept(*await refresh(server, token=token))
    five = found.interactions[f"{TOOL}/issue/5"]
    assert (five.at, five.estimated, five.text) == (NOW, True, "")
    assert found.skipped["unreadable issue"] == 4
    assert found.skipped["unreadable event"] == 1
    assert f"github:1/star/github.com/user/81/{TOOL}" in found.interactions
    assert "github:1/follow/github.com/user/22" in found.interactions
    assert "C" in found.posts[TOOL].topics
    sixty = found.posts["github.com/repo/60"]
    assert (sixty.at, sixty.estimated) == (NOW, True)
    assert InteractionKind.STAR not in sixty.counters


async def test_something_else_than_a_list_says_what_was_expected() -> None:
    server = world(overrides={"/users/ada/repos": lambda _: httpx.Response(200, json={"message": "hm"})})
    with pytest.raises(NotUnderstood, match="expected a list of repositories"):
        await refresh(server)


@BOTH
async def test_links_of_an_inner_host_are_followed_on_the_outer_one(token: str | None) -> None:
    server = world(link_host="inner.local")
    server.issues[7] += [issue(100 + number, user(30)) for number in range(150)]
    assert kept(*await refresh(server, token=token)).kinds()["issue"] == 153


@pytest.mark.parametrize(
    "cursor", [{"repos": "{", "work": "7", "asked": "[]"}, {"mode": "token"}, {"followers": "\x00"}]
)
async def test_a_cursor_that_makes_no_sense_begins_anew(cursor: Cursor) -> None:
    found = kept(*await refresh(world(), cursor))
    assert found.posts.keys() >= {TOOL}


@BOTH
@pytest.mark.parametrize("seed", range(8))
async def test_whatever_goes_wrong_at_random_it_ends_in_the_same(token: str | None, seed: int) -> None:
    chance, server, pieces, cursor = random.Random(seed), world(), Kept(), Cursor()
    server.received = [event(8000 + each, "WatchEvent", user(50 + each), server.repos[1], {}) for each in range(150)]
    server.stars[7] += [star(user(1000 + number), ago(days=90, minutes=number)) for number in range(250)]
    whole = kept(*await refresh(server, token=token))
    server.limits = dict.fromkeys(server.limits, 100_000)
    serve = server.answer

    def unreliable(request: httpx.Request) -> httpx.Response:
        if attempts > 100 or request.url.path == "/graphql" or chance.random() > 0.05:
            return serve(request)
        server.asked.append(request)
        return chance.choice(
            [
                httpx.Response(502, text="<html>"),
                httpx.Response(200, text="<html>"),
                httpx.Response(429),
                httpx.Response(403, headers={"retry-after": "60"}, json={"message": "secondary rate limit"}),
            ]
        )

    server.answer = unreliable  # type: ignore[method-assign]  # fails now and then
    for attempts in range(120):
        if chance.random() < 0.5 and attempts < 100:
            async with server.client(token) as client:
                stream = GitHub().refresh(ada(authorised=token is not None), cursor, client, NOW)
                with contextlib.suppress(NetworkError):
                    for _ in range(chance.randrange(1, 5)):
                        if (batch := await anext(stream, None)) is not None:
                            pieces.add(batch)
                            cursor = batch.cursor
                await stream.aclose()  # type: ignore[attr-defined]  # an async generator, though the contract says less
            continue
        cursor, error = await read_on(server, pieces, cursor, token=token)
        if error is None:
            break
    assert pieces.posts == whole.posts
    assert pieces.interactions.keys() == whole.interactions.keys()
    assert {key: act.at for key, act in pieces.interactions.items()} == {
        key: act.at for key, act in whole.interactions.items()
    }


async def test_lists_end_where_the_server_serves_no_further_page() -> None:
    server = world()
    server.stars[7] = [star(user(1000 + number), ago(days=90, minutes=number)) for number in range(250)]
    server.issues[7] += [issue(100 + number, user(30)) for number in range(150)]
    beyond = httpx.Response(422, json={"message": "In order to keep the API fast, pagination is limited"})
    server.overrides["/repositories/7/stargazers"] = lambda _: beyond
    server.overrides["/repositories/7/issues"] = lambda _: beyond
    batches = await refresh(server)
    found = kept(*batches)
    assert found.kinds()["star"] == 101  # a page, and one told by an event
    assert found.skipped["issues beyond what is served"] == 1
    assert "github.com/comment/9001" in found.interactions
    assert "work" not in batches[-1].cursor


async def test_stars_and_forks_of_nobody_are_counted_as_skipped() -> None:
    server = world()
    server.stars[7].append(star(None, ago(days=1)))
    server.forks[7].append(repo(71, owner=None, fork=True, created_at=ago(days=1)))
    found = kept(*await refresh(server))
    assert found.skipped == {"star of a deleted account": 1, "fork of a deleted account": 1}
    assert found.kinds()["star"] == 2


@BOTH
async def test_a_repository_that_is_blocked_is_not_taken_for_deleted(token: str | None) -> None:
    server = world()
    cursor = (await refresh(server, token=token))[-1].cursor
    blocked = server.repos.pop(1)
    server.overrides[f"/repos/{blocked['full_name']}"] = refusing(403)
    found = kept(*await refresh(server, cursor, token=token, now=LATER))
    assert not found.gone
    assert found.skipped == {"repository not shown": 1}


async def test_a_list_that_names_repositories_of_two_owners_is_read_as_far_as_it_is_hers() -> None:
    server = world()
    server.repos.append(repo(300, owner=user(2, "org"), full_name="org/tool300"))
    found = kept(*await refresh(server))
    assert "github.com/repo/300" not in found.posts
    assert found.skipped == {"repository of another owner": 1}
