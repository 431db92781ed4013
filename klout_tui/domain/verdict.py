"""Why one act counts as a +K, or why not. ``domain.plusk`` decides; this looks up what it decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from klout_tui.domain.digest import ECHO, IGNORED, OWN, Digest, moment
from klout_tui.domain.model import InteractionKind, Value
from klout_tui.domain.plusk import (
    PAUSE,
    Chains,
    Given,
    Known,
    PlusK,
    abouts,
    as_given,
    counted,
    says_so,
    shown,
    unveiled,
)
from klout_tui.domain.rules import WRITTEN, Rules


class Bar(StrEnum):
    """What keeps an act from counting."""

    OWN = "own"
    """She did it herself."""
    ECHO = "echo"
    """Its own network tells it too; there it is judged."""
    IGNORED = "ignored"
    """She ignores whoever did it."""
    KIND = "kind"
    """Acts of its kind earn none."""
    SHORT = "short"
    """It says too little."""
    PAUSE = "pause"
    """The same person got one counted on the same topic less than seven days before."""


class Earlier(Value, frozen=True):
    """The one that counted, so that this one does not."""

    topic: str
    """Empty for acts on something without topics."""
    id: str
    kind: InteractionKind
    at: datetime


class Verdict(Value, frozen=True):
    """What became of one act."""

    counts: bool
    topics: tuple[str, ...] = ()
    """Those it counts for."""
    bar: Bar | None = None
    """What keeps it from counting at all."""
    earlier: tuple[Earlier, ...] = ()
    """For each topic it does not count for, what counted there before."""


def judged(
    theirs: Sequence[Digest],
    act_id: str,
    thanked: Mapping[str, datetime],
    known: Known,
    rules: Rules,
    chains: Chains | None = None,
    since: int = 0,
) -> tuple[PlusK, Verdict] | None:
    """An act in the form of a +K, with all it is about where it is none; and what became of it. None if unknown.

    Args:
        theirs: The months with the acts of that person alone, oldest first; from the first there is, or with
            ``chains`` from a pause before the act.
        act_id: The interaction's id.
        thanked: When the user thanked, by interaction id.
        known: Tells every topic her posts carry.
        rules: What earns a +K.
        chains: As ``counted`` wants it.
        since: As ``counted`` wants it.
    """
    places = ((digest, row) for digest in theirs for row in range(len(digest)) if digest.id_of(row) == act_id)
    found = next(places, None)
    if found is None:
        return None
    digest, row = found
    counting = list(counted(theirs, known, chains, since, rules))
    mine = next((each for each in counting if each.digest is digest and each.row == row), None)
    about = abouts(digest, row, known)
    topics = mine.about if mine else ()
    bar = None if mine else _bar(digest, row, rules)
    missed = () if bar not in (None, Bar.PAUSE) else tuple(topic for topic in about or ("",) if topic not in topics)
    earlier = () if mine and not about else tuple(_earlier(counting, topic, digest.at[row]) for topic in missed)
    (form,) = shown([mine or as_given(digest, row, about)], thanked)
    return form, Verdict(counts=mine is not None, topics=mine.topics if mine else (), bar=bar, earlier=earlier)


def _bar(digest: Digest, row: int, rules: Rules) -> Bar:
    flags, kind = digest.flags[row], digest.kinds[digest.kind[row]]
    if flags & OWN:
        return Bar.OWN
    if flags & ECHO:
        return Bar.ECHO
    if flags & IGNORED:
        return Bar.IGNORED
    if not says_so(digest, row):
        if kind not in rules.earns:
            return Bar.KIND
        if kind in WRITTEN and digest.words[row] < rules.words:
            return Bar.SHORT
    return Bar.PAUSE


def _earlier(counting: Sequence[Given], topic: str, at: int) -> Earlier:
    """The last one counted on a topic before ``at``, which is why one then does not count."""
    before = next(
        each
        for each in reversed(counting)
        if each.at <= at and topic in each.about and moment(at) - moment(each.at) < PAUSE
    )
    digest, row = before.digest, before.row
    return Earlier(
        topic=unveiled(topic), id=digest.id_of(row), kind=digest.kinds[digest.kind[row]], at=moment(before.at)
    )
