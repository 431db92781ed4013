"""A mailbox linked from the dialog, read in the background, and its thanks in the panes."""

from __future__ import annotations

from pathlib import Path

from textual.widgets import Input, Static

from klout_tui.credentials import MemorySecrets
from klout_tui.networks.email import Email
from klout_tui.networks.registry import Registry
from klout_tui.tui.panes.plusk import PlusKPane
from klout_tui.tui.screens.home import HomeScreen
from klout_tui.tui.screens.link import LinkScreen
from tests.conftest import FrozenClock
from tests.networks.mail_fake import USER, usual
from tests.secrets import MAIL_PASSWORD
from tests.tui.village import driving, nothing, open_app


async def test_a_mailbox_is_linked_and_its_thanks_wait_in_the_pane(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, nothing)
    server = usual()
    app.session.networks = Registry({"email": Email()})
    app.session.transport = server
    app.session.secrets = MemorySecrets()
    async with driving(app) as driver:
        await driver.press("a")
        await driver.until(lambda: isinstance(app.screen, LinkScreen) and app.screen.focused)
        app.screen.query_one("#target", Input).value = USER
        await driver.press("enter")
        said = app.screen.query_one("#said", Static)
        await driver.until(lambda: "opens with a password only" in str(said.content))
        app.screen.query_one("#token", Input).value = MAIL_PASSWORD
        await driver.press("enter")
        await driver.until(lambda: "opens the whole mailbox" in str(said.content))
        assert "5 mails in “Gratitude”" in str(said.content)
        assert "imap.mail.example" in str(said.content)
        await driver.press("enter")
        await driver.until(lambda: isinstance(app.screen, HomeScreen))
        await driver.until(lambda: app.home.view and app.home.view.plusk_count == 3)
        await driver.press("3")
        rows = app.home.query_one(PlusKPane).table.rows_shown
        assert {row.url for row in rows} == {
            *("mailto:ann@far.example", "mailto:J.Ek@pixel.example", "mailto:bo@pixel.example")
        }
        assert app.session.secrets.get(f"email:{USER}") == MAIL_PASSWORD
