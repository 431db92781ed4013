"""What an IMAP server says, taken apart: atoms, strings, lists (RFC 3501, section 9). Pure, and bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

DEEPEST: Final = 20
"""Lists within lists; real answers have three or four."""

_TOKEN: Final = re.compile(
    rb" +|(?P<open>\()|(?P<close>\))|\"(?P<quoted>(?:[^\"\\]|\\.)*)\"|(?P<atom>(?:[^ ()\"\[\]]|\[[^\]]*\])+)"
)
_ESCAPED: Final = re.compile(rb"\\(.)")
_CODE: Final = re.compile(r"\[([A-Za-z0-9-]+)(?: ([^\]]*))?\] ?(.*)", re.DOTALL)
_DATE: Final = re.compile(r" ?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class Unreadable(ValueError):  # a signal, never shown
    """It is not what the grammar allows."""


class Text(bytes):
    """A string, quoted or literal; plain ``bytes`` are atoms."""


Value = bytes | list["Value"] | None
"""An atom or a ``Text``, a list, or NIL."""


def parse(chunks: Sequence[bytes], literals: Sequence[bytes]) -> list[Value]:
    """The values of one answer.

    Args:
        chunks: its text, cut where a literal stands.
        literals: those literals, one fewer than chunks.

    Raises:
        Unreadable: brackets that do not match, quotes that do not end, lists too deep.
    """
    stack: list[list[Value]] = [[]]
    for kind, token in _tokens(chunks, literals):
        if kind == "open":
            if len(stack) > DEEPEST:
                raise Unreadable("lists within lists within lists")
            stack.append([])
        elif kind == "close":
            if len(stack) == 1:
                raise Unreadable("a bracket closes what was not opened")
            closed = stack.pop()
            stack[-1].append(closed)
        elif kind == "text":
            stack[-1].append(Text(token))
        else:
            stack[-1].append(None if token.upper() == b"NIL" else token)
    if len(stack) != 1:
        raise Unreadable("a bracket is not closed")
    return stack[0]


def _tokens(chunks: Sequence[bytes], literals: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    for number, chunk in enumerate(chunks):
        place = 0
        while place < len(chunk):
            found = _TOKEN.match(chunk, place)
            if found is None:
                raise Unreadable("a quote that does not end, or a stray sign")
            place = found.end()
            if found["quoted"] is not None:
                yield "text", _ESCAPED.sub(rb"\1", found["quoted"])
            elif found.lastgroup in ("open", "close", "atom"):
                yield found.lastgroup, found[0]
        if number < len(literals):
            yield "text", literals[number]


def code_of(text: str) -> tuple[str, str, str]:
    """Of what follows OK, NO, BAD or BYE: the code in capitals, what it says, and the words behind it."""
    found = _CODE.match(text)
    return (found[1].upper(), found[2] or "", found[3]) if found else ("", "", text)


def number(value: object) -> int | None:
    """A number, where it is one; none is longer than ten digits."""
    return int(value) if isinstance(value, bytes) and value.isdigit() and len(value) <= 10 else None


def pairs(values: object) -> dict[str, Value]:
    """``(UID 75 FLAGS ())`` by name, names in capitals; the last of several wins."""
    found: dict[str, Value] = {}
    if isinstance(values, list):
        for name, value in zip(values[::2], values[1::2], strict=False):
            if isinstance(name, bytes):
                found[name.decode("ascii", "replace").upper()] = value
    return found


def words(value: object) -> str:
    """Bytes as text; mail servers should speak ASCII, and some do not."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""


def internal_date(value: object) -> datetime | None:
    """``" 3-Oct-2026 09:12:00 +0000"`` in UTC; None where it is no date."""
    found = _DATE.fullmatch(words(value))
    if found is None or found[2].lower() not in _MONTHS:
        return None
    day, year, hour, minute, second, hours, minutes = map(int, found.group(1, 3, 4, 5, 6, 8, 9))
    try:
        offset = timedelta(hours=hours, minutes=minutes) * (-1 if found[7] == "-" else 1)
        month = _MONTHS.index(found[2].lower()) + 1
        return datetime(year, month, day, hour, minute, second, tzinfo=timezone(offset)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
