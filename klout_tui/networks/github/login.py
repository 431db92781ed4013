"""Logging in to GitHub from a terminal: a code typed on github.com, no secret of the program's own.

https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#device-flow (RFC 8628)
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

import httpx
import msgspec

from klout_tui.domain.text import clean_line
from klout_tui.errors import UsageError
from klout_tui.networks.address import host_of, objection
from klout_tui.networks.answer import Answer
from klout_tui.networks.base import (
    CredentialRefused,
    Grant,
    Invitation,
    LinkRequest,
    NetworkError,
    NotFound,
    RateLimited,
    Unavailable,
)
from klout_tui.networks.http import Client
from klout_tui.networks.oauth import AGAIN, Complaint, OAuthRefused, judge

SITE: Final = "https://github.com"
SCOPE: Final = ""
"""None at all: public things only, which is all that is read."""
DEVICE_GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"
_PACE: Final = 5.0
"""Seconds between two questions, and by how many they slow down, where the answer does not say (RFC 8628, 3.5)."""
_SLOWEST: Final = 60.0
_LONGEST: Final = 3_600.0
"""Seconds; no code is waited for longer than this, whatever the answer says."""

_ENDINGS: Final[Mapping[str, tuple[str, str]]] = {
    "expired_token": ("the code has expired", AGAIN),
    "token_expired": ("the code has expired", AGAIN),
    "access_denied": ("the login was declined in the browser", "Nothing was linked."),
    "device_flow_disabled": (
        "this client id belongs to a program whose device flow is switched off",
        "Switch “Device flow” on in the OAuth app's settings, or paste a token instead.",
    ),
    "incorrect_device_code": ("GitHub does not know this code any more", AGAIN),
    "incorrect_client_credentials": (
        "GitHub knows no program with this client id",
        "Check client_id in [network.github] of the settings, or paste a token instead.",
    ),
    "unauthorized_client": (
        "GitHub knows no program with this client id",
        "Check client_id in [network.github] of the settings, or paste a token instead.",
    ),
    "unsupported_grant_type": ("this server does not know the device flow", "Paste a token instead."),
}
"""The documented ends of a login: what is said of each, and what to do."""


class _Device(msgspec.Struct):
    """The answer to the first question: https://www.rfc-editor.org/rfc/rfc8628#section-3.2."""

    device_code: str = ""
    user_code: str = ""
    verification_uri: str = ""
    expires_in: float | None = None
    interval: float | None = None
    error: str = ""
    error_description: str | None = None


class _Token(Complaint):
    """The answer to every further one: a token, or an error with status 200."""

    access_token: str = ""
    scope: str | None = None


