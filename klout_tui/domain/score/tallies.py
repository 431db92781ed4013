"""The sums of one moment: what an account's, or all accounts', people and posts come to.

Every sum fades alike (half in ``Model.half_life_days``), so that a day without anything new is one multiplication, and
what a week added can be told apart from what was there before.
"""

from __future__ import annotations

from typing import NamedTuple

from klout_tui.domain.model import Value


class Crowd(NamedTuple):
    """People, each counted once by the strongest thing they did."""

    people: float = 0.0
    """Sum of how present each is, 0 to 1."""
    faint: float = 0.0
    """The same for acts that can be bought, and for those without a name; bounded only by the gauge."""
    audience: float = 0.0
    """Sum of presence times audience, in powers of ten."""

    def faded(self, left: float) -> Crowd:
        """The same later, when only ``left`` of it is left."""
        return Crowd(self.people * left, self.faint * left, self.audience * left)


class Echoing(NamedTuple):
    """What came back to the originals of one account."""

    acts: float = 0.0
    faint: float = 0.0
    posts: float = 0.0

    def faded(self, left: float) -> Echoing:
        """The same later, when only ``left`` of it is left."""
        return Echoing(self.acts * left, self.faint * left, self.posts * left)


class Told(NamedTuple):
    """How the rest is known."""

    all: float = 0.0
    """Rows, people per day, and reactions without a name."""
    guessed: float = 0.0
    """Of them, with a guessed date."""
    nameless: float = 0.0
    """Of them, without a name."""

    def faded(self, left: float) -> Told:
        """The same later, when only ``left`` of it is left."""
        return Told(self.all * left, self.guessed * left, self.nameless * left)


class Tally(Value, frozen=True):
    """One account's sums."""

    account: str
    crowd: Crowd = Crowd()
    echoing: Echoing = Echoing()
    told: Told = Told()

    def faded(self, left: float) -> Tally:
        """The same later, when only ``left`` of it is left."""
        return Tally(
            account=self.account,
            crowd=self.crowd.faded(left),
            echoing=self.echoing.faded(left),
            told=self.told.faded(left),
        )


class Tallies(Value, frozen=True):
    """All sums of one moment."""

    crowd: Crowd = Crowd()
    """Of all accounts together, where somebody who acts on two counts once."""
    accounts: tuple[Tally, ...] = ()
    """By id; of every account anything was ever known of by then."""

    def faded(self, left: float) -> Tallies:
        """The same later, when only ``left`` of it is left and nothing came."""
        return Tallies(crowd=self.crowd.faded(left), accounts=tuple(each.faded(left) for each in self.accounts))

    def of(self, account: str) -> Tally:
        """One account's sums; empty where nothing is known of it."""
        return next((each for each in self.accounts if each.account == account), Tally(account=account))

    @property
    def told(self) -> Told:
        """How all of it is known."""
        each = [account.told for account in self.accounts]
        return Told(sum(t.all for t in each), sum(t.guessed for t in each), sum(t.nameless for t in each))
