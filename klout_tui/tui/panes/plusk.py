"""Pane 3: who gave a +K, on what, and whether they were thanked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType

from klout_tui.domain import wording
from klout_tui.domain.dashboard import Dashboard
from klout_tui.domain.grouping import Group
from klout_tui.tui.inks import Inks
from klout_tui.tui.messages import GivingPlusK, Noun, Opened, Thanking, Tuning
from klout_tui.tui.panes.base import ROWS, TablePane
from klout_tui.tui.screens.plusk import mark, names, topics_of
from klout_tui.tui.thanking import thanks_for
from klout_tui.tui.widgets.table import Cell, Column, Row, Wording

NO_TOPIC = "no topic"


class PlusKPane(TablePane[Group]):
    """One row for each act of acknowledgement, or for several that belong together, the newest first."""

    NAME = "Recent +K"
    NUMBER = 3
    EMPTY = "No +K yet. Reposts, quotes, links and replies with some substance will show here."
    COLUMNS: ClassVar[Sequence[Column]] = (
        Column("mark", "", 1),
        Column("who", "who", 10, grow=5, most=36),
        Column("topics", "for", 8, grow=3, most=40),
        Column("did", "did", 9, grow=1, rank=1, most=14),
        Column("network", "network", 8, rank=3),
        Column("followers", "audience", 8, rank=4, right=True),
        Column("post", "on", 14, grow=4, rank=2, most=60),
        Column("when", "when", 6, right=True),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "thank", "Thank", id="plusk.thank", tooltip="Write a thank-you; nothing is sent by itself"),
        Binding(
            "T",
            "mark",
            "Mark",
            show=False,
            id="plusk.mark",
            tooltip="Mark the row without writing, or take the mark back",
        ),
        Binding("g", "give", "Give +K", show=False, id="plusk.give", tooltip="Give them a +K in return"),
        Binding("e", "tune", "Rules", show=False, id="plusk.rules", tooltip="See or change what earns a +K"),
    ]
    HELP = """
## Recent +K
Who acknowledged you, on which topic. A repost, quote, link, star, or a reply with some substance earns a +K; writing
"+K" gives one outright; a like alone does not. One per person and topic counts in seven days. `e` shows the rules, and
what others would change.

The same act on the same post within a week is one row (*7 people*), and so are one person's other acts of a week;
`Enter` opens them one by one, and a single one into why it counts. `○` waits for a thank-you, for a fortnight; `◐` some
of the row are thanked; `✓` all are. `t` writes a thank-you for the whole row, which you edit and send, or copy where
klout-tui may not write; `T` only marks it, or takes the mark back; `Ctrl+Z` undoes. `g` gives them a +K; `o` opens the
newest in the browser.
"""

    def summary(self, view: Dashboard) -> tuple[str, ...]:
        """How many wait for a thank-you."""
        if not view.groups:
            return ()
        waiting = f"{view.news.to_thank:,} to thank" if view.news.to_thank else "none to thank"
        drawn = sum(len(group.plusks) for group in view.groups[:ROWS])
        cut = (f"newest {drawn:,} of {view.plusk_count:,}, {waiting}",) if view.plusk_count > drawn else ()
        return (*cut, waiting)

    def items(self, view: Dashboard) -> Sequence[Group]:
        """The +K of the last 90 days, in rows."""
        return view.groups

    def search_words(self, item: Group) -> str:
        """Who, what for, where and how."""
        who = " ".join(f"{actor.name} {actor.handle}" for actor in item.people)
        did = " ".join(wording.DID[kind] for kind in item.kinds)
        return f"{who} {' '.join(item.topics or item.hidden)} {' '.join(_networks(item))} {did}"

    def open_row(self, key: str) -> None:
        """A row opens into why it counts, or into the acts it is made of."""
        self.post_message(Opened(Noun.PLUSK, key))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The past can only be looked at."""
        if action in ("thank", "mark", "give") and self.view is not None and self.view.past:
            return False
        return super().check_action(action, parameters)

    def action_thank(self) -> None:
        """Write a thank-you for all of the row that waits for one; where none does, for all of it."""
        if group := self._group():
            self.post_message(Thanking(group.unthanked or tuple(each.id for each in group.plusks)))

    def action_mark(self) -> None:
        """Mark the whole row thanked, or take the mark back."""
        group = self._group()
        if group:
            self.post_message(thanks_for(group))

    def action_give(self) -> None:
        """Give whoever gave this a +K; of several, the newest."""
        if group := self._group():
            self.post_message(GivingPlusK(group.plusks[0].actor.key))

    def action_tune(self) -> None:
        """Show what earns a +K."""
        self.post_message(Tuning())

    def _group(self) -> Group | None:
        """The row under the cursor."""
        row = self.table.current
        if row is None or self.view is None:
            return None
        return next((group for group in self.view.groups if group.key == row.key), None)

    def row(self, item: Group, view: Dashboard, inks: Inks) -> Row:
        """One act of acknowledgement, or several."""
        waiting, thanked = item.waiting(view.now), len(item.thanked)
        done = thanked == len(item.plusks)
        newest, networks = item.plusks[0], _networks(item)
        followers = newest.actor.followers
        same_actor = all(each.actor.key == newest.actor.key for each in item.plusks)
        return Row(
            key=item.key,
            cells={
                "mark": mark(thanked, waiting, inks),
                "who": _who(item, inks.dim if done else Style()),
                "topics": Text(topics_of(item, view) or NO_TOPIC, style=inks.plus_k if item.topics else inks.dim),
                "did": _did(item),
                "network": Text(networks[0] if len(networks) == 1 else f"{len(networks)} networks", style=inks.dim),
                "followers": Text(wording.number(followers) if same_actor else ""),
                "post": Text(_on(item), style=inks.dim),
                "when": Text(("~" if newest.estimated else "") + wording.ago(newest.at, view.now), style=inks.dim),
            },
            url=newest.url,
        )


def _who(item: Group, style: Style) -> Cell:
    people = item.people
    many = f"{len(people):,} people"
    if len(people) == 1:
        return Text(people[0].name or people[0].handle, style=style)
    options = dict.fromkeys(names(people, count) for count in (3, 2, 1))
    return Wording((*options, many), style)


def _did(item: Group) -> Text:
    if any(each.said for each in item.plusks):
        return Text("said +K")
    kinds = item.kinds
    return Text(wording.DID[kinds[0]] if len(kinds) == 1 else f"{len(item.plusks):,} acts")


def _on(item: Group) -> str:
    posts = {each.post for each in item.plusks}
    return item.plusks[0].on if len(posts) == 1 else wording.counted(len(posts), "post")


def _networks(item: Group) -> Sequence[str]:
    return tuple(dict.fromkeys(each.network for each in item.plusks))
