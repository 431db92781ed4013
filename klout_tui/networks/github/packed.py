"""A set of numbers as short text: what is remembered of thousands of followers travels in every cursor. Pure.

Sorted, each as its distance from the one before, seven bits a byte (LEB128), in base85.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable


def packed(numbers: Iterable[int]) -> str:
    """The numbers, 0 or greater, as text; three or four characters each where they lie as close as user ids do."""
    body, before = bytearray(), 0
    for number in sorted(set(numbers)):
        distance, before = number - before, number
        while distance > 0x7F:
            body.append(distance & 0x7F | 0x80)
            distance >>= 7
        body.append(distance)
    return base64.b85encode(bytes(body)).decode("ascii")


def unpacked(text: str) -> set[int]:
    """The numbers again; none where the text is no such thing."""
    try:
        body = base64.b85decode(text)
    except ValueError:
        return set()
    found: set[int] = set()
    total, distance, shift = 0, 0, 0
    for byte in body:
        distance |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            total += distance
            found.add(total)
            distance, shift = 0, 0
    return found
