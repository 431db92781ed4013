"""What the user typed to link an account: handles and profile addresses in all their usual forms. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import httpx

from klout_tui.domain.text import clean_line
from klout_tui.errors import UsageError
from klout_tui.networks.address import objection
from klout_tui.networks.answer import redact
from klout_tui.networks.base import Likeness, LinkRequest

_USER: Final = re.compile(r"\w(?:[\w.-]*\w)?")
_HOST: Final = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?::\d{1,5})?|\[[0-9a-f:]+\](?::\d{1,5})?"
)
_NOT_IN_HOST: Final = re.compile(r"[@?#\\]")
_PREFIX: Final = re.compile(r"^(?:web\+)?(?:acct|ap|mastodon):(?!//)", re.IGNORECASE)
_PROFILE: Final = re.compile(
    r"^/(?:web/|deck/)?(?:@(?P<at>[^/@]+)(?:@(?P<elsewhere>[^/@]+))?|(?:users|profile|u|profiles)/(?P<plain>[^/@]+))(?:/|$)"
)
_HINT: Final = "Type it like @alice@example.social, or paste the address of the profile."


@dataclass(frozen=True, slots=True)
class Target:
    """An account as typed."""

    user: str
    domain: str
    """The host in the handle, lower case; may differ from where the API is."""
    origin: str
    """Where the API is expected, without a trailing slash."""
    certain: bool = False
    """The user named the API's address herself; nothing else is tried."""


def parse(request: LinkRequest) -> Target:
    """What the request means.

    Raises:
        UsageError: it cannot be meant as typed.
    """
    base = _base(request.base_url)
    typed = _PREFIX.sub("", "".join(request.target.split()))
    if "/" in typed:
        user, domain, origin = _from_address(typed)
    else:
        user, _, domain = typed.removeprefix("@").partition("@")
        domain = domain or (_host(base) if base else "")
        origin = ""
    if not domain:
        raise UsageError(f"{_shown(request)} does not say on which server", hint=_HINT)
    domain = _ascii(domain, request)
    if not _USER.fullmatch(user):
        raise UsageError(f"{_shown(request)} is no handle", hint=_HINT)
    return Target(user, domain, base or origin or f"https://{domain}", certain=bool(base))


def likeness(text: str) -> Likeness:
    """How surely this is an account here: ``@alice@example.social`` and ``/@alice`` are nobody else's forms.

    ``alice@example.social`` could be a mail address, and ``/users/alice`` stands on many sites.
    """
    try:
        parse(LinkRequest(target=text))
    except UsageError:
        return Likeness.NO
    typed = "".join(text.split())
    distinct = _PREFIX.match(typed) or (typed.startswith("@") and "@" in typed[1:]) or "/@" in typed
    return Likeness.LIKELY if distinct else Likeness.POSSIBLE


def _from_address(typed: str) -> tuple[str, str, str]:
    """User, domain and origin of a profile's address, with or without its scheme."""
    try:
        address = httpx.URL(typed if "://" in typed else f"https://{typed}")
    except (httpx.InvalidURL, ValueError) as error:
        raise UsageError(f"{_quoted(typed)} is no address", hint=_HINT) from error
    if problem := objection(address):
        raise UsageError(f"{_quoted(typed)} {problem}", hint=_HINT)
    profile = _PROFILE.match(address.path)
    if not profile:
        raise UsageError(f"{_quoted(typed)} is not the address of a profile", hint=_HINT)
    if profile["elsewhere"]:  # somebody's profile, seen from another server
        return profile["at"], profile["elsewhere"], ""
    origin = str(address.copy_with(path="/", query=None, fragment=None)).rstrip("/")
    return profile["at"] or profile["plain"], _host(origin), origin


def _base(typed: str) -> str:
    """The origin named by hand, checked; empty if none was."""
    typed = typed.strip().rstrip("/")
    if not typed:
        return ""
    try:
        address = httpx.URL(typed if "://" in typed else f"https://{typed}")
    except (httpx.InvalidURL, ValueError) as error:
        raise UsageError(f"{_quoted(typed)} is no address", hint="Type it like https://example.social.") from error
    if problem := objection(address):
        raise UsageError(
            f"{_quoted(typed)} {problem}",
            hint="The server's address starts with https://; plain http is for this machine only.",
        )
    return str(address.copy_with(path="/", query=None, fragment=None)).rstrip("/")


def _host(origin: str) -> str:
    return httpx.URL(origin).netloc.decode("ascii").lower()


def _ascii(domain: str, request: LinkRequest) -> str:
    """The domain in lower case, international ones in the form that DNS and ActivityPub use."""
    try:
        host = _host(f"https://{domain}")
    except (httpx.InvalidURL, ValueError) as error:
        raise UsageError(f"{_shown(request)} names no server", hint=_HINT) from error
    if not _HOST.fullmatch(host) or _NOT_IN_HOST.search(domain):
        raise UsageError(f"{_shown(request)} names no server", hint=_HINT)
    return host


def _shown(request: LinkRequest) -> str:
    return _quoted(request.target) if request.target.strip() else "an empty handle"


def _quoted(typed: str) -> str:
    return repr(clean_line(redact(typed), 80))
