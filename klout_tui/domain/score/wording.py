"""The score in words: the headline, its calm form, and sentences for what moves it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date

from klout_tui.domain.model import network_of
from klout_tui.domain.score.explain import Change, Contribution
from klout_tui.domain.score.look import Look
from klout_tui.domain.score.model import BASE, FACTOR_NAMES
from klout_tui.domain.score.outlook import AHEAD, FAR, Fading, Move, Step
from klout_tui.domain.score.standing import MOSTLY, Standing

NONE_YET = "no score yet"

Naming = Callable[[str], str]
"""What people call an account, by its id."""


def names(accounts: Iterable[str]) -> Naming:
    """Accounts by their network, and in full where there are several of it."""
    several = [network for network, count in Counter(map(network_of, {*accounts})).items() if count > 1]

    def name(account: str) -> str:
        network = network_of(account)
        return account if network in several else network

    return name


def headline(look: Look, *, calm: bool = False) -> str:
    """The one sentence of the header.

    ``41.3, within your usual 39 to 43``, ``47.0, outside your usual 39 to 43``, ``12.4, rests on little``,
    ``41.3, as of 3 Oct``, ``no score yet``; calm, the same without any number of points.
    """
    if look.score is None:
        return NONE_YET
    parts = [] if calm else [points(look.score)]
    if look.standing is not None and look.standing.is_little:
        parts.append("rests on little")
    elif look.usual is not None:
        where = "within" if look.is_usual else "outside"
        low, high = look.usual.whole
        parts.append(f"{where} your usual" + (" range" if calm else f" {low} to {high}"))
    elif calm:
        parts.append("your usual range is not known yet")
    if look.is_stale:
        parts.append(f"as of {short_day(look.day, look.today)}")
    return ", ".join(parts)


def rests_on(standing: Standing, naming: Naming = network_of) -> str:
    """A sentence on what a score rests on, for where there is room for it; empty where there is nothing to say."""
    reasons = []
    if standing.few_people:
        people = standing.people
        reasons.append("on fewer than one person" if people < 1 else f"on about {_count(round(people), 'person')}")
    if standing.few_days:
        reasons.append(f"on {_count(standing.days, 'day')}")
    if standing.guessed > MOSTLY:
        reasons.append(f"for {standing.guessed:.0%} on guessed dates".replace("%", " %"))
    if standing.nameless > MOSTLY:
        reasons.append(f"for {standing.nameless:.0%} on counts without names".replace("%", " %"))
    words = [f"It rests {_and(reasons)}."] if reasons else []
    if standing.missing:
        words.append(f"Not read lately, so fading until it is: {_and([naming(each) for each in standing.missing])}.")
    return " ".join(words)


def points(score: float) -> str:
    """A score with one decimal: ``41.3``."""
    return f"{score:.1f}"


def signed(difference: float) -> str:
    """A difference in points with its sign: ``+0.6``, ``−1.2``, a small one finer: ``+0.04``; ``±0`` for nothing."""
    if abs(difference) < 0.005:
        return "±0"
    places = 2 if abs(difference) < 0.195 else 1
    return f"{'+' if difference > 0 else '−'}{abs(difference):.{places}f}"


def part_name(part: Contribution, naming: Naming = network_of) -> str:
    """A part in words: ``True Reach, mastodon``."""
    if part.account is None:
        return FACTOR_NAMES[BASE]
    return f"{FACTOR_NAMES[part.factor]}, {naming(part.account)}"


def changed(change: Change, naming: Naming = network_of, most: int = 3, since: str = "") -> str:
    """A sentence on what made a difference: ``−1.2 since 19 Nov: True Reach, mastodon −0.9; …``.

    Args:
        change: The difference.
        naming: What to call accounts.
        most: Parts that are named.
        since: What to call the earlier day; by default its date.
    """
    before = short_day(change.before, change.after)
    begin = f"{signed(change.points)} since {since or before}"
    if change.score_before is None:
        return f"There was no score yet on {before}."
    told = [part for part in change.contributions if abs(part.points) >= 0.005]
    if not told:
        return f"{begin}."
    named = [f"{part_name(part, naming)} {signed(part.points)}" for part in told[:most]]
    rest = sum(part.points for part in change.contributions) - sum(part.points for part in told[:most])
    if len(told) > most:
        named.append(f"everything else {signed(rest)}")
    return f"{begin}: {'; '.join(named)}."


def fades(fading: Fading) -> str:
    """A sentence on the next days, as in: If nothing new comes, 0.8 fades by Thursday, to 40.5."""
    lost = -fading.points
    if lost < 0.05:
        return f"If nothing new comes in {AHEAD} days, it stays where it is."
    last = fading.change.after
    return f"If nothing new comes, {points(lost)} fades by {last:%A}, to {points(fading.scores[-1])}."


def moved(move: Move, naming: Naming = network_of) -> str:
    """A sentence on one step: ``Three more people answering you on mastodon in a week: +0.6``."""
    return f"{deed(move, naming)}: {signed(move.points)}"


def deed(move: Move, naming: Naming = network_of) -> str:
    """The step itself: ``Three more people answering you on mastodon in a week``."""
    where = "" if move.account is None else naming(move.account)
    count = _NUMBERS.get(move.count, str(move.count))
    return {
        Step.VOICES: f"{count} more people answering you on {where} in a week",
        Step.FAR: f"One repost on {where} by somebody new with {FAR:,} followers",
        Step.LIKES: f"{count} likes on {where} by people nobody follows",
        Step.POST: f"One more post on {where} that gets what yours usually get",
        Step.IGNORED: f"One more post on {where} that nobody reacts to",
        Step.QUIET: f"{count} days without anything new",
    }[move.step]


def alone(network_score: float, whole: float, name: str) -> str:
    """Why one network's score and the whole go together, in a sentence."""
    return (
        f"{name} alone would be {points(network_score)}. The whole, {points(whole)}, counts everybody once, whichever "
        "network they come by. It is never less than the largest of its networks, and less than their sum: each point "
        "is harder than the one before."
    )


def short_day(day: date, today: date) -> str:
    """``3 Oct``, with the year where it is another."""
    return f"{day.day} {day:%b}" + ("" if day.year == today.year else f" {day.year}")


_NUMBERS = {3: "Three", 7: "Seven", 10: "Ten"}


def _count(number: int, one: str) -> str:
    many = {"person": "people"}.get(one, f"{one}s")
    return f"{number:,} {one if number == 1 else many}"


def _and(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
