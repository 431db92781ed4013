"""The JSON contract: exact keys, UTC times, null for what is unknown or private."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest

from klout_tui.domain.model import (
    Account,
    Actor,
    DayTotal,
    Fault,
    Health,
    Interaction,
    InteractionKind,
    Post,
    PostKind,
    Profile,
    Reading,
)
from klout_tui.domain.plusk import PlusK
from klout_tui.domain.topics import TopicRow
from klout_tui.output import jsonform

AT = datetime(2026, 11, 23, 8, 15, 22, 987654, tzinfo=UTC)
TEXT = "2026-11-23T08:15:22Z"
ADA = "mastodon:ada@social.example"

ACCOUNT = Account(
    id=ADA, network="mastodon", handle="@ada@social.example", base_url="https://social.example", linked_at=AT
)
POST = Post(id="p1", account=ADA, kind=PostKind.STATUS, at=AT, title="t", text="words", topics=("#Py Thon",))
ACT = Interaction(
    id="i1", account=ADA, kind=InteractionKind.REPLY, actor=Actor(key="k", handle="bo@b.example"), at=AT, text="hi"
)


def test_times_are_utc_to_the_second() -> None:
    assert jsonform.instant(AT) == TEXT
    assert jsonform.instant(AT.astimezone(timezone(timedelta(hours=5, minutes=30)))) == TEXT
    assert jsonform.instant(datetime(33, 1, 2, tzinfo=UTC)) == "0033-01-02T00:00:00Z"
    assert jsonform.instant(None) is None


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_document_is_one_object(count: int) -> None:
    body = b"".join(jsonform.document("things", ({"n": number, "ü": "日"} for number in range(count))))
    expected = {"schema": 1, "things": [{"n": number, "ü": "日"} for number in range(count)]}
    assert json.loads(body) == expected
    assert "日".encode() in body or not count


def test_one_thing_is_one_object() -> None:
    assert json.loads(jsonform.single("link", {"a": None})) == {"schema": 1, "link": {"a": None}}


def test_an_interaction_has_exactly_these_keys() -> None:
    assert _read(jsonform.interaction_row(ACT, {})) == {
        "id": "i1",
        "account": ADA,
        "network": "mastodon",
        "kind": "reply",
        "actor": {"handle": "bo@b.example", "name": None, "url": None, "followers": None},
        "post": None,
        "at": TEXT,
        "url": None,
        "text": "hi",
        "topics": [],
        "topics_guessed": False,
        "estimated": False,
    }


def test_topics_are_the_acts_own_else_its_posts() -> None:
    on_post = msgspec.structs.replace(ACT, post="p1")
    named = msgspec.structs.replace(on_post, topics=("Rust",))
    assert _read(jsonform.interaction_row(on_post, {"p1": POST}))["topics"] == ["py-thon"]
    assert _read(jsonform.interaction_row(named, {"p1": POST}))["topics"] == ["rust"]


def test_private_text_is_null_unless_asked_for() -> None:
    act, post = msgspec.structs.replace(ACT, public=False), msgspec.structs.replace(POST, public=False)
    assert jsonform.interaction_row(act, {})["text"] is None
    assert jsonform.interaction_row(act, {}, private=True)["text"] == "hi"
    hidden, shown = jsonform.post_row(post), jsonform.post_row(post, private=True)
    assert (hidden["title"], hidden["text"]) == (None, None)
    assert (shown["title"], shown["text"]) == ("t", "words")


def test_a_post_has_exactly_these_keys() -> None:
    post = msgspec.structs.replace(POST, counters={InteractionKind.REPOST: 2, InteractionKind.LIKE: 0}, gone_at=AT)
    assert _read(jsonform.post_row(post)) == {
        "id": "p1",
        "account": ADA,
        "network": "mastodon",
        "kind": "status",
        "at": TEXT,
        "url": None,
        "title": "t",
        "text": "words",
        "topics": ["py-thon"],
        "topics_guessed": False,
        "counters": {"like": 0, "repost": 2},
        "reply_to": None,
        "estimated": False,
        "gone_at": TEXT,
    }


def test_an_account_never_read_has_nulls_not_zeros() -> None:
    row = _read(jsonform.account_row(ACCOUNT, Health(account=ADA), None, paused=False))
    assert row == {
        "id": ADA,
        "network": "mastodon",
        "handle": "@ada@social.example",
        "name": None,
        "url": None,
        "followers": None,
        "following": None,
        "posts": None,
        "karma": None,
        "authorised": False,
        "linked_at": TEXT,
        "unlinked_at": None,
        "last_refresh": None,
        "next_refresh": None,
        "health": "never refreshed",
        "fault": None,
    }


def test_counters_read_are_shown_and_those_not_read_are_null() -> None:
    reading = Reading(account=ADA, day=date(2026, 11, 23), followers=0)
    row = jsonform.account_row(ACCOUNT, Health(account=ADA), reading, paused=False)
    assert (row["followers"], row["following"], row["posts"]) == (0, None, None)


def _fault(kind: str) -> Fault:
    return Fault(kind=kind, message="why", retry_at=AT)


@pytest.mark.parametrize(
    ("health", "paused", "unlinked", "word"),
    [
        (Health(account=ADA), False, False, "never refreshed"),
        (Health(account=ADA, last_ok=AT), False, False, "ok"),
        (Health(account=ADA, last_ok=AT, fault=_fault("credential")), False, False, "needs_token"),
        (Health(account=ADA, last_ok=AT, fault=_fault("rate_limited")), False, False, "rate_limited"),
        (Health(account=ADA, fault=_fault("unavailable")), False, False, "down"),
        (Health(account=ADA, fault=_fault("not_found")), False, False, "down"),
        (Health(account=ADA, fault=_fault("unavailable")), True, False, "paused"),
        (Health(account=ADA, last_ok=AT), True, True, "unlinked"),
    ],
)
def test_health_in_one_word(health: Health, paused: bool, unlinked: bool, word: str) -> None:
    account = msgspec.structs.replace(ACCOUNT, unlinked_at=AT if unlinked else None)
    row = jsonform.account_row(account, health, None, paused=paused)
    assert row["health"] == word
    if health.fault:
        assert row["fault"] == {"kind": health.fault.kind, "message": "why", "hint": None, "retry_at": TEXT}


def test_a_plus_k_has_exactly_these_keys() -> None:
    plusk = PlusK(
        id="i1", account=ADA, actor=ACT.actor, kind=InteractionKind.REPOST, at=AT, explicit=False, topics=("python",)
    )
    assert _read(jsonform.plusk_row(plusk)) == {
        "id": "i1",
        "at": TEXT,
        "actor": {"handle": "bo@b.example", "name": None, "url": None, "followers": None},
        "account": ADA,
        "network": "mastodon",
        "kind": "repost",
        "explicit": False,
        "topics": ["python"],
        "topics_guessed": False,
        "hidden_topics": [],
        "post": None,
        "url": None,
        "thanked_at": None,
        "why": "reposted you, for python: a repost earns a +K",
    }


def test_a_topic_row() -> None:
    row = TopicRow(
        topic="python", posts=1, post_share=1 / 3, reactions=0, reaction_share=None, plusk=2, trend=(0,) * 11 + (3,)
    )
    assert _read(jsonform.topic_row(row)) == {
        "topic": "python",
        "posts": 1,
        "guessed_posts": 0,
        "post_share": 0.3333,
        "reactions": 0,
        "reaction_share": None,
        "people": 0,
        "people_share": None,
        "plusk": 2,
        "trend": [0] * 11 + [3],
    }


def test_a_day_row() -> None:
    total = DayTotal(account=ADA, day=date(2026, 11, 23), kind=InteractionKind.LIKE, named=1, unnamed=2, estimated=1)
    assert _read(jsonform.day_row(total)) == {
        "day": "2026-11-23",
        "account": ADA,
        "network": "mastodon",
        "kind": "like",
        "named": 1,
        "unnamed": 2,
        "estimated": 1,
    }


def test_a_refresh_row() -> None:
    fault = Fault(kind="rate_limited", message="asked too often", hint="wait", retry_at=AT)
    row = jsonform.refresh_row(ADA, "failed", new_posts=1, new_interactions=2, requests=3, seconds=1.23456, fault=fault)
    assert _read(row) == {
        "account": ADA,
        "status": "failed",
        "new_posts": 1,
        "new_interactions": 2,
        "requests": 3,
        "seconds": 1.235,
        "error": {"kind": "rate_limited", "message": "asked too often", "retry_at": TEXT},
    }


def test_what_linking_found() -> None:
    content = jsonform.link_content(ACCOUNT, Profile(handle="ada", followers=7), ("posts",), ("likes",), None)
    assert content["followers"] == 7
    assert (content["posts"], content["token_kept"]) == (None, None)
    assert (content["sees"], content["misses"]) == (["posts"], ["likes"])


def _read(row: jsonform.Row) -> Any:
    """As it is read back from what is printed."""
    return json.loads(msgspec.json.encode(row))
