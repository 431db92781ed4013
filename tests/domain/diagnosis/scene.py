"""A quiet life in numbers that tests change one thing of: one post a day, each with the same reactions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from klout_tui.domain.diagnosis import Diagnosis, Evidence, Remark, Window, diagnose
from klout_tui.domain.digest import digests
from klout_tui.domain.model import (
    Account,
    Actor,
    DayTotal,
    Health,
    Interaction,
    InteractionKind,
    Post,
    PostKind,
    Value,
)

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
"""A Thursday; the last ripe day is the Tuesday before."""
RIPE = date(2026, 11, 24)
SUNDAY = date(2026, 11, 22)
FIRST = RIPE - timedelta(days=59)
BEGUN = RIPE - timedelta(days=29)
"""Where the later window of thirty days begins."""
UTC_ZONE = ZoneInfo("UTC")
MASTODON = "mastodon:ada@social.example"
BLUESKY = "bluesky:did:plc:ada"
BLOG = "blog:ada.example"


class Said(Value, frozen=True):
    """A note."""

    day: date
    text: str


def account(name: str, *, linked: datetime | None = None, unlinked: datetime | None = None) -> Account:
    network, _, handle = name.partition(":")
    return Account(
        id=name,
        network=network,
        handle=handle,
        base_url=f"https://{'ada.example' if network == 'blog' else network + '.example'}",
        linked_at=linked or NOW - timedelta(days=900),
        unlinked_at=unlinked,
    )


def at(day: date, hour: int = 8, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), UTC)


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def post(day: date, name: str = "", *, on: str = MASTODON, text: str = "", topics: tuple[str, ...] = ()) -> Post:
    name = name or day.isoformat()
    words = (
        text or f"thoughts of {day:%A %d %B} on {' '.join(f'word{day.toordinal() % 97}{each}' for each in 'abcdefg')}"
    )
    return Post(
        id=f"{on}/{name}",
        account=on,
        kind=PostKind.STATUS,
        at=at(day),
        text=words,
        topics=topics,
        url=f"https://x/{name}",
    )


def reactions(
    to: Post, count: int, *, people: int = 60, day: date | None = None, kind: InteractionKind = InteractionKind.LIKE
) -> list[Interaction]:
    """So many people react once each an hour and more after the post, or at noon of another day."""
    when = to.at + timedelta(hours=1) if day is None else at(day, 12)
    begin = to.at.toordinal() * 7
    keys = [f"https://{to.account[:8]}.example/u{(begin + number) % people}" for number in range(count)]
    return [
        Interaction(
            id=f"{to.account}/{kind}/{key}/{to.id}",
            account=to.account,
            kind=kind,
            actor=Actor(key=key, handle=f"@{key.rpartition('/')[2]}@far.example"),
            at=when + timedelta(seconds=number),
            post=to.id,
        )
        for number, key in enumerate(keys)
    ]


class Scene:
    """Accounts, posts and acts; ``evidence`` and ``diagnosis`` follow from them."""

    def __init__(self, *names: str) -> None:
        self.accounts = [account(name) for name in names or (MASTODON, BLOG)]
        self.healths = {each.id: Health(account=each.id, last_ok=NOW) for each in self.accounts}
        self.posts: list[Post] = []
        self.acts: list[Interaction] = []
        self.reference: Sequence[int] = (10, 9, 11, 10, 8, 12, 10)
        self.reference_account = MASTODON

    def add(self, made: Post, count: int, *, people: int = 60, day: date | None = None) -> Post:
        self.posts.append(made)
        self.acts += reactions(made, count, people=people, day=day)
        return made

    def quiet(
        self, count: int = 10, first: date = FIRST - timedelta(days=35), last: date = RIPE, on: str = MASTODON
    ) -> Scene:
        """One post a day, and the same reactions to each."""
        for day in days(first, last):
            self.add(post(day, on=on), count)
        return self

    def evidence(self) -> Evidence:
        totals: Counter[tuple[str, date, InteractionKind]] = Counter()
        unnamed: Counter[tuple[str, date, InteractionKind]] = Counter()
        for act in self.acts:
            totals[act.account, act.at.date(), act.kind] += 1
        for made in self.posts:
            for step in made.unnamed:
                unnamed[made.account, step.at.date(), step.kind] += step.count
        rows = [
            DayTotal(account=key[0], day=key[1], kind=key[2], named=totals[key], unnamed=unnamed[key])
            for key in sorted(totals.keys() | unnamed.keys())
        ]
        begin = min((act.at.date() for act in self.acts), default=FIRST)
        before = [
            DayTotal(
                account=self.reference_account,
                day=day,
                kind=InteractionKind.LIKE,
                named=self.reference[day.toordinal() % len(self.reference)],
            )
            for day in days(begin - timedelta(weeks=26), begin - timedelta(days=1))
            if self.reference
        ]
        return Evidence(
            accounts=tuple(self.accounts),
            healths=self.healths,
            history=digests(self.acts, self.posts),
            posts=tuple(self.posts),
            totals=(*before, *rows),
        )

    def diagnosis(
        self,
        now: datetime = NOW,
        asked: Window | None = None,
        against: Window | None = None,
        notes: Iterable[Remark] = (),
    ) -> Diagnosis:
        return diagnose(self.evidence(), now, UTC_ZONE, asked=asked, against=against, notes=tuple(notes))


def replaced(acts: Iterable[Interaction], **changes: object) -> list[Interaction]:
    return [msgspec.structs.replace(act, **changes) for act in acts]
