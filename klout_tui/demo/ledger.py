"""What is visible at a moment: everything up to it, counters included."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from datetime import datetime

from klout_tui.demo.events import Act, Comment, Life, Status

Counters = tuple[int, int, int, int]
"""Favourites, boosts, replies, quotes."""


class Ledger:
    """A life, indexed for questions about any moment."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.by_id: dict[str, Status] = {status.id: status for status in (*life.statuses, *life.written)}
        self.by_id |= {status.boosts.id: status.boosts for status in life.statuses if status.boosts}
        self.people = {person.id: person for person in life.people}
        self.children: defaultdict[str, list[Status]] = defaultdict(list)
        self._reacted: defaultdict[str, list[Act]] = defaultdict(list)
        for status in self.by_id.values():
            if status.answers:
                self.children[status.answers.id].append(status)
        for act in life.acts:
            if act.status and act.kind in ("favourite", "reblog"):
                self._reacted[act.status.id].append(act)
            elif act.kind == "quote" and act.status and act.status.quotes:
                self._reacted[act.status.quotes.id].append(act)
        self._statuses = list(life.statuses)
        self._follows = [act.at for act in life.acts if act.kind == "follow"]
        self._ends = {
            "acts": [act.at for act in life.acts],
            "comments": [comment.at for comment in life.comments],
        }

    def statuses(self, at: datetime, *, all_of_them: bool) -> list[Status]:
        """Hers, oldest first; without a login only what is public or unlisted."""
        seen = self._statuses[: bisect_right(self._statuses, at, key=lambda status: status.at)]
        if all_of_them:
            return list(seen)
        return [status for status in seen if status.visibility in ("public", "unlisted")]

    def write(self, status: Status) -> None:
        """Add what the user of the demo wrote."""
        self.by_id[status.id] = status
        insort(self._statuses, status, key=lambda each: each.at)
        if status.answers:
            self.children[status.answers.id].append(status)

    def delete(self, status: Status) -> None:
        """Take it away again."""
        del self.by_id[status.id]
        self._statuses.remove(status)
        if status.answers:
            self.children[status.answers.id].remove(status)

    def acts(self, at: datetime) -> list[Act]:
        """What her notifications hold, oldest first; what was undone has vanished."""
        seen = self.life.acts[: bisect_right(self._ends["acts"], at)]
        return [act for act in seen if act.undone_at is None or act.undone_at > at]

    def comments(self, at: datetime) -> list[Comment]:
        """All on the blog, oldest first."""
        return list(self.life.comments[: bisect_right(self._ends["comments"], at)])

    def followers(self, at: datetime) -> int:
        """How many follow her."""
        came, left = bisect_right(self._follows, at), bisect_right(self.life.leaves, at)
        return self.life.followers_at_first + came - left

    def reacted(self, status: Status, kind: str, at: datetime) -> list[Act]:
        """Acts of that kind on a status of hers, oldest first."""
        return [
            act
            for act in self._reacted[status.id]
            if act.kind == kind and act.at <= at and (act.undone_at is None or act.undone_at > at)
        ]

    def counters(self, status: Status, at: datetime) -> Counters:
        """What the status says of itself; likes without a name included once it is an hour old."""
        favourites = reblogs = quotes = 0
        for act in self._reacted[status.id]:
            if act.at > at or (act.undone_at is not None and act.undone_at <= at):
                continue
            if act.kind == "favourite":
                favourites += 1
            elif act.kind == "reblog":
                reblogs += 1
            else:
                quotes += 1
        replies = sum(1 for child in self.children[status.id] if child.at <= at)
        if (at - status.at).total_seconds() >= 3600:
            favourites += status.nameless
        return favourites, reblogs, replies, quotes

    def thread(self, status: Status, at: datetime) -> list[Status]:
        """All answers below a status, depth first, oldest first."""
        found: list[Status] = []
        for child in sorted(self.children[status.id], key=lambda child: child.at):
            if child.at <= at:
                found += [child, *self.thread(child, at)]
        return found
