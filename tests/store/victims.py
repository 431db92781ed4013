"""Processes that write until they are killed: ``python -m tests.store.victims``, driven by ``killing.py``.

Each line of the input (JSON: folder, task) makes one child that does the task and says what it is at; the parent reads
that from the output and kills the child by its number. Forking from here saves starting Python for each.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from klout_tui.domain.batch import Batch
from klout_tui.store import Store, engine
from klout_tui.store.files import named, read_bytes, replace_file
from klout_tui.store.migrations import FORMAT, migrate
from tests.store.build import ADA, act, batch, post

START: Final = datetime(2025, 12, 20, tzinfo=UTC)
NOW: Final = START + timedelta(days=200)
PER_BATCH: Final = 5
JOURNAL_LIMIT: Final = 12_000
"""So that every handful of batches is folded, and kills hit that too."""


def numbered(number: int) -> Batch:
    """The batch of that number: a post with its acts, an act on an older post, and a post counted again."""
    at = START + timedelta(hours=7 * number)
    things = [post(f"p{number}", at, likes=7)]
    things.append(post(f"p{number // 2}", START + timedelta(hours=7 * (number // 2)), likes=7 + number))
    acts = [act(f"{number}-{n}", at + timedelta(hours=n), on=f"p{number - n}", by=f"x{n}") for n in range(PER_BATCH)]
    return batch(*things, *acts, cursor=str(number))


def say(*words: object) -> None:
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


@contextmanager
def announced(what: str) -> Iterator[None]:
    say("in", what)
    yield
    say("out", what)


def write(folder: Path, last: int) -> None:
    """Go on from where the store is, a batch at a time, thanking for some and opening it anew now and then."""
    fold = engine.Engine.fold

    def folding(self: engine.Engine, *, keep: bool = True) -> None:
        with announced("fold"):
            fold(self, keep=keep)

    engine.Engine.fold = folding  # type: ignore[method-assign]
    done = -1
    while done < last:
        with announced("opening"):
            store = Store.open(folder, clock=lambda: NOW, zone="Europe/Berlin")
            store._engine._next_fold = JOURNAL_LIMIT
        done = int(store.cursor(ADA).get("since", "-1"))
        for number in range(done + 1, min(done + 20, last) + 1):
            with announced("commit"):
                store.absorb(numbered(number))
            say("stored", number)
            if number % 3 == 0:
                store.thank([f"{number}-0"], START)
            if store._engine._next_fold > JOURNAL_LIMIT:
                store._engine._next_fold = JOURNAL_LIMIT
            done = number
        with announced("closing"):
            store.close()


def step(copy: Path) -> None:
    """Bring every file to the next format."""
    for path in named(copy, ".json"):
        body = read_bytes(path) or b""
        replace_file(path, body.replace(b'"format":%d' % FORMAT, b'"format":%d' % (FORMAT + 1), 1))


def change_format(folder: Path) -> None:
    """Move a folded store to the next format."""
    with announced("migration"):
        migrate(folder, FORMAT, steps={FORMAT: step}, target=FORMAT + 1)


def main() -> None:
    child = 0
    for line in sys.stdin:
        if child:
            os.waitpid(child, 0)  # not before, so that its number stays its own and can be killed in peace
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            try:
                folder = Path(order["folder"])
                write(folder, order["last"]) if "last" in order else change_format(folder)
                say("finished")
            except BaseException as error:
                say("failed", repr(error))
            os._exit(0)
        say("born", child)
        os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        say("dead")


if __name__ == "__main__":
    main()
