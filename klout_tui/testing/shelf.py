"""What refreshes bring, as the store would keep it: the last version of each thing, by id."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import msgspec

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account, Interaction, Post, Profile
from klout_tui.worker.border import admitted

_HARMFUL: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class ContractBroken(AssertionError):
    """An adapter does not keep the contract; the message says how."""


def expect(kept: object, words: str) -> None:
    """Raise unless the contract is kept.

    Raises:
        ContractBroken: it is not; the message is ``words``.
    """
    if not kept:
        raise ContractBroken(words)


@dataclass
class Shelf:
    """All that was handed over so far, checked as the worker checks it."""

    account: Account
    hosts: tuple[str, ...] = ()
    """Those that may be asked."""
    has_token: bool = False
    session: str = ""
    """As kept last."""
    posts: dict[str, Post] = field(default_factory=dict)
    interactions: dict[str, Interaction] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    profile: Profile | None = None
    cursor: Cursor = field(default_factory=dict)
    """Of the last batch."""
    cursors: list[Cursor] = field(default_factory=list)
    """Of every batch."""

    @property
    def ids(self) -> frozenset[str]:
        """Of every post and interaction."""
        return frozenset(self.posts) | frozenset(self.interactions)

    def add(self, batch: object) -> None:
        """Take one batch in.

        Raises:
            ContractBroken: the worker would not.
        """
        try:
            kept = admitted(batch, self.account, has_token=self.has_token)
        except Exception as error:  # washing wrongly typed text runs into anything
            raise ContractBroken(f"a batch would be refused: {error!r}") from error
        expect(isinstance(batch, Batch) and not naive(batch), "times must be aware and in UTC")
        self.posts |= {post.id: post for post in kept.posts}
        self.interactions |= {act.id: act for act in kept.interactions}
        self.gone.update(kept.gone)
        self.profile = kept.profile or self.profile
        self.cursor = kept.cursor
        self.cursors.append(kept.cursor)

    @property
    def things(self) -> list[Post | Interaction]:
        """Every post and interaction."""
        return [*self.posts.values(), *self.interactions.values()]

    def shown(self) -> Iterator[str]:
        """Every text that may be shown."""
        yield from texts([*self.things, self.profile])

    def stored(self) -> Iterator[str]:
        """Every text that is stored."""
        yield from texts([*self.things, self.profile, self.account, self.cursor])

    def again(self) -> Shelf:
        """A copy to go on with, from the same cursor."""
        return dataclasses.replace(
            self,
            posts=dict(self.posts),
            interactions=dict(self.interactions),
            gone=set(self.gone),
            cursors=list(self.cursors),
        )

    def differs(self, other: Shelf, *, reach: bool = True) -> str:
        """How what lies here differs from what lies there, in words; empty if it does not.

        Args:
            other: what was read another time.
            reach: whether how many follow the people counts too, which some networks tell only when asked aside.
        """
        mine, theirs = (each.interactions if reach else _without_reach(each.interactions) for each in (self, other))
        pairs: tuple[tuple[str, Mapping[str, object], Mapping[str, object]], ...] = (
            ("posts", self.posts, other.posts),
            ("interactions", mine, theirs),
        )
        for what, here, there in pairs:
            for words, ids in (("only here", here.keys() - there.keys()), ("only there", there.keys() - here.keys())):
                if ids:
                    return f"{what} {words}: {', '.join(sorted(ids)[:5])}"
            for name in here:
                if here[name] != there[name]:
                    return f"{what} differ: {here[name]!r} here, {there[name]!r} there"
        return "" if self.gone == other.gone else f"gone: {self.gone} here, {other.gone} there"


def _without_reach(acts: Mapping[str, Interaction]) -> dict[str, Interaction]:
    replace = msgspec.structs.replace
    return {name: replace(act, actor=replace(act.actor, followers=None)) for name, act in acts.items()}


def naive(batch: Batch) -> bool:
    """Whether a time in it is not in UTC."""
    times = [post.at for post in batch.posts] + [act.at for act in batch.interactions]
    return any(at.utcoffset() != timedelta() for at in times)


def texts(value: object) -> Iterator[str]:
    """Every string in a value, names of members left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from texts(getattr(value, name))
    elif isinstance(value, dict):
        for each in (*value.keys(), *value.values()):
            yield from texts(each)
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from texts(each)


def harmless(text: str) -> bool:
    """Whether a text does nothing to a terminal: no codes, no direction overrides, no half characters."""
    return _HARMFUL.search(text) is None
