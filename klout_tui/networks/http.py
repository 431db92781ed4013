"""The shared client: time-outs, retries, Retry-After, conditional requests, size caps, redirects, redaction.

Adapters say what they want to read; how politely, how safely and how often is settled here, once for all networks.
"""

from __future__ import annotations

import asyncio
import functools
import random
import ssl
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Self

import httpx

from klout_tui import __version__
from klout_tui.errors import UsageError
from klout_tui.networks.address import describe, failing, objection, same_origin
from klout_tui.networks.answer import Answer, complaint, excerpt, redact
from klout_tui.networks.base import CredentialRefused, NotFound, NotUnderstood, RateLimited, TooLarge, Unavailable
from klout_tui.networks.body import BodyTooLarge, BrokenBody, CutBody, read
from klout_tui.networks.waiting import DEFAULT, retry_at

__all__ = ["Answer", "Client", "HostGates", "Limits", "redact"]

USER_AGENT: Final = f"klout-tui/{__version__}"
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PERMANENT: Final = frozenset({301, 308})
_PASSING: Final = frozenset({408, 425})
"""4xx that mean "try again", together with every 5xx."""
_PAST_THE_PROXY: Final = ("all://127.0.0.1", "all://localhost", "all://[::1]")
"""A proxy named in the environment cannot reach these."""
_LOCATION: Final = "x-klout-tui-location"
_ERROR_BODY: Final = 16 * 1024
"""Bytes read of an error page: enough for its first sentence."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of anybody's time and memory one request may take."""

    timeout: float = 20.0
    """Seconds of silence before giving up."""
    connect: float = 10.0
    """Seconds to reach the host."""
    total: float = 120.0
    """Seconds for one whole answer, so that a server that drips is not waited for until the end of days."""
    body: int = 20 * 1024 * 1024
    """Bytes of an answer after decompression."""
    redirects: int = 5
    tries: int = 3
    patience: float = 10.0
    """Longest wait asked for by a server that is waited in place, in seconds; longer ones end the refresh."""


class HostGates:
    """How many requests may be under way per host; shared by all clients of a worker."""

    def __init__(self, at_once: int = 2) -> None:
        self._gates: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(at_once))

    def gate(self, host: str) -> asyncio.Semaphore:
        """The gate of one host."""
        return self._gates[host.lower()]


