"""One reason for a change: a sentence with what it rests on, how large, how sure, and what to try."""

from __future__ import annotations

import math
from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from typing import Final

import msgspec

from klout_tui.domain.model import Value

LIKELY: Final = 2.0
CLEAR: Final = 3.0
"""Standard errors from which a reason is likely, and clear."""

ODDS: Final = 20.0
"""To one, how much there is against a reason before anything is seen: there are about ten, one of which mostly holds,
and half of the evidence for one is lost to not knowing beforehand how large it would be."""

CERTAIN: Final = 99.0

Z: Final = 1.96
"""Standard errors at either side that hold the truth 19 times of 20."""

WANT: Final = 1.3
"""Standard errors under which a reason is not worth a sentence; of five, one is that far off by chance."""

FEWEST: Final = 3
"""Posts of a sort under which nothing is said of it."""

SHOWN: Final = 5
"""Posts and people a finding lists; the counts are of all."""


class Cause(StrEnum):
    """What may have changed engagement."""

    MEASUREMENT = "measurement"
    SHARING = "sharing"
    AWAY = "away"
    PROMOTION = "promotion"
    REPEATS = "repeats"
    AUDIENCE = "audience"
    NETWORK = "network"
    TOPIC = "topic"
    MIX = "mix"
    ACTS = "acts"
    LOOSE = "loose"
    BURST = "burst"
    NOTE = "note"
    CALENDAR = "calendar"


class Sure(StrEnum):
    """How sure a reason is."""

    CLEAR = "clear"
    LIKELY = "likely"
    GUESS = "a guess"


class Effect(Value, frozen=True):
    """How many reactions more or fewer a reason made, with an interval that holds the truth 19 times of 20."""

    reactions: float
    low: float
    high: float

    @property
    def errors(self) -> float:
        """How many standard errors, by its interval, it lies from nothing."""
        near = self.low if self.reactions > 0 else self.high
        return Z * self.reactions / (self.reactions - near) if self.reactions != near else CERTAIN


QUESTION: Final = " What happened? A note would keep it."
"""What a burst's sentence ends with until she was asked about it."""


class PostShown(Value, frozen=True):
    """A post a finding rests on."""

    id: str
    title: str
    """One line to name it by."""
    at: datetime
    url: str
    reactions: int
    """What it brought in its window."""
    public: bool
    now: bool
    """Whether it is of the later window."""


class PersonShown(Value, frozen=True):
    """A person a finding rests on."""

    key: str
    name: str
    """The name as last seen, else the handle."""
    handle: str
    before: int
    """Acts on posts in the earlier window."""
    now: int


class Finding(Value, frozen=True):
    """One reason."""

    cause: Cause
    subject: str
    """Which network, topic or note it is about; empty where there is but one."""
    sentence: str
    advice: str
    """What to try; empty where nothing is to be done."""
    effect: Effect
    away: float
    """Standard errors between what makes it a reason and none; what is certain is ``CERTAIN``."""
    beyond: float | None = None
    """The same between what is seen and what is usual, where what is seen is no estimate; None: ``away`` says it.
    It ranks reasons, and says nothing of their effect."""
    habit: bool = False
    """Whether it tells of a habit that clearly changed, which is worth knowing whatever its effect."""
    asks: date | None = None
    """Which burst the sentence asks her about: its ``told``."""
    posts: tuple[PostShown, ...] = ()
    post_count: int = 0
    people: tuple[PersonShown, ...] = ()
    people_count: int = 0

    def hushed(self, asked: Collection[date]) -> Finding:
        """The same without a question that she has been asked before: their ``asks``."""
        if self.asks not in asked:
            return self
        return msgspec.structs.replace(self, sentence=self.sentence.removesuffix(QUESTION), asks=None)

    @property
    def sure(self) -> Sure:
        """How sure the effect is that is told, in a word that its interval bears out."""
        return sure(self.effect.errors)

    @property
    def weight(self) -> float:
        """The effect times how likely it is more than chance: reasons are ranked by it.

        The chance is the largest that evidence of so many standard errors can leave (Edwards, Lindman and Savage 1963)
        where ``ODDS`` to one are against any one reason.
        """
        z = self.away if self.beyond is None else self.beyond
        return abs(self.effect.reactions) / (1 + ODDS * math.exp(-z * z / 2))


def sure(away: float) -> Sure:
    """How sure something is that lies so many standard errors from nothing."""
    return Sure.CLEAR if away >= CLEAR else Sure.LIKELY if away >= LIKELY else Sure.GUESS
