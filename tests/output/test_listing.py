"""What the tables say."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

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
    Reading,
)
from klout_tui.domain.plusk import PlusK
from klout_tui.domain.topics import TopicRow
from klout_tui.output import listing
from klout_tui.output.table import render

AT = datetime(2026, 11, 23, 8, 15, 22, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 8, 40, tzinfo=UTC)
ADA = "mastodon:ada@social.example"


def _account(health: Health, reading: Reading | None = None, *, paused: bool = False) -> str:
    account = Account(id=ADA, network="mastodon", handle="@ada@social.example", base_url="https://x", linked_at=AT)
    return _text(listing.accounts([(account, health, reading, paused)], NOW, BERLIN))


def test_unknown_counters_are_dashes_not_zeros() -> None:
    assert "–" in _account(Health(account=ADA))
    assert "1,204" in _account(Health(account=ADA), Reading(account=ADA, day=date(2026, 11, 23), followers=1204))


@pytest.mark.parametrize(
    ("health", "words"),
    [
        (Health(account=ADA), "not read yet"),
        (Health(account=ADA, fault=Fault(kind="credential", message="m")), "needs a token"),
        (
            Health(account=ADA, fault=Fault(kind="rate_limited", message="m", retry_at=AT)),
            "rate limited until 09:15",
        ),
        (Health(account=ADA, fault=Fault(kind="rate_limited", message="m")), "rate limited"),
        (
            Health(account=ADA, down_since=AT, fault=Fault(kind="unavailable", message="too slow")),
            "down since today 09:15: too slow",
        ),
    ],
)
def test_health_in_words(health: Health, words: str) -> None:
    assert words in _account(health)


def test_posts_show_their_local_time_and_the_sum_of_counters() -> None:
    post = Post(
        id="p",
        account=ADA,
        kind=PostKind.ARTICLE,
        at=AT,
        title="A title",
        text="body",
        topics=("Python",),
        counters={InteractionKind.LIKE: 1200, InteractionKind.REPOST: 34},
        estimated=True,
        gone_at=AT,
    )
    text = _text(listing.posts([post], BERLIN))
    assert "~2026-11-23 09:15" in text
    assert "1,234" in text
    assert "(deleted) A title" in text
    assert "body" not in text


def test_private_text_is_withheld_unless_asked_for() -> None:
    post = Post(id="p", account=ADA, kind=PostKind.STATUS, at=AT, text="secret words", public=False)
    act = Interaction(
        id="i",
        account=ADA,
        kind=InteractionKind.REPLY,
        actor=Actor(key="k", handle="bo"),
        at=AT,
        text="secret words",
        public=False,
    )
    for hidden in (listing.posts([post], BERLIN), listing.interactions([(act, {})], BERLIN)):
        assert "(private)" in _text(hidden)
        assert "secret" not in _text(hidden)
    for shown in (
        listing.posts([post], BERLIN, private=True),
        listing.interactions([(act, {})], BERLIN, private=True),
    ):
        assert "secret words" in _text(shown)


def test_people_have_a_name_and_a_handle() -> None:
    plusk = PlusK(
        id="i",
        account=ADA,
        actor=Actor(key="k", handle="bo@b.example", name="Bo"),
        kind=InteractionKind.QUOTE,
        at=AT,
        explicit=True,
        topics=("python", "tui"),
    )
    text = _text(listing.plusks([plusk], BERLIN))
    assert "Bo (bo@b.example)" in text
    assert "quote (+K)" in text
    assert "python, tui" in text
    assert "not yet" in text


def test_topics_show_shares_and_a_trend() -> None:
    row = TopicRow(
        topic="python", posts=3, post_share=0.25, reactions=8, reaction_share=None, plusk=1, trend=(0,) * 10 + (4, 8)
    )
    text = _text(listing.topics([row]))
    assert "25 %" in text
    assert "–" in text
    assert "··········▄█" in text


def test_days_show_every_count() -> None:
    total = DayTotal(account=ADA, day=date(2026, 11, 23), kind=InteractionKind.LIKE, named=1, unnamed=2000)
    assert "2026-11-23" in _text(listing.days([total]))
    assert "2,000" in _text(listing.days([total]))


def test_an_account_unlinked_is_only_that() -> None:
    account = Account(id=ADA, network="mastodon", handle="@ada", base_url="https://x", linked_at=AT, unlinked_at=AT)
    fault = Fault(kind="unavailable", message="too slow")
    text = _text(
        listing.accounts([(account, Health(account=ADA, down_since=AT, fault=fault), None, False)], NOW, BERLIN)
    )
    assert "unlinked" in text
    assert "too slow" not in text


def _text(table: listing.Table) -> str:
    columns, rows = table
    return "\n".join(render(columns, rows, None))
