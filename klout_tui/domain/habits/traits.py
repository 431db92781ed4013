"""What can be said of a post before anybody reacts: topic, kind, length, link, question, hour, network."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from klout_tui.domain.model import Post, PostKind, Value
from klout_tui.domain.praise import words
from klout_tui.domain.tags import canonical_topics

BLOCK: Final = 4
"""Hours of the day taken together."""

_LINK: Final = re.compile(r"https?://[^\s<>\"')\]]+", re.IGNORECASE)
_ASKS: Final = re.compile(r"[?؟](?=[\s\"'”’)\]!]|$)|？")
"""A question mark that ends something, so not one inside an address."""


class Sort(StrEnum):
    """What a trait is about."""

    TOPIC = "topic"
    KIND = "kind"
    LENGTH = "length"
    LINK = "link"
    QUESTION = "question"
    HOUR = "hour"


class Trait(Value, frozen=True):
    """Something several posts share."""

    sort: Sort
    value: str
    network: str = ""
    """Only of posts there; empty: wherever."""
    label: str = ""
    """How to write ``value`` for people, where it is a topic; empty where as it is."""

    @property
    def words(self) -> str:
        """``posts with a question``, ``on mastodon: long posts``."""
        known = _WORDS.get((self.sort, self.value))
        said = known or (
            f"posts on {self.label or self.value}" if self.sort is Sort.TOPIC else f"posts from {self.value}"
        )
        return f"on {self.network}: {said}" if self.network else said


_WORDS: Final[Mapping[tuple[Sort, str], str]] = {
    (Sort.KIND, PostKind.STATUS): "statuses",
    (Sort.KIND, PostKind.ARTICLE): "articles",
    (Sort.KIND, PostKind.RELEASE): "releases",
    (Sort.KIND, PostKind.VIDEO): "videos",
    (Sort.LENGTH, "long"): "the longer third of your posts",
    (Sort.LENGTH, "short"): "the shorter third of your posts",
    (Sort.LINK, "none"): "posts without a link",
    (Sort.LINK, "own"): "posts that link to your own site",
    (Sort.LINK, "other"): "posts that link elsewhere",
    (Sort.QUESTION, "yes"): "posts with a question",
    (Sort.TOPIC, ""): "posts without a topic",
}


def traits(post: Post, hour: int, lengths: tuple[int, int], sites: Collection[str]) -> tuple[Trait, ...]:
    """What there is to say of one post, wherever it was published.

    Args:
        post: The post.
        hour: The local hour of the day it was published in.
        lengths: Words up to which a post of that account is short, and from which it is long.
        sites: Hosts that are her own.
    """
    text = f"{post.title}\n{post.text}"
    found = [Trait(sort=Sort.TOPIC, value=topic) for topic in canonical_topics(post.topics) or ("",)]
    found.append(Trait(sort=Sort.KIND, value=post.kind))
    found.append(Trait(sort=Sort.LINK, value=_link(post, sites)))
    begin = hour // BLOCK * BLOCK
    found.append(Trait(sort=Sort.HOUR, value=f"{begin} to {begin + BLOCK}"))
    if _ASKS.search(text):
        found.append(Trait(sort=Sort.QUESTION, value="yes"))
    length = words(post.text)
    short, long = lengths
    if short < long and (length <= short or length >= long):
        found.append(Trait(sort=Sort.LENGTH, value="short" if length <= short else "long"))
    return tuple(found)


def thirds(texts: Sequence[str]) -> tuple[int, int]:
    """The words that end the shorter third of these texts, and those that begin the longer one."""
    lengths = sorted(map(words, texts))
    return (lengths[(len(lengths) - 1) // 3], lengths[2 * len(lengths) // 3]) if lengths else (0, 0)


def host_of(url: str) -> str:
    """The host of an address without ``www.``; empty where there is none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def _link(post: Post, sites: Collection[str]) -> str:
    hosts = {host_of(link) for link in _LINK.findall(post.text)}
    if not hosts:
        return "none"
    return "own" if hosts & set(sites) else "other"
