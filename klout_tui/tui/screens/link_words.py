"""What the link dialog says. Pure: values in, words out."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from klout_tui.domain.model import Account, Fault
from klout_tui.networks.base import Grant, Network, Verified
from klout_tui.networks.optional import login_of, shows
from klout_tui.networks.registry import Broken

FIRST = "Type a handle or paste an address; the network is guessed from it."
TYPED = "Enter checks it; nothing is linked yet."
NEEDS_ONE = "Paste a token, or log in."


def offer(network: Network, fault: Fault | None) -> Content:
    """What a network shows without and with a credential; when mending, what is wrong with the one there was."""
    lines = []
    if fault is not None:
        lines.append(Content.styled(f"{fault.message}.", "$text-error"))
    elif said := shows(network):
        lines.append(Content.assemble(("Without a token  " if network.wants_token else "Shows  ", "bold"), said))
    if network.wants_token:
        lines.append(Content.assemble(("With one  ", "bold"), network.wants_token))
    return Content("\n").join(lines)


def login_button(network: Network) -> str:
    """What the button says that begins a login."""
    login = login_of(network)
    if login is None:
        return ""
    return "Log in with the browser" if login.redirects else "Log in with a code"


def login_words(network: Network, reason: str) -> str:
    """What a login asks for, or why there can be none here; empty where the network has none."""
    login = login_of(network)
    if login is None:
        return ""
    return reason or f"It asks {network.title} {login.asks}."


def broken(networks: Iterable[Network | Broken]) -> Content:
    """Those that cannot be used, each with its reason."""
    lines = [f"✗ {each.name} cannot be used: {each.reason}" for each in networks if isinstance(each, Broken)]
    return Content.styled("\n".join(lines), "$text-error") if lines else Content("")


def found(verified: Verified, known: Account | None, grant: Grant | None, taste: str, *, mending: bool) -> str:
    """What was found, what will be seen, and who will be asked.

    Args:
        verified: the account.
        known: the same, if it is linked already.
        grant: the login it was looked at with, if any.
        taste: what a first look at its posts told.
        mending: whether only its credential is renewed.
    """
    profile, sees = verified.profile, verified.capabilities
    counts = [
        f"{count:,} {noun}"
        for count, noun in ((profile.followers, "followers"), (profile.karma, "karma"), (profile.posts, "posts"))
        if count is not None
    ]
    lines = ["Found: " + "  ·  ".join(filter(None, [profile.name, verified.account.handle, *counts]))]
    lines += [f"  {taste}"] if taste else []
    lines += [f"  + {words}" for words in sees.sees]
    lines += [f"  – {words}" for words in sees.misses]
    if grant is not None and grant.scopes:
        lines.append(f"  Permitted: {', '.join(grant.scopes)}")
    lines.append(f"  Asked from now on: {', '.join(verified.hosts)}, and no other host")
    if known is not None and known.authorised and not verified.account.authorised:
        lines.append("  ! The token kept for it will be dropped; paste it again to keep it.")
    elif known is not None and known.unlinked_at is None and not mending:
        lines.append("  It is linked already; linking it again renews it.")
    return "\n".join(lines)
