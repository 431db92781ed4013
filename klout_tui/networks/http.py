"""The shared client: time-outs, retries, Retry-After, conditional requests, size caps, redirects, hosts, redaction.

Adapters say what they want to read; how politely, how safely and how often is settled here, once for all networks.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import random
import ssl
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlencode

import httpx
import msgspec

from klout_tui import __version__
from klout_tui.errors import UsageError
from klout_tui.networks.address import describe, failing, objection, same_origin
from klout_tui.networks.answer import Answer, excerpt, redact
from klout_tui.networks.base import CredentialRefused, NetworkError, NotUnderstood, RateLimited, TooLarge, Unavailable
from klout_tui.networks.body import BodyTooLarge, BrokenBody, CutBody, read
from klout_tui.networks.record import Asked, Left, Record
from klout_tui.networks.refusal import Judge, Refusal, by_status

__all__ = ["Answer", "Client", "HostGates", "Judge", "Limits", "Refusal", "redact"]

USER_AGENT: Final = f"klout-tui/{__version__} (+https://github.com/klout-tui/klout-tui)"
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PERMANENT: Final = frozenset({301, 308})
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
    requests: int = 1_000
    """Requests of one refresh; what is left over comes with the next."""
    break_after: timedelta = timedelta(minutes=15)
    """How long an account rests whose refresh has used up its requests."""


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
    Plain http is for loopback hosts only. With ``hosts`` no other host is ever asked, not even after a redirect.
    """

    record: Record
    """What was asked and what came back."""

    def __init__(
        self,
        *,
        base_url: str = "",
        token: str | None = None,
        session: str = "",
        keep_session: Callable[[str], Awaitable[None]] | None = None,
        hosts: Collection[str] | None = None,
        record: Record | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        gates: HostGates | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        rng: random.Random | None = None,
        limits: Limits = Limits(),
    ) -> None:
        """Make a client; it is closed by leaving its context.

        Args:
            base_url: the origin that paths are joined to, and that the token is for.
            token: what the user gave: a token, an app password.
            session: what the network gave in exchange for it and the adapter kept: another secret, in its own form.
            keep_session: keeps a new session durably before it is used.
            hosts: the only hosts that may be asked; None while linking, when they are being found out.
            record: where requests are noted.
            transport: another way out than the network.
            gates: shared by the clients of one worker.
            clock: now, aware UTC.
            sleep: how to wait between tries.
            rng: for the jitter of the waits.
            limits: how much one request, and one refresh, may take.

        Raises:
            CredentialRefused: the token cannot be one.
        """
        self.record = record or Record()
        self._base = base_url.rstrip("/")
        self._token = token.strip() if token else ""
        self._session = session
        self._keep_session = keep_session
        self._hidden: set[str] = {text for text in (self._token, session) if text}
        self._hosts = None if hosts is None else frozenset(_bare(host) for host in hosts)
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
    def requests(self) -> int:
        """Sent so far, retries and redirects included."""
        return self.record.total

    @property
    def left(self) -> Mapping[str, Left]:
        """What the network says may still be asked, by pool; see ``Record.left``."""
        return self.record.left

    @property
    def token(self) -> str:
        """The user's credential, for the adapter whose network exchanges it for a session; never to be shown."""
        return self._token

    @property
    def session(self) -> str:
        """What ``keep_session`` was last given, in this refresh or an earlier one; empty where nothing is kept."""
        return self._session

    async def keep_session(self, session: str) -> None:
        """Keep what the network gave in exchange for the credential, durably, before it is used.

        Raises:
            CredentialError: it cannot be kept.
        """
        self.hide(session)
        if self._keep_session is not None:
            await self._keep_session(session)
        self._session = session

    def hide(self, *secrets: str) -> None:
        """Blot these out of every message and record from now on."""
        self._hidden.update(text for text in secrets if text)

    def blotted(self, text: str) -> str:
        """The text without any secret this client knows."""
        return redact(text, *self._secrets())

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
        headers: Mapping[str, str] | None = None,
        validators: Mapping[str, str] | None = None,
        authorised: bool = True,
        bearer: str = "",
        judge: Judge | None = None,
    ) -> Answer:
        """Read one address, retrying what passes.

        Args:
            url: absolute, or a path joined to ``base_url``.
            params: added to the address's own query; a sequence repeats its name.
            accept: the media types wanted.
            headers: further ones, such as an API version.
            validators: ``etag`` and ``last_modified`` of an earlier answer; then a 304 may come.
            authorised: False keeps the token at home even where it could go.
            bearer: a token of the adapter's own, sent instead of the user's to this address's origin and no further.
            judge: the network's own reading of a refusal, asked before the usual one.

        Raises:
            UsageError: the address is none, or not safe to use.
            CredentialRefused: 401, 403; but a 403 that answers a token with a web page is ``Unavailable``.
            NotFound: 404, 410.
            RateLimited: 429, with ``retry_at``; or this refresh has used up its requests.
            Unavailable: 5xx, or no whole answer, after all tries.
            NotUnderstood: any other refusal, a redirect loop, a body too large or damaged, a host not to be asked.
        """
        address = self._url(url)
        if params:
            address = address.copy_merge_params({name: _listed(value) for name, value in params.items()})
        sent = {"Accept": accept} | dict(headers or {}) | _conditions(validators or {})
        call = _Call("GET", address, sent, authorised=authorised, bearer=bearer, judge=judge)
        return await self._until_it_answers(call, tries=self._limits.tries)

    async def post(
        self,
        url: str,
        *,
        json: object = None,
        form: Mapping[str, str] | None = None,
        accept: str = "application/json",
        headers: Mapping[str, str] | None = None,
        authorised: bool = True,
        bearer: str = "",
        judge: Judge | None = None,
        repeatable: bool = False,
    ) -> Answer:
        """Send something to one address. No redirect is followed.

        Args:
            url: as for ``get``.
            json: the body, any value msgspec can encode; or
            form: the body as a form; neither sends none.
            accept: as for ``get``.
            headers: as for ``get``.
            authorised: as for ``get``.
            bearer: as for ``get``.
            judge: as for ``get``.
            repeatable: whether sending it twice is harmless (a GraphQL query); else one try is all there is, since
                nobody can know what became of the first.

        Raises:
            NetworkError: as ``get``.
        """
        sent = {"Accept": accept} | dict(headers or {})
        body = b""
        if form is not None:
            body = urlencode(form).encode()
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        elif json is not None:
            body = msgspec.json.encode(json)
            sent["Content-Type"] = "application/json"
        call = _Call("POST", self._url(url), sent, body, authorised=authorised, bearer=bearer, judge=judge)
        return await self._until_it_answers(call, tries=self._limits.tries if repeatable else 1)

    async def _until_it_answers(self, call: _Call, tries: int) -> Answer:
        attempt = 1
        while True:
            try:
                return await self._once(call)
            except _Passing as passing:
                wait = self._wait(passing, attempt, tries)
                if wait is None:
                    raise passing.error from passing.__cause__
            attempt += 1
            await self._sleep(wait)

    async def _once(self, call: _Call) -> Answer:
        """One try, redirects followed by hand."""
        start = address = call.address
        home = start if call.bearer else self._origin
        at_home, permanent = True, True
        for _ in range(self._limits.redirects + 1):
            at_home = at_home and home is not None and same_origin(address, home)
            token = (call.bearer or self._token) if call.authorised and at_home else ""
            status, answered, body = await self._send(call, address, token)
            if status not in _REDIRECTS or call.method != "GET":
                self._complain(call, status, answered, body, address, token_sent=bool(token))
                moved = str(address) if permanent and address != start else None
                return Answer(status, str(address), answered, body, moved, self._secrets(call.bearer))
            permanent = permanent and status in _PERMANENT
            address = self._next(address, answered)
        raise NotUnderstood(f"{describe(start)} redirects more than {self._limits.redirects} times")

    async def _send(self, call: _Call, address: httpx.URL, token: str) -> tuple[int, httpx.Headers, bytes]:
        self._check_host(address)
        limits = self._limits
        if self.requests >= limits.requests:
            raise RateLimited(
                f"this refresh has asked {limits.requests:,} times, which is enough for now",
                hint="What is left is read with the next one.",
                retry_at=self._clock() + limits.break_after,
            )
        request = self._http.build_request(call.method, address, headers=call.headers, content=call.body or None)
        if token:
            request.headers["Authorization"] = f"Bearer {token}"
        async with self._gates.gate(address.host):
            note = self._noting(call, address, bool(token))
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
                note("too slow")
                raise Unavailable(f"{address.host} took longer than {limits.total:g} s for one answer") from error
            except (httpx.HTTPError, CutBody, OSError) as error:
                words, lasting = failing(error, address.host, limits.timeout)
                mishap = Unavailable(self.blotted(words))
                note("no whole answer")
                if lasting:
                    raise mishap from error
                raise _Passing(mishap) from error
            except (BodyTooLarge, BrokenBody) as error:
                kind = TooLarge if isinstance(error, BodyTooLarge) else NotUnderstood
                note("too large" if isinstance(error, BodyTooLarge) else "damaged")
                raise kind(
                    f"{self.blotted(describe(address))} {error}", hint="It may be in trouble; try again later."
                ) from error
            except asyncio.CancelledError:
                note("given up")
                raise
            note(str(response.status_code), len(body))
        self.record.learn(response.headers, self._clock())
        return response.status_code, response.headers, body

    def _noting(self, call: _Call, address: httpx.URL, authorised: bool) -> Callable[..., None]:
        """A function that notes how a request begun now ended; to be called once."""
        begun, place = self._clock(), self.blotted(describe(address))

        def note(outcome: str, size: int = 0) -> None:
            took = self._clock() - begun
            self.record.note(Asked(begun, call.method, place, outcome, size, took, authorised))

        return note

    def _check_host(self, address: httpx.URL) -> None:
        """Raises: NotUnderstood: the account is not known to live there."""
        if self._hosts is None or _bare(address.host) in self._hosts:
            return
        raise NotUnderstood(
            f"{address.host} is not one of the hosts this account was linked with",
            hint="If it has moved there, link it again at its new address.",
        )

    def _complain(
        self, call: _Call, status: int, headers: httpx.Headers, body: bytes, address: httpx.URL, *, token_sent: bool
    ) -> None:
        """Raise what a status means; successes and 304 pass.

        Raises:
            NetworkError: as documented at ``get``, wrapped in ``_Passing`` where another try may help.
        """
        if 200 <= status < 300 or status == httpx.codes.NOT_MODIFIED:
            return
        refusal = Refusal(
            status=status,
            headers=headers,
            body=body,
            host=address.host,
            place=self.blotted(describe(address)),
            now=self._clock(),
            token_sent=token_sent,
            secrets=self._secrets(call.bearer),
        )
        error = (call.judge(refusal) if call.judge else None) or by_status(refusal)
        if isinstance(error, RateLimited | Unavailable) and not (status == 403 and error.retry_at is None):
            raise _Passing(error)
        raise error

    def _secrets(self, *more: str) -> tuple[str, ...]:
        return tuple(text for text in (*self._hidden, *more) if text)

    def _wait(self, passing: _Passing, attempt: int, tries: int) -> float | None:
        """Seconds until the next try, or None if there is none."""
        if attempt >= tries:
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
            raise UsageError(f"this is no address: {self.blotted(excerpt(whole.encode()))}") from error
        if problem := objection(address):
            raise UsageError(
                f"{self.blotted(describe(address))} {problem}", hint="Give an address that starts with https://."
            )
        return address

    def _next(self, address: httpx.URL, headers: httpx.Headers) -> httpx.URL:
        """Where a redirect leads.

        Raises:
            NotUnderstood: nowhere, or somewhere we do not go.
        """
        place = self.blotted(describe(address))
        try:
            target = address.join(headers[_LOCATION])
        except (KeyError, httpx.InvalidURL, ValueError) as error:
            raise NotUnderstood(f"{place} redirects to nowhere") from error
        if problem := objection(target, came_from=address):
            raise NotUnderstood(f"{place} redirects to {self.blotted(describe(target))}, which {problem}")
        return target


