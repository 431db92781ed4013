"""Does what is kept agree with itself? Read in one stream, a shard in memory at a time, changing nothing.

Totals, ids and tallies are compared by sums over whatever order things come in, so that a million interactions cost the
memory of a month of them, of the day totals, and of one number a post.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from klout_tui.domain import echo
from klout_tui.domain.checks import Problem
from klout_tui.domain.days import Days
from klout_tui.domain.digest import HIDDEN, Digest, month_of, ticks
from klout_tui.domain.gratitude import LOG_ACCOUNT
from klout_tui.domain.model import Health, Increment, Interaction, Post, Reading
from klout_tui.domain.tally import unnamed
from klout_tui.errors import StoreError
from klout_tui.store import people, records
from klout_tui.store.counting import DayKey, Totals
from klout_tui.store.echoes import is_echo_of, keys_table
from klout_tui.store.engine import Engine
from klout_tui.store.inspection import LENIENCE
from klout_tui.store.known import digits_of
from klout_tui.store.records import (
    CORE,
    DAYS,
    INTERACTIONS,
    LETTERS,
    NOWHERE,
    POSTS,
    READINGS,
    TALLIES,
    Tally,
    id_hash,
)
from klout_tui.store.telling import listed, many, spoken, spoken_day, spoken_place, they

Place = tuple[str, str, str]
"""Shard, table, document id."""

Row = TypeVar("Row", Interaction, Post)
Shape = TypeVar("Shape")

EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
"""Nothing that is counted here is older."""

_CORE_TABLES: Final[dict[str, Callable[[msgspec.Raw], object]]] = {
    records.ACCOUNTS: records.decode_account,
    records.CURSORS: records.decode_bookmark,
    records.HEALTH: records.decode_health,
    records.MEMORY: records.decode_remembered,
    records.THANKS: records.decode_thanked,
    records.PEOPLE: records.decode_regard,
    records.SETTLED: records.decode_settled,
    records.CURATION: records.decode_curation,
    records.TAGS: records.decode_tags,
    records.DECISIONS: records.decode_decided,
    records.NOTES: records.decode_note,
    records.WRITING: records.decode_allowed,
}
_LETTER_TABLES: Final[dict[str, Callable[[msgspec.Raw], object]]] = {
    records.LETTERS: records.decode_letter,
    records.SENT: records.decode_from_here,
}
_EXAMPLES: Final = 3


@dataclass(slots=True)
class Agreement:
    """What does not agree, in words and as the places that have to be mended."""

    rows: list[Problem] = field(default_factory=list)
    index: list[Problem] = field(default_factory=list)
    totals: list[Problem] = field(default_factory=list)
    accounts: list[Problem] = field(default_factory=list)
    clocks: list[Problem] = field(default_factory=list)
    digests: list[Problem] = field(default_factory=list)

    posts: int = 0
    interactions: int = 0
    days: int = 0

    unreadable: list[Place] = field(default_factory=list)
    """Rows that make no sense."""
    astray: list[tuple[Place, Place]] = field(default_factory=list)
    """Rows that lie in the wrong place, and where they belong."""
    unflagged: list[Place] = field(default_factory=list)
    """The user's own acts that are counted as others'."""
    misjudged: list[Place] = field(default_factory=list)
    """Acts of people she ignores that count, or of others that count as ignored."""
    orphans: list[Place] = field(default_factory=list)
    """Bookmarks and health of accounts that are not there."""
    fast: list[Place] = field(default_factory=list)
    """Health written by a clock that was ahead."""
    incomplete: list[str] = field(default_factory=list)
    """Spans something is missing from, in words."""

    @property
    def miscounted(self) -> bool:
        """Whether what follows from the rows has to be computed again, and the networks asked again."""
        return any(problem.mendable for problem in (*self.rows, *self.totals)) or bool(self.incomplete)


def compare(engine: Engine, zone: tzinfo, now: datetime) -> Agreement:
    """Read everything and compare it.

    Raises:
        StoreError: the folder cannot be read.
    """
    survey = _Survey(engine, zone, now)
    survey.core()
    for shard in engine.shards(INTERACTIONS):
        survey.interactions(shard)
    survey.echoes()
    for shard in engine.shards(POSTS):
        survey.posts(shard)
    for shard in engine.shards(POSTS):
        survey.tallies(shard)
    for shard in engine.shards(DAYS):
        survey.days(shard)
    survey.index()
    survey.digests()
    return survey.told()


class _Survey:
    """One walk through the store, and the sums it carries along."""

    def __init__(self, engine: Engine, zone: tzinfo, now: datetime) -> None:
        self.engine = engine
        self.now = now
        self.zone = zone
        self.found = Agreement()
        self.sums = Totals(zone)
        self.accounts: set[str] = set()
        self.own: set[str] = set()
        self.ignored: set[str] = set()
        self.echo_table: dict[str, records.Echoed] = {}
        self.echoing: list[Interaction] = []
        """Acts told at second hand, without their words."""
        self.voices: dict[str, list[Interaction]] = {}
        """Acts that give a key of the table, by its document, without their words."""
        self.strangers: Counter[str] = Counter()
        self.tally_sums: dict[int, int] = {}
        self.ids: Counter[str] = Counter()
        self.id_sums: Counter[str] = Counter()
        self.columns: Counter[str] = Counter()
        """What each month's digest should come to."""
        self.strange_days: list[str] = []
        self.wrong_tallies: list[str] = []
        self.wrong_posts: list[str] = []
        self.future: list[str] = []
        self.ancient: list[str] = []

    # core

    def core(self) -> None:
        """Accounts and what hangs on them."""
        for table, decode in _CORE_TABLES.items():
            for key, row in self.engine.rows(CORE, table).items():
                self._decoded((CORE, table, key), row, decode)
        for table, decode in _LETTER_TABLES.items():
            for key, row in self.engine.rows(LETTERS, table).items():
                self._decoded((LETTERS, table, key), row, decode)
        self.accounts = {LOG_ACCOUNT, *self.engine.rows(CORE, records.ACCOUNTS)}
        self.own = set(self.engine.rows(CORE, records.OWN))
        self._people()
        rows = self.engine.rows(CORE, records.ECHOES).items()
        decoded = ((key, self._decoded((CORE, records.ECHOES, key), row, records.decode_echoed)) for key, row in rows)
        self.echo_table = {key: row for key, row in decoded if row is not None}
        for table, what in ((records.CURSORS, "A bookmark"), (records.HEALTH, "A health record")):
            for key in sorted(set(self.engine.rows(CORE, table)) - self.accounts):
                self.found.orphans.append((CORE, table, key))
                words = f"{what} is kept for {key}, which is no account."
                self.found.accounts.append(Problem(words=words, mendable=True))
        for key, row in self.engine.rows(CORE, records.HEALTH).items():
            try:
                health = records.decode_health(row)
            except StoreError:
                continue  # told above
            if ahead(health, self.now):
                self.found.fast.append((CORE, records.HEALTH, key))
                words = (
                    f"{key} was last read in the future: a clock was wrong, then or now. It may not be read for long."
                )
                self.found.clocks.append(Problem(words=words, mendable=True))

    def _people(self) -> None:
        """What she decided about handles, and whether it is of one piece."""
        found = people.understood(self.engine.rows(CORE, records.PEOPLE))
        self.ignored = {key for key, regard in found.items() if regard.ignored}
        astray = people.astray(found)
        if astray:
            words = f"What was decided about {many(len(astray), 'handle')} disagrees with what was about others."
            self.found.rows.append(Problem(words=words, mendable=True))

    # interactions and posts

    def interactions(self, shard: str) -> None:
        """One month."""
        for place, act in self._rows(shard, INTERACTIONS, records.decode_interaction):
            self.found.interactions += 1
            self._lies_rightly(place, act.id, records.interactions_shard(records.month_of(act.at.astimezone(UTC))))
            self._dated(act)
            self.sums.add(act)
            self.columns[month_of(act.at)] += hash((act.id, act.account, act.kind, act.post, ticks(act.at), act.counts))
            self._echo(act)
            if act.actor.key in self.own and not act.own:
                self.found.unflagged.append(place)
            if act.ignored != (act.actor.key in self.ignored):
                self.found.misjudged.append(place)
            if act.post:
                self._tally(act.post, "named", act.kind, act.id, act.at)

    def _echo(self, act: Interaction) -> None:
        if act.echo:
            self.echoing.append(msgspec.structs.replace(act, text=""))
        elif self.echo_table:
            for key in echo.keys_of(act):
                if (document := id_hash(key)) in self.echo_table:
                    self.voices.setdefault(document, []).append(msgspec.structs.replace(act, text=""))

    def echoes(self) -> None:
        """What is told at second hand against what the networks themselves tell."""
        by_key: dict[str, list[Interaction]] = {}
        for act in self.echoing:
            for key in act.echo:
                by_key.setdefault(key, []).append(act)
        if keys_table(by_key) != self.echo_table:
            words = "The table by which an act that came by two ways is recognised does not agree with the acts."
            self.found.rows.append(Problem(words=words, mendable=True))
            return
        wrong = 0
        for act in self.echoing:
            voices = (native for key in act.echo for native in self.voices.get(id_hash(key), ()))
            wrong += act.echo_of != min((each.id for each in voices if is_echo_of(act, each)), default="")
        if wrong:
            words = f"{many(wrong, 'act')} that came by two ways counted twice, or left out though it came by one."
            self.found.rows.append(Problem(words=words, mendable=True))

    def posts(self, shard: str) -> None:
        """One span of posts."""
        tallies = self.engine.rows(shard, TALLIES)
        for place, post in self._rows(shard, POSTS, records.decode_post):
            self.found.posts += 1
            self._lies_rightly(place, post.id, post_shard(post))
            self._dated(post)
            self.sums.add_unnamed(post)
            self.columns[month_of(post.at)] += hash((post.id, post.account, post.topics))
            for step in post.unnamed:
                self.columns[month_of(step.at)] += hash((post.id, step.kind, ticks(step.at), step.count))
            if post.reply_to:
                self._tally(post.reply_to, "replies", "", post.id, post.at)
            if (row := tallies.get(post.id)) is not None or post.unnamed:
                self._unnamed(post, row)

    def _unnamed(self, post: Post, row: msgspec.Raw | None) -> None:
        try:
            tally = Tally(post=post.id) if row is None else records.decode_tally(row)
        except StoreError:
            return  # told when the tallies are read
        if post.unnamed != steps_of(post, tally):
            self.wrong_posts.append(post.id)

    def tallies(self, shard: str) -> None:
        """What lies beside the posts of one span: which acts have names."""
        for key, row in self.engine.rows(shard, TALLIES).items():
            tally = self._decoded((shard, TALLIES, key), row, records.decode_tally)
            if tally is None:
                continue
            for kind, times in tally.named.items():
                for hashed, at in times.items():
                    self._tally_off(key, "named", kind, hashed, at)
            for hashed, at in tally.replies.items():
                self._tally_off(key, "replies", "", hashed, at)
            differs = self.tally_sums.pop(_number(key), 0) != 0
            elsewhere = shard == NOWHERE and self._place(POSTS, key) is not None
            if differs or elsewhere or tally.post != key:
                self.wrong_tallies.append(key)

    def _tally(self, post: str, *act: object) -> None:
        side, kind, identifier, at = act
        self._tally_add(post, hash((side, kind, id_hash(str(identifier)), at)))

    def _tally_off(self, post: str, *act: object) -> None:
        self._tally_add(post, -hash(act))

    def _tally_add(self, post: str, value: int) -> None:
        key = _number(post)
        total = self.tally_sums.get(key, 0) + value
        if total:
            self.tally_sums[key] = total
        else:
            self.tally_sums.pop(key, None)

    # days

    def days(self, shard: str) -> None:
        """One year of totals and readings."""
        for key, row in self.engine.rows(shard, DAYS).items():
            total = self._decoded((shard, DAYS, key), row, records.decode_day)
            if total is None:
                continue
            self.found.days += 1
            counted = self.sums.take((total.day, total.kind, total.account))
            fits = key == records.day_key(total.day, total.kind, total.account) and shard == records.days_shard(
                total.day
            )
            if counted != total or not fits:
                there = 0 if counted is None else counted.total
                self._wrong_day((total.day, total.kind, total.account), total.total, there)
        for key, row in self.engine.rows(shard, READINGS).items():
            reading = self._decoded((shard, READINGS, key), row, records.decode_reading)
            if reading is not None:
                self._reading((shard, READINGS, key), reading)

    def _reading(self, place: Place, reading: Reading) -> None:
        right = (records.days_shard(reading.day), READINGS, records.reading_key(reading.day, reading.account))
        if place != right:
            self.found.astray.append((place, right))
        if reading.account not in self.accounts:
            self.strangers[reading.account] += 1

    def _wrong_day(self, key: DayKey, noted: int, counted: int) -> None:
        day, kind, account = key
        self.strange_days.append(f"{spoken_day(day)}, {kind}, {account}: {noted:,} noted, {counted:,} counted")

    # ids

    def index(self) -> None:
        """The index against what it is an index of: only where the sums differ is every id looked up."""
        counts: Counter[str] = Counter()
        sums: Counter[str] = Counter()
        try:
            for digits, place in self.engine.known.entries():
                counts[place] += 1
                sums[place] += int(digits, 16)
        except (ValueError, msgspec.MsgspecError) as error:
            words = f"The index of ids could not be understood: {error}."
            self.found.index.append(Problem(words=words, mendable=True))
            return
        twice: list[str] = []
        lost: list[str] = []
        for place in sorted({*counts, *self.ids}):
            if counts[place] == self.ids[place] and sums[place] == self.id_sums[place]:
                continue
            unknown, two, met = self._look_up(place)
            twice += two
            if unknown:
                lost.append(
                    f"{many(unknown, 'id')} of {spoken_place(place)} {'is' if unknown == 1 else 'are'} not in it"
                )
            if (gone := counts[place] - met) > 0:
                self.found.incomplete.append(spoken_place(place))
                lost.append(
                    f"{many(gone, 'id')} it knows of {spoken_place(place)} {'is' if gone == 1 else 'are'} not there"
                )
        if twice:
            words = f"{they(len(twice), 'row', 'lie')} in two files at once: {listed(twice, _EXAMPLES)}."
            self.found.rows.append(Problem(words=words, mendable=True))
        if lost:
            words = f"The index of ids does not agree with the files: {listed(lost)}."
            self.found.index.append(Problem(words=words, mendable=True))

    def _look_up(self, place: str) -> tuple[int, list[str], int]:
        """Ids of a place that the index misses, those it knows elsewhere too, and how many it knows rightly."""
        unknown, met = 0, 0
        twice: list[str] = []
        for table in (INTERACTIONS, POSTS):
            shard = f"{table}-{place}"
            if shard not in self.engine.shards(table):
                continue
            for key in list(self.engine.rows(shard, table)):
                said = self._place(table, key)
                if said == place:
                    met += 1
                elif said is not None and self.engine.row(f"{table}-{said}", table, key) is not None:
                    twice.append(f"{key} ({spoken_place(place)} and {spoken_place(said)})")
                else:
                    unknown += 1
        return unknown, twice, met

    def _place(self, table: str, key: str) -> str | None:
        try:
            return self.engine.known.place(table, key)
        except (ValueError, msgspec.MsgspecError):
            return None  # told of with the index

    # digests

    def digests(self) -> None:
        """The months in columns against the documents they follow from."""
        digests = self.engine.digests
        if not digests.trusted:
            return  # they are made anew before anybody looks at them
        before = len(self.engine.warnings)
        wrong, strayed = [], []
        for month in digests.months():
            digest = digests.get(month)
            if _sum(digest) != self.columns.pop(month, 0):
                wrong.append(month)
            elif isinstance(self.zone, ZoneInfo) and self.engine.turnouts.disagrees(month, digest, Days(self.zone)):
                strayed.append(month)
        wrong += [month for month, total in self.columns.items() if total]
        self.found.digests += [Problem(words=words, mendable=True) for words in self.engine.warnings[before:]]
        if wrong:
            words = f"The columns of {listed([spoken_place(month) for month in sorted(wrong)], _EXAMPLES)} disagree"
            self.found.digests.append(Problem(words=f"{words} with what they follow from.", mendable=True))
        if strayed:
            named = listed([spoken_place(month) for month in strayed], _EXAMPLES)
            words = f"Who turned up in {named}, as the score sees it, disagrees with what it follows from."
            self.found.digests.append(Problem(words=words, mendable=True))

    # the end

    def told(self) -> Agreement:
        """Everything that was found, in words."""
        found = self.found
        self.strange_days += [
            f"{spoken_day(total.day)}, {total.kind}, {total.account}: none noted, {total.total:,} counted"
            for total in self.sums
            if total.total or total.estimated
        ]
        if found.unreadable:
            self._tell_unreadable()
        if found.astray:
            where = listed(sorted({spoken(place[0]) for place, _ in found.astray}))
            words = f"{they(len(found.astray), 'row', 'lie')} in the wrong place: among {where}."
            found.rows.append(Problem(words=words, mendable=True))
        if found.unflagged:
            words = f"{many(len(found.unflagged), 'act')} of your own accounts counted as somebody else's."
            found.rows.append(Problem(words=words, mendable=True))
        if found.misjudged:
            words = f"{many(len(found.misjudged), 'act')} counted though you ignore who did it, or the other way round."
            found.rows.append(Problem(words=words, mendable=True))
        self._tell_totals()
        for account, number in sorted(self.strangers.items()):
            words = f"{they(number, 'row', 'belong')} to {account}, which is no account."
            remedy = "Link that account again, and it takes them up."
            found.accounts.append(Problem(words=words, remedy=remedy))
        self._tell_clocks()
        return found

    def _tell_unreadable(self) -> None:
        names = [f"{shard}.json: {table} {key!r}" for shard, table, key in self.found.unreadable]
        spans = listed(sorted({spoken(shard) for shard, _, _ in self.found.unreadable}))
        words = f"{many(len(names), 'row')} could not be understood: {listed(names, _EXAMPLES)}. Incomplete: {spans}."
        self.found.rows.append(Problem(words=words, mendable=True))

    def _tell_totals(self) -> None:
        totals = self.found.totals
        if self.strange_days:
            words = f"{they(len(self.strange_days), 'day total', 'disagree')} with what was counted:"
            totals.append(Problem(words=f"{words} {listed(self.strange_days, _EXAMPLES)}.", mendable=True))
        tallies = len(self.wrong_tallies) + len(self.tally_sums)
        if tallies:
            words = f"The named reactions noted for {many(tallies, 'post')} disagree with the interactions"
            shown = f": {listed(self.wrong_tallies, _EXAMPLES)}." if self.wrong_tallies else "."
            totals.append(Problem(words=words + shown, mendable=True))
        if self.wrong_posts:
            words = f"Reactions without a name are wrong for {many(len(self.wrong_posts), 'post')}: "
            totals.append(Problem(words=words + listed(self.wrong_posts, _EXAMPLES) + ".", mendable=True))

    def _tell_clocks(self) -> None:
        for rows, when in ((self.future, "in the future"), (self.ancient, f"before {EARLIEST.year}")):
            if rows:
                words = f"{many(len(rows), 'row')} dated {when}: {listed(rows, _EXAMPLES)}."
                self.found.clocks.append(Problem(words=words, remedy="The network says so.", wrong=False))

    # every row

    def _rows(self, shard: str, table: str, decode: Callable[[msgspec.Raw], Row]) -> Iterator[tuple[Place, Row]]:
        place = records.place_of(shard)
        for key, raw in self.engine.rows(shard, table).items():
            self.ids[place] += 1
            self.id_sums[place] += int(digits_of(table, key), 16)
            row = self._decoded((shard, table, key), raw, decode)
            if row is None:
                continue
            if row.account not in self.accounts:
                self.strangers[row.account] += 1
            yield (shard, table, key), row

    def _decoded(self, place: Place, row: msgspec.Raw, decode: Callable[[msgspec.Raw], Shape]) -> Shape | None:
        try:
            return decode(row)
        except StoreError:
            self.found.unreadable.append(place)
            return None

    def _lies_rightly(self, place: Place, identifier: str, shard: str) -> None:
        right = (shard, place[1], identifier)
        if place != right:
            self.found.astray.append((place, right))

    def _dated(self, row: Interaction | Post) -> None:
        if row.at > self.now + LENIENCE:
            self.future.append(f"{row.id} ({spoken_day(row.at.date())})")
        elif row.at < EARLIEST:
            self.ancient.append(f"{row.id} ({spoken_day(row.at.date())})")


