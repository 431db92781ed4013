"""``note`` and ``show notes``: kept, worded anew, removed, refused."""

from __future__ import annotations

import pytest

from tests.cli_helper import Shell


def test_a_note_is_kept_on_its_day_and_shown(shell: Shell) -> None:
    assert shell("note", "gave away the report").stdout == "Kept note 1 on 2026-11-23: gave away the report\n"
    assert shell("note", "talk", "--date", "2026-11-20").exit_code == 0
    notes = shell.json("show", "notes")["notes"]
    assert [(note["id"], note["day"], note["text"]) for note in notes] == [
        ("2", "2026-11-20", "talk"),
        ("1", "2026-11-23", "gave away the report"),
    ]
    assert notes[0]["post"] is None
    assert notes[0]["made_at"].endswith("Z")
    assert shell.json("show", "notes", "--since", "2026-11-21")["notes"] == notes[1:]
    assert "gave away the report" in shell("show", "notes").stdout


def test_a_note_on_a_post_is_on_its_day(shell: Shell) -> None:
    shell("link", "town", "@ada")
    shell("refresh")
    post = shell.json("show", "posts")["posts"][0]
    kept = shell.json("note", "the best one", "--post", post["id"])["note"]
    assert (kept["post"], kept["day"]) == (post["id"], "2026-11-02")  # late on the 1st in UTC
    linked = next(each for each in shell.json("show", "posts")["posts"] if each["url"])
    assert shell.json("note", "by its address", "--post", linked["url"])["note"]["post"] == linked["id"]
    assert len(shell.json("show", "notes", "--account", "ada")["notes"]) == 2
    refused = shell("note", "x", "--post", "nonsense")
    assert refused.exit_code == 2
    assert "no post nonsense" in refused.stderr


def test_removing_one_leaves_the_others(shell: Shell) -> None:
    shell("note", "one")
    shell("note", "two")
    assert shell("note", "--remove", "n1").stdout == "Removed note 1 on 2026-11-23: one\n"
    assert [note["text"] for note in shell.json("show", "notes")["notes"]] == ["two"]
    again = shell("note", "--remove", "1")
    assert again.exit_code == 1
    assert "klout-tui show notes" in again.stderr


def test_a_number_is_never_given_twice(shell: Shell) -> None:
    for text in ("one", "two", "three"):
        shell("note", text)
    shell("note", "--remove", "3")
    assert shell("note", "four").stdout.startswith("Kept note 4 ")
    for number in ("1", "2", "4"):
        shell("note", "--remove", number)
    assert shell("note", "five").stdout.startswith("Kept note 5 ")


def test_emoji_stay_whole(shell: Shell) -> None:
    shell("note", "with the 👨‍👩‍👧‍👦 ❤️")
    assert shell.json("show", "notes")["notes"][0]["text"] == "with the 👨‍👩‍👧‍👦 ❤️"
    assert "👨‍👩‍👧‍👦 ❤️" in shell("show", "notes").stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "give a note"),
        (("a", "--remove", "1"), "give a note"),
        (("  \x1b[2J ",), "needs some words"),
        (("x" * 201,), "at most 200"),
        (("a", "--date", "2026-11-24"), "lies in the future"),
        (("a", "--date", "soon"), "soon"),
        (("a", "--date", "today", "--post", "p"), "its own day"),
    ],
)
def test_what_makes_no_note_is_refused(shell: Shell, words: tuple[str, ...], said: str) -> None:
    result = shell("note", *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert shell.json("show", "notes")["notes"] == []


def test_the_past_takes_no_notes(shell: Shell) -> None:
    assert shell("--as-of", "2026-11-20", "note", "a").exit_code == 2
