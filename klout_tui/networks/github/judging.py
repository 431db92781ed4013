"""GitHub's refusals: it answers 403 to too many requests as well as to a missing permission. Pure.

https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit, in its order:
``retry-after``, else the reset where nothing remains, else at least a minute. A 403 without any of this is about
permissions.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import msgspec

from klout_tui.domain.text import clean_line
from klout_tui.networks.base import CredentialRefused, NetworkError, NotFound, NotUnderstood, RateLimited
from klout_tui.networks.refusal import Refusal

LEAST_WAIT: Final = timedelta(seconds=60)
"""What is waited after a limit that names no time; the worker doubles it from failure to failure."""

_SLOW_DOWN: Final = ("rate limit", "abuse detection")
"""What the message says where no header does."""


class NotPermitted(CredentialRefused):
    """The token, or having none, is fine but not enough for this one list."""


class PageRefused(NotUnderstood):
    """422: the request cannot be met, such as a page beyond the last that is served, or a search for a hidden user."""


class QueriesUsedUp(RateLimited):
    """The limit of GraphQL, which has a purse of its own: all else can still be asked."""


class _Detail(msgspec.Struct):
    code: str | None = None
    field: str | None = None


class _Unprocessable(msgspec.Struct):
    errors: list[_Detail] = []


def judge(refusal: Refusal) -> NetworkError | None:
    """What a refusal of GitHub's means; None leaves it to the usual rule."""
    if refusal.status in (403, 429) and (limited := _limit(refusal)):
        return limited
    if refusal.status == 401:
        return _unknown(refusal)
    if refusal.status == 403 and not refusal.is_page:
        return NotPermitted(
            f"{refusal.place} is not open to {'this token' if refusal.token_sent else 'strangers'} (answered 403)"
            + (f": {refusal.said}" if refusal.said else ""),
            hint=_permission(refusal),
        )
    if refusal.status == 422:
        return PageRefused(f"{refusal.place} cannot be asked like this (answered 422): {_details(refusal)}")
    if refusal.status == 451:
        return NotFound(f"{refusal.place} is blocked for legal reasons (451)")
    return None


def _limit(refusal: Refusal) -> RateLimited | None:
    """The limit that was hit, primary or secondary; None where it is about something else."""
    asked = refusal.retry_at if refusal.headers.get("retry-after", "").strip() else None
    used_up = refusal.headers.get("x-ratelimit-remaining", "").strip() == "0"
    if asked is None and used_up:
        asked = refusal.retry_at
    said = refusal.said.lower()
    if asked is None and not used_up and refusal.status != 429 and not any(words in said for words in _SLOW_DOWN):
        return None
    hint = "" if refusal.token_sent else "Without a token all programs behind your address share 60 requests an hour."
    return RateLimited(f"{refusal.host} asks us to slow down", hint=hint, retry_at=asked or refusal.now + LEAST_WAIT)


def _unknown(refusal: Refusal) -> CredentialRefused:
    if refusal.token_sent:
        return CredentialRefused(
            f"{refusal.host} refused the token (answered 401" + (f": {refusal.said})" if refusal.said else ")"),
            hint="It may have expired or been revoked: link the account again with a fresh one.",
        )
    return NotPermitted(f"{refusal.place} needs a token (answered 401)", hint="Link the account again with a token.")


def _permission(refusal: Refusal) -> str:
    needed = refusal.headers.get("x-accepted-github-permissions") or refusal.headers.get("x-accepted-oauth-scopes", "")
    if refusal.headers.get("x-github-sso"):
        return "The organization wants the token authorised for single sign-on first."
    return f"It would take the permission {clean_line(needed, 100)}." if needed.strip() else ""


def _details(refusal: Refusal) -> str:
    found = refusal.json(_Unprocessable)
    told = [f"{each.field or '?'} {each.code or '?'}" for each in found.errors[:3]] if found else []
    return clean_line("; ".join([refusal.said or "no reason given", *told]), 200)
