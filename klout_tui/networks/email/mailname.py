"""Names of folders as IMAP spells them: modified UTF-7 (RFC 3501, 5.1.3). Pure."""

from __future__ import annotations

import binascii
import re
from typing import Final

_SHIFTED: Final = re.compile(r"&([A-Za-z0-9+,]*)-")
_FOREIGN: Final = re.compile(r"[^\x20-\x7e]+")


def encoded(name: str) -> str:
    """The name as it goes over the line: ``Danke schön`` is ``Danke sch&APY-n``."""
    return _FOREIGN.sub(lambda found: f"&{_base64(found[0])}-", name.replace("&", "&-"))


def decoded(name: str) -> str:
    """The name as people read it; what is no modified UTF-7 is left as it is."""
    return _SHIFTED.sub(lambda found: _text(found[1], found[0]) if found[1] else "&", name)


def _base64(text: str) -> str:
    packed = binascii.b2a_base64(text.encode("utf-16-be", "surrogatepass"), newline=False)
    return packed.decode("ascii").rstrip("=").replace("/", ",")


def _text(digits: str, otherwise: str) -> str:
    try:
        packed = binascii.a2b_base64(digits.replace(",", "/") + "=" * (-len(digits) % 4))
        return packed.decode("utf-16-be")
    except (binascii.Error, UnicodeDecodeError):
        return otherwise
