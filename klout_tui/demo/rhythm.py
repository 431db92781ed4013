"""When she writes: weekdays, hours, chapters, and weeks that are simply busier than others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from klout_tui.demo.chance import Chance
from klout_tui.demo.persona import Chapter, Persona

YEAR = 365


class Rhythm:
    """A year of local days that ends at ``now``.

    Args:
        persona: habits and chapters.
        now: the end, aware.
    """

    def __init__(self, persona: Persona, now: datetime) -> None:
        self.zone = ZoneInfo(persona.zone)
        self.now = now.astimezone(UTC)
        self.today = now.astimezone(self.zone).date()
        self.days = tuple(self.today - timedelta(days=ago) for ago in range(YEAR, -1, -1))
        self.begin = self.at(self.days[0], 0)
        year = persona.year
        self._weekdays = [weight * 7 / sum(year.weekdays) for weight in year.weekdays]
        self._hours = dict(enumerate(year.hours))
        self._good_hours = dict.fromkeys(year.good_hours, year.good_lift)
        self._chapters: dict[date, Chapter] = {}
        for chapter in persona.chapters:
            first = self.today - timedelta(days=chapter.days_ago)
            for number in range(chapter.days):
                self._chapters[first + timedelta(days=number)] = chapter

    def local(self, at: datetime) -> datetime:
        """The same instant on her clock."""
        return at.astimezone(self.zone)

    def at(self, day: date, hour: int, minute: int = 0, seconds: float = 0.0) -> datetime:
        """The instant, in UTC, when her clock shows this."""
        local = datetime.combine(day, time(hour, minute), self.zone)
        return local.astimezone(UTC) + timedelta(milliseconds=int(seconds * 1000))

    def chapter(self, at: datetime) -> Chapter | None:
        """What was going on."""
        return self._chapters.get(self.local(at).date())

    def first_day(self, chapter: Chapter) -> date:
        """The local day a chapter began."""
        return self.today - timedelta(days=chapter.days_ago)

    def posting(self, day: date) -> float:
        """How much she posts that day, 1 being usual."""
        chapter = self._chapters.get(day)
        return self._weekdays[day.weekday()] * (chapter.posting if chapter else 1.0)

    def following(self, day: date) -> float:
        """How many people begin to follow that day, 1 being usual."""
        chapter = self._chapters.get(day)
        return chapter.follows if chapter else 1.0

    def lift(self, at: datetime) -> float:
        """What the hour of posting does to the response."""
        return self._good_hours.get(self.local(at).hour, 1.0)

    def moments(self, chance: Chance, year: float, weight: Callable[[date], float], wobble: float) -> list[datetime]:
        """About ``year`` moments until now, ascending, spread by day and hour.

        Args:
            chance: where the luck comes from.
            year: how many there would be if every day weighed 1.
            weight: a day's weight.
            wobble: how much weeks differ (log-normal sigma).
        """
        found: list[datetime] = []
        luck, owed, due = 1.0, 0.0, chance.random()
        for number, day in enumerate(self.days):
            if number % 7 == 0:
                luck = chance.luck(wobble)
            owed += year / YEAR * weight(day) * luck
            while owed >= due:
                due += chance.gap()
                hour = chance.weighted(self._hours)
                found.append(self.at(day, hour, chance.whole(0, 59), chance.between(0, 59.9)))
        return sorted(at for at in found if at <= self.now)

    def awake(self, chance: Chance, at: datetime, share: float = 0.75) -> datetime:
        """This share of what would fall into the night waits for the morning."""
        hour = self.local(at).hour
        if hour <= 5 and chance.happens(share):
            return at + timedelta(hours=6 - hour + 2.5 * chance.random())
        return at
