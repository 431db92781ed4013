"""Every usual way to type a Mastodon account, and those that are none."""

from __future__ import annotations

import pytest

from klout_tui.errors import UsageError
from klout_tui.networks.base import LinkRequest
from klout_tui.networks.mastodon import Mastodon
from klout_tui.networks.mastodon.target import parse


@pytest.mark.parametrize(
    "typed",
    [
        "@alice@example.social",
        "alice@example.social",
        "  @alice@Example.SOCIAL ",
        "acct:alice@example.social",
        "web+acct:@alice@example.social",
        "@alice @example.social",
        "https://example.social/@alice",
        "https://EXAMPLE.social/@alice/",
        "https://example.social/@alice/112233",
        "https://example.social/@alice?x=1#y",
        "https://example.social/users/alice",
        "https://example.social/web/@alice",
        "https://example.social/deck/@alice",
        "https://example.social/profile/alice",
        "example.social/@alice",
        "https://other.example/@alice@example.social",
    ],
)
def test_all_mean_the_same(typed: str) -> None:
    target = parse(LinkRequest(typed))
    assert (target.user, target.domain, target.origin) == ("alice", "example.social", "https://example.social")
    assert Mastodon().origin(LinkRequest(typed)) == "https://example.social"


@pytest.mark.parametrize(
    ("typed", "base", "domain", "origin"),
    [
        ("alice@example.social", "http://127.0.0.1:3000", "example.social", "http://127.0.0.1:3000"),
        ("alice@example.social", "https://api.example.social/", "example.social", "https://api.example.social"),
        ("alice@example.social", "api.example.social/about", "example.social", "https://api.example.social"),
        ("@alice", "https://example.social", "example.social", "https://example.social"),
        ("http://127.0.0.1:3000/@alice", "", "127.0.0.1:3000", "http://127.0.0.1:3000"),
        ("alice@bücher.example", "", "xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("alice@localhost:3000", "http://localhost:3000", "localhost:3000", "http://localhost:3000"),
    ],
)
def test_other_origins(typed: str, base: str, domain: str, origin: str) -> None:
    target = parse(LinkRequest(typed, base_url=base))
    assert (target.user, target.domain, target.origin) == ("alice", domain, origin)


def test_names_with_dots_and_dashes() -> None:
    assert parse(LinkRequest("@a.l-i_ce9@example.social")).user == "a.l-i_ce9"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "alice",
        "@",
        "@@example.social",
        "alice@",
        "@alice@exam ple..social",
        "alice@example.social@other",
        "http://example.social/@alice",
        "https://example.social/about",
        "https://example.social/",
        "https://user:pass@example.social/@alice",
        "ftp://example.social/@alice",
        "https://example.social:port/@alice",
        "al!ce@example.social",
        "alice@\x1b[31m",
        "alice@exa_mple.social",
    ],
)
def test_what_is_none_says_how_to_type_it(typed: str) -> None:
    with pytest.raises(UsageError) as error:
        Mastodon().origin(LinkRequest(typed))
    assert "@alice@example.social" in error.value.hint
    assert "\x1b" not in error.value.message
    assert "pass@" not in error.value.message


@pytest.mark.parametrize("base", ["http://example.social", "ftp://example.social", "https://a:b@example.social", "::"])
def test_a_base_url_that_is_none(base: str) -> None:
    with pytest.raises(UsageError, match=r"encrypted|web address|password|no address"):
        parse(LinkRequest("alice@example.social", base_url=base))
