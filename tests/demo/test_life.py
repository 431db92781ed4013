from __future__ import annotations

from collections import Counter
from dataclasses import fields
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from zoneinfo import ZoneInfo

import pytest

from klout_tui.demo.events import Act, Life, Status
from klout_tui.demo.ledger import Ledger
from klout_tui.demo.life import make_life
from klout_tui.demo.persona import Chapter, Persona
from klout_tui.demo.phrases import Phrases
from tests.demo.conftest import NOW

DAY = timedelta(days=1)


def originals(life: Life) -> list[Status]:
    return [status for status in life.statuses if status.original and status.at <= life.end]


def told(life: Life) -> list[Act]:
    return [act for act in life.acts if act.at <= life.end]


def a_week(moments: list[datetime], begin: datetime, end: datetime) -> float:
    return sum(begin <= at < end for at in moments) / ((end - begin) / (7 * DAY))


def span(life: Life, persona: Persona, words: str) -> tuple[datetime, datetime]:
    """Begin and end of a chapter, on her clock."""
    chapter: Chapter = next(each for each in persona.chapters if words in each.name)
    midnight = life.end.astimezone(ZoneInfo(persona.zone)).replace(hour=0, minute=0)
    begin = midnight - chapter.days_ago * DAY
    return begin, begin + chapter.days * DAY


def summary(life: Life) -> list[object]:
    return [
        [(status.id, status.at, status.text, status.tags, status.visibility) for status in life.statuses],
        [(status.id, status.at, status.text) for status in life.written],
        [(act.id, act.kind, act.at, act.person and act.person.uri, act.undone_at) for act in life.acts],
        [(article.id, article.at, article.title) for article in life.articles],
        [(comment.id, comment.at, comment.text) for comment in life.comments],
        [(person.id, person.acct, person.name, person.followers) for person in life.people],
        life.leaves,
    ]


def test_the_same_moment_tells_the_same_year(life: Life, persona: Persona, phrases: Phrases) -> None:
    again = make_life(persona, phrases, NOW + timedelta(seconds=47))

    assert summary(again) == summary(life)


def test_everything_ascends_and_ids_are_unique(life: Life) -> None:
    for field in ("statuses", "written", "acts", "comments", "articles"):
        assert field in {each.name for each in fields(Life)}
        items = getattr(life, field)
        assert all(one.at <= other.at for one, other in pairwise(items))
        assert all(int(one.id) < int(other.id) for one, other in pairwise(items))


def test_a_year_has_the_promised_size(life: Life) -> None:
    assert 270 <= len(originals(life)) <= 400
    assert 45 <= len(life.articles) <= 60
    assert 4000 <= len(told(life)) <= 6000
    assert 280 <= sum(comment.at <= life.end for comment in life.comments) <= 420
    assert 60 <= sum(comment.author is None for comment in life.comments) <= 150


def test_reactions_come_in_the_usual_proportions(life: Life) -> None:
    kinds = Counter(act.kind for act in told(life))
    assert kinds["favourite"] > 3 * kinds["reblog"] > 3 * kinds["quote"] > 0
    assert kinds["reblog"] > sum(1 for act in told(life) if act.kind == "mention" and act.status) * 0.6
    assert kinds["follow"] > 400


def test_nobody_does_the_same_thing_twice(life: Life) -> None:
    done = Counter(
        (act.kind, act.person.id, act.status.id if act.status else "")
        for act in life.acts
        if act.person and act.kind in ("favourite", "reblog", "follow")
    )

    assert max(done.values()) == 1


def test_nothing_reacts_before_what_it_reacts_to(life: Life) -> None:
    for act in life.acts:
        if act.status:
            assert act.at >= act.status.at
            assert act.undone_at is None or act.undone_at > act.at
    for status in (*life.statuses, *life.written):
        for before in (status.answers, status.quotes, status.boosts):
            assert before is None or before.at < status.at
    for comment in life.comments:
        assert comment.at > (comment.parent or comment.article).at


def test_weekdays_differ_from_weekends_and_day_from_night(life: Life, persona: Persona) -> None:
    local = [status.at.astimezone(ZoneInfo(persona.zone)) for status in originals(life)]
    by_day = Counter(at.weekday() for at in local)

    assert sum(by_day[day] for day in range(5)) / 5 > 1.5 * (by_day[5] + by_day[6]) / 2
    assert sum(2 <= at.hour < 6 for at in local) == 0
    assert sum(7 <= at.hour < 23 for at in local) > 0.9 * len(local)


