"""One thing to ask, and the small rules it is held to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import httpx

from klout_tui.networks.base import CredentialRefused, NetworkError
from klout_tui.networks.refusal import Judge

_LONG: Final = re.compile(r"[\w.~=-]{40,}")
"""What no name, handle or host is: a token within something that holds more than one."""


@dataclass(frozen=True, slots=True)
class Call:
    """One thing to ask, however many tries and redirects it takes."""

    method: str
    address: httpx.URL = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    authorised: bool = True
    bearer: str = field(default="", repr=False)
    judge: Judge | None = None


class Passing(Exception):  # a signal, never shown
    """Another try may help; ``error`` is raised if there is none left."""

    def __init__(self, error: NetworkError) -> None:
        super().__init__(error.message)
        self.error = error


def check_token(token: str) -> None:
    """Raises: CredentialRefused: no header can hold it."""
    if token and not (token.isascii() and token.isprintable()):
        raise CredentialRefused("this token holds characters no token has", hint="Copy it again, without line ends.")


def conditions(validators: Mapping[str, str]) -> dict[str, str]:
    """The headers of a conditional request; a validator that no header can hold is left out."""
    headers = {"If-None-Match": validators.get("etag"), "If-Modified-Since": validators.get("last_modified")}
    return {name: value for name, value in headers.items() if value and value.isascii() and value.isprintable()}


def bare(host: str) -> str:
    """A host as it is compared: ``www.`` in front of a site's name changes nothing."""
    return host.lower().rstrip(".").removeprefix("www.")


def listed(value: str | Sequence[str]) -> str | list[str]:
    """A value of a query, or several."""
    return value if isinstance(value, str) else list(value)


def secrets_in(session: str) -> Iterator[str]:
    """A session as a whole, and the tokens in it where it holds several."""
    yield session
    yield from _LONG.findall(session)
