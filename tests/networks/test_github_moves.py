"""What moved: stars, comments, releases, renamed, deleted and given-away repositories, a renamed login."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from klout_tui.domain.model import InteractionKind
from klout_tui.networks.base import NotFound
from tests.networks.github_busy import BOTH, LATER, TOOL, world
from tests.networks.github_fake import FakeGitHub, Kept, kept, read_on, refresh
from tests.networks.github_world import ADA, NOW, ago, comment, event, issue, repo, star, told, user


@BOTH
async def test_what_moved_is_read_and_nothing_else(token: str | None) -> None:
    server = world()
    cursor = (await refresh(server, token=token))[-1].cursor
    quiet = server.repos[1]
    quiet |= {"stargazers_count": 1, "updated_at": told(LATER)}
    server.stars[8] = [star(user(40), told(LATER))]
    server.events[8] = [event(600, "WatchEvent", user(40), quiet, {"action": "started"}, at=told(LATER))]
    batches = await refresh(server, cursor, token=token, now=LATER + timedelta(minutes=5))
    found = kept(*batches)
    assert list(found.interactions) == ["github:1/star/github.com/user/40/github.com/repo/8"]
    assert found.interactions[next(iter(found.interactions))].at == LATER
    assert found.posts["github.com/repo/8"].counters[InteractionKind.STAR] == 1
    assert not any("tool7" in path for path in server.paths())
    assert len([path for path in server.paths() if "tool8" in path]) <= 2


@BOTH
async def test_a_new_comment_on_an_old_issue_is_heard_of(token: str | None) -> None:
    server = world()
    cursor = (await refresh(server, token=token))[-1].cursor
    new = comment(9100, user(41), 1, at=told(LATER), body="Thanks a lot!")
    server.comments[7].append(new)
    about = {"action": "created", "issue": server.issues[7][0], "comment": new}
    server.received = [event(700, "IssueCommentEvent", user(41), server.repos[0], about, at=told(LATER))]
    batches = await refresh(server, cursor, token=token, now=LATER)
    assert [act.text for batch in batches for act in batch.interactions] == ["Thanks a lot!"]
    again = await refresh(server, batches[-1].cursor, token=token, now=LATER + timedelta(hours=1))
    assert len(server.asked) == 2
    assert not kept(*again).interactions


async def test_a_comment_nobody_told_of_is_found_within_a_day() -> None:
    server = world()
    cursor = (await refresh(server))[-1].cursor
    server.comments[7].append(comment(9100, user(41), 1, at=told(LATER)))
    batches = await refresh(server, cursor, now=NOW + timedelta(days=1))
    assert "github.com/comment/9100" in kept(*batches).interactions


@pytest.mark.parametrize("newest_first", [False, True])
async def test_new_stars_are_found_in_a_long_list_whatever_its_order(newest_first: bool) -> None:
    server = world(stars_newest_first=newest_first)
    server.stars[7] = [star(user(1000 + number), ago(days=500 - number)) for number in range(350)]
    server.repos[0]["stargazers_count"] = 350
    cursor = (await refresh(server))[-1].cursor
    server.stars[7] += [star(user(5000 + number), told(LATER + timedelta(seconds=number))) for number in range(160)]
    server.repos[0]["stargazers_count"] = 510
    batches = await refresh(server, cursor, now=LATER + timedelta(hours=1))
    assert kept(*batches).kinds() == {"star": 160}
    assert len([path for path in server.paths() if "stargazers" in path]) <= 4


async def test_a_star_seen_by_an_event_and_by_the_list_is_one() -> None:
    server = world(owner_sees_stars=False)
    first = await refresh(server)
    server.owner_sees_stars = True
    later = NOW + timedelta(days=8)
    second = await refresh(server, first[-1].cursor, now=later)
    ids = [act.id for batch in (*first, *second) for act in batch.interactions if act.kind is InteractionKind.STAR]
    assert ids.count(f"github:1/star/github.com/user/11/{TOOL}") >= 2
    assert kept(*first, *second).kinds()["star"] == 2


async def test_a_list_of_plain_users_is_believed_with_estimated_dates() -> None:
    """An older server knows nothing of the media type with dates."""
    server = world()
    server.overrides["/repos/ada/tool7/stargazers"] = lambda _: httpx.Response(200, json=[user(10), user(99)])
    found = kept(*await refresh(server))
    act = found.interactions[f"github:1/star/github.com/user/99/{TOOL}"]
    assert (act.at, act.estimated) == (NOW - timedelta(days=900), True)
    assert not found.interactions[f"github:1/star/github.com/user/11/{TOOL}"].estimated


@BOTH
async def test_a_new_repository_is_read_in_depth(token: str | None) -> None:
    server = world()
    cursor = (await refresh(server, token=token))[-1].cursor
    server.repos.append(repo(50, created_at=told(NOW), pushed_at=told(LATER), open_issues_count=1))
    server.issues[50] = [issue(1, user(60), at=told(LATER))]
    found = kept(*await refresh(server, cursor, token=token, now=LATER))
    assert "github.com/repo/50" in found.posts
    assert "github.com/repo/50/issue/1" in found.interactions


async def test_a_release_is_heard_of_by_the_push_it_comes_with() -> None:
    server = world()
    cursor = (await refresh(server))[-1].cursor
    release = {"id": 33, "tag_name": "v3", "name": "Three", "draft": False, "published_at": told(LATER), "body": ""}
    server.repos[0] |= {"pushed_at": told(LATER), "updated_at": told(LATER)}
    server.events[7].insert(
        0, event(800, "ReleaseEvent", ADA, server.repos[0], {"action": "published", "release": release}, at=told(LATER))
    )
    found = kept(*await refresh(server, cursor, now=LATER + timedelta(hours=1)))
    assert found.posts["github.com/release/33"].topics == ("cli", "python", "CSS")
    assert [path for path in server.paths() if "tool7" in path] == ["/repos/ada/tool7/events"]


@BOTH
async def test_a_renamed_repository_stays_the_same(token: str | None) -> None:
    server = world()
    cursor = (await refresh(server, token=token))[-1].cursor
    server.repos[0] |= {"name": "gadget", "full_name": "ada/gadget", "updated_at": told(LATER)}
    server.redirects["ada/tool7"] = "7"
    new = issue(9, user(61), at=told(LATER))
    server.issues[7].append(new)
    found = kept(*await refresh(server, cursor, token=token, now=LATER))
    assert found.posts[TOOL].title == "gadget"
    assert f"{TOOL}/issue/9" in found.interactions
    assert not found.gone


@BOTH
async def test_a_renamed_login_goes_on(token: str | None) -> None:
    server = world()
    cursor = (await refresh(server, token=token))[-1].cursor
    _rename(server, "ada-l")
    batches = await refresh(server, cursor, token=token, now=LATER)
    assert not kept(*batches).gone
    assert batches[-1].cursor["login"] == "ada-l"
    assert {batch.account for batch in batches} == {"github:1"}
    await refresh(server, batches[-1].cursor, token=token, now=LATER + timedelta(hours=1))
    assert server.paths() == ["/users/ada-l/repos", "/users/ada-l/received_events"]


@BOTH
async def test_a_login_that_was_taken_over_is_not_followed(token: str | None) -> None:
    server = world()
    cursor = (await refresh(server, token=token))[-1].cursor
    _rename(server, "ada-l")
    stranger = user(666, "ada")
    theirs = [repo(900, owner=stranger, full_name="ada/evil")]
    server.overrides["/users/ada/repos"] = lambda _: httpx.Response(200, json=theirs)
    server.overrides["/users/ada"] = lambda _: httpx.Response(200, json=stranger)
    batches = await refresh(server, cursor, token=token, now=NOW + timedelta(hours=7))
    assert "github.com/repo/900" not in kept(*batches).posts
    assert not kept(*batches).gone
    assert batches[-1].cursor["login"] == "ada-l"


def _rename(server: FakeGitHub, login: str) -> None:
    server.me = server.me | {"login": login, "html_url": f"https://github.com/{login}"}
    for each in server.repos:
        server.redirects[each["full_name"]] = str(each["id"])
        each |= {"full_name": f"{login}/{each['name']}", "owner": ADA | {"login": login}}


async def test_an_account_that_is_gone_says_so() -> None:
    server = world()
    cursor = (await refresh(server, token=None))[-1].cursor
    server.me = user(2, "nobody")
    with pytest.raises(NotFound, match="knows @ada no more"):
        await refresh(server, cursor, token=None, now=NOW + timedelta(hours=7))


@BOTH
async def test_deleted_given_away_and_hidden_repositories(token: str | None) -> None:
    server = world()
    server.repos += [repo(20), repo(21), repo(22)]
    cursor = (await refresh(server, token=token))[-1].cursor
    deleted, given, lost = server.repos[3:6]
    given |= {"owner": user(99, "org", type="Organization")}
    server.repos.remove(deleted)
    server.repos.remove(lost)
    server.repos.append(repo(23, "tool22"))  # another one by the name of one that was deleted
    server.overrides["/users/ada/repos"] = lambda _: httpx.Response(
        200, json=[each for each in server.repos if each["owner"]["id"] == 1]
    )
    batches = await refresh(server, cursor, token=token, now=LATER)
    assert kept(*batches).gone == {"github.com/repo/20", "github.com/repo/22"}
    again = await refresh(server, batches[-1].cursor, token=token, now=LATER + timedelta(hours=1))
    assert not kept(*again).gone
    assert not any("tool20" in path or "tool21" in path for path in server.paths())


@BOTH
async def test_a_list_that_comes_back_short_deletes_nothing(token: str | None) -> None:
    server = world()
    cursor = (await refresh(server, token=token))[-1].cursor
    server.overrides["/users/ada/repos"] = lambda _: httpx.Response(200, json=[])
    batches = await refresh(server, cursor, token=token, now=LATER)
    assert not kept(*batches).gone
    server.overrides.clear()
    batches = await refresh(server, batches[-1].cursor, token=token, now=LATER + timedelta(hours=1))
    assert not kept(*batches).interactions


@BOTH
async def test_many_deleted_at_once_are_found_out_over_several_refreshes(token: str | None) -> None:
    server = FakeGitHub(repos=[repo(number) for number in range(1, 31)])
    pieces, cursor = Kept(), (await refresh(server, token=token))[-1].cursor
    server.repos = server.repos[:5]
    for hours in range(1, 5):
        cursor, _ = await read_on(server, pieces, cursor, token=token, now=NOW + timedelta(hours=hours))
    assert len(pieces.gone) == 25
    assert server.paths() == ["/users/ada/repos", "/users/ada/received_events"]


@BOTH
async def test_what_moves_on_the_first_of_several_pages_has_all_of_them_read(token: str | None) -> None:
    server = FakeGitHub(repos=[repo(number, pushed_at=ago(days=number)) for number in range(1, 251)])
    cursor = (await refresh(server, token=token, requests=9999))[-1].cursor
    server.limits["core"] = 5000
    pieces = Kept()
    cursor, _ = await read_on(server, pieces, cursor, token=token, now=LATER)
    assert len(server.asked) == 2
    del server.repos[220]
    server.repos[0] |= {"pushed_at": told(LATER)}
    server.repos[230] |= {"stargazers_count": 4}
    cursor, _ = await read_on(server, pieces, cursor, token=token, now=LATER + timedelta(hours=1))
    assert pieces.gone == {"github.com/repo/221"}
    assert pieces.posts["github.com/repo/232"].counters[InteractionKind.STAR] == 4
    del server.repos[3]  # which another one takes the place of
    cursor, _ = await read_on(server, pieces, cursor, token=token, now=LATER + timedelta(hours=2))
    assert pieces.gone == {"github.com/repo/221", "github.com/repo/4"}
    cursor, _ = await read_on(server, pieces, cursor, token=token, now=LATER + timedelta(hours=3))
    assert len(server.asked) == 2
