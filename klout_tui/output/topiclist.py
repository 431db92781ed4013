"""``klout-tui topics``: her topics with what she decided about them, as a table and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from klout_tui.domain import wording
from klout_tui.domain.alike import Alike
from klout_tui.domain.curation import HerTopics
from klout_tui.domain.topics import Gap, TopicRow
from klout_tui.output import jsonform
from klout_tui.output.listing import Table
from klout_tui.output.table import Column

SUGGESTED: Final = 12
"""Suggestions printed for people; JSON has all."""


@dataclass(frozen=True)
class Listed:
    """What there is to tell."""

    rows: tuple[TopicRow, ...]
    """Those of the last 90 days."""
    topics: HerTopics
    gap: Gap | None
    """Between what she posts and what people come for."""
    alike: tuple[Alike, ...]
    """Of all topics ever."""
    older: tuple[str, ...]
    """Topics with nothing in those days."""

    @property
    def entries(self) -> bool:
        """Whether there is anything."""
        return bool(self.rows or self.older or self.topics.curation.hidden)


def table(found: Listed) -> Table:
    """The topics of the last 90 days."""
    columns = (
        Column("topic", least=10),
        Column("you post", right=True),
        Column("they come", right=True),
        Column("+K", right=True),
        Column("12 weeks"),
        Column("", least=8),
    )
    pinned = found.topics.curation.pinned
    rows = [
        (
            found.topics.label(row.topic),
            (wording.GUESS if row.guessed else "") + wording.percent(row.post_share),
            wording.percent(row.people_share),
            wording.number(row.plusk),
            wording.spark(row.trend, 12),
            "pinned" if row.topic in pinned else "",
        )
        for row in found.rows
    ]
    return columns, rows


def remarks(found: Listed) -> Iterator[str]:
    """What stands under the table: older topics, hidden ones, and what may be one topic."""
    if words := wording.gap(found.gap, found.topics.label):
        yield f"{words[0][0].upper()}{words[0][1:]}."
    if found.older:
        yield f"Nothing in 90 days on {wording.counted(len(found.older), 'more topic')}: {_some(found.older)}"
    if found.topics.curation.hidden:
        yield f"Hidden: {', '.join(found.topics.curation.hidden)}"
    for each in found.alike[:SUGGESTED]:
        yield f"The same? {each.topic} and {each.into}, {each.why}: klout-tui topics merge {each.topic} {each.into}"
    if len(found.alike) > SUGGESTED:
        yield f"… and {len(found.alike) - SUGGESTED:,} more pairs (--json has all)"


def document(found: Listed) -> Iterator[bytes]:
    """The same as JSON; what is not known of a topic is null."""
    curation = found.topics.curation
    alike = {each.topic: {"topic": each.into, "why": each.why} for each in found.alike}

    def told(topic: str, row: TopicRow | None) -> jsonform.Row:
        numbers = jsonform.topic_row(row) if row else dict.fromkeys(_NUMBERS)
        return {
            **numbers,
            "topic": topic,
            "label": found.topics.label(topic),
            "pinned": topic in curation.pinned,
            "hidden": topic in curation.hidden,
            "above": [list(path) for path in found.topics.above(topic)],
            "written_as": list(curation.written_as(topic)),
            "alike": alike.get(topic),
        }

    rows = [told(row.topic, row) for row in found.rows]
    rest = dict.fromkeys((*found.older, *curation.hidden))
    return jsonform.document("topics", [*rows, *(told(topic, None) for topic in rest)])


_EMPTY: Final = TopicRow(topic="", posts=0, post_share=None, reactions=0, reaction_share=None, plusk=0, trend=())
_NUMBERS: Final = tuple(jsonform.topic_row(_EMPTY))


def _some(topics: tuple[str, ...], most: int = 8) -> str:
    shown = ", ".join(topics[:most])
    return shown if len(topics) <= most else f"{shown}, …"
