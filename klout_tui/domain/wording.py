"""How numbers, times and shares read, on screen and in tables alike. Pure: values in, words out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from klout_tui.domain.acquaintance import Silence
from klout_tui.domain.dashboard import Standing
from klout_tui.domain.model import Fault, InteractionKind
from klout_tui.domain.topics import Gap
from klout_tui.domain.waiting import Waiting

UNKNOWN: Final = "–"
"""What stands where a number is not known; never a zero."""

DID: Final[Mapping[InteractionKind, str]] = {
    InteractionKind.LIKE: "liked",
    InteractionKind.REPOST: "reposted",
    InteractionKind.QUOTE: "quoted",
    InteractionKind.REPLY: "replied",
    InteractionKind.MENTION: "mentioned you",
    InteractionKind.FOLLOW: "followed",
    InteractionKind.COMMENT: "commented",
    InteractionKind.STAR: "starred",
    InteractionKind.FORK: "forked",
    InteractionKind.LINK: "linked to",
    InteractionKind.BOOKMARK: "bookmarked",
    InteractionKind.ISSUE: "opened an issue",
    InteractionKind.REVIEW: "reviewed",
    InteractionKind.ENDORSEMENT: "endorsed",
    InteractionKind.THANKS: "thanked you",
}

MANY: Final[Mapping[InteractionKind, tuple[str, str]]] = {
    InteractionKind.LIKE: ("like", "likes"),
    InteractionKind.REPOST: ("repost", "reposts"),
    InteractionKind.QUOTE: ("quote", "quotes"),
    InteractionKind.REPLY: ("reply", "replies"),
    InteractionKind.MENTION: ("mention", "mentions"),
    InteractionKind.FOLLOW: ("follow", "follows"),
    InteractionKind.COMMENT: ("comment", "comments"),
    InteractionKind.STAR: ("star", "stars"),
    InteractionKind.FORK: ("fork", "forks"),
    InteractionKind.LINK: ("link", "links"),
    InteractionKind.BOOKMARK: ("bookmark", "bookmarks"),
    InteractionKind.ISSUE: ("issue", "issues"),
    InteractionKind.REVIEW: ("review", "reviews"),
    InteractionKind.ENDORSEMENT: ("endorsement", "endorsements"),
    InteractionKind.THANKS: ("thank-you", "thank-yous"),
}

_SPARKS: Final = "▁▂▃▄▅▆▇█"


GOES: Final = (
    "Its posts, reactions and counters go, also from days past, with your thanks and tags on them, and with your "
    "private notes and decisions on people only it knew."
)
STAYS: Final = "Your notes on days stay, without its posts; so do your log, your topics, and that its handle is yours."
"""What becomes of it where an account is forgotten."""


def number(count: int | None) -> str:
    """A count with thousands set apart, or the mark for an unknown one."""
    return UNKNOWN if count is None else f"{count:,}"


def change(difference: int | None) -> str:
    """A rise or fall with its sign; nothing for no change, since it needs no attention."""
    if not difference:
        return ""
    return f"▲{difference:,}" if difference > 0 else f"▼{-difference:,}"


def counted(count: int, one: str, many: str = "") -> str:
    """``1 reply``, ``2 replies``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def to_answer(waiting: Sequence[Waiting]) -> str:
    """``38 to answer (33 people)``: the same words wherever it is counted."""
    return f"{len(waiting):,} to answer{from_people(waiting)}"


def from_people(waiting: Sequence[Waiting]) -> str:
    """`` (33 people)``, where they are fewer than what waits for an answer."""
    return of_people(len(waiting), len({each.person for each in waiting}))


def of_people(things: int, people: int) -> str:
    """The same of numbers."""
    return f" ({counted(people, 'person', 'people')})" if people < things else ""


