"""What all parts of the story share while it is being told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from klout_tui.demo.chance import Chance, Deck
from klout_tui.demo.events import Ids
from klout_tui.demo.people import Cast
from klout_tui.demo.persona import Persona
from klout_tui.demo.phrases import Writer
from klout_tui.demo.rhythm import Rhythm

_HAND: Final = 33
"""Posts over which the shares of topics come out even, about six weeks."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Description, people, calendar, and where the luck comes from."""

    persona: Persona
    rhythm: Rhythm
    cast: Cast
    writer: Writer
    chance: Chance
    ids: Ids
    horizon: datetime
    """Nothing is told beyond this moment."""

    def topics(self, *, blog: bool = False) -> Deck[str]:
        """Topics to write about, dealt so that every few weeks hold each in its share."""
        shares = {topic.name: topic.share for topic in self.persona.topics if topic.category or not blog}
        total = sum(shares.values())
        hands = {name: max(1, round(_HAND * share / total)) for name, share in shares.items() if share}
        return Deck([name for name, count in hands.items() for _ in range(count)], self.chance)

    def favourite(self) -> str:
        """What people come for above all."""
        return max(self.persona.topics, key=lambda topic: topic.share * topic.pull).name

    def tags(self, topic: str) -> tuple[str, ...]:
        """Hashtags for something about ``topic``: itself, often one of its neighbours."""
        also = self.persona.topic(topic).also
        if also and self.chance.happens(0.42):
            return (topic, self.chance.one(also))
        return (topic,)
