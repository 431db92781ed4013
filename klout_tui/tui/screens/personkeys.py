"""What can be done to a person from their page: the same keys as in the list of people."""

from __future__ import annotations

from typing import Final

from textual.binding import Binding

from klout_tui.domain.details import PersonDetail
from klout_tui.tui.messages import Judged, Judging

JUDGING: Final = (
    Binding("n", "judge('note')", "Note", id="person.note", tooltip="Keep a private note on this person"),
    Binding("M", "judge('merge')", "Merge", id="person.merge", tooltip="Say that two handles are one person"),
    Binding("U", "judge('split')", "Split", id="person.split", tooltip="Take a merged handle out"),
    Binding("i", "judge('ignore')", "Ignore", id="person.ignore", tooltip="Leave this person out, or not"),
    Binding("A", "judge('own')", "Mine", show=False, id="person.own", tooltip="Declare that this is you"),
    Binding("d", "judge('done')", "Done", id="person.done", tooltip="What waits has been answered elsewhere"),
    Binding("x", "judge('dismiss')", "Dismiss", id="person.dismiss", tooltip="What waits needs no answer"),
    Binding("Z", "judge('snooze')", "Later", id="person.snooze", tooltip="Let it wait again in a week"),
)


def may(detail: PersonDetail, deed: str) -> bool:
    """Whether something can be done to this person."""
    known = detail.known
    if deed in ("done", "dismiss", "snooze"):
        return bool(known.waiting)
    if deed == "split":
        return len(known.handles) > 1
    return not known.own or deed == "note"


def judged(detail: PersonDetail, deed: Judging) -> Judged:
    """The wish to do it."""
    known = detail.known
    waiting = tuple(each.id for each in known.waiting)
    name = detail.actor.name or detail.actor.handle
    return Judged(deed, detail.actor.key, name, waiting=waiting, ignored=known.ignored, note=known.note)
