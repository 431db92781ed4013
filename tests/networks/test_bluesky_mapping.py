"""What the network's objects mean, however odd they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klout_tui.domain.model import InteractionKind, PostKind
from klout_tui.networks.bluesky.acts import of_notification, of_post
from klout_tui.networks.bluesky.entities import FeedItem, Like, Notification, Person, PostView, Uri, mark_of
from klout_tui.networks.bluesky.mapping import Home, actor_of, dated, post_of, post_url, profile_of, written
from klout_tui.networks.bluesky.node import Node
from klout_tui.networks.bluesky.threads import thread
from tests.networks.bluesky_fake import (
    ADA,
    NOW,
    Object,
    answering,
    did,
    her,
    mentioning,
    notification,
    person,
    post_uri,
    quoting,
    record,
    view,
)

HOME = Home(f"bluesky:{ADA}", ADA)
POST = post_uri(1)
HIDDEN = [{"src": "did:plc:x", "uri": "at://x", "val": "!no-unauthenticated", "cts": "1970-01-01T00:00:00.000Z"}]


def told(told: Object) -> Any:
    return of_notification(HOME, Notification.read(Node(told)), NOW)


def hers(**changes: Any) -> Any:
    return written(HOME, PostView.read(Node(view(1) | changes)), NOW)


@pytest.mark.parametrize(
    ("created", "indexed", "at", "estimated"),
    [
        ("2026-11-20T08:15:22.904Z", "2026-11-20T08:15:23.110Z", "2026-11-20T08:15:22.904", False),
        ("2026-11-20T08:15:22.904123+00:00", "2026-11-21T00:00:00Z", "2026-11-20T08:15:22.904123", False),
        ("2026-11-20T08:15:22", "2026-11-21T00:00:00Z", "2026-11-20T08:15:22", False),
        ("2026-11-20T10:15:22+02:00", "2026-11-21T00:00:00Z", "2026-11-20T08:15:22", False),
        ("2031-01-01T00:00:00Z", "2026-11-21T00:00:00Z", "2026-11-21T00:00:00", False),
        ("1970-01-01T00:00:00Z", "2026-11-21T00:00:00Z", "2026-11-21T00:00:00", False),
        ("0001-01-01T00:00:00Z", "2026-11-21T00:00:00Z", "2026-11-21T00:00:00", False),
        ("yesterday", "2026-11-21T00:00:00Z", "2026-11-21T00:00:00", False),
        (None, "2026-11-21T00:00:00Z", "2026-11-21T00:00:00", False),
        ("2026-11-20T00:00:00Z", None, "2026-11-20T00:00:00", False),
        ("2026-11-23T08:20:00Z", None, "2026-11-23T08:00:00", False),
        ("2031-01-01T00:00:00Z", "2031-01-01T00:00:00Z", "2026-11-23T08:00:00", True),
        (None, None, "2026-11-23T08:00:00", True),
        (1700000000, [], "2026-11-23T08:00:00", True),
    ],
)
def test_dates(created: Any, indexed: Any, at: str, estimated: bool) -> None:
    post = hers(record=record() | {"createdAt": created}, indexedAt=indexed)
    assert (post.at, post.estimated) == (datetime.fromisoformat(at).replace(tzinfo=UTC), estimated)
    like = Like.read(Node({"actor": person(1), "createdAt": created, "indexedAt": indexed}))
    assert dated(like.at, NOW) == (post.at, post.estimated)


def test_topics_come_from_facets_and_from_the_record_each_once() -> None:
    tag = "app.bsky.richtext.facet#tag"
    features: list[Any] = [
        {"$type": tag, "tag": "Python"},
        {"$type": tag, "tag": "#sundials"},
        {"$type": tag, "tag": "Python"},
        {"$type": tag},
        {"$type": tag, "tag": " # "},
        {"$type": "app.bsky.richtext.facet#link", "uri": "https://x.example", "tag": "no"},
        None,
        "tag",
    ]
    facets = [{"index": {"byteStart": 0, "byteEnd": 999}, "features": features}, {"features": {}}, 5]
    post = hers(record=record(facets=facets, tags=["garden", "Python", 7, ""]))
    assert post.topics == ("Python", "sundials", "garden")


def test_counters_that_are_not_told_are_not_zero() -> None:
    post = hers(likeCount=None, repostCount="12", quoteCount=-1, replyCount=True, bookmarkCount=10**15)
    assert post.counters == {InteractionKind.REPOST: 12}


@pytest.mark.parametrize(
    ("changes", "public"),
    [
        ({}, True),
        ({"labels": HIDDEN}, False),
        ({"labels": [HIDDEN[0] | {"neg": True}]}, True),
        ({"labels": [{"val": "porn"}]}, True),
        ({"labels": None}, True),
        ({"author": her() | {"labels": HIDDEN}}, False),
        ({"record": record(labels={"values": [{"val": "!no-unauthenticated"}]})}, False),
    ],
)
def test_who_asks_not_to_be_shown_to_strangers(changes: Object, public: bool) -> None:
    assert hers(**changes).public is public


def test_the_like_of_somebody_who_asks_for_it_is_private_and_so_is_everything_towards_her_if_she_does() -> None:
    assert not told(notification(1, "like", person(1, labels=HIDDEN), subject=POST)).public
    private = Home(HOME.account, ADA, private=True)
    seen = Notification.read(Node(notification(1, "follow", person(1))))
    like = of_notification(private, seen, NOW)
    assert like is not None
    assert not like.public
    assert not written(private, PostView.read(Node(view(1))), NOW).public


def test_an_actor_without_a_valid_handle_is_shown_by_did() -> None:
    for handle in ("handle.invalid", "", None, 5):
        actor = actor_of(Person.read(Node(person(1, handle=handle))))
        assert (actor.key, actor.handle) == (did(1), did(1))
        assert actor.url == f"https://bsky.app/profile/{did(1)}"
    assert actor_of(Person.read(Node(person(1, handle="Ben.Example")))).handle == "@ben.example"
    assert profile_of(Person.read(Node(person(1)))).keys == (did(1),)


@pytest.mark.parametrize(
    ("reason", "subject", "said", "kind", "post"),
    [
        ("like", POST, None, InteractionKind.LIKE, POST),
        ("repost", POST, None, InteractionKind.REPOST, POST),
        ("follow", "", None, InteractionKind.FOLLOW, None),
        ("mention", "", record(**mentioning()), InteractionKind.MENTION, None),
        ("mention", "", record(**mentioning()) | answering(POST), InteractionKind.REPLY, POST),
        ("mention", "", record(**mentioning()) | quoting(POST), InteractionKind.QUOTE, POST),
        ("reply", POST, record() | answering(POST), InteractionKind.REPLY, POST),
        ("reply", POST, record() | answering(post_uri(7, did(7)), POST), InteractionKind.REPLY, POST),
        ("reply", post_uri(2), record() | answering(POST, post_uri(2)), InteractionKind.REPLY, POST),
        ("reply", POST, {}, InteractionKind.REPLY, POST),
        ("quote", POST, record() | quoting(POST), InteractionKind.QUOTE, POST),
        ("quote", POST, record(), InteractionKind.QUOTE, POST),
        ("quote", POST, record() | answering(post_uri(2)), InteractionKind.QUOTE, POST),
    ],
)
def test_what_a_notification_means(
    reason: str, subject: str, said: Object | None, kind: InteractionKind, post: str | None
) -> None:
    act = told(notification(1, reason, person(1), subject=subject, said=said))
    assert (act.kind, act.post, act.actor.key) == (kind, post, did(1))
    if kind in (InteractionKind.LIKE, InteractionKind.REPOST):
        assert act.id == f"bluesky:{ADA}/{kind}/{did(1)}/{POST}"
        assert act.url == f"https://bsky.app/profile/{ADA}/post/3post000001"
    elif kind is InteractionKind.FOLLOW:
        assert act.id == f"bluesky:{ADA}/follow/{did(1)}"
    else:
        assert act.id == f"at://{did(1)}/app.bsky.feed.post/3noti000001"
        assert act.url == f"https://bsky.app/profile/{did(1)}/post/3noti000001"


def test_a_quote_with_pictures_wraps_what_it_quotes() -> None:
    embed = {"$type": "app.bsky.embed.recordWithMedia", "record": {"record": {"uri": POST}}, "media": {}}
    act = of_post(HOME, PostView.read(Node(view(2, author=person(1), said=record(embed=embed)))), NOW)
    assert act is not None
    assert (act.kind, act.post) == (InteractionKind.QUOTE, POST)


@pytest.mark.parametrize(
    "reason",
    [
        "like-via-repost",
        "repost-via-repost",
        "subscribed-post",
        "starterpack-joined",
        "verified",
        "unverified",
        "contact-match",
        "something-new",
    ],
)
def test_what_is_no_act_towards_her(reason: str) -> None:
    assert told(notification(1, reason, person(1), subject=f"at://{ADA}/app.bsky.feed.repost/3x")) is None


def test_a_like_of_a_feed_she_made_is_an_act_on_no_post_and_one_of_somebody_elses_post_none() -> None:
    feed = f"at://{ADA}/app.bsky.feed.generator/sundials"
    act = told(notification(1, "like", person(1), subject=feed))
    assert (act.post, act.id) == (None, f"bluesky:{ADA}/like/{did(1)}/{feed}")
    assert told(notification(1, "like", person(1), subject=post_uri(1, did(2)))) is None
    assert told(notification(1, "like", person(1))) is None
    bare = notification(1, "like", person(1), subject=POST)
    del bare["reasonSubject"]
    assert told(bare).post == POST


@pytest.mark.parametrize(
    "odd",
    [{}, {"reason": "like"}, {"author": person(1)}, notification(1, "like", {"did": "nobody"}, subject=POST)],
)
def test_what_is_no_notification(odd: Object) -> None:
    with pytest.raises(ValueError, match=r"nobody|reason"):
        Notification.read(Node(odd))


@pytest.mark.parametrize(
    "odd",
    [
        {"uri": POST},
        {"uri": POST, "notFound": True},
        {"uri": POST, "blocked": True, "author": {"did": did(1)}},
        view(1) | {"uri": "https://x.example"},
        view(1) | {"uri": f"at://{ADA}/app.bsky.feed.generator/x"},
        view(1) | {"record": "?"},
        view(1) | {"author": None},
    ],
)
def test_what_is_no_post(odd: Object) -> None:
    with pytest.raises(ValueError, match=r"nobody|no post"):
        PostView.read(Node(odd))


def test_a_repost_without_an_address_or_a_type() -> None:
    inner = view(5, author=person(5))
    item = FeedItem.read(Node({"post": inner, "reason": {"by": her(), "indexedAt": "2026-11-20T00:00:00Z"}}))
    post = post_of(HOME, item, NOW)
    assert (post.kind, post.id) == (PostKind.REPOST, f"bluesky:{ADA}/repost/{inner['uri']}")
    assert "repost" in item.key
    assert FeedItem.read(Node({"post": inner, "reason": {"$type": "app.bsky.feed.defs#reasonNew"}})).reposted is False


def test_addresses() -> None:
    assert Uri.of(POST) == Uri(ADA, "app.bsky.feed.post", "3post000001")
    assert Uri.of("at://ada.example") == Uri("ada.example")
    for odd in ("", "https://x.example", "at://", "at://a/b/c/d", "at://a b"):
        assert Uri.of(odd) == Uri()
    assert post_url(f"at://{ADA}/app.bsky.feed.generator/x") == ""
    assert len({mark_of(str(number)) for number in range(1_000)}) == 1_000
    assert mark_of("\ud800")


def test_a_very_deep_thread_is_read_without_falling_over() -> None:
    tree: Object = {"post": view(1)}
    for number in range(5_000):
        tree = {"post": view(2, author=person(number)), "replies": [tree]}
    assert len(list(thread(Node(tree), ADA, 4))) == 5_000


LEAVES: list[Any] = [None, True, 0, -1, 10**30, 1.5, "", "x", POST, did(1), "\ud800", "2026-11-20"]
JSON = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["did", "uri", "record"]), inner, max_size=3)
    ),
    max_leaves=6,
)
MEMBERS = ("uri", "author", "record", "indexedAt", "labels", "likeCount", "viewer", "reason", "reasonSubject")


@given(
    st.dictionaries(st.sampled_from(MEMBERS), JSON),
    st.dictionaries(st.sampled_from(["facets", "reply", "embed"]), JSON),
)
def test_no_oddness_of_a_member_is_more_than_that(changes: dict[str, Any], said: dict[str, Any]) -> None:
    whole = view(1, said=record(**said)) | changes
    for read in (
        lambda: written(HOME, PostView.read(Node(whole)), NOW),
        lambda: told(notification(1, "quote", person(1), subject=POST) | changes),
        lambda: post_of(HOME, FeedItem.read(Node({"post": whole, "reason": changes.get("record")})), NOW),
        lambda: list(thread(Node({"post": view(1), "replies": [{"post": whole, "replies": changes}]}), ADA, 4)),
    ):
        try:
            read()
        except ValueError:
            continue


def test_the_time_of_a_notification_is_the_earlier_one() -> None:
    act = told(
        notification(1, "like", person(1), subject=POST, age=timedelta(hours=5), indexedAt="2026-11-23T07:59:00Z")
    )
    assert act.at == NOW - timedelta(hours=5)
