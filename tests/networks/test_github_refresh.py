"""A refresh: everything once, then nothing but what is new; killed anywhere it goes on with the next page."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

import httpx
import pytest

from klout_tui.domain.batch import Cursor
from klout_tui.domain.model import InteractionKind, PostKind
from klout_tui.networks.base import CredentialRefused, Unavailable
from klout_tui.networks.github import GitHub, gathering, listing
from tests.networks.github_busy import BOTH, LATER, TOOL, world
from tests.networks.github_fake import FakeGitHub, Kept, ada, kept, read_on, refresh
from tests.networks.github_world import NOW, ago, comment, event, issue, repo, star, user


async def test_the_first_reading_with_a_token() -> None:
    batches = await refresh(world())
    found = kept(*batches)
    assert found.kinds() == {"issue": 3, "comment": 3, "review": 1, "star": 2, "fork": 1, "follow": 2}
    assert not found.skipped
    tool = found.posts[TOOL]
    assert (tool.kind, tool.title, tool.text) == (PostKind.REPOSITORY, "tool7", "The tool tool7")
    assert tool.topics == ("cli", "python", "CSS")
    assert tool.counters == {InteractionKind.STAR: 3, InteractionKind.FORK: 1, InteractionKind.FOLLOW: 1}
    assert set(found.posts) == {TOOL, "github.com/repo/8", "github.com/release/31", "github.com/comment/9002"}
    profile = batches[0].profile
    assert profile is not None
    assert (profile.handle, profile.followers, profile.following, profile.posts) == ("@ada", 2, 3, 2)
    shares = [batch.progress for batch in batches if batch.progress is not None]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


async def test_watchers_are_kept_though_lists_do_not_tell_them() -> None:
    server = world()
    batches = await refresh(server)
    server.repos[0] |= {"stargazers_count": 4}
    again = kept(*await refresh(server, batches[-1].cursor, now=LATER))
    assert again.posts[TOOL].counters[InteractionKind.FOLLOW] == 1
    public = kept(*await refresh(world(), token=None))
    assert InteractionKind.FOLLOW not in public.posts[TOOL].counters


async def test_acts_have_their_true_dates_actors_and_ids() -> None:
    found = kept(*await refresh(world()))
    star_of_11 = found.interactions[f"github:1/star/github.com/user/11/{TOOL}"]
    assert (star_of_11.at, star_of_11.estimated) == (NOW - timedelta(days=2), False)
    assert star_of_11.actor.followers == 250
    assert star_of_11.post == TOOL
    own = found.interactions[f"github:1/star/github.com/user/1/{TOOL}"]
    assert own.own
    fork = found.interactions[f"github:1/fork/github.com/user/12/{TOOL}"]
    assert (fork.at, fork.actor.handle) == (NOW - timedelta(days=20), "@p12")
    pull = found.interactions[f"{TOOL}/issue/4"]
    assert (pull.kind, pull.text, pull.at) == (InteractionKind.ISSUE, "Issue 4\n\nAbout 4", NOW - timedelta(days=40))
    ghost = found.interactions[f"{TOOL}/issue/3"]
    assert (ghost.actor.key, ghost.actor.handle) == ("github.com/user/ghost", "@ghost")
    assert found.interactions["github.com/comment/9003"].actor.bot
    assert not found.interactions["github.com/comment/9001"].actor.bot
    review = found.interactions["github.com/review/5"]
    assert (review.kind, review.text) == (InteractionKind.REVIEW, "Good.")
    assert found.interactions["github.com/review-comment/77"].kind is InteractionKind.COMMENT
    followers = [act for act in found.interactions.values() if act.kind is InteractionKind.FOLLOW]
    assert all(act.estimated and act.at == NOW - timedelta(days=2000) for act in followers)


async def test_what_she_wrote_and_published() -> None:
    found = kept(*await refresh(world()))
    release = found.posts["github.com/release/31"]
    assert (release.kind, release.title, release.text) == (PostKind.RELEASE, "v1", "First!")
    assert release.at == NOW - timedelta(days=50)
    assert release.counters == {InteractionKind.LIKE: 3}
    assert release.topics == ("cli", "python", "CSS")
    answer = found.posts["github.com/comment/9002"]
    assert (answer.kind, answer.reply_to) == (PostKind.REPLY, f"{TOOL}/issue/1")


async def test_without_a_token_stars_come_from_events_and_by_number() -> None:
    server = world()
    found = kept(*await refresh(server, token=None))
    assert found.kinds() == {"issue": 3, "comment": 3, "review": 1, "star": 1, "fork": 1, "follow": 2}
    assert found.posts[TOOL].counters[InteractionKind.STAR] == 3
    assert server.paths().count("/repos/ada/tool7/stargazers") == 1
    assert "/graphql" not in server.paths()


@pytest.mark.parametrize("status", [401, 403, 404, 200])
async def test_a_hidden_star_list_costs_nothing_but_its_names(status: int) -> None:
    server = world()
    server.repos[1]["stargazers_count"] = 5
    body: Any = [] if status == 200 else {"message": "no"}
    for number in (7, 8):
        server.overrides[f"/repos/ada/tool{number}/stargazers"] = lambda _: httpx.Response(status, json=body)
    if status == 401:
        with pytest.raises(CredentialRefused, match="refused the token"):
            await refresh(server)
        return
    batches = await refresh(server)
    assert kept(*batches).kinds()["star"] == 1
    asked = [path for path in server.paths() if path.endswith("/stargazers")]
    assert len(asked) == (2 if status == 200 else 1)
    server.overrides.clear()
    batches += await refresh(server, batches[-1].cursor, now=NOW + gathering.HIDDEN_FOR["token"])
    batches += await refresh(server, batches[-1].cursor, now=NOW + timedelta(days=9))
    assert kept(*batches).kinds()["star"] == (1 if status == 200 else 2)


@BOTH
async def test_nothing_new_takes_two_requests(token: str | None) -> None:
    server = world()
    cursor = (await refresh(server, token=token))[-1].cursor
    for half_hours in range(1, 11):
        batches = await refresh(server, cursor, token=token, now=NOW + timedelta(minutes=30 * half_hours))
        assert server.paths() == ["/users/ada/repos", "/users/ada/received_events"]
        assert not kept(*batches).posts
        assert not kept(*batches).interactions
        cursor = batches[-1].cursor


async def test_with_a_token_nothing_new_is_free() -> None:
    server = world()
    cursor = (await refresh(server))[-1].cursor
    left = server.limits["core"]
    await refresh(server, cursor, now=LATER)
    assert server.limits["core"] == left


@BOTH
async def test_a_quiet_day_stays_in_its_budget(token: str | None) -> None:
    server = world()
    cursor = (await refresh(server, token=token))[-1].cursor
    asked = 0
    for half_hours in range(1, 49):
        batches = await refresh(server, cursor, token=token, now=NOW + timedelta(minutes=30 * half_hours))
        asked += len(server.asked)
        cursor = batches[-1].cursor
    assert asked <= 48 * 2 + 4 + 2 + 6 + (2 if token else 0)


@BOTH
async def test_without_etags_it_works_and_costs_the_same(token: str | None) -> None:
    server = world(etags=False)
    batches = await refresh(server, token=token)
    again = await refresh(server, batches[-1].cursor, token=token, now=LATER)
    assert len(server.asked) == 2
    assert kept(*batches, *again) == kept(*batches)


@BOTH
@pytest.mark.parametrize("many", [False, True])
async def test_killed_after_any_batch_it_ends_in_the_same(token: str | None, many: bool) -> None:
    def living() -> FakeGitHub:
        server = world()
        if many:
            server.stars[7] += [star(user(1000 + number), ago(days=90, minutes=number)) for number in range(250)]
            server.issues[7] += [issue(100 + number, user(30), at=ago(days=60 - number / 10)) for number in range(230)]
            server.comments[7] += [comment(number, user(31), 1, at=ago(hours=number)) for number in range(210)]
            server.followers += [user(2000 + number) for number in range(240)]
            server.repos += [repo(100 + number, forks_count=number) for number in range(130)]
            server.received = [
                event(8000 + number, "WatchEvent", user(50 + number), server.repos[1], {}, at=ago(hours=number))
                for number in range(150)
            ]
        server.limits = dict.fromkeys(server.limits, 100_000)
        return server

    whole = await refresh(living(), token=token)
    server, cursor, pieces = living(), Cursor(), Kept()
    for _ in range(600):
        async with server.client(token) as client:
            stream = GitHub().refresh(ada(authorised=token is not None), cursor, client, NOW)
            batch = await anext(stream, None)
            await stream.aclose()  # type: ignore[attr-defined]  # an async generator, though the contract says less
        if batch is None or batch.cursor == cursor:
            break
        pieces.add(batch)
        cursor = batch.cursor
    assert pieces.posts == kept(*whole).posts
    assert pieces.interactions == kept(*whole).interactions
    assert {name: cursor[name] for name in ("repos", "followers")} == {
        name: whole[-1].cursor[name] for name in ("repos", "followers")
    }
    assert not {"work", "listing", "follower_page"} & set(cursor)


@BOTH
async def test_killed_before_any_answer_it_ends_in_the_same(token: str | None) -> None:
    """The server breaks off at every single request in turn."""
    whole = kept(*await refresh(world(), token=token))
    for broken in range(1, 25):
        server, pieces = world(), Kept()
        server.breaks_at = broken
        cursor, error = await read_on(server, pieces, {}, token=token)
        assert isinstance(error, Unavailable | None)
        server.breaks_at = 0
        cursor, error = await read_on(server, pieces, cursor, token=token)
        assert error is None
        assert pieces.posts == whole.posts, broken
        assert {key: act.at for key, act in pieces.interactions.items()} == {
            key: act.at for key, act in whole.interactions.items()
        }, broken


async def test_a_token_linked_later_brings_what_was_hidden() -> None:
    server = world()
    server.stars[7].append(star(user(12), ago(days=800)))
    server.issues[7].append(issue(50, user(62), at=ago(days=400)))
    public = await refresh(server, token=None)
    assert f"{TOOL}/issue/50" not in kept(*public).interactions
    batches = await refresh(server, public[-1].cursor, now=LATER)
    found = kept(*public, *batches)
    assert f"{TOOL}/issue/50" in found.interactions
    assert found.kinds()["star"] == 3
    await refresh(server, batches[-1].cursor, now=LATER + timedelta(hours=1))
    assert len(server.asked) == 2


async def test_enterprise_paths_to_the_last_link() -> None:
    server = world(host="ghe.example", root="/api/v3", scopes="notifications")
    server.issues[7] += [issue(100 + number, user(30)) for number in range(150)]
    account = ada(base_url="https://ghe.example", root="/api/v3", web="https://ghe.example")
    batches = await refresh(server, account=account)
    found = kept(*batches)
    assert found.kinds()["issue"] == 153
    assert "ghe.example/repo/7" in found.posts
    assert all(path.startswith("/api/v3/") or path == "/api/graphql" for path in server.paths())
    assert "/api/graphql" in server.paths()


async def test_huge_accounts_stay_in_their_budget() -> None:
    server = FakeGitHub(
        repos=[
            repo(number, stargazers_count=number % 7, language="Go", pushed_at=ago(days=number / 3))
            for number in range(1, 501)
        ]
    )
    pieces, cursor, requests = Kept(), Cursor(), 0
    async with server.client() as client:
        async for batch in GitHub().refresh(ada(), cursor, client, NOW):
            pieces.add(batch)
            cursor = batch.cursor
        requests = client.requests
    assert len(pieces.posts) == 500
    assert requests <= 5 + listing.DEEP["token"] * 6 + 10
    assert len(str(cursor)) < 80_000
    for hours in range(1, 6):
        batches = await refresh(server, cursor, now=NOW + timedelta(hours=hours))
        assert len(server.asked) == 2
        cursor = batches[-1].cursor
    tail = min(server.repos, key=lambda each: each["pushed_at"])
    tail |= {"stargazers_count": 99}
    server.events[tail["id"]] = [event(1, "WatchEvent", user(5), tail, {"action": "started"})]
    batches = await refresh(server, cursor, now=NOW + timedelta(days=1))
    found = kept(*batches)
    assert f"github:1/star/github.com/user/5/github.com/repo/{tail['id']}" in found.interactions
    assert len(server.asked) <= 5 + 2 + 8


async def test_more_than_a_thousand_repositories_are_posts_but_not_all_watched() -> None:
    server = FakeGitHub(repos=[repo(number, pushed_at=ago(days=number)) for number in range(1, 1103)])
    batches = await refresh(server, token=None, requests=100_000)
    assert len(kept(*batches).posts) == 1102
    server.limits["core"] = 5000
    batches = await refresh(server, batches[-1].cursor, token=None, now=NOW + timedelta(days=1))
    assert len(server.asked) <= 12 + 5


async def test_the_cursor_of_a_quiet_account_hardly_changes() -> None:
    server = world()
    cursor = (await refresh(server))[-1].cursor
    after = (await refresh(server, copy.deepcopy(cursor), now=LATER))[-1].cursor
    assert {name for name in after if after[name] != cursor.get(name)} <= {"asked", "polls"}
