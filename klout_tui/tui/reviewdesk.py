"""All that the review and the diagnosis may ask for. Blocking; call it in a thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

import msgspec

from klout_tui.domain.dashboard import Choice, Dashboard
from klout_tui.domain.days import Days
from klout_tui.domain.diagnosis import Diagnosis, Window, last_ripe
from klout_tui.domain.diagnosis.sequel import Came
from klout_tui.domain.diagnosis.spans import RIPE, WINDOW
from klout_tui.domain.reminders import sentences
from klout_tui.domain.review import Review, review
from klout_tui.domain.suggesting import needs_more
from klout_tui.store import reviewing
from klout_tui.store.gathering import Waits, who_waits
from klout_tui.store.reviewing import Kept

if TYPE_CHECKING:
    from klout_tui.domain.habits.finding import Habits
    from klout_tui.domain.notes import Note
    from klout_tui.domain.timing.advice import Timing
    from klout_tui.domain.waiting import Waiting
    from klout_tui.tui.desk import Desk


@dataclass
class ReviewDesk:
    """Reads for the review; keeps what takes a second to find, which thanking and answering do not change."""

    desk: Desk
    _moved: tuple[object, Diagnosis] | None = None
    """What moved, and what it was found of."""
    _advice: tuple[object, Habits, Timing | None] | None = None
    _waits: Waits = field(default_factory=Waits)
    """Who waits, for the quiet line: what they wrote is read again only where something came in."""
    _came: tuple[object, dict[str, str]] = (None, {})
    """What came of notes, by their ids, and what it was found of."""
    _keeping: threading.Lock = field(default_factory=threading.Lock)
    """What is remembered is read, changed and written by one thread at a time."""

    def first(self) -> tuple[Review, Dashboard]:
        """What can be told at once: whom to thank, who waits, the topics; of the rest what was known of the day last.

        Raises:
            StoreError: the store cannot be read.
        """
        return self._review(whole=False)

    def whole(self) -> tuple[Review, Dashboard]:
        """Everything, after a second where there is a lot.

        Raises:
            StoreError: the store cannot be read.
        """
        return self._review(whole=True)

    def in_short(self, view: Dashboard) -> Review:
        """Whom to thank, who waits and what to remind of, under a dashboard that is derived already.

        Raises:
            StoreError: the store cannot be read.
        """
        store, reads = self.desk.session.store, self._waits.reads
        waiting = self._waits.who(store, self.desk.facts().history, view.now)
        if self._waits.reads != reads:
            store.let_go()  # what people wrote is read again when she looks at it
        return review(view, waiting, reminders=self.reminders(view, waiting))

    def _review(self, *, whole: bool) -> tuple[Review, Dashboard]:
        desk, store = self.desk, self.desk.session.store
        _, view = desk.dashboard(Choice())
        facts = desk.facts()
        waiting = who_waits(store, facts.history, view.now)
        moved = self.moved() if whole else self._known()
        habits, timing = self._advised(view, waiting, moved) if moved is not None else (None, None)
        found = review(
            view,
            waiting,
            moved,
            habits,
            timing,
            settled=store.settled(),
            thanked=facts.thanked,
            asked=self.kept().asked,
            reminders=self.reminders(view, waiting),
        )
        return found, view

    def moved(self) -> Diagnosis:
        """What moved and why.

        Raises:
            StoreError: the store cannot be read.
        """
        of = self._of()
        if self._moved is None or self._moved[0] != of:
            self._moved = (of, reviewing.what_moved(self.desk.session.store, self.desk.now()))
        return self._moved[1].hushed(self.kept().asked)

    def is_newest(self) -> bool:
        """Whether what is known of what moved is of all that is stored now.

        Raises:
            StoreError: the store cannot be read.
        """
        return self._moved is not None and self._moved[0] == self._of()

    def _known(self) -> Diagnosis | None:
        """What moved on the day shown, perhaps of less than is stored now."""
        if self._moved is None:
            return None
        found, days = self._moved[1].hushed(self.kept().asked), Days(self.desk.session.zone)
        return found if days.of(found.now) == days.of(self.desk.now()) else None

    def renewed(self) -> Diagnosis:
        """The same, found anew.

        Raises:
            StoreError: the store cannot be read.
        """
        self._moved = None
        return self.moved()

    def came_of(self, note: Note) -> str:
        """What came of a note, in words.

        Raises:
            StoreError: the store cannot be read.
        """
        of = self._of()
        if self._came[0] != of:
            self._came = (of, {})
        known = self._came[1]
        if note.id not in known:
            known[note.id] = self._look_at(note)
        return known[note.id]

    def came_of_recent(self) -> dict[str, str]:
        """What came of the notes of the last two windows, by the notes' ids.

        Raises:
            StoreError: the store cannot be read.
        """
        notes = self.desk.session.store.notes()
        found = self.moved() if notes else None
        told = ((note.id, _told(found, note)) for note in notes if found is not None)
        return {note_id: words for note_id, words in told if words}

    def _look_at(self, note: Note) -> str:
        days = Days(self.desk.session.zone)
        ripe = last_ripe(self.desk.now(), days)
        if note.day > ripe:
            return Came.EARLY
        if words := _told(self.moved(), note):
            return words
        last = min(ripe, note.day + timedelta(days=WINDOW - 1))
        asked = Window(first=last - timedelta(days=WINDOW - 1), last=last)
        return _told(reviewing.what_moved(self.desk.session.store, self.desk.now(), asked), note)

    def kept(self) -> Kept:
        """What is remembered of the review."""
        return reviewing.kept(self.desk.session.store)

    def keep(self, change: Callable[[Kept], Kept]) -> None:
        """Remember something else; in the past nothing is."""
        if not self.desk.past:
            with self._keeping:
                reviewing.keep(self.desk.session.store, change)

    def asked(self, told: date) -> None:
        """Remember that she was asked about a burst."""

        def with_it(kept: Kept) -> Kept:
            return msgspec.structs.replace(kept, asked=tuple(sorted({*kept.asked, told}))[-reviewing.LONGEST :])

        self.keep(with_it)

    def reminders(self, view: Dashboard, waiting: tuple[Waiting, ...]) -> tuple[str, ...]:
        """What she wants to be reminded of in the app.

        Raises:
            StoreError: the store cannot be read.
        """
        wants = self.desk.session.settings.reminders
        posts, answers = wants.wants("posts", "app"), wants.wants("answers", "app")
        if not (posts or answers):
            return ()
        quiet, late = reviewing.reminders(self.desk.session.store, self.desk.facts(), view, waiting)
        return sentences(quiet, late, Days(view.zone), view.today, posts=posts, answers=answers)

    def _of(self) -> object:
        """All that a diagnosis is found of: decisions about thanks and answers change nothing of it."""
        desk, store = self.desk, self.desk.session.store
        now, days, topics = desk.now(), Days(desk.session.zone), store.topics()
        accounts = store.accounts(unlinked=True)
        read = [(account.id, store.health(account.id).last_ok) for account in accounts]
        return (
            (desk.day, days.of(now), last_ripe(now, days), days.zone),
            store.data_version,
            store.notes(),
            accounts,
            # Read again without any news is no news, as long as it was today.
            [(each, at and (days.of(at), at >= days.end(days.of(at)), now - at < RIPE)) for each, at in read],
            store.ties().same,
            (topics.curation, topics.tags, topics.lexicon, topics.guesses),
        )

    def _advised(
        self, view: Dashboard, waiting: tuple[Waiting, ...], moved: Diagnosis
    ) -> tuple[Habits | None, Timing | None]:
        """Habits and timing, where nothing ranks before them."""
        if not needs_more(waiting, view.news.to_thank > 0, moved):
            return None, None
        of = (self.desk.day, view.today, self.desk.session.store.data_version)
        if self._advice is None or self._advice[0] != of:
            self._advice = (of, *reviewing.advice(self.desk.session.store, view.now))
        return self._advice[1], self._advice[2]


def _told(found: Diagnosis, note: Note) -> str:
    """What a diagnosis says of a note; empty where it is of other days."""
    same = (each for each in found.notes if (each.day, each.text) == (note.day, note.text))
    return next((each.aftermath.sentence for each in same), "")
