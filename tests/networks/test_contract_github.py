"""GitHub keeps the contract, with a token and without."""

from __future__ import annotations

from typing import ClassVar

import httpx

from klout_tui.networks.base import LinkRequest
from klout_tui.networks.github import GitHub
from klout_tui.testing import NetworkContract
from tests.networks.github_busy import world
from tests.networks.github_fake import TOKEN
from tests.networks.github_world import NOW


class TestGitHub(NetworkContract):
    network = GitHub()
    request = LinkRequest(target="ada")
    token: ClassVar[str | None] = TOKEN
    now = NOW

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(world().answer)


class TestGitHubWithoutToken(TestGitHub):
    token: ClassVar[str | None] = None
