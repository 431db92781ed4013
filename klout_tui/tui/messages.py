"""What travels up from the widgets: past facts, or a wish of the user's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from textual.message import Message

from klout_tui.domain.model import Interaction
from klout_tui.domain.notes import Note


class Noun(StrEnum):
    """What a row can open into."""

    ACCOUNT = "account"
    TOPIC = "topic"
    PERSON = "person"
    POST = "post"
    PLUSK = "+K"
    """Any act of somebody's, whether it counts or not, or a row of several."""
    SPAN = "span"
    """One local day, or several: ``domain.daydetail``."""
    PART = "part"
    """What one account gives to the score."""


@dataclass
class Opened(Message):
    """The user opened a row."""

    noun: Noun
    key: str


@dataclass
class Followed(Message):
    """The user asked for a row's permalink in the browser."""

    url: str


@dataclass
class Thanked(Message):
    """The user marked +K as thanked, or took the mark back."""

    ids: tuple[str, ...]
    thanked: bool


class Deed(StrEnum):
    """What can be done to a topic."""

    PIN = "pin"
    HIDE = "hide"
    RENAME = "rename"
    MERGE = "merge"


@dataclass
class Curating(Message):
    """The user wants to do something to a topic."""

    deed: Deed
    topic: str


@dataclass
class Unhiding(Message):
    """The user wants to see what she hid."""


@dataclass
class Tagging(Message):
    """The user wants to say herself what a post is about."""

    post_id: str


class Judging(StrEnum):
    """What can be done to a person."""

    MERGE = "merge"
    SPLIT = "split"
    IGNORE = "ignore"
    NOTE = "note"
    OWN = "own"
    DONE = "done"
    DISMISS = "dismiss"
    SNOOZE = "snooze"


@dataclass
class Renewed(Message):
    """There are newer facts than those shown."""


@dataclass
class Judged(Message):
    """The user wants to do something to a person, or to what of theirs waits for an answer."""

    deed: Judging
    person: str
    """Their key."""
    name: str
    waiting: tuple[str, ...] = ()
    """Ids of what waits."""
    ignored: bool = False
    """Whether they are ignored now."""
    note: str = ""


@dataclass
class Thanking(Message):
    """The user wants to write a thank-you for these acts: one person's, or a whole group's."""

    ids: tuple[str, ...]


@dataclass
class GivingPlusK(Message):
    """The user wants to give somebody a +K."""

    person: str
    """The actor's key."""


@dataclass
class AllowingWriting(Message):
    """The user wants to allow writing under an account, or allow it no longer."""

    account_id: str


@dataclass
class Tuning(Message):
    """The user wants to see, and perhaps change, what earns a +K."""


@dataclass
class Noted(Message):
    """The user wants to keep a note on a local day, or on a post of that day."""

    day: date
    post: str | None = None


@dataclass
class Written(Message):
    """The user wrote a note on a local day, in place of the one before; without text there shall be none."""

    day: date
    before: Note | None
    text: str
    failed: Callable[[], object]
    """To be called where it could not be kept, so that the text is not lost."""


@dataclass
class Panned(Message):
    """The user wants the chart to end this many days before today."""

    back: int


@dataclass
class Mending(Message):
    """The user wants to give an account a new credential."""

    account_id: str


@dataclass
class Unlinking(Message):
    """The user wants to unlink an account."""

    account_id: str


@dataclass
class Correcting(Message):
    """The user wants to correct something she logged."""

    entry: Interaction


@dataclass
class Removing(Message):
    """The user wants something she logged deleted."""

    entry: Interaction
