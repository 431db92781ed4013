"""Pane 1: the linked accounts, how they are doing and what they brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.reactive import reactive

from klout_tui.domain import wording
from klout_tui.domain.dashboard import AccountRow, Dashboard, Standing
from klout_tui.tui import words
from klout_tui.tui.inks import Inks
from klout_tui.tui.messages import Mending, Noun, Opened, Unlinking
from klout_tui.tui.panes.base import TablePane
from klout_tui.tui.widgets.table import Column, Row, Wording
from klout_tui.worker.events import Progressed


class AccountsPane(TablePane[AccountRow]):
    """One row for each linked account."""

    NAME = "Accounts"
    NUMBER = 1
    EMPTY = "No account is linked yet; a links one."
    COLUMNS: ClassVar[Sequence[Column]] = (
        Column("mark", "", 1),
        Column("network", "network", 8, rank=5),
        Column("handle", "account", 12, grow=3, most=44),
        Column("followers", "followers", 9, rank=3, right=True),
        Column("change", "7 d", 5, rank=4, right=True),
        Column("news", "new", 4, rank=6, right=True),
        Column("state", "health", 10, grow=4, rank=1, most=60),
        Column("seen", "read", 6, rank=2, right=True),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "mend", "Token", id="accounts.mend", tooltip="Give this account a new token, or log in again"),
        Binding(
            "u",
            "unlink",
            "Unlink",
            show=False,
            id="accounts.unlink",
            tooltip="Unlink this account; its history may stay",
        ),
    ]
    HELP = """
## Accounts
One row for each linked account. `followers` and its change over 7 days; `+6` counts new followers by name where an
older total is not known yet. `new` is what came in since your last visit. A dash is a number the network does not
tell; it is never a zero.

`●` ok  `○` never read yet  `!` needs a token  `◐` rate limited  `✗` down  `‖` paused

An account whose token was refused rests until it gets a new one, while the others go on: `c` asks for it. `u` unlinks,
and asks first whether the history stays. A login made from here is revoked with it.
"""

    progress: reactive[Mapping[str, Progressed | None]] = reactive({})
    """Accounts being read now, with how far they are."""

    def watch_progress(self) -> None:
        """Draw how far the worker is."""
        self.draw()

    def summary(self, view: Dashboard) -> tuple[str, ...]:
        """How many are ok, and how many are not."""
        if self.progress:
            return (f"reading {len(self.progress)} of {len(view.accounts)}", "reading")
        if any(row.standing is Standing.PAST for row in view.accounts):
            return (f"{len(view.accounts)} linked",)
        if not view.accounts:
            return ()
        well, new, paused = (
            sum(row.standing is standing for row in view.accounts)
            for standing in (Standing.OK, Standing.NEVER, Standing.PAUSED)
        )
        rest = len(view.accounts) - well - new - paused
        counts = ((rest, "not ok"), (new, "not read yet"), (paused, "paused"))
        others = [f"{count} {how}" for count, how in counts if count]
        return (", ".join([f"{well} ok", *others]), f"{well} of {len(view.accounts)} ok")

    def items(self, view: Dashboard) -> Sequence[AccountRow]:
        """The linked accounts."""
        return view.accounts

    def search_words(self, item: AccountRow) -> str:
        """Network, handle and name."""
        return f"{item.account.network} {item.account.handle} {item.account.name} {item.standing}"

    def open_row(self, key: str) -> None:
        """A row opens into its account."""
        self.post_message(Opened(Noun.ACCOUNT, key))

    def action_mend(self) -> None:
        """Ask for a new credential."""
        if self.table.current is not None:
            self.post_message(Mending(self.table.current.key))

    def action_unlink(self) -> None:
        """Ask what is to become of the account."""
        if self.table.current is not None:
            self.post_message(Unlinking(self.table.current.key))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be done to the past, and nothing while a filter is typed."""
        if action in ("mend", "unlink"):
            return self.view is not None and bool(self.view.accounts) and not self.view.past and self.table.has_focus
        return super().check_action(action, parameters)

    def row(self, item: AccountRow, view: Dashboard, inks: Inks) -> Row:
        """One linked account."""
        row, account = item, item.account
        reading = account.id in self.progress
        ink = _ink(row.standing, inks)
        state = self._progress_words(account.id) if reading else health_words(row, view)
        state_ink = inks.own if reading else ink
        changed = wording.change(row.followers_change) or (f"+{row.follows}" if row.follows else "")
        if row.followers_change == 0:
            changed = ""
        return Row(
            key=account.id,
            cells={
                "mark": Text("↻" if reading else words.STANDING_MARK[row.standing], style=state_ink),
                "network": Text(account.network, style=inks.dim),
                "handle": Text(account.handle),
                "followers": Text(wording.number(row.followers)),
                "change": Text(changed),
                "news": Text(f"{row.news:,}" if row.news else ""),
                "state": Wording(state, state_ink),
                "seen": Text(wording.ago(row.last_ok, view.now) if row.last_ok else wording.UNKNOWN, style=inks.dim),
            },
            url=account.url,
        )

    def _progress_words(self, account_id: str) -> tuple[str, ...]:
        progressed = self.progress[account_id]
        if progressed is None:
            return ("reading",)
        found = f"{progressed.posts + progressed.interactions:,} read"
        if progressed.share is None:
            return (found, "reading")
        done, share = round(progressed.share * 8), wording.percent(progressed.share)
        course = "▰" * done + "▱" * (8 - done)
        return (f"{course} {share}, {found}", f"{course} {share}", f"{share} read", share)


def health_words(row: AccountRow, view: Dashboard) -> tuple[str, ...]:
    """How an account is doing, with the one detail that matters, in ever shorter wording."""
    return wording.health(
        row.standing, row.fault, row.down_since, backfilled=row.backfilled, now=view.now, zone=view.zone
    )


def _ink(standing: Standing, inks: Inks) -> Style:
    if standing is Standing.OK:
        return inks.good
    if standing is Standing.PAST:
        return inks.dim
    return inks.bad if standing is Standing.DOWN else inks.warn
