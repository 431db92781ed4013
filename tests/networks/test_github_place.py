"""What was typed, and where the API is that it leads to."""

from __future__ import annotations

import pytest

from klout_tui.errors import UsageError
from klout_tui.networks.base import LinkRequest
from klout_tui.networks.github import GitHub
from klout_tui.networks.github.place import place_at, place_of
from klout_tui.networks.github.target import parse
from tests.networks.github_fake import ada


@pytest.mark.parametrize(
    ("typed", "login"),
    [
        ("ada", "ada"),
        ("@Ada", "Ada"),
        (" ada ", "ada"),
        ("https://github.com/ada", "ada"),
        ("https://github.com/ada/", "ada"),
        ("http://127.0.0.1/ada", "ada"),
        ("github.com/ada", "ada"),
        ("https://www.github.com/ada/tool/issues/3?q=x#top", "ada"),
        ("https://github.com/orgs/ada-inc/repositories", "ada-inc"),
        ("https://api.github.com/users/ada", "ada"),
        ("https://github.com/@ada", "ada"),
        ("git@github.com:ada/tool.git", "ada"),
        ("ssh://git@github.com/ada/tool.git", "ada"),
        ("ada_corp", "ada_corp"),
        ("a-b-c", "a-b-c"),
    ],
)
def test_every_usual_form_is_understood(typed: str, login: str) -> None:
    assert parse(LinkRequest(typed)).login == login


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "  ",
        "@",
        "ada lovelace/..",
        "a.b",
        "-ada",
        "ä",
        "x" * 120,
        "https://github.com/",
        "https://github.com/settings",
        "ftp://github.com/ada",
        "http://github.com/ada",
        "https://user:secret@github.com/ada",
    ],
)
def test_what_cannot_be_meant_is_refused_without_repeating_a_secret(typed: str) -> None:
    with pytest.raises(UsageError) as error:
        parse(LinkRequest(typed))
    assert "secret" not in error.value.message + error.value.hint


@pytest.mark.parametrize(
    ("base", "origin", "users", "graphql", "host"),
    [
        ("", "https://api.github.com", "/users", "/graphql", "github.com"),
        ("https://github.com", "https://api.github.com", "/users", "/graphql", "github.com"),
        ("api.github.com/", "https://api.github.com", "/users", "/graphql", "github.com"),
        ("https://ghe.example", "https://ghe.example", "/api/v3/users", "/api/graphql", "ghe.example"),
        ("https://ghe.example/api/v3/", "https://ghe.example", "/api/v3/users", "/api/graphql", "ghe.example"),
        ("https://ghe.example:8443", "https://ghe.example:8443", "/api/v3/users", "/api/graphql", "ghe.example:8443"),
        ("https://corp.ghe.com", "https://api.corp.ghe.com", "/users", "/graphql", "corp.ghe.com"),
        ("https://api.corp.ghe.com", "https://api.corp.ghe.com", "/users", "/graphql", "corp.ghe.com"),
        ("http://127.0.0.1:4567", "http://127.0.0.1:4567", "/users", "/graphql", "127.0.0.1:4567"),
        ("http://127.0.0.1:4567/api/v3", "http://127.0.0.1:4567", "/api/v3/users", "/api/graphql", "127.0.0.1:4567"),
        ("http://localhost:1/forge", "http://localhost:1", "/forge/users", "/forge/graphql", "localhost:1"),
    ],
)
def test_where_the_api_is(base: str, origin: str, users: str, graphql: str, host: str) -> None:
    request = LinkRequest("ada", base_url=base)
    place = parse(request).place
    assert GitHub().origin(request) == place.origin == origin
    assert place.address("/users") == origin + users
    assert place.graphql == origin + graphql
    assert place.host == host


@pytest.mark.parametrize("base", ["http://ghe.example", "ftp://ghe.example", "https://", "https://a:b@ghe.example"])
def test_an_unsafe_server_is_refused(base: str) -> None:
    with pytest.raises(UsageError):
        place_at(base)


def test_the_page_of_an_enterprise_server_names_it() -> None:
    target = parse(LinkRequest("https://ghe.example/ada/tool"))
    assert (target.login, target.place.address("/user")) == ("ada", "https://ghe.example/api/v3/user")


def test_a_server_named_by_hand_wins_over_the_one_in_a_link() -> None:
    target = parse(LinkRequest("https://github.com/ada", base_url="http://127.0.0.1:9"))
    assert (target.login, target.place.origin) == ("ada", "http://127.0.0.1:9")


def test_ids_tell_servers_apart() -> None:
    assert place_at("").account_id(42) == "github:42"
    assert place_at("https://ghe.example").account_id(42) == "github:42@ghe.example"


def test_links_are_followed_as_given_but_never_to_another_host() -> None:
    place = place_at("https://ghe.example")
    given = "https://ghe.example/api/v3/repositories/7/events?page=2"
    assert place.address(given) == given
    assert place.address("http://inner.local/api/v3/repositories/7/events?page=2") == given


@pytest.mark.parametrize("base", ["", "https://ghe.example", "https://corp.ghe.com", "http://127.0.0.1:1/api/v3"])
def test_the_place_of_a_linked_account_is_the_one_it_was_linked_at(base: str) -> None:
    place = place_at(base)
    assert place_of(ada(base_url=place.origin, root=place.root, web=place.web)) == place


def test_only_the_api_is_asked() -> None:
    assert GitHub().hosts(ada()) == ("api.github.com",)
    assert GitHub().hosts(ada(base_url="https://ghe.example")) == ("ghe.example",)