class DeviceLogin:
    """The device flow of github.com, or of a GitHub server of one's own."""

    asks: str = "for no permission at all: it reads what is public, and may ask more often than a stranger"
    needs: tuple[str, ...] = ("client_id",)
    redirects: bool = False

    async def begin(
        self,
        request: LinkRequest,
        client: Client,
        now: datetime,
        *,
        redirect: str = "",  # noqa: ARG002  # this flow has none
        settings: Mapping[str, str],
    ) -> Invitation:
        """Ask for a code.

        Raises:
            UsageError: there is no client id.
            NetworkError: GitHub refused, or is away.
        """
        client_id = settings.get("client_id", "").strip()
        if not client_id:
            raise UsageError("logging in to GitHub needs a client id", hint="Paste a token instead.")
        site = site_of(request.base_url)
        try:
            answer = await client.post(
                f"{site}/login/device/code",
                form={"client_id": client_id, "scope": SCOPE},
                authorised=False,
                judge=judge,
            )
        except OAuthRefused as error:
            raise _ended(error.code, error.message) from error
        except NotFound as error:
            raise _ended("incorrect_client_credentials", "") from error
        device = answer.json(_Device, "a code to type")
        if device.error:
            raise _ended(device.error, device.error_description or "")
        client.hide(device.device_code)
        return Invitation(
            url=_page(device, answer),
            asks=self.asks,
            request=request,
            code=clean_line(device.user_code, 40),
            until=now + timedelta(seconds=min(max(device.expires_in or 900, 0), _LONGEST)),
            keeps={
                "site": site,
                "client_id": client_id,
                "device_code": device.device_code,
                "interval": str(device.interval or _PACE),
            },
        )

    async def finish(
        self,
        invitation: Invitation,
        client: Client,
        *,
        brought: str = "",  # noqa: ARG002  # nothing is brought back in this flow
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> Grant:
        """Ask again and again, at the pace GitHub wants, until she has agreed.

        Raises:
            CredentialRefused: she declined, or the code has expired.
            NetworkError: GitHub answers something else; that it is away for a moment is waited out.
        """
        keeps = invitation.keeps
        client.hide(keeps["device_code"])
        form = {
            "client_id": keeps["client_id"],
            "device_code": keeps["device_code"],
            "grant_type": DEVICE_GRANT,
        }
        pace = min(max(float(keeps["interval"]), 1.0), _SLOWEST)
        while True:
            await sleep(pace)
            if invitation.until is not None and clock() >= invitation.until:
                raise _ended("expired_token", "")
            said = await self._asked(f"{keeps['site']}/login/oauth/access_token", form, client)
            if said is None:
                pace = min(pace + _PACE, _SLOWEST)
            elif said.access_token:
                client.hide(said.access_token)
                scopes = (said.scope or "").replace(",", " ").split()
                return Grant(said.access_token, invitation.request, tuple(clean_line(each, 80) for each in scopes[:50]))
            elif said.error == "slow_down":
                pace = min(max(said.interval or 0.0, pace + _PACE), _SLOWEST)
            elif said.error != "authorization_pending":
                raise _ended(said.error, said.error_description or "")

    async def revoke(self, base_url: str, grant: Grant, client: Client) -> None:  # noqa: ARG002
        """GitHub lets only a program with a secret revoke its tokens, and there is no keeping one in this program.

        Raises:
            CredentialRefused: always; the hint tells how.
        """
        raise CredentialRefused(
            "GitHub lets only the user herself revoke this login",
            hint=f"Revoke it at {site_of(base_url)}/settings/applications, among the authorised OAuth apps.",
        )

    async def _asked(self, url: str, form: Mapping[str, str], client: Client) -> _Token | None:
        """One answer; None where GitHub was away, or asked to be left alone, which is no answer yet.

        Raises:
            NetworkError: it is no answer to this question.
        """
        try:
            answer = await client.post(url, form=form, authorised=False, judge=judge)
        except OAuthRefused as error:
            return _Token(error=error.code, error_description=error.message)
        except (Unavailable, RateLimited):
            return None
        said = answer.json(_Token, "a token, or why there is none")
        if not said.access_token and not said.error:
            raise answer.puzzling("a token, or why there is none", "neither")
        return said


def site_of(base_url: str) -> str:
    """Where one logs in, from where the API is: ``https://api.github.com`` belongs to ``https://github.com``.

    A server of one's own has both on one host, and on GitHub's data-resident hosts the API is at ``api.``, too.
    """
    base_url = base_url.strip().rstrip("/")
    if not base_url:
        return SITE
    address = httpx.URL(base_url if "://" in base_url else f"https://{base_url}")
    host = address.host.lower()
    if host in ("github.com", "www.github.com", "api.github.com"):
        return SITE
    if host.startswith("api.") and host.endswith(".ghe.com"):
        address = address.copy_with(host=host.removeprefix("api."))
    return str(address.copy_with(path="/", query=None, fragment=None)).rstrip("/")


def _page(device: _Device, answer: Answer) -> str:
    """The address to open, of GitHub's own host.

    Raises:
        NotUnderstood: the answer is incomplete, or its address leads elsewhere.
    """
    if not (device.device_code and device.user_code and device.verification_uri):
        raise answer.puzzling("a code to type", "an answer without one")
    try:
        page = httpx.URL(device.verification_uri)
    except (httpx.InvalidURL, ValueError):
        raise answer.puzzling("the address of a page", "something else") from None
    if objection(page) or page.host.lower() != host_of(answer.url):
        raise answer.puzzling("a page of its own", "one of another host")
    return str(page)


def _ended(code: str, words: str) -> NetworkError:
    message, hint = _ENDINGS.get(code, (f"GitHub refused: {clean_line(words or code, 80)}", AGAIN))
    return OAuthRefused(code[:200], message, hint=hint)
