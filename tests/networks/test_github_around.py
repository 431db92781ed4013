"""What goes on around her: events received, notifications, mentions, discussions, followers, and who they are."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest

from klout_tui.domain.batch import Cursor
from klout_tui.domain.model import InteractionKind, PostKind
from klout_tui.networks.github import GitHub, people
from tests.networks.github_fake import TOKEN, FakeGitHub, ada, kept, refresh
from tests.networks.github_world import ADA, JSON, NOW, ago, comment, event, issue, repo, short_pull, told, user

HALF_HOUR = timedelta(minutes=30)
THEIRS = repo(99, "engine", owner=user(50, "org", type="Organization"), full_name="org/engine")


def note(
    number: int, reason: str, thread: int, *, at: str, where: JSON = THEIRS, kind: str = "Issue", **changes: Any
) -> JSON:
    """A notification."""
    part = "pulls" if kind == "PullRequest" else "issues"
    url = f"https://api.github.com/repos/{where.get('full_name')}/{part}/{thread}"
    return {
        "id": str(number), "unread": True, "reason": reason, "updated_at": at, "last_read_at": None,
        "subject": {"title": "T", "url": url, "latest_comment_url": url, "type": kind},
        "repository": where, "url": f"https://api.github.com/notifications/threads/{number}",
    }  # fmt: skip


def elsewhere(**changes: Any) -> FakeGitHub:
    """Somebody else's repository, where she is spoken of and where she opened an issue."""
    server = FakeGitHub(
        repos=[repo(7, open_issues_count=1)],
        issues={
            7: [issue(1, user(13))],
            99: [
                issue(3, user(60), at=ago(days=3), body="Ask @Ada, she knows.", html_url="https://github.com/org/engine/issues/3"),
                issue(4, ADA, at=ago(days=9), title="Leaks memory"),
                issue(5, user(61), at=ago(days=3), body="ada@example.org and @ada-bot, not her"),
            ],
        },
        comments={
            99: [
                comment(1, user(62), 3, at=ago(days=2), name="org/engine", body="cc @ada"),
                comment(2, user(63), 3, at=ago(days=2), name="org/engine", body="me too"),
                comment(3, user(60), 4, at=ago(days=1), name="org/engine", body="Fixed, thank you!"),
                comment(4, ADA, 4, at=ago(hours=9), name="org/engine", body="Confirmed."),
            ]
        },
        elsewhere=[THEIRS],
        scopes="notifications",
        **changes,
    )  # fmt: skip
    server.notifications = [
        note(1, "mention", 3, at=ago(days=2)),
        note(2, "author", 4, at=ago(days=1)),
        note(3, "mention", 5, at=ago(days=3), kind="PullRequest"),
        note(4, "ci_activity", 9, at=ago(days=3), kind="CheckSuite"),
        note(5, "subscribed", 8, at=ago(days=3), where={"id": 99}),
    ]
    return server


async def test_notifications_tell_of_mentions_and_replies_elsewhere() -> None:
    server = elsewhere()
    found = kept(*await refresh(server))
    thread = "github.com/repo/99/issue"
    assert found.interactions[f"{thread}/3"].kind is InteractionKind.MENTION
    assert found.interactions["github.com/comment/1"].kind is InteractionKind.MENTION
    reply = found.interactions["github.com/comment/3"]
    assert (reply.kind, reply.post) == (InteractionKind.REPLY, f"{thread}/4")
    assert found.kinds() == {"mention": 2, "reply": 1, "issue": 1}
    hers = found.posts[f"{thread}/4"]
    assert (hers.kind, hers.title) == (PostKind.REPLY, "Leaks memory")
    assert found.posts["github.com/comment/4"].reply_to == f"{thread}/4"
    assert found.skipped == {"notification: ci_activity": 1, "notification: subscribed": 1}
    assert "/search/issues" not in server.paths()


async def test_private_threads_stay_private() -> None:
    server = elsewhere()
    server.notifications = [note(1, "mention", 3, at=ago(days=2), where=THEIRS | {"private": True})]
    found = kept(*await refresh(server))
    assert not found.interactions["github.com/repo/99/issue/3"].public
    assert not found.interactions["github.com/comment/1"].public


async def test_the_two_lists_take_turns() -> None:
    server = elsewhere()
    batches = await refresh(server)
    assert {"/notifications", "/users/ada/received_events"} <= set(server.paths())
    asked = []
    for number in range(1, 5):
        batches = await refresh(server, batches[-1].cursor, now=NOW + number * HALF_HOUR)
        assert len(server.asked) == 2
        assert not kept(*batches).interactions
        asked.append(server.paths()[1])
    assert sorted(set(asked)) == ["/notifications", "/users/ada/received_events"]
    assert all(one != other for one, other in pairwise(asked))


