"""The chart's cursor, its windows and notes, and stepping back through the days."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from textual.widgets import Input, Static

from klout_tui.domain import wording
from klout_tui.domain.engagement import Split
from klout_tui.domain.model import Health, Profile
from klout_tui.domain.score.look import Look
from klout_tui.store.store import Store
from klout_tui.tui.app import KloutApp
from klout_tui.tui.panes.engagement import EngagementPane
from klout_tui.tui.screens.detail import DetailScreen
from klout_tui.tui.screens.note import NoteScreen
from klout_tui.tui.widgets.bars import StackedBars
from klout_tui.tui.widgets.headline import Headline
from tests.conftest import FrozenClock
from tests.tui.village import Driver, account, driving, full, open_app, year

TODAY = date(2026, 11, 23)


@pytest.fixture
def app(home: Path, clock: FrozenClock) -> KloutApp:
    return open_app(home, clock, full)


def pane(app: KloutApp) -> EngagementPane:
    return app.home.query_one(EngagementPane)


def legend(app: KloutApp) -> str:
    return str(pane(app).query_one(".legend", Static).content)


def painted(app: KloutApp) -> str:
    """The chart as it stands on the screen."""
    bars = pane(app).query_one(StackedBars)
    return "\n".join(bars.render_line(y).text for y in range(bars.size.height))


async def shows(driver: Driver, back: int) -> None:
    await driver.until(lambda: driver.app.home.view and driver.app.home.view.choice.back == back)


async def test_the_cursor_reads_a_bar_out_and_enter_opens_it(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("4", "left", "left")
        assert pane(app).cursor == TODAY - timedelta(days=1)
        assert legend(app).startswith("Sun 22 Nov")
        assert "usual" in legend(app)
        view = app.home.view
        assert view is not None
        assert f"  {view.engagement.totals[-2]}" in legend(app)
        await driver.press("enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        head = str(app.screen.query_one(".head", Static).content)
        assert head.startswith("Sunday, 22 November 2026")
        await driver.press("escape", "escape")
        assert pane(app).cursor is None
        assert "a day" in legend(app)


async def test_past_the_edge_the_window_moves_along_and_end_returns(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("4", "home", "left")
        await shows(driver, 1)
        assert pane(app).cursor == TODAY - timedelta(days=30)
        await driver.press("pageup")
        await shows(driver, 31)
        view = app.home.view
        assert view is not None
        assert view.engagement.last == TODAY - timedelta(days=31)
        assert pane(app).cursor == TODAY - timedelta(days=60)
        assert pane(app).figure[0].startswith("30 days to 23 Oct")
        await driver.press("end")
        await shows(driver, 0)
        assert pane(app).cursor == TODAY


async def test_the_window_never_leaves_what_is_known(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("4", *["pageup"] * 20)
        await driver.pilot.pause()
        view = app.home.view
        assert view is not None
        assert view.known_since is not None
        await shows(driver, (TODAY - view.known_since).days)
        await driver.press(*["pagedown"] * 20)
        await shows(driver, 0)


async def test_no_press_is_lost_while_a_window_is_on_its_way(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("4", "end")
        await driver.pilot.press(*["pageup"] * 6)
        await shows(driver, 180)
        assert pane(app).cursor == TODAY - timedelta(days=180)
        await driver.press("home")
        await driver.pilot.press(*["left"] * 5)
        await shows(driver, 185)
        assert pane(app).cursor == TODAY - timedelta(days=185 + 29)
        await driver.pilot.press("left", "right", "right")
        await shows(driver, 186)
        assert pane(app).cursor == TODAY - timedelta(days=186 + 27)


async def test_the_chart_zooms_to_the_shortest_and_the_longest_window_and_no_further(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("4", "up", "up", "up")
        await driver.until(lambda: app.home.view and app.home.view.choice.span == 7)
        assert app.choice.span == 7
        await driver.press(*["down"] * 6)
        await driver.until(lambda: app.home.view and app.home.view.choice.span == 365)
        assert app.choice.span == 365
        await driver.press("w")
        await driver.until(lambda: app.home.view and app.home.view.choice.span == 7)


def asleep(store: Store, now: datetime) -> None:
    """Two accounts: one not read for 15 days, the other read just now."""
    full(store, now)
    health = store.health("town:ada@town.example")
    store.set_health(msgspec.structs.replace(health, last_ok=now - timedelta(days=15)))


async def test_what_was_not_read_is_said(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, asleep)
    async with driving(app) as driver:
        await driver.press("4")
        assert "@ada@town.example not read since 8 Nov" in legend(app)
        assert pane(app).figure[0].endswith(str(app.home.view.engagement.total) if app.home.view else "")
        await driver.press("end")
        assert "@ada@town.example not read" in legend(app)
        await driver.press("enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        assert "; @ada@town.example not read" in str(app.screen.query_one(".head", Static).content)


async def test_a_day_nobody_read_is_empty_and_says_so(home: Path, clock: FrozenClock) -> None:
    def fill(store: Store, now: datetime) -> None:
        ada = account("ada", now)
        store.link(ada, Profile(handle=ada.handle))
        store.absorb(year(ada, now - timedelta(days=15)))
        store.set_health(Health(account=ada.id, last_ok=now - timedelta(days=15), next_due=now + timedelta(days=9)))

    app = open_app(home, clock, fill)
    async with driving(app) as driver:
        await driver.press("4", "end")
        assert legend(app).startswith("Mon 23 Nov  –")
        assert "not read" in legend(app)
        await driver.press("enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        assert str(app.screen.query_one(".head", Static).content).splitlines()[1].startswith("not read")


async def test_an_empty_month_since_the_linking_is_known(home: Path, clock: FrozenClock) -> None:
    """As the diagnosis has it: from nothing to something is a rise."""

    def fill(store: Store, now: datetime) -> None:
        ada = account("ada", now)
        store.link(ada, Profile(handle=ada.handle))
        batch = year(ada, now)
        store.absorb(msgspec.structs.replace(batch, posts=batch.posts[:1], interactions=batch.interactions[:3]))
        store.set_health(Health(account=ada.id, last_ok=now, next_due=now + timedelta(days=9)))

    app = open_app(home, clock, fill)
    async with driving(app):
        view = app.home.view
        assert view is not None
        assert view.engagement.before == 0
        assert f"▲{view.engagement.total}" in pane(app).figure[0]


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_a_note_leaves_room_for_the_count_and_keeps_its_own(app: KloutApp, size: tuple[int, int]) -> None:
    worked = "worked: three times your usual for 9 days (2.1 to 4.2)"
    async with driving(app, size=size) as driver:
        app.session.store.note(TODAY, "gave away the report about forty small sites and their readers")
        await driver.until(lambda: app.home.view and app.home.view.notes)
        (note,) = app.session.store.notes()
        for keys in (["4", "c", "end"], ["m"]):
            await driver.press(*keys)
            pane(app).came = {note.id: worked}
            said, room = legend(app).splitlines(), pane(app).size.width - 2
            assert said[0].startswith("Mon 23 Nov")
            assert ("usual" if room > 50 else "(0–") in said[0]
            assert "n1 gave" in legend(app)
            assert all(len(line) <= room for line in said)
        assert "worked: three" in legend(app)


async def test_where_nothing_is_known_of_before_it_is_said(app: KloutApp) -> None:
    async with driving(app, size=(200, 60)) as driver:
        await driver.press("4", "c", "m")
        await driver.until(lambda: "── 5 weeks before" in legend(app))
        await driver.press(*["down"] * 3)
        await driver.until(lambda: app.home.view and app.home.view.choice.span == 365)
        view = app.home.view
        assert view is not None
        view = msgspec.structs.replace(
            view,
            engagement=msgspec.structs.replace(view.engagement, previous=(None,) * len(view.engagement.bars)),
            weeks=msgspec.structs.replace(view.weeks, previous=(None,) * len(view.weeks.bars)),
        )
        app.home.view = view
        await driver.until(lambda: "nothing is known of 52 weeks before" in legend(app))
        assert "──" not in legend(app)


async def test_parts_by_topic_add_up_to_the_same_bars(app: KloutApp) -> None:
    async with driving(app) as driver:
        kinds = app.home.view
        assert kinds is not None
        await driver.press("b", "b")
        await driver.until(lambda: app.home.view and app.home.view.choice.split is Split.TOPIC)
        view = app.home.view
        assert view is not None
        assert {part.label for part in view.engagement.series} <= {*view.engagement.labels}
        assert "python" in view.engagement.labels
        sums = [sum(part.counts[bar] or 0 for part in view.engagement.series) for bar in range(30)]
        assert sums == list(kinds.engagement.totals) == list(view.engagement.totals)


async def test_comparing_draws_the_window_before(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("4", "c", "left")
        view = app.home.view
        assert view is not None
        assert f"before {view.engagement.previous[-1]}" in legend(app)
        await driver.press("c", "escape")
        assert "before" not in legend(app)


async def test_a_year_of_weeks_is_drawn_at_80_columns(app: KloutApp) -> None:
    """The newest, and the cursor takes the older ones into view."""
    async with driving(app, size=(80, 24)) as driver:
        await driver.press("4", "w", "w")
        await driver.until(lambda: app.home.view and len(app.home.view.weeks.bars) > 50)
        view = app.home.view
        assert view is not None
        newest, oldest = (wording.day(day) for day in (view.weeks.bars[-1], view.weeks.bars[0]))
        assert newest in painted(app)
        await driver.press("home")
        await driver.until(lambda: "\u2506" in painted(app))
        assert newest not in painted(app)
        await driver.press("end")
        await driver.until(lambda: newest in painted(app))
        assert oldest not in painted(app)


async def test_a_day_stepped_to_is_shown_all_at_once(app: KloutApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never one day's name beside another day's counts or score."""
    ready, real = threading.Event(), app.scores.look

    def slow(day: date | None, *, with_usual: bool) -> Look:
        assert day is None or ready.wait(20)
        return real(day, with_usual=with_usual)

    monkeypatch.setattr(app.scores, "look", slow)
    async with driving(app) as driver:
        head, home = app.home.query_one(Headline), app.home
        await driver.until(lambda: home.look)
        told: list[str] = []

        def there(day: date) -> bool:
            """Whether a day is shown with its score; on the way nothing else is shown under its name."""
            line, view = str(head.render()), home.view
            assert view is not None
            assert home.look is not None
            told.append(line)
            assert view.past == ("as of" in line)
            assert not view.past or f"as of {view.today.day} Nov" in line
            if home.look.today == view.today:
                return view.today == day
            assert "score …" in line
            return False

        await driver.press("left_square_bracket")
        await driver.until(lambda: there(TODAY - timedelta(days=1)) or "score …" in told[-1])
        assert "score …" in told[-1]
        ready.set()
        await driver.until(lambda: there(TODAY - timedelta(days=1)))
        assert "first visit" not in str(head.render())
        await driver.press("right_square_bracket")
        await driver.until(lambda: there(TODAY))


