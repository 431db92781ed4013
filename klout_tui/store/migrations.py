"""Moving a store from one format to the next, on a copy, in a way that a crash can only delay.

1. the journal is folded into the shards (by the engine, before it calls ``migrate``);
2. all files are copied to ``before-format-N/``, which stays, and to ``migrating/``, where every step changes them;
3. ``migrating/ready`` is written, naming the new files: from here on the way leads forward only;
4. the new files move into their place and ``migrating/`` goes.

A crash before 3 leaves the old store and a copy to be thrown away; after 3, opening again finishes step 4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from klout_tui.errors import StoreError
from klout_tui.store.files import (
    make_folder,
    named,
    read_bytes,
    remove,
    remove_folder,
    rename,
    replace_file,
    stat,
    sync_folder,
)
from klout_tui.store.steps import posts_by_month

FORMAT: Final = 2
"""The format this program reads and writes."""

Step = Callable[[Path], None]
"""Changes every file in the given folder from one format to the next, the ``format`` in their ``meta`` included."""

STEPS: Final[Mapping[int, Step]] = {1: posts_by_month}
"""The step that leads away from each older format."""

COPY: Final = "migrating"
READY: Final = "ready"


def refuse_newer(found: int, path: Path, known: int = FORMAT) -> None:
    """Stop before a file whose format we do not know.

    Raises:
        StoreError: the file is of a newer format than ``known``.
    """
    if found > known:
        raise StoreError(
            f"{path} was written by a newer klout-tui (format {found}; this one knows up to {known}). "
            "Nothing was touched.",
            hint="Update klout-tui: pip install --upgrade klout-tui",
        )


def unfinished(folder: Path) -> bool:
    """Whether a migration was interrupted after its point of no return."""
    return stat(folder / COPY / READY) is not None


def migrate(folder: Path, found: int, *, steps: Mapping[int, Step] = STEPS, target: int = FORMAT) -> None:
    """Bring the files of ``folder`` from format ``found`` to ``target``. Only under the write lock, journal folded.

    Raises:
        StoreError: a step is missing, or the disk refuses; the store is as it was.
    """
    copy = folder / COPY
    missing = [number for number in range(found, target) if number not in steps]
    if missing:
        raise StoreError(
            f"{folder} is of format {found}, and this klout-tui cannot read format {missing[0]} any more. "
            "Nothing was touched.",
            hint="Open it once with an older klout-tui first.",
        )
    _copy_files(folder, folder / f"before-format-{found}")
    _copy_files(folder, copy)
    for number in range(found, target):
        steps[number](copy)
    for path in _files(copy):
        replace_file(path, read_bytes(path) or b"")
    sync_folder(copy)
    replace_file(copy / READY, "\n".join(path.name for path in _files(copy)).encode())
    sync_folder(copy)
    finish(folder)


def finish(folder: Path) -> None:
    """Put the migrated files into place. Harmless to repeat. Only under the write lock.

    Raises:
        StoreError: the disk refuses; opening the store again goes on from here.
    """
    copy = folder / COPY
    names = set((read_bytes(copy / READY) or b"").decode().splitlines())
    for path in _files(copy):
        rename(path, folder / path.name)
    # What is of the old format goes; ``before-format-N`` holds it.
    remove(*(path for path in named(folder, ".json", ".json.bak") if path.name not in names))
    sync_folder(folder)
    remove(copy / READY)
    remove_folder(copy)
    sync_folder(folder)


def _files(folder: Path) -> list[Path]:
    return named(folder, ".json")


def _copy_files(source: Path, target: Path) -> None:
    remove_folder(target)
    make_folder(target)
    for path in _files(source):
        replace_file(target / path.name, read_bytes(path) or b"")
    sync_folder(target)
