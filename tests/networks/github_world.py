"""Things as GitHub's API tells them, for tests: people, repositories, issues, comments, events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
JSON = dict[str, Any]


def told(at: datetime) -> str:
    """As GitHub writes times."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def ago(**span: float) -> str:
    """So long before ``NOW``."""
    return told(NOW - timedelta(**span))


def user(number: int, login: str = "", **changes: Any) -> JSON:
    """A "simple user"."""
    login = login or f"p{number}"
    return {
        "login": login,
        "id": number,
        "node_id": f"U_{number}",
        "avatar_url": f"https://avatars.githubusercontent.com/u/{number}?v=4",
        "gravatar_id": "",
        "url": f"https://api.github.com/users/{login}",
        "html_url": f"https://github.com/{login}",
        "type": "Bot" if login.endswith("[bot]") else "User",
        "site_admin": False,
        **changes,
    }


ADA = user(1, "ada")


def repo(number: int, name: str = "", **changes: Any) -> JSON:
    """A repository of Ada's, as listed."""
    name = name or f"tool{number}"
    return {
        "id": number,
        "node_id": f"R_{number}",
        "name": name,
        "full_name": f"ada/{name}",
        "private": False,
        "owner": ADA,
        "html_url": f"https://github.com/ada/{name}",
        "description": f"The tool {name}",
        "fork": False,
        "created_at": ago(days=900),
        "updated_at": ago(days=200),
        "pushed_at": ago(days=200 + number),
        "stargazers_count": 0,
        "watchers_count": 0,
        "forks_count": 0,
        "open_issues_count": 0,
        "language": None,
        "topics": [],
        "has_issues": True,
        "has_discussions": False,
        "archived": False,
        "disabled": False,
        "visibility": "public",
        **changes,
    }


def issue(number: int, who: JSON | None, *, at: str = "", **changes: Any) -> JSON:
    """An issue, as listed."""
    at = at or ago(days=40)
    return {
        "id": 100_000 + number,
        "number": number,
        "title": f"Issue {number}",
        "body": f"About {number}",
        "user": who,
        "state": "open",
        "comments": 0,
        "created_at": at,
        "updated_at": at,
        "closed_at": None,
        "author_association": "NONE",
        "html_url": f"https://github.com/ada/tool7/issues/{number}",
        **changes,
    }


def comment(
    number: int, who: JSON | None, thread: int, *, at: str = "", name: str = "ada/tool7", **changes: Any
) -> JSON:
    """An issue comment, as listed."""
    at = at or ago(days=30)
    return {
        "id": number,
        "user": who,
        "body": f"Comment {number}",
        "created_at": at,
        "updated_at": at,
        "html_url": f"https://github.com/{name}/issues/{thread}#issuecomment-{number}",
        "issue_url": f"https://api.github.com/repos/{name}/issues/{thread}",
        "author_association": "NONE",
        "reactions": {"total_count": 0, "+1": 0, "-1": 0, "laugh": 0, "heart": 0, "rocket": 0, "eyes": 0},
        **changes,
    }


def event(number: int, kind: str, who: JSON, where: JSON, payload: JSON, *, at: str = "") -> JSON:
    """An event; its actor is shorter than a user."""
    return {
        "id": str(number),
        "type": kind,
        "actor": {name: who[name] for name in ("id", "login", "gravatar_id", "url", "avatar_url")}
        | {"display_login": who["login"].removesuffix("[bot]")},
        "repo": {
            "id": where["id"],
            "name": where["full_name"],
            "url": f"https://api.github.com/repos/{where['full_name']}",
        },
        "payload": payload,
        "public": True,
        "created_at": at or ago(days=2),
    }


def short_pull(number: int) -> JSON:
    """What has been left of a pull request in events since October 2025."""
    return {
        "url": f"https://api.github.com/repos/ada/tool7/pulls/{number}",
        "id": 900_000 + number,
        "number": number,
        "head": {"ref": "x"},
        "base": {"ref": "main"},
    }


def star(who: JSON | None, at: str) -> JSON:
    """A row of a star list."""
    return {"starred_at": at, "user": who}
