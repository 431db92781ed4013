"""How often the diagnosis cries wolf, finds what was planted, and how much it takes: simulated, seeded.

``python -m benchmarks.diagnosis [--years 1000] [--lives 300] [--processes 2] [--write]`` prints the tables of
``docs/diagnosis.md``; with ``--write`` they replace those in it. ``benchmarks.lives`` invents the lives and knows
nothing of the method.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.lives import NOW, WEEKDAYS, ZONE, Chance, Diary, Life, Planted, diary, lived, realised
from klout_tui.domain.days import Days
from klout_tui.domain.diagnosis import Answer, Cause, Window, diagnose, window
from klout_tui.domain.diagnosis.bursts import bursts
from klout_tui.domain.diagnosis.gather import Book, Side
from klout_tui.domain.diagnosis.pace import pace
from klout_tui.domain.diagnosis.series import Series, normal, normal_days
from klout_tui.domain.diagnosis.spans import REFERENCE
from klout_tui.domain.diagnosis.verdict import verdict
from klout_tui.domain.digest import About, ticks

FIRST: Final = date(2024, 1, 1)
"""A Monday."""
FIRST_LIFE: Final = 30_000
"""Seeds of the lives in the tables begin here; others served while the method was made."""
KNOWN: Final = 34
"""Weeks of history before the year that is watched: what the program reads."""
FRESH: Final = 8
"""The same in the first year: just the weeks that are compared."""
DOCS: Final = Path(__file__).parents[1] / "docs" / "diagnosis.md"
MARKS: Final = "<!-- simulated: {} -->", "<!-- end -->"
FOUND_BY: Final = {
    Planted.HALVED: Cause.SHARING,
    Planted.PROMOTION: Cause.PROMOTION,
    Planted.REPEATS: Cause.REPEATS,
    Planted.DEAD: Cause.NETWORK,
    Planted.LOST: Cause.AUDIENCE,
    Planted.GIVEAWAY: Cause.BURST,
}


class Year(NamedTuple):
    """What a year without any true change brought."""

    alarm: bool
    """Whether any of its 52 verdicts was that engagement fell or rose."""
    burst: bool
    """Whether she was asked of a burst on any of its days."""


def plain_counts(mean: float, spread: float, seed: int, days: int) -> dict[date, int]:
    """Independent days: negative binomial around a mean with the weekdays' pattern."""
    chance = Chance(seed)
    calendar = (FIRST + timedelta(days=offset) for offset in range(days))
    return {day: chance.bursty(mean * WEEKDAYS[day.weekday()], spread) for day in calendar}


def plain_year(mean: float, spread: float, seed: int, days: int) -> Diary:
    """Independent days, of which it is not known what brought the reactions."""
    return Diary(plain_counts(mean, spread, seed, days), (), Counter())


def lived_year(life: Life, seed: int, days: int) -> Diary:
    """Posts on some days, better and worse ones, whose reactions fade."""
    return diary(life, seed, days, FIRST)


def watched(live: Callable[[int, int], Diary], seed: int, weeks: int = 52, known: int = KNOWN) -> Year:
    """A year looked at every day. Verdicts change once a week (a test proves that), so each is asked for once."""
    alarm = burst = False
    year = live(seed, 7 * (known + weeks))
    series = Series(FIRST, year.counts)
    for week in range(weeks):
        last = FIRST + timedelta(days=7 * (known + week) - 1)
        judged = window(last, 28)
        before = judged.before()
        if not alarm:
            alarm = verdict(series, judged, before, ()).answer in (Answer.FELL, Answer.ROSE)
        if not burst:
            looked_at = [before.first + timedelta(days=number) for number in range(7 * 8)]
            usual = normal(series, before), normal_days(series, before)
            found = bursts(series, *usual, looked_at, (), _pace(year, before, judged))
            burst = any(each.told for each in found)
    return Year(alarm, burst)


def _pace(year: Diary, before: Window, now: Window) -> Mapping[date, float]:
    """What the posts let expect of each day."""
    if not year.posts:
        return {}
    days = Days(ZONE)
    known = before.first - timedelta(weeks=REFERENCE)
    posts = [post for post in year.posts if known <= days.of(post.at) <= now.last]
    about = {post.id: About(id=post.id, account=post.account, kind=post.kind, at=ticks(post.at)) for post in year.posts}
    sides = [Side(window=each) for each in (before, now)]
    for side in sides:
        side.posts.update((post.id, about[post.id]) for post in posts if side.window.holds(days.of(post.at)))
    for (post, day), count in year.brought.items():
        for side in sides:
            if side.window.holds(day):
                side.days[post, day] += count
                side.unnamed[post] += count
    return pace(Book(*sides, about), posts, {post.account for post in posts}, known, now.last, days)


def changed(mean: float, spread: float, times: float, seed: int) -> bool:
    """Whether a change of the mean four whole weeks ago is told by the verdict."""
    before = plain_counts(mean, spread, seed, 7 * 30)
    after = plain_counts(mean * times, spread, seed + 1_000_000, 7 * 34)
    last = FIRST + timedelta(days=7 * 34 - 1)
    judged = window(last, 28)
    series = Series(FIRST, {day: before.get(day, after[day]) for day in after})
    told = verdict(series, judged, judged.before(), ()).answer
    return told is (Answer.FELL if times < 1 else Answer.ROSE)


class Look(NamedTuple):
    """What one diagnosis of a life with something planted says."""

    first: Cause | None
    """The first of its reasons."""
    answer: Answer


def look(life: Life, seed: int) -> Look:
    """Diagnose one life."""
    found = diagnose(lived(life, seed), NOW, ZONE)
    return Look(found.reasons[0].cause if found.reasons else None, found.verdict.answer)


