"""What two ways of telling one act have in common, and what keeps two acts apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from klout_tui.domain import echo
from klout_tui.domain.model import Actor, Interaction, InteractionKind

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
LIKE, REPLY, LINK = InteractionKind.LIKE, InteractionKind.REPLY, InteractionKind.LINK


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://Tech.example/@ada/1099", "http://www.tech.example:80/@ada/1099/?utm_source=x"),
        ("https://ada.example/a%20b?q=1&fbclid=7", "https://ada.example/a b?q=1"),
        ("at://did:plc:ada/app.bsky.feed.post/3m", "https://bsky.app/profile/did:plc:Ada/post/3m"),
        ("did:plc:ada", "https://bsky.app/profile/did:plc:ada"),
        (
            "https://old.reddit.com/r/Python/comments/abc/some_title/def/?context=3",
            "https://www.reddit.com/comments/ABC/_/def",
        ),
        ("https://www.reddit.com/u/Ada", "https://reddit.com/user/ada/"),
        ("https://github.com/Me/Tool/pull/3#issuecomment-9", "https://github.com/me/tool/issues/3#issuecomment-9"),
        ("https://github.com/me/tool/pull/3", "https://github.com/me/tool/issues/3/"),
    ],
)
def test_one_thing_by_two_addresses(one: str, other: str) -> None:
    assert echo.names(one) == echo.names(other) != ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://tech.example/@ada/1099", "https://tech.example/@ada/1098"),
        ("https://tech.example/@ada/1099", "https://tech.example:8443/@ada/1099"),
        ("https://ada.example/?p=1", "https://ada.example/?p=2"),
        ("https://blog.example/a#comment-1", "https://blog.example/a#comment-2"),
        ("https://reddit.com/r/a/comments/abc/t/def", "https://reddit.com/r/a/comments/abc/t"),
        ("https://bsky.app/profile/ada.example/post/3m", "https://bsky.app/profile/bo.example/post/3m"),
    ],
)
def test_two_things_stay_two(one: str, other: str) -> None:
    assert echo.names(one) != echo.names(other)


@pytest.mark.parametrize(
    "odd", ["", "bo", "mastodon:x/like/bo/p1", "mailto:a@b.example", "http://[", "at://", "https:"]
)
def test_what_is_no_address_has_no_name(odd: str) -> None:
    assert echo.names(odd) == ()


def native(
    kind: InteractionKind, url: str, post: str | None = "https://social.example/users/me/statuses/1098"
) -> Interaction:
    ada = Actor(key="https://tech.example/users/ada", handle="@ada", url="https://tech.example/@ada")
    return Interaction(
        id="https://tech.example/users/ada/1", account="a", kind=kind, actor=ada, at=NOON, post=post, url=url
    )


def test_something_written_is_known_by_its_address_or_id() -> None:
    keys = echo.keys_of(native(REPLY, "https://tech.example/@ada/1"))
    assert keys == ("said tech.example/users/ada/1", "said tech.example/@ada/1")


def test_a_like_is_known_by_who_and_what() -> None:
    keys = echo.keys_of(native(LIKE, "https://social.example/@me/1098"))
    assert "like tech.example/@ada social.example/@me/1098" in keys
    assert not any(key.startswith("said") for key in keys)


def test_a_comment_whose_address_is_only_its_page_is_not_known_by_that() -> None:
    page = "https://blog.example/sundials"
    assert "said blog.example/sundials" not in echo.keys_of(native(InteractionKind.COMMENT, page, page))


def test_a_page_that_links_twice_makes_two_acts() -> None:
    one = echo.keys_of(native(LINK, "https://ada.example/post", "https://blog.example/a"))
    other = echo.keys_of(native(LINK, "https://ada.example/post", "https://blog.example/b"))
    assert set(one).isdisjoint(other)


@pytest.mark.parametrize("kind", [InteractionKind.FOLLOW, InteractionKind.STAR, InteractionKind.THANKS])
def test_what_nobody_else_tells_of_has_no_keys(kind: InteractionKind) -> None:
    assert echo.keys_of(native(kind, "https://tech.example/@ada")) == ()


def test_near_is_a_month_around_a_date_and_three_years_before_a_guess() -> None:
    dated = Interaction(id="w", account="w", kind=LIKE, actor=Actor(key="a", handle="a"), at=NOON, echo=("x",))
    guess = Interaction(
        id="w", account="w", kind=LIKE, actor=Actor(key="a", handle="a"), at=NOON, echo=("x",), estimated=True
    )
    assert echo.near(dated, NOON + timedelta(days=30))
    assert not echo.near(dated, NOON - timedelta(days=70))
    assert echo.near(guess, NOON - timedelta(days=1000))
    assert not echo.near(guess, NOON - timedelta(days=1200))
    assert not echo.near(guess, NOON + timedelta(days=100))
