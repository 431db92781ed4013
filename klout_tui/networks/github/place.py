"""Where a GitHub is: github.com, a server of one's own (Enterprise Server), a tenant at ghe.com, or a test's. Pure.

github.com has its API at https://api.github.com, Enterprise Server at ``/api/v3`` (GraphQL at ``/api/graphql``), a
tenant at ``api.`` in front of its own host. A loopback address is the API's root as it stands, unless it names
``/api/v3`` itself.
https://docs.github.com/en/enterprise-server@latest/rest/quickstart, https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import httpx

from klout_tui.domain.model import Account
from klout_tui.domain.text import clean_line
from klout_tui.errors import UsageError
from klout_tui.networks.address import host_of, is_loopback, objection, same_origin
from klout_tui.networks.answer import redact

NAME: Final = "github"
LEAST_SCOPE: Final = ""
"""What to ask for when logging in by device or OAuth: no scope reads everything public and proves who she is."""
MENTIONS_SCOPE: Final = "notifications"
"""What to ask for in addition where mentions elsewhere shall be seen at once; it reads notifications and may mark them
as read, nothing else."""
READING_SCOPES: Final = frozenset(
    {
        MENTIONS_SCOPE,
        "read:audit_log",
        "read:discussion",
        "read:enterprise",
        "read:gpg_key",
        "read:network_configurations",
        "read:org",
        "read:packages",
        "read:project",
        "read:public_key",
        "read:repo_hook",
        "read:ssh_signing_key",
        "read:user",
        "user:email",
    }
)
"""Scopes of classic and OAuth tokens that write nothing of hers.
https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps"""

_WEB: Final = "https://github.com"
_API: Final = "https://api.github.com"
_OF_GITHUB: Final = frozenset({"github.com", "www.github.com", "api.github.com", "gist.github.com"})
_TENANTS: Final = ".ghe.com"
_ENTERPRISE: Final = "/api/v3"


@dataclass(frozen=True, slots=True)
class Place:
    """One GitHub."""

    origin: str
    """Of the API, without a trailing slash; the token goes there and nowhere else."""
    root: str
    """What stands before every path of the API: empty or ``/api/v3``."""
    web: str
    """Origin of the pages people look at; the device login (``/login/device/code``) is there, too."""

    @property
    def host(self) -> str:
        """What its ids begin with: ``github.com``, or the server's own host, with its port if it names one."""
        return httpx.URL(self.web).netloc.decode("ascii").lower()

    @property
    def graphql(self) -> str:
        """Address of the GraphQL API."""
        above = self.root.removesuffix("/v3") if self.root.endswith(_ENTERPRISE) else self.root
        return f"{self.origin}{above}/graphql"

    def address(self, where: str) -> str:
        """A path of the API, or a link it gave, as an address at this origin.

        Links are followed as given; one that names another host (a proxy's inner one) keeps its path alone.
        """
        if where.startswith("/"):
            return f"{self.origin}{self.root}{where}"
        link = httpx.URL(where)
        return where if same_origin(link, httpx.URL(self.origin)) else self.origin + link.raw_path.decode("ascii")

    def account_id(self, user_id: int) -> str:
        """Our id of one of its accounts: by number, since logins change."""
        return f"{NAME}:{user_id}" if self.web == _WEB else f"{NAME}:{user_id}@{self.host}"


GITHUB: Final = Place(_API, "", _WEB)


def place_of(account: Account) -> Place:
    """Where an account was linked."""
    if account.base_url == _API:
        return GITHUB
    return Place(account.base_url, account.options.get("root", ""), account.options.get("web", account.base_url))


def place_at(typed: str) -> Place:
    """The GitHub at an address somebody typed; empty means github.com.

    Raises:
        UsageError: it is no address, or not safe to use.
    """
    typed = "".join(typed.split())
    if not typed:
        return GITHUB
    shown = repr(clean_line(redact(typed), 80))
    try:
        address = httpx.URL(typed if "://" in typed else f"https://{typed}")
    except (httpx.InvalidURL, ValueError) as error:
        raise UsageError(f"{shown} is no address", hint="Type it like https://ghe.example.") from error
    if problem := objection(address):
        raise UsageError(
            f"{shown} {problem}", hint="The server's address starts with https://; plain http is for this machine only."
        )
    return _known(address)


def _known(address: httpx.URL) -> Place:
    origin = str(address.copy_with(path="/", query=None, fragment=None)).rstrip("/")
    host, path = host_of(origin), address.path.rstrip("/")
    if host in _OF_GITHUB:
        return GITHUB
    if host.endswith(_TENANTS):
        tenant = host.removeprefix("api.")
        return Place(f"https://api.{tenant}", "", f"https://{tenant}")
    if _ENTERPRISE in path:
        root = path[: path.index(_ENTERPRISE)] + _ENTERPRISE
    else:
        root = path if is_loopback(host) else _ENTERPRISE
    return Place(origin, root, origin)
