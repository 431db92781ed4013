"""The contract between klout-tui and a network.

An adapter turns one network's API into the nouns of ``domain.model`` and nothing else. It schedules nothing, stores
nothing and retries nothing (the shared client does). It yields ``Batch`` after ``Batch``, each with the cursor that is
saved only together with its data, so a refresh killed anywhere resumes without loss or repetition. Ids are the
network's own: reading a thing twice is harmless.

NetworkError
├── CredentialRefused   the token is wrong, revoked or lacks a permission
├── NotFound            no such account, site or page
├── RateLimited         asked too often; ``retry_at`` says when to return
├── Unavailable         down, unreachable, overloaded, too slow
└── NotUnderstood       answered, but not with what its documents promise
    ├── TooLarge        answered with more than is ever read
    └── OtherHost       leads to a host this account was not linked with
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
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


class Network(Protocol):
    """One social network, blog engine or forge.

    Instances hold no state between calls; everything lasting is in the account's options or the cursor.
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