def kinds(counts: Mapping[InteractionKind, int]) -> str:
    """``3 likes · 1 reply``, the most frequent first."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return " · ".join(counted(count, *MANY[kind]) for kind, count in ordered if count)


def silence(silence: Silence) -> str:
    """``commented in 11 of 12 months, nothing since Aug 2026``."""
    months = f"{silence.months} of {silence.of} months"
    return f"{DID[silence.did]} in {months}, nothing since {silence.last:%b %Y}"


def introduced(reposts: int, people: int) -> str:
    """``after 2 reposts, 9 new people came``."""
    return f"after {counted(reposts, 'repost')}, {counted(people, 'new person', 'new people')} came"


GUESS: Final = "~"
"""Stands before what is guessed."""


def percent(share: float | None) -> str:
    """A share of 0 to 1 in whole per cent; a small one that is not nothing says so."""
    if share is None:
        return UNKNOWN
    whole = round(share * 100)
    return "<1 %" if whole == 0 and share > 0 else f"{whole} %"


def times(ratio: float) -> str:
    """How many times, to one place; to two where one would hide which side of 1 it lies on."""
    one = f"{ratio:.1f}"
    return one if one != "1.0" else f"{ratio:.2f}"


def bounds(low: float, high: float) -> tuple[str, str]:
    """The ends of an interval of ``times``, both to as many places."""
    ends = times(low), times(high)
    fine = any(one != f"{end:.1f}" for one, end in zip(ends, (low, high), strict=True))
    return (f"{low:.2f}", f"{high:.2f}") if fine else ends


def topics(found: Sequence[str], *, guessed: bool = False, label: Callable[[str], str] = str) -> str:
    """Topics on one line; each that is guessed says so."""
    return ", ".join(f"{GUESS if guessed else ''}{label(topic)}" for topic in found)


def hidden_topics(found: Sequence[str], *, guessed: bool = False, label: Callable[[str], str] = str) -> str:
    """``garden (hidden)``: what something is about where she hid all of it; empty where it is about nothing."""
    return f"{topics(found, guessed=guessed, label=label)} (hidden)" if found else ""


def gap(gap: Gap | None, label: Callable[[str], str]) -> tuple[str, ...]:
    """What she posts about most and what most people come for, in ever shorter words; none where nobody can tell."""
    if gap is None:
        return ()
    posted, came = label(gap.posted.topic), label(gap.came.topic)
    if gap.posted.topic == gap.came.topic:
        return (f"you post most about {posted}, and people come for it", f"most posts and people: {posted}")
    shares = f"({percent(gap.posted.post_share)}), people come for {came} ({percent(gap.came.people_share)})"
    return (
        f"you post most about {posted} {shares}",
        f"you post most about {posted}, people come for {came}",
        f"most posts: {posted}, most people: {came}",
        f"posts: {posted}, people: {came}",
    )


def ago(at: datetime, now: datetime) -> str:
    """How long ago, in one unit: ``now``, ``5 min``, ``2 h``, ``3 d``, ``6 wk``, ``11 mo``, ``2 y``."""
    gone = now - at
    minutes = int(gone.total_seconds() // 60)
    if minutes < 1:
        return "now"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h"
    days = gone.days
    if days < 21:
        return f"{days} d"
    if days < 90:
        return f"{days // 7} wk"
    return f"{days // 30} mo" if days < 730 else f"{days // 365} y"


def until(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """A time to come: the clock's time today, else day and time."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    return f"{local:%H:%M}" if local.date() == today else f"{day(local.date(), today)} {local:%H:%M}"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """A past moment in full, local."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M}"


def since(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """The start of a span that ends now.

    ``today 08:10``, ``yesterday 18:40``, ``Tue 18:40``, ``3 Oct``, ``3 Oct 2024``.
    """
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    days = (today - local.date()).days
    if days == 0:
        return f"today {local:%H:%M}"
    if days == 1:
        return f"yesterday {local:%H:%M}"
    return f"{local:%a %H:%M}" if days < 7 else day(local.date(), today)


def day(when: date, today: date | None = None) -> str:
    """``3 Oct``; ``3 Oct 2024`` where ``today`` is given and in another year."""
    return f"{when.day} {when:%b}" + (f" {when.year}" if today is not None and when.year != today.year else "")


def spark(values: Sequence[int], width: int) -> str:
    """The last ``width`` values as a line of blocks, each against the largest; nothing is a dot."""
    shown = values[-width:] if width else ()
    top = max(shown, default=0)
    return "".join(_SPARKS[min(7, value * 8 // (top + 1))] if value else "·" for value in shown)


def health(
    standing: Standing,
    fault: Fault | None,
    down_since: datetime | None,
    *,
    backfilled: bool,
    now: datetime,
    zone: ZoneInfo,
) -> tuple[str, ...]:
    """How an account is doing, with the one detail that matters, in ever shorter words.

    Args:
        standing: the one word for it.
        fault: what ended its last refresh.
        down_since: when that began.
        backfilled: whether its whole history is read.
        now: the present.
        zone: the user's.
    """
    if standing is Standing.LIMITED and fault and fault.retry_at:
        when = until(fault.retry_at, now, zone)
        return (f"rate limited until {when}", f"limited until {when}", f"until {when}", when)
    if standing is Standing.DOWN and down_since:
        gone = ago(down_since, now)
        return (f"down since {since(down_since, now, zone)}", f"down {gone}")
    if standing is Standing.TOKEN:
        return ("needs a token", "no token")
    if standing is Standing.NEVER:
        return ("not read yet", "not yet")
    if standing is Standing.OK and not backfilled:
        return ("ok, history goes on", "ok")
    return (standing.value,)
