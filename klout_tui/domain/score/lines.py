"""Where in a TOML text a key stands: ``tomllib`` tells values, not lines."""

from __future__ import annotations

import re

_SECTION = re.compile(r"^\s*\[\s*([A-Za-z0-9_.\-\"' ]+?)\s*\]\s*(#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*([A-Za-z0-9_\-]+))?\s*=")


def line_of(text: str, key: str) -> int:
    """The line, from 1, of ``section.key``; of its section where the key is not there; 0 where neither is."""
    wanted, _, last = key.rpartition(".")
    section, found = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if match := _SECTION.match(line):
            section = match[1].strip("\"'")
            if section in (wanted, key):
                found = found or number
        elif match := _KEY.match(line):
            name = ".".join(each.strip("\"'") for each in match.groups() if each)
            full = f"{section}.{name}" if section else name
            if full == key or (not wanted and full == last):
                return number
            if full == wanted:
                found = found or number
    return found