async def test_a_notification_at_her_own_repository_has_it_read() -> None:
    server = elsewhere()
    batches = await refresh(server)
    server.comments[7] = [comment(70, user(13), 1, at=told(NOW))]
    server.notifications.append(note(9, "comment", 1, at=told(NOW + HALF_HOUR), where=server.repos[0]))
    found = kept()
    for number in (1, 2):
        batches = await refresh(server, batches[-1].cursor, now=NOW + (number + 1) * HALF_HOUR)
        found.add(*batches)
    assert list(found.interactions) == ["github.com/repo/7/issue/1", "github.com/comment/70"]


@pytest.mark.parametrize("scopes", ["", None])
async def test_without_permission_mentions_are_searched_for_once_a_day(scopes: str | None) -> None:
    server = elsewhere()
    server.scopes = scopes
    server.found = [
        {**each, "repository_url": "https://api.github.com/repos/org/engine"} for each in server.issues[99][::2]
    ]
    batches = await refresh(server)
    assert kept(*batches).kinds() == {"mention": 2, "issue": 1}
    assert server.paths().count("/notifications") == (1 if scopes is None else 0)
    query = next(request.url.params["q"] for request in server.asked if request.url.path == "/search/issues")
    assert query.startswith("mentions:ada -author:ada -user:ada updated:>=2026-08-25T")
    searched = 0
    for number in range(1, 49):
        batches = await refresh(server, batches[-1].cursor, now=NOW + number * HALF_HOUR)
        searched += server.paths().count("/search/issues")
    assert searched == 1


async def test_a_mention_found_by_search_and_by_notification_is_one() -> None:
    server = elsewhere()
    server.scopes = ""
    server.found = [{**server.issues[99][0], "repository_url": "https://api.github.com/repos/org/engine"}]
    by_search = kept(*await refresh(server)).interactions.keys()
    server = elsewhere()
    server.notifications = server.notifications[:1]
    assert kept(*await refresh(server)).interactions.keys() == by_search


@pytest.mark.parametrize("address", [None, "", "https://api.github.com/repos/", "::", "https://x/repos/org/gone"])
async def test_a_search_that_leads_nowhere(address: str | None) -> None:
    server = elsewhere()
    server.scopes = ""
    server.found = [{**server.issues[99][0], "repository_url": address}]
    assert kept(*await refresh(server)).kinds() == {"issue": 1}


async def test_more_threads_than_are_read_at_once_come_with_the_next_refreshes() -> None:
    server = elsewhere()
    server.issues[99] = [issue(number, user(60), at=ago(days=5), body="@ada?") for number in range(100, 150)]
    server.notifications = [note(number, "mention", number, at=ago(hours=200 - number)) for number in range(100, 150)]
    found = kept()
    batches = await refresh(server)
    found.add(*batches)
    assert found.kinds()["mention"] == 20
    for number in range(1, 9):
        batches = await refresh(server, batches[-1].cursor, now=NOW + number * HALF_HOUR)
        found.add(*batches)
    assert found.kinds()["mention"] == 50


async def test_comments_older_than_the_notifications_already_read_are_not_lost() -> None:
    """Killed between two notifications: the later one tells of a thread with comments from before the earlier one."""
    server = elsewhere()
    server.comments[99] = [
        comment(1, user(62), 4, at=ago(days=6), name="org/engine", body="Early."),
        comment(2, user(63), 4, at=ago(days=1), name="org/engine", body="Late."),
    ]
    cursor: Cursor = {}
    found = kept()
    for _ in range(40):
        async with server.client() as client:
            stream = GitHub().refresh(ada(), cursor, client, NOW)
            batch = await anext(stream, None)
            await stream.aclose()  # type: ignore[attr-defined]  # an async generator, though the contract says less
        if batch is None or batch.cursor == cursor:
            break
        found.add(batch)
        cursor = batch.cursor
    assert {"github.com/comment/1", "github.com/comment/2"} <= found.interactions.keys()


async def test_her_own_events_are_replies_wherever_they_are() -> None:
    server = elsewhere()
    about = {"action": "created", "issue": server.issues[99][0], "comment": comment(8, ADA, 3, name="org/engine")}
    server.own_events = [
        event(1, "IssueCommentEvent", ADA, THEIRS, about),
        event(2, "PullRequestEvent", ADA, THEIRS, {"action": "opened", "number": 12, "pull_request": short_pull(12)}),
        event(3, "IssuesEvent", ADA, server.repos[0], {"action": "opened", "issue": issue(30, ADA)}),
        event(4, "PushEvent", ADA, THEIRS, {"ref": "x"}),
        event(5, "IssueCommentEvent", user(5), THEIRS, about),
    ]
    posts = kept(*await refresh(server, token=None)).posts
    assert posts["github.com/comment/8"].reply_to == "github.com/repo/99/issue/3"
    pull = posts["github.com/repo/99/issue/12"]
    assert (pull.kind, pull.url, pull.at) == (
        PostKind.REPLY, "https://github.com/org/engine/pull/12", NOW - timedelta(days=2),
    )  # fmt: skip
    assert "github.com/repo/7/issue/30" not in posts


