"""What other rules for a +K would change, in numbers: seen before they are applied."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from klout_tui.domain.model import Value
from klout_tui.domain.plusk import Given


class Count(Value, frozen=True):
    """What counts by one set of rules."""

    plusks: int = 0
    people: int = 0
    topics: dict[str, int] = {}


class Effect(Value, frozen=True):
    """What counts by the rules in force beside what would by others, over the same days."""

    before: Count
    after: Count
    days: int

    def topics(self) -> list[tuple[str, int, int]]:
        """Topics that change, with how many +K before and after; the greatest change first."""
        before, after = self.before.topics, self.after.topics
        changed = [
            (topic, before.get(topic, 0), after.get(topic, 0))
            for topic in before.keys() | after.keys()
            if before.get(topic, 0) != after.get(topic, 0)
        ]
        return sorted(changed, key=lambda each: (-abs(each[2] - each[1]), each[0]))


def count(given: Iterable[Given]) -> Count:
    """How many acts count, of how many people, and how many +K each topic has."""
    plusks, people, topics = 0, set[str](), Counter[str]()
    for each in given:
        plusks += 1
        people.add(each.digest.actors[each.digest.actor[each.row]])
        topics.update(each.topics)
    return Count(plusks=plusks, people=len(people), topics=dict(topics))
