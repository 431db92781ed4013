"""What no command may do: change anything while it looks at the past, or let out what is private unasked."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from klout_tui.domain.batch import Batch
from klout_tui.domain.model import Account, Actor, Interaction, InteractionKind, Post, PostKind
from klout_tui.store.store import Store
from tests.cli_helper import Shell
from tests.conftest import FrozenClock

ADA = "town:ada@town.example"
SECRET = "zanzibar"
"""In every text that is not public, and in her notes on people."""

READING: tuple[tuple[str, ...], ...] = (
    ("show", "accounts"),
    ("show", "posts"),
    ("show", "interactions"),
    ("show", "plusk"),
    ("show", "days"),
    ("today",),
    ("why",),
    ("why", "--by", "topic"),
    ("when",),
    ("habits",),
    ("people",),
    ("people", "--waiting"),
    ("people", "--all"),
    ("people", "alike"),
    ("log", "list"),
    ("plusk", "rules"),
    ("topics",),
    ("score",),
    ("score", "--explain"),
)
FORMS = ((), ("--json",))


@pytest.fixture
def filled(shell: Shell, clock: FrozenClock, home: Path) -> Shell:
    now = clock()
    fan = Actor(key="https://far.example/bo", handle="@bo@far.example", name="Bo")
    with Store.open(home / "store", clock=clock, zone="Europe/Berlin") as store:
        account = Account(
            id=ADA, network="town", handle="@ada", base_url="https://town.example", linked_at=now - timedelta(days=200)
        )
        store.link(account)
        posts = [
            Post(
                id=f"https://town.example/p/{number}",
                account=ADA,
                kind=PostKind.STATUS,
                at=now - timedelta(days=2 * number, hours=5),
                text=f"On {SECRET} {number}?",
                title=f"{SECRET} {number}",
                topics=("python",),
                public=False,
                counters={InteractionKind.LIKE: 3},
            )
            for number in range(80)
        ]
        acts = [
            Interaction(
                id=f"{ADA}/reply/{number}/{who}",
                account=ADA,
                kind=InteractionKind.REPLY,
                actor=Actor(key=f"https://far.example/{who}", handle=f"@{who}@far.example", name=who.title()),
                at=post.at + timedelta(hours=1),
                post=post.id,
                text=f"Would you do {SECRET} once more for all of us?",
                public=False,
            )
            for number, post in enumerate(posts)
            for who in ("bo", "kim", "lou", "mia")[: 1 + number % 4]
        ]
        store.absorb(Batch(account=ADA, cursor={}, posts=tuple(posts), interactions=tuple(acts)))
        store.remark([fan.key], f"met at {SECRET}", now)
    assert shell("log", "Bo", "--topic", "python", f"over tea in {SECRET}").exit_code == 0
    return shell


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_nothing_private_is_told_unasked(filled: Shell, command: tuple[str, ...], form: tuple[str, ...]) -> None:
    told = filled(*command, *form)
    assert told.exit_code == 0, told.output
    assert SECRET not in told.stdout + told.stderr


def test_nothing_private_is_in_other_forms_of_today_or_in_an_export(filled: Shell, tmp_path: Path) -> None:
    assert SECRET not in filled("today", "--markdown").stdout + filled("today", "--line").stdout
    for name in ("all.ndjson", "acts.csv"):
        assert filled("export", str(tmp_path / name)).exit_code == 0
        assert SECRET not in (tmp_path / name).read_text()
    assert filled("export", str(tmp_path / "tables"), "--format", "csv", "--what", "all").exit_code == 0
    assert not any(SECRET in path.read_text() for path in (tmp_path / "tables").iterdir())
    act = filled.json("show", "plusk")["plusk"][0]["id"]
    assert SECRET not in filled("plusk", "why", act).output
    for command in (("show", "posts"), ("show", "interactions"), ("today",), ("people", "--waiting"), ("log", "list")):
        assert SECRET in filled(*command, "--include-private").stdout  # there is something to keep back


def test_looking_at_the_past_changes_nothing(filled: Shell, home: Path, clock: FrozenClock) -> None:
    def found() -> dict[str, tuple[int, bytes]]:
        files = (path for path in home.rglob("*") if path.is_file() and path.suffix not in (".lock", ".log"))
        return {str(path.relative_to(home)): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}

    day = f"{clock() - timedelta(days=20):%Y-%m-%d}"
    before = found()
    for command in READING:
        for form in FORMS:
            told = filled("--as-of", day, *command, *form)
            assert told.exit_code == 0, told.output
    assert found() == before
    changing: tuple[tuple[str, ...], ...] = (
        ("log", "Bo"),
        ("note", "a note"),
        ("people", "note", "Bo", "x"),
        ("people", "ignore", "Bo"),
        ("people", "mine", "Bo", "--yes"),
        ("people", "merge", "Bo", "Kim"),
        ("people", "split", "Bo"),
        ("people", "apart", "Bo", "Kim"),
        ("plusk", "rules", "--set", "like=yes"),
        ("topics", "hide", "python"),
        ("topics", "rename", "python", "snakes"),
        ("topics", "undo"),
        ("score", "--use", "1"),
        ("allow-writing", ADA),
        ("allow-writing", ADA, "--off"),
        ("refresh",),
        ("unlink", ADA, "--forget", "--yes"),
    )
    for command in changing:
        assert filled("--as-of", day, *command).exit_code != 0, command
    assert found() == before
