"""The daily review from first to last key, and the screen that says what changed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec
import pytest
from textual.widgets import Input, Static

from klout_tui import statusline
from klout_tui.config import Reminders, Settings
from klout_tui.domain import wording
from klout_tui.domain.diagnosis import Burst, Diagnosis
from klout_tui.domain.diagnosis.findings import Cause, Effect, Finding, PersonShown
from klout_tui.domain.model import Health
from klout_tui.domain.review import Step
from klout_tui.domain.settled import How, Settled
from klout_tui.store import glance
from klout_tui.store.gathering import who_waits
from klout_tui.store.reviewing import kept, what_moved
from klout_tui.store.store import Store
from klout_tui.tui.app import LOOKS_OFFER, KloutApp
from klout_tui.tui.screens.changes import ChangesScreen
from klout_tui.tui.screens.detail import DetailScreen
from klout_tui.tui.screens.help import HelpScreen
from klout_tui.tui.screens.home import HomeScreen
from klout_tui.tui.screens.letter import LetterScreen
from klout_tui.tui.screens.review import ReviewScreen
from klout_tui.tui.screens.reviewcards import MORE
from klout_tui.tui.widgets.table import RowTable
from tests.conftest import FrozenClock
from tests.tui.village import Driver, account, bare, driving, full, open_app, year
from tests.tui.village import kept as left

TODAY = date(2026, 11, 23)


@pytest.fixture
def app(home: Path, clock: FrozenClock) -> KloutApp:
    return open_app(home, clock, full)


async def review(driver: Driver) -> ReviewScreen:
    """The review, with everything found."""
    await driver.press("R")
    await driver.until(lambda: isinstance(driver.app.screen, ReviewScreen) and driver.app.screen._found is not None)
    screen = driver.app.screen
    assert isinstance(screen, ReviewScreen)
    await driver.until(lambda: screen._found is not None and screen._found.diagnosis is not None)
    return screen


def steps(screen: ReviewScreen) -> str:
    return str(screen.query_one("#review-steps", Static).content)


def words(screen: ReviewScreen) -> str:
    return str(screen.query_one("#review-words", Static).content)


def rows(screen: ReviewScreen) -> list[str]:
    table = screen.query_one(RowTable)
    return [row.key for row in table.rows_shown] if table.display else []


def store(driver: Driver) -> Store:
    return driver.app.session.store


def step_of(screen: ReviewScreen) -> Step | None:
    """The card shown."""
    return screen._step


def is_settled(driver: Driver, each: str, how: How) -> bool:
    settled = store(driver).settled()
    return each in settled and settled[each].how is how


def is_gone(screen: ReviewScreen, each: str) -> bool:
    return each not in rows(screen)


async def test_a_review_from_first_to_last_key(app: KloutApp) -> None:
    async with driving(app) as driver:
        screen = await review(driver)
        assert step_of(screen) is Step.THANK
        assert rows(screen)
        thanked, waiting = len(store(driver).thanked()), screen._found
        await driver.press("t")
        await driver.until(lambda: isinstance(driver.app.screen, LetterScreen))
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is screen)
        await driver.press("T")
        await driver.until(lambda: len(store(driver).thanked()) > thanked)
        assert waiting is not None
        await driver.press("space")
        assert step_of(screen) is Step.ANSWER
        first = screen._waiting
        assert first is not None
        for key, how in (("d", How.DONE), ("x", How.DISMISSED), ("Z", How.SNOOZED)):
            each = screen._waiting
            assert each is not None
            await driver.press(key)
            await driver.until(partial(is_settled, driver, each.id, how))
            await driver.until(partial(is_gone, screen, each.id))
        await driver.press("space")
        assert step_of(screen) is Step.MOVED
        assert "reactions" in words(screen)
        await driver.press("space")
        assert step_of(screen) is Step.TOPICS
        assert "give-aways" in rows(screen)
        await driver.press("space")
        assert step_of(screen) is Step.SUGGESTION
        assert "Answer " in words(screen) or "Thank " in words(screen)
        await driver.press("space")
        assert step_of(screen) is Step.NOTE
        await driver.press(*"gave it", "space", *"away", "enter")
        await driver.until(lambda: store(driver).notes())
        (note,) = store(driver).notes()
        assert (note.day, note.text) == (TODAY, "gave it away")
        await driver.until(lambda: "That is all for today." in words(screen))
        await driver.until(lambda: "answered 1, let 1 go and put 1 off" in words(screen))
        assert "Noted: gave it away" in words(screen)
        await driver.until(lambda: kept(store(driver)).done is not None)
        await driver.press("enter")
        assert isinstance(driver.app.screen, HomeScreen)


async def test_it_goes_on_where_it_was_left_that_day(home: Path, clock: FrozenClock) -> None:
    async with driving(open_app(home, clock, full)) as driver:
        await review(driver)
        await driver.press("space", "space", "escape")
        assert isinstance(driver.app.screen, HomeScreen)
        await driver.until(lambda: kept(store(driver)).step is Step.MOVED)
    async with driving(open_app(home, clock, left)) as driver:
        assert (await review(driver))._step is Step.MOVED
    clock.advance(timedelta(days=1))
    async with driving(open_app(home, clock, left)) as driver:
        assert (await review(driver))._step is Step.THANK


async def test_done_is_remembered_without_counting_days(home: Path, clock: FrozenClock) -> None:
    async with driving(open_app(home, clock, full)) as driver:
        screen = await review(driver)
        await driver.press(*["tab"] * 6)
        await driver.until(lambda: kept(store(driver)).done == clock())
        assert "That is all for today." in words(screen)
    async with driving(open_app(home, clock, left)) as driver:
        screen = await review(driver)
        assert screen._step is None
        head = str(screen.query_one(".head", Static).content)
        assert "done today 09:15" in head
        assert "streak" not in (head + words(screen) + steps(screen)).lower()
        await driver.press("backspace")
        assert screen._step is Step.NOTE


async def test_keys_go_back_and_the_first_card_is_the_first(app: KloutApp) -> None:
    async with driving(app) as driver:
        screen = await review(driver)
        await driver.press("space", "space", "backspace", "backspace", "backspace")
        assert screen._step is Step.THANK


async def test_a_long_card_shows_the_rest_by_enter(app: KloutApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("klout_tui.tui.screens.reviewcards.FEW", 2)
    async with driving(app) as driver:
        screen = await review(driver)
        await driver.press("space")
        before = rows(screen)
        assert before[-1] == MORE
        await driver.press("end", "enter")
        assert len(rows(screen)) > len(before)
        assert MORE not in rows(screen)


async def test_everything_on_a_card_opens(app: KloutApp) -> None:
    async with driving(app) as driver:
        screen = await review(driver)
        for step in (Step.THANK, Step.ANSWER, Step.TOPICS, Step.SUGGESTION):
            while screen._step is not step:
                await driver.press("space")
            await driver.press("enter")
            await driver.until(lambda: isinstance(driver.app.screen, DetailScreen))
            await driver.press("escape")
            assert driver.app.screen is screen


async def test_what_moved_opens_into_the_whole_diagnosis(app: KloutApp) -> None:
    async with driving(app) as driver:
        await review(driver)
        await driver.press("space", "space", "enter")
        await driver.until(lambda: isinstance(driver.app.screen, ChangesScreen))


def bursting(found: Diagnosis) -> Diagnosis:
    """The same with something to ask about, until a note tells of it."""
    burst = Burst(first=date(2026, 11, 9), last=date(2026, 11, 13), reactions=90, usual=20.0, told=date(2026, 11, 10))
    return msgspec.structs.replace(found, bursts=(burst,))


@pytest.fixture
def burst(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("klout_tui.store.reviewing.what_moved", lambda *args: bursting(what_moved(*args)))


@pytest.mark.usefixtures("burst")
async def test_a_burst_without_a_note_asks_once(app: KloutApp) -> None:
    async with driving(app) as driver:
        screen = await review(driver)
        await driver.press("space", "space")
        assert "9 to 13 Nov brought about four times your usual, 90 reactions. What happened?" in words(screen)
        await driver.press("x")
        assert screen._step is Step.TOPICS
        await driver.until(lambda: kept(store(driver)).asked == (date(2026, 11, 10),))
        await driver.press("escape")
        again = await review(driver)
        await driver.press("backspace")
        assert "What happened?" not in words(again)


@pytest.mark.usefixtures("burst")
async def test_a_note_answers_what_a_burst_was(app: KloutApp) -> None:
    async with driving(app) as driver:
        screen = await review(driver)
        await driver.press("space", "space", "n")
        await driver.until(lambda: isinstance(driver.app.screen, type(screen)) is False)
        await driver.press(*"report", "enter")
        await driver.until(lambda: store(driver).notes())
        (note,) = store(driver).notes()
        assert (note.day, note.text) == (date(2026, 11, 9), "report")
        await driver.until(lambda: "What happened?" not in words(screen))


def unread(store: Store, now: datetime) -> None:
    """An account linked just now and not read yet."""
    ada = msgspec.structs.replace(account("ada", now), linked_at=now)
    store.link(ada)
    store.set_health(Health(account=ada.id, next_due=now + timedelta(minutes=30)))


def arrive(driver: Driver, now: datetime) -> None:
    """What the first reading brings."""
    ada = account("ada", now)
    store(driver).absorb(year(ada, now))
    store(driver).set_health(Health(account=ada.id, last_ok=now, next_due=now + timedelta(minutes=30), backfilled=True))


async def test_what_moved_is_found_anew_when_something_came_in_and_not_for_a_thanks(
    home: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[Diagnosis] = []

    def finding(*args: object) -> Diagnosis:
        found.append(what_moved(*args))  # type: ignore[arg-type]
        return found[-1]

    monkeypatch.setattr("klout_tui.store.reviewing.what_moved", finding)
    async with driving(open_app(home, clock, unread)) as driver:
        screen = await review(driver)
        assert step_of(screen) is Step.NOTE
        assert "Moved nothing to judge" in steps(screen)
        arrive(driver, clock())
        await driver.until(lambda: "Moved within your usual" in steps(screen))
        assert step_of(screen) is Step.THANK  # she had done nothing yet
        looks = len(found)
        await driver.press("T")
        await driver.until(lambda: store(driver).thanked())
        revision = store(driver).revision
        await driver.until(lambda: driver.app._drawn >= revision)
        store(driver).settle(["x"], Settled(how=How.DONE, at=clock()))
        (ada,) = store(driver).accounts()
        store(driver).set_health(msgspec.structs.replace(store(driver).health(ada.id), failures=1))
        revision = store(driver).revision
        await driver.until(lambda: driver.app._drawn >= revision)
        await driver.press("escape")
        await review(driver)
        assert len(found) == looks
        store(driver).ignore([f"https://far.example/{person}" for person in range(4)])
        await driver.until(lambda: len(found) == looks + 1)


async def test_what_comes_in_does_not_take_her_away_from_what_she_writes(home: Path, clock: FrozenClock) -> None:
    async with driving(open_app(home, clock, unread)) as driver:
        screen = await review(driver)
        await driver.press("a")
        arrive(driver, clock())
        await driver.until(lambda: "Moved within your usual" in steps(screen))
        assert step_of(screen) is Step.NOTE
        assert screen.query_one(Input).value == "a"


async def test_the_past_is_read_only(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("left_square_bracket")
        await driver.until(lambda: driver.app.home.view is not None and driver.app.home.view.past)
        screen = await review(driver)
        assert "22 November 2026, as it was" in str(screen.query_one(".head", Static).content)
        revision = store(driver).revision
        await driver.press("t", "T", *["space"] * 3)
        assert not screen.query_one("#review-note", Input).display
        assert store(driver).revision == revision
        await driver.press("right_square_bracket")
        await driver.until(lambda: screen._found is not None and not screen._found.past)


async def test_it_is_offered_once_a_day_on_one_quiet_line(home: Path, clock: FrozenClock) -> None:
    async with driving(open_app(home, clock, full, offers=True)) as driver:
        await driver.until(lambda: driver.app.home.quiet)
        line = driver.app.home.query_one("#quiet", Static)
        assert line.display
        assert str(line.content).startswith("Today: ")
        assert "R goes through them" in str(line.content)
        await review(driver)
        await driver.press("escape")
        assert not line.display
    async with driving(open_app(home, clock, left, offers=True)) as driver:
        assert not await _offered(driver)
    clock.advance(timedelta(days=1))
    async with driving(open_app(home, clock, left, offers=True)) as driver:
        await driver.until(lambda: "R goes through them" in driver.app.home.quiet)


async def test_nothing_is_offered_where_nobody_waits(home: Path, clock: FrozenClock) -> None:
    async with driving(open_app(home, clock, bare, offers=True)) as driver:
        assert not await _offered(driver)
        screen = await review(driver)
        assert "Thank none  Answer none" in steps(screen)
        assert screen._step is not Step.THANK


async def test_the_quiet_line_follows_what_is_done_and_what_comes(home: Path, clock: FrozenClock) -> None:
    async with driving(open_app(home, clock, full, offers=True)) as driver:
        app = driver.app
        await driver.until(lambda: app.home.quiet)
        view, waiting = app.home.view, who_waits(store(driver), app.desk.facts().history, clock())
        assert view is not None
        assert len({each.person for each in waiting}) < len(waiting) > 1
        assert app.home.quiet.startswith(f"Today: {view.news.to_thank} to thank, {wording.to_answer(waiting)}: ")
        first, second, *others = (each.id for each in view.plusks if each.waits(view.now))
        store(driver).thank(others, clock())
        await driver.until(lambda: app.home.quiet.startswith("Today: 2 to thank, "))
        store(driver).settle([each.id for each in waiting[1:]], Settled(how=How.DISMISSED, at=clock()))
        await driver.until(lambda: app.home.quiet == "Today: 2 to thank, 1 to answer: R goes through them.")
        store(driver).settle([waiting[0].id], Settled(how=How.DONE, at=clock()))
        store(driver).thank([first, second], clock())
        await driver.until(lambda: not app.home.quiet)
        assert not app.home.query_one("#quiet").display
        store(driver).thank([first], None)
        await driver.until(lambda: app.home.quiet == "Today: 1 to thank: R goes through them.")
        await review(driver)
        await driver.press("escape")
        store(driver).thank([second], None)
        await driver.until(lambda: app.home.view is not None and app.home.view.news.to_thank == 2)
        assert not await _offered(driver)


async def _offered(driver: Driver) -> str:
    """The line as it is told once the dashboard stands; empty where it is not told any more."""
    app = driver.app
    app._looks = LOOKS_OFFER
    await driver.until(lambda: not app._heard and (app._offered_of is not None or app._reviewed is not None))
    await driver.until(lambda: not app._looking_for_offer)
    return app.home.quiet


async def test_reminders_show_in_the_app_where_she_wants_them(home: Path, clock: FrozenClock) -> None:
    wanted = Settings(reminders=Reminders(posts="off", answers="app"))
    async with driving(open_app(home, clock, full, settings=wanted)) as driver:
        assert "to answer" in await _offered(driver)
        assert "the oldest since" in await _offered(driver)
    async with driving(open_app(home, clock, left, settings=Settings())) as driver:
        assert not await _offered(driver)


async def test_no_card_tells_a_score_in_calm_mode(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("z")
        screen = await review(driver)
        for _ in Step:
            assert "score" not in (words(screen) + steps(screen)).lower()
            await driver.press("tab")


async def test_where_nobody_has_reacted_the_diagnosis_is_words(home: Path, clock: FrozenClock) -> None:
    async with driving(open_app(home, clock, bare)) as driver:
        await driver.press("C")
        await driver.until(lambda: isinstance(driver.app.screen, ChangesScreen) and driver.app.screen.found is not None)
        screen = driver.app.screen
        assert "No reactions in the 30 days to 21 Nov, none" in str(screen.query_one(".head", Static).content)
        assert not any(table.display for table in screen.query(RowTable))
        await driver.press("v", "enter", "escape")
        assert isinstance(driver.app.screen, HomeScreen)


async def test_the_diagnosis_is_a_screen_of_its_own(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("C")
        await driver.until(lambda: isinstance(driver.app.screen, ChangesScreen) and driver.app.screen.found is not None)
        screen = driver.app.screen
        assert isinstance(screen, ChangesScreen)
        assert "as many days before" in str(screen.query_one(".head", Static).content)
        seen = set()
        for _ in range(4):
            await driver.press("v")
            seen.add(str(screen.query_one(".section", Static).content))
            assert screen.query_one("#proof", RowTable).rows_shown or "counts alone" in str(
                screen.query_one(".section", Static).content
            )
        assert {"What it is made of, by network", "What it is made of, by topic of the post"} <= seen
        await driver.press("question_mark")
        assert isinstance(driver.app.screen, HelpScreen)


def reasoned(found: Diagnosis) -> Diagnosis:
    """The same with a reason that rests on a person."""
    reason = Finding(
        cause=Cause.AUDIENCE,
        subject="",
        sentence="Fewer people came: about 4 reactions fewer (1 to 7).",
        advice="",
        effect=Effect(reactions=-4, low=-7, high=-1),
        away=3.0,
        people=(PersonShown(key="https://far.example/1", name="Ann", handle="@ann@far.example", before=4, now=0),),
        people_count=1,
    )
    return msgspec.structs.replace(found, findings=(reason,))


async def test_a_tall_screen_shows_what_the_number_is_made_of_all_the_time(
    app: KloutApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("klout_tui.store.reviewing.what_moved", lambda *args: reasoned(what_moved(*args)))
    async with driving(app, size=(200, 60)) as driver:
        await driver.press("C")
        await driver.until(lambda: isinstance(driver.app.screen, ChangesScreen) and driver.app.screen.found is not None)
        screen = driver.app.screen
        label, parts = screen.query_one("#parts-label", Static), screen.query_one("#parts", RowTable)
        await driver.until(lambda: parts.display and parts.rows_shown)
        assert "by network" in str(label.content)
        assert [row.key for row in screen.query_one("#proof", RowTable).rows_shown] == ["https://far.example/1"]
        first = parts.rows_shown
        for split in ("by topic", "by kind", "by network"):
            await driver.press("v")
            assert split in str(label.content)
        assert parts.rows_shown == first
        await driver.pilot.resize_terminal(120, 36)
        await driver.until(lambda: not parts.display)


async def test_what_came_of_a_note_is_told_on_its_day_and_under_the_cursor(home: Path, clock: FrozenClock) -> None:
    def noted(store: Store, now: datetime) -> None:
        full(store, now)
        store.note(date(2026, 11, 10), "gave away the report")
        store.note(date(2026, 3, 3), "an old one")

    async with driving(open_app(home, clock, noted)) as driver:
        view = driver.app.home.view
        assert view is not None
        for day in ("2026-11-10", "2026-03-03"):
            (came,) = driver.app._span(f"{day}/{day}", view).came
            assert "reactions" in came or "your usual" in came
        await driver.until(lambda: driver.app.home.came)
        await driver.press("4", *["left"] * 14)
        legend = str(driver.app.home.query_one("#engagement .legend", Static).content)
        assert legend.startswith("Tue 10 Nov")
        assert "gave away the report: no visible effect" in legend or "your usual" in legend
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, DetailScreen))
        assert "◆ n1 gave away the report: " in str(driver.app.screen.query_one(".head", Static).content)


async def test_the_line_for_a_prompt_is_kept_while_the_app_is_open(app: KloutApp, clock: FrozenClock) -> None:
    """Reading, thanking and whatever else changes the store: a moment later the line is that of the store again."""
    paths = app.session.paths

    def line() -> str | None:
        return glance.kept(paths.store, glance.stamp(paths.store, paths.settings), clock())

    async with driving(app) as driver:
        await driver.until(line)
        before = line()
        await driver.press("3", "t", "ctrl+s")
        await driver.until(lambda: line() not in (None, before))
        assert line() == statusline.told(app.session)
