"""The page of one account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from rich.text import Text
from textual.content import Content

from klout_tui.domain import wording
from klout_tui.domain.dashboard import Dashboard, Standing
from klout_tui.domain.details import SHOWN
from klout_tui.domain.model import InteractionKind
from klout_tui.networks.record import Asked
from klout_tui.tui import words
from klout_tui.tui.desk import AccountDetail
from klout_tui.tui.inks import Inks
from klout_tui.tui.panes.accounts import health_words
from klout_tui.tui.screens.page import POST_COLUMNS, Page, Section, heading, listed, post_row
from klout_tui.tui.widgets.table import Column, Row

_DAYS: Final = 30

_WELL: Final = frozenset({"200", "201", "202", "204", "304", "OK"})

_ASKED_COLUMNS: Final = (
    Column("at", "at", 8, right=True),
    Column("method", "how", 4, rank=3),
    Column("place", "asked", 20, grow=5),
    Column("outcome", "answer", 15, grow=1, most=20),
    Column("size", "bytes", 9, rank=2, right=True),
    Column("took", "took", 7, rank=1, right=True),
    Column("credential", "token", 5, rank=4),
)


def page(detail: AccountDetail, view: Dashboard, inks: Inks) -> Page:
    """How an account is doing, what it brought lately, and its posts."""
    row, account = detail.row, detail.row.account
    return Page(
        heading=heading(
            f"{account.handle}  ·  {account.network}" + (f"  ·  {account.name}" if account.name else ""),
            Content.styled(account.url, "dim"),
            f"{words.STANDING_MARK[row.standing]} {_standing(detail, view)}",
            Content.styled(f"  {row.fault.hint}", "dim") if row.fault and row.fault.hint else "",
            _audience(detail),
            f"Last {_DAYS} days: {_lately(detail, view) or 'no reactions'}",
            _skipped(detail),
            _left(detail, view),
        ),
        sections=[
            Section(
                f"Posts ({'the newest ' if len(detail.posts) == SHOWN else ''}{len(detail.posts):,})",
                POST_COLUMNS,
                [post_row(post, detail.brought, view, inks) for post in detail.posts],
            ),
            Section(_requests(detail), _ASKED_COLUMNS, _asked_rows(detail.asked, view, inks), aside=True),
        ],
        url=account.url,
    )


def _standing(detail: AccountDetail, view: Dashboard) -> str:
    row = detail.row
    read = f", read {wording.since(row.last_ok, view.now, view.zone)}" if row.last_ok else ""
    following = f", next {wording.until(row.next_due, view.now, view.zone)}" if row.next_due else ""
    how = row.fault.message if row.fault else health_words(row, view)[0]
    if row.standing is Standing.NEVER and not row.fault and detail.posts:
        how = "not read to the end yet"  # being read, or left off in the middle
    access = "with your token" if row.account.authorised else "public view, without a token"
    return f"{how}{read}{following}; {access}" + (", may write what you send" if detail.writes else "")


def _audience(detail: AccountDetail) -> str:
    """Followers, or karma where a network has that instead."""
    row = detail.row
    karma = [reading.karma for reading in detail.readings if reading.karma is not None]
    if row.followers is None and karma:
        course = f"   {wording.spark([count - min(karma) + 1 for count in karma], 30)}" if len(karma) > 2 else ""
        return f"Karma: {karma[-1]:,}{course}"
    if row.followers is None:
        return "Followers: the network tells none"
    counts = [reading.followers for reading in detail.readings if reading.followers is not None]
    changed = wording.change(row.followers_change)
    course = f"   {wording.spark([count - min(counts) + 1 for count in counts], 30)}" if len(counts) > 2 else ""
    return f"Followers: {row.followers:,}" + (f" {changed} in 7 days" if changed else "") + course


def _lately(detail: AccountDetail, view: Dashboard) -> str:
    first = view.today - timedelta(days=_DAYS - 1)
    kinds: Counter[InteractionKind] = Counter()
    for total in detail.totals:
        if total.day >= first:
            kinds[total.kind] += total.total
    return wording.kinds(kinds)


def _skipped(detail: AccountDetail) -> str:
    if not detail.skipped:
        return ""
    return "Not counted: " + ", ".join(f"{name} ({count:,})" for name, count in sorted(detail.skipped.items()))


def _left(detail: AccountDetail, view: Dashboard) -> str:
    """What may still be asked, of each pool the network tells of and whose count is not over."""
    words = []
    for pool, left in sorted(detail.left.items()):
        if left.resets_at is None or left.resets_at > view.now:
            of = f" of {left.limit:,}" if left.limit is not None else ""
            until = f" until {wording.until(left.resets_at, view.now, view.zone)}" if left.resets_at else ""
            words.append(f"{pool + ': ' if pool else ''}{left.remaining:,}{of} left{until}")
    return f"Requests the network allows: {' · '.join(words)}" if words else ""


def _requests(detail: AccountDetail) -> str:
    if not detail.asked_count:
        return "Requests: none since klout-tui started"
    return f"Requests of the last reading ({listed(len(detail.asked), detail.asked_count)}), newest first"


def _asked_rows(asked: Sequence[Asked], view: Dashboard, inks: Inks) -> list[Row]:
    return [_asked_row(place, each, view, inks) for place, each in reversed(list(enumerate(asked)))]


def _asked_row(place: int, asked: Asked, view: Dashboard, inks: Inks) -> Row:
    at, took = f"{asked.at.astimezone(view.zone):%H:%M:%S}", f"{asked.took.total_seconds():.2f} s"
    size, credential = f"{asked.size:,}" if asked.size else wording.UNKNOWN, "sent" if asked.authorised else ""
    return Row(
        key=str(place),
        cells={
            "at": Text(at, style=inks.dim),
            "method": Text(asked.method, style=inks.dim),
            "place": Text(asked.place),
            "outcome": Text(asked.outcome, style=inks.good if asked.outcome in _WELL else inks.warn),
            "size": Text(size, style=inks.dim),
            "took": Text(took, style=inks.dim),
            "credential": Text(credential, style=inks.dim),
        },
        note=f"{asked.method} {asked.place}: {asked.outcome}, {size} bytes in {took}"
        + (", with your token" if asked.authorised else ", without a token"),
    )
