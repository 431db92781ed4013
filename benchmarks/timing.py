r"""Measure the advice on when to post on the open data of Klout's study (arXiv 1506.02089), or make such data.

``python -m benchmarks.timing FILE [FILE …]`` reads tab-separated text, plain, ``.gz`` or, as published, ``.tar.gz``;
``-`` is standard input. A line has the fingerprints of user, actor and post (signed 64 bit), the time of the post and
of the action (milliseconds since 1970) and the name of the user's time zone: Freebase's ("Central European Time"), or
IANA's. Every reaction is one line; lines that begin with ``#`` name the columns, ``\N`` is a zone that is not known.
Whoever reacts to nobody's post is not in the data, nor is a post without reactions. What cannot be read is passed over
and counted, by why.

Two figures come out, both on posts that had no part in the advice:

- **by zone**: one schedule for everybody in a time zone, found on one half of the posts and judged on the other;
- **personal**: a schedule for each user, by the very code the program runs, for a sample of users.

Memory stays constant however long the files are: a table for each zone, a sketch that counts reactions by post in
``2^--sketch-bits`` bytes (posts that share a place are taken for one), and a sample of whole users that is halved
whenever it exceeds ``--keep`` reactions.

``python -m benchmarks.timing --make FILE [--truth evenings|none] [--users 200] [--posts 120] [--seed 1]`` writes a file
of the same form whose truth is known.
"""

from __future__ import annotations

import argparse
import gzip
import math
import random
import sys
import tarfile
import time
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Final
from zoneinfo import ZoneInfo

from benchmarks.zonenames import zone_called
from klout_tui.domain.model import PostKind
from klout_tui.domain.responses import Response
from klout_tui.domain.timing.advice import LEAST_PEOPLE, LEAST_POSTS, trials_of
from klout_tui.domain.timing.clock import DAY, HOUR, WEEK, Clock, slot
from klout_tui.domain.timing.heldout import Gain, best, gain_from, gain_of, judged
from klout_tui.domain.timing.profile import Table
from klout_tui.domain.timing.words import signed
from klout_tui.domain.timing.worth import FIRST, worths
from klout_tui.domain.usual import times_usual, usual

MILLISECOND: Final = 1000
"""Microseconds."""

MOST: Final = 20
"""Reactions to one post that count in the tables: a viral one tells of its own day only."""

FULL: Final = 250
"""Reactions to one post that the sketch can count."""

FORGET: Final = 200_000
"""Lines after which the clocks forget what they have worked out."""

LEAST: Final = 500
"""Reactions and posts of a zone under which it is not judged."""

REASONS: Final = 100
"""Reasons to pass a line over that are told apart; a file may hold any number of zones nobody knows."""

ZONES: Final = ("Central European Time", "Eastern Standard Time", "India Standard Time")

NO_ZONE: Final = "\\N"
"""Stands for a zone that is not known."""

TIMES: Final = range(946_684_800_000, 4_102_444_800_000)
"""Milliseconds since 1970 that can be meant: this century."""

FINGERPRINTS: Final = range(-(1 << 63), 1 << 63)


@dataclass(frozen=True, slots=True)
class Line:
    """One reaction."""

    user: int
    actor: int
    post: int
    posted: int
    """Microseconds since 1970."""
    acted: int
    zone: str


@dataclass(slots=True)
class Place:
    """What is kept of one time zone."""

    table: Table = field(default_factory=Table)
    posts: list[int] = field(default_factory=lambda: [0] * WEEK)
    """Held-out posts by the hour of the week they were published in."""
    brought: list[int] = field(default_factory=lambda: [0] * WEEK)
    squares: list[int] = field(default_factory=lambda: [0] * WEEK)
    known: list[int] = field(default_factory=lambda: [0] * WEEK)
    """Posts of the other half."""