@dataclass(frozen=True, slots=True)
class _Call:
    """One thing to ask, however many tries and redirects it takes."""

    method: str
    address: httpx.URL
    headers: Mapping[str, str]
    body: bytes = b""
    authorised: bool = True
    bearer: str = field(default="", repr=False)
    judge: Judge | None = None


class _Passing(Exception):  # a signal, never shown
    """Another try may help; ``error`` is raised if there is none left."""

    def __init__(self, error: NetworkError) -> None:
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


class _WithoutQueries(logging.Filter):
    """Takes queries out of httpx's own log, which names whole addresses: some networks want their token in there."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(describe(arg) if isinstance(arg, httpx.URL) else arg for arg in record.args)
        return True


logging.getLogger("httpx").addFilter(_WithoutQueries())


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Trusted authorities, the environment's own included; loaded once, since that takes tens of milliseconds."""
    return httpx.create_ssl_context()


def _conditions(validators: Mapping[str, str]) -> dict[str, str]:
    headers = {"If-None-Match": validators.get("etag"), "If-Modified-Since": validators.get("last_modified")}
    return {name: value for name, value in headers.items() if value and value.isascii() and value.isprintable()}


def _bare(host: str) -> str:
    """A host as it is compared: ``www.`` in front of a site's name changes nothing."""
    return host.lower().rstrip(".").removeprefix("www.")


def _listed(value: str | Sequence[str]) -> str | list[str]:
    return value if isinstance(value, str) else list(value)