async def test_events_of_others_repositories_are_passed_over() -> None:
    server = elsewhere()
    server.received = [
        event(1, "WatchEvent", user(5), THEIRS, {}),
        event(2, "WatchEvent", user(6), server.repos[0], {}),
    ]
    acts = kept(*await refresh(server, token=None)).interactions
    assert [key for key in acts if "star" in key] == ["github:1/star/github.com/user/6/github.com/repo/7"]


async def test_received_events_are_not_polled_before_their_time() -> None:
    server = elsewhere()
    batches = await refresh(server, token=None)
    await refresh(server, batches[-1].cursor, token=None, now=NOW + timedelta(seconds=59))
    assert server.paths() == ["/users/ada/repos"]
    await refresh(server, batches[-1].cursor, token=None, now=NOW + timedelta(seconds=61))
    assert server.paths() == ["/users/ada/repos", "/users/ada/received_events"]


def talk(number: int, who: JSON | None, comments: list[JSON], *, at: str) -> JSON:
    """A discussion as GraphQL tells it."""
    return {
        "number": number, "title": f"Talk {number}", "url": f"https://github.com/ada/tool7/discussions/{number}",
        "bodyText": "How?", "createdAt": at, "updatedAt": at, "author": who, "comments": {"nodes": comments},
    }  # fmt: skip


def author(number: int, login: str, followers: int) -> JSON:
    """An actor as GraphQL tells it."""
    url = f"https://github.com/{login}"
    return {
        "__typename": "User",
        "login": login,
        "url": url,
        "databaseId": number,
        "followers": {"totalCount": followers},
    }


async def test_discussions_with_a_token() -> None:
    server = FakeGitHub(repos=[repo(7, has_discussions=True)])
    said = {"databaseId": 51, "url": "https://x", "bodyText": "Like this.", "createdAt": ago(days=1)}
    hers = said | {"databaseId": 52, "author": author(1, "ada", 9)}
    bot = said | {"databaseId": 53, "author": {"__typename": "Bot", "login": "helper", "databaseId": 8}}
    replies = {"nodes": [hers, bot, None, {"databaseId": None}]}
    server.discussions[7] = [
        talk(5, author(70, "p70", 12), [said | {"author": None, "replies": replies}], at=ago(days=1)),
        *(talk(100 + number, author(71, "p71", 3), [], at=ago(days=10 + number)) for number in range(40)),
    ]
    batches = await refresh(server)
    found = kept(*batches)
    opened = found.interactions["github.com/repo/7/discussion/5"]
    assert (opened.kind, opened.actor.key, opened.actor.followers) == (InteractionKind.ISSUE, "github.com/user/70", 12)
    assert found.interactions["github.com/discussion-comment/51"].actor.handle == "@ghost"
    assert found.interactions["github.com/discussion-comment/53"].actor.bot
    assert found.posts["github.com/discussion-comment/52"].reply_to == opened.id
    assert found.kinds() == {"issue": 41, "comment": 2}
    assert found.skipped == {"unreadable comment": 1}
    at = told(NOW + timedelta(hours=2))
    server.discussions[7].append(talk(900, author(72, "p72", 1), [], at=at))
    payload = {"action": "created", "discussion": {"number": 900, "title": "Talk 900", "user": user(72)}}
    server.received = [
        event(1, "DiscussionEvent", user(72), server.repos[0], payload, at=told(NOW + timedelta(hours=2)))
    ]
    again = kept(*await refresh(server, batches[-1].cursor, now=NOW + timedelta(hours=3)))
    assert list(again.interactions) == ["github.com/repo/7/discussion/900"]


