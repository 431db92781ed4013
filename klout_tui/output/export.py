"""Rows for other programs: NDJSON (one JSON object a line) and CSV, with the fields of ``--json``.

Both are made a row at a time, so that a million rows need no more memory than one. A CSV cell that a spreadsheet would
take for a formula gets an apostrophe in front; that is the one place where a value differs from what is kept.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import msgspec

from klout_tui.domain.model import InteractionKind
from klout_tui.output.jsonform import Row

NOUNS: Final = ("accounts", "posts", "interactions", "plusk", "days", "readings", "notes", "letters")
"""What can be exported, in the order they are written."""

TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "accounts": "account",
        "posts": "post",
        "interactions": "interaction",
        "plusk": "plusk",
        "days": "day",
        "readings": "reading",
        "notes": "note",
        "letters": "letter",
    }
)
"""The ``type`` of a line, by noun."""

_ACTOR: Final = ("actor.handle", "actor.name", "actor.url", "actor.followers")

COLUMNS: Final[Mapping[str, Sequence[str]]] = MappingProxyType(
    {
        "accounts": (
            *("id", "network", "handle", "name", "url", "followers", "following", "posts", "karma", "authorised"),
            *("linked_at", "unlinked_at", "last_refresh", "next_refresh", "health", "fault.kind", "fault.message"),
            *("fault.hint", "fault.retry_at"),
        ),
        "posts": (
            *("id", "account", "network", "kind", "at", "url", "title", "text", "topics", "topics_guessed"),
            *(f"counters.{kind}" for kind in InteractionKind),
            *("reply_to", "estimated", "gone_at"),
        ),
        "interactions": (
            *("id", "account", "network", "kind", *_ACTOR, "post", "at", "url", "text"),
            *("topics", "topics_guessed", "estimated"),
        ),
        "plusk": (
            *("id", "at", *_ACTOR, "account", "network", "kind", "explicit"),
            *("topics", "topics_guessed", "hidden_topics", "post", "url", "thanked_at", "why"),
        ),
        "days": ("day", "account", "network", "kind", "named", "unnamed", "estimated"),
        "readings": ("day", "account", "network", "followers", "following", "posts", "karma"),
        "notes": ("id", "day", "text", "post", "made_at"),
        "letters": (
            *("id", "purpose", "at", "to", "account", "network", "topic", "thanks_for", "text", "state", "said", "url"),
        ),
    }
)
"""The columns of each noun's CSV; ``actor.handle`` is the field ``handle`` of the object ``actor``."""

_FORMULA: Final = frozenset("=+-@\t\r\n＝＋－＠")  # the wide ones too: spreadsheets read them alike


def ndjson(noun: str, rows: Iterable[Row]) -> Iterator[bytes]:
    """A line for each row, UTF-8; ``type`` tells what it is."""
    kind = TYPES[noun]
    for row in rows:
        yield msgspec.json.encode({"type": kind, **row}) + b"\n"


def csv_lines(noun: str, rows: Iterable[Row]) -> Iterator[bytes]:
    """The head and a record for each row (RFC 4180), UTF-8. Unknown is an empty cell; topics are parted by commas."""
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet)
    columns = COLUMNS[noun]
    writer.writerow(columns)
    for row in rows:
        yield _taken(sheet)
        writer.writerow([_cell(_value(row, column)) for column in columns])
    yield _taken(sheet)


def _taken(sheet: io.StringIO) -> bytes:
    body = sheet.getvalue().encode("utf-8")
    sheet.seek(0)
    sheet.truncate()
    return body


def _value(row: Row, column: str) -> Any:
    value: Any = row
    for name in column.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list | tuple):
        value = ", ".join(str(each["handle"] if isinstance(each, Mapping) else each) for each in value)
    text = str(value)
    return f"'{text}" if {text[:1], text.lstrip()[:1]} & _FORMULA else text
