"""The formula: from the sums of one moment to the three factors, to points, to the score.

    reach           = people + room * faint / (room + faint),         room = faint.people + faint.share * people
    amplification   = acts per post + the same bound of faint acts per post, added up over accounts
    impact          = sum over people of presence * log10(followers / impact.audience)
    score           = 1 + 99 * (weight * curve of each)

People, faint acts and audience of the whole are sums over distinct people, so they are at least those of any account
and at most those of all accounts added up; so is the score. That is why one network's 10 and a whole of 24 go together.
"""

from __future__ import annotations

from math import log10
from typing import NamedTuple

from klout_tui.domain.score.model import Curve, Factor, Model
from klout_tui.domain.score.tallies import Crowd, Echoing, Tallies, Tally
from klout_tui.domain.turnout import UNKNOWN

SPAN = 99.0
"""Points above the base."""


class Factors(NamedTuple):
    """The three sums a score is made of, none negative and none bounded above."""

    reach: float
    amplification: float
    impact: float


class Gauge:
    """The formula with the values of one model."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._curves = {
            Factor.REACH: model.reach,
            Factor.AMPLIFICATION: model.amplification,
            Factor.IMPACT: model.impact,
        }

    def reach(self, crowd: Crowd) -> float:
        """True Reach: how many people act, the faint ones bounded."""
        faint = self.model.faint
        return crowd.people + _bounded(crowd.faint, faint.people + faint.share * crowd.people)

    def amplification(self, echoing: Echoing) -> float:
        """Amplification of one account: acts per post, the faint ones bounded."""
        posts = echoing.posts + self.model.imagined_posts
        return echoing.acts / posts + _bounded(echoing.faint / posts, self.model.faint.per_post)

    def weight_of(self, followers: int) -> float:
        """How far somebody with so many followers reaches, in powers of ten above ``impact.audience``.

        Followers are rounded down to a power of two: a count that goes up by one each day is no news each day.
        """
        known = self.model.impact_unknown if followers == UNKNOWN else followers
        known = 1 << (known.bit_length() - 1) if known > 0 else 0
        return log10(max(known, self.model.impact_audience) / self.model.impact_audience)

    def factors_of(self, tally: Tally) -> Factors:
        """The factors of one account taken alone."""
        return Factors(self.reach(tally.crowd), self.amplification(tally.echoing), tally.crowd.audience)

    def factors(self, tallies: Tallies) -> Factors:
        """The factors of all accounts together."""
        returned = sum(self.amplification(each.echoing) for each in tallies.accounts)
        return Factors(self.reach(tallies.crowd), returned, tallies.crowd.audience)

    def points(self, factors: Factors) -> Factors:
        """What each factor gives, in points; with the base they add up to the score."""
        model = self.model
        return Factors(
            SPAN * model.reach.weight * model.reach.at(factors.reach),
            SPAN * model.amplification.weight * model.amplification.at(factors.amplification),
            SPAN * model.impact.weight * model.impact.at(factors.impact),
        )

    def score(self, tallies: Tallies) -> float:
        """The score of all accounts together, 1 to 100."""
        return 1.0 + sum(self.points(self.factors(tallies)))

    def score_of(self, tally: Tally) -> float:
        """The score one account would have alone."""
        return 1.0 + sum(self.points(self.factors_of(tally)))

    def curve(self, factor: Factor) -> Curve:
        """How a factor grows."""
        return self._curves[factor]


def _bounded(x: float, room: float) -> float:
    """``x`` while it is small, never as much as ``room``; grows with both."""
    return room * x / (room + x) if room > 0.0 else 0.0
