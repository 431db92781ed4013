"""``klout-tui topics``: what is listed, what can be decided, and that every view says the same afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from klout_tui.store import Store
from tests.cli_helper import Shell
from tests.conftest import FrozenClock
from tests.domain.test_ontology import EDGES, NAMES, TOPICS
from tests.tui.village import full


@pytest.fixture
def filled(shell: Shell) -> Shell:
    """Ada linked and read."""
    assert shell("link", "town", "@ada").exit_code == 0
    assert shell("refresh").exit_code == 0
    return shell


def shown(shell: Shell) -> dict[str, dict[str, Any]]:
    return {row["topic"]: row for row in shell.json("topics")["topics"]}


def test_nothing_yet_is_an_empty_list_and_a_friendly_word(shell: Shell) -> None:
    assert shell.json("topics") == {"schema": 1, "topics": []}
    assert shell("topics").stderr.startswith("nothing: ")


def test_the_list_says_what_show_topics_says(filled: Shell) -> None:
    listed = shown(filled)
    for row in filled.json("show", "topics")["topics"]:
        assert listed[row["topic"]].items() >= row.items()


@pytest.mark.parametrize("topic", ["give-aways", "Give Aways", "#give_aways"])
def test_hidden_is_hidden_everywhere_until_she_says_so(filled: Shell, topic: str) -> None:
    assert "is hidden" in filled("topics", "hide", topic).stdout
    assert "give-aways" not in {row["topic"] for row in filled.json("show", "topics")["topics"]}
    assert not any("give-aways" in post["topics"] for post in filled.json("show", "posts")["posts"])
    assert not any("give-aways" in each["topics"] for each in filled.json("show", "interactions")["interactions"])
    given = filled.json("show", "plusk")["plusk"]
    assert not any("give-aways" in each["topics"] for each in given)
    assert (shown(filled)["give-aways"]["hidden"], shown(filled)["give-aways"]["posts"]) == (True, None)
    filled("refresh")
    assert shown(filled)["give-aways"]["hidden"]
    assert "shown again" in filled("topics", "show", topic).stdout
    assert not shown(filled)["give-aways"]["hidden"]


def test_a_plusk_on_a_hidden_topic_says_which(home: Path, clock: FrozenClock, shell: Shell) -> None:
    with Store.open(home / "store", clock=clock, zone="Europe/Berlin") as store:
        full(store, clock())
    before = shell.json("show", "plusk")["plusk"]
    assert shell("topics", "hide", "python").exit_code == 0
    after = shell.json("show", "plusk")["plusk"]
    assert [each["id"] for each in after] == [each["id"] for each in before]
    hidden = [each for each, was in zip(after, before, strict=True) if was["topics"] == ["python"]]
    assert hidden
    assert all((each["topics"], each["hidden_topics"]) == ([], ["python"]) for each in hidden)
    assert all("on python (hidden)" in each["why"] for each in hidden if each["post"])
    assert shell("show", "plusk").stdout.count("python (hidden)") == len(hidden)
    assert "(python (hidden))" not in shell("today").stdout
    assert "python, hidden" in shell("today").stdout


def test_renamed_joined_pinned_and_taken_back(filled: Shell) -> None:
    before = shown(filled)
    assert filled("topics", "rename", "give-aways", "Gifts & things").exit_code == 0
    assert shown(filled)["gifts-&-things"]["label"] == "Gifts & things"
    assert "Gifts & things" in filled("topics").stdout
    assert filled("topics", "merge", "gifts & things", "python").exit_code == 0
    assert shown(filled)["python"]["written_as"] == ["gifts-&-things", "give-aways"]
    assert filled("topics", "pin", "python").exit_code == 0
    assert next(iter(shown(filled))) == "python"
    assert "so already" in filled("topics", "pin", "python").stdout
    assert filled("topics", "unpin", "python").exit_code == 0
    for _ in range(4):
        assert filled("topics", "undo").stdout.startswith("Taken back: ")
    assert shown(filled) == before
    result = filled("topics", "undo")
    assert (result.exit_code, result.stderr) == (2, "error: there is nothing to undo\n")


def test_a_spelling_is_split_off_again(filled: Shell) -> None:
    filled("topics", "merge", "give-aways", "python")
    assert "of its own" in filled("topics", "split", "give-aways").stdout
    assert "give-aways" in shown(filled)
    assert "already" in filled("topics", "split", "give-aways").stdout


def test_a_name_that_is_taken_is_refused_and_says_what_to_do(filled: Shell) -> None:
    result = filled("topics", "rename", "give-aways", "Python")
    assert result.exit_code == 2
    assert "merge" in result.stderr
    assert filled("topics", "merge", "python", "python").exit_code == 2


def test_what_nothing_carries_may_be_decided_and_is_said(filled: Shell) -> None:
    result = filled("topics", "hide", "pyhton")
    assert result.exit_code == 0
    assert "did you mean python?" in result.stderr


def test_suggestions_are_made_and_can_be_declined(filled: Shell) -> None:
    filled("topics", "pin", "sellings")
    assert "The same? sellings and selling, one and many" in filled("topics").stdout
    assert shown(filled)["sellings"]["alike"] == {"topic": "selling", "why": "one and many"}
    filled("topics", "apart", "sellings", "selling")
    assert "The same?" not in filled("topics").stdout


def test_the_past_can_only_be_looked_at(filled: Shell) -> None:
    filled("topics", "hide", "python")
    result = filled("--as-of", "2026-11-22", "topics", "hide", "give-aways")
    assert result.exit_code == 2
    assert "--as-of only shows" in result.stderr
    past = filled.json("--as-of", "2026-11-22", "show", "topics")["topics"]
    assert "python" not in {row["topic"] for row in past}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A list in the form of Klout's."""
    there = tmp_path / "opendata"
    there.mkdir()
    (there / "topics.csv").write_text(TOPICS, "utf-8")
    (there / "edges.csv").write_text(EDGES, "utf-8")
    (there / "names.csv").write_text(NAMES + "7,de,Pythonsprache\n", "utf-8")
    (there / "LICENSE").write_text("CC BY 3.0, Lithium Technologies\nmore\n", "utf-8")
    return there


