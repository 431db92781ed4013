"""Topics that may be the same under two spellings. Suggested with the reason, never joined by themselves.

Two spellings are alike where only hyphens, accents or a plural ending tell them apart, or one letter in a long word.
What is joined without asking is only what networks themselves hold for one tag (``tags.canonical``: case, width, spaces
and underscores) and what the list of topics in use knows.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import Final

from klout_tui.domain.model import Value

LONG: Final = 8
"""Letters a word needs before one letter more, less or other makes a slip of it and not another word."""

_PLURALS: Final = (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"), ("s", ""))
_NO_PLURALS: Final = ("ss", "us", "is", "os", "ews", "ics", "js")
"""Endings of words that end in s and are no plurals: business, corpus, analysis, chaos, news, physics, nodejs."""
_SHORTEST: Final = 3
"""Letters a word needs before its s can be an ending: gas, bus and CSS have none."""


class Alike(Value, frozen=True):
    """Two topics that may be one."""

    topic: str
    """The one with less to it: it would be joined into the other."""
    into: str
    why: str


def squeezed(topic: str) -> str:
    """The topic without hyphens: what a hashtag must write, which has no room for a space."""
    return topic.replace("-", "")


def bare(topic: str) -> str:
    """The topic without accents."""
    return "".join(each for each in unicodedata.normalize("NFD", topic) if not unicodedata.combining(each))


def singular(topic: str) -> str:
    """The topic without an English plural ending of its last word, where it seems to have one."""
    for plural, one in _PLURALS:
        if topic.endswith(plural):
            stem = topic[: -len(plural)]
            word = stem.rpartition("-")[2] + one
            if len(word) < _SHORTEST or topic.endswith(_NO_PLURALS) or not word.isascii() or not word.isalpha():
                return topic
            return stem + one
    return topic


_LOOKS: Final[tuple[tuple[str, Callable[[str], str]], ...]] = (
    ("the same but for a hyphen", squeezed),
    ("the same but for an accent", bare),
    ("one and many", singular),
    ("nearly the same spelling", lambda topic: singular(squeezed(bare(topic)))),
)


def alike(topics: Sequence[str], apart: Iterable[tuple[str, str]] = ()) -> tuple[Alike, ...]:
    """Pairs of topics that may be one, each topic joined into at most one other.

    Args:
        topics: In their one spelling, that with the most to it first.
        apart: Pairs known to be different, the lesser first.
    """
    rank = {topic: number for number, topic in enumerate(topics)}
    different = set(apart)
    heads: dict[str, tuple[str, str]] = {}
    """By topic, the one it would be joined into, and why."""

    def head(topic: str) -> str:
        while topic in heads:
            topic = heads[topic][0]
        return topic

    def note(one: str, other: str, why: str) -> None:
        into, topic = sorted((head(one), head(other)), key=rank.__getitem__)
        if into != topic and not {_pair(one, other), _pair(into, topic)} & different:
            heads[topic] = (into, why)

    for why, look in _LOOKS:
        groups: dict[str, list[str]] = {}
        for topic in rank:
            groups.setdefault(look(topic), []).append(topic)
        for group in groups.values():
            for one, other in combinations(group, 2):
                note(one, other, why)
    for one, other in _slips(tuple(rank)):
        note(one, other, "one letter apart")
    return tuple(Alike(topic=topic, into=head(topic), why=heads[topic][1]) for topic in rank if topic in heads)


def _pair(one: str, other: str) -> tuple[str, str]:
    return (min(one, other), max(one, other))


def _slips(topics: Sequence[str]) -> Iterable[tuple[str, str]]:
    """Long words one letter apart: one too many, one too few, another one, two swapped."""
    shorter: dict[str, list[str]] = {}
    for topic in topics:
        if len(topic) >= LONG and topic.replace("-", "").isalpha():
            for each in {topic, *(topic[:at] + topic[at + 1 :] for at in range(len(topic)))}:
                shorter.setdefault(each, []).append(topic)
    pairs = {pair for group in shorter.values() for pair in combinations(sorted(group), 2)}
    return sorted(pair for pair in pairs if _one_apart(*pair))


def _one_apart(one: str, other: str) -> bool:
    if len(one) > len(other):
        one, other = other, one
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) < len(other):
        return one[start:] == other[start + 1 :]
    rest, more = one[start:], other[start:]
    return rest[1:] == more[1:] or (rest[:2] == more[1::-1] and rest[2:] == more[2:])
