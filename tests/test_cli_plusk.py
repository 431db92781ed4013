"""``plusk``: the rules shown, tried, changed and taken back; and why an act counts."""

from __future__ import annotations

import pytest

from tests.cli_helper import Shell


@pytest.fixture
def filled(shell: Shell) -> Shell:
    assert shell("link", "town", "@ada").exit_code == 0
    assert shell("refresh").exit_code == 0
    return shell


def counted(shell: Shell) -> list[str]:
    return [row["id"] for row in shell.json("show", "plusk")["plusk"]]


def test_the_rules_are_said_in_words(filled: Shell) -> None:
    assert filled("plusk", "rules").stdout == (
        "A +K is earned by reposts, quotes, links, stars, forks, reviews and replies and comments of 4 words or more.\n"
    )
    told = filled.json("plusk", "rules")["rules"]
    assert (told["earns"]["repost"], told["earns"]["like"], told["words"]) == (True, False, 4)
    assert (told["usual"], told["applied"], told["effect"]) == (True, False, None)


def test_a_preview_changes_nothing(filled: Shell) -> None:
    before = counted(filled)
    tried = filled("plusk", "rules", "--set", "like=yes", "--preview")
    assert "instead of" in tried.stdout
    assert "only a preview" in tried.stderr
    assert counted(filled) == before
    assert filled.json("plusk", "rules")["rules"]["usual"]


def test_a_change_does_what_its_preview_said_and_can_be_taken_back(filled: Shell) -> None:
    before = counted(filled)
    said = filled.json("plusk", "rules", "--set", "like=yes", "--set", "words=1", "--preview")["rules"]
    assert not said["applied"]
    done = filled.json("plusk", "rules", "--set", "like=yes", "--set", "words=1")["rules"]
    assert done == {**said, "applied": True}
    after = counted(filled)
    assert len(after) > len(before)
    assert done["effect"]["after"]["plusk"] == len(filled.json("show", "plusk", "--since", "89d")["plusk"])
    back = filled("plusk", "rules", "--back")
    assert "takes it back" in back.stderr
    assert counted(filled) == before
    assert filled("plusk", "rules", "--back").exit_code == 0
    assert counted(filled) == after
    assert filled("plusk", "rules", "--usual").exit_code == 0
    assert counted(filled) == before
    assert "already" in filled("plusk", "rules", "--usual").stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--set", "like"], "is no change"),
        (["--set", "like=maybe"], "on, yes, true, 1 where it is to earn a +K; off, no, false, 0 where not"),
        (["--set", "words=many"], "a number from 0 to 100"),
        (["--set", "thanks=no"], "nothing the rules know"),
        (["--set", "words=few"], "no number"),
        (["--set", "words=101"], "101 words"),
        (["--set", "like=yes", "--usual"], "three different changes"),
        (["--back"], "never changed"),
    ],
)
def test_what_cannot_be_meant_is_refused(filled: Shell, arguments: list[str], says: str) -> None:
    result = filled("plusk", "rules", *arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert filled.json("plusk", "rules")["rules"]["usual"]


@pytest.mark.parametrize("word", ["on", "ON", "yes", "true", "1"])
@pytest.mark.parametrize("name", ["like", "likes", "Likes"])
def test_a_switch_takes_the_words_people_say(filled: Shell, name: str, word: str) -> None:
    turned = filled.json("plusk", "rules", "--set", f"{name}={word}")["rules"]
    assert (turned["earns"]["like"], turned["applied"]) == (True, True)


@pytest.mark.parametrize("word", ["off", "Off", "no", "false", "0"])
def test_and_off_again(filled: Shell, word: str) -> None:
    assert filled.json("plusk", "rules", "--set", f"replies={word}")["rules"]["earns"]["reply"] is False


def test_the_past_keeps_its_rules(filled: Shell) -> None:
    refused = filled("--as-of", "2026-11-20", "plusk", "rules", "--set", "like=yes")
    assert refused.exit_code == 2
    assert "cannot change the rules" in refused.stderr
    assert filled("--as-of", "2026-11-20", "plusk", "rules", "--set", "like=yes", "--preview").exit_code == 0


def test_why_an_act_counts_or_does_not(filled: Shell) -> None:
    acts = filled.json("show", "interactions")["interactions"]
    ids = counted(filled)
    for act in acts:
        told = filled.json("plusk", "why", act["id"])["verdict"]
        assert told["counts"] is (act["id"] in ids)
        assert bool(told["why"]) is told["counts"]
        assert bool(told["why_not"]) is (not told["counts"] or bool(told["earlier"]))
        words = filled("plusk", "why", act["id"]).stdout
        assert words.startswith("Counts: " if told["counts"] else "Does not count: ")
    assert {filled.json("plusk", "why", act["id"])["verdict"]["counts"] for act in acts} == {True, False}
    rows = filled.json("show", "plusk")["plusk"]
    assert all(row["why"] == filled.json("plusk", "why", row["id"])["verdict"]["why"] for row in rows)
    assert filled("plusk", "why", "nonsense").exit_code == 2
    late = max(acts, key=lambda act: act["at"])
    assert filled("--as-of", "2026-11-01", "plusk", "why", late["id"]).exit_code == 2
