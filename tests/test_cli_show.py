"""``show``: what is in it, what is left out, spans, the past, privacy."""

from __future__ import annotations

from pathlib import Path

import pytest

from klout_tui.domain.batch import Batch
from klout_tui.store import Store
from tests.cli_helper import Shell
from tests.conftest import FrozenClock

NOUNS = ("accounts", "posts", "interactions", "plusk", "topics", "days")
ADA = "town:ada@town.example"


@pytest.fixture
def filled(shell: Shell) -> Shell:
    """Ada linked and read."""
    assert shell("link", "town", "@ada").exit_code == 0
    assert shell("refresh").exit_code == 0
    return shell


@pytest.mark.parametrize("noun", NOUNS)
def test_nothing_yet_is_an_empty_list_and_a_friendly_word(shell: Shell, noun: str) -> None:
    assert shell.json("show", noun) == {"schema": 1, noun: []}
    result = shell("show", noun)
    assert result.exit_code == 0
    assert result.stdout == ""
    assert result.stderr.startswith("nothing: ")
    assert "klout-tui" in result.stderr or "--since" in result.stderr


@pytest.mark.parametrize("noun", NOUNS)
def test_every_noun_has_a_table(filled: Shell, noun: str) -> None:
    result = filled("show", noun)
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) >= 2
    assert result.stderr == ""
    assert "\x1b" not in result.stdout


def test_accounts(filled: Shell) -> None:
    (account,) = filled.json("show", "accounts")["accounts"]
    assert account["id"] == ADA
    assert (account["followers"], account["following"]) == (9, None)
    assert account["health"] == "ok"
    assert account["next_refresh"] > "2026-11-23T08:15:22Z"


def test_posts_are_oldest_first_with_local_topics(filled: Shell) -> None:
    posts = filled.json("show", "posts")["posts"]
    assert [post["id"][-2:] for post in posts] == ["p1", "p2", "p3"]
    assert posts[0]["text"] == "On snakes [/] red"
    assert posts[1]["topics"] == ["give-aways"]
    assert posts[1]["counters"] == {"like": 3}


def test_own_acts_are_left_out_everywhere(filled: Shell) -> None:
    acts = filled.json("show", "interactions")["interactions"]
    assert [act["id"][-2:] for act in acts] == ["i1", "i2", "i3", "i4"]
    days = filled.json("show", "days")["days"]
    assert sum(day["named"] for day in days) == 4
    assert all(not given["id"].endswith("i5") for given in filled.json("show", "plusk")["plusk"])


def test_interactions_carry_their_posts_topics(filled: Shell) -> None:
    acts = filled.json("show", "interactions")["interactions"]
    assert acts[0]["topics"] == ["python"]
    assert acts[0]["actor"] == {
        "handle": "bo@town.example",
        "name": "Bo [b]Bold[/]",
        "url": None,
        "followers": 12,
    }


def test_plus_k(filled: Shell) -> None:
    given = filled.json("show", "plusk")["plusk"]
    assert [(each["kind"], each["explicit"], each["topics"]) for each in given] == [
        ("reply", True, ["selling"]),
        ("repost", False, ["python"]),
    ]
    assert {each["thanked_at"] for each in given} == {None}


def test_topics_cover_ninety_days_unless_told(filled: Shell) -> None:
    topics = {row["topic"]: row for row in filled.json("show", "topics")["topics"]}
    assert topics["python"]["posts"] == 1
    assert topics["python"]["reactions"] == 2
    assert len(topics["python"]["trend"]) == 12
    later = {row["topic"] for row in filled.json("show", "topics", "--since", "2026-11-10")["topics"]}
    assert "python" not in {row for row in later if topics[row]["posts"] == 0} - {"python"}
    of_stranger = filled("show", "topics", "--account", "stranger")
    assert of_stranger.exit_code == 2


def test_a_span_is_of_local_days_inclusive(filled: Shell) -> None:
    # i1 is at 23:30 UTC on the 2nd, which in Berlin is the 3rd.
    def named(*arguments: str) -> list[str]:
        return [act["id"][-2:] for act in filled.json("show", "interactions", *arguments)["interactions"]]

    assert named("--since", "2026-11-03", "--until", "2026-11-03") == ["i1"]
    assert named("--since", "2026-11-02", "--until", "2026-11-02") == []
    assert named("--until", "2026-11-04") == ["i1", "i2"]
    assert named("--since", "2d") == ["i4"]
    assert named("--since", "yesterday") == ["i4"]
    assert (
        filled.json("show", "days", "--since", "2026-11-03", "--until", "2026-11-03")["days"][0]["day"] == "2026-11-03"
    )
    assert [each["kind"] for each in filled.json("show", "plusk", "--since", "2026-11-10")["plusk"]] == ["reply"]
    assert [post["id"][-2:] for post in filled.json("show", "posts", "--until", "2026-11-02")["posts"]] == ["p1"]