def _sum(digest: Digest) -> int | None:
    """What a digest comes to, whatever order its rows are in; None where its columns point nowhere."""
    try:
        return _added_up(digest)
    except (IndexError, OverflowError, ValueError):  # one flipped bit in a number is still JSON
        return None


def _added_up(digest: Digest) -> int:
    total = 0
    for row in range(len(digest)):
        post = digest.post[row]
        kind, account = digest.kinds[digest.kind[row]], digest.accounts[digest.account[row]]
        on = digest.posts[post].id if post >= 0 else None
        total += hash((digest.id_of(row), account, kind, on, digest.at[row], not digest.flags[row] & HIDDEN))
    for about in digest.posts:
        if about.account and about.month == digest.month:
            total += hash((about.id, about.account, about.topics))
    for rise in digest.rises:
        total += hash((digest.posts[rise.post].id, rise.kind, rise.at, rise.count))
    return total


def post_shard(post: Post) -> str:
    """The shard a post belongs to."""
    return records.posts_shard(records.month_of(post.at.astimezone(UTC)))


def steps_of(post: Post, tally: Tally) -> tuple[Increment, ...]:
    """A post's reactions without names, as they follow from its tally."""
    return tuple(
        step
        for kind in sorted(tally.readings)
        for step in unnamed(post.at, kind, tally.readings[kind], tally.times(kind))
    )


def ahead(health: Health, now: datetime) -> bool:
    """Whether a refresh is said to have been later than now."""
    stamps = (health.last_try, health.last_ok, health.down_since)
    return any(stamp is not None and stamp > now + LENIENCE for stamp in stamps)


def _number(post: str) -> int:
    return int(id_hash(post), 16)
