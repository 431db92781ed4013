"""Every way a server may say when to come back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from klout_tui.networks.waiting import LONGEST, retry_at

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "90"}, 90),
        ({"retry-after": "Mon, 23 Nov 2026 08:02:00 GMT"}, 120),
        ({"retry-after": "Mon, 23 Nov 2026 09:02:00 GMT", "date": "Mon, 23 Nov 2026 09:00:00 GMT"}, 120),
        ({"x-ratelimit-reset": "2026-11-23T08:03:00.348080Z"}, 180.34808),
        ({"x-ratelimit-reset": "2026-11-23T09:03:00Z", "date": "Mon, 23 Nov 2026 09:00:00 GMT"}, 180),
        ({"x-ratelimit-reset": str(int(NOW.timestamp()) + 60)}, 60),
        ({"x-ratelimit-reset": "45"}, 45),
        ({"retry-after": "10", "x-ratelimit-reset": "2026-11-23T08:03:00Z"}, 10),
        ({"retry-after": "soon", "x-ratelimit-reset": "2026-11-23T08:03:00Z"}, 180),
        ({"retry-after": "999999999999"}, LONGEST.total_seconds()),
        ({"x-ratelimit-reset": "9999-12-31T23:59:59-12:00"}, LONGEST.total_seconds()),
        ({"x-ratelimit-reset": "0001-01-01T00:00:00+14:00"}, 0),
        ({"retry-after": "Mon, 23 Nov 2020 08:02:00 GMT"}, 0),
    ],
)
def test_every_way_to_say_when(headers: dict[str, str], wait: float) -> None:
    moment = retry_at(headers, NOW)
    assert moment is not None
    assert (moment - NOW).total_seconds() == pytest.approx(wait)


@pytest.mark.parametrize("headers", [{}, {"retry-after": ""}, {"retry-after": "-5"}, {"x-ratelimit-reset": "nan"}])
def test_no_time_said(headers: dict[str, str]) -> None:
    assert retry_at(headers, NOW) is None
