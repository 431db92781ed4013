"""Days as people type them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from klout_tui.domain.days import Days
from klout_tui.errors import UsageError
from klout_tui.output.span import FIRST_DAY, LAST_DAY, Span, parse_day, parse_iso_day

TODAY = date(2026, 11, 23)
BERLIN = Days(ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-06-30", date(2026, 6, 30)),
        ("today", TODAY),
        (" Yesterday ", date(2026, 11, 22)),
        ("30d", date(2026, 10, 24)),
        ("0d", TODAY),
        ("4w", date(2026, 10, 26)),
        ("1d", date(2026, 11, 22)),
    ],
)
def test_words_and_days(text: str, day: date) -> None:
    assert parse_day(text, TODAY) == day


def test_far_back_stays_within_the_calendar() -> None:
    span = Span.between(parse_day("99999w", TODAY), None, Days(ZoneInfo("Asia/Tokyo")))
    assert span.since is not None
    assert span.first == FIRST_DAY


@pytest.mark.parametrize("text", ["0001-01-01", "0001-01-05", "1969-12-31", "9999-01-01", "9999-12-31"])
def test_days_no_window_fits_around_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="out of reach"):
        parse_day(text, TODAY)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_outermost_days_have_bounds_everywhere(zone: str) -> None:
    span = Span.between(parse_iso_day(str(FIRST_DAY)), parse_iso_day(str(LAST_DAY)), Days(ZoneInfo(zone)))
    assert span.since is not None
    assert span.until is not None
    assert span.since < span.until


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-13-01", "2026-02-30", "20260630", "2026-1-1", "30", "d", "-3d"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_day(text, TODAY)


@pytest.mark.parametrize("text", ["today", "30d", "2026-W01-1"])
def test_iso_means_iso(text: str) -> None:
    with pytest.raises(UsageError):
        parse_iso_day(text)


def test_bounds_are_inclusive_local_days() -> None:
    span = Span.between(date(2026, 10, 25), date(2026, 10, 25), BERLIN)
    assert span.since == datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert span.until == datetime(2026, 10, 25, 22, 59, 59, 999999, tzinfo=UTC)
    assert span.holds(span.since)
    assert span.holds(span.until)
    assert not span.holds(datetime(2026, 10, 25, 23, tzinfo=UTC))
    assert not span.holds(datetime(2026, 10, 24, 21, 59, tzinfo=UTC))


def test_an_unbounded_span_holds_everything() -> None:
    span = Span.between(None, None, BERLIN)
    assert (span.since, span.until) == (None, None)
    assert span.holds(datetime(1970, 1, 1, tzinfo=UTC))


def test_a_span_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(UsageError, match="before it begins"):
        Span.between(date(2026, 2, 1), date(2026, 1, 1), BERLIN)
