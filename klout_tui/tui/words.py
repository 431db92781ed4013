"""What only the screens say: a mark for each way an account may be doing, and what a round brought."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from textual.notifications import SeverityLevel

from klout_tui.domain import wording
from klout_tui.domain.dashboard import AccountRow, Standing
from klout_tui.domain.engagement import Engagement
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


def accounts_named(accounts: Sequence[AccountRow], ids: Collection[str]) -> str:
    """Some of the linked accounts, each by its network where there is only one there; empty where it is all of them."""
    there = [row.account for row in accounts if row.account.id in ids]
    if len(there) == len(accounts):
        return ""
    per_network = Counter(row.account.network for row in accounts)
    return ", ".join(each.network if per_network[each.network] == 1 else each.handle for each in there)


NOBODY: Final = ("not read", "not known")
"""What ``unseen`` says where nobody looked."""


def unseen(chart: Engagement, place: int, accounts: Sequence[AccountRow]) -> str:
    """What of a bar's days was not read: ``bluesky not read``; nothing where all was."""
    nothing, missing = chart.totals[place] is None, chart.missing[place]
    if not missing:
        return "not known" if nothing else ""
    partly = chart.width > 1 and not nothing
    return f"{accounts_named(accounts, missing)} {'read in part' if partly else 'not read'}".strip()
