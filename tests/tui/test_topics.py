"""Topics in the dashboard: every key, what it changes everywhere, and that it is taken back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec
import pytest
from textual.widgets import Input, OptionList, Static

from klout_tui.domain.batch import Batch
from klout_tui.domain.curation import Curation
from klout_tui.domain.dashboard import Dashboard
from klout_tui.store import Store
from klout_tui.store.guessing import guessing
from klout_tui.tui.app import KloutApp
from klout_tui.tui.messages import Noun, Opened
from klout_tui.tui.panes.plusk import PlusKPane
from klout_tui.tui.panes.topics import TopicsPane
from klout_tui.tui.screens.asking import ChooseScreen, LineScreen
from klout_tui.tui.screens.detail import DetailScreen
from klout_tui.tui.screens.habits import HabitsScreen
from klout_tui.tui.screens.home import HomeScreen
from klout_tui.tui.widgets.table import RowTable
from tests.conftest import FrozenClock
from tests.tui.village import Driver, driving, full, kept, open_app


@pytest.fixture
def app(home: Path, clock: FrozenClock) -> KloutApp:
    return open_app(home, clock, full)


def view(driver: Driver) -> Dashboard:
    assert driver.app.home.view is not None
    return driver.app.home.view


def rows(driver: Driver) -> list[str]:
    return [row.key for row in driver.app.home.query_one(TopicsPane).table.rows_shown]


def notes(driver: Driver) -> str:
    return "\n".join(note.message for note in driver.app._notifications)


async def test_s_sorts_by_either_side(app: KloutApp) -> None:
    async with driving(app) as driver:
        came = rows(driver)
        people = {row.topic: row.people for row in view(driver).topics.rows}
        assert sorted(people.values(), reverse=True) == [people[topic] for topic in came]
        await driver.press("2", "S")
        posts = {row.topic: row.posts for row in view(driver).topics.rows}
        assert sorted(posts.values(), reverse=True) == [posts[topic] for topic in rows(driver)]
        assert "by your posts" in app.home.query_one(TopicsPane).figure[0]
        await driver.press("S", "S")
        assert rows(driver) == came


async def test_the_lower_edge_says_the_gap_in_words(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("2")
        words = app.home.query_one(TopicsPane).aside
        assert words[0].startswith("you post most about marketing")
        assert "people come for" in words[0]


async def test_x_hides_a_topic_everywhere_and_undo_brings_it_back(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("2")
        topic = rows(driver)[0]
        assert any(topic in plusk.topics for plusk in view(driver).plusks)
        await driver.press("x")
        await driver.until(lambda: topic not in rows(driver))
        assert not any(topic in plusk.topics for plusk in view(driver).plusks)
        told = {str(row.cells["topics"]) for row in app.home.query_one(PlusKPane).table.rows_shown}
        assert {each for each in told if topic in each} == {f"{topic} (hidden)"}
        group = next(group for group in view(driver).groups if topic in group.hidden)
        app.post_message(Opened(Noun.PLUSK, group.key))
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        assert f"on {topic} (hidden)" in str(app.screen.query_one(".head", Static).content)
        await driver.press("escape")
        await driver.press("ctrl+z")
        await driver.until(lambda: rows(driver)[0] == topic)
        await driver.press("ctrl+z")
        await driver.until(lambda: "nothing to undo" in notes(driver))


async def test_the_hidden_ones_are_listed_and_one_comes_back(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("2", "X")
        await driver.until(lambda: "Nothing is hidden" in notes(driver))
        topic = rows(driver)[1]
        await driver.press("down", "x")
        await driver.until(lambda: topic not in rows(driver))
        await driver.press("X")
        await driver.until(lambda: isinstance(app.screen, ChooseScreen))
        await driver.press("enter")
        await driver.until(lambda: topic in rows(driver))


async def test_hidden_stays_hidden_after_a_refresh_and_a_new_start(
    app: KloutApp, home: Path, clock: FrozenClock
) -> None:
    async with driving(app) as driver:
        await driver.press("2", "x")
        await driver.until(lambda: view(driver).curation.hidden)
        hidden = view(driver).curation.hidden
        await driver.press("r")
        await driver.until(lambda: "new interaction" in notes(driver) or "nothing" in notes(driver))
    again = open_app(home, clock, kept)
    async with driving(again) as driver:
        assert view(driver).curation.hidden == hidden
        assert not set(hidden) & set(rows(driver))


async def test_p_pins_and_lets_go(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("2", "end")
        table = app.home.query_one(TopicsPane).table
        topic = rows(driver)[-1]
        await driver.press("p")
        await driver.until(lambda: rows(driver)[0] == topic)
        assert str(table.rows_shown[0].cells["topic"]).startswith("◆")
        assert table.current is not None
        assert table.current.key == topic
        await driver.press("p")
        await driver.until(lambda: rows(driver)[-1] == topic)


async def test_e_renames_and_a_name_there_is_already_is_refused(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("2")
        topic, other = rows(driver)[:2]
        await driver.press("e")
        await driver.until(lambda: isinstance(app.screen, LineScreen))
        app.screen.query_one(Input).value = other.upper()
        await driver.press("enter")
        await driver.until(lambda: "already" in notes(driver))
        await driver.press("e")
        await driver.until(lambda: isinstance(app.screen, LineScreen))
        app.screen.query_one(Input).value = "All [/] of it"
        await driver.press("enter")
        await driver.until(lambda: "all-[/]-of-it" in rows(driver))
        assert topic not in rows(driver)
        cell = app.home.query_one(TopicsPane).table.rows_shown[0].cells["topic"]
        assert str(cell) == "All [/] of it"
        assert "All [/] of it" in "".join(
            str(row.cells["topics"]) for row in app.home.query_one(PlusKPane).table.rows_shown
        )


async def test_m_joins_from_the_page_and_the_page_follows(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("2")
        topic, into = rows(driver)[0], rows(driver)[-1]
        before = {row.topic: row.posts for row in view(driver).topics.rows}
        await driver.press("enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        await driver.press("M")
        await driver.until(lambda: isinstance(app.screen, ChooseScreen))
        await driver.press(*into)
        await driver.until(lambda: app.screen.query_one(OptionList).option_count == 1)
        await driver.press("enter")
        await driver.until(
            lambda: (
                isinstance(app.screen, DetailScreen)
                and f"also {topic}" in str(app.screen.query_one(".head", Static).content)
            )
        )
        assert f"#{into}" in str(app.screen.query_one(".head", Static).content)
        after = {row.topic: row.posts for row in view(driver).topics.rows}
        assert after[into] == before[topic] + before[into]
        await driver.press("ctrl+z", "escape")
        await driver.until(lambda: topic in rows(driver))


async def test_hiding_on_the_page_closes_it(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("2", "enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        await driver.press("x")
        await driver.until(lambda: isinstance(app.screen, HomeScreen))


async def test_counts_agree_between_pane_page_and_the_command_line(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("2", "M", "enter")
        await driver.until(lambda: bool(view(driver).curation.names))
        joined = rows(driver)[0]
        row = next(row for row in view(driver).topics.rows if row.topic == joined)
        await driver.press("home", "enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        labels = " ".join(str(each.content) for each in app.screen.query(".section").results(Static))
        assert f"+K on it in 90 days ({row.plusk})" in labels


async def test_fast_keys_are_taken_back_in_order(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("2")
        before = rows(driver)
        await driver.press("p", "x", "down", "p", "x", "ctrl+z", "ctrl+z", "ctrl+z", "ctrl+z")
        await driver.until(
            lambda: "nothing to undo" in notes(driver) or app.session.store.topics().curation == Curation()
        )
        await driver.until(lambda: rows(driver) == before and not view(driver).curation.pinned)
        assert "since" not in notes(driver)


async def test_her_own_tags_on_a_post(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("2", "enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        await driver.press("tab", "tab", "enter")
        await driver.until(lambda: len(app.screen_stack) == 3)
        await driver.press("number_sign")
        await driver.until(lambda: isinstance(app.screen, LineScreen))
        app.screen.query_one(Input).value = "knitting, Wool"
        await driver.press("enter")
        await driver.until(lambda: "Topics: knitting, wool" in str(app.screen.query_one(".head", Static).content))
        assert {"knitting", "wool"} <= set(rows(driver))
        await driver.press("ctrl+z")
        await driver.until(lambda: "knitting" not in rows(driver))


async def test_the_past_can_only_be_looked_at(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, full)
    app.session.as_of = clock().date()
    async with driving(app) as driver:
        assert view(driver).past
        await driver.press("2", "x", "p", "M", "e", "X", "ctrl+z")
        assert isinstance(app.screen, HomeScreen)
        assert app.session.store.topics().curation == Curation()


async def test_a_guess_is_marked_wherever_it_counts(home: Path, clock: FrozenClock) -> None:
    def half_tagged(store: Store, now: datetime) -> None:
        full(store, now)
        plain = [msgspec.structs.replace(each, topics=()) for each in store.posts()[-6:] if "python" in each.topics]
        store.absorb(Batch(account=plain[0].account, cursor={}, posts=tuple(plain)))
        list(guessing(store))

    app = open_app(home, clock, half_tagged)
    async with driving(app) as driver:
        await driver.press("2")
        row = next(row for row in view(driver).topics.rows if row.topic == "python")
        assert 0 < row.guessed < row.posts
        shown = next(each for each in app.home.query_one(TopicsPane).table.rows_shown if each.key == "python")
        assert str(shown.cells["posted"]).startswith("~")
        marked = [str(each.cells["topics"]) for each in app.home.query_one(PlusKPane).table.rows_shown]
        assert "~python" in marked
        assert "python" in marked
        while driver.app.home.query_one(TopicsPane).table.current is not shown:
            await driver.press("down")
        await driver.press("enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        assert "by a guess from the words" in str(app.screen.query_one(".head", Static).content)
        await driver.press("tab", "tab", "enter")
        await driver.until(lambda: len(app.screen_stack) == 3)
        assert "Topics: ~python" in str(app.screen.query_one(".head", Static).content)
        await driver.press("number_sign")
        await driver.until(lambda: isinstance(app.screen, LineScreen))
        await driver.press("enter")
        await driver.until(lambda: "Topics: python" in str(app.screen.query_one(".head", Static).content))


async def test_people_their_plusk_and_habits_are_told_by_her_names(home: Path, clock: FrozenClock) -> None:
    def renamed(store: Store, now: datetime) -> None:
        full(store, now)
        assert store.curate("renamed", lambda curation: curation.rename("give-aways", "Gifts & Things"))

    async with driving(open_app(home, clock, renamed)) as driver:
        app = driver.app
        await driver.press("P")
        await driver.until(lambda: "Gifts & Things" in str([row.cells for row in _table(driver).rows_shown]))
        assert "gifts-&-things" not in str([row.cells for row in _table(driver).rows_shown])
        await driver.press("escape")
        app.post_message(Opened(Noun.PLUSK, next(p.id for p in view(driver).plusks if "gifts-&-things" in p.topics)))
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        assert "on Gifts & Things: a" in str(app.screen.query_one(".head", Static).content)
        await driver.press("escape", "H")
        await driver.until(lambda: isinstance(app.screen, HabitsScreen) and app.screen.found is not None)
        assert "posts on Gifts & Things" in [str(row.cells["what"]) for row in _table(driver).rows_shown]


def _table(driver: Driver) -> RowTable:
    return driver.app.screen.query(RowTable).first()
