"""How many characters a reader sees in a text: what networks count. Pure.

After the extended grapheme clusters of Unicode (UAX #29), with the rules that ordinary writing meets: marks that sit on
a letter, emoji joined by ZWJ, skin tones, flags, Hangul built of single letters. Where in doubt it counts one too many,
never one too few, so that a text that fits here fits there.
"""

from __future__ import annotations

import unicodedata
from typing import Final

_JOINER: Final = "\u200d"
_MARKS: Final = frozenset({"Mn", "Me", "Mc"})


def graphemes(text: str) -> int:
    """The number of characters as a reader counts them."""
    count = flags = 0
    before = ""
    for character in text:
        flag = "\U0001f1e6" <= character <= "\U0001f1ff"
        flags = flags + 1 if flag else 0
        if not before or not (_extends(before, character) or (flag and flags % 2 == 0)):
            count += 1
        before = character
    return count


def _extends(before: str, character: str) -> bool:
    """Whether a character is seen as one with what stands before it."""
    if character < "\u0300":
        return before == "\r" and character == "\n"
    if character == _JOINER or unicodedata.category(character) in _MARKS or _is_tone_or_tag(character):
        return before not in "\r\n"
    if before == _JOINER:
        return unicodedata.category(character) == "So"  # the second half of a joined emoji
    return _hangul(before) < _hangul(character) if _hangul(before) and _hangul(character) > 1 else False


def _is_tone_or_tag(character: str) -> bool:
    return "\U0001f3fb" <= character <= "\U0001f3ff" or "\U000e0020" <= character <= "\U000e007f"


def _hangul(character: str) -> int:
    """1 for a leading consonant, 2 for a vowel, 3 for a trailing consonant; 0 for everything else."""
    if "\u1100" <= character <= "\u115f":
        return 1
    if "\u1160" <= character <= "\u11a7":
        return 2
    return 3 if "\u11a8" <= character <= "\u11ff" else 0
