"""The invented network of these tests, where something can be written."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import ClassVar

from klout_tui.domain.graphemes import graphemes
from klout_tui.domain.letters import Allowed
from klout_tui.domain.model import Account
from klout_tui.networks.base import CredentialRefused, Login, Refused, Unavailable
from klout_tui.networks.http import Client
from klout_tui.networks.registry import Registry
from klout_tui.networks.writing import Limit, Outgoing, Sent, Writer
from klout_tui.tui.app import KloutApp
from tests import secrets
from tests.conftest import FrozenClock
from tests.town import Town
from tests.tui.village import Filling, open_app


class Board:
    """Takes what is written, unless told otherwise."""

    says: str = "Town lets programs write with a token of their own."
    own_token: bool = True
    login: Login | None = None
    quietly: bool = True
    by_name: bool = True

    def __init__(self) -> None:
        self.written: dict[str, Outgoing] = {}
        self.refuses: Exception | None = None

    def limit(self, account: Account, most: int) -> Limit:
        return Limit(most or 200, graphemes)

    async def check(self, account: Account, client: Client) -> int:
        if client.token != secrets.WRITE_TOKEN:
            raise CredentialRefused("this token may not write", hint="Make another.")
        return 300

    async def send(self, account: Account, letter: Outgoing, client: Client) -> Sent:
        if self.refuses is not None:
            raise self.refuses
        self.written[letter.key] = letter
        return Sent(f"https://town.example/w/{letter.key}", f"https://town.example/w/{letter.key}")

    async def find(self, account: Account, letter: Outgoing, taken: Collection[str], client: Client) -> Sent | None:
        return Sent(f"https://town.example/w/{letter.key}") if letter.key in self.written else None

    async def delete(self, account: Account, sent: Sent, client: Client) -> None:
        self.written.pop(sent.id.rpartition("/")[2], None)


TOO_LONG = Refused("town.example does not take it", hint="Say less.")
LOST = Unavailable("town.example took longer than 20 s")


def writable(home: Path, clock: FrozenClock, filling: Filling) -> tuple[KloutApp, Board]:
    """The app, allowed to write as Ada of Town."""
    board = Board()

    class Writable(Town):
        writes: ClassVar[Writer | None] = board

    app = open_app(home, clock, filling)
    app.session.networks = Registry({"town": Writable()})
    app.session.secrets.keep("writing of town:ada@town.example", f'{{"token": "{secrets.WRITE_TOKEN}"}}')
    app.session.store.allow_writing("town:ada@town.example", Allowed(at=clock()))
    return app, board
