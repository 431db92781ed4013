"""The blog's cursor: how far each feed and each listing has been read.

Flat text, as every cursor. Validators belong to the address they came from; a new address starts without.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from klout_tui.domain.batch import Cursor
from klout_tui.networks.blog.wordpress import gmt, stamp
from klout_tui.networks.http import Answer

WINDOW: Final = 50
"""Newest posts remembered, enough to see what a feed's window has lost since the last visit."""

LEARNT: Final = 200
"""Names of authors remembered."""


class Seen(msgspec.Struct, omit_defaults=True):
    """What is remembered of a post between two refreshes."""

    url: str = ""
    comments: int = 0
    """The counter as last told."""
    asides: list[str] = []
    """Ids of what the counter counts beside named comments."""
    others: bool = False
    """By another author."""


class Bookmark:
    """A cursor being moved on; ``saved`` is what a batch carries."""

    def __init__(self, cursor: Cursor) -> None:
        self._kept = dict(cursor)

    def saved(self) -> Cursor:
        """The cursor as it stands now."""
        return dict(self._kept)

    def __getitem__(self, key: str) -> str:
        return self._kept.get(key, "")

    def __setitem__(self, key: str, value: str) -> None:
        if value:
            self._kept[key] = value
        else:
            self._kept.pop(key, None)

    def listed(self, key: str) -> tuple[str, ...]:
        """Texts kept under ``key``."""
        return tuple(filter(None, self[key].splitlines()))

    def learn(self, key: str, news: Iterable[str]) -> None:
        """Keep more texts under ``key``, each once."""
        lines = (" ".join(text.split()) for text in news)
        self[key] = "\n".join(list(dict.fromkeys(filter(None, (*self.listed(key), *lines))))[:LEARNT])

    def validators(self, name: str, url: str) -> dict[str, str]:
        """What to send with a conditional request for the feed ``name``, if it still lies at ``url``."""
        if self[f"{name}_url"] != url:
            return {}
        kept = {"etag": self[f"{name}_etag"], "last_modified": self[f"{name}_modified"]}
        return {key: value for key, value in kept.items() if value}

    def same(self, name: str, answer: Answer) -> bool:
        """Whether the answer says, or turns out, to be what was read last."""
        return answer.not_modified or self[f"{name}_hash"] == _digest(answer)

    def finish(self, name: str, url: str, answer: Answer, *, wordpress: bool) -> None:
        """Remember that this answer has been read whole."""
        etag = answer.validators.get("etag", "")
        modified = answer.validators.get("last_modified", "")
        if wordpress and modified and etag.startswith("W/"):
            etag = ""  # a proxy weakened it, and WordPress compares exactly: the date alone still works
        self[f"{name}_url"], self[f"{name}_hash"] = url, _digest(answer)
        self[f"{name}_etag"], self[f"{name}_modified"] = etag, modified

    def when(self, key: str) -> datetime | None:
        """A time kept under ``key``, UTC."""
        return gmt(self[key])

    def mark(self, key: str, at: datetime | None) -> None:
        """Keep a time under ``key``."""
        self[key] = stamp(at) if at else ""

    def due(self, key: str, now: datetime, every: timedelta) -> bool:
        """Whether what is stamped under ``key`` was last done at least ``every`` ago."""
        last = self.when(key)
        return last is None or now - last >= every

    @property
    def window(self) -> dict[str, Seen]:
        """Newest posts by id."""
        try:
            return msgspec.json.decode(self["window"] or "{}", type=dict[str, Seen])
        except msgspec.MsgspecError:
            return {}  # as on the first reading: costs a few requests, loses nothing

    @window.setter
    def window(self, posts: dict[str, Seen]) -> None:
        newest = dict(list(posts.items())[:WINDOW])
        self["window"] = msgspec.json.encode(newest).decode() if newest else ""


def _digest(answer: Answer) -> str:
    return hashlib.sha256(answer.body).hexdigest()[:16]
