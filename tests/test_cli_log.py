"""``klout-tui log``: noted, shown, corrected, deleted, and private throughout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli_helper import Shell

WORDS = "wrote that the guide saved her week"


@pytest.fixture
def logged(shell: Shell) -> str:
    """The number of one entry."""
    made = shell.json("log", "Ann Lee", "--topic", "Python, give aways", "--on", "2026-11-20", "--how", "mail", WORDS)
    assert made["schema"] == 1
    number = made["log"].pop("id")
    assert made["log"] == {
        "interaction": f"log:me/{number}",
        "at": "2026-11-20T11:00:00Z",
        "actor": {"handle": "Ann Lee", "name": "Ann Lee", "url": None, "followers": None},
        "how": "mail",
        "kind": "thanks",
        "topics": ["python", "give-aways"],
        "text": None,
    }
    return str(number)


def test_it_counts_at_once_everywhere(shell: Shell, logged: str) -> None:
    (plusk,) = shell.json("show", "plusk")["plusk"]
    assert (plusk["account"], plusk["network"], plusk["explicit"]) == ("log:me", "log", True)
    assert plusk["topics"] == ["python", "give-aways"]
    assert [day["day"] for day in shell.json("show", "days")["days"]] == ["2026-11-20"]
    topics = {row["topic"]: row["plusk"] for row in shell.json("show", "topics")["topics"]}
    assert topics == {"python": 1, "give-aways": 1}
    assert shell.json("--as-of", "2026-11-19", "show", "plusk")["plusk"] == []


def test_what_she_wrote_leaves_only_when_asked_for(shell: Shell, logged: str, tmp_path: Path) -> None:
    for command in (("show", "interactions"), ("show", "plusk"), ("log", "list"), ("log", "list", "--json")):
        assert WORDS not in shell(*command).output
    assert "(private)" in shell("log", "list").output
    shell("export", str(tmp_path / "all.ndjson"))
    assert WORDS not in (tmp_path / "all.ndjson").read_text()
    (row,) = shell.json("log", "list", "--include-private")["log"]
    assert row["text"] == WORDS
    assert WORDS in shell("show", "interactions", "--include-private", "--account", "log").output


def test_it_is_no_account_and_never_fails(shell: Shell, logged: str) -> None:
    assert shell.json("show", "accounts")["accounts"] == []
    assert shell("doctor").exit_code == 0
    refused = shell("refresh", "log:me")
    assert refused.exit_code == 2
    assert "no linked account" in refused.stderr


def test_corrections_change_what_is_named_and_nothing_else(shell: Shell, logged: str) -> None:
    shell.json("log", "edit", logged[:6], "--on", "yesterday 18:30", "--who", "Bo <bo@pixel.example>")
    (row,) = shell.json("log", "list", "--include-private")["log"]
    assert (row["id"], row["at"], row["how"], row["text"]) == (logged, "2026-11-22T17:30:00Z", "mail", WORDS)
    assert row["actor"]["url"] == "mailto:bo@pixel.example"
    shell.json("log", "edit", logged, "", "--topic", "", "--how", "endorsement")
    (row,) = shell.json("log", "list", "--include-private")["log"]
    assert (row["topics"], row["kind"], row["text"]) == ([], "endorsement", "")
    assert shell("log", "edit", logged).exit_code == 2


def test_deleted_is_deleted(shell: Shell, logged: str, home: Path) -> None:
    assert f"Deleted {logged}" in shell("log", "remove", logged).output
    assert shell.json("log", "list")["log"] == []
    assert shell("log", "remove", logged).exit_code == 2
    assert not [path for path in home.rglob("*") if path.is_file() and WORDS.encode() in path.read_bytes()]


def test_the_whole_log_is_forgotten_and_only_when_told_so(shell: Shell, logged: str) -> None:
    kept = shell("unlink", "log")
    assert (kept.exit_code, "--forget" in kept.stderr) == (2, True)
    assert shell("unlink", "log:me", "--forget").exit_code == 2  # nobody can be asked here
    assert shell("unlink", "log:me", "--forget", "--yes").exit_code == 0
    assert shell.json("log", "list")["log"] == []


def test_a_backup_has_it_and_a_restore_brings_it_back(shell: Shell, logged: str, tmp_path: Path) -> None:
    assert shell("backup", str(tmp_path / "b.tar.gz")).exit_code == 0
    shell("log", "remove", logged)
    assert shell("restore", "--force", str(tmp_path / "b.tar.gz")).exit_code == 0
    (row,) = shell.json("log", "list", "--include-private")["log"]
    assert row["text"] == WORDS


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (["Ann Lee", "--on", "tomorrow"], "not a day"),
        (["Ann Lee", "--on", "2026-11-24"], "lies in the future"),
        (["Ann Lee", "--how", "telepathy"], "no way to be thanked"),
        (["  "], "nobody is named"),
    ],
)
def test_what_cannot_be_meant_is_refused(shell: Shell, typed: list[str], says: str) -> None:
    refused = shell("log", *typed)
    assert refused.exit_code == 2
    assert says in refused.stderr
    assert shell.json("log", "list")["log"] == []


def test_the_past_takes_no_entries(shell: Shell, logged: str) -> None:
    assert shell("--as-of", "2026-11-22", "log", "Bo").exit_code == 2
    assert [row["id"] for row in shell.json("--as-of", "2026-11-22", "log", "list")["log"]] == [logged]
    assert shell.json("--as-of", "2026-11-19", "log", "list")["log"] == []


def test_somebody_called_list_can_thank_her_too(shell: Shell) -> None:
    assert json.loads(shell("log", "add", "list", "--json").stdout)["log"]["actor"]["handle"] == "list"


def test_a_newcomer_is_told_and_nobody_known_is_called_so(shell: Shell) -> None:
    assert "somebody new" in shell("log", "Ann Lee").stderr
    assert "somebody new" not in shell("log", "ann lee").stderr
    assert len({row["actor"]["handle"] for row in shell.json("log", "list")["log"]}) == 1
