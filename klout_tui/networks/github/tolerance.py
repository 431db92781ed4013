"""Reading an entity of which a part is not as documented: what can be told is told, the odd part left out. Pure."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from typing import Any, Final, TypeVar

import msgspec

from klout_tui.networks.github.entities import Entity
from klout_tui.networks.repair import mended_json

E = TypeVar("E", bound=Entity)

_DEEPEST: Final = 5
"""An event's payload's issue's author; deeper ones are not looked at."""


def entity(raw: bytes | msgspec.Raw, shape: type[E]) -> E:
    """The entity, as far as it can be read.

    Raises:
        ValueError: it is none, or lacks what makes it one.
    """
    body = bytes(raw)
    try:
        return msgspec.json.decode(body, type=shape, strict=False)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        pass
    try:
        return fitting(msgspec.json.decode(mended_json(body)), shape)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def fitting(value: object, shape: type[E], depth: int = _DEEPEST) -> E:
    """A decoded object as an entity, member by member.

    Raises:
        ValueError: it is none, or lacks what makes it one.
    """
    if not isinstance(value, Mapping) or not depth:
        raise ValueError("no object")
    kept: dict[str, Any] = {}
    for member in msgspec.structs.fields(shape):
        given = value.get(member.encode_name)
        if given is None:
            continue
        try:
            kept[member.name] = _member(given, member.type, depth)
        except (msgspec.ValidationError, ValueError, OverflowError):
            continue
    try:
        return shape(**kept)
    except TypeError as error:
        raise ValueError("something is missing") from error


def _member(given: object, wanted: Any, depth: int) -> object:
    kinds = (wanted, *typing.get_args(wanted))
    for kind in kinds:
        if isinstance(kind, type) and issubclass(kind, Entity):
            return fitting(given, kind, depth - 1)
    if isinstance(given, list) and any(typing.get_origin(kind) is list for kind in kinds):
        return [each for each in given if isinstance(each, str)]
    return msgspec.convert(given, wanted, strict=False)
