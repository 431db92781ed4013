"""What a post of hers usually brings: on that account, around that time.

Accounts differ in size and audiences grow, so a post is only ever compared with its neighbours: the ``NEIGHBOURS``
posts before and after it on the same account, itself left out. A neighbour counts for ``TOP`` times the account's
mean at most, so that one that went round the world does not make the month around it look poor, and the account's own
mean stands behind with the weight of ``PRIOR`` posts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

NEIGHBOURS: Final = 15
PRIOR: Final = 5.0
TOP: Final = 5.0
"""Times its usual a post counts at most: one lucky post is no rule."""

TOPIC_PRIOR: Final = 10.0
"""Posts that a topic's being like all others weighs as much as."""

LEAST: Final = 0.1
"""The least usual claimed, in people: below it a ratio means nothing."""


def usual(accounts: Sequence[str], counts: Sequence[int]) -> list[float]:
    """What each post would usually have brought, in people.

    Args:
        accounts: The account of each post; posts are in order of time.
        counts: How many people each brought.
    """
    found = [0.0] * len(counts)
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, account in enumerate(accounts):
        places[account].append(place)
    for own in places.values():
        mean = sum(counts[place] for place in own) / len(own)
        bounded = [min(float(counts[place]), TOP * max(mean, 1.0)) for place in own]
        level = sum(bounded) / len(bounded)
        sums = [0.0, *accumulate(bounded)]
        for number, place in enumerate(own):
            first, end = max(0, number - NEIGHBOURS), min(len(own), number + NEIGHBOURS + 1)
            around = sums[end] - sums[first] - bounded[number]
            found[place] = max(LEAST, (around + PRIOR * level) / (end - first - 1 + PRIOR))
    return found


def by_topic(topics: Sequence[tuple[str, ...]], times: Sequence[float]) -> list[float]:
    """What a post brings for its topics' sake, in times its usual: the mean of what its topics do.

    Where the hour is asked about, the topic is only noise, and often goes with the hour. A topic of few posts is drawn
    to 1 by ``TOPIC_PRIOR`` posts.

    Args:
        topics: Of each post, each in its one spelling.
        times: How many times its usual each brought.
    """
    counts: Counter[str] = Counter()
    sums: defaultdict[str, float] = defaultdict(float)
    for own, each in zip(topics, times, strict=True):
        counts.update(own)
        for topic in own:
            sums[topic] += each
    level = sum(times) / len(times) if times else 1.0
    does = {
        topic: (sums[topic] + TOPIC_PRIOR * level) / (count + TOPIC_PRIOR) / (level or 1.0)
        for topic, count in counts.items()
    }
    return [sum(does[topic] for topic in own) / len(own) if own else 1.0 for own in topics]


def times_usual(counts: Sequence[int], usuals: Sequence[float]) -> list[float]:
    """How many times its usual each post brought, ``TOP`` at most."""
    return [min(count / expected, TOP) for count, expected in zip(counts, usuals, strict=True)]
