"""The contract between klout-tui and a network.

An adapter turns one network's API into the nouns of ``domain.model`` and nothing else. It schedules nothing, stores
nothing and retries nothing (the shared client does). It yields ``Batch`` after ``Batch``, each with the cursor that is
saved only together with its data, so a refresh killed anywhere resumes without loss or repetition. Ids are the
network's own: reading a thing twice is harmless.

NetworkError
├── CredentialRefused   the token is wrong, revoked or lacks a permission
├── NotFound            no such account, site or page
├── RateLimited         asked too often; ``retry_at`` says when to return
├── Refused             it will not take what was written (``networks.writing``)
├── Unavailable         down, unreachable, overloaded, too slow
└── NotUnderstood       answered, but not with what its documents promise
    ├── TooLarge        answered with more than is ever read
    └── OtherHost       leads to a host this account was not linked with
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar, Protocol

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account, Fault, Profile
from klout_tui.errors import KloutError

if TYPE_CHECKING:
    from klout_tui.networks.http import Client


class NetworkError(KloutError):
    """A network refused, is away, or answered something unexpected."""

    kind: ClassVar[str] = "unavailable"

    def __init__(self, message: str, *, hint: str = "", retry_at: datetime | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_at = retry_at

    def as_fault(self) -> Fault:
        """The same, as a value that can be stored and shown."""
        return Fault(kind=self.kind, message=self.message, hint=self.hint, retry_at=self.retry_at)


class CredentialRefused(NetworkError):
    """The token is wrong, revoked, or not allowed to do this."""

    kind = "credential"


class NotFound(NetworkError):
    """No such account, site or page, or not visible to us."""

    kind = "not_found"


class RateLimited(NetworkError):
    """Asked too often; ``retry_at`` is when the network wants us back."""

    kind = "rate_limited"


class Unavailable(NetworkError):
    """Down, unreachable, overloaded or too slow; usually passes."""

    kind = "unavailable"
    unsent = False
    """True where no connection came about, so that nothing can have reached the network."""


class Refused(NetworkError):
    """The network will not take what was written: too long, empty, or not allowed there. It surely is not there."""

    kind = "not_understood"


class NotUnderstood(NetworkError):
    """The answer was not what the network's documents promise; the message says what was expected."""

    kind = "not_understood"


class TooLarge(NotUnderstood):
    """The answer is larger than anything we ask for; less at a time may do."""


class OtherHost(NotUnderstood):
    """It lies, or has moved to, where this account was not linked; nothing was asked there."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What can be seen, so that the screens promise no more than that."""

    names_actors: bool
    """Tells who reacted, not only how many."""
    dates_reactions: bool
    """Tells when they did."""
    sees: tuple[str, ...] = ()
    """What is read, in a user's words: "your posts and their counters"."""
    misses: tuple[str, ...] = ()
    """What is not, and what would show it: "who liked a post: needs a token"."""


@dataclass(frozen=True, slots=True)
class LinkRequest:
    """What the user typed to link an account."""

    target: str
    """A handle or an address in any of its usual forms."""
    base_url: str = ""
    """Another API origin than the one the target implies."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Network-specific answers, such as ``comments_feed``."""


@dataclass(frozen=True, slots=True)
class Verified:
    """An account that exists and answered."""

    account: Account
    profile: Profile
    capabilities: Capabilities
    hosts: tuple[str, ...] = ()
    """Every host that will be asked; filled in from ``Network.hosts`` by whoever links, left empty by adapters."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the user is to do in her browser, and what the login needs to go on from there."""

    url: str
    """The address to open."""
    asks: str
    """What it asks her to permit, in words: "to read your posts"."""
    request: LinkRequest
    """What to link with the grant: as typed, with the server named where the handle's domain leads elsewhere."""
    code: str = ""
    """What to type there; empty where nothing is."""
    brings_back: bool = False
    """Whether the page ends with a code to be brought back here; else the network is asked until it agrees."""
    state: str = field(default="", repr=False)
    """What a redirect must repeat to be the answer to this invitation; empty where none is awaited."""
    until: datetime | None = None
    """When it ends, aware, UTC."""
    keeps: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The login's own; holds secrets."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A credential got by a login."""

    token: str = field(repr=False)
    request: LinkRequest
    scopes: tuple[str, ...] = ()
    """What the network says it permits, in its own words; empty where it does not say, or for public things only."""
    revocation: str = field(default="", repr=False)
    """What ``Login.revoke`` needs beside the token: a secret, kept as one. Empty where nothing is needed."""


