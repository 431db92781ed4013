"""``people``: the list, its JSON, what may leave the program, and every decision."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from klout_tui.domain.batch import Batch
from klout_tui.store import Store
from tests.cli_helper import Shell
from tests.conftest import FrozenClock
from tests.tui.village import account, full, year

BO, CHIDI, ANN = "@person1@far.example", "@person5@far.example", "@person0@far.example"
SECRET_WORDS = "between you and me, will this go on?"


@pytest.fixture
def village(shell: Shell, home: Path, clock: FrozenClock) -> Shell:
    """A year of eight people, and a private question of one of them."""
    with Store.open(home / "store", clock=clock, zone="Europe/Berlin") as store:
        full(store, clock())
        owner = account("ada", clock())
        reply = next(each for each in year(owner, clock()).interactions if each.text)
        secret = msgspec.structs.replace(
            reply, id="secret", at=clock() - timedelta(hours=1), text=SECRET_WORDS, public=False
        )
        store.absorb(Batch(account=owner.id, cursor={}, interactions=(secret,)))
    return shell


def handles(shell: Shell, *options: str) -> list[str]:
    return [each["handle"] for each in shell.json("people", *options)["people"]]


def test_nobody_yet_is_an_empty_list_and_a_friendly_word(shell: Shell) -> None:
    assert shell.json("people") == {"schema": 1, "people": []}
    result = shell("people")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.startswith("nothing: ")


def test_people_are_listed_with_what_is_known_of_them(village: Shell) -> None:
    found = village.json("people")["people"]
    assert len(found) == 8
    first = found[0]
    assert set(first) == {
        *("key", "handles", "handle", "name", "url", "followers", "networks", "acts", "days", "kinds", "topics"),
        *("plusk", "to_thank", "first", "last", "last_thanked", "waiting", "new", "silent", "introduced", "apart"),
        "note",
    }
    assert [each["days"] for each in found] == sorted((each["days"] for each in found), reverse=True)
    assert first["acts"] == sum(first["kinds"].values())
    assert first["last"].endswith("Z")
    assert next(each for each in found if each["handle"] == "@person3@far.example")["followers"] is None
    table = village("people", "--limit", "2")
    assert len(table.stdout.splitlines()) == 3
    assert "2 of 8" in table.stderr


def test_all_that_is_known_is_more_than_ninety_days(village: Shell) -> None:
    few, many = (village.json("people", *more, "--sort", "name")["people"] for more in ((), ("--all",)))
    assert all(one["acts"] < other["acts"] for one, other in zip(few, many, strict=True))
    assert handles(village, "--sort", "audience")[0] == "@person7@far.example"


@pytest.mark.parametrize("tab", ["--new", "--silent", "--waiting", "--introducers", "--apart"])
def test_every_part_has_a_list(village: Shell, tab: str) -> None:
    assert village("people", tab).exit_code == 0
    assert all(each["waiting"] for each in village.json("people", "--waiting")["people"])


def test_what_is_private_stays_inside_unless_asked_for(village: Shell) -> None:
    assert village("people", "note", BO, "met in Berlin").exit_code == 0
    for arguments in (("people",), ("people", "--waiting"), ("show", "plusk"), ("export", "-")):
        said = village(*arguments)
        assert "met in Berlin" not in said.output
        assert SECRET_WORDS not in said.output
        if arguments[0] == "people":
            assert "met in Berlin" not in village(*arguments, "--json").output
    assert SECRET_WORDS in village("people", "--waiting", "--json", "--include-private").output
    bo = next(each for each in village.json("people", "--include-private")["people"] if each["handle"] == BO)
    assert bo["note"] == "met in Berlin"


def test_merging_and_splitting(village: Shell) -> None:
    assert "one person of 2 handles" in village("people", "merge", BO, CHIDI).stdout
    found = village.json("people")["people"]
    assert len(found) == 7
    assert ["https://far.example/1", "https://far.example/5"] in [each["handles"] for each in found]
    assert len(village.json("show", "interactions")["interactions"]) > 0
    assert "of its own again" in village("people", "split", CHIDI).stdout
    assert "merged with nobody" in village("people", "split", CHIDI).stdout
    assert len(handles(village)) == 8


def test_why_an_act_counts_is_told_of_the_merged_and_the_ignored_too(village: Shell) -> None:
    acts = village.json("show", "interactions")["interactions"]
    act = next(each["id"] for each in reversed(acts) if each["actor"]["handle"] == CHIDI and each["kind"] == "repost")
    assert village("plusk", "why", act).exit_code == 0
    village("people", "merge", BO, CHIDI)
    assert village("plusk", "why", act).exit_code == 0
    village("people", "ignore", CHIDI)
    assert village.json("plusk", "why", act)["verdict"]["counts"] is False


def test_ignoring_changes_day_totals_and_unignoring_brings_them_back(village: Shell) -> None:
    before = village.json("show", "days")
    assert "counts nowhere" in village("people", "ignore", CHIDI).stdout
    during = village.json("show", "days")
    assert sum(day["named"] for day in during["days"]) < sum(day["named"] for day in before["days"])
    assert CHIDI not in handles(village)
    assert village.json("people", "--apart")["people"][0]["apart"] == "ignored"
    assert CHIDI not in village("show", "interactions", "--json").stdout
    assert "counts again" in village("people", "unignore", CHIDI).stdout
    assert village.json("show", "days") == before


def test_a_handle_is_mine_only_after_a_yes(village: Shell) -> None:
    assert village("people", "mine", CHIDI, stdin="n\n").exit_code != 0
    assert CHIDI in handles(village)
    assert village("people", "mine", CHIDI, "--yes").exit_code == 0
    assert CHIDI not in handles(village)
    assert village.json("people", "--apart")["people"][0]["apart"] == "yours"


def test_who_looks_alike_is_told_and_can_be_told_apart(village: Shell) -> None:
    assert village.json("people", "alike") == {"schema": 1, "alike": []}
    assert village("people", "alike").stderr.startswith("nothing")
    assert "two people" in village("people", "apart", ANN, BO).stdout
    village("people", "merge", ANN, BO)
    assert village("people", "apart", ANN, BO).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("merge", BO, "nobody"), "nobody here is called nobody"),
        (("merge", BO), "cannot be merged"),
        (("merge", BO, "person1@far.example"), "cannot be merged"),
        (("ignore", "x"), "nobody here is called x"),
    ],
)
def test_what_cannot_be_meant_is_said(village: Shell, arguments: tuple[str, ...], says: str) -> None:
    result = village("people", *arguments)
    assert result.exit_code == 2
    assert says in result.stderr


def test_the_past_is_only_shown(village: Shell) -> None:
    assert handles_as_of(village)
    for arguments in (("ignore", BO), ("merge", BO, CHIDI), ("note", BO, "x"), ("split", BO), ("mine", BO, "--yes")):
        result = village("--as-of", "2026-10-01", "people", *arguments)
        assert result.exit_code == 2
        assert "--as-of only shows" in result.stderr


def handles_as_of(shell: Shell) -> list[str]:
    return [each["handle"] for each in shell.json("--as-of", "2026-10-01", "people")["people"]]
