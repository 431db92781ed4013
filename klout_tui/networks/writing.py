"""The contract between klout-tui and a network that can be written to. It is optional: a plugin may do without.

Writing is a permission of its own, off until she allows it for an account, and the path that reads never uses it.
Nothing is sent by itself: a call of ``send`` is one letter that she has read, edited and sent off.

At most once: an outcome is either certain or not known, and ``send`` tells which by what it raises.

- It returns: it is there.
- ``CredentialRefused``, ``NotFound``, ``RateLimited``, ``Refused``, ``OtherHost``, or ``Unavailable`` with ``unsent``:
  it surely is not there. An adapter raises these only where the network said no, or was not asked to write yet.
- Anything else: nobody knows. ``find`` is asked before any further try, and the next ``send`` carries the same ``key``.

So an answer to the writing request that makes no sense is ``Unavailable``, not ``NotUnderstood``: it may well be there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from klout_tui.domain.letters import Addressee
from klout_tui.domain.model import Account
from klout_tui.networks.base import (
    CredentialRefused,
    Login,
    NotFound,
    NotUnderstood,
    OtherHost,
    RateLimited,
    Refused,
    Unavailable,
)

if TYPE_CHECKING:
    from klout_tui.networks.http import Client


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a text may be."""

    most: int
    """In the network's own count."""
    length: Callable[[str], int]
    """That count; blocks for microseconds, as it is asked at every key."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What is to be written."""

    key: str
    """Unique to this letter and the same at every try: 32 hexadecimal digits."""
    at: datetime
    """When she sent it off, aware, UTC; the same at every try."""
    text: str
    answers: str = ""
    """The network's id (as in ``Interaction.id`` and ``Post.id``) of what it is a reply to; empty for a post."""
    to: tuple[Addressee, ...] = ()
    """Whom the text mentions, by handle; for networks where a mention needs an id."""
    quiet: bool = True
    """Unlisted where the network has that; else as visible as what it answers. Never more visible than that."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What is there."""

    id: str
    """The id that the post has when it is read: ``Post.id``."""
    url: str = ""
    """Where people look at it."""
    ref: str = ""
    """What ``delete`` needs beside the id."""


class Writer(Protocol):
    """How something is written on a network. Instances hold no state."""

    says: str
    """What allowing it means, one sentence: "It may write posts as you; klout-tui asks for nothing else"."""
    own_token: bool
    """Whether writing needs a credential of its own, so that the one that reads stays unable to write."""
    login: Login | None
    """How that credential is got without pasting one."""
    quietly: bool
    """Whether there is an unlisted way."""
    by_name: bool
    """Whether an answer reaches its author only where the text names them."""

    def limit(self, account: Account, most: int) -> Limit:
        """How long a text may be.

        Args:
            account: where.
            most: what ``check`` found; 0 where it found nothing.
        """
        ...

    async def check(self, account: Account, client: Client) -> int:
        """Whether the credential may write as this account; the longest text there, or 0 for the usual limit.

        It writes nothing.

        Raises:
            CredentialRefused: it may not, or is somebody else's; the message says what it lacks.
            NetworkError: as in ``networks.base``.
        """
        ...

    async def send(self, account: Account, letter: Outgoing, client: Client) -> Sent:
        """Write it, in one try.

        Raises:
            NetworkError: see the module for which of them mean that it is not there.
        """
        ...

    async def find(self, account: Account, letter: Outgoing, taken: Collection[str], client: Client) -> Sent | None:
        """Look whether it is there.

        Args:
            account: where.
            letter: as it was sent.
            taken: ids of what other letters are known to have become.
            client: as for ``send``.

        Raises:
            NetworkError: it could not be seen.
        """
        ...

    async def delete(self, account: Account, sent: Sent, client: Client) -> None:
        """Take it back. That it is gone already is fine.

        Raises:
            NetworkError: it may be there still.
        """
        ...


def surely_not_there(error: BaseException) -> bool:
    """Whether an error of ``send`` means that nothing was written."""
    certain = isinstance(error, CredentialRefused | NotFound | RateLimited | Refused | OtherHost)
    return certain or (isinstance(error, Unavailable) and error.unsent)


@contextmanager
def before_writing() -> Iterator[None]:
    """Around what an adapter asks before it writes: if that fails, in whatever way, nothing was written."""
    try:
        yield
    except Unavailable as error:
        error.unsent = True
        raise
    except NotUnderstood as error:
        raise Refused(error.message, hint=error.hint) from error
