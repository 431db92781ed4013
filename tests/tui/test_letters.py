"""Thanking and giving from the screens: nothing goes out by itself, everything can be taken back."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from textual.widgets import Button, Input, OptionList, Static, TextArea

from klout_tui.domain.letters import State
from klout_tui.errors import StoreError
from klout_tui.networks.base import Grant, Invitation, LinkRequest
from klout_tui.networks.http import Client
from klout_tui.tui.app import KloutApp
from klout_tui.tui.messages import Thanking
from klout_tui.tui.screens.allow import AllowScreen
from klout_tui.tui.screens.detail import DetailScreen
from klout_tui.tui.screens.letter import LetterScreen
from tests import secrets
from tests.conftest import FrozenClock
from tests.tui.quill import LOST, TOO_LONG, Board, writable
from tests.tui.village import Driver, driving, full, open_app


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    urls: list[str] = []

    def browse(url: str) -> bool:
        urls.append(url)
        return True

    monkeypatch.setattr("klout_tui.tui.writing.browse", browse)
    return urls


@pytest.fixture
def town(home: Path, clock: FrozenClock) -> tuple[KloutApp, Board]:
    return writable(home, clock, full)


def notes(app: KloutApp) -> str:
    return "\n".join(note.message for note in app._notifications)


def dialog(app: KloutApp) -> LetterScreen:
    assert isinstance(app.screen, LetterScreen)
    return app.screen


def said(app: KloutApp) -> str:
    return str(app.screen.query_one("#said", Static).content)


async def ask(driver: Driver, *keys: str) -> None:
    """Press keys, and wait for the dialog."""
    await driver.press(*keys)
    await driver.until(lambda: isinstance(driver.app.screen, LetterScreen))


def thanked(app: KloutApp) -> set[str]:
    return set(app.session.store.thanked())


async def test_t_drafts_and_sends_what_she_chose_and_edited(town: tuple[KloutApp, Board]) -> None:
    app, board = town
    async with driving(app) as driver:
        first = app.home.view.groups[0]  # type: ignore[union-attr]
        await ask(driver, "3", "t")
        screen = dialog(app)
        drafts = [str(option.prompt) for option in screen.query_one(OptionList).options]
        assert len(drafts) == 3
        assert any(first.topics[0] in draft for draft in drafts)
        await driver.press("3", "enter")
        assert screen.query_one(TextArea).has_focus
        await driver.press(*" 123")
        text = screen.text
        assert text.endswith(" 123")
        assert not board.written
        await driver.press("ctrl+s")
        await driver.until(lambda: board.written)
        (sent,) = board.written.values()
        assert sent.text == text
        assert sent.text.startswith(first.people[0].handle)
        assert sent.answers in {*(each.post for each in first.plusks), *(each.id for each in first.plusks)}
        assert sent.quiet
        await driver.until(lambda: thanked(app) == {each.id for each in first.plusks})
        await driver.until(lambda: "sent" in notes(app))
        await driver.press("ctrl+z")
        await driver.until(lambda: not board.written)
        await driver.until(lambda: not thanked(app))


@pytest.mark.parametrize("step", ["intend", "settle_letter"])
async def test_a_disk_that_refuses_is_not_taken_for_nothing_sent(
    town: tuple[KloutApp, Board], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    app, board = town

    def full_disk(*_: object) -> None:
        raise StoreError("The disk is full.")

    async with driving(app) as driver:
        await ask(driver, "3", "t")
        monkeypatch.setattr(app.session.store, step, full_disk)
        await driver.press("ctrl+s")
        await driver.until(lambda: "clipboard" in notes(app))
        assert bool(board.written) is (step == "settle_letter")
        assert ("Nothing was sent" in notes(app)) is not bool(board.written)
        assert ("may have gone out" in notes(app)) is bool(board.written)
        monkeypatch.undo()


async def test_escape_sends_nothing(town: tuple[KloutApp, Board]) -> None:
    app, board = town
    async with driving(app) as driver:
        await ask(driver, "3", "t")
        await driver.press("2", "escape")
        await driver.until(lambda: not isinstance(app.screen, LetterScreen))
        assert not board.written
        assert not thanked(app)
        assert app.session.store.letters() == []


async def test_ctrl_t_only_marks_and_ctrl_z_unmarks(town: tuple[KloutApp, Board]) -> None:
    app, board = town
    async with driving(app) as driver:
        await ask(driver, "3", "t")
        await driver.press("ctrl+t")
        await driver.until(lambda: thanked(app))
        assert not board.written
        await driver.press("ctrl+z")
        await driver.until(lambda: not thanked(app))
        await driver.press("ctrl+z")
        await driver.until(lambda: "nothing to undo" in notes(app))


async def test_where_nothing_can_be_sent_it_is_copied_and_the_page_opened(
    home: Path, clock: FrozenClock, opened: list[str]
) -> None:
    app = open_app(home, clock, full)
    async with driving(app) as driver:
        first = app.home.view.groups[0]  # type: ignore[union-attr]
        await ask(driver, "3", "t")
        assert "copies the text" in said(app)
        assert "Copy" in str(app.screen.query_one("#go-on", Button).label)
        text = dialog(app).text
        await driver.press("ctrl+s")
        await driver.until(lambda: opened)
        assert opened == [first.plusks[0].url]
        assert app.clipboard == text
        await driver.until(lambda: thanked(app) == {each.id for each in first.plusks})
        await driver.press("ctrl+z")
        await driver.until(lambda: not thanked(app))


async def test_a_long_text_is_counted_and_not_sent(town: tuple[KloutApp, Board]) -> None:
    app, board = town
    async with driving(app) as driver:
        await ask(driver, "3", "t")
        dialog(app).query_one(TextArea).text = "x" * 201
        await driver.pilot.pause()
        assert "201 of 200" in str(app.screen.query_one("#state", Static).content)
        await driver.press("ctrl+s")
        assert "too long by 1" in said(app)
        dialog(app).query_one(TextArea).text = " "
        await driver.press("ctrl+s")
        assert "nothing to send" in said(app)
        assert not board.written


async def test_ctrl_l_lists_it(town: tuple[KloutApp, Board]) -> None:
    app, board = town
    async with driving(app) as driver:
        await ask(driver, "3", "t")
        assert "unlisted" in str(app.screen.query_one("#state", Static).content)
        await driver.press("ctrl+l")
        assert "as public as" in str(app.screen.query_one("#state", Static).content)
        await driver.press("ctrl+s")
        await driver.until(lambda: board.written)
        assert not next(iter(board.written.values())).quiet


async def test_what_was_refused_keeps_her_words(town: tuple[KloutApp, Board]) -> None:
    app, board = town
    board.refuses = TOO_LONG
    async with driving(app) as driver:
        await ask(driver, "3", "t")
        dialog(app).query_one(TextArea).text = "My own words"
        await driver.press("ctrl+s")
        await driver.until(lambda: "did not go out" in notes(app))
        assert not thanked(app)
        board.refuses = None
        await ask(driver, "t")
        assert dialog(app).text == "My own words"
        assert "not sent" in said(app)
        await driver.press("ctrl+s")
        await driver.until(lambda: board.written)
        await driver.until(lambda: thanked(app))
        assert len(app.session.store.letters()) == 1


async def test_what_nobody_knows_is_said_looked_for_and_settled(
    town: tuple[KloutApp, Board], clock: FrozenClock
) -> None:
    app, board = town
    board.refuses = LOST
    async with driving(app) as driver:
        await ask(driver, "3", "t")
        await driver.press("ctrl+s")
        await driver.until(lambda: "not known yet" in notes(app))
        await ask(driver, "t")
        assert "Not known yet" in said(app)
        await driver.press("ctrl+s")
        await driver.until(lambda: "being sent already" in notes(app))
        (letter,) = app.session.store.letters()
        board.written[letter.key] = None  # type: ignore[assignment]  # it did arrive
        app._look_for_letters()
        await driver.until(lambda: thanked(app))
        assert [each.state for each in app.session.store.letters()] == [State.SENT]


async def test_what_never_arrived_is_told(town: tuple[KloutApp, Board], clock: FrozenClock) -> None:
    app, board = town
    board.refuses = LOST
    async with driving(app) as driver:
        await ask(driver, "3", "t")
        await driver.press("ctrl+s")
        await driver.until(lambda: "not known yet" in notes(app))
        clock.advance(timedelta(minutes=6))
        app._pause = 0
        app._look_for_letters()
        await driver.until(lambda: "did not go out" in notes(app))
        assert [each.state for each in app.session.store.letters()] == [State.MISSING]


def group(app: KloutApp, people: int, *, one_post: bool = True) -> tuple[str, ...]:
    """Ids of acts of so many people, on one post or each on another."""
    view = app.home.view
    assert view is not None
    if not one_post:
        on = {plusk.post: plusk for plusk in view.plusks}
        return tuple({plusk.actor.key: plusk.id for plusk in on.values()}.values())[:people]
    by_post: dict[str | None, dict[str, str]] = {}
    for plusk in view.plusks:
        by_post.setdefault(plusk.post, {}).setdefault(plusk.actor.key, plusk.id)
    return next(tuple(found.values())[:people] for found in by_post.values() if len(found) >= people)


async def test_a_group_is_marked_at_once(town: tuple[KloutApp, Board]) -> None:
    app, _ = town
    async with driving(app) as driver:
        ids = group(app, 2)
        app.post_message(Thanking(ids))
        await ask(driver)
        await driver.press("ctrl+t")
        await driver.until(lambda: thanked(app) == set(ids))
        await driver.press("ctrl+z")
        await driver.until(lambda: not thanked(app))


async def test_a_group_is_thanked_in_one_post_that_names_them(town: tuple[KloutApp, Board]) -> None:
    app, board = town
    async with driving(app) as driver:
        ids = group(app, 2)
        app.post_message(Thanking(ids))
        await ask(driver)
        await driver.press("ctrl+s")
        await driver.until(lambda: board.written)
        (sent,) = board.written.values()
        assert len(sent.to) == 2
        assert all(one.handle in sent.text for one in sent.to)
        await driver.until(lambda: thanked(app) == set(ids))


async def test_a_group_is_gone_through_one_by_one(town: tuple[KloutApp, Board]) -> None:
    app, board = town
    async with driving(app) as driver:
        ids = group(app, 3, one_post=False)
        app.post_message(Thanking(ids))
        await ask(driver)
        await driver.press("ctrl+s")
        assert "one by one" in said(app)
        await driver.press("ctrl+g")
        for place in ("1 of 3", "2 of 3"):
            await driver.until(lambda place=place: place in str(app.screen.query(".dialog").first().border_title or ""))  # type: ignore[misc]
            await driver.press("ctrl+s")
        await driver.until(lambda: "3 of 3" in str(app.screen.query(".dialog").first().border_title or ""))
        await driver.press("escape")
        await driver.until(lambda: len(board.written) == 2)
        await driver.until(lambda: thanked(app) == set(ids[:2]))


async def test_many_names_in_one_post_are_asked_twice(town: tuple[KloutApp, Board]) -> None:
    app, board = town
    async with driving(app) as driver:
        view = app.home.view
        assert view is not None
        post = max({plusk.post for plusk in view.plusks}, key=lambda post: sum(p.post == post for p in view.plusks))
        acts = app.session.store.interactions()
        ids = tuple({act.actor.key: act.id for act in acts if act.post == post}.values())
        assert len(ids) > 5
        app.post_message(Thanking(ids))
        await ask(driver)
        dialog(app).query_one(TextArea).text = "Thank you all"
        await driver.press("ctrl+s")
        assert "shout" in said(app)
        await driver.press("ctrl+s")
        await driver.until(lambda: board.written)


async def test_a_person_is_thanked_and_given_plus_k(town: tuple[KloutApp, Board]) -> None:
    app, board = town
    async with driving(app) as driver:
        await driver.press("3", "enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        await driver.press("p")
        await driver.until(lambda: len(app.screen_stack) == 3)
        await ask(driver, "g")
        assert "5 of 5 left" in str(app.screen.query_one("#topic-label", Static).content)
        line = app.screen.query_one("#topic", Input)
        line.value = ""
        await driver.press(*"Rust Lang")
        assert "+K about rust-lang" in dialog(app).text
        await driver.press("ctrl+s")
        await driver.until(lambda: board.written)
        (letter,) = app.session.store.letters()
        assert letter.topic == "Rust Lang"
        assert not thanked(app)
        await ask(driver, "g")
        assert "4 of 5 left" in str(app.screen.query_one("#topic-label", Static).content)
        app.screen.query_one("#topic", Input).value = "rust lang"
        await driver.until(lambda: "less than seven days" in said(app))
        await driver.press("ctrl+s")
        assert isinstance(app.screen, LetterScreen)
        assert len(board.written) == 1
        await driver.press("escape")
        await ask(driver, "t")
        await driver.press("escape")


async def test_a_letter_calls_a_topic_as_the_screens_do(town: tuple[KloutApp, Board]) -> None:
    app, _ = town
    app.session.store.curate("named python", lambda hers: msgspec.structs.replace(hers, labels={"python": "Python"}))
    async with driving(app) as driver:
        view = app.home.view
        assert view is not None
        (found, *_) = (plusk for plusk in view.plusks if plusk.topics == ("python",))
        assert view.label("python") == "Python"
        app.post_message(Thanking((found.id,)))
        await driver.until(lambda: isinstance(app.screen, LetterScreen))
        drafts = dialog(app)._occasion.drafts
        assert sum("Python" in draft for draft in drafts) >= 2
        assert not any("python" in re.sub("“.*?”", "", draft) for draft in drafts)
        await driver.press("escape", "3", "g")
        await driver.until(lambda: isinstance(app.screen, LetterScreen) and dialog(app)._occasion.topics)
        assert "Python" in dialog(app)._occasion.topics or "python" not in dialog(app)._occasion.topics


async def test_writing_is_allowed_with_a_token_that_may_and_taken_back(
    town: tuple[KloutApp, Board], home: Path
) -> None:
    app, _ = town
    store = app.session.store
    async with driving(app) as driver:
        await driver.press("1", "enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        await driver.press("w")
        await driver.until(lambda: isinstance(app.screen, AllowScreen))
        await driver.press("enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        assert store.writing("town:ada@town.example") is None
        await driver.press("w")
        await driver.until(lambda: isinstance(app.screen, AllowScreen))
        token = app.screen.query_one("#token", Input)
        token.value = secrets.TOWN_TOKEN
        token.focus()
        await driver.press("enter")
        await driver.until(lambda: "may not write" in said(app))
        assert store.writing("town:ada@town.example") is None
        token.value = secrets.WRITE_TOKEN
        await driver.press("enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        allowed = store.writing("town:ada@town.example")
        assert allowed is not None
        assert allowed.most == 300


class Door:
    """A login that opens at once."""

    asks = "to write as you"
    needs: tuple[str, ...] = ()
    redirects = False

    def __init__(self) -> None:
        self.revoked: list[str] = []

    async def begin(
        self, request: LinkRequest, client: Client, now: datetime, *, redirect: str = "", settings: Mapping[str, str]
    ) -> Invitation:
        return Invitation("https://town.example/in", self.asks, request)

    async def finish(
        self,
        invitation: Invitation,
        client: Client,
        *,
        brought: str = "",
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> Grant:
        return Grant(secrets.LOGIN_TOKEN, invitation.request, (), "the-way")

    async def revoke(self, base_url: str, grant: Grant, client: Client) -> None:
        self.revoked.append(grant.token)


@pytest.mark.parametrize("kept", [False, True])
async def test_leaving_while_the_network_is_asked_gives_the_login_back(
    town: tuple[KloutApp, Board], monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    """Unless it was kept just then: what may write is never revoked behind the back of what says so."""
    app, board = town
    asked, door = asyncio.Event(), Door()

    async def slow(*_: object) -> int:
        if kept:
            app.session.secrets.keep("writing of town:ada@town.example", f'{{"token": "{secrets.LOGIN_TOKEN}"}}')
        asked.set()
        await asyncio.Event().wait()
        return 0

    monkeypatch.setattr(board, "login", door, raising=False)
    monkeypatch.setattr(board, "check", slow)
    monkeypatch.setattr("klout_tui.tui.screens.allow.browser_here", lambda: False)
    async with driving(app) as driver:
        await driver.press("1", "enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        await driver.press("w")
        await driver.until(lambda: isinstance(app.screen, AllowScreen))
        await driver.press("enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        await driver.press("w")
        await driver.until(lambda: isinstance(app.screen, AllowScreen))
        await driver.press("enter")
        await driver.until(asked.is_set)
        await driver.press("escape")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        await driver.until(lambda: not any(worker.group == "give-back" for worker in app.workers))
        assert secrets.LOGIN_TOKEN not in door.revoked if kept else door.revoked[-1] == secrets.LOGIN_TOKEN
