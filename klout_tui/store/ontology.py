"""The list of topics in use: our own small one, none, or one that was read from CSV files and packed.

A packed list lies in the store's folder, beside the JSON files and like them in a backup. It is read when topics are
asked for, and not before.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from klout_tui.domain.ontology import PackedList
from klout_tui.errors import StoreError
from klout_tui.store.files import explained, new_file, read_bytes

FILE: Final = "topics.list"
"""Name of the packed list in the store's folder."""

LIST: Final = "topic_list"
"""Key under which is remembered which list is in use: ``NONE``, or what the packed one is called; our own where there
is none."""

NONE: Final = "none"

PACKED: Final = Path(__file__).with_name("topics.list")
"""Our own list; ``python -m klout_tui.store.owntopics`` makes it of ``topics.txt``."""


@cache
def builtin() -> PackedList:
    """Our own list; it tells where topics belong and joins spellings, and leaves topics the way she writes them."""
    return PackedList(PACKED.read_bytes(), renames=False)


def load(folder: Path, chosen: str | None) -> PackedList | None:
    """The list in use.

    Args:
        folder: The store's.
        chosen: What is remembered under ``LIST``.

    Raises:
        StoreError: a packed list was chosen and is not there, or makes no sense.
    """
    if chosen is None:
        return builtin()
    if chosen == NONE:
        return None
    path = folder / FILE
    hint = "Read it anew: klout-tui topics use DIR, or go without it: klout-tui topics use --builtin"
    with explained("read", path):
        data = read_bytes(path)
    if data is None:
        raise StoreError(f"The list of topics in use, {path}, is not there.", hint=hint)
    try:
        return PackedList(data)
    except ValueError as error:
        raise StoreError(f"{path}: {error}.", hint=hint) from error


def keep(folder: Path, data: bytes) -> None:
    """Put a packed list in place of the one before, whole or not at all.

    Raises:
        StoreError: it cannot be written.
    """
    with new_file(folder / FILE) as file:
        file.write(data)
