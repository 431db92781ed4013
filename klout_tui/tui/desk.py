"""All that the app may ask for: read from the store, computed by the domain. Blocking; call it in a thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from klout_tui.domain.asof import post_as_of
from klout_tui.domain.curation import Curation, Tags
from klout_tui.domain.dashboard import TOPIC_DAYS, AccountRow, Choice, Dashboard, Facts, derive
from klout_tui.domain.daydetail import DayDetail, acts_between, kinds_of, span_of, titles_in
from klout_tui.domain.days import Days
from klout_tui.domain.details import (
    SHOWN,
    Brought,
    GroupDetail,
    Hit,
    PersonDetail,
    PlusKDetail,
    PostDetail,
    TopicDetail,
    newest,
    newest_on,
    originals_on,
    person_detail,
    post_detail,
    reactions,
    search,
    topic_people,
)
from klout_tui.domain.digest import Digest, month_of, ticks
from klout_tui.domain.effect import Effect
from klout_tui.domain.engagement import Split
from klout_tui.domain.grouping import MARK
from klout_tui.domain.model import DayTotal, Interaction, Post, Reading, Value
from klout_tui.domain.notes import Note
from klout_tui.domain.plusk import PAUSE, counted, known_topics, shown
from klout_tui.domain.rules import Rules, Ruling
from klout_tui.domain.verdict import judged
from klout_tui.networks.record import Asked, Left
from klout_tui.session import Session
from klout_tui.store import ruling
from klout_tui.store.facts import end_visit, read_facts
from klout_tui.tui.notedeeds import noted
from klout_tui.tui.undo import Deed

if TYPE_CHECKING:
    from klout_tui.domain.habits.finding import Habits
    from klout_tui.domain.timing.advice import Timing
    from klout_tui.tui.people import PeopleDesk

THEME = "theme"
"""Key under which the theme chosen last is remembered."""


class AccountDetail(Value, frozen=True):
    """One account with its own history."""

    row: AccountRow
    readings: tuple[Reading, ...]
    totals: tuple[DayTotal, ...]
    posts: tuple[Post, ...]
    """The newest, newest first."""
    brought: Brought
    """What each of ``posts`` brought."""
    skipped: dict[str, int]
    """What the network sent that is not counted."""
    writes: bool = False
    """Whether she allowed writing there."""
    asked: tuple[Asked, ...] = ()
    """What its newest refresh asked, oldest first; empty before the first of this run."""
    asked_count: int = 0
    """How many requests that were in all."""
    left: dict[str, Left] = {}
    """What the network says may still be asked, by pool."""


@dataclass
class Desk:
    """Reads for the screens; keeps the last facts so that a shorter window or another split costs no reading."""

    session: Session
    day: date | None = None
    """The local day she has stepped back to; None where nothing but the session decides."""
    _facts: Facts | None = None
    _known: tuple[int, date | None] = (-1, None)
    """The store's revision, and the day, the facts are of."""
    _span: int = 0
    """The longest window the facts reach back for."""
    _back: int = 0
    """How many days before today it may end."""
    _charted: tuple[object, tuple[Digest, ...]] = (None, ())
    """The months behind a chart by topic, and what they were read for."""

    @property
    def frozen(self) -> bool:
        """Whether the session itself shows the past, so that nothing can be written."""
        return self.session.as_of is not None

    @property
    def past(self) -> bool:
        """Whether the past is shown, which nothing can be done to."""
        return self.frozen or self.day is not None

    @property
    def as_of(self) -> date | None:
        """The local day shown; None for the present."""
        return self.day or self.session.as_of

    def now(self) -> datetime:
        """The moment shown, UTC: the present, or the last instant of the day stepped back to."""
        return self.session.now() if self.day is None else Days(self.session.zone).end(self.day)

    def step(self, days: int) -> bool:
        """Go some days back (negative) or forth, never past the session's own moment; whether that changed anything.

        Raises:
            StoreError: the store cannot be read.
        """
        today = Days(self.session.zone).of(self.session.now())
        first = self.session.store.known_since() or today
        there = min(max((self.day or today) + timedelta(days=days), min(first, today)), today)
        before, self.day = self.day, None if there == today else there
        return self.day != before

    def revision(self) -> int:
        """The store's revision, other processes' commits included.

        Raises:
            StoreError: the store cannot be read.
        """
        self.session.store.poll()
        return self.session.store.revision

    def dashboard(self, choice: Choice) -> tuple[int, Dashboard]:
        """The first screen's view, and the store's revision it shows.

        Raises:
            StoreError: the store cannot be read.
        """
        now = self.now()
        facts = self._read(now, choice.span, choice.back)
        if choice.split is Split.TOPIC:
            facts = msgspec.structs.replace(facts, charted=self._months_charted(choice, now))
        return self._known[0], derive(facts, now, self.session.zone, choice)

    def account(self, account_id: str, view: Dashboard) -> AccountDetail | None:
        """One linked account, or None when it is not linked any more."""
        row = next((row for row in view.accounts if row.account.id == account_id), None)
        if row is None:
            return None
        store = self.session.store
        record = None if self.past else self.session.record(account_id)
        newest = store.each_post(account=account_id, until=view.now, newest_first=True)
        posts = tuple(self._seen(post, view.now) for post in islice(newest, SHOWN))
        return AccountDetail(
            row=row,
            readings=tuple(store.readings(account=account_id, until=view.today)),
            totals=tuple(store.days(account=account_id, until=view.today)),
            posts=posts,
            brought=self._brought(posts, view.now),
            skipped={} if self.past else store.health(account_id).skipped,
            writes=store.writing(account_id) is not None,
            asked=record.asked if record else (),
            asked_count=record.total if record else 0,
            left=dict(record.left) if record else {},
        )

    def topic(self, topic: str, view: Dashboard) -> TopicDetail:
        """One topic over all that is known; its +K are those of the dashboard's days."""
        facts = self._read(view.now)
        begin = ticks(Days(view.zone).start(view.today - timedelta(days=TOPIC_DAYS - 1)))
        history = self._visible(facts.history, view.now)
        given = counted(history, lambda: facts.known_topics, facts.chains, facts.counted_since, facts.rules)
        on_it = [each for each in given if each.at >= begin and topic in each.topics]
        ids = originals_on(topic, self._history(view.now))
        found = (self.session.store.post(post_id) for post_id in ids[:SHOWN])
        posts = tuple(self._seen(post, view.now) for post in found if post is not None)
        return TopicDetail(
            topic=topic,
            posts=posts,
            post_count=len(ids),
            brought=self._brought(posts, view.now),
            people=topic_people(topic, self._history(view.now)),
            plusks=tuple(shown(reversed(on_it[-SHOWN:]), facts.thanked)),
            plusk_count=len(on_it),
            above=facts.topics.above(topic),
        )

    def person(self, key: str, view: Dashboard) -> PersonDetail | None:
        """One person over all that is known."""
        from klout_tui.store.gathering import acquaintance
        from klout_tui.tui.people import flags_left_out, of_person

        store, now = self.session.store, view.now
        key = store.ties().person(key)
        hidden = flags_left_out(self.session, key)
        acts = self._fetch(newest(key, of_person(store.history(until=now, newest_first=True), now, hidden)))
        known = cache(lambda: known_topics(store.history()))
        rules = self._read(now).rules
        theirs = of_person(store.history(until=now), now, hidden)
        detail = person_detail(key, theirs, acts, store.thanked(), known, rules)
        if detail is None:
            return None
        more = acquaintance(store, key, self._read(now), now, self.people.past)
        return msgspec.structs.replace(detail, known=more)

    def facts(self) -> Facts:
        """What the first screen is made of now.

        Raises:
            StoreError: the store cannot be read.
        """
        return self._read(self.now())

    @cached_property
    def people(self) -> PeopleDesk:
        """Where the list of people is read; made at the first use."""
        from klout_tui.tui.people import PeopleDesk

        return PeopleDesk(self)

    def post(self, post_id: str, view: Dashboard) -> PostDetail | None:
        """One post with what it brought, or None when it is not known."""
        post = self.session.store.post(post_id)
        if post is None or post.at > view.now:
            return None
        months = self._months(self.session.store.reacted_in(post_id), view.now)
        acts = self._fetch(newest_on(post_id, reversed(months)))
        return post_detail(self._seen(post, view.now), months, acts)

    def plusk(self, key: str, view: Dashboard) -> PlusKDetail | GroupDetail | None:
        """One act with why it counts or why not, or a row of several; None when it is not there any more."""
        return self._group(key, view) if key.startswith(MARK) else self._act(key, view)

    def _group(self, key: str, view: Dashboard) -> GroupDetail | None:
        group = next((group for group in view.groups if group.key == key), None)
        if group is None:
            return None
        ids: dict[str, list[str]] = {}
        for each in group.plusks[:SHOWN]:
            ids.setdefault(month_of(each.at), []).append(each.id)
        texts = {act.id: act.text for act in self._fetch(ids) if act.text}
        return GroupDetail(group=group, rules=self._read(view.now).rules, texts=texts)

    def _act(self, act_id: str, view: Dashboard) -> PlusKDetail | None:
        from klout_tui.tui.people import flags_left_out, of_person

        store = self.session.store
        act = store.interaction(act_id)
        if act is None or act.at > view.now:
            return None
        facts = self._read(view.now)
        recent = ticks(act.at - PAUSE) >= facts.counted_since  # then what is at hand tells, however long the history
        who = store.ties().person(act.actor.key)
        hidden = flags_left_out(self.session, who)
        months = of_person(facts.history if recent else store.history(until=view.now), view.now, hidden)
        theirs = [found for digest in months if len(found := digest.by(who))]
        known = (lambda: facts.known_topics) if recent else cache(lambda: known_topics(store.history()))
        chains, since = (facts.chains, facts.counted_since) if recent else (None, 0)
        thanked, rules = store.thanked(), facts.rules
        judgement = judged(theirs, act_id, thanked, known, rules, chains, since)
        if judgement is None:
            return None
        plusk, verdict = judgement
        post = store.post(act.post) if act.post else None
        given = counted(theirs, known, chains, since, rules)
        others = tuple(shown(reversed([each for each in given if each.digest.id_of(each.row) != act_id]), thanked))
        return PlusKDetail(
            plusk=plusk,
            verdict=verdict,
            rules=rules,
            act=act,
            post=None if post is None or post.at > view.now else self._seen(post, view.now),
            others=others,
            recent=recent,
        )

    def ruling(self) -> Ruling:
        """What earns a +K, and what did before."""
        return ruling.ruling(self.session.store)

    def ignored(self) -> tuple[str, ...]:
        """Names of everybody she ignores, of those lately seen; else their keys."""
        ties = self.session.store.ties()
        names = {ties.person(key): key for key in sorted(ties.ignored)}
        for digest in self._read(self.now()).history if names else ():
            seen = [place for place, key in enumerate(digest.actors) if key in names]
            people = digest.people() if seen else ()
            names |= {digest.actors[place]: people[place].name or people[place].handle for place in seen}
        return tuple(sorted(names.values()))

    def effect(self, rules: Rules) -> Effect:
        """What these rules would count instead of those in force."""
        return ruling.effect(self.session.store, self.session.now(), rules)

    def rule(self, rules: Rules) -> bool:
        """Count by these rules from now on; False where they are in force already."""
        return ruling.rule(self.session.store, rules)

    def span(self, key: str, view: Dashboard) -> DayDetail:
        """Some local days: what was posted and noted, what came."""
        first, last = span_of(key)
        store, days = self.session.store, Days(view.zone)
        begin, end = days.start(first), min(days.end(last), view.now)
        history = list(self._visible(store.history(begin, end), view.now))
        acts = self._fetch(acts_between(reversed(history), ticks(begin), ticks(end)))
        posts = [self._seen(post, view.now) for post in store.posts(since=begin, until=end)][::-1]
        named, unnamed = kinds_of(store.days(since=first, until=min(last, view.today)))
        return DayDetail(
            first=first,
            last=last,
            posts=tuple(posts[:SHOWN]),
            post_count=len(posts),
            brought=self._brought(posts[:SHOWN], view.now),
            acts=tuple(acts),
            named=named,
            unnamed=unnamed,
            notes=tuple(note for note in view.notes if first <= note.day <= last),
            titles=titles_in(history, acts),
        )

    def note(self, day: date, post: str | None, before: Note | None, text: str) -> Deed:
        """Keep a note on a local day, or on a post of that day, in place of the one before; no text drops that.

        Raises:
            UsageError: there is neither a text nor a note before, or the text is too long.
            StoreError: it cannot be written, or the note to drop was changed elsewhere.
        """
        return noted(self.session.store, day, post, before, text)

    def search(self, query: str) -> tuple[Hit, ...]:
        """Topics, people, posts and what people wrote, over all that is known."""
        now, store = self.now(), self.session.store
        posts = (post_as_of(post, now) for post in store.each_post(until=now, newest_first=True))
        acts = store.each_interaction(until=now, newest_first=True)
        return search(query, self._history(now), posts, acts, label=store.topics().label)

    def thank(self, ids: tuple[str, ...], thanked: bool) -> None:
        """Mark +K as thanked now, or take the mark back."""
        self.session.store.thank(ids, self.session.now() if thanked else None)

    def curate(self, words: str, change: Callable[[Curation], Curation]) -> int | None:
        """Decide something about topics; its number for ``undo``, None where nothing changes."""
        return self.session.store.curate(words, change)

    def tag(self, words: str, post_id: str, tags: Tags) -> int | None:
        """Keep her own tags on a post; the number likewise."""
        return self.session.store.tag(words, post_id, tags)

    def undo(self, number: int) -> None:
        """Take back a decision, which must be the newest."""
        self.session.store.undo(number)

    def topics_of(self, post_id: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
        """Her topics of a post without and with her own tags, or None when it is not known."""
        post, topics = self.session.store.post(post_id), self.session.store.topics()
        return None if post is None else (topics.of(post.topics), topics.of_any(post)[0])

    def timing(self) -> tuple[Timing, ...]:
        """When to post, for all networks and for each."""
        from klout_tui.domain.timing.advice import SPAN, timing  # asked for now and then, so not at every start
        from klout_tui.store.responses import read_past

        now = self.now()
        return timing(read_past(self.session.store, now, SPAN).responses, ticks(now), self.session.zone)

    def habits(self) -> Habits:
        """What to keep doing and what to do less."""
        from klout_tui.domain.habits.finding import SPAN, TEXTS, habits
        from klout_tui.store.responses import read_past

        now = self.now()
        past = read_past(self.session.store, now, SPAN, texts=TEXTS)
        return habits(past.responses, past.posts, ticks(now), self.session.zone, past.sites, past.topics)

    def shards(self) -> list[str]:
        """Names of the store's files."""
        return self.session.store.shards()

    def look_at(self, shard: str) -> None:
        """Open one file; if it is damaged, what can be done is done, and the session's warnings tell."""
        self.session.store.look_at(shard)

    def theme(self) -> str | None:
        """The theme chosen last."""
        return self.session.store.recall(THEME)

    def keep_theme(self, name: str) -> None:
        """Remember the theme."""
        if not self.frozen:
            self.session.store.remember(THEME, name)

    def end_visit(self) -> None:
        """Remember that the visit ends now."""
        if not self.frozen:
            end_visit(self.session.store, self.session.now())

    def _read(self, now: datetime, span: int = 0, back: int = 0) -> Facts:
        known = (self.session.store.revision, self.day)
        if self._facts is None or known != self._known or span > self._span or back > self._back:
            paused = self.session.settings.paused
            self._span, self._back = max(span, self._span), back
            self._facts = read_facts(self.session.store, now, past=self.past, span=self._span, back=back, paused=paused)
            self._known = known
        return self._facts

    def _months_charted(self, choice: Choice, now: datetime) -> tuple[Digest, ...]:
        """The months the chart's window lies in."""
        days = Days(self.session.zone)
        first, last = choice.window(days.of(now))
        asked = (self._known, first, last)
        if self._charted[0] != asked:
            found = tuple(self.session.store.history(days.start(first), min(days.end(last), now)))
            self._charted = (asked, found)
        return self._charted[1]

    def _history(self, now: datetime, *, newest_first: bool = False) -> Iterator[Digest]:
        return self._visible(self.session.store.history(until=now, newest_first=newest_first), now)

    def _visible(self, history: Iterable[Digest], now: datetime) -> Iterator[Digest]:
        return (digest.visible(ticks(now)) for digest in history)

    def _months(self, months: Iterable[str], now: datetime) -> list[Digest]:
        return list(self._visible((self.session.store.month(month) for month in months), now))

    def _fetch(self, ids: Mapping[str, Sequence[str]]) -> list[Interaction]:
        return [act for month, wanted in ids.items() for act in self.session.store.fetch(month, wanted)]

    def _seen(self, post: Post, now: datetime) -> Post:
        """The post as it was at a moment, with her topics."""
        topics, guessed = self.session.store.topics().of_any(post)
        return msgspec.structs.replace(post_as_of(post, now), topics=topics, guessed=topics if guessed else None)

    def _brought(self, posts: Sequence[Post], now: datetime) -> Brought:
        store = self.session.store
        months = sorted({month for post in posts for month in store.reacted_in(post.id)})
        return reactions(posts, self._visible((store.month(month) for month in months), now))
