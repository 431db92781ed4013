"""Every fake secret that tests use, in one place: whatever is kept, shown or logged is searched for them.

A test that needs a secret takes one from here, or adds one. They are made up, long enough to be found in nothing else,
and open nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

TOWN_TOKEN: Final = "town-t0ken-g00d"
MASTODON_TOKEN: Final = "alices-own-token"
DEMO_TOKEN: Final = "demo-token-that-opens-nothing-else"
DEMO_WRITE_TOKEN: Final = "demo-token-that-writes-nowhere-else"
WRITE_TOKEN: Final = "alices-writing-token"
KEPT_TOKEN: Final = "s3cr3t-t0ken"
LOGIN_TOKEN: Final = "fake-l0gin-token-Aa1"
LOGIN_TOKEN_LATER: Final = "fake-l0gin-token-Bb2"
LOGIN_CODE: Final = "fake-l0gin-c0de-Cc3"
CLIENT_SECRET: Final = "fake-client-s3cret-Dd4"
DEVICE_CODE: Final = "fake-device-c0de-Ee5"
DEVICE_TOKEN: Final = "gho_fakeDeviceTokenFf6"
APP_PASSWORD: Final = "fake-appp-assw-ord7"
ACCESS_JWT: Final = "eyJfakeaccess8.eyJnothing8.signature8"
REFRESH_JWT: Final = "eyJfakerefresh9.eyJnothing9.signature9"
GITHUB_TOKEN: Final = "adas-own-token"
BLUESKY_APP_PASSWORD: Final = "fake-fake-fake-fake"
CLIENT_TOKEN: Final = "s3cret-Token_value"
WEBMENTION_TOKEN: Final = "made-up-webmention-token"
QUERY_TOKEN: Final = "fake-webmention-t0ken-Gg0"
MAIL_PASSWORD: Final = "fake-mail-passw0rd-Hh1"
MAIL_SASL: Final = "ZmFrZS1tYWlsLXBhc3N3MHJkLUho"
"""The same within what ``AUTHENTICATE PLAIN`` sends, where it begins at a third byte."""

ALL: Final[dict[str, str]] = {
    name: value for name, value in globals().copy().items() if name.isupper() and isinstance(value, str)
}
"""By name."""

_ANY: Final = re.compile("|".join(re.escape(value) for value in sorted(ALL.values(), key=len, reverse=True)).encode())
_NAMES: Final = {value.encode(): name for name, value in ALL.items()}

SAFES: Final = ("credentials", "ada.toml")
"""Files that may hold secrets, the demo's description among them, whose token everybody may read: nothing else may."""


def found_in(content: str | bytes) -> list[str]:
    """Names of the secrets in it."""
    body = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    return sorted({_NAMES[match.group()] for match in _ANY.finditer(body)})


def files_with_secrets(*folders: Path) -> Iterator[tuple[Path, list[str]]]:
    """Every file below that holds one where none may be, with what it holds; packed ones are looked into."""
    for path in sorted(each for folder in folders for each in folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.name not in SAFES and (found := found_in(_unpacked(path))):
            yield path, found


def _unpacked(path: Path) -> bytes:
    import gzip
    import zlib

    try:
        body = path.read_bytes()
        return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
    except (OSError, EOFError, zlib.error):  # made unreadable, or damaged, by a test on purpose
        return b""
