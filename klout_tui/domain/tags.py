"""The words for topics: one spelling each, and which of them an act is about."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, Protocol

from klout_tui.domain.model import Interaction


class HasTopics(Protocol):
    """A post, or what a digest keeps of one."""

    @property
    def topics(self) -> tuple[str, ...]:
        """As the author wrote them."""
        ...

    @property
    def guessed(self) -> tuple[str, ...] | None:
        """Those guessed from its words, where it names none."""
        ...


MARK: Final = "plusk"
"""The tag that says +K; it is no topic."""

_SEPARATORS: Final = re.compile(r"[\s_]+")


@lru_cache(maxsize=4096)
def canonical(topic: str) -> str:
    """One spelling for one topic: no ``#``, lower case, spaces and underscores as hyphens."""
    folded = unicodedata.normalize("NFKC", topic).strip().lstrip("#").casefold()
    return _SEPARATORS.sub("-", folded.strip())


@lru_cache(maxsize=8192)
def canonical_topics(topics: tuple[str, ...]) -> tuple[str, ...]:
    """Each topic once, in its one spelling, in the order given; ``#plusK`` is none."""
    spelt = dict.fromkeys(filter(None, map(canonical, topics)))
    spelt.pop(MARK, None)
    return tuple(spelt)


def topics_of(interaction: Interaction, posts: Mapping[str, HasTopics]) -> tuple[str, ...]:
    """What an act is about: what it names itself, else what the post it refers to is about."""
    own = canonical_topics(interaction.topics)
    if own or interaction.post is None or interaction.post not in posts:
        return own
    return canonical_topics(posts[interaction.post].topics)


def guessed_of(interaction: Interaction, posts: Mapping[str, HasTopics]) -> bool:
    """Whether ``topics_of`` an act are guessed from the words of its post."""
    if canonical_topics(interaction.topics) or interaction.post is None or interaction.post not in posts:
        return False
    post = posts[interaction.post]
    return bool(post.topics and post.guessed)
