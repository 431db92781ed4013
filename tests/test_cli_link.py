"""``link`` and ``unlink``."""

from __future__ import annotations

import json
import logging
import os
import stat
from pathlib import Path

import pytest

from tests.cli_helper import Shell
from tests.town import GOOD_TOKEN

ADA = "town:ada@town.example"


def test_linking_tells_what_can_be_seen(shell: Shell) -> None:
    result = shell("link", "town", "@ada")
    assert result.exit_code == 0
    assert f"Linked {ADA} (Ada, 7 followers)." in result.stdout
    assert "your posts and their counters" in result.stdout
    assert "who liked a post: needs a token" in result.stdout
    assert "No token was given" in result.stdout
    assert "Asked for it: town.example, and no other host." in result.stdout
    assert "klout-tui refresh" in result.stdout


def test_linking_as_json(shell: Shell) -> None:
    found = shell.json("link", "town", "@ada")
    assert found == {
        "schema": 1,
        "link": {
            "account": ADA,
            "network": "town",
            "handle": "@ada@town.example",
            "name": "Ada",
            "url": None,
            "followers": 7,
            "following": None,
            "posts": None,
            "karma": None,
            "authorised": False,
            "sees": ["your posts and their counters"],
            "misses": ["who liked a post: needs a token"],
            "token_kept": None,
            "hosts": ["town.example"],
        },
    }


