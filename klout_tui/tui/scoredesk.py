"""What the screens may ask about the score. Blocking; call it in a thread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from klout_tui.domain.gratitude import LOG_ACCOUNT
from klout_tui.domain.model import Value
from klout_tui.session import Session
from klout_tui.store.calm import calm, keep_calm

if TYPE_CHECKING:  # half the score's modules, which the first picture can do without
    from klout_tui.domain.score.behind import Behind
    from klout_tui.domain.score.look import Look, Point
    from klout_tui.domain.score.model import Factor
    from klout_tui.scoremodels import Offered
    from klout_tui.scoring import Compared, Scoring, Why


class PartDetail(Value, frozen=True):
    """Who and what is behind the points that one account gives."""

    account: str
    name: str
    day: date
    parts: dict[Factor, Behind]
    calm: bool = False
    """Whether its numbers are hidden."""


@dataclass
class ScoreDesk:
    """The one score of a run, and what is remembered of how it is shown."""

    session: Session

    @cached_property
    def scoring(self) -> Scoring:
        """Made when first asked for: nothing of it is wanted before the first picture."""
        return self.session.scoring()

    def look(self, day: date | None, *, with_usual: bool) -> Look:
        """The newest score, or that of an earlier day."""
        return self.scoring.look(day, with_usual=with_usual)

    def keep(self, look: Look) -> None:
        """Remember that she saw it."""
        self.scoring.keep(look)

    def why(self, day: date | None) -> Why:
        """All that opens from the score."""
        return self.scoring.why(day)

    def points(self, first: date, last: date) -> tuple[Point, ...]:
        """The score day by day."""
        return self.scoring.points(first, last)

    def part(self, account_id: str, day: date, *, calm: bool) -> PartDetail:
        """Who and what is behind an account's part."""
        told = self.scoring.look(day, with_usual=False).day
        return PartDetail(
            account=account_id,
            name=self.naming().get(account_id, account_id),
            day=told,
            parts=self.scoring.behind(account_id, told),
            calm=calm,
        )

    def naming(self) -> Mapping[str, str]:
        """What to call each account ever linked: its network, or where there are several there, its handle."""
        accounts = self.session.store.accounts(unlinked=True)
        count = Counter(account.network for account in accounts)
        return {LOG_ACCOUNT: "Your log"} | {
            account.id: account.network.capitalize() if count[account.network] == 1 else account.handle
            for account in accounts
        }

    def models(self) -> tuple[str, tuple[Offered, ...]]:
        """The id of the model in use, and all there are."""
        return self.scoring.chosen(), self.scoring.models.offered()

    def compare(self, model_id: str) -> Compared:
        """The model in use beside another. Takes a while."""
        return self.scoring.compare(self.scoring.models.get(model_id))

    def choose(self, model_id: str) -> None:
        """Use another model from now on."""
        self.scoring.choose(model_id)

    def announcement(self) -> Offered | None:
        """A new model she has not been told of."""
        return self.scoring.announcement()

    def announced(self) -> None:
        """Remember that she has been told."""
        self.scoring.announced()

    def problem(self) -> str:
        """Why the chosen model could not be used; empty where it could."""
        return self.scoring.problem

    def calm(self) -> bool:
        """Whether scores stay hidden."""
        return calm(self.session.store)

    def keep_calm(self, hidden: bool) -> None:
        """Remember it."""
        if self.session.as_of is None:
            keep_calm(self.session.store, hidden)
