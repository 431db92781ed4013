"""Which posts say nearly what an earlier one said.

Texts are cut into runs of three words, links, tags and names left out (w-shingling: Broder 1997). Two posts of one
account are near-duplicates where they share at least half of all runs that either has. The same text on another network
is no repetition: others read it there.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from klout_tui.domain.model import Post

WITHIN: Final = timedelta(days=30)
"""How long ago a post may be for another to count as its repetition."""

RUN: Final = 3
"""Words in a run."""

ALIKE: Final = 0.5
"""Jaccard's index from which posts are near-duplicates."""

SHORTEST: Final = 4
"""Words under which nothing is said of a post."""

LONGEST: Final = 400
"""Words looked at."""

_LEFT_OUT: Final = re.compile(r"https?://\S+|[#@][\w@.\-]+")
_WORD: Final = re.compile(r"\w+")


def repeats(posts: Iterable[Post], within: timedelta = WITHIN) -> dict[str, str]:
    """By id, posts that nearly repeat one of the same account published at most ``within`` earlier, and which.

    Args:
        posts: In order of time.
        within: How far back is looked.
    """
    found: dict[str, str] = {}
    families: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    newest: list[tuple[Post, frozenset[str]]] = []  # a family is a post and what repeats it; of each, its newest
    for post in posts:
        runs = shingles(f"{post.title} {post.text}")
        if not runs:
            continue
        keys = [(post.account, run) for run in _telling(runs)]
        near = sorted({place for key in keys for place in families.get(key, ())}, reverse=True)
        recent = (place for place in near if post.at - newest[place][0].at <= within)
        family = next((place for place in recent if _alike(runs, newest[place][1])), None)
        if family is None:
            family = len(newest)
            newest.append((post, runs))
        else:
            earlier, theirs = newest[family]
            found[post.id] = earlier.id
            for run in _telling(theirs):
                families[post.account, run].discard(family)
            newest[family] = (post, runs)
        for key in keys:
            families[key].add(family)
    return found


def _alike(ones: frozenset[str], others: frozenset[str]) -> bool:
    common = len(ones & others)
    return common >= ALIKE * (len(ones) + len(others) - common)


def _telling(runs: frozenset[str]) -> list[str]:
    """So many of the runs, first by alphabet, that two near-duplicates must have one of them in common."""
    return sorted(runs)[: len(runs) - math.ceil(ALIKE * len(runs)) + 1]


def shingles(text: str) -> frozenset[str]:
    """The runs of words in a text; none where it is too short."""
    words = _WORD.findall(_LEFT_OUT.sub(" ", text.casefold()))[:LONGEST]
    if len(words) < SHORTEST:
        return frozenset()
    return frozenset(" ".join(words[place : place + RUN]) for place in range(len(words) - RUN + 1))
