"""The one line told ahead: true at every moment of its spell, with none left out."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from klout_tui.domain.diagnosis.verdict import Answer
from klout_tui.domain.review import line
from klout_tui.domain.spells import spells

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LAST = NOW + timedelta(days=7)

moments = st.integers(-48, 24 * 9).map(lambda hours: NOW + timedelta(hours=hours))
ahead = st.integers(0, 24 * 9).map(lambda hours: NOW + timedelta(hours=hours))
waits = st.tuples(moments, ahead, st.sampled_from("abc")).map(lambda each: (min(each[:2]), max(each[:2]), each[2]))
verdicts = st.lists(st.tuples(ahead, st.sampled_from(Answer)), max_size=3).map(
    lambda later: [(NOW, Answer.NORMAL), *sorted(later, key=lambda each: each[0])]
)


@given(
    thanks=st.lists(ahead, max_size=6),
    waiting=st.lists(waits, max_size=6),
    judged=verdicts,
    late=st.lists(ahead, max_size=2).map(sorted),
    asked=st.lists(st.floats(0, 1), min_size=1, max_size=5),
)
def test_at_any_moment_the_line_counts_what_waits_then(
    thanks: list[datetime],
    waiting: list[tuple[datetime, datetime, str]],
    judged: list[tuple[datetime, Answer]],
    late: list[datetime],
    asked: list[float],
) -> None:
    unread = [(at, f"unread {number}") for number, at in enumerate(late)]
    found = spells(NOW, LAST, thanks, waiting, judged, 14, unread)
    ends = [each.until for each in found]
    assert ends == sorted(set(ends))
    assert ends[-1] == LAST
    assert all(one.line != other.line for one, other in itertools.pairwise(found))
    turns = [NOW, LAST, *(end + timedelta(microseconds=1) for end in ends[:-1]), *ends]
    for at in (*turns, *(NOW + (LAST - NOW) * share for share in asked)):
        told = line(
            sum(at <= end for end in thanks),
            sum(begin <= at <= end for begin, end, _ in waiting),
            len({who for begin, end, who in waiting if begin <= at <= end}),
            14,
            [answer for since, answer in judged if since <= at][-1],
            ["", *(words for since, words in unread if since <= at)][-1],
        )
        assert next(each.line for each in found if at <= each.until) == told


def test_where_nothing_will_change_one_line_is_told() -> None:
    (only,) = spells(NOW, LAST, [], [], [(NOW, None)], None)
    assert (only.until, only.line) == (LAST, "0 to thank · 0 to answer")
