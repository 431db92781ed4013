"""What a server answered, and how to speak of it without giving a secret away."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

import httpx
import msgspec

from klout_tui.domain.text import clean_line
from klout_tui.networks.address import describe
from klout_tui.networks.base import NotUnderstood
from klout_tui.networks.repair import mended_json

T = TypeVar("T")

EXCERPT: Final = 80
"""Characters of a server's answer shown in a message."""

_SECRET_NAMES: Final = (
    r"[a-z_-]*(?:token|secret|password|passwd|jwt)|api_?key|key|code|pwd|auth|authorization|signature|sig|session"
    r"|device_code|code_verifier"
)
_IN_QUERY: Final = re.compile(rf"(?i)(?<![a-z0-9_])({_SECRET_NAMES})=[^&#\s\"'<>]*")
_IN_JSON: Final = re.compile(rf"(?i)([\"'](?:{_SECRET_NAMES})[\"']\s*:\s*[\"'])[^\"']*")
_BEARER: Final = re.compile(r"(?i)\b(bearer|basic)\s+[a-z0-9._~+/=-]{4,}")
_JWT: Final = re.compile(r"\beyJ[\w-]{8,}(?:\.[\w-]*)+")
_USERINFO: Final = re.compile(r"(?<=://)[^/@\s]+@")


def redact(text: str, *secrets: str) -> str:
    """The text without secrets: the given ones, and whatever stands where secrets usually stand.

    Covered are query parameters and JSON members with telling names, bearer tokens, JSON web
    tokens, and user names in addresses.
    """
    for secret in secrets:
        if secret:
            text = text.replace(secret, "…")
    text = _USERINFO.sub("", text)
    text = _IN_QUERY.sub(r"\1=…", text)
    text = _IN_JSON.sub(r"\1…", text)
    text = _JWT.sub("…", text)
    return _BEARER.sub(r"\1 …", text)


def excerpt(body: bytes, *secrets: str) -> str:
    """The beginning of an answer, in one harmless line of at most ``EXCERPT`` characters, redacted."""
    text = body[: 20 * EXCERPT].decode("utf-8", "replace")
    return clean_line(redact(text, *secrets), EXCERPT)


class _Complaint(msgspec.Struct):
    """The members that error objects use to explain themselves (Mastodon, OAuth, WordPress)."""

    error_description: str | None = None
    error: str | None = None
    message: str | None = None


def complaint(headers: Mapping[str, str], body: bytes, *secrets: str) -> str:
    """What an error answer says in its own words: one harmless line, redacted; empty where it is a web page."""
    if "json" not in headers.get("content-type", "").lower():
        return ""
    try:
        said = msgspec.json.decode(body, type=_Complaint)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return excerpt(body, *secrets)
    words = said.error_description or said.error or said.message or ""
    return clean_line(redact(words, *secrets), EXCERPT)


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """A successful answer (2xx) or a 304, with its body read whole and unpacked."""

    status: int
    url: str
    """Where it came from in the end, after redirects."""
    headers: httpx.Headers
    body: bytes
    moved_to: str | None = None
    """The final address, if every redirect on the way was a permanent one (301, 308)."""
    secrets: tuple[str, ...] = field(default=(), compare=False)
    """Never shown in a message made from this answer."""
    hosts: tuple[str, ...] = ()
    """Every host asked on the way, redirects included, in that order and each once."""

    def __repr__(self) -> str:
        """Where it came from and how much it is; what it says may be a secret (a session, for one)."""
        return (
            f"Answer({self.status}, {redact(describe(httpx.URL(self.url)), *self.secrets)!r}, {len(self.body)} bytes)"
        )

    @property
    def not_modified(self) -> bool:
        """Nothing new since the validators we sent."""
        return self.status == httpx.codes.NOT_MODIFIED

    @property
    def validators(self) -> dict[str, str]:
        """``etag`` and ``last_modified`` verbatim, as far as given, for the next conditional request."""
        named = {"etag": self.headers.get("etag"), "last_modified": self.headers.get("last-modified")}
        return {name: value for name, value in named.items() if value}

    @property
    def links(self) -> Mapping[str, str]:
        """``Link`` header (RFC 8288): relation to absolute address. Broken addresses are left out."""
        found: dict[str, str] = {}
        for link in httpx.Response(200, headers=self.headers).links.values():
            try:
                address = str(httpx.URL(self.url).join(link.get("url", "")))
            except (httpx.InvalidURL, ValueError):
                continue
            for relation in link.get("rel", "").lower().split():
                found.setdefault(relation, address)
        return found

    def json(self, shape: type[T], what: str) -> T:
        """The body decoded as ``shape``; numbers sent as strings are accepted.

        Args:
            shape: any type msgspec can decode to.
            what: the thing expected, for the message: "a list of statuses".

        Raises:
            NotUnderstood: the body is not JSON, or not of that shape.
        """
        body = self.body.removeprefix(b"\xef\xbb\xbf").strip()
        said_json = "json" in self.headers.get("content-type", "").lower()
        if not said_json and not body.startswith((b"{", b"[")):
            raise self.puzzling(what, "a page that is no JSON")
        try:
            return msgspec.json.decode(body, type=shape, strict=False)
        except msgspec.ValidationError as error:
            raise self.puzzling(what, clean_line(str(error), EXCERPT)) from error
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            try:  # one name cut in the middle of a character must not cost the whole page
                body.decode()
                return msgspec.json.decode(mended_json(body), type=shape, strict=False)
            except (msgspec.MsgspecError, ValueError, RecursionError):
                raise self.puzzling(what, clean_line(str(error), EXCERPT)) from error

    def text(self) -> str:
        """The body as text in its declared character set; UTF-8 where it declares none, or one that does not exist."""
        charset = httpx.Response(200, headers=self.headers).charset_encoding or "utf-8"
        try:
            return self.body.decode(charset, "replace")
        except (LookupError, ValueError):
            return self.body.decode("utf-8", "replace")

    def puzzling(self, what: str, instead: str) -> NotUnderstood:
        """The error that says: ``what`` was expected, this came ``instead``."""
        url = httpx.URL(self.url)
        seen = redact(excerpt(self.body, *self.secrets) or "nothing", *self.secrets)
        place = redact(clean_line(f"{url.host}{url.path}", 200), *self.secrets)
        message = f"expected {what} from {place}, got {redact(instead, *self.secrets)}: {seen}"
        return NotUnderstood(message, hint=_HINT)


_HINT: Final = "The server may be another software than expected, or be in trouble; try again later."
