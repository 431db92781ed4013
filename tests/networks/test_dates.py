"""Times as networks write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from klout_tui.networks.blog import feeds, wordpress
from klout_tui.networks.dates import iso, moment

LEAP = datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)

RSS = """<rss version="2.0"><channel><title>t</title>
<item><guid isPermaLink="false">x</guid><pubDate>{}</pubDate></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>
<entry><id>x</id><published>{}</published></entry></feed>"""
JSON = (
    '{{"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": [{{"id": "x", "date_published": "{}"}}]}}'
)


def dated(feed: str, text: str) -> datetime | None:
    (item,) = feeds.read(feed.format(text).encode(), "https://ada.example/feed").items
    return item.at


@pytest.mark.parametrize(
    ("feed", "text"),
    [
        (RSS, "Sat, 31 Dec 2016 23:59:60 GMT"),
        (RSS, "Sat, 31 Dec 2016 18:59:60 -0500"),
        (RSS, "2016-12-31T23:59:60Z"),
        (ATOM, "2016-12-31T23:59:60Z"),
        (ATOM, "2016-12-31T18:59:60-05:00"),
        (JSON, "2016-12-31T23:59:60Z"),
        (JSON, "2017-01-01T00:59:60+01:00"),
    ],
)
def test_a_leap_second_in_a_feed_lies_in_the_day_it_ends(feed: str, text: str) -> None:
    assert dated(feed, text) == LEAP


def test_a_leap_second_from_an_api_too() -> None:
    assert wordpress.gmt("2016-12-31T23:59:60") == LEAP
    assert moment("2016-12-31t23:59:60.000z") == LEAP
    assert moment("2016-12-31T23:59:60.25Z") == LEAP.replace(microsecond=250_000)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+02:00", "9999-12-31T23:59:59-05:00", ""])
def test_what_no_calendar_holds_is_no_date(text: str) -> None:
    assert iso(text) is wordpress.gmt(text) is moment(text) is None
    for feed in (RSS, ATOM, JSON):
        assert dated(feed, text) is None


def test_a_time_that_only_looks_like_a_leap_second_is_none() -> None:
    assert iso("2016-12-31T23:60:00Z") is iso("2016-12-31T23:59:600Z") is iso("12:59:60") is None


@pytest.mark.parametrize(
    "text", ["Thu, 01 Jan 1970 00:00:00 GMT", "31 Dec 1989 23:59:59 GMT", "30 Jun 1972 23:59:60 GMT"]
)
def test_before_the_web_is_a_broken_clock(text: str) -> None:
    assert dated(RSS, text) is None
