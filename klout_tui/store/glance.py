"""One line kept beside the store, so that a shell prompt need not open a million interactions to say it again.

It is told again only while it must be true: the journal is the one it was made from, to its last commit, and the
settings and the program are the same. What time alone changes is kept with it: the lines of the days ahead, each with
its last moment. Anything else, a damaged file included, counts as nothing kept. This module imports next to nothing,
since importing takes longer than reading.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final
from zlib import crc32

from klout_tui import __version__

FILE: Final = "line.cache"
"""Name of the file in the store's folder; it is no part of a backup."""

_JOURNAL: Final = "journal"
_HEAD: Final = 256
_TAIL: Final = 256
"""Bytes of the journal that tell it from every other: its header has a token of its own, each line a checksum."""


def stamp(folder: Path, settings: Path) -> str:
    """What the store, the settings and the program are now; empty where there is no store to speak of.

    Args:
        folder: The store's.
        settings: The settings file, which need not be there.
    """
    try:
        with (folder / _JOURNAL).open("rb") as file:
            head = file.read(_HEAD).partition(b"\n")[0]
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL))
            tail = file.read(_TAIL)
    except OSError:
        return ""
    chosen = b""
    with suppress(OSError):  # most people have none; one that cannot be read is told by whoever opens the session
        chosen = settings.read_bytes()
    said = (__version__, size, head.hex(), tail.hex(), len(chosen), crc32(chosen))
    return " ".join(map(str, said))


def kept(folder: Path, now_stamp: str, now: datetime) -> str | None:
    """The line kept, if it is true now; None where it must be made anew.

    Args:
        folder: The store's.
        now_stamp: ``stamp`` of now.
        now: The present, UTC.
    """
    if not now_stamp:
        return None
    try:
        found = json.loads((folder / FILE).read_bytes())
        if found["stamp"] != now_stamp:
            return None
        if now < datetime.fromisoformat(found["at"]):
            return None
        return next((str(line) for until, line in found["lines"] if now <= datetime.fromisoformat(until)), None)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep(folder: Path, made_of: str, at: datetime, lines: Iterable[tuple[datetime, str]]) -> None:
    """Keep the lines; where that cannot be done they are made anew the next time, and nobody is the worse for it.

    Args:
        folder: The store's.
        made_of: ``stamp`` from before the store was read, which is also the one from after it.
        at: When they were made, UTC.
        lines: Each with the last moment at which it is true, UTC, in order of time.
    """
    ahead = [(until.isoformat(), line) for until, line in lines]
    body = json.dumps({"stamp": made_of, "at": at.isoformat(), "lines": ahead}, ensure_ascii=False)
    fresh = folder / f"{FILE}.{os.urandom(4).hex()}.tmp"
    with suppress(OSError):
        try:
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(body)
            fresh.replace(folder / FILE)
        finally:
            with suppress(FileNotFoundError):  # it has taken its place
                fresh.unlink()
