"""The page of one account."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from textual.content import Content

from klout_tui.domain import wording
from klout_tui.domain.dashboard import Dashboard, Standing
from klout_tui.domain.details import SHOWN
from klout_tui.domain.model import InteractionKind
from klout_tui.tui import words
from klout_tui.tui.desk import AccountDetail
from klout_tui.tui.inks import Inks
from klout_tui.tui.panes.accounts import health_words
from klout_tui.tui.screens.page import POST_COLUMNS, Page, Section, heading, post_row

_DAYS = 30


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
        ),
        sections=[
            Section(
                f"Posts ({'the newest ' if len(detail.posts) == SHOWN else ''}{len(detail.posts):,})",
                POST_COLUMNS,
                [post_row(post, detail.brought, view, inks) for post in detail.posts],
            )
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
    return f"{how}{read}{following}; {access}"


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
