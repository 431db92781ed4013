"""How the nouns lie in shards: which file, which table, which id."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime, tzinfo
from typing import Final, TypeVar

import msgspec

from klout_tui.domain.batch import Cursor
from klout_tui.domain.curation import Curation, Tags
from klout_tui.domain.days import in_utc
from klout_tui.domain.letters import Allowed, Letter
from klout_tui.domain.model import Account, DayTotal, Health, Interaction, InteractionKind, Post, Reading, Value
from klout_tui.domain.notes import Note
from klout_tui.domain.rules import Ruling
from klout_tui.domain.settled import Settled
from klout_tui.errors import StoreError

T = TypeVar("T")

CORE: Final = "core"
ACCOUNTS: Final = "accounts"
CURSORS: Final = "cursors"
HEALTH: Final = "health"
MEMORY: Final = "memory"
SEEN: Final = "seen"
"""Key in it: how far each account had been read when the last visit ended, JSON, id to ISO 8601."""
THANKS: Final = "thanks"
CURATION: Final = "curation"
"""Table of what she decided about topics; document ``topics``."""
TOPICS: Final = "topics"
TAGS: Final = "tags"
"""Table of her own tags, by post."""
DECISIONS: Final = "decisions"
"""Table of what she decided lately, for taking it back."""
NOTES: Final = "notes"
"""Table of the user's notes, by their number."""
OWN: Final = "own"
"""Table of every actor key ever declared the user's own; it only grows."""
PEOPLE: Final = "people"
"""Table of what she decided about people, by actor key."""
SETTLED: Final = "settled"
"""Table of what waited for an answer and does no more, by interaction id."""
ECHOES: Final = "echoes"
"""Table of what acts told at second hand can be known by; it follows from them."""
WRITING: Final = "writing"
"""Table of the accounts she allowed writing for."""
LETTERS: Final = "letters"
"""Shard, and table in it, of what she wrote to others from here; the shard is read only where somebody asks for it."""
SENT: Final = "sent"
"""Table of that shard: which posts of hers are such letters, by the post's id."""
STORE: Final = "store"
"""Table of facts about the store itself; document ``zone``."""
ZONE: Final = "zone"
"""Document of that table: the IANA name of the zone that cuts the days."""
NUMBERED: Final = "notes"
"""Document of that table: the highest number a note ever had; missing in stores that have kept no note since."""

SCRUB: Final = "scrub"
"""Document of the ``store`` table that asks for last good copies to go, because they hold what was forgotten."""

INTERACTIONS: Final = "interactions"
POSTS: Final = "posts"
TALLIES: Final = "tallies"
DAYS: Final = "days"
READINGS: Final = "readings"

TURNOUT: Final = "turnout"
"""Prefix of the shards that hold who turned up when, for the score."""

NOWHERE: Final = "posts-none"
"""Shard of tallies whose post is not known (yet)."""

DERIVED: Final = ("known", "digest", "turnout")
"""Prefixes of shards that follow from the others and can be built anew."""


class Tally(Value, frozen=True):
    """What is needed to tell how many reactions to one post have no name; lies beside the post."""

    post: str
    readings: dict[InteractionKind, tuple[tuple[datetime, int], ...]] = {}
    """Per counter its changes: when read (UTC) and the total, by time, at most one an hour."""
    named: dict[InteractionKind, dict[str, datetime]] = {}
    """Per kind the named acts: ``id_hash`` of the interaction to its time."""
    replies: dict[str, datetime] = {}
    """The user's own replies to it, which the network's counter counts too."""

    def times(self, kind: InteractionKind) -> list[datetime]:
        """When each named act of a kind was done; a reply known as post and as interaction counts once."""
        named = self.named.get(kind, {})
        return list(({**self.replies, **named} if kind is InteractionKind.REPLY else named).values())


class Thanked(Value, frozen=True):
    """When the user thanked somebody for something."""

    at: datetime


class FromHere(Value, frozen=True):
    """That a post is a letter of hers."""

    letter: str
    """Its key."""


class Regard(Value, frozen=True):
    """What the user decided about one handle; nothing is the same as no document."""

    person: str = ""
    """The smallest key of the handles that are one person with this one, itself included; empty where it is alone."""
    ignored: bool = False
    apart: tuple[str, ...] = ()
    """Keys of handles that are somebody else, as she said; sorted. Each says so of the other."""
    note: str = ""
    """A private note on the person."""
    noted_at: datetime | None = None

    def __bool__(self) -> bool:
        return self != Regard()


class Echoed(Value, frozen=True):
    """The acts told at second hand that can be known by one key."""

    acts: tuple[str, ...]
    """Their ids, sorted."""


