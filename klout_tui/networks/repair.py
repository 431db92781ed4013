"""Damage that text and JSON commonly take on their way, undone as far as that leaves no doubt. Pure."""

from __future__ import annotations

import codecs
import json
import math
import re
from typing import Final

_LAST_COMMA: Final = re.compile(r",(?=\s*+[\]}])")
_HANDLER: Final = "klout-tui-from-windows"


def _from_windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_HANDLER, _from_windows)


def utf8(body: bytes) -> str:
    """The body as UTF-8; what is none was pasted from elsewhere, and mostly from Windows."""
    return body.decode("utf-8", _HANDLER)


def mended_json(body: bytes) -> bytes:
    r"""The same JSON without half characters (``\ud83d`` alone), raw line breaks, other encodings and commas too many.

    Raises:
        ValueError: it cannot be made out.
    """
    text = utf8(body)
    for attempt in (text, _LAST_COMMA.sub("", text)):
        try:
            value = json.loads(attempt, strict=False, parse_float=_finite, parse_constant=lambda _: None)
            return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
        except (ValueError, RecursionError):
            continue
    raise ValueError("no JSON")


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None
