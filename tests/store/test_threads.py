"""Many threads of one process at one store: nothing raised, nothing lost, and every answer true of some moment."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from klout_tui.domain.model import Health
from klout_tui.store import Store
from klout_tui.store.facts import end_visit, read_facts
from tests.store.build import ADA, BLOG, NOON, Clock, account, act, batch, fold, linked, post
from tests.store.test_faults import agrees_with_itself, knows_its_ids

WRITERS, READERS, ROUNDS, PER_BATCH = 4, 4, 15, 4


def written(store: Store, writer: int) -> None:
    owner = ADA if writer % 2 else BLOG
    for number in range(ROUNDS):
        at = NOON - timedelta(hours=9 * number + writer)
        name = f"{writer}-{number}"
        things = [post(f"p{name}", at, account=owner, likes=7)]
        acts = [act(f"{name}-{n}", at, on=f"p{name}", by=f"x{n}", account=owner) for n in range(PER_BATCH)]
        assert store.absorb(batch(*things, *acts, of=owner, cursor=name)).new_interactions == PER_BATCH
        store.thank([f"{name}-0"], NOON)
        store.set_health(Health(account=owner, last_ok=at))
        store.remember(f"theme {writer}", name)
        if number % 5 == writer:
            with store._mutex:
                fold(store)


def read(store: Store, reader: int) -> None:
    seen = 0
    for _ in range(ROUNDS):
        store.poll()
        acts = store.interactions()
        assert len(acts) >= seen
        assert len(acts) % PER_BATCH == 0, "a batch is there whole or not at all"
        seen = len(acts)
        assert sum(day.named for day in store.days()) >= seen
        facts = read_facts(store, NOON, past=False)
        assert sum(map(len, facts.history)) % PER_BATCH == 0
        if reader == 0:
            end_visit(store, NOON)


def all_at_once(*works: Callable[[], None]) -> None:
    start = threading.Barrier(len(works))

    def begun(work: Callable[[], None]) -> None:
        start.wait(30)
        work()

    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(begun, work) for work in works]:
            done.result(120)


def test_threads_at_one_door_lose_nothing(folder: Path, clock: Clock) -> None:
    with linked(folder, clock) as store:
        store.link(account(BLOG, keys=("ada.example",)))
        writers = [lambda number=number: written(store, number) for number in range(WRITERS)]
        readers = [lambda number=number: read(store, number) for number in range(READERS)]
        all_at_once(*writers, *readers)
        assert len(store.interactions()) == WRITERS * ROUNDS * PER_BATCH
        assert len(store.thanked()) == WRITERS * ROUNDS
        assert store.warnings() == ()
        agrees_with_itself(store)
    with Store.open(folder, clock=clock) as again:
        assert len(again.interactions()) == WRITERS * ROUNDS * PER_BATCH
        agrees_with_itself(again)
        knows_its_ids(again)


def test_two_doors_in_one_process_are_two_processes(folder: Path, clock: Clock) -> None:
    with linked(folder, clock) as one, Store.open(folder, clock=clock) as two:
        one.link(account(BLOG, keys=("ada.example",)))
        all_at_once(lambda: written(one, 0), lambda: written(two, 1), lambda: read(one, 1), lambda: read(two, 1))
        for store in (one, two):
            store.poll()
            assert len(store.interactions()) == 2 * ROUNDS * PER_BATCH
            agrees_with_itself(store)


def test_only_one_thread_refreshes(store: Store) -> None:
    ours: list[bool] = []
    asked = threading.Barrier(6)

    def ask() -> None:
        with store.refreshing() as mine:
            ours.append(mine)
            asked.wait(30)

    all_at_once(*[ask] * 6)
    assert sorted(ours) == [False] * 5 + [True]


WATCHED = """
import sys, threading
met = set()
def watch(frame, event, arg):
    if event == "call" and frame.f_code.co_name == "get_class_annotations" and "msgspec" in frame.f_code.co_filename:
        met.add(str(frame.f_locals["obj"]))
from pathlib import Path
from klout_tui.store import Store
from klout_tui.store.facts import end_visit, read_facts
from tests.store.build import *
from tests.store.test_damage import grown, harm
folder, clock, failed = Path(sys.argv[1]), Clock(), []
def work():
    try:
        grown(folder, clock)
        harm(sorted(folder.glob("posts-*.json"))[0], "truncated")
        with Store.open(folder, clock=clock) as store:
            end_visit(store, NOON)
            read_facts(store, NOON, past=False)
            store.readings(), store.posts(), store.thank(["a1"], NOON), store.thanked(), store.forget(ADA)
    except BaseException as error:
        failed.append(error)
threading.setprofile(watch)
thread = threading.Thread(target=work)
thread.start(); thread.join()
print("first met in a thread:", sorted(met), failed)
"""


def test_no_thread_is_the_first_to_meet_a_type(folder: Path) -> None:
    """Two that did so at once would crash msgspec, and Python with it."""
    command = [sys.executable, "-c", WATCHED, str(folder)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ran.stdout == "first met in a thread: [] []\n", ran.stderr
