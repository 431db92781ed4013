"""All that the app may ask for: read from the store, computed by the domain. Blocking; call it in a thread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from klout_tui.domain.asof import post_as_of
from klout_tui.domain.dashboard import AccountRow, Choice, Dashboard, Facts, derive
from klout_tui.domain.details import (
    Hit,
    PersonDetail,
    PostDetail,
    TopicDetail,
    person_detail,
    post_detail,
    search,
    topic_detail,
)
from klout_tui.domain.model import DayTotal, Post, Reading, Value
from klout_tui.session import Session
from klout_tui.store.facts import end_visit, read_facts

THEME = "theme"
"""Key under which the theme chosen last is remembered."""


class AccountDetail(Value, frozen=True):
    """One account with its own history."""

    row: AccountRow
    readings: tuple[Reading, ...]
    totals: tuple[DayTotal, ...]
    posts: tuple[Post, ...]
    """Newest first."""
    skipped: dict[str, int]
    """What the network sent that is not counted."""


Detail = AccountDetail | TopicDetail | PersonDetail | PostDetail


@dataclass
class Desk:
    """Reads for the screens; keeps the last facts so that another window or split costs no reading."""

    session: Session
    _facts: Facts | None = None
    _revision: int = -1

    @property
    def read_only(self) -> bool:
        """Whether the past is shown, which nothing can be done to."""
        return self.session.as_of is not None

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
        now = self.session.now()
        revision = self.session.store.revision
        if self._facts is None or revision != self._revision:
            paused = {name for name, account in self.session.settings.accounts.items() if account.paused}
            self._facts = read_facts(self.session.store, now, past=self.read_only, paused=paused)
            self._revision = revision
        return revision, derive(self._facts, now, self.session.zone, choice)

    def account(self, account_id: str, view: Dashboard) -> AccountDetail | None:
        """One linked account, or None when it is not linked any more."""
        row = next((row for row in view.accounts if row.account.id == account_id), None)
        if row is None:
            return None
        store = self.session.store
        return AccountDetail(
            row=row,
            readings=tuple(store.readings(account=account_id, until=view.today)),
            totals=tuple(store.days(account=account_id, until=view.today)),
            posts=tuple(post for post in reversed(self._posts(view.now).values()) if post.account == account_id),
            skipped={} if self.read_only else store.health(account_id).skipped,
        )

    def topic(self, topic: str, view: Dashboard) -> TopicDetail:
        """One topic over all that is known."""
        acts = self.session.store.interactions(until=view.now)
        return topic_detail(topic, acts, self._posts(view.now), view.plusks)

    def person(self, key: str, view: Dashboard) -> PersonDetail | None:
        """One person over all that is known."""
        store = self.session.store
        return person_detail(key, store.interactions(until=view.now), self._posts(view.now), store.thanked())

    def post(self, post_id: str, view: Dashboard) -> PostDetail | None:
        """One post with what it brought, or None when it is not known."""
        store = self.session.store
        post = store.post(post_id)
        if post is None or post.at > view.now:
            return None
        return post_detail(post_as_of(post, view.now), store.interactions(until=view.now))

    def search(self, query: str) -> tuple[Hit, ...]:
        """Topics, people, posts and what people wrote, over all that is known."""
        now = self.session.now()
        return search(query, self.session.store.interactions(until=now), self._posts(now))

    def thank(self, ids: tuple[str, ...], thanked: bool) -> None:
        """Mark +K as thanked now, or take the mark back."""
        self.session.store.thank(ids, self.session.now() if thanked else None)

    def theme(self) -> str | None:
        """The theme chosen last."""
        return self.session.store.recall(THEME)

    def keep_theme(self, name: str) -> None:
        """Remember the theme."""
        if not self.read_only:
            self.session.store.remember(THEME, name)

    def end_visit(self) -> None:
        """Remember that the visit ends now."""
        if not self.read_only:
            end_visit(self.session.store, self.session.now())

    def _posts(self, now: datetime) -> dict[str, Post]:
        return {post.id: post_as_of(post, now) for post in self.session.store.posts(until=now)}
