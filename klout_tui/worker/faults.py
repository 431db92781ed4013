"""From whatever went wrong to a fault that can be stored and shown: no secret, no terminal code, no endless text."""

from __future__ import annotations

import msgspec

from klout_tui.domain.model import Fault
from klout_tui.domain.text import clean_line
from klout_tui.errors import CredentialError, KloutError, StoreError
from klout_tui.networks.base import NetworkError
from klout_tui.networks.http import redact

MESSAGE_LIMIT = 300
"""Characters of a message kept; a sentence or two."""

BUSY = Fault(kind="busy", message="another klout-tui is refreshing", hint="What it finds appears here by itself.")
PAUSED = Fault(kind="paused", message="paused in the settings", hint="Name the account to refresh it all the same.")
UNLINKED = Fault(kind="unlinked", message="unlinked while it was being refreshed")


class AdapterError(KloutError):
    """An adapter broke its contract; the message says how."""

    kind = "plugin"


def fault_of(error: BaseException, network: str, secret: str | None = None) -> Fault:
    """What the user is told of an error raised while one account was refreshed.

    Args:
        error: a ``KloutError``, or anything else an adapter let slip.
        network: name of the account's network, to say whose adapter it was.
        secret: the account's token, blotted out wherever a message repeats it.
    """
    if not isinstance(error, KloutError):
        words = f"{type(error).__name__}: {_said(error)}".rstrip(": ")
        found = Fault(
            kind="plugin",
            message=f"the {network} adapter failed: {words}",
            hint="What was read before is kept. Please report this to the adapter's authors.",
        )
    elif isinstance(error, NetworkError):
        found = error.as_fault()
    else:
        found = Fault(kind=_kind(error), message=error.message, hint=error.hint)
    return msgspec.structs.replace(found, message=_safe(found.message, secret), hint=_safe(found.hint, secret))


def _kind(error: KloutError) -> str:
    if isinstance(error, StoreError):
        return "store"
    if isinstance(error, CredentialError):
        return "unavailable"  # the safe may be locked for now; nobody has refused the token
    return "plugin"


def _said(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # an exception whose own text cannot be made still has a name
        return ""


def _safe(text: str, secret: str | None) -> str:
    return clean_line(redact(text, secret or ""), MESSAGE_LIMIT)
