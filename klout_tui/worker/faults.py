"""From whatever went wrong to a fault that can be stored and shown: no secret, no terminal code, no endless text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec

from klout_tui.domain.model import Fault
from klout_tui.domain.text import clean_line
from klout_tui.errors import CredentialError, KloutError, StoreError
from klout_tui.networks.base import NetworkError
from klout_tui.networks.http import redact

MESSAGE_LIMIT = 300
"""Characters of a message kept; a sentence or two."""

KINDS = frozenset({"credential", "not_found", "rate_limited", "unavailable", "not_understood", "plugin"})
"""The kinds of trouble that the screens know how to speak of."""

BUSY = Fault(kind="busy", message="another klout-tui is refreshing", hint="What it finds appears here by itself.")
PAUSED = Fault(kind="paused", message="paused in the settings", hint="Name the account to refresh it all the same.")
UNLINKED = Fault(kind="unlinked", message="unlinked while it was being refreshed")


class AdapterError(KloutError):
    """An adapter broke its contract; the message says how."""

    kind = "plugin"


def fault_of(
    error: BaseException, network: str, secret: str | None = None, *, blotted: Callable[[str], str] | None = None
) -> Fault:
    """What the user is told of an error raised while one account was refreshed.

    Args:
        error: a ``KloutError``, or anything else an adapter let slip.
        network: name of the account's network, to say whose adapter it was.
        secret: the account's token, blotted out wherever a message repeats it.
        blotted: takes out further secrets, those only the client knows.
    """
    if not isinstance(error, KloutError):
        words = f"{type(error).__name__}: {_said(error)}".rstrip(": ")
        found = Fault(
            kind="plugin",
            message=f"the {network} adapter failed: {words}",
            hint="What was read before is kept. Please report this to the adapter's authors.",
        )
    else:  # a plugin's own class may leave out what it should have, or put anything there
        at = getattr(error, "retry_at", None)
        found = Fault(
            kind=_kind(error),
            message=_text(getattr(error, "message", None)) or _said(error) or type(error).__name__,
            hint=_text(getattr(error, "hint", None)),
            retry_at=at if isinstance(at, datetime) else None,
        )
    message, hint = (blotted(text) if blotted else text for text in (found.message, found.hint))
    return msgspec.structs.replace(found, message=_safe(message, secret), hint=_safe(hint, secret))


def _kind(error: KloutError) -> str:
    if isinstance(error, NetworkError):
        return error.kind if error.kind in KINDS else "plugin"
    if isinstance(error, StoreError):
        return "store"
    if isinstance(error, CredentialError):
        return "unavailable"  # the safe may be locked for now; nobody has refused the token
    return "plugin"


def _text(told: object) -> str:
    return told if isinstance(told, str) else ""


def _said(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # an exception whose own text cannot be made still has a name
        return ""


def _safe(text: str, secret: str | None) -> str:
    return clean_line(redact(text, secret or ""), MESSAGE_LIMIT)
