"""From the API's shapes to our nouns."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klout_tui.domain.batch import Batch, washed
from klout_tui.domain.model import Interaction, InteractionKind, Post
from klout_tui.networks.github import entities
from klout_tui.networks.github.bookmark import Bookmark, Repo, Stage, Work
from klout_tui.networks.github.happenings import Scene, at_hers
from klout_tui.networks.github.mapping import Home, actor_of, words
from klout_tui.networks.github.packed import packed, unpacked
from klout_tui.networks.github.place import GITHUB
from klout_tui.networks.github.posts import repository_post
from klout_tui.networks.github.tolerance import entity
from tests.networks.github_world import ADA, JSON, NOW, comment, event, issue, repo, short_pull, user

HOME = Home("github:1", 1, "ada", GITHUB)
TOOL = repo(7)


def told(raw: JSON) -> Interaction | Post | None:
    return at_hers(Scene(HOME, NOW, ("cli",)), entity(json.dumps(raw).encode(), entities.Event))


def act(raw: JSON) -> Interaction:
    found = told(raw)
    assert isinstance(found, Interaction)
    return found


@given(st.sets(st.integers(min_value=0, max_value=2**40), max_size=300))
def test_numbers_are_packed_without_loss(numbers: set[int]) -> None:
    assert unpacked(packed(numbers)) == numbers


@given(st.text(max_size=60))
def test_what_was_never_packed_is_no_number_or_some(text: str) -> None:
    assert isinstance(unpacked(text), set)


def test_five_thousand_followers_are_few_characters() -> None:
    assert len(packed(range(1, 200_000_000, 40_000))) < 5000 * 4


@pytest.mark.parametrize(
    ("person", "key", "handle", "bot"),
    [
        (entities.User(42, "bo"), "github.com/user/42", "@bo", False),
        (entities.User(42, "bo", "Bot"), "github.com/user/42", "@bo", True),
        (entities.User(49, "dependabot[bot]"), "github.com/user/49", "@dependabot[bot]", True),
        (entities.User(7, "org", "Organization"), "github.com/user/7", "@org", False),
        (entities.User(0, "Bo"), "github.com/@bo", "@Bo", False),
        (entities.User(10137, "ghost", "User"), "github.com/user/ghost", "@ghost", False),
        (entities.User(), "github.com/user/ghost", "@ghost", False),
        (None, "github.com/user/ghost", "@ghost", False),
    ],
)
def test_who_acts(person: entities.User | None, key: str, handle: str, bot: bool) -> None:
    actor = actor_of(HOME, person)
    assert (actor.key, actor.handle, actor.bot) == (key, handle, bot)


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("@ada please", True),
        ("thanks, @ADA!", True),
        ("(@ada)", True),
        ("@ada/tool", True),
        ("@ada-bot", False),
        ("ada@ada.example", False),
        ("x@ada", False),
        ("@@ada", False),
        ("@adam", False),
        (None, False),
    ],
)
def test_when_a_text_calls_her(text: str | None, called: bool) -> None:
    assert HOME.mentioned_in(text) is called


def test_a_renamed_person_is_the_same() -> None:
    one = act(event(1, "WatchEvent", user(5, "old"), TOOL, {"action": "started"}))
    other = act(event(2, "WatchEvent", user(5, "new"), TOOL | {"full_name": "ada/renamed"}, {"action": "started"}))
    assert one.id == other.id == "github:1/star/github.com/user/5/github.com/repo/7"


def test_a_short_pull_request_is_told_as_far_as_it_goes() -> None:
    pull = act(event(1, "PullRequestEvent", user(5), TOOL, {"action": "opened", "pull_request": short_pull(12)}))
    assert (pull.id, pull.actor.handle, pull.text) == ("github.com/repo/7/issue/12", "@p5", "")
    assert pull.url == "https://github.com/ada/tool7/pull/12"


def test_a_fork_is_the_same_by_event_and_by_list() -> None:
    forkee = {"id": 70, "owner": user(6, "org"), "html_url": "https://github.com/org/tool7"}
    assert act(event(1, "ForkEvent", user(5), TOOL, {"forkee": forkee})).actor.key == "github.com/user/6"
    assert act(event(1, "ForkEvent", user(5), TOOL, {})).actor.key == "github.com/user/5"


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("IssuesEvent", {"action": "closed", "issue": issue(1, user(5))}),
        ("IssuesEvent", {"action": "opened"}),
        ("IssuesEvent", {"action": "opened", "issue": issue(1, ADA)}),
        ("PullRequestReviewEvent", {"action": "dismissed", "review": {"id": 1}}),
        ("IssueCommentEvent", {"action": "deleted", "comment": comment(1, user(5), 1)}),
        ("IssueCommentEvent", {"action": "created", "comment": {"id": None}}),
        ("ReleaseEvent", {"action": "published", "release": {"id": 1, "draft": True}}),
        ("ReleaseEvent", {"action": "edited", "release": {"id": 1}}),
        ("PushEvent", {"ref": "refs/heads/main"}),
        ("GollumEvent", {"pages": []}),
        ("SomethingNew", {}),
    ],
)
def test_what_counts_as_nothing(kind: str, payload: JSON) -> None:
    assert told(event(1, kind, user(5), TOOL, payload)) is None


def test_comments_by_every_route() -> None:
    said = comment(8, user(5), 3)
    for kind, name in (
        ("IssueCommentEvent", "comment"),
        ("PullRequestReviewCommentEvent", "review-comment"),
        ("CommitCommentEvent", "commit-comment"),
    ):
        found = act(event(1, kind, user(5), TOOL, {"action": "created", "comment": said}))
        assert (found.id, found.kind) == (f"github.com/{name}/8", InteractionKind.COMMENT)


def test_hostile_text_comes_out_harmless() -> None:
    nasty = "\x1b[31m\u202e[@click=app.quit]x[/]"
    found = words(
        HOME, InteractionKind.ISSUE, "github.com/repo/7/issue/1", entities.User(5, nasty), None, NOW,
        post=None, title=nasty, text=nasty, url="javascript:alert(1)",
    )  # fmt: skip
    assert found is not None
    clean = washed(Batch(account="github:1", cursor={}, interactions=(found,))).interactions[0]
    assert "\x1b" not in clean.text + clean.actor.handle
    assert clean.url == ""


def test_topics_then_languages_each_once_and_no_more_than_can_be_read() -> None:
    tool = entities.Repository(7, "tool7", topics=["python", "cli", "python"], language="Python")
    post = repository_post(HOME, tool, ("Python", "CSS"), NOW)
    assert post.topics == ("python", "cli", "CSS")
    many = entities.Repository(7, "tool7", topics=[f"t{number}" for number in range(90)])
    assert len(repository_post(HOME, many, (), NOW).topics) == 25


@pytest.mark.parametrize("raw", [b"[]", b"7", b"null", b'{"id": "x"}', b"{}", b'{"id": 1', b"\xff", b"[" * 5000])
def test_what_is_no_repository(raw: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # of whatever words
        entity(raw, entities.Repository)


def test_half_a_repository_is_one() -> None:
    raw = b'{"id": 7, "name": ["x"], "owner": "ada", "topics": ["a", 7, null], "stargazers_count": "3", "fork": "no"}'
    assert entity(raw, entities.Repository) == entities.Repository(7, topics=["a"], stargazers_count=3)


def test_a_bookmark_reads_what_it_wrote() -> None:
    mark = Bookmark(login="ada", mode="token", scopes="", followers={5, 9}, follower_count=2, follower_aim=0)
    mark.repos[7] = Repo(7, "ada/tool7", (1, 2, 3, 4, 5), event="77", languages=("C",))
    mark.queue(7, Stage.STARS | Stage.EVENTS)
    mark.stamp("repos", NOW)
    assert Bookmark.read(mark.written()) == mark
    assert Bookmark.read({}) == Bookmark()


def test_work_under_way_is_not_disturbed_by_more_of_it() -> None:
    mark = Bookmark(work=[Work(7, int(Stage.STARS), page="https://x?page=3")])
    mark.queue(7, Stage.STARS)
    mark.queue(7, Stage.FORKS)
    assert [(work.repo, Stage(work.stages)) for work in mark.work] == [(7, Stage.STARS), (7, Stage.STARS | Stage.FORKS)]


@given(st.dictionaries(st.sampled_from(["repos", "work", "people", "polls", "seen", "asked", "planned"]), st.text()))
def test_no_cursor_breaks_it(cursor: dict[str, Any]) -> None:
    assert isinstance(Bookmark.read(cursor).written(), dict)
