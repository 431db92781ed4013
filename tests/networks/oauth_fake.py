"""Servers that log people in, made of answers: a Mastodon-like one with its moods, and GitHub's device flow."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from tests import secrets

PASTE = "urn:ietf:wg:oauth:2.0:oob"
KNOWN = ["read", "profile", "write", "read:accounts", "read:statuses", "read:notifications", "read:search"]


@dataclass
class FakeOAuth:
    """``https://social.example``: registers programs, gives codes, exchanges each once, revokes."""

    host: str = "social.example"
    metadata: dict[str, Any] | None = field(
        default_factory=lambda: {"scopes_supported": KNOWN, "code_challenge_methods_supported": ["S256"]}
    )
    refuses: Callable[[dict[str, str]], bool] = lambda _: False
    """Which registrations are refused with 422."""
    grants: str | None = ""
    """The scope told with the token: empty what was asked for, None not told at all."""
    token: str = secrets.LOGIN_TOKEN
    revokes: int = 200
    then: Callable[[httpx.Request], httpx.Response] = lambda _: httpx.Response(404)
    """Answers everything else."""
    apps: list[dict[str, str]] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    _authorised: dict[str, str] = field(default_factory=dict)
    """What the browser asked when it got the code."""

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What the server says."""
        path = request.url.path
        self.asked.append(f"{request.method} {request.url.host}{path}")
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        if request.url.host != self.host:
            return self.then(request)
        if path == "/.well-known/oauth-authorization-server":
            return httpx.Response(200, json=self.metadata) if self.metadata is not None else httpx.Response(404)
        if (request.method, path) == ("POST", "/api/v1/apps"):
            if self.refuses(form):
                return httpx.Response(422, json={"error": "Validation failed"})
            self.apps.append(form)
            return httpx.Response(
                200, json={"id": "1", "name": "x", "client_id": "the-id", "client_secret": secrets.CLIENT_SECRET}
            )
        if (request.method, path) == ("POST", "/oauth/token"):
            return self._exchange(form)
        if (request.method, path) == ("POST", "/oauth/revoke"):
            if self.revokes == 200 and form["client_secret"] == secrets.CLIENT_SECRET:
                self.revoked.append(form["token"])
                return httpx.Response(200, json={})
            return httpx.Response(self.revokes, json={"error": "unauthorized_client"})
        return self.then(request)

    def browse(self, url: str) -> str:
        """What the user's browser does with the address, she agreeing; where it is sent, or the code it shows."""
        address = urlsplit(url)
        assert (address.scheme, address.netloc, address.path) == ("https", self.host, "/oauth/authorize")
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        assert asked["redirect_uri"] in self.apps[-1]["redirect_uris"].split()
        assert set(asked["scope"].split()) <= set(self.apps[-1]["scopes"].split())
        assert (asked["response_type"], asked["client_id"]) == ("code", "the-id")
        self._authorised = asked
        if asked["redirect_uri"] == PASTE:
            return secrets.LOGIN_CODE
        return f"{asked['redirect_uri']}?code={secrets.LOGIN_CODE}&state={asked['state']}"

    def _exchange(self, form: dict[str, str]) -> httpx.Response:
        asked, self._authorised = self._authorised, {}
        challenge = asked.get("code_challenge", "")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        good = (
            asked
            and form["code"] == secrets.LOGIN_CODE
            and form["client_secret"] == secrets.CLIENT_SECRET
            and form["redirect_uri"] == asked["redirect_uri"]
            and (not challenge or base64.urlsafe_b64encode(digest).decode().rstrip("=") == challenge)
        )
        if not good:
            self._authorised = asked
            return httpx.Response(400, json={"error": "invalid_grant", "error_description": "The grant is invalid."})
        token: dict[str, Any] = {"access_token": self.token, "token_type": "Bearer", "created_at": 1}
        if self.grants is not None:
            token["scope"] = self.grants or form["scope"]
        return httpx.Response(200, json=token)


@dataclass
class FakeDevices:
    """``https://github.com/login``: one code to type, then the answers a test wants, in turn."""

    script: list[dict[str, Any] | int] = field(default_factory=list)
    """Bodies of answers to the polling, or statuses of failures; the last one stays."""
    device: dict[str, Any] | int = field(
        default_factory=lambda: {
            "device_code": secrets.DEVICE_CODE,
            "user_code": "WDJB-MJHT",
            "verification_uri": "https://github.com/login/device",
            "expires_in": 900,
            "interval": 5,
        }
    )
    host: str = "github.com"
    status: int = 200
    """Of answers that are errors; GitHub sends 200, the standard says 400."""
    polled: int = 0
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What GitHub says."""
        form = {name: values[0] for name, values in parse_qs(request.content.decode(), keep_blank_values=True).items()}
        self.asked.append((str(request.url), form))
        assert request.headers["accept"] == "application/json"
        assert "authorization" not in request.headers
        if request.url.host == self.host and request.url.path == "/login/device/code":
            return self._told(self.device)
        if request.url.host == self.host and request.url.path == "/login/oauth/access_token":
            assert form["device_code"] == secrets.DEVICE_CODE
            said = self.script[min(self.polled, len(self.script) - 1)]
            self.polled += 1
            return self._told(said)
        return httpx.Response(404)

    def _told(self, said: dict[str, Any] | int) -> httpx.Response:
        if isinstance(said, int):
            return httpx.Response(said)
        return httpx.Response(self.status if "error" in said else 200, json=said)