@dataclass(slots=True)
class Report:
    """What came out."""

    lines: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    """Lines passed over, by why."""
    zones: dict[str, Gain] = field(default_factory=dict)
    by_zone: Gain | None = None
    users: int = 0
    """In the sample, with enough posts and people."""
    personal: Gain | None = None
    kept: int = 0
    """Reactions of the sample."""

    def pass_over(self, why: str) -> None:
        """Count a line that is of no use."""
        known = why in self.skipped or len(self.skipped) < REASONS
        self.skipped[why if known else "for other reasons"] += 1


class Unreadable(Exception):
    """A file that is not there or breaks off; its words are for people."""


def read(paths: Iterable[Path]) -> Iterator[Line | None]:
    """The lines one by one; None for one that cannot be read.

    Raises:
        Unreadable: a file cannot be opened, is not what its name says, or breaks off; what came before was given.
    """
    for path in paths:
        try:
            yield from (_line(raw) for file in _files(path) for raw in file if not raw.startswith(b"#"))
        except (OSError, EOFError, zlib.error, tarfile.TarError) as error:
            why = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise Unreadable(f"{path}: {why[:1].lower()}{why[1:]}") from error


def _files(path: Path) -> Iterator[IO[bytes]]:
    """What a path holds: one file, or those of an archive, none in memory as a whole."""
    if str(path) == "-":
        yield sys.stdin.buffer
    elif path.name.endswith((".tar.gz", ".tgz", ".tar")):
        with tarfile.open(path, "r|*") as archive:
            yield from (file for each in archive if each.isfile() and (file := archive.extractfile(each)) is not None)
    elif path.suffix == ".gz":
        with gzip.open(path, "rb") as packed:
            yield packed
    else:
        with path.open("rb") as plain:
            yield plain


def _line(raw: bytes) -> Line | None:
    try:
        user, actor, post, posted, acted, zone = raw.decode().rstrip("\r\n").split("\t")
        fingerprints, times = (int(user), int(actor), int(post)), (int(posted), int(acted))
    except ValueError:
        return None
    if any(each not in FINGERPRINTS for each in fingerprints) or any(each not in TIMES for each in times):
        return None
    return Line(*fingerprints, *(each * MILLISECOND for each in times), zone.strip())


