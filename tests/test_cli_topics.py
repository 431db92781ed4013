"""``klout-tui topics``: what is listed, what can be decided, and that every view says the same afterwards."""

from __future__ import annotations

import pytest

from tests.cli_helper import Shell


@pytest.fixture
def filled(shell: Shell) -> Shell:
    """Ada linked and read."""
    assert shell("link", "town", "@ada").exit_code == 0
    assert shell("refresh").exit_code == 0
    return shell


def shown(shell: Shell) -> dict[str, dict[str, object]]:
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
    assert not any("give-aways" in each["topics"] for each in filled.json("show", "plusk")["plusk"])
    assert (shown(filled)["give-aways"]["hidden"], shown(filled)["give-aways"]["posts"]) == (True, None)
    filled("refresh")
    assert shown(filled)["give-aways"]["hidden"]
    assert "shown again" in filled("topics", "show", topic).stdout
    assert not shown(filled)["give-aways"]["hidden"]


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
    filled("topics", "pin", "giveaways")
    assert "The same? giveaways and give-aways" in filled("topics").stdout
    assert shown(filled)["giveaways"]["alike"] == {"topic": "give-aways", "why": "the same but for a hyphen"}
    filled("topics", "apart", "giveaways", "give-aways")
    assert "The same?" not in filled("topics").stdout


def test_the_past_can_only_be_looked_at(filled: Shell) -> None:
    filled("topics", "hide", "python")
    result = filled("--as-of", "2026-11-22", "topics", "hide", "give-aways")
    assert result.exit_code == 2
    assert "--as-of only shows" in result.stderr
    past = filled.json("--as-of", "2026-11-22", "show", "topics")["topics"]
    assert "python" not in {row["topic"] for row in past}