async def test_discussions_that_have_to_wait_hold_up_nothing_else() -> None:
    server = FakeGitHub(repos=[repo(7, has_discussions=True), repo(8, open_issues_count=1)])
    server.issues[8] = [issue(1, user(13), at=ago(days=400))]
    server.discussions[7] = [talk(5, author(70, "p70", 12), [], at=ago(days=1))]
    server.limits["graphql"] = 0
    first = await refresh(server)
    assert list(kept(*first).interactions) == ["github.com/repo/8/issue/1"]
    server.limits["graphql"] = 5000
    again = await refresh(server, first[-1].cursor, now=NOW + timedelta(days=1))
    assert "github.com/repo/7/discussion/5" in kept(*again).interactions


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, json={"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}),
        httpx.Response(200, json={"data": None, "errors": [{"type": "INSUFFICIENT_SCOPES", "message": "no"}]}),
        httpx.Response(200, json={"data": None, "errors": [{"message": "Something went wrong"}]}),
        httpx.Response(200, json={"data": {"u0": "?"}, "errors": [{"type": "NOT_FOUND"}]}),
        httpx.Response(200, text="<html>"),
        httpx.Response(401, json={"message": "Bad credentials"}),
        httpx.Response(404, json={"message": "Not Found"}),
    ],
)
async def test_graphql_in_trouble_costs_follower_counts_only(answer: httpx.Response) -> None:
    server = elsewhere()
    server.repos[0] |= {"has_discussions": True}
    server.graphql = lambda _: httpx.Response(answer.status_code, content=answer.content, headers=answer.headers)
    server.issues[7] = [issue(1, user(13), at=ago(days=2))]
    found = kept(*await refresh(server))
    assert found.interactions["github.com/repo/7/issue/1"].actor.followers is None
    assert len(server.queries) <= 3


async def test_people_are_counted_many_at_once_and_remembered() -> None:
    server = FakeGitHub(repos=[repo(7, open_issues_count=99)])
    server.issues[7] = [issue(number, user(1000 + number), at=ago(days=5)) for number in range(90)]
    server.people = {f"p{number}": number for number in range(1000, 1080)}
    batches = await refresh(server)
    acts = kept(*batches).interactions
    assert acts["github.com/repo/7/issue/5"].actor.followers == 1005
    assert acts["github.com/repo/7/issue/85"].actor.followers is None
    assert len(server.queries) == 1
    server.comments[7] = [comment(1, user(1007), 5, at=told(NOW + HALF_HOUR))]
    server.repos[0]["open_issues_count"] = 100
    again = kept(*await refresh(server, batches[-1].cursor, now=NOW + 2 * HALF_HOUR))
    assert again.interactions["github.com/comment/1"].actor.followers == 1007
    assert len(server.queries) == 1


async def test_people_are_bounded_by_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "CALLS", 2)
    server = FakeGitHub(repos=[repo(7, open_issues_count=99)])
    server.issues[7] = [issue(number, user(1000 + number), at=ago(days=5)) for number in range(500)]
    await refresh(server)
    assert len(server.queries) == 2


async def test_a_login_that_changed_hands_tells_nothing() -> None:
    server = FakeGitHub(repos=[repo(7, open_issues_count=1)], people={"p55": 9})
    server.issues[7] = [issue(1, user(1234, "p55"), at=ago(days=1))]
    assert kept(*await refresh(server)).interactions["github.com/repo/7/issue/1"].actor.followers is None


@pytest.mark.parametrize("token", [TOKEN, None])
async def test_followers_first_estimated_then_dated_to_the_reading(token: str | None) -> None:
    server = FakeGitHub(followers=[user(20 + number) for number in range(130)])
    server.me |= {"followers": 130}
    batches = await refresh(server, token=token)
    acts = [act for batch in batches for act in batch.interactions]
    assert len(acts) == 130
    assert all(act.estimated and act.at == NOW - timedelta(days=2000) for act in acts)
    server.followers.insert(0, user(900))
    server.me |= {"followers": 131}
    later = NOW + timedelta(hours=7)
    batches = await refresh(server, batches[-1].cursor, token=token, now=later)
    assert [(act.actor.handle, act.at, act.estimated) for batch in batches for act in batch.interactions] == [
        ("@p900", later, False)
    ]
    await refresh(server, batches[-1].cursor, token=token, now=later + timedelta(hours=7))
    assert "/users/ada/followers" not in server.paths()


async def test_one_came_and_one_went_is_seen_within_a_week() -> None:
    server = FakeGitHub(followers=[user(20), user(21)])
    server.me |= {"followers": 2}
    batches = await refresh(server)
    server.followers = [user(21), user(22)]
    batches = await refresh(server, batches[-1].cursor, now=NOW + timedelta(days=7))
    assert [act.actor.handle for batch in batches for act in batch.interactions] == ["@p22"]


async def test_beyond_the_bound_followers_are_a_number() -> None:
    server = FakeGitHub(followers=[user(20 + number) for number in range(1500)])
    server.me |= {"followers": 1500}
    batches = await refresh(server, token=None)
    assert kept(*batches).kinds() == {"follow": 1000}
    server.me |= {"followers": 1501}
    batches = await refresh(server, batches[-1].cursor, token=None, now=NOW + timedelta(hours=7))
    assert not kept(*batches).interactions
    assert batches[0].profile is not None
    assert batches[0].profile.followers == 1501
