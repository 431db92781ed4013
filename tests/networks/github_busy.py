"""A busy account, for tests of whole refreshes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.networks.github_fake import TOKEN, FakeGitHub
from tests.networks.github_world import ADA, NOW, ago, comment, event, issue, repo, short_pull, star, user

LATER = NOW + timedelta(hours=1)
BOTH = pytest.mark.parametrize("token", [TOKEN, None])
TOOL = "github.com/repo/7"


def world(**changes: Any) -> FakeGitHub:
    """A busy repository, a quiet one, and a fork of somebody else's work."""
    tool = repo(
        7, stargazers_count=3, forks_count=1, open_issues_count=2, language="Python", topics=["cli", "python"],
        pushed_at=ago(days=3), updated_at=ago(days=2), has_discussions=True,
    )  # fmt: skip
    review = {"id": 5, "user": user(16), "state": "approved", "body": "Good.", "submitted_at": ago(days=2)}
    return FakeGitHub(
        repos=[tool, repo(8), repo(9, fork=True)],
        languages={7: {"Python": 81_234, "CSS": 20_000, "Makefile": 10}},
        stars={7: [star(ADA, ago(days=300)), star(user(10), ago(days=100)), star(user(11), ago(days=2))]},
        forks={7: [repo(70, owner=user(12), full_name="p12/tool7", fork=True, created_at=ago(days=20))]},
        issues={7: [issue(1, user(13)), issue(2, ADA), issue(3, None), issue(4, user(14), pull_request={"url": "x"})]},
        comments={7: [comment(9001, user(13), 1), comment(9002, ADA, 1), comment(9003, user(15, "helper[bot]"), 2)]},
        reviews={7: [comment(77, user(16), 4, issue_url=None, pull_request_url="https://api.github.com/x/pulls/4")]},
        releases={
            7: [
                {"id": 31, "tag_name": "v1", "name": None, "body": "First!", "draft": False, "html_url": "https://x/v1",
                 "created_at": ago(days=51), "published_at": ago(days=50), "author": ADA,
                 "reactions": {"+1": 2, "-1": 9, "heart": 1}},
                {"id": 32, "tag_name": "v2", "draft": True, "published_at": None, "created_at": ago(days=1)},
            ]
        },
        events={
            7: [
                event(504, "WatchEvent", user(11), tool, {"action": "started"}),
                event(4_300_000_003, "PullRequestReviewEvent", user(16), tool,
                      {"action": "created", "review": review, "pull_request": short_pull(4)}),
                event(502, "ForkEvent", user(12), tool, {"forkee": {"id": 70, "owner": user(12), "html_url": "https://x"}}),
                event(501, "PullRequestEvent", user(14), tool,
                      {"action": "opened", "number": 4, "pull_request": short_pull(4)}, at=ago(days=40)),
            ]
        },
        followers=[user(20), user(21)],
        me=ADA | {"name": "Ada", "followers": 2, "following": 3, "public_repos": 2, "created_at": ago(days=2000)},
        people={"p11": 250},
        **changes,
    )  # fmt: skip