class Remembered(Value, frozen=True):
    """One thing the program remembers."""

    value: str


class Was(Value, frozen=True):
    """One document of ``core`` as it was before a decision."""

    table: str
    key: str
    before: msgspec.Raw = msgspec.Raw(b"null")
    """``null`` where there was none."""


class Decided(Value, frozen=True):
    """Something she decided, with what it takes to undo it."""

    words: str
    at: datetime
    was: tuple[Was, ...]


class Bookmark(Value, frozen=True):
    """An account's cursor."""

    cursor: Cursor


encode: Final = msgspec.json.Encoder().encode


def _decoder(shape: type[T]) -> Callable[[msgspec.Raw], T]:
    """Decode documents of one shape; StoreError where one makes no sense, as after a slip in an editor."""
    decode = msgspec.json.Decoder(shape).decode

    def decoded(row: msgspec.Raw) -> T:
        try:
            return decode(row)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise StoreError(
                f"A stored {shape.__name__.lower()} could not be understood ({error}): {bytes(row)[:80]!r}",
                hint="Mend it in the store's JSON files, or put the *.json.bak beside it in its place.",
            ) from error

    return decoded


decode_account: Final = _decoder(Account)
decode_post: Final = _decoder(Post)
decode_interaction: Final = _decoder(Interaction)
decode_tally: Final = _decoder(Tally)
decode_day: Final = _decoder(DayTotal)
decode_reading: Final = _decoder(Reading)
decode_health: Final = _decoder(Health)
decode_bookmark: Final = _decoder(Bookmark)
decode_echoed: Final = _decoder(Echoed)
decode_letter: Final = _decoder(Letter)
decode_from_here: Final = _decoder(FromHere)
decode_allowed: Final = _decoder(Allowed)
decode_thanked: Final = _decoder(Thanked)
decode_regard: Final = _decoder(Regard)
decode_settled: Final = _decoder(Settled)
decode_note: Final = _decoder(Note)
decode_remembered: Final = _decoder(Remembered)
decode_curation: Final = _decoder(Curation)
decode_tags: Final = _decoder(Tags)
decode_decided: Final = _decoder(Decided)
decode_ruling: Final = _decoder(Ruling)


def raw(value: object) -> msgspec.Raw:
    """The value's JSON, ready to lie in a table.

    Raises:
        StoreError: its text cannot be written as Unicode.
    """
    try:
        return msgspec.Raw(encode(value))
    except UnicodeEncodeError as error:
        raise StoreError(
            "Some text holds half a character and cannot be stored; nothing of this batch was.",
            hint="This is a fault of the network's adapter.",
        ) from error


def utc(at: datetime, of: str) -> datetime:
    """The same moment in UTC, or the nearest that has a calendar day in every zone.

    Raises:
        StoreError: the time has no zone, so nobody can tell what moment it is.
    """
    if at.tzinfo is None:
        raise StoreError(f"{of} has a time without a zone.", hint="This is a fault of the network's adapter.")
    return in_utc(at)


def month_of(at: datetime) -> str:
    """The place of a post or an interaction: its UTC month, ``2026-03``."""
    return f"{at.year:04}-{at.month:02}"


def interactions_shard(place: str) -> str:
    """The shard of one month's interactions."""
    return f"interactions-{place}"


def posts_shard(place: str) -> str:
    """The shard of one month's posts and their tallies."""
    return f"posts-{place}"


def digest_shard(month: str) -> str:
    """The shard that holds a month's digest."""
    return f"digest-{month}"


def turnout_shard(month: str) -> str:
    """The shard that holds a month's turnout."""
    return f"{TURNOUT}-{month}"


def days_shard(day: date) -> str:
    """The shard of one local year's day totals and readings."""
    return f"days-{day.year:04}"


def day_key(day: date, kind: InteractionKind, account: str) -> str:
    """Id of a day total."""
    return f"{day.isoformat()} {kind} {account}"


def reading_key(day: date, account: str) -> str:
    """Id of a reading."""
    return f"{day.isoformat()} {account}"


def local_day(at: datetime, zone: tzinfo) -> date:
    """The calendar day of a moment where the user lives."""
    return at.astimezone(zone).date()


def is_derived(shard: str) -> bool:
    """Whether a shard follows from others, so that damage to it loses nothing."""
    return shard.partition("-")[0] in DERIVED


def place_of(shard: str) -> str:
    """The part of a shard's name that tells which span it holds: ``2026-03`` of ``interactions-2026-03``."""
    return shard.partition("-")[2]


def id_hash(identifier: str) -> str:
    """Sixteen hexadecimal digits that stand for an id of any length."""
    return hashlib.blake2b(identifier.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