def is_largest(life: Life, seed: int) -> bool:
    """Whether of all that truly changed in a life, by plan or by chance, what was planted changed most."""
    changes = realised(life, seed)
    return bool(changes) and max(changes, key=lambda cause: abs(changes[cause])) is life.planted


# the tables


def false_alarms(pool: Executor, years: int) -> Iterator[str]:
    """Quiet years with any false alarm, by volume and burstiness."""
    yield "| quiet years of | variance / mean | a false verdict | asked of a burst | either |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for mean in (0.7, 3.0, 14.0):
        for spread in (1.0, 3.0, 7.0):
            yield _years(pool, years, f"{mean:g} reactions a day", spread, partial(plain_year, mean, spread))


def lived_alarms(pool: Executor, years: int) -> Iterator[str]:
    """The same where posts bring the reactions."""
    yield "| quiet years of 5 posts a week and | variance / mean | a false verdict | asked of a burst | either |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for reactions in (20.0, 100.0):
        for spread in (1.0, 3.0, 7.0):
            live = partial(lived_year, Life(reactions=reactions, spread=spread))
            yield _years(pool, years // 2, f"{reactions:g} reactions a week", spread, live)


def first_alarms(pool: Executor, years: int) -> Iterator[str]:
    """The same in the first year of an account, when little is known of its weeks."""
    yield "| first years of | variance / mean | a false verdict | asked of a burst | either |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for spread in (1.0, 3.0, 7.0):
        yield _years(pool, years, "3 reactions a day", spread, partial(plain_year, 3.0, spread), FRESH)
    for spread in (3.0, 7.0):
        live = partial(lived_year, Life(reactions=100.0, spread=spread))
        yield _years(pool, years // 2, "5 posts and 100 reactions a week", spread, live, FRESH)


def _years(
    pool: Executor, years: int, what: str, spread: float, live: Callable[[int, int], Diary], known: int = KNOWN
) -> str:
    found = list(pool.map(partial(watched, live, known=known), range(years), chunksize=5))
    shares = (
        sum(year.alarm for year in found),
        sum(year.burst for year in found),
        sum(year.alarm or year.burst for year in found),
    )
    return f"| {what} | {spread:g} | " + " | ".join(f"{100 * share / years:.1f} %" for share in shares) + " |"


def ranking(pool: Executor, lives: int) -> Iterator[str]:
    """How often what was planted is the first of the reasons, and how often it truly is the largest."""
    spreads = (1.0, 2.0)
    yield (
        "| planted a month ago | "
        + " | ".join(f"v/m {spread:g}" for spread in spreads)
        + " | v/m 2, all left to chance | truly the largest then | first where it truly is |"
    )
    yield "| --- |" + " ---: |" * (len(spreads) + 3)
    for planted, cause in FOUND_BY.items():
        cells = []
        for spread, free in (*((spread, False) for spread in spreads), (2.0, True)):
            life = Life(spread=spread, planted=planted, free=free)
            seeds = range(FIRST_LIFE, FIRST_LIFE + lives)
            found = [each.first is cause for each in pool.map(partial(look, life), seeds, chunksize=5)]
            cells.append(f"{100 * sum(found) / lives:.0f} %")
            if free:
                largest = list(pool.map(partial(is_largest, life), seeds, chunksize=5))
                both = sum(one and other for one, other in zip(found, largest, strict=True))
                cells += [f"{100 * sum(largest) / lives:.0f} %", f"{100 * both / max(1, sum(largest)):.0f} %"]
        yield f"| {planted.value} | " + " | ".join(cells) + " |"


def power(pool: Executor, lives: int) -> Iterator[str]:
    """How often the verdict tells a true change, by volume."""
    times = (0.3, 0.5, 0.7, 1.5, 2.0, 3.0)
    yield "| reactions in 4 weeks | variance / mean | " + " | ".join(f"×{each:g}" for each in times) + " |"
    yield "| ---: | ---: |" + " ---: |" * len(times)
    for month in (10, 30, 100, 300, 1000):
        for spread in (1.0, 3.0):
            cells = []
            for each in times:
                told = pool.map(partial(changed, month / 28, spread, each), range(lives), chunksize=20)
                cells.append(f"{100 * sum(told) / lives:.0f} %")
            yield f"| {month:,} | {spread:g} | " + " | ".join(cells) + " |"


def written(text: str, name: str, rows: Sequence[str]) -> str:
    """The document with one of its tables replaced."""
    begin, end = MARKS[0].format(name), MARKS[1]
    head, _, rest = text.partition(begin)
    _, _, tail = rest.partition(end)
    return f"{head}{begin}\n{chr(10).join(rows)}\n{end}{tail}"


def main() -> int:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", type=int, default=1000)
    parser.add_argument("--lives", type=int, default=300)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", choices=["alarms", "lived", "first", "ranking", "power"])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    begun = time.perf_counter()
    with ProcessPoolExecutor(options.processes) as pool:
        tables = {
            "alarms": lambda: false_alarms(pool, options.years),
            "lived": lambda: lived_alarms(pool, options.years),
            "first": lambda: first_alarms(pool, options.years),
            "ranking": lambda: ranking(pool, options.lives),
            "power": lambda: power(pool, options.lives),
        }
        for name, make in tables.items():
            if options.only in (None, name):
                rows = []
                for row in make():
                    print(row, flush=True)
                    rows.append(row)
                print(f"\n{time.perf_counter() - begun:.0f} s\n", flush=True)
                if options.write:
                    DOCS.write_text(written(DOCS.read_text("utf-8"), name, rows), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