class Login(Protocol):
    """A way to get a credential without pasting one. Instances hold no state: it travels in the invitation."""

    asks: str
    """What it asks for, shown before it begins: "to read your posts, and nothing else"."""
    needs: tuple[str, ...]
    """Settings without which it cannot be offered, such as ``client_id``; never secrets."""
    redirects: bool
    """Whether the browser can bring the answer back by itself, to an address on this machine."""

    async def begin(
        self, request: LinkRequest, client: Client, now: datetime, *, redirect: str = "", settings: Mapping[str, str]
    ) -> Invitation:
        """Prepare the login.

        Args:
            request: what the user typed.
            client: without a token, free to ask any host.
            now: aware, UTC.
            redirect: the address on this machine that listens for the answer; empty: the user brings it herself.
            settings: what ``needs`` names.

        Raises:
            UsageError: the target cannot be meant as typed.
            NetworkError: as in the module's tree.
        """
        ...

    async def finish(
        self,
        invitation: Invitation,
        client: Client,
        *,
        brought: str = "",
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> Grant:
        """The credential; where nothing is brought back, once the user has agreed.

        Args:
            invitation: what ``begin`` gave.
            client: as for ``begin``.
            brought: the code the user pasted, or the address her browser was sent to.
            clock: now, aware, UTC.
            sleep: how to wait between two questions, in seconds.

        Raises:
            CredentialRefused: she declined, what was brought is wrong, or the invitation has ended.
            NetworkError: as in the module's tree.
        """
        ...

    async def revoke(self, base_url: str, grant: Grant, client: Client) -> None:
        """Make the network forget the credential.

        Args:
            base_url: the account's.
            grant: its token and ``revocation``.
            client: without a token, free to ask any host.

        Raises:
            NetworkError: it still holds; the hint tells how to revoke it by hand.
        """
        ...


class Likeness(IntEnum):
    """How surely something typed or pasted is meant for a network."""

    NO = 0
    POSSIBLE = 1
    """Its form fits, as any address may be a blog's."""
    LIKELY = 2
    """Its form is this network's own, as ``@alice@example.social`` is."""
    CERTAIN = 3
    """It names the network's own host."""


class Network(Protocol):
    """One social network, blog engine or forge.

    Instances hold no state between calls; everything lasting is in the account's options or the cursor.

    Four further attributes are optional, so that a plugin can do without; ``networks.optional`` asks for them:

    - ``login: ClassVar[Login | None]``: a way to get a credential without pasting one.
    - ``shows: ClassVar[str]``: what it shows without a credential, one sentence.
    - ``recognises(text: str) -> int``: how surely what was typed is meant for it, a ``Likeness``.
    - ``writes: ClassVar[Writer | None]``: how something is written there; see ``networks.writing``.
    - ``least_minutes: ClassVar[int]``: how long it is to be left alone between two refreshes that nobody asked for,
      unless her settings say otherwise for the account.

    A service that is not on the web gives ``imaps://host:port`` (encrypted from the first byte) or ``imap://host:port``
    as its origin, and is spoken to by ``Client.dial``.
    """

    name: ClassVar[str]
    """Lower case, as in account ids and on the command line."""
    title: ClassVar[str]
    """As people write it."""
    target_hint: ClassVar[str]
    """What to type when linking, for example ``@alice@example.social``."""
    option_hints: ClassVar[Mapping[str, str]]
    """Further optional answers: name to a one-line explanation."""
    wants_token: ClassVar[str]
    """Why a token helps and which permission is enough; empty where no token is of use."""

    def origin(self, request: LinkRequest) -> str:
        """Check what was typed without asking anybody, and tell the origin it leads to.

        Raises:
            UsageError: the target cannot be meant as typed.
        """
        ...

    def hosts(self, account: Account) -> tuple[str, ...]:
        """Every host that refreshes of this account ask, shown when it is linked; the client refuses all others.

        Told from the account alone, asking nobody; ``www.`` in front makes no difference.
        """
        ...

    async def verify(self, request: LinkRequest, client: Client, now: datetime) -> Verified:
        """Ask the network whether the account exists and what can be seen of it.

        Raises:
            UsageError: the target cannot be meant as typed.
            NetworkError: as in the module's tree.
        """
        ...

    def refresh(self, account: Account, cursor: Cursor, client: Client, now: datetime) -> AsyncIterator[Batch]:
        """Everything new since ``cursor`` (empty: the first, full reading), oldest work first.

        Raises:
            NetworkError: as in the module's tree; batches already yielded stay valid.
        """
        ...
