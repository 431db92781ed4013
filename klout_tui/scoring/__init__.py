"""The score, between store and domain: whoever shows it asks here. Blocking; call it in a thread."""

from klout_tui.scoring.answers import Compared, Why
from klout_tui.scoring.service import Scoring

__all__ = ["Compared", "Scoring", "Why"]