@pytest.mark.parametrize("noun", NOUNS)
@pytest.mark.parametrize(
    "span",
    [
        ["--since", "1970-01-01"],
        ["--until", "1970-01-01"],
        ["--until", "9998-12-31"],
        ["--since", "9998-12-31"],
        ["--since", "99999w"],
    ],
    ids=" ".join,
)
def test_the_outermost_spans_are_answered(filled: Shell, noun: str, span: list[str]) -> None:
    filled.json("show", noun, *span)


def test_as_of_the_first_day_nothing_was(filled: Shell) -> None:
    for noun in NOUNS[1:]:
        assert filled.json("--as-of", "1970-01-01", "show", noun)[noun] == []


def test_as_of_bounds_everything(filled: Shell) -> None:
    def at(noun: str, *arguments: str) -> list[dict[str, object]]:
        found: list[dict[str, object]] = filled.json("--as-of", "2026-11-04", "show", noun, *arguments)[noun]
        return found

    assert len(at("posts")) == 1
    assert len(at("posts", "--until", "2026-11-30")) == 1
    assert len(at("interactions")) == 2
    assert len(at("plusk")) == 1
    assert [row["topic"] for row in at("topics")] == ["python"]
    assert {row["day"] for row in at("days")} == {"2026-11-03", "2026-11-04"}
    assert at("interactions", "--since", "yesterday", "--until", "yesterday")[0]["at"] == "2026-11-02T23:30:00Z"
    (account,) = at("accounts")
    assert (account["followers"], account["next_refresh"]) == (None, None)


def test_as_of_claims_nothing_of_health(filled: Shell, home: Path) -> None:
    assert filled("link", "town", "@down").exit_code == 0
    assert filled("refresh", "down").exit_code == 1
    for account in filled.json("--as-of", "2026-11-22", "show", "accounts")["accounts"]:
        assert [account[key] for key in ("health", "fault", "last_refresh", "next_refresh")] == [None] * 4
    table = filled("--as-of", "2026-11-22", "show", "accounts").stdout
    assert "20 s" not in table
    assert "ok" not in table.split()


def test_as_of_a_post_deleted_later_is_there(filled: Shell, home: Path, clock: FrozenClock) -> None:
    with Store.open(home / "store", clock=clock) as store:
        cursor = store.cursor(ADA)
        first = store.posts()[0]
        store.absorb(Batch(account=ADA, gone=(first.id,), cursor={**cursor, "more": "1"}))
    assert filled.json("show", "posts")["posts"][0]["gone_at"] == "2026-11-23T08:15:22Z"
    assert filled.json("--as-of", "2026-11-22", "show", "posts")["posts"][0]["gone_at"] is None
    assert "(deleted)" not in filled("--as-of", "2026-11-22", "show", "posts").stdout


def test_as_of_shows_an_account_unlinked_since_as_linked(filled: Shell) -> None:
    filled("unlink", "ada")
    assert filled.json("--as-of", "2026-11-20", "show", "accounts")["accounts"][0]["unlinked_at"] is None
    assert filled.json("--as-of", "2026-11-23", "show", "accounts")["accounts"][0]["health"] == "unlinked"


@pytest.mark.parametrize("noun", ["posts", "interactions"])
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_private_text_stays_inside_unless_asked_for(filled: Shell, noun: str, form: list[str]) -> None:
    assert "hush" not in filled("show", noun, *form).stdout
    assert "hush" in filled("show", noun, "--include-private", *form).stdout


def test_private_text_is_null_not_missing(filled: Shell) -> None:
    assert filled.json("show", "interactions")["interactions"][3]["text"] is None
    assert filled.json("show", "posts")["posts"][2]["text"] is None


@pytest.mark.parametrize("noun", NOUNS)
def test_another_account_is_told_apart(filled: Shell, noun: str) -> None:
    assert filled("link", "town", "@bea").exit_code == 0
    assert filled.json("show", noun, "--account", "ada")[noun]
    if noun != "accounts":
        assert filled.json("show", noun, "--account", "bea")[noun] == []
