"""What the network means by its refusals: most errors have names, many come with another status than one would expect.

https://docs.bsky.app/docs/advanced-guides/rate-limits, the ``errors`` of each lexicon, and the reference servers.
"""

from __future__ import annotations

import re
from typing import Final

from klout_tui.domain.text import clean_line
from klout_tui.networks.answer import EXCERPT, redact
from klout_tui.networks.base import CredentialRefused, NetworkError, NotFound, NotUnderstood, RateLimited, Unavailable
from klout_tui.networks.refusal import Refusal
from klout_tui.networks.waiting import DEFAULT, retry_at

APP_PASSWORD: Final = "Make an app password in Bluesky's settings (Privacy and security) and link with that."

_STALE: Final = frozenset(
    {"ExpiredToken", "InvalidToken", "AuthMissing", "AuthenticationRequired", "BadJwt", "BadAuth"}
)
_ENDED: Final = {
    "AccountTakedown": "suspended",
    "AccountSuspended": "suspended",
    "RepoTakendown": "suspended",
    "RepoSuspended": "suspended",
    "AccountDeactivated": "deactivated",
    "RepoDeactivated": "deactivated",
}
_STATUS: Final = {
    "takendown": "suspended",
    "suspended": "suspended",
    "deactivated": "deactivated",
    "deleted": "deleted",
}
_PASSING: Final = frozenset(
    {"UpstreamFailure", "UpstreamTimeout", "InternalServerError", "NotEnoughResources", "ServiceUnavailable"}
)
_UNKNOWN: Final = frozenset({"NotFound", "HandleNotFound", "DidNotFound", "RepoNotFound", "RecordNotFound"})
_UNKNOWN_WORDS: Final = re.compile(
    r"not found|(could not|unable to|cannot|can't) (find|locate|resolve)|no such|does not exist", re.IGNORECASE
)
_BLOCKED: Final = frozenset({"BlockedActor", "BlockedByActor"})
_NO_METHOD: Final = frozenset({"MethodNotImplemented", "XRPCNotSupported", "MethodNotFound"})


class Stale(CredentialRefused):
    """The session has run out or was ended; a new one may do."""


class WrongPassword(CredentialRefused):
    """No such handle, or not with this app password."""


def judge(refusal: Refusal) -> NetworkError | None:
    """The meaning of a refused question; None where the status says it all."""
    name, said = _named(refusal)
    host = refusal.host
    if refusal.is_page and refusal.status == 403:
        return Unavailable(f"{host} turns us away with a web page (answered 403)", hint="It often passes.")
    if name in _STALE or (refusal.status == 401 and refusal.token_sent):
        if refusal.token_sent:
            return Stale(f"{host} refused the session ({name or refusal.status})", hint=APP_PASSWORD)
        return CredentialRefused(
            f"{host} shows nothing without a login", hint=f"{APP_PASSWORD} Or leave the server's address out."
        )
    if name in _ENDED:
        words = f"this account is {_ENDED[name]}, says {host}"
        return _ended(words) if refusal.token_sent else NotFound(words, hint="It may come back.")
    return _usual(refusal, name, said)


def judge_login(refusal: Refusal) -> NetworkError | None:
    """The meaning of a login that was refused.

    https://docs.bsky.app/docs/api/com-atproto-server-create-session
    """
    name, said = _named(refusal)
    host = refusal.host
    if refusal.is_page and refusal.status == 403:
        return Unavailable(f"{host} turns us away with a web page (answered 403)", hint="It often passes.")
    if name == "AuthFactorTokenRequired":
        return CredentialRefused(
            f"{host} wants a code from your mail, as it does for main passwords", hint=APP_PASSWORD
        )
    if name in _ENDED:
        return _ended(f"this account is {_ENDED[name]}, says {host}")
    if name in _NO_METHOD or (not name and refusal.status in (404, 405)):
        return NotUnderstood(
            f"{host} is no server to log in at",
            hint="Leave the server's address out, or give that of your own server (PDS).",
        )
    if name in _STALE or refusal.status == 401 or _UNKNOWN_WORDS.search(said):
        return WrongPassword(f"{host} does not know this handle with this app password", hint=APP_PASSWORD)
    return _usual(refusal, name, said)


def judge_renewal(refusal: Refusal) -> NetworkError | None:
    """The meaning of a session that was not renewed: unless it is trouble on the way, a new login may do.

    https://docs.bsky.app/docs/api/com-atproto-server-refresh-session
    """
    name, said = _named(refusal)
    usual = _usual(refusal, name, said)
    trouble = refusal.status >= 500 or refusal.status in (408, 425)
    if isinstance(usual, RateLimited | Unavailable) or (trouble and name not in _NO_METHOD):
        return usual
    if refusal.is_page and refusal.status == 403:
        return Unavailable(f"{refusal.host} turns us away with a web page (answered 403)", hint="It often passes.")
    if name in _ENDED:
        return _ended(f"this account is {_ENDED[name]}, says {refusal.host}")
    return Stale(f"{refusal.host} does not renew the session ({name or refusal.status})", hint=APP_PASSWORD)


def inactive(status: str) -> CredentialRefused:
    """An account that lets one in and is not in use."""
    return _ended(f"this account is {_STATUS.get(status, 'not active')}")


def _ended(words: str) -> CredentialRefused:
    return CredentialRefused(words, hint="If it is active again, or has moved to another server, link it again.")


def _usual(refusal: Refusal, name: str, said: str) -> NetworkError | None:
    """What holds for every question."""
    host = refusal.host
    if name == "RateLimitExceeded" or refusal.status == 429:
        reset = {
            "x-ratelimit-reset": refusal.headers.get("ratelimit-reset", ""),
            "date": refusal.headers.get("date", ""),
        }
        back = refusal.retry_at or retry_at(reset, refusal.now) or refusal.now + DEFAULT
        return RateLimited(f"{host} asks us to slow down", retry_at=back)
    if name in _NO_METHOD:
        return NotUnderstood(f"{refusal.place} is not known to {host}", hint="It may be another kind of server.")
    if name in _PASSING:
        return Unavailable(f"{host} is in trouble ({name})", retry_at=refusal.retry_at)
    if name in _BLOCKED:
        return NotFound(f"{host} shows nothing across a block")
    if name in _UNKNOWN or (400 <= refusal.status < 500 and name == "InvalidRequest" and _UNKNOWN_WORDS.search(said)):
        return NotFound(
            f"{host} does not know it ({said or name})", hint="It may be deleted, deactivated or suspended."
        )
    return None


def _named(refusal: Refusal) -> tuple[str, str]:
    """The error's name, and its words, harmless and without secrets; both may be empty."""
    told = refusal.json(dict[str, object]) or {}
    name, words = told.get("error"), told.get("message")
    return (name if isinstance(name, str) and name.isalnum() and len(name) < 60 else ""), (
        _clean(words, refusal) if isinstance(words, str) else ""
    )


def _clean(words: str, refusal: Refusal) -> str:
    return clean_line(redact(words, *refusal.secrets), EXCERPT)
