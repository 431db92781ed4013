"""Both networks that can be written to, held to the contract; and the contract, held to what it promises."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

import httpx
import pytest

from klout_tui.domain.model import Account
from klout_tui.networks.base import Network, Refused
from klout_tui.networks.bluesky import Bluesky
from klout_tui.networks.http import Client
from klout_tui.networks.mastodon import Mastodon
from klout_tui.networks.mastodon.writing import Writing
from klout_tui.networks.optional import writer_of
from klout_tui.networks.writing import Outgoing, Sent
from klout_tui.testing import ContractBroken, WriterContract
from tests import secrets
from tests.networks.bluesky_fake import NOW, ada, post_uri, view
from tests.networks.mastodon_fake import alice, person, status
from tests.town import Town
from tests.worker.postal import PostalBluesky, PostalMastodon

THEIRS = "https://tech.example/users/p7/statuses/700"


class TestMastodon(WriterContract):
    network: ClassVar[Network] = Mastodon()
    account: ClassVar[Account] = alice()
    token: ClassVar[str] = secrets.WRITE_TOKEN
    letter: ClassVar[Outgoing] = Outgoing("0" * 32, NOW, "Thank you, @p7@tech.example!", THEIRS)

    def transport(self) -> httpx.AsyncBaseTransport:
        theirs = status(700, uri=THEIRS, url=THEIRS, account=person(7), visibility="public", tags=[])
        return httpx.MockTransport(PostalMastodon(others=[theirs]).answer)


class TestBluesky(WriterContract):
    network: ClassVar[Network] = Bluesky()
    account: ClassVar[Account] = ada()
    token: ClassVar[str] = secrets.BLUESKY_APP_PASSWORD
    letter: ClassVar[Outgoing] = Outgoing("0" * 32, NOW, "Thank you!", post_uri(1))

    def transport(self) -> httpx.AsyncBaseTransport:
        return httpx.MockTransport(PostalBluesky(feed=[view(1)]).answer)


def test_a_network_that_cannot_be_written_to_works_as_before() -> None:
    assert writer_of(Town()) is None

    class Half(Town):
        writes = object()

    assert writer_of(Half()) is None


class Liar(Writing):
    """Says that nothing is there whenever anything goes wrong."""

    async def send(self, account: Account, letter: Outgoing, client: Client) -> Sent:
        try:
            return await super().send(account, letter, client)
        except Exception as error:
            raise Refused("no") from error


class Blind(Writing):
    async def find(self, account: Account, letter: Outgoing, taken: Collection[str], client: Client) -> Sent | None:
        return None


@pytest.mark.parametrize(
    ("writes", "test"),
    [(Liar(), "test_it_says_truly_whether_it_is_there"), (Blind(), "test_what_is_sent_is_found_and_deleted")],
)
def test_the_contract_finds_out(writes: Writing, test: str) -> None:
    class Other(Mastodon):
        pass

    Other.writes = writes
    checked = TestMastodon()
    checked.network = Other()  # type: ignore[misc]  # this one alone
    with pytest.raises(ContractBroken):
        getattr(checked, test)()
