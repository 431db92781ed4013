"""Reading an entity of which a part is not as documented: what can be told is told, the odd part left out. Pure.

Servers send ids as numbers, tags as plain words, null where their documents promise text. None of this makes a like
less of a like. An entity is unreadable only without what makes it one: an id, a type, its account.
"""

from __future__ import annotations

import json
import typing
from typing import Any, Final, TypeVar

import msgspec

from klout_tui.networks.mastodon import entities
from klout_tui.networks.repair import utf8

E = TypeVar("E", bound=entities.Entity)

_DEEPEST: Final = 4
"""A notification's status's boosted status's quoted one; deeper ones are not looked at."""


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
        return _fitting(json.loads(utf8(body)), shape, _DEEPEST)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _fitting(value: Any, shape: type[E], depth: int) -> E:
    if not isinstance(value, dict) or not depth:
        raise ValueError("no object")
    kept: dict[str, Any] = {}
    for member in msgspec.structs.fields(shape):
        given = value.get(member.encode_name)
        if given is None:
            continue
        kinds = (member.type, *typing.get_args(member.type))
        inner = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, entities.Entity)), None)
        if inner is not None:
            try:
                kept[member.name] = _fitting(given, inner, depth - 1)
            except ValueError:
                if _needs(inner):
                    raise
            continue
        if member.name == "tags" and isinstance(given, list):
            kept["tags"] = [tag for each in given if (tag := _tag(each))]
            continue
        if member.name.endswith("id") and isinstance(given, int) and not isinstance(given, bool):
            given = str(given)
        try:
            kept[member.name] = msgspec.convert(given, member.type, strict=False)
        except (msgspec.ValidationError, OverflowError):
            continue
    try:
        return shape(**kept)
    except TypeError as error:
        raise ValueError("something is missing") from error


def _tag(value: Any) -> entities.Tag | None:
    name = value.get("name") if isinstance(value, dict) else value
    return entities.Tag(name=name) if isinstance(name, str) and name else None


def _needs(shape: type[entities.Entity]) -> bool:
    """Whether anything must be there to make it one; if not, it is an ornament that can be left out."""
    return any(member.required for member in msgspec.structs.fields(shape))
