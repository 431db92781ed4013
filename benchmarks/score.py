"""How long the score takes on a store: all of the past, today's update, opening Why?, and what is asked for later.

    python benchmarks/generate.py FOLDER 1000000    # makes a store to measure on
    python benchmarks/score.py FOLDER [REPEATS]     # measures on a copy of it

``FOLDER`` holds the subfolder ``store``. Each figure is the least of some runs: other programs can only add to it.
"""

from __future__ import annotations

import gc
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from klout_tui.domain.batch import Batch
from klout_tui.domain.model import Actor, Interaction, InteractionKind
from klout_tui.domain.score.course import Course
from klout_tui.domain.score.explain import change, explanation
from klout_tui.domain.score.model import Model
from klout_tui.domain.score.outlook import fading, moves
from klout_tui.domain.score.usual import usual
from klout_tui.domain.score.walk import Walk
from klout_tui.domain.turnout import Turnout
from klout_tui.scoremodels import Models
from klout_tui.scoring import Scoring
from klout_tui.store.store import Store


def least(repeats: int, run: Callable[[], object]) -> float:
    """Milliseconds of the fastest of some runs."""
    took = []
    for _ in range(repeats):
        gc.collect()
        begin = time.perf_counter()
        run()
        took.append(1000 * (time.perf_counter() - begin))
    return min(took)


def through(model: Model, turnouts: list[Turnout], until: int) -> Course:
    return Walk(model).through(turnouts, until)


def tell(what: str, took: float, bound: float | None = None) -> None:
    limit = "" if bound is None else f"   at most {bound:,.0f}"
    print(f"{what:<52}{took:>10,.1f} ms{limit}")


def measure(folder: Path, repeats: int) -> None:
    clock = [datetime.now(UTC)]
    store = Store.open(folder, clock=lambda: clock[0])
    newest = max(store.turnout_versions("9999-12"), default="")
    if not newest:
        print("There is nothing in this store.")
        return
    clock[0] = max(each.at for each in store.interactions(since=datetime.fromisoformat(f"{newest}-01T00:00:00Z")))
    models = Models(None)
    scoring = Scoring(store, models, lambda: clock[0])

    tell("first time: months made from columns", least(1, scoring.course))
    months = [*store.turnout_versions("9999-12")]
    turnouts = [store.turnout(month).turnout for month in months]
    rows = sum(len(each.person) for each in turnouts)
    accounts = {account for each in turnouts for account in each.accounts}

    until, model = scoring.course().last, models.get("model-1")
    days = until + 1 - (scoring.course().begun or until)
    print(f"{rows:,} rows, {len(months)} months, {len(accounts)} accounts, {days:,} days")

    def whole() -> None:
        Scoring(store, models, lambda: clock[0]).course()

    tell("all of the past, from the stored months", least(repeats, whole), 1000)
    tell("all of the past, from months in memory", least(repeats, partial(through, model, turnouts, until)))
    for part in (4, 2):
        some = turnouts[: max(1, len(turnouts) // part)]
        tell(f"  the first {len(some)} months of it", least(repeats, partial(through, model, some, until)))

    walk = Walk(model)
    course = walk.through(turnouts, until)
    tell("today's update, from months in memory", least(3 * repeats, lambda: walk.again(turnouts[-1:], until)), 20)

    account = sorted(accounts)[0]
    counter = iter(range(10**6))

    def absorbed() -> None:
        number = next(counter)
        act = Interaction(
            id=f"bench{number}",
            account=account,
            kind=InteractionKind.REPLY,
            actor=Actor(key=f"bench{number}", handle="b"),
            at=clock[0] - timedelta(minutes=number),
        )
        store.absorb(Batch(account=account, cursor={}, interactions=(act,)))

    def updated() -> float:
        absorbed()
        return least(1, scoring.course)

    tell("today's update, with the month read again", min(updated() for _ in range(2 * repeats)))

    day = course.last

    def why() -> None:
        local = date.fromordinal(day)
        tallies = course.tallies(day)
        told = explanation(course.gauge, tallies, local)
        for back in (1, 7, 30):
            before = explanation(course.gauge, course.tallies(day - back), local - timedelta(days=back))
            change(before, told, before.day)
        fading(course.gauge, tallies, local)
        moves(course.gauge, tallies, accounts, local)

    tell("opening Why?, computed", least(3 * repeats, why))
    tell("opening Why?, asked of the service", least(3 * repeats, scoring.why), 100)
    tell("the usual range, after drawing", least(repeats, lambda: usual(course, day)))
    today = scoring.look().day
    tell("people and posts behind an account, after drawing", least(1, lambda: scoring.behind(account, today)))
    tell("the history day by day", least(repeats, scoring.points))
    store.close()


if __name__ == "__main__":
    source = Path(sys.argv[1]) / "store"
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / "store"
        shutil.copytree(source, copy)
        measure(copy, int(sys.argv[2]) if sys.argv[2:] else 5)
