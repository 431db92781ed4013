"""OAuth 2.0 as the logins use it: how refusals are told, PKCE, and reading what a browser brought back.

RFC 6749 (errors: 4.1.2.1, 5.2), RFC 7636 (PKCE), RFC 8252 (native apps).
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from typing import Final
from urllib.parse import parse_qs, urlsplit

import msgspec

from klout_tui.domain.text import clean_line
from klout_tui.networks.base import CredentialRefused, NetworkError
from klout_tui.networks.refusal import Refusal

WEBSITE: Final = "https://github.com/klout-tui/klout-tui"
"""Told to servers that ask for a program's home."""
AGAIN: Final = "Begin the login again."
_CODE: Final = re.compile(r"[\x21-\x7e]{1,4096}")


class OAuthRefused(CredentialRefused):
    """A refusal in the words of the standard; ``code`` is its one-word reason, such as ``access_denied``."""

    def __init__(self, code: str, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.code = code


class Complaint(msgspec.Struct):
    """An error object: https://www.rfc-editor.org/rfc/rfc6749#section-5.2."""

    error: str = ""
    error_description: str | None = None
    error_uri: str | None = None
    interval: float | None = None
    """Seconds to wait from now on; the device flow's ``slow_down`` (RFC 8628, 3.5)."""


def judge(refusal: Refusal) -> NetworkError | None:
    """A refusal's reason where it is told as the standard says; to be handed to the client."""
    if refusal.status not in (400, 401, 403, 422):
        return None
    said = refusal.json(Complaint)
    if said is None or not said.error:
        return None
    words = refusal.said or clean_line(said.error, 80)
    return OAuthRefused(said.error[:200], f"{refusal.host} refused ({refusal.status}): {words}", hint=AGAIN)


def challenge(verifier: str) -> str:
    """The S256 challenge of a verifier: https://www.rfc-editor.org/rfc/rfc7636#section-4.2."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def code_in(brought: str, state: str) -> str:
    """The authorisation code in what the user pasted or her browser brought: a bare code, or an address holding one.

    Args:
        brought: as pasted.
        state: what an address must repeat; a bare code cannot.

    Raises:
        CredentialRefused: it holds none, belongs to another login, or says that she declined.
    """
    text = "".join(brought.split())
    query = urlsplit(text).query if "?" in text else ""
    if not query:
        if not _CODE.fullmatch(text) or "://" in text:
            raise CredentialRefused("this is no code", hint="Copy the code the page shows, whole.")
        return text
    try:
        given = {name: values[0] for name, values in parse_qs(query, max_num_fields=20).items()}
    except ValueError:
        given = {}
    if not secrets.compare_digest(given.get("state", "").encode(), state.encode()):
        raise CredentialRefused("this answer belongs to another login", hint=AGAIN)
    if error := given.get("error"):
        raise declined(error, given.get("error_description", ""))
    code = given.get("code", "")
    if not _CODE.fullmatch(code):
        raise CredentialRefused("this address holds no code", hint="Copy the address the browser ends at, whole.")
    return code


def declined(error: str, description: str = "") -> OAuthRefused:
    """The refusal a browser brought back."""
    if error == "access_denied":
        return OAuthRefused(error, "the login was declined in the browser", hint="Nothing was linked.")
    words = clean_line(description or error, 80)
    return OAuthRefused(error[:200], f"the server refused the login: {words}", hint=AGAIN)
