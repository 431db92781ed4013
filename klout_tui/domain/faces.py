"""How people looked in a month: kept as JSON beside its columns, read only for those a screen shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import overload

import msgspec

from klout_tui.domain.model import Actor, Value


class Face(Value, frozen=True, array_like=True):
    """How somebody looked: an ``Actor`` without its key, which the digest has already."""

    handle: str
    url: str | None = None
    """None where it is the key itself."""
    name: str = ""
    followers: int | None = None
    bot: bool = False


read_faces = msgspec.json.Decoder(list[Face]).decode
"""All faces of a month."""
faces_apart = msgspec.json.Decoder(list[msgspec.Raw]).decode
"""Each by itself, not read yet."""
read_face = msgspec.json.Decoder(Face).decode
"""One of those."""


class People(Sequence[Actor]):
    """Made one by one as they are asked for: a month has thousands, a screen shows dozens."""

    def __init__(self, keys: Sequence[str], faces: msgspec.Raw) -> None:
        self._keys = keys
        self._faces = faces

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[Actor]:
        return map(_actor, self._keys, read_faces(self._faces))

    @overload
    def __getitem__(self, place: int) -> Actor: ...
    @overload
    def __getitem__(self, place: slice) -> list[Actor]: ...
    def __getitem__(self, place: int | slice) -> Actor | list[Actor]:
        if isinstance(place, slice):
            return list(self)[place]
        return _actor(self._keys[place], read_face(self._each[place]))

    @cached_property
    def _each(self) -> list[msgspec.Raw]:
        return faces_apart(self._faces)


def _actor(key: str, face: Face) -> Actor:
    return Actor(
        key=key,
        handle=face.handle,
        name=face.name,
        url=key if face.url is None else face.url,
        followers=face.followers,
        bot=face.bot,
    )


def as_one(looks: list[tuple[int, Face, str]]) -> Face:
    """How a person of several handles looks; each is when it was seen, how, and its key."""
    looks = sorted(looks, key=lambda each: (each[0], each[2]), reverse=True)
    _, face, key = looks[0]
    return Face(
        handle=face.handle,
        url=key if face.url is None else face.url,
        name=next((each.name for _, each, _ in looks if each.name), ""),
        followers=max((each.followers for _, each, _ in looks if each.followers is not None), default=None),
        bot=all(each.bot for _, each, _ in looks),
    )


def written(people: Iterable[Actor]) -> msgspec.Raw:
    """Their faces as JSON, in the order of the people."""
    faces = [
        Face(
            handle=each.handle,
            url=None if each.url == each.key else each.url,
            name=each.name,
            followers=each.followers,
            bot=each.bot,
        )
        for each in people
    ]
    return msgspec.Raw(msgspec.json.encode(faces))
