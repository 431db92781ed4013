"""``klout-tui why``: what it prints, for people and for programs, and what it refuses."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from klout_tui.domain.batch import Batch
from klout_tui.domain.model import Health
from klout_tui.output.diagnosis import lines
from klout_tui.store import Store
from tests.cli_helper import Shell
from tests.conftest import FrozenClock
from tests.domain.diagnosis.scene import MASTODON, Said, Scene, account, days, post, reactions

RIPE = date(2026, 11, 21)
BEGUN = date(2026, 10, 23)
PRIVATE = "between ourselves nothing of this must ever get out of here"


@pytest.fixture
def fallen(shell: Shell, home: Path, clock: FrozenClock) -> Shell:
    """Half a year with twelve reactions a post, and since a month half as many posts."""
    posts, acts = [], []
    for day in days(date(2026, 4, 20), RIPE):
        if day < BEGUN or day.toordinal() % 2:
            made = post(day, text=PRIVATE if day == BEGUN - timedelta(days=1) else "")
            posts.append(msgspec.structs.replace(made, public=made.text != PRIVATE))
            acts += reactions(made, 11 + day.toordinal() % 3 + (made.text == PRIVATE) * 5)
    with Store.open(home / "store", clock=clock) as store:
        store.link(account(MASTODON))
        store.absorb(Batch(account=MASTODON, cursor={}, posts=tuple(posts), interactions=tuple(acts)))
        store.set_health(Health(account=MASTODON, last_ok=clock.now, backfilled=True))
    return shell


def test_of_nothing_it_says_so(shell: Shell) -> None:
    result = shell("why")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.startswith("nothing: No account is linked yet. Link one: klout-tui link ")
    found = shell.json("why")
    assert found["schema"] == 1
    assert found["diagnosis"]["findings"] == []
    assert found["diagnosis"]["verdict"]["fall_needed"] is None


def test_where_nobody_has_reacted_it_says_so_in_words(shell: Shell, home: Path, clock: FrozenClock) -> None:
    with Store.open(home / "store", clock=clock) as store:
        store.link(account(MASTODON))
    assert shell("why").stderr.startswith("nothing: Nothing has been read yet. klout-tui refresh reads")
    with Store.open(home / "store", clock=clock) as store:
        made = tuple(post(day) for day in days(BEGUN, RIPE))
        store.absorb(Batch(account=MASTODON, cursor={}, posts=made))
        store.set_health(Health(account=MASTODON, last_ok=clock.now, backfilled=True))
    result = shell("why", "--from", "2026-11-01", "--to", "2026-11-14")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.startswith(
        "nothing: No reactions from 1 Nov to 14 Nov (14 days), none in as many days before. "
    )


def test_people_read_verdict_reasons_and_parts(fallen: Shell) -> None:
    result = fallen("why")
    assert result.exit_code == 0
    assert result.stderr == ""
    text = result.stdout
    assert text.startswith("23 Oct to 21 Nov (30 days): 180 reactions, 365 in as many days before\n")
    assert "\nVerdict of 17 Nov; the next comes on 24 Nov\n  Engagement fell, " in text
    assert "\nWhy it fell\n  clear   You shared 50 % less: 15 posts instead of 30." in text
    assert "→ Share as often as you did: about 7.0 posts a week." in text
    assert "\n  in all                            365      180     -185\n" in text
    assert max(map(len, text.splitlines())) <= 100
    assert "\x1b" not in text


def test_programs_get_it_whole(fallen: Shell) -> None:
    found = fallen.json("why")["diagnosis"]
    assert found["window"] == {"first": "2026-10-23", "last": "2026-11-21"}
    assert found["against"] == {"first": "2026-09-23", "last": "2026-10-22"}
    assert found["at"] == "2026-11-23T08:15:22Z"
    assert (found["before"], found["now"], found["change"]) == (365, 180, -185)
    assert found["verdict"]["answer"] == "fell"
    assert found["verdict"]["window"] == {"first": "2026-10-19", "last": "2026-11-15"}
    assert (found["verdict"]["since"], found["verdict"]["next"]) == ("2026-11-17", "2026-11-24")
    first = found["findings"][0]
    assert (first["cause"], first["sure"], first["role"]) == ("sharing", "clear", "reason")
    assert first["effect"]["low"] < first["effect"]["reactions"] < first["effect"]["high"] < 0
    apart = sum(each["change"] for each in found["apart"])
    for parts in found["split"].values():
        told = ("by_posts", "by_people_per_post", "by_acts_per_person", "without_posts")
        assert sum(part[name] for part in parts for name in told) + apart == pytest.approx(-185, abs=1e-9)


def test_what_is_not_public_stays_inside(fallen: Shell) -> None:
    assert PRIVATE not in fallen("why").stdout
    assert PRIVATE not in fallen("why", "--json").stdout
    assert "(not public)" in fallen("why").stdout
    assert PRIVATE in fallen("why", "--include-private", "--json").stdout


def test_windows_of_hers(fallen: Shell) -> None:
    found = fallen.json("why", "--from", "2026-11-02", "--to", "2026-11-15", "--against", "2026-06-01")["diagnosis"]
    assert found["window"] == {"first": "2026-11-02", "last": "2026-11-15"}
    assert found["against"] == {"first": "2026-06-01", "last": "2026-06-14"}
    assert found["verdict"]["weekly"] is False
    assert found["verdict"]["since"] is None
    assert "360 in those of 1 Jun to 14 Jun" in fallen(
        "why", "--to", "2026-11-15", "--against", "2026-06-01"
    ).stdout.replace("30 Jun", "14 Jun")
    assert "kind" not in fallen("why", "--by", "topic").stdout
    assert "no topic" in fallen("why", "--by", "topic").stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--from", "2026-11-02", "--to", "2026-11-01"), "before it begins"),
        (("--to", "2026-11-24"), "has not been yet"),
        (("--against", "2026-11-01"), "is not before"),
        (("--from", "soon"), "is not a day"),
        (("--from", "2027-01-01"), "2027-01-01 has not been yet"),
        (("--from", "2026-11-22"), "Begin on 2026-11-21 at the latest"),
        (("--from", "2026-10-10", "--to", "2026-10-20", "--against", "2026-10-09"), "Give --against 2026-09-29"),
        (("--from", "soon"), "as today, yesterday, 30d or 4w"),
    ],
)
def test_windows_that_make_no_sense_are_refused(fallen: Shell, arguments: tuple[str, ...], words: str) -> None:
    result = fallen("why", *arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""


def test_windows_are_headed_by_their_days(fallen: Shell) -> None:
    one = fallen("why", "--from", "2026-11-02", "--to", "2026-11-02").stdout
    assert one.startswith("2 Nov (1 day): ")
    assert fallen("why", "--from", "2025-11-02").stdout.startswith("2 Nov 2025 to 21 Nov (385 days): ")


def test_the_past_is_told_as_of_then(fallen: Shell) -> None:
    found = fallen.json("--as-of", "2026-10-21", "why")["diagnosis"]
    assert found["window"]["last"] == "2026-10-19"
    assert found["verdict"]["answer"] == "normal fluctuation"
    assert abs(found["change"]) < 10


def test_no_verdict_is_told_before_its_day(fallen: Shell) -> None:
    """At the end of a Monday the verdict is still that of the Tuesday before, as it was all day."""
    told = [fallen.json("--as-of", day, "why")["diagnosis"] for day in ("2026-11-16", "2026-11-17")]
    assert [each["verdict"]["since"] for each in told] == ["2026-11-10", "2026-11-17"]


def test_notes_are_told_with_what_came_of_them(fallen: Shell) -> None:
    assert fallen("note", "talk [/] at the meetup", "--date", "2026-10-06").exit_code == 0
    (note,) = fallen.json("why")["diagnosis"]["notes"]
    assert (note["day"], note["text"], note["came"]) == ("2026-10-06", "talk [/] at the meetup", "no visible effect")
    assert "6 Oct, talk [/] at the meetup: no visible effect" in fallen("why").stdout


def test_topics_and_people_are_as_she_decided(fallen: Shell, home: Path, clock: FrozenClock) -> None:
    with Store.open(home / "store", clock=clock) as store:
        made = [msgspec.structs.replace(each, topics=("Python",)) for each in store.posts()]
        store.absorb(Batch(account=MASTODON, cursor={}, posts=tuple(made)))
    before = fallen.json("why")["diagnosis"]["split"]["topic"]
    assert [part["label"] for part in before] == ["python"]
    assert fallen("topics", "rename", "python", "snakes").exit_code == 0
    assert [part["label"] for part in fallen.json("why")["diagnosis"]["split"]["topic"]] == ["snakes"]
    people = before[0]["now"]["people"]
    with Store.open(home / "store", clock=clock) as store:
        store.merge(sorted({act.actor.key for act in store.interactions()}))
    assert fallen.json("why")["diagnosis"]["split"]["topic"][0]["now"]["people"] < people


@pytest.mark.parametrize("width", [80, 100])
def test_it_fits_the_terminal(width: int) -> None:
    scene = Scene().quiet(12, last=BEGUN - timedelta(days=1)).quiet(4, first=BEGUN, last=RIPE + timedelta(days=3))
    found = list(lines(scene.diagnosis(notes=[Said(day=BEGUN, text="a long note " * 12)]), width=width))
    assert width - 12 < max(map(len, found)) <= width
