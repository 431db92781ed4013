"""``when`` and ``habits``: what they say, what programs get, and that they change nothing."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from klout_tui.domain.model import Post
from klout_tui.store.store import Store
from tests.cli_helper import Shell
from tests.conftest import FrozenClock
from tests.tui.village import account, full, year


def filled(home: Path, clock: FrozenClock, *, private: bool = False) -> None:
    with Store.open(home / "store", clock=clock, zone="Europe/Berlin") as store:
        full(store, clock())
        if private:
            batch = year(account("ada", clock()), clock())
            hidden = tuple(_hidden(post) for post in batch.posts)
            store.absorb(type(batch)(account=batch.account, cursor=batch.cursor, posts=hidden))


def _hidden(post: Post) -> Post:
    return msgspec.structs.replace(post, public=False)


def test_when_says_what_it_knows_and_how_sure(home: Path, clock: FrozenClock, shell: Shell) -> None:
    filled(home, clock)
    said = shell("when")
    assert said.exit_code == 0
    assert "On the posts not used for this:" in said.stdout
    active, worth = said.stdout.split("What a post is worth:")
    assert "How active your people are:\n" in active
    assert all("\nMon " in part and "\nSun " in part for part in (active, worth))
    assert "[ ] the most active" in active
    assert "[ ] the best hours" in worth


def test_when_tells_programs_every_hour(home: Path, clock: FrozenClock, shell: Shell) -> None:
    filled(home, clock)
    told = shell.json("when")
    assert told["schema"] == 1
    when = told["when"]
    assert (when["zone"], when["weeks"], when["at"]) == ("Europe/Berlin", 52, "2026-11-23T08:15:22Z")
    (network,) = when["networks"]
    assert network["network"] is None
    assert len(network["hours"]) == 168
    assert [(hour["weekday"], hour["hour"]) for hour in network["hours"][23:25]] == [(1, 23), (2, 0)]
    assert sum(hour["best"] for hour in network["hours"]) == 24
    assert all(hour["low"] <= hour["worth"] <= hour["high"] for hour in network["hours"])
    assert sum(network["delay"]) == pytest.approx(1, abs=0.01)
    assert network["examples"]


def test_when_for_one_network(home: Path, clock: FrozenClock, shell: Shell) -> None:
    filled(home, clock)
    assert len(shell.json("when", "--network", "town")["when"]["networks"]) == 1
    wrong = shell("when", "--network", "nowhere")
    assert wrong.exit_code == 2
    assert "There are posts on: town." in wrong.stderr


def test_an_empty_store_says_too_little(shell: Shell) -> None:
    assert "Too little to tell when to post" in shell("when").stdout
    assert "Too little to tell what does better" in shell("habits").stdout
    for command in ("when", "habits"):
        assert shell(command).stderr.startswith("note: No account is linked yet. Link one: klout-tui link ")
    assert shell.json("when")["when"]["networks"][0]["lacking"]
    assert shell.json("habits")["habits"]["lacking"]


def test_habits_tell_which_topics_do_better(home: Path, clock: FrozenClock, shell: Shell) -> None:
    filled(home, clock)
    said = shell("habits").stdout
    assert "Keep doing:\n  posts on give-aways: " in said
    assert "people, usually" in said
    habits = shell.json("habits")["habits"]
    topics = {habit["value"]: habit["times"] for habit in habits["keep"] + habits["less"] if habit["sort"] == "topic"}
    assert topics["give-aways"] > 1
    assert topics.get("marketing", 0) < 1
    assert all(habit["low"] > 1 for habit in habits["keep"])
    assert all(len(habit["examples"]) == 3 for habit in habits["keep"])


def test_habits_name_topics_as_the_screens_do(home: Path, clock: FrozenClock, shell: Shell) -> None:
    """By her own names, and joined and hidden as she wants it, in the advice of the review too."""
    filled(home, clock)
    before = shell.json("habits")["habits"]
    assert shell("topics", "rename", "give-aways", "Gifts & Things").exit_code == 0
    assert "Keep doing:\n  posts on Gifts & Things: " in shell("habits").stdout
    after = shell.json("habits")["habits"]
    named = [habit["value"] for habit in after["keep"] if habit["sort"] == "topic"]
    assert named == [
        habit["value"].replace("give-aways", "gifts-&-things") for habit in before["keep"] if habit["sort"] == "topic"
    ]
    assert shell("topics", "hide", "Gifts & Things").exit_code == 0
    assert "Gifts" not in shell("habits").stdout


def test_titles_that_are_not_public_stay_inside(home: Path, clock: FrozenClock, shell: Shell) -> None:
    filled(home, clock, private=True)
    said = shell("habits").stdout
    assert "Keep doing" in said
    assert "what I learnt" not in said
    assert "what I learnt" in shell("habits", "--include-private").stdout
    for command, kept in (("habits", "keep"), ("when", "networks")):
        withheld = shell.json(command)[command][kept][0]["examples"]
        assert all(each["title"] is None for each in withheld)
        shown = shell.json(command, "--include-private")[command][kept][0]["examples"]
        assert all("what I learnt" in each["title"] for each in shown)


def test_the_past_is_told_as_it_was_and_not_touched(home: Path, clock: FrozenClock, shell: Shell) -> None:
    filled(home, clock)
    before = {path: path.read_bytes() for path in sorted((home / "store").rglob("*")) if path.is_file()}
    now, then = shell.json("habits")["habits"], shell.json("--as-of", "2026-06-30", "habits")["habits"]
    assert then["posts"] < now["posts"]
    assert then["at"] == "2026-06-30T21:59:59Z"
    assert shell("--as-of", "2026-06-30", "when").exit_code == 0
    early = shell("--as-of", "2025-12-20", "when").stdout
    assert "Too little to tell" in early
    assert {path: path.read_bytes() for path in sorted((home / "store").rglob("*")) if path.is_file()} == before