async def test_past_the_last_day_it_says_so(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("right_square_bracket")
        await driver.until(lambda: any(toast.message == "This is the present." for toast in app._notifications))


async def test_a_note_is_marked_worded_anew_and_removed(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("4", "left", "left", "n")
        await driver.until(lambda: isinstance(app.screen, NoteScreen))
        await driver.press(*"[b]gift", "enter")
        await driver.until(lambda: app.home.view and app.home.view.notes)
        assert "n1 [b]gift" in legend(app)
        (note,) = app.session.store.notes()
        assert (note.day, note.text) == (TODAY - timedelta(days=1), "[b]gift")
        await driver.press("n")
        await driver.until(lambda: isinstance(app.screen, NoteScreen))
        assert app.screen.query_one(Input).value == "[b]gift"
        await driver.press("s", "enter")
        await driver.until(lambda: app.home.view and app.home.view.notes[0].text == "[b]gifts")
        await driver.press("n")
        await driver.until(lambda: isinstance(app.screen, NoteScreen))
        app.screen.query_one(Input).value = ""
        await driver.press("enter")
        await driver.until(lambda: app.home.view and not app.home.view.notes)
        assert app.session.store.notes() == ()
        await driver.press("ctrl+z")
        await driver.until(lambda: app.home.view and app.home.view.notes)
        assert app.session.store.notes()[0].text == "[b]gifts"
        await driver.press("ctrl+z")
        await driver.until(lambda: app.home.view and app.home.view.notes[0].text == "[b]gift")
        assert app.session.store.notes() == (note,)
        await driver.press("ctrl+z")
        await driver.until(lambda: app.home.view and not app.home.view.notes)
        assert app.session.store.notes() == ()


async def test_a_post_takes_a_note_on_its_own_page(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("1", "enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        await driver.press("enter")
        await driver.until(lambda: len(app.screen_stack) == 3)
        await driver.press("n")
        await driver.until(lambda: isinstance(app.screen, NoteScreen))
        await driver.press(*"mine", "enter")
        await driver.until(lambda: "◆ n1 mine" in str(app.screen.query_one(".head", Static).content))
        (note,) = app.session.store.notes()
        assert note.post is not None


async def test_brackets_step_through_the_days(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("left_square_bracket", "left_square_bracket")
        await driver.until(lambda: app.home.view and app.home.view.today == TODAY - timedelta(days=2))
        view = app.home.view
        assert view is not None
        assert view.past
        assert app.home.mode == "as of 21 Nov 2026"
        await driver.press("3", "t", "T", "4", "n")
        await driver.pilot.pause()
        assert not app.session.store.thanked()
        assert not isinstance(app.screen, NoteScreen)
        await driver.press("right_square_bracket", "right_square_bracket", "right_square_bracket")
        await driver.until(lambda: app.home.view and not app.home.view.past)
        assert app.home.mode == ""
        assert app.home.view is not None
        assert app.home.view.today == TODAY