def test_a_list_is_used_with_its_parents_names_and_attribution(
    filled: Shell, folder: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shown(filled)
    assert before["python"]["above"] == [["Programming", "Technology"]]
    said = filled("topics", "use", str(folder)).stdout
    assert said == "6 topics, from opendata (license: CC BY 3.0, Lithium Technologies).\n"
    for path in folder.iterdir():
        path.unlink()
    assert shown(filled)["python"]["above"] == [["Programming", "Technology"], ["Snakes", "Animals"]]
    assert shown(filled)["python"]["label"] == "Python"
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    assert shown(filled)["python"]["label"] == "Pythonsprache"
    assert "Pythonsprache" in filled("topics").stdout
    (home / "settings.toml").write_text('topic_language = "es"\n')
    assert shown(filled)["python"]["above"][0] == ["Programación", "Technology"]
    assert filled("doctor").exit_code == 0
    assert filled("topics", "use", "--builtin").stdout.startswith("281 topics, from klout-tui")
    assert shown(filled)["python"] == before["python"]
    assert filled("topics", "use", "--none").stdout.startswith("No list")
    assert shown(filled)["python"]["above"] == []


def test_what_she_hid_stays_hidden_under_another_list(filled: Shell, folder: Path) -> None:
    filled("topics", "hide", "GiveAways")
    filled("topics", "use", "--none")
    hidden = {topic for topic, row in shown(filled).items() if row["hidden"]}
    assert {"give-aways"} <= hidden
    filled("topics", "use", str(folder))
    assert {topic for topic, row in shown(filled).items() if row["hidden"]} == hidden


def test_a_fault_in_a_list_is_named_and_changes_nothing(filled: Shell, folder: Path) -> None:
    (folder / "edges.csv").write_text(EDGES + "7,python,99,nowhere\n", "utf-8")
    before = shown(filled)
    result = filled("topics", "use", str(folder))
    assert result.exit_code == 1
    assert "edges.csv, line 8" in result.stderr
    assert shown(filled) == before
    (folder / "names.csv").write_bytes(b"topicId,language,topicDisplayName\n7,de,\xff\n")
    assert "names.csv, line 2: not UTF-8" in filled("topics", "use", str(folder)).stderr
    assert "there is no folder" in filled("topics", "use", str(folder / "nowhere")).stderr
    assert filled("topics", "use", "--none", "--builtin").exit_code == 2


def test_a_list_that_is_gone_is_told_and_done_without(filled: Shell, folder: Path, home: Path) -> None:
    filled("topics", "use", str(folder))
    (home / "store" / "topics.list").unlink()
    result = filled("show", "topics")
    assert result.exit_code == 0
    assert "topics use" in result.stderr
    (home / "store" / "topics.list").write_bytes(b"something else")
    assert "not a list of topics" in filled("show", "topics").stderr


def test_a_list_is_in_the_backup(filled: Shell, folder: Path, home: Path, tmp_path: Path) -> None:
    filled("topics", "use", str(folder))
    assert filled("backup", str(tmp_path / "all.tar.gz")).exit_code == 0
    assert filled("restore", "--force", str(tmp_path / "all.tar.gz")).exit_code == 0
    assert shown(filled)["python"]["label"] == "Python"


def test_a_language_that_is_none_is_refused(shell: Shell, home: Path) -> None:
    home.mkdir(exist_ok=True)
    (home / "settings.toml").write_text('topic_language = "German"\n')
    result = shell("topics")
    assert result.exit_code == 2
    assert "topic_language" in result.stderr
