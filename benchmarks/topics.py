"""What a list of ten thousand topics costs, and what decisions about topics cost a big store.

``python -m benchmarks.topics [--topics 10000] [--folder DIR]``. DIR holds a store made by ``benchmarks.generate`` (or
one of ``benchmarks.store``'s); it is copied, and the first dashboard is made of the copy without a list, with the list,
and with decisions on top. Every figure is the least processor time of several runs in processes of their own, in
milliseconds, which other programs disturb less than the clock on the wall.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from benchmarks.generate import NOW, TOPICS
from klout_tui.domain.dashboard import Choice, derive
from klout_tui.domain.ontology import PackedList, packed
from klout_tui.domain.topiccsv import read_csv
from klout_tui.store.facts import read_facts
from klout_tui.store.guessing import guessing
from klout_tui.store.store import Store

LANGUAGES: Final = ("ar", "de", "es", "fr", "pt")
ROUNDS: Final = 5
MILLI: Final = 1000


def ontology(count: int, seed: int = 1) -> dict[str, str]:
    """CSV files in the form of Klout's: so many topics, three in ten with two parents, names in five more languages."""
    rng = random.Random(seed)
    topics, edges, names = (
        ["topicId,topicSlug,topicDisplayName,wikiItemId,freebaseMachineId", "0,_ROOT_,_ROOT_,,"],
        [],
        [],
    )
    for number in range(1, count + 1):
        words = (TOPICS[number - 1],) if number <= len(TOPICS) else (f"word{number % 997}", f"thing{number}")
        slug = "-".join(words)
        topics.append(f"{10**15 + number},{slug},{' '.join(words).title()},Q{number},/m/{number:x}")
        above = rng.sample(range(number), min(number, 1 + (rng.random() < 0.3)))
        edges += [f"{10**15 + parent if parent else 0},,{10**15 + number},{slug}" for parent in above]
        names += [f"{10**15 + number},{language},{language} {' '.join(words)}" for language in LANGUAGES]
    return {
        "topics.csv": "\n".join(topics),
        "edges.csv": "\n".join(["parentTopicId,parrentTopicSlug,childTopicId,childTopicSlug", *edges]),
        "names.csv": "\n".join(["topicId,language,topicDisplayName", *names]),
    }


def timed(work: Callable[[], object]) -> float:
    """Processor time of one run, in milliseconds."""
    begun = time.process_time()
    work()
    return MILLI * (time.process_time() - begun)


def measure_list(count: int) -> dict[str, float]:
    """Read, pack and look up."""
    files = ontology(count)
    data = b""

    def read() -> None:
        nonlocal data
        data = packed(read_csv(files), {"source": "benchmark"})

    found = {"read and pack": timed(read), "size, kB": len(data) / 1024}
    lists: list[PackedList] = []
    found["load"] = timed(lambda: lists.append(PackedList(data)))
    found["60 tags"] = timed(lambda: [lists[0].topic(topic) for topic in TOPICS])
    found["1,000 tags it has not"] = timed(lambda: [lists[0].topic(f"no-{number}") for number in range(1000)])
    return found


def measure_start(folder: Path) -> dict[str, float]:
    """Open the store and make the first picture's view of it."""
    found: dict[str, float] = {}

    def start() -> None:
        store = Store.open(folder / "store", clock=lambda: NOW, zone="Europe/Berlin")
        facts = read_facts(store, NOW, past=False, span=30)
        derive(facts, NOW, store.zone, Choice())

    found["start"] = timed(start)
    return found


def decide(folder: Path, data: bytes | None, *, curated: bool) -> None:
    """Use the list, and decide something about a quarter of the topics."""
    with Store.open(folder / "store", clock=lambda: NOW, zone="Europe/Berlin") as store:
        store.use_topics("benchmark" if data else None, data)
        for topic in TOPICS[:15] if curated else ():
            number = int(topic.rpartition("-")[2])
            if number % 3:
                store.curate("benchmark", lambda now, topic=topic: now.merge(topic, TOPICS[-1]))  # type: ignore[misc]
            else:
                store.curate("benchmark", lambda now, topic=topic: now.hide(topic))  # type: ignore[misc]


def measure_guesses(folder: Path) -> dict[str, float]:
    """The longest step of looking through all posts for those without tags, and all of it."""
    with Store.open(folder / "store", clock=lambda: NOW, zone="Europe/Berlin") as store:
        steps = guessing(store)
        times = []
        done = False
        while not done:
            begun = time.process_time()
            done = next(steps, None) is None
            times.append(MILLI * (time.process_time() - begun))
    return {"look for untagged posts": sum(times), "  the longest step": max(times)}


def fresh(what: str, folder: Path) -> dict[str, float]:
    """The measure in fresh processes, the least of each figure."""
    found: dict[str, float] = {}
    for _ in range(ROUNDS):
        command = [sys.executable, "-m", "benchmarks.topics", "--only", what, "--folder", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        for name, value in json.loads(done.stdout).items():
            found[name] = min(found.get(name, value), value)
    return found


def told(label: str, found: dict[str, float]) -> None:
    for name, value in found.items():
        print(f"{label + ': ' + name:56}{value:10.2f}")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--topics", type=int, default=10_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--only", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        measure = {"start": measure_start, "guesses": measure_guesses}[options.only]
        print(json.dumps(measure(options.folder)))
        return 0
    told(f"{options.topics:,} topics", measure_list(options.topics))
    if options.folder is None:
        return 0
    with tempfile.TemporaryDirectory(prefix="klout-tui-benchmark-") as name:
        folder = Path(name)
        shutil.copytree(options.folder / "store", folder / "store")
        data = packed(read_csv(ontology(options.topics)), {"source": "benchmark"})
        decide(folder, None, curated=False)
        told("our own list", fresh("start", folder))
        decide(folder, data, curated=False)
        told(f"{options.topics:,} topics", fresh("start", folder))
        decide(folder, data, curated=True)
        told("and 15 decisions", fresh("start", folder))
        told("guesses", fresh("guesses", folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