class Client:
    """What one refresh of one account may use to talk to its network.

    The token goes to ``base_url``'s own origin and nowhere else, never after a redirect elsewhere, and into no message.
    Plain http is for loopback hosts only.
    """

    requests: int
    """Sent so far, retries and redirects included."""

    def __init__(
        self,
        *,
        base_url: str = "",
        token: str | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        gates: HostGates | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        rng: random.Random | None = None,
        limits: Limits = Limits(),
    ) -> None:
        self.requests = 0
        self._base = base_url.rstrip("/")
        self._token = token.strip() if token else ""
        self._gates = gates or HostGates()
        self._clock = clock
        self._sleep = sleep
        self._rng = rng or random.Random()
        self._limits = limits
        if self._token and not (self._token.isascii() and self._token.isprintable()):
            raise CredentialRefused(
                "this token holds characters no token has", hint="Copy it again, without line ends."
            )
        self._origin = self._url(self._base) if self._base else None
        self._http = httpx.AsyncClient(
            transport=_Lent(transport) if transport else None,
            verify=_certificates(),
            mounts=dict.fromkeys(_PAST_THE_PROXY) if transport is None else None,
            timeout=httpx.Timeout(limits.timeout, connect=limits.connect),
            follow_redirects=False,
            event_hooks={"response": [_set_location_aside]},
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip, deflate"},
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    @property
    def has_token(self) -> bool:
        """Whether there is a token to send."""
        return bool(self._token)

    @property
    def base_url(self) -> str:
        """The origin that paths are joined to, without a trailing slash."""
        return self._base

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str | Sequence[str]] | None = None,
        accept: str = "application/json",
        validators: Mapping[str, str] | None = None,
        authorised: bool = True,
    ) -> Answer:
        """Read one address, retrying what passes.

        Args:
            url: absolute, or a path joined to ``base_url``.
            params: added to the address's own query; a sequence repeats its name.
            accept: the media types wanted.
            validators: ``etag`` and ``last_modified`` of an earlier answer; then a 304 may come.
            authorised: False keeps the token at home even where it could go.

        Raises:
            UsageError: the address is none, or not safe to use.
            CredentialRefused: 401, 403; but a 403 that answers a token with a web page is ``Unavailable``.
            NotFound: 404, 410.
            RateLimited: 429, with ``retry_at``.
            Unavailable: 5xx, or no whole answer, after all tries.
            NotUnderstood: any other refusal, a redirect loop, a body too large or damaged.
        """
        address = self._url(url)
        if params:
            address = address.copy_merge_params({name: _listed(value) for name, value in params.items()})
        headers = {"Accept": accept} | _conditions(validators or {})
        attempt = 1
        while True:
            try:
                return await self._once(address, headers, authorised)
            except _Passing as passing:
                wait = self._wait(passing, attempt)
                if wait is None:
                    raise passing.error from passing.__cause__
            attempt += 1
            await self._sleep(wait)

    async def _once(self, address: httpx.URL, headers: dict[str, str], authorised: bool) -> Answer:
        """One try, redirects followed by hand."""
        start, at_home, permanent = address, True, True
        for _ in range(self._limits.redirects + 1):
            at_home = at_home and self._origin is not None and same_origin(address, self._origin)
            sent = bool(self._token) and authorised and at_home
            status, answered, body = await self._send(address, headers, token_sent=sent)
            if status not in _REDIRECTS:
                self._complain(status, answered, body, address, token_sent=sent)
                moved = str(address) if permanent and address != start else None
                return Answer(status, str(address), answered, body, moved, (self._token,) if self._token else ())
            permanent = permanent and status in _PERMANENT
            address = self._next(address, answered)
        raise NotUnderstood(f"{describe(start)} redirects more than {self._limits.redirects} times")

    async def _send(
        self, address: httpx.URL, headers: dict[str, str], *, token_sent: bool
    ) -> tuple[int, httpx.Headers, bytes]:
        request = self._http.build_request("GET", address, headers=headers)
        if token_sent:
            request.headers["Authorization"] = f"Bearer {self._token}"
        limits = self._limits
        async with self._gates.gate(address.host):
            self.requests += 1
            try:
                async with asyncio.timeout(limits.total):
                    response = await self._http.send(request, stream=True, auth=None)
                    try:
                        good = response.is_success
                        body = await read(response, limits.body if good else _ERROR_BODY, whole=good)
                    finally:
                        await response.aclose()
            except TimeoutError as error:
                # it does answer, but so slowly that another try would only hold up the other accounts on this host
                raise Unavailable(f"{address.host} took longer than {limits.total:g} s for one answer") from error
            except (httpx.HTTPError, CutBody, OSError) as error:
                words, lasting = failing(error, address.host, limits.timeout)
                mishap = Unavailable(redact(words, self._token))
                if lasting:
                    raise mishap from error
                raise _Passing(mishap) from error
            except (BodyTooLarge, BrokenBody) as error:
                kind = TooLarge if isinstance(error, BodyTooLarge) else NotUnderstood
                raise kind(f"{describe(address)} {error}", hint="It may be in trouble; try again later.") from error
        return response.status_code, response.headers, body

    def _complain(
        self, status: int, headers: httpx.Headers, body: bytes, address: httpx.URL, *, token_sent: bool
    ) -> None:
        """Raise what a status means; successes and 304 pass.

        Raises:
            NetworkError: as documented at ``get``, wrapped in ``_Passing`` where another try may help.
        """
        if 200 <= status < 300 or status == httpx.codes.NOT_MODIFIED:
            return
        host, place = address.host, redact(describe(address), self._token)
        said = complaint(headers, body, self._token)
        answered = f"answered {status}" + (f": {said}" if said else "")
        if status in (401, 403):
            if token_sent and status == 403 and "html" in headers.get("content-type", "").lower():
                # a guard in front of the server, which has not seen the token
                raise Unavailable(f"{host} turns us away with a web page (answered 403)", hint="It often passes.")
            if token_sent:
                raise CredentialRefused(
                    f"{host} refused the token ({answered})", hint="Link the account again with a fresh token."
                )
            if status == 401:
                raise CredentialRefused(
                    f"{place} needs a token ({answered})", hint="Link the account again with a token."
                )
            raise CredentialRefused(
                f"{place} does not let us in ({answered})", hint="It may need a token, or turn programs away."
            )
        if status in (404, 410):
            raise NotFound(f"{place} does not exist or is not visible ({status})")
        back = retry_at(headers, self._clock())
        if status == 429:
            back = back or self._clock() + DEFAULT
            raise _Passing(RateLimited(f"{host} asks us to slow down", retry_at=back))
        if status >= 500 or status in _PASSING:
            raise _Passing(Unavailable(f"{host} is in trouble (answered {status})", retry_at=back))
        raise NotUnderstood(f"{place} {answered}")

    def _wait(self, passing: _Passing, attempt: int) -> float | None:
        """Seconds until the next try, or None if there is none."""
        if attempt >= self._limits.tries:
            return None
        if passing.error.retry_at is None:
            return float(2 ** (attempt - 1)) * self._rng.uniform(0.5, 1.5)
        asked = (passing.error.retry_at - self._clock()).total_seconds()
        if asked > self._limits.patience:
            return None
        return max(asked, 0.0) + self._rng.uniform(0.1, 0.5)

    def _url(self, url: str) -> httpx.URL:
        """The address to ask.

        Raises:
            UsageError: it is none, or not safe to use.
        """
        whole = self._base + url if url.startswith("/") else url
        try:
            address = httpx.URL(whole)
        except (httpx.InvalidURL, ValueError) as error:
            raise UsageError(f"this is no address: {redact(excerpt(whole.encode()), self._token)}") from error
        if problem := objection(address):
            raise UsageError(
                f"{redact(describe(address), self._token)} {problem}", hint="Give an address that starts with https://."
            )
        return address

    def _next(self, address: httpx.URL, headers: httpx.Headers) -> httpx.URL:
        """Where a redirect leads.

        Raises:
            NotUnderstood: nowhere, or somewhere we do not go.
        """
        place = redact(describe(address), self._token)
        try:
            target = address.join(headers[_LOCATION])
        except (KeyError, httpx.InvalidURL, ValueError) as error:
            raise NotUnderstood(f"{place} redirects to nowhere") from error
        if problem := objection(target, came_from=address):
            raise NotUnderstood(f"{place} redirects to {redact(describe(target), self._token)}, which {problem}")
        return target


class _Passing(Exception):  # a signal, never shown
    """Another try may help; ``error`` is raised if there is none left."""

    def __init__(self, error: Unavailable | RateLimited) -> None:
        super().__init__(error.message)
        self.error = error


class _Lent(httpx.AsyncBaseTransport):
    """A transport that several clients share: closing a client leaves it open for the others."""

    def __init__(self, owner: httpx.AsyncBaseTransport) -> None:
        self._owner = owner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._owner.handle_async_request(request)


async def _set_location_aside(response: httpx.Response) -> None:
    """Keep httpx from preparing a redirect it will not follow: a broken target would pass for a broken connection."""
    location = response.headers.pop("location", None)
    if location is not None:
        response.headers[_LOCATION] = location


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Trusted authorities, the environment's own included; loaded once, since that takes tens of milliseconds."""
    return httpx.create_ssl_context()


def _conditions(validators: Mapping[str, str]) -> dict[str, str]:
    headers = {"If-None-Match": validators.get("etag"), "If-Modified-Since": validators.get("last_modified")}
    return {name: value for name, value in headers.items() if value and value.isascii() and value.isprintable()}


def _listed(value: str | Sequence[str]) -> str | list[str]:
    return value if isinstance(value, str) else list(value)
