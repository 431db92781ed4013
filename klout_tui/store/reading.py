"""Reading what is kept in spans of time: documents, columns and totals, a month or a year at a time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from klout_tui.domain.curation import Curation, HerTopics
from klout_tui.domain.days import Days
from klout_tui.domain.digest import Digest
from klout_tui.domain.gratitude import LOG_ACCOUNT
from klout_tui.domain.model import DayTotal, Interaction, Post, Reading
from klout_tui.domain.ontology import PackedList
from klout_tui.domain.ties import NONE, Ties
from klout_tui.errors import StoreError
from klout_tui.store import ontology, people, records
from klout_tui.store.engine import Engine
from klout_tui.store.views import View, Views, months, ordered

if TYPE_CHECKING:
    from klout_tui.store.turnouts import Marked, Version

T = TypeVar("T")
Dated = TypeVar("Dated", Post, Interaction)


class Reader(ABC):
    """The reading half of the door."""

    _engine: Engine
    _views: Views
    guesses = True
    """Whether topics guessed from words count."""
    language = "en"
    """Of the names of topics, as two letters."""
    _topics: tuple[object, HerTopics] = (None, HerTopics())
    _people: tuple[object, people.Regards] = (None, {})
    """Her topics, with the version of the file they were read from."""
    _list: tuple[str | None, PackedList | None] = ("", None)
    """The list of topics in use, with what it is called."""

    @property
    @abstractmethod
    def zone(self) -> ZoneInfo:
        """The time zone that cuts the days."""

    @abstractmethod
    def _warn(self, sentence: str) -> None:
        """Tell the user something, once."""

    @abstractmethod
    def _read(self, read: Callable[[], T]) -> T:
        """What ``read`` returns of one moment, whoever else is writing."""

    def posts(
        self, *, account: str | None = None, since: datetime | None = None, until: datetime | None = None
    ) -> list[Post]:
        """Posts by time; both ends of the span are included."""
        return self._all(self._views.posts, account, since, until)

    def each_post(
        self,
        *,
        account: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        newest_first: bool = False,
    ) -> Iterator[Post]:
        """The same one by one, a month at a time in memory; what is committed meanwhile may be among them."""
        return self._each(self._views.posts, account, since, until, newest_first=newest_first)

    def interactions(
        self, *, account: str | None = None, since: datetime | None = None, until: datetime | None = None
    ) -> list[Interaction]:
        """Interactions by time, the user's own flagged; both ends of the span are included."""
        return self._all(self._views.interactions, account, since, until)

    def each_interaction(
        self,
        *,
        account: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        newest_first: bool = False,
    ) -> Iterator[Interaction]:
        """The same one by one, a month at a time in memory; what is committed meanwhile may be among them."""
        return self._each(self._views.interactions, account, since, until, newest_first=newest_first)

    def _all(
        self, view: View[Dated], account: str | None, since: datetime | None, until: datetime | None
    ) -> list[Dated]:
        rows = self._read(lambda: view.between(*months(since, until)))
        return ordered(rows, account, since, until, newest_first=False)

    def _each(
        self,
        view: View[Dated],
        account: str | None,
        since: datetime | None,
        until: datetime | None,
        *,
        newest_first: bool,
    ) -> Iterator[Dated]:
        places = self._read(lambda: view.places(*months(since, until)))
        for place in reversed(places) if newest_first else places:
            rows = self._read(partial(view.at, place))
            yield from ordered(rows, account, since, until, newest_first=newest_first)

    def history(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        *,
        newest_first: bool = False,
        keep: bool = False,
        handles: bool = False,
    ) -> Iterator[Digest]:
        """The months from that of ``since`` to that of ``until`` in columns, whole, one by one; hers are flagged.

        Topics are as she wants them, and all handles of a person whom she merged are one, unless ``handles`` are asked
        for. With ``keep`` the months stay in memory, as far as there is room.
        """
        first, last = months(since, until)
        known = self._read(self._engine.digests.months)
        found = [month for month in known if (first is None or month >= first) and (last is None or month <= last)]
        ties = NONE if handles else self.ties()
        for month in reversed(found) if newest_first else found:
            digest = self._read(partial(self._engine.digests.get, month, keep=keep))
            yield digest.tied(ties).retagged(self.topics())

    def month(self, month: str) -> Digest:
        """One UTC month (``2026-03``) in columns, topics and people as she wants them; empty where nothing is known."""
        return self._read(partial(self._engine.digests.get, month)).tied(self.ties()).retagged(self.topics())

    def ties(self) -> Ties:
        """Which handles are one person, and who is ignored."""
        return people.ties_of(self._regards())

    def _regards(self) -> people.Regards:
        """What was decided about people, as it is now; not to be changed."""

        def read() -> people.Regards:
            version = self._engine.version(records.CORE)
            if self._people[0] != version:
                self._people = (version, people.understood(self._engine.rows(records.CORE, records.PEOPLE)))
            return self._people[1]

        return self._read(read)

    def topics(self) -> HerTopics:
        """Topics by her decisions, as they are now."""

        def read() -> HerTopics:
            version = (self._engine.version(records.CORE), self.language, self.guesses)
            if self._topics[0] != version:
                row = self._engine.row(records.CORE, records.CURATION, records.TOPICS)
                tags = self._engine.rows(records.CORE, records.TAGS)
                kept = self._engine.row(records.CORE, records.MEMORY, ontology.LIST)
                chosen = None if kept is None else records.decode_remembered(kept).value
                if self._list[0] != chosen:
                    self._list = (chosen, self._loaded(chosen))
                hers = HerTopics(
                    Curation() if row is None else records.decode_curation(row),
                    {post_id: records.decode_tags(each) for post_id, each in tags.items()},
                    self._list[1],
                    self.language,
                    guesses=self.guesses,
                )
                self._topics = (version, hers)
            return self._topics[1]

        return self._read(read)

    def _loaded(self, chosen: str | None) -> PackedList | None:
        """The list of topics in use; none where it cannot be read, which is told once."""
        try:
            return ontology.load(self._engine.folder, chosen)
        except StoreError as error:
            self._warn(f"{error.message} Topics are shown as tags say. {error.hint}")
            return None

    def turnout_versions(self, until: str) -> dict[str, Version]:
        """Every UTC month up to ``until`` (``2026-11``) with what changes when its turnout may have changed, sorted."""
        return self._read(lambda: self._engine.turnouts.versions(until))

    def turnout(self, month: str, until: int | None = None) -> Marked:
        """Who turned up in one UTC month; nothing later than ``until`` (microseconds since 1970), where given."""
        return self._read(lambda: self._engine.turnouts.get(month, Days(self.zone), until))

    def fetch(self, month: str, ids: Iterable[str]) -> list[Interaction]:
        """The interactions of one UTC month (``2026-03``) with these ids, in that order; unknown ids are left out."""
        wanted = list(ids)
        return self._read(lambda: self._views.interactions.some(month, wanted))

    def known_since(self) -> date | None:
        """The first local day anything is known of, a post or a total; None where nothing is.

        What she logged by hand does not say that the networks' silence of those days is known.
        """

        def read() -> date | None:
            posts = self._views.posts
            at = min((row.at for place in posts.places(None, None)[:1] for row in posts.at(place)), default=None)
            total = self._views.days.earliest(apart=f" {LOG_ACCOUNT}")
            days = [at.astimezone(self.zone).date()] if at else []
            return min([*days, *([total.day] if total else [])], default=None)

        return self._read(read)

    def post(self, post_id: str) -> Post | None:
        """One post, by its id."""

        def read() -> Post | None:
            place = self._engine.known.place(records.POSTS, post_id)
            return next(iter(self._views.posts.some(place, [post_id])), None) if place else None

        return self._read(read)

    def interaction(self, act_id: str) -> Interaction | None:
        """One interaction, by its id."""

        def read() -> Interaction | None:
            place = self._engine.known.place(records.INTERACTIONS, act_id)
            return next(iter(self._views.interactions.some(place, [act_id])), None) if place else None

        return self._read(read)

    def reacted_in(self, post_id: str) -> list[str]:
        """The UTC months in which somebody reacted to a post by name, sorted."""

        def read() -> list[str]:
            place = self._engine.known.place(records.POSTS, post_id)
            shard = records.posts_shard(place) if place else records.NOWHERE
            row = self._engine.row(shard, records.TALLIES, post_id)
            named = {} if row is None else records.decode_tally(row).named
            return sorted({records.month_of(at) for times in named.values() for at in times.values()})

        return self._read(read)

    def days(
        self, *, account: str | None = None, since: date | None = None, until: date | None = None
    ) -> list[DayTotal]:
        """Totals by local day, kind and account, the user's own acts left out; both ends are included."""
        found = self._read(lambda: self._views.days.within(since, until))
        return [row for row in found if account in (None, row.account)]

    def readings(
        self, *, account: str | None = None, since: date | None = None, until: date | None = None
    ) -> list[Reading]:
        """The accounts' own counters by local day and account; both ends are included."""
        found = self._read(lambda: self._views.readings.within(since, until))
        return [row for row in found if account in (None, row.account)]