class Reading:
    """Takes in lines, holds a constant amount, and reports.

    Args:
        keep: Reactions kept for the personal schedules.
        bits: The sketch has two to this many bytes.
    """

    def __init__(self, *, keep: int = 1_000_000, bits: int = 26) -> None:
        self._keep = keep
        self._mask = (1 << bits) - 1
        self._sketch = bytearray(1 << bits)
        self._places: dict[str, Place] = {}
        self._clocks: dict[str, Clock | None] = {}
        self._sample: dict[int, dict[int, tuple[int, str, dict[int, int]]]] = {}
        self._every = 1
        self.report = Report()

    def take(self, lines: Iterable[Line | None], most: int | None = None) -> None:
        """Take in lines, ``most`` at most."""
        report = self.report
        for line in lines:
            report.lines += 1
            if report.lines % FORGET == 0:
                self._clocks.clear()
            clock = self._clock(line.zone) if line is not None else None
            if line is None:
                report.pass_over("cannot be read")
            elif clock is None:
                report.pass_over("no zone" if line.zone == NO_ZONE else f"zone {line.zone!r:.60} unknown")
            elif line.acted < line.posted:
                report.pass_over("acted before the post")
            else:
                self._count(line, clock)
                self._sampled(line)
            if report.lines == most:
                return

    def finish(self) -> Report:
        """Judge what was taken in."""
        self._judge_zones()
        self._judge_users()
        return self.report

    def _clock(self, zone: str) -> Clock | None:
        if zone not in self._clocks:
            found = zone_called(zone)
            self._clocks[zone] = Clock(found) if found is not None else None
        return self._clocks[zone]

    def _count(self, line: Line, clock: Clock) -> None:
        mixed = _mixed(line.post)
        place = self._places.setdefault(line.zone, Place())
        at, before = mixed & self._mask, self._sketch[mixed & self._mask]
        begun = clock.hours(line.posted)
        if mixed >> 63:  # this half is learnt from
            later = clock.hours(line.acted) - begun
            if before < MOST and later < DAY:
                self._sketch[at] = before + 1
                place.table.counts[slot(begun) * DAY + max(0, later)] += 1.0
                place.known[slot(begun)] += not before
        elif before < FULL and line.acted - line.posted < FIRST * HOUR:
            self._sketch[at] = before + 1
            there = slot(begun)
            place.posts[there] += not before
            place.brought[there] += 1
            place.squares[there] += 2 * before + 1

    def _sampled(self, line: Line) -> None:
        if _mixed(line.user) % self._every:
            return
        posts = self._sample.setdefault(line.user, {})
        _, _, actors = posts.setdefault(line.post, (line.posted, line.zone, {}))
        self.report.kept += line.actor not in actors
        delay = line.acted - line.posted
        actors[line.actor] = min(delay, actors.get(line.actor, delay))
        while self.report.kept > self._keep and len(self._sample) > 1:
            self._every *= 2
            self._sample = {user: own for user, own in self._sample.items() if not _mixed(user) % self._every}
            self.report.kept = sum(len(each[2]) for own in self._sample.values() for each in own.values())

    def _judge_zones(self) -> None:
        tried = posts = 0
        brought = total = squares = 0.0
        for zone, place in sorted(self._places.items()):
            if sum(place.table.counts) < LEAST or sum(place.posts) < LEAST:
                continue
            used = [each for each, count in enumerate(place.known) for _ in range(count)]
            slots = worths(place.table.profile(), used, [1.0] * len(used))
            chosen = best(slots)
            mean = sum(place.brought) / sum(place.posts)
            here = (
                sum(place.posts[each] for each in chosen),
                sum(place.brought[each] for each in chosen) / mean,
                sum(place.posts),
                sum(place.brought) / mean,
                sum(place.squares) / mean**2,
            )
            gain = gain_from(*here)
            if gain is not None:
                self.report.zones[zone] = gain
            tried, posts = tried + here[0], posts + here[2]
            brought, total, squares = brought + here[1], total + here[3], squares + here[4]
        self.report.by_zone = gain_from(tried, brought, posts, total, squares) if posts > 1 else None

    def _judge_users(self) -> None:
        found: list[tuple[float, bool]] = []
        for user, posts in sorted(self._sample.items()):
            responses = sorted(
                (
                    Response(
                        id=str(post),
                        account=str(user),
                        kind=PostKind.STATUS,
                        at=at,
                        delays=tuple(sorted(actors.values())),
                    )
                    for post, (at, _, actors) in posts.items()
                ),
                key=lambda each: (each.at, each.id),
            )
            people = sum(each.within(DAY * HOUR) for each in responses)
            if len(responses) < LEAST_POSTS or people < LEAST_PEOPLE:
                continue
            clock = self._clock(next(iter(posts.values()))[1])
            if clock is None:
                continue
            counts = [each.within(FIRST * HOUR) for each in responses]
            times = times_usual(counts, usual([each.account for each in responses], counts))
            level = sum(times) / len(times)
            self.report.users += 1
            if level:
                found += [(each / level, chosen) for each, chosen in judged(trials_of(responses, times, clock))]
        self.report.personal = gain_of(found)


