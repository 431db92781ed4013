"""What the user typed, taken apart: her address, the server, the folder. Asks nobody. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import httpx

from klout_tui.domain.text import clean_line, mail_address
from klout_tui.errors import UsageError
from klout_tui.networks.address import LINES, is_loopback
from klout_tui.networks.base import Likeness, LinkRequest

FOLDER: Final = "Gratitude"
"""The folder looked for where none is named."""
FOLDER_LIMIT: Final = 200

_SERVERS: Final = {
    "gmail.com": "imap.gmail.com",
    "googlemail.com": "imap.gmail.com",
    "fastmail.com": "imap.fastmail.com",
    "fastmail.fm": "imap.fastmail.com",
    "icloud.com": "imap.mail.me.com",
    "me.com": "imap.mail.me.com",
    "mac.com": "imap.mail.me.com",
    "yahoo.com": "imap.mail.yahoo.com",
    "aol.com": "imap.aol.com",
    "gmx.de": "imap.gmx.net",
    "gmx.net": "imap.gmx.net",
    "gmx.com": "imap.gmx.com",
    "web.de": "imap.web.de",
    "posteo.de": "posteo.de",
    "posteo.net": "posteo.de",
    "mailbox.org": "imap.mailbox.org",
}
"""Where providers' own domains are served; a domain of one's own is tried at ``imap.`` in front of it."""

_CLOSED: Final = frozenset({"outlook.com", "hotmail.com", "live.com", "msn.com"})
"""Microsoft lets programs in by OAuth alone."""

_PORT: Final = re.compile(r"(?P<host>[^:/\s\[\]]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d{1,5}))?")
_YES: Final = frozenset({"yes", "true", "1", "on"})
_NO: Final = frozenset({"", "no", "false", "0", "off"})


@dataclass(frozen=True, slots=True)
class Target:
    """A mailbox, and what may be seen of it."""

    address: str
    """Hers, the host in lower case."""
    scheme: str
    """``imaps``, or ``imap`` where encryption is agreed on first."""
    host: str
    port: int
    folder: str
    user: str
    """Whom the server knows her as."""
    others: tuple[str, ...]
    """Further addresses of hers."""
    subjects: bool
    """Whether subjects are kept."""
    plain: bool
    """Whether nothing is encrypted; on this machine only."""

    @property
    def base_url(self) -> str:
        """The origin."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def parse(request: LinkRequest) -> Target:
    """What is meant.

    Raises:
        UsageError: it cannot be meant as typed.
    """
    typed = clean_line(request.target, 300).removeprefix("mailto:")
    address = mail_address(typed)
    if not address:
        raise UsageError(f"“{clean_line(typed, 60)}” is no mail address", hint="Type yours, like ada@mail.example.")
    options = {name: value.strip() for name, value in request.options.items()}
    scheme, host, port = _server(request.base_url.strip(), address.rpartition("@")[2])
    plain = _yes(options.get("plain", ""), "plain")
    if plain and not (is_loopback(host) and scheme == "imap"):
        raise UsageError(f"{host} is not this machine", hint="Only imap:// on this machine may be asked unencrypted.")
    return Target(
        address=address,
        scheme=scheme,
        host=host,
        port=port,
        folder=_folder(options.get("folder", "") or FOLDER),
        user=clean_line(options.get("user", ""), 300) or address,
        others=_addresses(options.get("addresses", "")),
        subjects=_yes(options.get("subjects", ""), "subjects"),
        plain=plain,
    )


def likeness(text: str) -> Likeness:
    """How surely this is a mail address; a handle of other networks may look the same."""
    address = mail_address(text.strip().removeprefix("mailto:"))
    if not address:
        return Likeness.NO
    known = address.rpartition("@")[2] in _SERVERS or text.strip().startswith("mailto:")
    return Likeness.CERTAIN if known else Likeness.POSSIBLE


def _server(typed: str, domain: str) -> tuple[str, str, int]:
    if not typed:
        if domain in _CLOSED:
            raise UsageError(
                f"{domain} lets no program in by password",
                hint="Forward such mails to a mailbox elsewhere, or log them by +.",
            )
        return "imaps", _SERVERS.get(domain, f"imap.{domain}"), LINES["imaps"]
    scheme, separator, rest = typed.rpartition("://")
    found = _PORT.fullmatch(rest.rstrip("/"))
    scheme = scheme.lower()
    if found is None or (separator and scheme not in LINES):
        raise UsageError(
            f"“{clean_line(typed, 80)}” is no mail server",
            hint="Write it as imap.mail.example or imaps://imap.mail.example:993.",
        )
    port = int(found["port"] or LINES.get(scheme, LINES["imaps"]))
    if not 0 < port < 65536:
        raise UsageError(f"{port} is no port", hint="993 is the usual one.")
    scheme = scheme or ("imap" if port == LINES["imap"] else "imaps")
    try:
        host = httpx.URL(f"https://{found['host']}/").host.lower()
    except (httpx.InvalidURL, ValueError):
        host = ""
    if not host:
        raise UsageError(f"“{clean_line(typed, 80)}” is no mail server", hint="Write it as imap.mail.example.")
    return scheme, host, port


def _folder(typed: str) -> str:
    """A folder's name; the signs that stand for any name, and those no line can hold, are in none."""
    name = typed.strip("/").strip()
    if not name or len(name) > FOLDER_LIMIT or not name.isprintable() or set(name) & set("*%"):
        raise UsageError(
            f"“{clean_line(typed, 60)}” is no folder", hint=f"Name one of yours; {FOLDER} is the usual one."
        )
    return name


def _addresses(typed: str) -> tuple[str, ...]:
    found = []
    for word in re.split(r"[,;\s]+", typed):
        if word and not mail_address(word):
            raise UsageError(f"“{clean_line(word, 60)}” is no mail address", hint="Part your addresses by commas.")
        if word:
            found.append(mail_address(word))
    return tuple(found)


def _yes(typed: str, name: str) -> bool:
    if typed.lower() in _YES:
        return True
    if typed.lower() in _NO:
        return False
    raise UsageError(f"{name} is yes or no", hint=f"--option {name}=yes")
