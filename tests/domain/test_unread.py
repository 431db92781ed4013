"""What has not been read for long, in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from klout_tui.domain.dashboard import AccountRow, Standing
from klout_tui.domain.days import Days
from klout_tui.domain.model import Account
from klout_tui.domain.unread import asleep, named, unread

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
DAYS = Days(ZoneInfo("Europe/Berlin"))


def row(
    network: str, read: float | None, name: str = "ada", standing: Standing = Standing.OK, host: str = ""
) -> AccountRow:
    host = host or f"{network}.example"
    account = Account(
        id=f"{network}:{name}@{host}",
        network=network,
        handle=f"@{name}@{host}",
        base_url=f"https://{host}",
        linked_at=NOW - timedelta(days=400),
    )
    return AccountRow(
        account=account,
        standing=standing,
        last_ok=None if read is None else NOW - timedelta(days=read),
        next_due=None,
        fault=None,
        down_since=None,
        backfilled=True,
        followers=None,
        followers_change=None,
        follows=0,
        news=0,
    )


def test_what_was_read_within_two_days_is_not_told_of() -> None:
    assert unread([row("mastodon", 1.9), row("bluesky", None)], DAYS, NOW) == ""
    assert unread([], DAYS, NOW) == ""


def test_one_of_several_is_named_and_all_are_not() -> None:
    late = row("bluesky", 15)
    assert unread([row("mastodon", 0), late], DAYS, NOW) == "bluesky not read since 11 Nov"
    assert unread([late], DAYS, NOW) == "not read since 11 Nov"
    assert unread([row("mastodon", 3), late], DAYS, NOW) == "not read since 11 Nov"
    assert unread([row("mastodon", 400)], DAYS, NOW) == "not read since 22 Oct 2025"


def test_two_of_a_network_are_told_apart_by_their_handles() -> None:
    rows = [row("mastodon", 15, "work"), row("mastodon", 0), row("bluesky", 15)]
    assert unread(rows, DAYS, NOW) == "@work@mastodon.example, bluesky not read since 11 Nov"
    assert named(rows, [rows[1].account.id]) == "@ada@mastodon.example"


def test_what_she_paused_is_no_news_and_the_past_knows_no_readings() -> None:
    rows = [row("mastodon", 15, standing=Standing.PAUSED), row("bluesky", -3)]
    assert unread(rows, DAYS, NOW) == ""
    assert asleep(rows) == [NOW + timedelta(days=5)]
    assert unread(rows, DAYS, NOW + timedelta(days=5)) == "bluesky not read since 29 Nov"
