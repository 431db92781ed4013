"""What an answer that is no success means: the rule for all networks, and the door for a network's own. Pure.

Most servers say it by status. Some do not (Bluesky answers 400 to an expired session, GitHub 403 to too many
requests): an adapter hands the client a ``Judge`` that is asked first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import msgspec

from klout_tui.networks.answer import complaint
from klout_tui.networks.base import CredentialRefused, NetworkError, NotFound, NotUnderstood, RateLimited, Unavailable
from klout_tui.networks.waiting import DEFAULT, retry_at

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer with a status other than 2xx, 304 or a redirect."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """Looked up by lower-case names."""
    body: bytes = field(repr=False)
    """Its beginning."""
    host: str
    place: str
    """Host and path, redacted."""
    now: datetime
    token_sent: bool
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @property
    def said(self) -> str:
        """What it says in its own words: one harmless line, redacted; empty where it is a web page."""
        return complaint(self.headers, self.body, *self.secrets)

    @property
    def is_page(self) -> bool:
        """Whether it is a web page, from a guard in front of the server rather than from the API."""
        return "html" in self.headers.get("content-type", "").lower()

    @property
    def retry_at(self) -> datetime | None:
        """When the server wants us back, if it says so; aware, UTC."""
        return retry_at(self.headers, self.now)

    def json(self, shape: type[T]) -> T | None:
        """The body decoded as ``shape``; None where it is something else."""
        try:
            return msgspec.json.decode(self.body, type=shape, strict=False)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return None


Judge = Callable[[Refusal], NetworkError | None]
"""A network's own reading of a refusal; None leaves it to ``by_status``. ``RateLimited`` and ``Unavailable`` are tried
again as usual."""


def by_status(refusal: Refusal) -> NetworkError:
    """What the status means on any server."""
    status, host, place = refusal.status, refusal.host, refusal.place
    said = refusal.said
    answered = f"answered {status}" + (f": {said}" if said else "")
    if status in (401, 403):
        return _shut(refusal, answered)
    if status in (404, 410):
        return NotFound(f"{place} does not exist or is not visible ({status})")
    if status == 429:
        return RateLimited(f"{host} asks us to slow down", retry_at=refusal.retry_at or refusal.now + DEFAULT)
    if status >= 500 or status in (408, 425):
        return Unavailable(f"{host} is in trouble (answered {status})", retry_at=refusal.retry_at)
    return NotUnderstood(f"{place} {answered}")


def _shut(refusal: Refusal, answered: str) -> NetworkError:
    if refusal.token_sent and refusal.status == 403 and refusal.is_page:
        # a guard in front of the server, which has not seen the token
        return Unavailable(f"{refusal.host} turns us away with a web page (answered 403)", hint="It often passes.")
    if refusal.token_sent:
        return CredentialRefused(
            f"{refusal.host} refused the token ({answered})", hint="Link the account again with a fresh token."
        )
    if refusal.status == 401:
        return CredentialRefused(
            f"{refusal.place} needs a token ({answered})", hint="Link the account again with a token."
        )
    return CredentialRefused(
        f"{refusal.place} does not let us in ({answered})", hint="It may need a token, or turn programs away."
    )
