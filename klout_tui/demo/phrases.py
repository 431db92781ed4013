"""What people say: sentences with gaps, filled so that nothing is said twice too soon."""

from __future__ import annotations

import re
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from klout_tui.demo.chance import Chance, Deck
from klout_tui.errors import ConfigError

Lines = Annotated[tuple[str, ...], Meta(min_length=1)]

_GAP: Final = re.compile(r"\{(\w+)\}")
_COMMON: Final = "common"


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base: immutable, misspelt entries are errors."""


class Foreign(_Part, frozen=True):
    """A status in another language than English."""

    language: Annotated[str, Meta(pattern=r"^[a-z]{2}$")]
    topic: str
    text: str


class Said(_Part, frozen=True):
    """Lines that belong to no topic."""

    plusk: Lines
    quotes: Lines
    mentions: Lines
    direct: Lines
    answers: Lines
    thread: Lines
    others: Lines
    comment_answers: Lines


class Phrases(_Part, frozen=True):
    """All lines; those under a topic's name are for that topic, those under ``common`` for any."""

    openers: Lines
    closers: Lines
    words: dict[str, Lines]
    posts: dict[str, Lines]
    replies: dict[str, Lines]
    articles: dict[str, Lines]
    paragraphs: dict[str, Lines]
    comments: dict[str, Lines]
    said: Said
    other: tuple[Foreign, ...] = ()


class Writer:
    """Draws lines and fills their gaps.

    Args:
        phrases: the lines.
        chance: where the luck comes from.
        handle: what fills ``{handle}``.
        her: what fills ``{her}``.

    Raises:
        ConfigError: at first use of a line with a gap that no list of words fills.
    """

    def __init__(self, phrases: Phrases, chance: Chance, *, handle: str, her: str) -> None:
        self.phrases = phrases
        self._given = {"handle": handle, "her": her}
        self._chance = chance
        self._decks: dict[tuple[str, str], Deck[str]] = {}
        self._written: set[str] = set()

    def post(self, topic: str, link: str = "") -> str:
        """A status about ``topic``, unlike all before it if at all possible."""
        opener = closer = ""
        for _ in range(6):
            text = self._line("posts", topic, topic)
            if text not in self._written:
                break
        self._written.add(text)
        mood = self._chance.random()
        if mood < 0.1:
            opener = self._deck("", "openers", self.phrases.openers).draw() + " "
        elif mood < 0.36:
            closer = " " + self._deck("", "closers", self.phrases.closers).draw()
        return f"{opener}{text}{closer}" + (f"\n\n{link}" if link else "")

    def announcement(self, title: str, link: str) -> str:
        """A status that points to an article."""
        return f"{self._line('posts', 'article', '', title)}\n\n{link}"

    def reply(self, topic: str) -> str:
        """What somebody answers to a status."""
        specific = topic in self.phrases.replies and self._chance.happens(0.55)
        return self._line("replies", topic if specific else _COMMON, topic)

    def comment(self, topic: str) -> str:
        """What somebody writes under an article."""
        specific = topic in self.phrases.comments and self._chance.happens(0.4)
        return self._line("comments", topic if specific else _COMMON, topic)

    def said(self, what: str, topic: str = "") -> str:
        """A line of one of the lists under ``[said]``."""
        lines: Lines = getattr(self.phrases.said, what)
        return self._filled(self._deck("said", what, lines).draw(), topic)

    def title(self, topic: str) -> str:
        """An article's title."""
        return self._line("articles", topic, topic)

    def body(self, topic: str) -> tuple[str, ...]:
        """An article's paragraphs."""
        lines = self.phrases.paragraphs.get(topic, next(iter(self.phrases.paragraphs.values())))
        return tuple(self._filled(line, topic) for line in lines)

    def _line(self, section: str, name: str, topic: str, title: str = "") -> str:
        lists: dict[str, Lines] = getattr(self.phrases, section)
        lines = lists.get(name) or lists.get(_COMMON) or next(iter(lists.values()))
        return self._filled(self._deck(section, name, lines).draw(), topic, title)

    def _deck(self, section: str, name: str, lines: Lines) -> Deck[str]:
        key = (section, name)
        if key not in self._decks:
            self._decks[key] = Deck(lines, self._chance)
        return self._decks[key]

    def _filled(self, line: str, topic: str, title: str = "") -> str:
        def word(gap: re.Match[str]) -> str:
            name = gap.group(1)
            given = {"topic": topic, "title": title, **self._given}.get(name)
            if given is not None:
                return given
            lines = self.phrases.words.get(name.lower())
            if not lines:
                raise ConfigError(f"phrases: nothing to fill {gap.group()} with in {line!r}")
            drawn = self._deck("words", name.lower(), lines).draw()
            return drawn[0].upper() + drawn[1:] if name[0].isupper() else drawn

        return _GAP.sub(word, line)