@pytest.mark.parametrize("later", range(0, 365, 61))
def test_dip_holiday_burst_and_gap_are_there_whenever_one_looks(persona: Persona, phrases: Phrases, later: int) -> None:
    life = make_life(persona, phrases, NOW + timedelta(days=later, hours=later))
    posts = originals(life)
    posted = [status.at for status in posts]
    usual = a_week(posted, life.begin, span(life, persona, "shop")[0])

    begin, end = span(life, persona, "shop")
    in_dip = [status for status in posts if begin <= status.at < end]
    to_shop = [status for status in in_dip if "https://ada.example/shop/" in status.text]
    assert 0.25 < a_week(posted, begin, end) / usual < 0.6
    assert 0.25 < len(to_shop) / len(in_dip) < 0.55

    assert a_week(posted, *span(life, persona, "sea")) == 0

    begin, end = span(life, persona, "report")
    assert timedelta(weeks=4) < life.end - end < life.end - begin < timedelta(weeks=7)
    reacted = [act.at for act in told(life)]
    rest = median(a_week(reacted, life.begin + n * 7 * DAY, life.begin + (n + 1) * 7 * DAY) for n in range(40))
    assert 2.2 < a_week(reacted, begin, end) / rest < 6

    share_of_posts = Counter(status.topic for status in posts)
    share_of_likes = Counter(act.status.topic for act in told(life) if act.status and act.kind == "favourite")
    for topic, lower, upper in (("marketing", 0.2, 0.55), ("python", 1.6, 2.6), ("giveaways", 2.5, 6)):
        ratio = share_of_likes[topic] / share_of_likes.total() / (share_of_posts[topic] / share_of_posts.total())
        assert lower < ratio < upper, topic
    assert share_of_posts.most_common(1)[0][0] == "marketing"
    assert share_of_likes.most_common(1)[0][0] == "python"


def test_followers_grow_to_what_is_described(life: Life, persona: Persona) -> None:
    ledger = Ledger(life)

    assert ledger.followers(life.begin) == persona.year.followers[0]
    assert ledger.followers(life.end) == persona.year.followers[1]
    assert ledger.followers(life.begin + 180 * DAY) == pytest.approx(950, abs=120)


def test_a_few_do_much_and_most_do_little(life: Life) -> None:
    busy = Counter(act.person.id for act in told(life) if act.person and act.kind != "follow").most_common()

    assert sum(count for _, count in busy[:20]) > 0.3 * sum(count for _, count in busy)
    assert median(count for _, count in busy) <= 4
    assert len(busy) > 300


def test_most_reactions_come_within_hours_and_some_after_days(life: Life) -> None:
    hours = [
        (act.at - act.status.at) / timedelta(hours=1) for act in told(life) if act.kind == "favourite" and act.status
    ]

    assert 0.3 < median(hours) < 4
    assert 0.01 < sum(delay > 48 for delay in hours) / len(hours) < 0.15


def test_texts_do_not_repeat(life: Life) -> None:
    texts = Counter(status.text for status in originals(life) if status.topic != "shop")

    assert sum(count - 1 for count in texts.values()) <= 3
    last = [status.text for status in originals(life)][-30:]
    assert len(set(last)) == 30


def test_there_are_explicit_plusk_other_languages_and_private_words(life: Life) -> None:
    assert sum("+K" in status.text for status in life.written) > 15
    assert {"en", "de", "es", "ja"} >= {status.language for status in originals(life)} > {"en"}
    assert any(status.visibility == "private" for status in life.statuses)
    assert any(status.visibility == "direct" for status in life.written)
    assert any(act.undone_at for act in life.acts)


def test_names_of_all_kinds_are_there(life: Life) -> None:
    names = [act.person.name for act in told(life) if act.person]

    assert any("[/]" in name and "\x1b[31m" in name and "\u202e" in name for name in names)
    assert max(map(len, names)) > 120
    assert any("佐藤" in name for name in names)
    assert any("🌻" in name for name in names)
    assert any("ł" in name or "á" in name for name in names)
    assert "" in names


@pytest.mark.parametrize("hour", [0, 3, 9, 14, 22])
def test_something_happened_in_the_last_hours_whenever_one_looks(persona: Persona, phrases: Phrases, hour: int) -> None:
    now = NOW.replace(hour=hour, minute=5)
    life = make_life(persona, phrases, now)

    recent = [act for act in told(life) if act.at > now - timedelta(hours=12)]
    assert len(recent) >= 12
    assert any("+K" in act.status.text for act in recent if act.status and act.kind == "mention")
    assert any(act.at > now - timedelta(minutes=4) for act in recent)
    assert any(now - timedelta(hours=12) < comment.at <= now for comment in life.comments)
    assert any(status.at > now - timedelta(hours=26) for status in originals(life))


def test_things_keep_arriving_and_slow_down(life: Life) -> None:
    def arriving(begin: float, end: float) -> int:
        first, last = life.end + timedelta(minutes=begin), life.end + timedelta(minutes=end)
        moments = [act.at for act in life.acts] + [comment.at for comment in life.comments]
        return sum(first < at <= last for at in moments)

    assert all(arriving(minute, minute + 2) >= 1 for minute in range(0, 10, 2))
    assert 10 <= arriving(0, 10) <= 40
    assert 0 < arriving(240, 250) < arriving(0, 10)
    assert arriving(600, 720) > 0
    assert {act.kind for act in life.acts if act.at > life.end} >= {"favourite", "reblog", "mention", "quote", "follow"}


def test_a_year_is_made_fast(persona: Persona, phrases: Phrases) -> None:
    from time import process_time

    begin = process_time()
    make_life(persona, phrases, NOW)

    assert process_time() - begin < 0.8  # a tenth to two tenths of a second on a quiet machine
