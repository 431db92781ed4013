"""Reading an object of which some members are not as documented: they are left out, the others read. Pure."""

from __future__ import annotations

import json
from typing import Any, TypeVar

import msgspec

from klout_tui.networks.repair import utf8

S = TypeVar("S", bound=msgspec.Struct)


def fitting(raw: bytes | msgspec.Raw, shape: type[S]) -> S | None:
    """The object, as far as its members fit; None where it is no object, or lacks what ``shape`` cannot be without.

    A member that is null counts as missing. Numbers sent as text are accepted, and the reverse.
    """
    try:
        return msgspec.json.decode(raw, type=shape, strict=False)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        pass
    try:
        value = json.loads(utf8(bytes(raw)))
    except (ValueError, RecursionError):
        return None
    return fitted(value, shape)


def fitted(value: Any, shape: type[S]) -> S | None:
    """The same from a decoded value."""
    if not isinstance(value, dict):
        return None
    kept: dict[str, Any] = {}
    for member in msgspec.structs.fields(shape):
        given = value.get(member.encode_name)
        if given is None:
            continue
        try:
            kept[member.name] = msgspec.convert(given, member.type, strict=False)
        except (msgspec.ValidationError, ValueError, OverflowError, RecursionError):
            if isinstance(given, int | float) and not isinstance(given, bool):
                _as_text(kept, member, given)
    try:
        return shape(**kept)
    except TypeError:
        return None


def _as_text(kept: dict[str, Any], member: Any, number: float) -> None:
    try:
        kept[member.name] = msgspec.convert(str(number), member.type)
    except msgspec.ValidationError:
        return  # it is no text either