def _mixed(fingerprint: int) -> int:
    """A fingerprint stirred (splitmix64), so that any of its bits will do; not negative."""
    mixed = (fingerprint + 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
    return mixed ^ (mixed >> 31)


def measure(paths: Iterable[Path], *, keep: int = 1_000_000, bits: int = 26, most: int | None = None) -> Report:
    """Read files of the study's form and judge the advice.

    Raises:
        Unreadable: a file cannot be read.
    """
    reading = Reading(keep=keep, bits=bits)
    reading.take(read(paths), most)
    return reading.finish()


def make(path: Path, *, truth: str, users: int, posts: int, seed: int) -> int:
    """Write a file of the study's form; how many lines.

    Args:
        path: Where; ``.gz`` is packed.
        truth: ``evenings``: people act mostly from 18 to 21 local time, on working days; ``none``: at any hour alike.
        users: How many.
        posts: Of each, over the study's 118 days.
        seed: The same seed writes the same file.
    """
    chance = random.Random(seed)
    begin = datetime(2014, 10, 15, tzinfo=UTC)
    lines = 0
    with gzip.open(path, "wt") if path.suffix == ".gz" else path.open("w") as file:
        for number in range(users):
            name = ZONES[number % len(ZONES)]
            zone = zone_called(name) or ZoneInfo("UTC")
            clock = Clock(zone)
            user = _fingerprint(chance)
            for _ in range(posts):
                day = begin + timedelta(days=118 * chance.random())
                local = day.astimezone(zone).replace(hour=chance.randrange(7, 24), fold=0)
                at, post = local.astimezone(UTC), _fingerprint(chance)
                posted = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
                for _ in range(_poisson(chance, 9 * math.exp(chance.gauss(-0.125, 0.5)))):
                    acted = posted + int(60_000 * chance.lognormvariate(math.log(80), 1.4))
                    if chance.random() < _awake(truth, slot(clock.hours(acted * MILLISECOND))):
                        print(user, _fingerprint(chance), post, posted, acted, name, sep="\t", file=file)
                        lines += 1
    return lines


def _awake(truth: str, place: int) -> float:
    if truth == "none":
        return 0.6
    hour, day = place % DAY, place // DAY
    if hour < 7:
        return 0.05
    return 1.0 if day < 5 and 18 <= hour < 21 else 0.35


def _fingerprint(chance: random.Random) -> int:
    return chance.getrandbits(64) - (1 << 63)


def _poisson(chance: random.Random, mean: float) -> int:
    count, left = 0, mean
    while (left := left - chance.expovariate(1.0)) > 0:
        count += 1
    return count


def told(gain: Gain | None) -> str:
    """A gain in words."""
    if gain is None:
        return "too few posts to tell"
    verdict = "" if gain.differs else ", no difference"
    return (
        f"{signed(gain.gain)} % ({signed(gain.low)} to {signed(gain.high)}){verdict};"
        f" {gain.tried:,} of {gain.posts:,} held-out posts in the best hours"
    )


def main() -> int:
    """Measure and print, or make a file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="*", help="the study's files, plain or .gz")
    parser.add_argument("--keep", type=int, default=1_000_000, help="reactions kept for personal schedules")
    parser.add_argument("--sketch-bits", type=int, default=26, help="2 to this many bytes count reactions by post")
    parser.add_argument("--lines", type=int, help="read so many lines at most")
    parser.add_argument("--make", type=Path, help="write a file of the same form instead")
    parser.add_argument("--truth", choices=("evenings", "none"), default="evenings")
    parser.add_argument("--users", type=int, default=200)
    parser.add_argument("--posts", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.make:
        lines = make(options.make, truth=options.truth, users=options.users, posts=options.posts, seed=options.seed)
        print(f"{lines:,} reactions written to {options.make}")
        return 0
    if not options.files:
        parser.error("name a file, or --make one")
    begun = time.perf_counter()
    reading, broken = Reading(keep=options.keep, bits=options.sketch_bits), ""
    try:
        reading.take(read(options.files), options.lines)
    except Unreadable as error:
        broken = str(error)
        print(f"{broken}; what came before it is judged", file=sys.stderr)
    report = reading.finish()
    took = time.perf_counter() - begun
    print(f"{report.lines:,} lines in {took:.1f} s, {report.skipped.total():,} passed over")
    for why, count in report.skipped.most_common(10):
        print(f"  {count:,}: {why}")
    print(f"by zone:  {told(report.by_zone)}")
    for zone, gain in sorted(report.zones.items(), key=lambda item: -item[1].posts)[:10]:
        print(f"  {zone:24} {told(gain)}")
    print(f"personal: {told(report.personal)}; {report.users:,} users, {report.kept:,} reactions kept")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
