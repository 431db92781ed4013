"""What travels up from the widgets: past facts, or a wish of the user's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from textual.message import Message


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
