"""What the API's shapes mean in our words, on every kind of server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from klout_tui.domain.model import Interaction, InteractionKind, Post, PostKind
from klout_tui.networks.dates import moment
from klout_tui.networks.mastodon import entities
from klout_tui.networks.mastodon.mapping import (
    Home,
    actor_of,
    interaction_of,
    parent_of_reply,
    post_of,
    profile_of,
)
from tests.networks.mastodon_fake import NOW, Entity, recorded, recorded_list

HOME = Home("mastodon:alice@social.example", "495", "social.example")
POST = "https://social.example/users/alice/statuses/9001"
URIS = {"9001": POST}


def as_status(value: Entity) -> entities.Status:
    return msgspec.convert(value, entities.Status)


def as_account(value: Entity) -> entities.Account:
    return msgspec.convert(value, entities.Account)


def post_from(value: Entity, home: Home = HOME, uris: dict[str, str] | None = None) -> Post:
    post = post_of(home, as_status(value), uris or {}, NOW)
    assert post is not None
    return post


def told(name: str, number: int = 0, home: Home = HOME, **changes: Any) -> Interaction | None:
    value = recorded_list(name)[number] | changes
    return interaction_of(home, msgspec.convert(value, entities.Notification), URIS, NOW)


def seen(name: str, number: int = 0, home: Home = HOME, **changes: Any) -> Interaction:
    interaction = told(name, number, home, **changes)
    assert interaction is not None
    return interaction


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-07-03T08:15:22.904Z", datetime(2026, 7, 3, 8, 15, 22, 904000, UTC)),
        ("2026-07-03T08:15:22Z", datetime(2026, 7, 3, 8, 15, 22, tzinfo=UTC)),
        ("2026-07-03t08:15:22z", datetime(2026, 7, 3, 8, 15, 22, tzinfo=UTC)),
        ("2026-07-03T08:15:22.123456789Z", datetime(2026, 7, 3, 8, 15, 22, 123456, UTC)),
        ("2026-07-03T10:15:22.9+02:00", datetime(2026, 7, 3, 8, 15, 22, 900000, UTC)),
        ("2026-07-03T08:15:22", datetime(2026, 7, 3, 8, 15, 22, tzinfo=UTC)),
        ("2026-07-03", datetime(2026, 7, 3, tzinfo=UTC)),
        ("", None),
        (None, None),
        ("yesterday", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("0001-01-01T00:00:00.000Z", None),  # Go's unset time, as some GoToSocial answers have it
        ("1970-01-01T00:00:00.000Z", None),
        ("2016-12-31T23:59:60.000Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_dates_in_every_form(text: str | None, expected: datetime | None) -> None:
    assert moment(text) == expected


def test_a_status_becomes_a_post() -> None:
    assert post_from(recorded("status")) == Post(
        id=POST,
        account=HOME.account,
        kind=PostKind.STATUS,
        at=datetime(2026, 11, 20, 8, tzinfo=UTC),
        url="https://social.example/@alice/9001",
        text="New release #Python\n\nEnjoy & share",
        topics=("python",),
        counters={
            InteractionKind.REPLY: 2,
            InteractionKind.REPOST: 5,
            InteractionKind.LIKE: 14,
            InteractionKind.QUOTE: 0,
        },
    )


def test_a_content_warning_stands_before_the_text() -> None:
    assert post_from(recorded("status", spoiler_text="Code")).text.startswith("Code\n\nNew release")


def test_a_boost_takes_nothing_of_the_inner_post() -> None:
    post = post_from(recorded("boost"))
    assert post.kind is PostKind.REPOST
    assert post.id == "https://social.example/users/alice/statuses/9003/activity"
    assert post.url == "https://tech.example/@ada/12"
    assert post.text == "boosted @ada@tech.example"
    assert post.counters == {}
    assert post.topics == ()


def test_a_boost_without_an_id_of_its_own_does_not_pass_for_the_inner_post() -> None:
    inner = "https://tech.example/users/ada/statuses/12"
    assert post_from(recorded("boost", uri=inner)).id == f"{HOME.account}/repost/{inner}"


def test_own_replies_know_what_they_answer_if_we_do() -> None:
    answer = recorded("context")["descendants"][1]
    assert post_from(answer).kind is PostKind.REPLY
    assert post_from(answer).reply_to is None
    assert post_from(answer, uris={"9100": "https://tech.example/users/ada/statuses/31"}).reply_to == (
        "https://tech.example/users/ada/statuses/31"
    )


@pytest.mark.parametrize(
    ("visibility", "public"),
    [
        ("public", True),
        ("unlisted", True),
        ("private", False),
        ("direct", False),
        ("local", False),
        ("list", False),
        ("brand-new", False),
        (None, False),
    ],
)
def test_only_public_and_unlisted_are_public(visibility: str | None, public: bool) -> None:
    assert post_from(recorded("status", visibility=visibility)).public is public
    liked = recorded("status", visibility=visibility)
    assert seen("notifications", 7, status=liked).public is public
    assert seen("notifications", 5, status=recorded("reply", visibility=visibility)).public is public


def test_takahe_may_call_local_posts_public() -> None:
    takahe = Home(HOME.account, HOME.remote_id, HOME.domain, mislabels=True)
    assert not post_from(recorded("status"), takahe).public


def test_posts_with_little_in_them() -> None:
    bare = {"id": "5", "account": {"id": "495"}, "uri": "https://social.example/o/5"}
    post = post_from(bare)
    assert (post.at, post.estimated, post.counters, post.url) == (NOW, True, {}, "https://social.example/o/5")
    assert post_of(HOME, as_status({"id": "5", "account": {"id": "495"}}), {}, NOW) is None


def test_nonsense_counters_and_future_dates_are_not_believed() -> None:
    post = post_from(recorded("status", replies_count=-1, favourites_count=10**15, created_at="2036-01-01T00:00:00Z"))
    assert post.counters == {InteractionKind.REPOST: 5, InteractionKind.QUOTE: 0}
    assert post.at == NOW


def test_each_notification_that_counts() -> None:
    quote, follow, mention, reply, reblog, favourite = (seen("notifications", number) for number in range(2, 8))
    ada, bo = "https://tech.example/users/ada", "https://social.example/users/bo"
    assert [each.id for each in (quote, follow, mention, reply, reblog, favourite)] == [
        "https://tech.example/users/ada/statuses/33",
        f"{HOME.account}/follow/{ada}",
        "https://tech.example/users/ada/statuses/32",
        "https://tech.example/users/ada/statuses/31",
        f"{HOME.account}/repost/{bo}/{POST}",
        f"{HOME.account}/like/{ada}/{POST}",
    ]
    assert [each.kind for each in (quote, follow, mention, reply, reblog, favourite)] == [
        InteractionKind.QUOTE,
        InteractionKind.FOLLOW,
        InteractionKind.MENTION,
        InteractionKind.REPLY,
        InteractionKind.REPOST,
        InteractionKind.LIKE,
    ]
    assert [each.post for each in (quote, follow, mention, reply, reblog, favourite)] == [
        POST,
        None,
        None,
        POST,
        POST,
        POST,
    ]
    assert [each.url for each in (quote, follow, mention, reply, reblog, favourite)] == [
        "https://tech.example/@ada/33",
        "https://tech.example/@ada",
        "https://tech.example/@ada/32",
        "https://tech.example/@ada/31",
        "https://social.example/@alice/9001",
        "https://social.example/@alice/9001",
    ]
    assert favourite.at == datetime(2026, 11, 21, 8, 11, 22, 904000, UTC)
    assert not favourite.estimated
    assert reply.text == "@alice Thank you!\nIt helped."
    assert favourite.text == ""
    assert (mention.public, mention.topics) == (False, ("secret",))


def test_actors() -> None:
    ada, bo = seen("notifications", 7).actor, seen("notifications", 6).actor
    assert (ada.key, ada.handle, ada.name, ada.followers, ada.bot) == (
        "https://tech.example/users/ada",
        "@ada@tech.example",
        "Ada Remote",
        812,
        False,
    )
    assert (bo.handle, bo.name, bo.followers, bo.bot) == ("@bo@social.example", "bo", 0, True)


@pytest.mark.parametrize("number", [0, 1])
def test_notifications_that_do_not_count(number: int) -> None:
    assert told("notifications", number) is None


def test_notifications_that_lack_what_they_are_about() -> None:
    assert told("notifications", 7, status=None) is None
    assert told("notifications", 7, account=None) is None
    assert told("notifications", 7, type="brand.new") is None
    assert told("notifications", 5, status=None) is None
    assert told("notifications", 7, status={"id": "1", "account": {"id": "495"}}) is None
    assert told("notifications", 5, status={"id": "1", "account": {"id": "77"}}) is None


def test_what_she_does_herself_is_no_interaction() -> None:
    assert told("notifications", 7, account=recorded("account_alice")) is None
    assert told("notifications", 5, status=recorded("context")["descendants"][3]) is None
    assert parent_of_reply(HOME, as_status(recorded("context")["descendants"][3])) is None


def test_a_reply_to_an_unknown_post_is_still_a_reply() -> None:
    interaction = interaction_of(
        HOME, msgspec.convert(recorded_list("notifications")[5], entities.Notification), {}, NOW
    )
    assert interaction is not None
    assert (interaction.kind, interaction.post) == (InteractionKind.REPLY, None)


def test_quotes_that_name_only_an_id_or_nothing() -> None:
    quoting = recorded_list("notifications")[2]["status"]
    assert seen("notifications", 2, status=quoting | {"quote": {"quoted_status_id": "9001"}}).post == POST
    assert seen("notifications", 2, status=quoting | {"quote": {"state": "deleted"}}).post is None
    assert seen("notifications", 2, status=quoting | {"quote": None}).post is None


def test_a_missing_date_is_estimated() -> None:
    interaction = seen("notifications", 7, created_at="")
    assert (interaction.at, interaction.estimated) == (NOW, True)
    assert seen("notifications", 7, created_at="2026-11-23T09:00:00Z").at == NOW


def test_pleroma() -> None:
    reaction = seen("pleroma_notifications", 0)
    assert reaction.kind is InteractionKind.LIKE
    assert reaction.actor.key == "ada@pleroma.example"
    assert reaction.actor.followers is None
    assert (
        reaction.id
        == f"{HOME.account}/like/ada@pleroma.example/https://social.example/objects/0a1b2c3d-0000-4000-8000-000000000001"
    )
    assert not reaction.public
    assert told("pleroma_notifications", 1) is None
    follow = seen("pleroma_notifications", 2)
    assert (follow.estimated, follow.at) == (True, NOW)
    post = post_from(recorded_list("pleroma_notifications")[0]["status"])
    assert (post.estimated, post.public, post.text) == (True, False, "Head\n\nBody")
    assert InteractionKind.QUOTE not in post.counters


def test_pixelfed_shares() -> None:
    share = seen("pixelfed_notification", 0)
    assert (share.kind, share.post, share.actor.key) == (InteractionKind.REPOST, POST, "pix@photos.example")


def test_gotosocial_has_no_quote_counter() -> None:
    post = post_from(recorded("gotosocial_status"))
    assert set(post.counters) == {InteractionKind.REPLY, InteractionKind.REPOST, InteractionKind.LIKE}


def test_takahe_embeds_accounts_without_counters() -> None:
    account = as_account(recorded("takahe_reply")["account"])
    assert actor_of(HOME, account, embedded=True).followers is None
    assert actor_of(HOME, account).followers == 0


def test_profile() -> None:
    profile = profile_of(HOME, as_account(recorded("account_alice")))
    assert (profile.handle, profile.followers, profile.following, profile.posts) == (
        "@alice@social.example",
        1204,
        310,
        4,
    )
    assert profile.keys == ("https://social.example/users/alice", "alice@social.example")


def test_local_acct_that_contains_its_domain() -> None:
    account = as_account(recorded("account_alice", acct="alice@social.example", uri=None))
    assert actor_of(HOME, account).key == "alice@social.example"


def test_a_future_interaction_never_stands_in_the_future() -> None:
    assert seen("notifications", 3, created_at=(NOW + timedelta(days=9)).isoformat()).at == NOW


def test_people_of_whom_only_an_id_is_told_are_not_all_one() -> None:
    one, other = (actor_of(HOME, entities.Account(id=number)) for number in ("7", "8"))
    assert (one.key, one.handle) == ("7@social.example", "@7@social.example")
    assert one.key != other.key
