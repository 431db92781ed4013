"""Limits: what a refusal means, stopping in time, and going on where it stopped."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from klout_tui.domain.batch import Cursor
from klout_tui.networks.base import (
    CredentialRefused,
    NetworkError,
    NotFound,
    NotUnderstood,
    RateLimited,
    Unavailable,
)
from klout_tui.networks.github.judging import NotPermitted, PageRefused, judge
from klout_tui.networks.refusal import Refusal, by_status
from tests.networks.github_fake import FakeGitHub, Kept, kept, read_on, refresh
from tests.networks.github_world import JSON, NOW, comment, issue, repo, user

RESET = NOW + timedelta(minutes=25)
EPOCH = str(int(RESET.timestamp()))
PERMISSION = {"message": "Resource not accessible by personal access token"}


def judged(status: int, headers: dict[str, str], body: JSON | None = None, *, token_sent: bool = True) -> NetworkError:
    refusal = Refusal(
        status=status,
        headers=httpx.Headers({"content-type": "application/json"} | headers),
        body=httpx.Response(status, json=body or {"message": "Forbidden"}).content,
        host="api.github.com",
        place="api.github.com/x",
        now=NOW,
        token_sent=token_sent,
    )
    return judge(refusal) or by_status(refusal)


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize(
    ("headers", "message", "until"),
    [
        ({"retry-after": "90", "x-ratelimit-remaining": "0", "x-ratelimit-reset": EPOCH}, "", timedelta(seconds=90)),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": EPOCH}, "", RESET - NOW),
        ({"x-ratelimit-remaining": "0"}, "", timedelta(seconds=60)),
        ({"x-ratelimit-remaining": "31", "x-ratelimit-reset": EPOCH}, "secondary rate limit", timedelta(seconds=60)),
        ({}, "You have triggered an abuse detection mechanism", timedelta(seconds=60)),
    ],
)
def test_a_limit_is_told_from_a_permission(
    status: int, headers: dict[str, str], message: str, until: timedelta
) -> None:
    error = judged(status, headers, {"message": f"You have exceeded a {message}"})
    assert isinstance(error, RateLimited)
    assert error.retry_at == NOW + until


def test_a_429_that_tells_nothing_is_a_minute() -> None:
    assert judged(429, {}).retry_at == NOW + timedelta(seconds=60)


@pytest.mark.parametrize(
    ("status", "headers", "body", "kind", "words"),
    [
        (403, {"x-ratelimit-remaining": "9", "x-ratelimit-reset": EPOCH}, PERMISSION, NotPermitted, "not accessible"),
        (403, {"x-accepted-github-permissions": "metadata=read"}, PERMISSION, NotPermitted, "metadata=read"),
        (403, {"x-github-sso": "required; url=https://x"}, PERMISSION, NotPermitted, "single sign-on"),
        (401, {}, {"message": "Bad credentials"}, CredentialRefused, "Bad credentials"),
        (404, {}, {"message": "Not Found"}, NotFound, "not visible"),
        (410, {}, {"message": "Issues are disabled for this repo"}, NotFound, "410"),
        (451, {}, {"message": "Repository access blocked"}, NotFound, "legal"),
        (422, {}, {"message": "Failed", "errors": [{"field": "q", "code": "invalid"}]}, PageRefused, "q invalid"),
        (422, {}, {"message": "Sorry", "errors": ["x"]}, PageRefused, "Sorry"),
        (500, {}, {}, Unavailable, "in trouble"),
        (400, {}, {"message": "Problems parsing JSON"}, NotUnderstood, "Problems parsing"),
    ],
)  # fmt: skip
def test_every_other_refusal(
    status: int, headers: dict[str, str], body: JSON, kind: type[NetworkError], words: str
) -> None:
    error = judged(status, headers, body)
    assert type(error) is kind
    assert words in f"{error.message} {error.hint}"


def test_a_stranger_is_told_what_a_token_would_do() -> None:
    error = judged(401, {}, {"message": "Requires authentication"}, token_sent=False)
    assert isinstance(error, NotPermitted)
    assert "with a token" in error.hint
    limited = judged(403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": EPOCH}, token_sent=False)
    assert "60 requests an hour" in limited.hint


def many(repos: int = 12, issues: int = 3) -> FakeGitHub:
    """An account whose first reading takes far more than 60 requests."""
    server = FakeGitHub(repos=[repo(number, open_issues_count=1, language="C") for number in range(1, repos + 1)])
    for number in range(1, repos + 1):
        server.issues[number] = [issue(each, user(100 + each)) for each in range(1, issues + 1)]
        server.comments[number] = [comment(number * 1000, user(7), 1)]
    return server


async def test_sixty_requests_an_hour_are_never_exceeded_and_end_in_the_same() -> None:
    whole = kept(*await refresh(many(), token=None))
    server, pieces, cursor, now = many(), Kept(), Cursor(), NOW
    for _ in range(10):
        server.limits["core"], server.resets = 60, now + timedelta(hours=1)
        cursor, error = await read_on(server, pieces, cursor, token=None, now=now)
        if error is None:
            break
        assert isinstance(error, RateLimited)
        assert error.retry_at == now + timedelta(hours=1)
        assert 50 <= len(server.asked) <= 57  # the last ones are left to others behind the same address
        assert server.limits["core"] == 60 - len(server.asked)
        now += timedelta(hours=1)
    else:
        pytest.fail("it never came to an end")
    assert now > NOW
    assert pieces.posts == whole.posts
    assert pieces.interactions.keys() == whole.interactions.keys()


async def test_a_refresh_that_was_refused_is_not_repeated_at_once() -> None:
    server = many()
    server.limits["core"] = 0
    with pytest.raises(RateLimited) as error:
        await refresh(server, token=None)
    assert len(server.asked) == 1
    assert error.value.retry_at == server.resets


async def test_a_secondary_limit_in_the_middle_keeps_what_came_before() -> None:
    server, pieces = many(), Kept()
    server.overrides["/repos/ada/tool6/issues"] = lambda _: httpx.Response(
        403, json={"message": "You have exceeded a secondary rate limit."}, headers={"retry-after": "120"}
    )
    cursor, error = await read_on(server, pieces, {})
    assert isinstance(error, RateLimited)
    assert error.retry_at == NOW + timedelta(seconds=120)
    assert server.paths().count("/repos/ada/tool6/issues") == 1
    server.overrides.clear()
    cursor, error = await read_on(server, pieces, cursor, now=NOW + timedelta(minutes=3))
    assert error is None
    whole = kept(*await refresh(many()))
    assert pieces.posts == whole.posts
    assert pieces.interactions.keys() == whole.interactions.keys()
    assert "work" not in cursor


async def test_one_refresh_ends_after_its_requests_and_the_next_goes_on() -> None:
    server, pieces, cursor = many(), Kept(), Cursor()
    for number in range(20):
        now = NOW + timedelta(minutes=15 * number)
        cursor, error = await read_on(server, pieces, cursor, now=now, requests=20)
        if error is None:
            break
        assert isinstance(error, RateLimited)
    assert pieces.interactions.keys() == kept(*await refresh(many())).interactions.keys()


async def test_the_hour_is_shared_with_her_other_programs() -> None:
    server = many()
    server.limits["core"] = 260
    with pytest.raises(RateLimited, match="used up"):
        await refresh(server)
    assert server.limits["core"] >= 240


async def test_a_search_that_is_limited_ends_the_refresh_after_everything_else() -> None:
    server, pieces = many(2), Kept()
    server.limits["search"] = 0
    _, error = await read_on(server, pieces, {}, token=None)
    assert isinstance(error, RateLimited)
    assert len(pieces.interactions) == 2 * 4
