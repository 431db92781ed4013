"""What only the screens say: a mark for each way an account may be doing, and what a round brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from textual.notifications import SeverityLevel

from klout_tui.domain import wording
from klout_tui.domain.dashboard import AccountRow, Standing
from klout_tui.domain.engagement import Engagement
from klout_tui.domain.unread import named
from klout_tui.worker.events import Result

STANDING_MARK: Final[Mapping[Standing, str]] = {
    Standing.OK: "●",
    Standing.NEVER: "○",
    Standing.TOKEN: "!",
    Standing.LIMITED: "◐",
    Standing.DOWN: "✗",
    Standing.PAUSED: "‖",
    Standing.PAST: "·",
}


def round_words(results: Sequence[Result]) -> str:
    """What a round that the user asked for brought."""
    busy = [result for result in results if result.fault and result.fault.kind == "busy"]
    if busy and busy[0].fault:
        return busy[0].fault.message
    failed = sum(result.status == "failed" for result in results)
    new = sum(result.new_interactions for result in results)
    posts = sum(result.new_posts for result in results)
    counts = ((new, "new interaction"), (posts, "new post"))
    news = ", ".join(wording.counted(count, noun) for count, noun in counts if count)
    return (news or "nothing new") + (f"; {wording.counted(failed, 'account')} failed, see pane 1" if failed else "")


def round_severity(results: Sequence[Result]) -> SeverityLevel:
    """How loudly to say it."""
    return "warning" if any(result.status == "failed" for result in results) else "information"


NOBODY: Final = ("not read", "not known")
"""What ``unseen`` says where nobody looked."""


def unseen(chart: Engagement, place: int, accounts: Sequence[AccountRow]) -> str:
    """What of a bar's days was not read: ``bluesky not read``; nothing where all was."""
    nothing, missing = chart.totals[place] is None, chart.missing[place]
    if not missing:
        return "not known" if nothing else ""
    partly = chart.width > 1 and not nothing
    return f"{named(accounts, missing)} {'read in part' if partly else 'not read'}".strip()
