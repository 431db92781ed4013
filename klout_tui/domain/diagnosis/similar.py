"""Which posts say nearly what an earlier one said.

Texts are cut into runs of three words, links, tags and names left out (w-shingling: Broder 1997). Two posts of one
account are near-duplicates where they share at least half of all runs that either has. The same text on another network
is no repetition: others read it there.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
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
    seen: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    kept: list[tuple[Post, int]] = []
    for post in posts:
        runs = shingles(f"{post.title} {post.text}")
        if not runs:
            continue
        common: Counter[int] = Counter()
        for run in runs:
            common.update(seen[post.account, run])
        for place, shared in common.most_common():
            earlier, size = kept[place]
            alike = shared / (len(runs) + size - shared)
            if alike >= ALIKE and post.at - earlier.at <= within:
                found[post.id] = earlier.id
                break
        for run in runs:
            seen[post.account, run].append(len(kept))
        kept.append((post, len(runs)))
    return found


def shingles(text: str) -> frozenset[str]:
    """The runs of words in a text; none where it is too short."""
    words = _WORD.findall(_LEFT_OUT.sub(" ", text.casefold()))[:LONGEST]
    if len(words) < SHORTEST:
        return frozenset()
    return frozenset(" ".join(words[place : place + RUN]) for place in range(len(words) - RUN + 1))