def test_a_token_from_stdin_is_kept_and_never_shown(shell: Shell, home: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        result = shell("link", "town", "@ada", "--token-stdin", stdin=f"  {GOOD_TOKEN}\n")
    assert result.exit_code == 0
    assert "who liked them" in result.stdout
    assert f"kept in {home / 'credentials'}, unencrypted" in result.stdout
    assert json.loads((home / "credentials").read_text())["tokens"] == {ADA: GOOD_TOKEN}
    if os.name == "posix":
        assert stat.S_IMODE((home / "credentials").stat().st_mode) == 0o600
    for arguments in (["show", "accounts"], ["show", "accounts", "--json"], ["refresh", "--json"]):
        result = shell(*arguments)
        assert GOOD_TOKEN not in result.output
    assert GOOD_TOKEN not in caplog.text
    assert all(
        GOOD_TOKEN.encode() not in path.read_bytes()
        for path in home.rglob("*")
        if path.is_file() and path.name != "credentials"
    )


def test_a_token_typed_on_a_terminal_is_not_echoed(shell: Shell, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("klout_tui.cli.linking.on_terminal", lambda: True)
    result = shell("link", "town", "@ada", "--token-stdin", stdin=f"{GOOD_TOKEN}\n")
    assert result.exit_code == 0
    assert "Token:" in result.stderr
    assert GOOD_TOKEN not in result.output
    assert GOOD_TOKEN in (home / "credentials").read_text()


def test_a_token_from_a_variable_is_kept(shell: Shell, home: Path) -> None:
    result = shell("link", "town", "@ada", "--token-env", "TOWN", env={"TOWN": GOOD_TOKEN})
    assert result.exit_code == 0
    assert GOOD_TOKEN not in result.output
    assert GOOD_TOKEN in (home / "credentials").read_text()
    assert shell.json("show", "accounts")["accounts"][0]["authorised"] is True


@pytest.mark.parametrize(
    ("arguments", "stdin", "words"),
    [
        (["--token-stdin", "--token-env", "TOWN"], GOOD_TOKEN, "exclude each other"),
        (["--token-stdin"], "", "stdin holds no token"),
        (["--token-stdin"], f"{GOOD_TOKEN}\n{GOOD_TOKEN}", "is no token"),
        (["--token-stdin"], f"{GOOD_TOKEN}\x1b", "is no token"),
        (["--token-env", "NOT_SET_AT_ALL"], "", "NOT_SET_AT_ALL holds no token"),
        (["--option", "street"], "", "is not NAME=VALUE"),
        (["--option", "steet=high"], "", "does not ask for"),
        (["--comments-feed", "https://x.example"], "", "does not ask for"),
    ],
)
def test_what_cannot_be_meant_exits_2(shell: Shell, home: Path, arguments: list[str], stdin: str, words: str) -> None:
    result = shell("link", "town", "@ada", *arguments, stdin=stdin)
    assert result.exit_code == 2
    assert words in result.stderr
    assert GOOD_TOKEN not in result.output
    assert not (home / "credentials").exists()
    assert shell.json("show", "accounts")["accounts"] == []


def test_options_reach_the_network(shell: Shell) -> None:
    assert shell("link", "town", "@ada", "--option", "street=High Street").exit_code == 0


@pytest.mark.parametrize(
    ("target", "stdin", "code", "words"),
    [
        ("a b", None, 2, "no name in Town"),
        ("@nobody", None, 1, "nobody lives there"),
        ("@refused", GOOD_TOKEN, 1, "the token was refused"),
    ],
)
def test_what_the_network_refuses_is_not_linked(
    shell: Shell, home: Path, target: str, stdin: str | None, code: int, words: str
) -> None:
    result = shell("link", "town", target, *(["--token-stdin"] if stdin else []), stdin=stdin)
    assert result.exit_code == code
    assert f"error: {words}" in result.stderr or words in result.stderr
    assert "hint: " in result.stderr
    assert GOOD_TOKEN not in result.output
    assert not (home / "credentials").exists()
    assert shell.json("show", "accounts")["accounts"] == []


def test_plain_http_to_another_machine_is_refused(shell: Shell) -> None:
    result = shell("link", "town", "@ada", "--base-url", "http://town.example")
    assert result.exit_code != 0
    assert "error: " in result.stderr


def test_unlinking_keeps_what_was_read_and_drops_the_token(shell: Shell, home: Path) -> None:
    shell("link", "town", "@ada", "--token-stdin", stdin=GOOD_TOKEN)
    shell("refresh")
    result = shell("unlink", "ada")
    assert result.exit_code == 0
    assert result.stdout == f"{ADA}: unlinked; what was read stays.\n"
    assert GOOD_TOKEN not in (home / "credentials").read_text()
    (account,) = shell.json("show", "accounts")["accounts"]
    assert (account["health"], account["unlinked_at"]) == ("unlinked", "2026-11-23T08:15:22Z")
    assert account["next_refresh"] is None
    assert len(shell.json("show", "posts", "--account", ADA)["posts"]) == 3
    assert shell("unlink", "ada").exit_code == 2


def test_forgetting_asks_and_refuses_where_nobody_can_answer(shell: Shell) -> None:
    shell("link", "town", "@ada")
    shell("refresh")
    result = shell("unlink", "ada", "--forget")
    assert result.exit_code == 2
    assert "--yes" in result.stderr
    assert len(shell.json("show", "posts")["posts"]) == 3


def test_forgetting_with_yes_leaves_nothing(shell: Shell) -> None:
    shell("link", "town", "@ada")
    shell("refresh")
    shell("unlink", "ada")
    post = shell.json("show", "posts")["posts"][0]
    assert shell("note", "gave it away", "--post", post["id"]).exit_code == 0
    who = shell.json("people")["people"][0]["handle"]
    assert shell("people", "note", who, "met in Berlin").exit_code == 0
    done = shell("unlink", "ada", "--forget", "--yes")
    assert done.exit_code == 0
    assert "Your notes on days stay, without its posts" in done.stdout
    (note,) = shell.json("show", "notes", "--include-private")["notes"]
    assert (note["text"], note["post"]) == ("gave it away", None)
    assert shell.json("people", "--include-private")["people"] == []
    for noun in ("accounts", "posts", "interactions", "days", "plusk"):
        assert shell.json("show", noun)[noun] == []


@pytest.mark.parametrize(("answer", "left"), [("n\n", 1), ("y\n", 0)])
def test_forgetting_on_a_terminal_asks(shell: Shell, monkeypatch: pytest.MonkeyPatch, answer: str, left: int) -> None:
    shell("link", "town", "@ada")
    monkeypatch.setattr("klout_tui.cli.linking.on_terminal", lambda: True)
    result = shell("unlink", "ada", "--forget", stdin=answer)
    assert "cannot be undone" in result.stderr
    assert "private notes and decisions on people only it knew" in result.stderr
    assert result.exit_code == left
    assert len(shell.json("show", "accounts")["accounts"]) == left


def test_a_part_that_fits_several_is_refused(shell: Shell) -> None:
    shell("link", "town", "@ada")
    shell("link", "town", "@adam")
    result = shell("unlink", "town:")
    assert result.exit_code == 2
    assert "adam" in result.stderr
