"""What a network may offer beyond the core, and guessing which one is meant."""

from __future__ import annotations

from typing import Any

import pytest

from klout_tui.errors import UsageError
from klout_tui.networks.base import Likeness, LinkRequest
from klout_tui.networks.blog import Blog
from klout_tui.networks.mastodon import Mastodon
from klout_tui.networks.optional import guess, is_address, likeness, login_of, objection_to, shows
from tests.town import Town


class Hub(Town):
    """Lives at hub.example with its API at api.hub.example, and says nothing of itself."""

    def origin(self, request: LinkRequest) -> str:
        if "nobody" in request.target:
            raise ZeroDivisionError
        return "https://api.hub.example"


class Odd(Town):
    login: Any = "yes"
    shows: Any = 7
    recognises: Any = None


@pytest.mark.parametrize(
    ("text", "mastodon", "blog"),
    [
        ("@alice@example.social", 2, 0),
        ("acct:alice@example.social", 2, 0),
        ("alice@example.social", 1, 0),
        ("https://example.social/@alice", 2, 0),
        ("https://example.social/@alice/1234", 2, 0),
        ("https://example.social/users/alice", 1, 1),
        ("https://blog.example/feed/", 0, 1),
        ("blog.example", 0, 1),
        ("alice", 0, 0),
        ("", 0, 0),
        ("not a name", 0, 0),
        ("@", 0, 0),
        ("[::1", 0, 0),
    ],
)
def test_forms_are_told_apart(text: str, mastodon: int, blog: int) -> None:
    assert (likeness(Mastodon(), text), likeness(Blog(), text)) == (mastodon, blog)


@pytest.mark.parametrize(
    ("text", "surely"),
    [
        ("https://hub.example/alice", Likeness.CERTAIN),
        ("hub.example/alice", Likeness.CERTAIN),
        ("https://blog.example/", Likeness.NO),
        ("https://hub.example/nobody", Likeness.NO),
        ("@alice", Likeness.NO),
    ],
)
def test_a_network_that_cannot_tell_is_known_by_its_host(text: str, surely: Likeness) -> None:
    assert likeness(Hub(), text) is surely


@pytest.mark.parametrize(
    ("answer", "surely"), [(True, Likeness.POSSIBLE), (False, Likeness.NO), (99, Likeness.CERTAIN), (-1, Likeness.NO)]
)
def test_a_plugin_may_answer_in_its_own_way(answer: int, surely: Likeness) -> None:
    class Plain(Town):
        def recognises(self, text: str) -> int:
            return answer

    assert likeness(Plain(), "x") is surely


@pytest.mark.parametrize("raised", [ValueError("x"), SystemExit(1)])
def test_a_plugin_that_breaks_down_recognises_nothing(raised: BaseException) -> None:
    class Broken(Town):
        def recognises(self, text: str) -> int:
            raise raised

    class Words(Town):
        def recognises(self, text: str) -> str:
            return "maybe"

    assert likeness(Broken(), "x") is likeness(Words(), "x") is Likeness.NO


def test_the_surest_one_is_guessed() -> None:
    mastodon, blog, hub = Mastodon(), Blog(), Hub()
    everyone = (blog, mastodon, hub)
    assert guess(everyone, "@alice@example.social") is mastodon
    assert guess(everyone, "https://blog.example/") is blog
    assert guess(everyone, "https://hub.example/alice") is hub
    assert guess(everyone, "https://example.social/users/alice") is None  # either may be meant
    assert guess(everyone, "") is guess((), "x") is None


def test_what_cannot_be_meant_is_told_without_asking() -> None:
    assert objection_to(Mastodon(), LinkRequest("@alice@example.social")) is None
    trouble = objection_to(Mastodon(), LinkRequest("alice"))
    assert isinstance(trouble, UsageError)
    broken = objection_to(Hub(), LinkRequest("nobody"))
    assert broken is not None
    assert "ZeroDivisionError" in broken.message


def test_what_a_plugin_lacks_or_gets_wrong_is_not_offered() -> None:
    assert (login_of(Town()), shows(Town())) == (None, "")
    assert (login_of(Odd()), shows(Odd())) == (None, "")
    assert login_of(Mastodon()) is not None
    assert "public posts" in shows(Mastodon())


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("https://a.example", True),
        ("a.example/x", True),
        ("a.example", False),
        ("@a/b", False),
        ("ftp://a.example", False),
    ],
)
def test_addresses(text: str, is_one: bool) -> None:
    assert is_address(text) is is_one
