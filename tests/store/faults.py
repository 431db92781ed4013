"""A disk that refuses, or dies, at the n-th thing it is asked for; and one whose power is cut."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from filelock import BaseFileLock

from klout_tui.store.files import Disk

CHANGING: Final = frozenset({"create", "open r+b", "write", "truncate", "rename", "link", "unlink", "mkdir", "lock"})
NAMING: Final = frozenset({"create", "rename", "link", "unlink", "mkdir"})
READING: Final = frozenset({"open rb", "read", "stat", "names"})


class Killed(BaseException):
    """Stands for a kill: nothing after it happens."""


@dataclass(frozen=True)
class Kind:
    """One way to fail: which operations it strikes, with what error."""

    name: str
    strikes: frozenset[str]
    number: int
    partial: bool = False
    """Half of what is to be written arrives first."""

    power: bool = False
    """What was not flushed is lost as well."""

    @property
    def error(self) -> BaseException:
        return OSError(self.number, os.strerror(self.number)) if self.number else Killed()


KINDS: Final = (
    Kind("full disk", frozenset({"write", "create", "link", "mkdir"}), errno.ENOSPC),
    Kind("full disk, half written", frozenset({"write"}), errno.ENOSPC, partial=True),
    Kind("error on write", frozenset({"write"}), errno.EIO),
    Kind("error on flush", frozenset({"fsync", "sync"}), errno.EIO),
    Kind("error on rename", frozenset({"rename"}), errno.EIO),
    Kind("refusal of rename", frozenset({"rename"}), errno.EACCES),
    Kind("error on read", READING, errno.EIO),
    Kind("read-only disk", CHANGING | {"fsync", "sync"}, errno.EROFS),
    Kind("read-only folder", NAMING, errno.EACCES),
    Kind("permission lost", NAMING | READING | {"open r+b", "lock"}, errno.EACCES),
    Kind("killed", CHANGING | {"fsync", "sync"}, 0),
    Kind("killed, half written", frozenset({"write"}), 0, partial=True),
    Kind("power cut", CHANGING | {"fsync", "sync"}, 0, power=True),
)


class Faulty(Disk):
    """Counts what it is asked for, and fails from the ``at``-th on: once, or for ever if ``lasting``."""

    def __init__(self, kind: Kind | None = None, at: int = -1, *, lasting: bool = False) -> None:
        self.kind = kind
        self.at = at
        self.lasting = lasting
        self.asked: list[str] = []
        self.unsafe: dict[Path, int] = {}
        """Files written and not flushed since, with the size that is known to be on the disk."""

    def mend(self) -> None:
        """Fail no more."""
        self.kind = None

    def _due(self, operation: str) -> bool:
        self.asked.append(operation)
        number = len(self.asked) - 1
        if self.kind is None or operation not in self.kind.strikes:
            return False
        return number >= self.at if self.lasting or self.kind.number == 0 else number == self.at

    def _ask(self, operation: str) -> None:
        if self._due(operation) and self.kind is not None:
            raise self.kind.error

    def open(self, path: Path, mode: str) -> IO[bytes]:
        self._ask(f"open {mode}")
        return super().open(path, mode)

    def create(self, path: Path) -> IO[bytes]:
        self._ask("create")
        file = super().create(path)
        self.unsafe[path] = 0
        return file

    def read(self, file: IO[bytes], size: int = -1) -> bytes:
        self._ask("read")
        return super().read(file, size)

    def write(self, file: IO[bytes], body: memoryview) -> int:
        if self._due("write") and self.kind is not None:
            if self.kind.partial and len(body) > 1:
                self._write(file, body[: len(body) // 2])
                if self.kind.number:  # as a disk does that fills up: the next write is refused
                    self.at = len(self.asked)
                    return len(body) // 2
            raise self.kind.error
        return self._write(file, body)

    def _write(self, file: IO[bytes], body: memoryview) -> int:
        self.unsafe.setdefault(Path(file.name), file.tell())
        return super().write(file, body)

    def truncate(self, file: IO[bytes], size: int) -> None:
        self._ask("truncate")
        super().truncate(file, size)

    def fsync(self, file: IO[bytes]) -> None:
        self._ask("fsync")  # no real flush: these disks live in memory
        self.unsafe.pop(Path(file.name), None)

    def sync(self, folder: Path) -> None:
        self._ask("sync")

    def replace(self, path: Path, target: Path) -> None:
        self._ask("rename")
        super().replace(path, target)
        self.unsafe.pop(target, None)
        if path in self.unsafe:
            self.unsafe[target] = self.unsafe.pop(path)

    def link(self, path: Path, target: Path) -> None:
        self._ask("link")
        super().link(path, target)

    def unlink(self, path: Path) -> None:
        self._ask("unlink")
        super().unlink(path)
        self.unsafe.pop(path, None)

    def make_folder(self, path: Path) -> None:
        self._ask("mkdir")
        super().make_folder(path)

    def remove_folder(self, path: Path) -> None:
        self._ask("unlink")
        super().remove_folder(path)

    def stat(self, path: Path) -> os.stat_result:
        self._ask("stat")
        return super().stat(path)

    def names(self, folder: Path) -> list[str]:
        self._ask("names")
        return super().names(folder)

    def lock(self, lock: BaseFileLock) -> None:
        self._ask("lock")
        super().lock(lock)

    def cut_power(self) -> None:
        """Lose what was written and never flushed."""
        for path, size in self.unsafe.items():
            if path.exists():
                os.truncate(path, size)
        self.unsafe.clear()
