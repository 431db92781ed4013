"""A blog keeps the contract: WordPress with its interface open, the same with feeds alone, and a feed by itself."""

from __future__ import annotations

import httpx

from klout_tui.networks.base import LinkRequest
from klout_tui.networks.blog import Blog
from klout_tui.testing import NetworkContract
from tests.networks.blog_site import NOW, SITE, Site


class TestWordPress(NetworkContract):
    network = Blog()
    request = LinkRequest(target=SITE)
    now = NOW

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(Site())


class TestWordPressByItsFeeds(TestWordPress):
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(Site(closed=("/wp-json",)))
