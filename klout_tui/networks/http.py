"""The shared client: time-outs, retries, Retry-After, conditional requests, size caps, redirects, hosts, redaction.

Adapters say what they want to read; how politely, how safely and how often is settled here, once for all networks.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlencode

import httpx
import msgspec

from klout_tui.domain.text import clean_line
from klout_tui.errors import UsageError
from klout_tui.networks.address import LINES, causes, describe, failing, objection, same_origin, to_check
from klout_tui.networks.answer import Answer, excerpt, redact
from klout_tui.networks.base import (
    NotUnderstood,
    OtherHost,
    RateLimited,
    TooLarge,
    Unavailable,
)
from klout_tui.networks.body import BodyTooLarge, BrokenBody, CutBody, read
from klout_tui.networks.call import Call, Passing, bare, check_token, conditions, listed, secrets_in
from klout_tui.networks.limits import HostGates, Limits
from klout_tui.networks.record import Asked, Left, Record
from klout_tui.networks.refusal import Judge, Refusal, by_status
from klout_tui.networks.wire import LOCATION, USER_AGENT, open_wire

if TYPE_CHECKING:
    from klout_tui.networks.dialing import Line

__all__ = ["USER_AGENT", "Answer", "Client", "HostGates", "Judge", "Limits", "Refusal", "redact"]

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PERMANENT: Final = frozenset({301, 308})
_UNSENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
"""How a request ends that never left this machine."""
_ERROR_BODY: Final = 16 * 1024
"""Bytes read of an error page: enough for its first sentence."""


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
        limits: Limits = Limits(),  # noqa: B008  # immutable
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
        self._hidden: set[str] = set()
        self.hide(self._token, *secrets_in(session))
        self._hosts = None if hosts is None else frozenset(bare(host) for host in hosts)
        self._gates = gates or HostGates()
        self._clock = clock
        self._sleep = sleep
        self._rng = rng or random.Random()
        self._limits = limits
        check_token(self._token)
        on_the_web = bool(self._base) and self._base.partition("://")[0] not in LINES
        self._origin = self._url(self._base) if on_the_web else None
        self._transport = transport
        self._http = open_wire(transport, limits)

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
        self.hide(*secrets_in(session))
        if self._keep_session is not None:
            await self._keep_session(session)
        self._session = session

    def hide(self, *secrets: str) -> None:
        """Blot these out of every message and record from now on."""
        self._hidden.update(text for text in secrets if text)

    def blotted(self, text: str) -> str:
        """The text without any secret this client knows."""
        return redact(text, *self._secrets())

    def holds_secret(self, text: str) -> bool:
        """Whether the text holds one of them."""
        return any(secret in text for secret in self._hidden)

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
            RateLimited: 429, with ``retry_at``; the host said before that nothing is left; or this refresh has used up
                its requests.
            Unavailable: 5xx, or no whole answer, after all tries.
            NotUnderstood: any other refusal, a redirect loop, a body too large or damaged.
            OtherHost: a host this account was not linked with.
        """
        address = self._url(url)
        if params:
            address = address.copy_merge_params({name: listed(value) for name, value in params.items()})
        sent = {"Accept": accept} | dict(headers or {}) | conditions(validators or {})
        call = Call("GET", address, sent, authorised=authorised, bearer=bearer, judge=judge)
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
        call = Call("POST", self._url(url), sent, body, authorised=authorised, bearer=bearer, judge=judge)
        return await self._until_it_answers(call, tries=self._limits.tries if repeatable else 1)

    async def delete(
        self,
        url: str,
        *,
        accept: str = "application/json",
        headers: Mapping[str, str] | None = None,
        bearer: str = "",
        judge: Judge | None = None,
    ) -> Answer:
        """Delete what lies at one address, which twice is as good as once. No redirect is followed.

        Args:
            url: as for ``get``.
            accept: as for ``get``.
            headers: as for ``get``.
            bearer: as for ``get``.
            judge: as for ``get``.

        Raises:
            NetworkError: as ``get``; ``NotFound`` where it is gone already.
        """
        sent = {"Accept": accept} | dict(headers or {})
        call = Call("DELETE", self._url(url), sent, bearer=bearer, judge=judge)
        return await self._until_it_answers(call, tries=self._limits.tries)

    @asynccontextmanager
    async def dial(self, host: str, port: int, *, protocol: str, encrypted: bool = True) -> AsyncIterator[Line]:
        """A conversation in another protocol than HTTP, hung up when the block ends.

        What is asked in it counts and is noted as requests are (``Line.asking``). Other transports than the network
        take part if they are a ``Dialer``; the network is never reached past one.

        Args:
            host: one of this account's.
            port: where it listens.
            protocol: what is spoken there, in a few letters, to note it by.
            encrypted: whether TLS begins at once; else ``Line.encrypt`` has to, before a credential is sent.

        Raises:
            OtherHost: a host this account was not linked with.
            Unavailable: it cannot be reached.
        """
        from klout_tui.networks.dialing import open_line

        self._check_host(httpx.URL(scheme="https", host=host))
        async with (
            self._gates.gate(host),
            open_line(
                host,
                port,
                protocol=protocol,
                encrypted=encrypted,
                transport=self._transport,
                limits=self._limits,
                record=self.record,
                clock=self._clock,
                blotted=self.blotted,
            ) as line,
        ):
            yield line

    async def _until_it_answers(self, call: Call, tries: int) -> Answer:
        check_token(call.bearer)
        attempt = 1
        while True:
            try:
                return await self._once(call)
            except Passing as passing:
                wait = self._wait(passing, attempt, tries)
                if wait is None:
                    raise passing.error from passing.__cause__
            attempt += 1
            await self._sleep(wait)

    async def _once(self, call: Call) -> Answer:
        """One try, redirects followed by hand."""
        start = address = call.address
        home = start if call.bearer else self._origin
        at_home, permanent = True, True
        hosts: dict[str, None] = {}
        self._check_host(start)
        for _ in range(self._limits.redirects + 1):
            hosts[address.host] = None
            at_home = at_home and home is not None and same_origin(address, home)
            token = (call.bearer or self._token) if call.authorised and at_home else ""
            status, answered, body = await self._send(call, address, token)
            if status not in _REDIRECTS or call.method != "GET":
                self._complain(call, status, answered, body, address, token_sent=bool(token))
                moved = str(address) if permanent and address != start else None
                secrets = self._secrets(call.bearer)
                return Answer(status, str(address), answered, body, moved, secrets, tuple(hosts))
            permanent = permanent and status in _PERMANENT
            address = self._next(address, answered)
        raise NotUnderstood(f"{describe(start)} redirects more than {self._limits.redirects} times")

    async def _send(self, call: Call, address: httpx.URL, token: str) -> tuple[int, httpx.Headers, bytes]:
        limits = self._limits
        if self.requests >= limits.requests:
            raise RateLimited(
                f"this refresh has asked {limits.requests:,} times, which is enough for now",
                hint="What is left is read with the next one.",
                retry_at=self._clock() + limits.break_after,
            )
        if until := self.record.spent_until(address.host, self._clock(), call.method):
            raise Passing(RateLimited(f"{address.host} lets us ask nothing more for now", retry_at=until))
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
                slow = f"{address.host} took longer than {limits.total:g} s for one answer"
                raise Unavailable(slow, hint=to_check(error, address.host)) from error
            except (httpx.HTTPError, CutBody, OSError) as error:
                words, lasting = failing(error, address.host, limits.timeout)
                mishap = Unavailable(self.blotted(words), hint=to_check(error, address.host))
                mishap.unsent = isinstance(error, _UNSENT)
                note("no whole answer")
                # what a library says of broken data may quote them, and a secret in them
                cause = error if all(self.blotted(str(each)) == str(each) for each in causes(error)) else None
                if lasting:
                    raise mishap from cause
                raise Passing(mishap) from cause
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
        self.record.learn(response.headers, self._clock(), address.host, call.method)
        return response.status_code, response.headers, body

    def _noting(self, call: Call, address: httpx.URL, authorised: bool) -> Callable[..., None]:
        """A function that notes how a request begun now ended; to be called once."""
        begun, place = self._clock(), self.blotted(describe(address))

        def note(outcome: str, size: int = 0) -> None:
            took = self._clock() - begun
            self.record.note(Asked(begun, call.method, place, outcome, size, took, authorised))

        return note

    def _check_host(self, address: httpx.URL, *, came_from: str = "") -> None:
        """Raises: OtherHost: the account is not known to live there."""
        if self._hosts is None or bare(address.host) in self._hosts:
            return
        host = clean_line(address.host, 100)
        if came_from:
            message = f"{came_from} redirects to {host}, where this account was not linked"
        else:
            message = f"{host} is not one of the hosts this account was linked with"
        raise OtherHost(message, hint="If it has moved there, link it again at its new address.")

    def _complain(
        self, call: Call, status: int, headers: httpx.Headers, body: bytes, address: httpx.URL, *, token_sent: bool
    ) -> None:
        """Raise what a status means; successes and 304 pass.

        Raises:
            NetworkError: as documented at ``get``, wrapped in ``Passing`` where another try may help.
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
            raise Passing(error)
        raise error

    def _secrets(self, *more: str) -> tuple[str, ...]:
        """Longest first, so that no part of one is left over where another is blotted out."""
        return tuple(sorted(filter(None, (*self._hidden, *more)), key=lambda text: (-len(text), text)))

    def _wait(self, passing: Passing, attempt: int, tries: int) -> float | None:
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
        except (httpx.InvalidURL, ValueError):
            # the cause would quote the address, and what may be a secret in it
            raise UsageError(f"this is no address: {self.blotted(excerpt(whole.encode('utf-8', 'replace')))}") from None
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
            target = address.join(headers[LOCATION])
        except (KeyError, httpx.InvalidURL, ValueError):
            raise NotUnderstood(f"{place} redirects to nowhere") from None
        if problem := objection(target, came_from=address):
            raise NotUnderstood(f"{place} redirects to {self.blotted(describe(target))}, which {problem}")
        self._check_host(target, came_from=place)
        return target
