"""From a store to the view: as much is read as the view needs, and it says what ``show`` says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from klout_tui.domain.asof import post_as_of
from klout_tui.domain.batch import Batch
from klout_tui.domain.dashboard import Choice, Dashboard, Standing, derive
from klout_tui.domain.details import reactions
from klout_tui.domain.digest import ticks
from klout_tui.domain.model import Account, Actor, Fault, Health, Interaction, InteractionKind, Post, PostKind
from klout_tui.store.facts import LAST_VISIT, end_visit, last_visit, read_facts, seen
from klout_tui.store.records import SEEN
from klout_tui.store.store import Store
from tests.cli_helper import Shell
from tests.conftest import FrozenClock

BERLIN = ZoneInfo("Europe/Berlin")
ADA = "town:ada@town.example"
LIKE, COMMENT = InteractionKind.LIKE, InteractionKind.COMMENT


@pytest.fixture
def store(home: Path, clock: FrozenClock) -> Iterator[Store]:
    """Ada's, in the home the command line looks into."""
    with Store.open(home / "store", clock=clock, zone="Europe/Berlin") as opened:
        opened.link(
            Account(
                id=ADA,
                network="town",
                handle="@ada@town.example",
                base_url="https://town.example",
                linked_at=clock.now - timedelta(days=600),
            )
        )
        yield opened


def old_post(clock: FrozenClock, *, likes: int = 0) -> Post:
    at = clock.now - timedelta(days=500)
    counters = {LIKE: likes} if likes else {}
    return Post(id="old", account=ADA, kind=PostKind.ARTICLE, at=at, topics=("Python",), counters=counters)


def comment(number: int, at: datetime) -> Interaction:
    return Interaction(
        id=f"c{number}",
        account=ADA,
        kind=COMMENT,
        actor=Actor(key=f"k{number}", handle=f"@reader{number}"),
        at=at,
        post="old",
        text="I still come back to this one",
    )


def absorb(store: Store, *things: Post | Interaction) -> None:
    store.absorb(
        Batch(
            account=ADA,
            cursor={},
            posts=tuple(thing for thing in things if isinstance(thing, Post)),
            interactions=tuple(thing for thing in things if isinstance(thing, Interaction)),
        )
    )


def brought(store: Store, now: datetime) -> dict[InteractionKind, int]:
    post = store.post("old")
    assert post is not None
    return reactions([post_as_of(post, now)], [digest.visible(ticks(now)) for digest in store.history()])["old"]


def seen_at(store: Store, now: datetime, *, past: bool = False) -> Dashboard:
    return derive(read_facts(store, now, past=past), now, store.zone, Choice())


def test_the_panes_say_of_an_old_post_what_show_says(store: Store, clock: FrozenClock, shell: Shell) -> None:
    absorb(store, old_post(clock), *(comment(number, clock.now - timedelta(days=number)) for number in range(3)))
    view = seen_at(store, clock.now)
    store.close()
    shown = shell.json("show", "topics")["topics"]
    assert [(row.topic, row.posts, row.reactions, row.plusk) for row in view.topics.rows] == [
        (row["topic"], row["posts"], row["reactions"], row["plusk"]) for row in shown
    ]
    assert [(row.topic, row.reactions, row.plusk) for row in view.topics.rows] == [("python", 3, 3)]
    given = shell.json("show", "plusk")["plusk"]
    assert [(each.id, list(each.topics)) for each in view.plusks] == [(each["id"], each["topics"]) for each in given]


def test_what_is_known_begins_with_the_first_post(store: Store, clock: FrozenClock) -> None:
    absorb(store, old_post(clock), comment(1, clock.now))
    view = derive(read_facts(store, clock.now, past=False), clock.now, BERLIN, Choice(span=365))
    assert None not in view.engagement.totals
    assert view.engagement.before is None


def test_a_visit_remembers_how_far_each_account_had_been_read(store: Store, clock: FrozenClock) -> None:
    assert (last_visit(store), seen(store)) == (None, {})
    store.set_health(Health(account=ADA, last_ok=clock.now - timedelta(hours=2)))
    end_visit(store, clock.now)
    assert last_visit(store) == clock.now
    assert seen(store) == {ADA: datetime(2026, 11, 23, 6, 15, 22, tzinfo=UTC)}
    assert store.recall(LAST_VISIT) == "2026-11-23T08:15:22+00:00"
    assert store.recall(SEEN) == '{"town:ada@town.example":"2026-11-23T06:15:22Z"}'


def test_an_account_never_read_is_not_remembered_and_none_beyond_the_visit(store: Store, clock: FrozenClock) -> None:
    end_visit(store, clock.now)
    assert seen(store) == {}
    store.set_health(Health(account=ADA, last_ok=clock.now + timedelta(hours=2)))
    end_visit(store, clock.now)
    assert seen(store) == {ADA: clock.now}


def test_what_happened_before_quitting_and_was_read_after_is_news(store: Store, clock: FrozenClock) -> None:
    absorb(store, old_post(clock, likes=5))
    store.set_health(Health(account=ADA, last_ok=clock.now))
    clock.advance(timedelta(hours=2))
    happened = clock.now - timedelta(hours=1)
    end_visit(store, clock.now)
    assert seen_at(store, clock.now).news.reactions == 0
    clock.advance(timedelta(hours=9))
    absorb(store, old_post(clock, likes=9), comment(1, happened))
    found = seen_at(store, clock.now)
    assert (found.news.reactions, found.news.plusks, found.accounts[0].news) == (1 + 4, 1, 5)
    store.set_health(Health(account=ADA, last_ok=clock.now))
    end_visit(store, clock.now)
    assert seen_at(store, clock.now).news.reactions == 0


def test_the_past_knows_nothing_of_what_came_later(store: Store, clock: FrozenClock) -> None:
    then = clock.now
    absorb(store, old_post(clock, likes=5), comment(1, then - timedelta(days=1)))
    clock.advance(timedelta(days=5))
    absorb(store, old_post(clock, likes=9), comment(2, clock.now))
    store.absorb(Batch(account=ADA, cursor={}, gone=("old",)))
    store.set_health(Health(account=ADA, last_ok=clock.now, fault=Fault(kind="unavailable", message="down")))
    end_visit(store, clock.now)
    store.unlink(ADA)
    view = seen_at(store, then, past=True)
    (row,) = view.accounts
    assert (row.standing, row.fault, row.last_ok, row.account.unlinked_at) == (Standing.PAST, None, None, None)
    assert view.news.since is None
    assert brought(store, then) == {COMMENT: 1, LIKE: 5}
    assert max(bar for bar in view.engagement.bars) == date(2026, 11, 23)
    now = seen_at(store, clock.now)
    assert (now.accounts, brought(store, clock.now)) == ((), {COMMENT: 2, LIKE: 9})
