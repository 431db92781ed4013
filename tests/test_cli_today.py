"""``today`` in its four forms, what it never tells, and the line that is kept only while it is true."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from klout_tui import statusline
from klout_tui.domain.batch import Batch
from klout_tui.domain.model import Actor, Interaction, InteractionKind
from klout_tui.domain.settled import How, Settled
from klout_tui.domain.spells import AHEAD
from klout_tui.session import Session
from klout_tui.store import glance, reviewing
from klout_tui.store.reviewing import what_moved
from klout_tui.store.store import Store
from tests.cli_helper import Shell
from tests.conftest import FrozenClock
from tests.tui.village import account, full, year


def filled(home: Path, clock: FrozenClock) -> None:
    with Store.open(home / "store", clock=clock, zone="Europe/Berlin") as store:
        full(store, clock())


def say_privately(home: Path, clock: FrozenClock) -> None:
    """Make the newest question a private one."""
    with Store.open(home / "store", clock=clock) as store:
        owner = account("ada", clock())
        reply = next(each for each in year(owner, clock()).interactions if each.kind is InteractionKind.REPLY)
        secret = msgspec.structs.replace(
            reply, id="secret", at=clock() - timedelta(minutes=5), text="Is this our secret?", public=False
        )
        store.absorb(Batch(account=owner.id, cursor={}, interactions=(secret,)))


def kept(home: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((home / "store" / glance.FILE).read_bytes())
    return found


def plant(home: Path, line: str) -> None:
    """Keep another line in place of every one that is kept."""
    found = kept(home)
    lines = [(until, line) for until, _ in found["lines"]]
    (home / "store" / glance.FILE).write_text(json.dumps({**found, "lines": lines}))


def test_the_text_says_whom_to_thank_who_waits_and_what_moved(home: Path, clock: FrozenClock, shell: Shell) -> None:
    filled(home, clock)
    said = shell("today")
    assert said.exit_code == 0
    head, *rest = said.stdout.splitlines()
    assert head.startswith("Monday, 23 Nov 2026: ")
    for part in ("To thank: ", "To answer: ", "What moved", "What people tie to you", "One thing to do"):
        assert any(each.startswith(part) for each in rest), part
    assert "score" not in said.stdout.lower()
    assert max(map(len, rest)) <= 100


def test_every_note_of_the_day_is_told(home: Path, clock: FrozenClock, shell: Shell) -> None:
    filled(home, clock)
    assert shell.json("today")["today"]["notes"] == []
    for text in ("a talk", "a report"):
        shell("note", text)
    told = shell.json("today")["today"]
    assert told["note"] == "a report"
    assert [(note["id"], note["text"]) for note in told["notes"]] == [("1", "a talk"), ("2", "a report")]
    assert "Your notes\n  a talk\n  a report\n" in shell("today").stdout
    assert "## Your notes\n\n- a talk\n- a report\n" in shell("today", "--markdown").stdout


def test_what_is_not_listed_is_counted_as_the_heading_counts(
    home: Path, clock: FrozenClock, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("klout_tui.output.today.FEW", 2)
    filled(home, clock)
    rows = [len(row["ids"]) for row in shell.json("today")["today"]["thank"]]
    lines = shell("today").stdout.splitlines()
    assert len(rows) > 3
    assert f"To thank: {sum(rows):,}" in lines
    assert f"  and {sum(rows[2:]):,} more" in lines


def test_before_an_account_is_linked_it_says_how_to_link_one(shell: Shell) -> None:
    said = shell("today")
    assert said.exit_code == 0
    assert said.stdout == ""
    assert said.stderr.startswith("nothing: No account is linked yet. Link one: klout-tui link ")
    assert shell.json("today")["today"]["to_thank"] == 0


def test_markdown_takes_what_people_write_for_text(home: Path, clock: FrozenClock, shell: Shell) -> None:
    filled(home, clock)
    said = shell("today", "--markdown").stdout
    assert said.startswith("# Monday, 23 Nov 2026\n\n")
    assert "## To answer: " in said
    assert "[/] [@click" not in said
    assert "\\[/\\] \\[@click=app.quit\\]x" in said


def test_programs_get_everything(home: Path, clock: FrozenClock, shell: Shell) -> None:
    filled(home, clock)
    told = shell.json("today")
    assert told["schema"] == 1
    today = told["today"]
    assert (today["day"], today["at"]) == ("2026-11-23", "2026-11-23T08:15:22Z")
    assert today["waiting"] == len(today["answer"])
    assert today["waiting_people"] == len({each["person"]["handle"] for each in today["answer"]})
    assert today["to_thank"] == sum(len(each["ids"]) for each in today["thank"])
    assert today["line"] == shell("today", "--line").stdout.strip()
    assert today["suggestion"]["basis"] == "answer"
    assert today["moved"]["sentence"]
    assert today["note"] is None


def test_private_text_is_told_only_where_asked_for(home: Path, clock: FrozenClock, shell: Shell) -> None:
    filled(home, clock)
    say_privately(home, clock)
    for form in ((), ("--markdown",), ("--json",), ("--line",)):
        assert "our secret" not in shell("today", *form).stdout
    assert shell.json("today")["today"]["answer"][0]["text"] is None
    assert "our secret" in shell("today", "--include-private").stdout
    assert shell.json("today", "--include-private")["today"]["answer"][0]["text"] == "Is this our secret?"


def test_an_empty_store_has_an_empty_day(shell: Shell) -> None:
    assert shell("today", "--line").stdout == "0 to thank · 0 to answer\n"
    today = shell.json("today")["today"]
    assert (today["to_thank"], today["waiting"], today["reactions"], today["suggestion"]) == (0, 0, None, None)
    assert shell("today").exit_code == 0


def test_the_past_can_be_asked_and_nothing_is_kept_of_it(home: Path, clock: FrozenClock, shell: Shell) -> None:
    filled(home, clock)
    said = shell("--as-of", "2026-10-01", "today", "--line")
    assert said.exit_code == 0
    assert said.stdout.count(" · ") == 2  # before the first visit no reaction is new
    assert shell.json("--as-of", "2026-10-01", "today")["today"]["day"] == "2026-10-01"
    assert not (home / "store" / glance.FILE).exists()


def test_forms_exclude_each_other(shell: Shell) -> None:
    assert shell("today", "--line", "--json").exit_code == 2


def test_the_line_is_kept_and_told_again(home: Path, clock: FrozenClock, shell: Shell) -> None:
    filled(home, clock)
    said = shell("today", "--line").stdout
    path = home / "store" / glance.FILE
    plant(home, "kept")
    assert shell("today", "--line").stdout == "kept\n"
    assert path.stat().st_mode & 0o077 == 0
    path.write_text("{")
    assert shell("today", "--line").stdout == said


def test_the_line_is_never_stale(home: Path, clock: FrozenClock, shell: Shell) -> None:
    """Every way to make it untrue: a commit, settings, a week without a visit, a clock set back."""
    filled(home, clock)

    def planted() -> None:
        shell("today", "--line")
        plant(home, "stale")
        assert shell("today", "--line").stdout == "stale\n"

    planted()
    with Store.open(home / "store", clock=clock) as store:
        store.remember("theme", "nord")
    assert shell("today", "--line").stdout != "stale\n"
    planted()
    (home / "settings.toml").write_text("refresh_minutes = 15\n")
    assert shell("today", "--line").stdout != "stale\n"
    planted()
    clock.advance(timedelta(days=AHEAD + 1))
    assert shell("today", "--line").stdout != "stale\n"
    planted()
    clock.advance(timedelta(seconds=-1))
    assert shell("today", "--line").stdout != "stale\n"


def test_a_refresh_makes_the_line_anew(home: Path, clock: FrozenClock, shell: Shell) -> None:
    filled(home, clock)
    assert shell("refresh").exit_code == 0
    assert is_kept(home)
    assert shell("today", "--line").stdout == kept(home)["lines"][0][1] + "\n"


def test_whatever_a_command_changes_it_makes_the_line_anew(home: Path, clock: FrozenClock, shell: Shell) -> None:
    filled(home, clock)
    shell("today", "--line")
    assert is_kept(home)
    with Store.open(home / "store", clock=clock) as store:
        store.remember("theme", "nord")
    assert not is_kept(home)
    assert shell("show", "topics").exit_code == 0
    assert not is_kept(home)  # what only shows costs nobody the time
    assert shell("note", "gave away the report").exit_code == 0
    assert is_kept(home)


def test_what_time_alone_changes_is_told_ahead(home: Path, clock: FrozenClock, shell: Shell) -> None:
    """The line kept once is, at any moment of the week after, the line that would be made then."""
    filled(home, clock)
    with Store.open(home / "store", clock=clock) as store:
        one, other = (each["id"] for each in shell.json("today")["today"]["answer"][:2])
        store.settle((one,), Settled(how=How.SNOOZED, at=clock(), until=clock() + timedelta(days=2, hours=3)))
        store.settle((other,), Settled(how=How.SNOOZED, at=clock(), until=clock() + timedelta(days=9)))
    shell("today", "--line")
    lines = kept(home)["lines"]
    assert len({line for _, line in lines}) > 3
    begins = [clock(), *(datetime.fromisoformat(until) + timedelta(microseconds=1) for until, _ in lines[:-1])]
    for begin, (until, line) in zip(begins, lines, strict=True):
        end = datetime.fromisoformat(until)
        for now in (begin, begin + (end - begin) / 2, end):
            clock.now = now
            assert is_kept(home)
            with Session.open(clock=clock) as session:
                assert (shell("today", "--line").stdout, statusline.told(session)) == (f"{line}\n", line)


def is_kept(home: Path) -> bool:
    return bool(kept(home)["stamp"] == glance.stamp(home / "store", home / "settings.toml"))


def test_thanking_changes_the_line_at_once(home: Path, clock: FrozenClock, shell: Shell) -> None:
    filled(home, clock)
    before = int(shell("today", "--line").stdout.split()[0])
    with Store.open(home / "store", clock=clock) as store:
        first = shell.json("today")["today"]["thank"][0]["ids"]
        store.thank(first, clock())
    assert int(shell("today", "--line").stdout.split()[0]) == before - len(first)


def test_a_line_kept_is_told_without_opening_the_store() -> None:
    """What takes the time is importing: the store, the screens and the networks must stay away."""
    code = (
        "import sys, klout_tui.cli.root, klout_tui.config, klout_tui.store.glance\n"
        "heavy = ('klout_tui.store.store', 'klout_tui.session', 'textual', 'httpx', 'tinydb', 'rich')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_reminders_stand_where_they_are_wanted(home: Path, clock: FrozenClock, shell: Shell) -> None:
    filled(home, clock)
    assert "have waited for 2 days or more, the oldest since" in shell("today").stdout
    (home / "settings.toml").write_text('[reminders]\nanswers = "off"\n')
    assert "the oldest since" not in shell("today").stdout
    (home / "settings.toml").write_text('[reminders]\nanswers = "app"\n')
    assert shell.json("today")["today"]["reminders"] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[reminders]\nposts = "mail"\n', "reminders.posts must be one of off, app, today, both, not mail"),
        ('[reminders]\npost = "app"\n', 'unknown key "post" in [reminders]'),
        ("[reminders]\nposts = true\n", "reminders.posts must be text in quotes, not true or false"),
    ],
)
def test_settings_for_reminders_are_checked(home: Path, shell: Shell, text: str, words: str) -> None:
    home.mkdir()
    (home / "settings.toml").write_text(text)
    said = shell("today")
    assert said.exit_code == 2
    assert words in said.stderr


def test_doctor_and_backup_know_the_line(home: Path, clock: FrozenClock, shell: Shell, tmp_path: Path) -> None:
    filled(home, clock)
    shell("today", "--line")
    assert glance.FILE not in shell("doctor").stdout
    assert shell("backup", str(tmp_path / "b.tar.gz")).exit_code == 0
    import tarfile

    with tarfile.open(tmp_path / "b.tar.gz") as archive:
        assert not [name for name in archive.getnames() if glance.FILE in name]


def test_what_she_let_be_is_not_asked_again(home: Path, clock: FrozenClock, shell: Shell) -> None:
    filled(home, clock)
    with Store.open(home / "store", clock=clock) as store:
        owner = account("ada", clock())
        post = next(each for each in year(owner, clock()).posts if each.at < clock() - timedelta(days=8))
        acts = (
            Interaction(
                id=f"more {number}",
                account=owner.id,
                kind=InteractionKind.LIKE,
                actor=Actor(key=f"k{number}", handle=f"@k{number}@far.example"),
                at=post.at + timedelta(hours=number % 60),
                post=post.id,
            )
            for number in range(200)
        )
        store.absorb(Batch(account=owner.id, cursor={}, interactions=tuple(acts)))
    asked = "What happened? A note would keep it."
    told = shell.json("why")["diagnosis"]
    (burst,) = (each for each in told["bursts"] if each["ask"])
    assert asked in " ".join(shell("why").stdout.split())
    with Store.open(home / "store", clock=clock) as store:
        (found,) = what_moved(store, clock()).unexplained
        assert found.told is not None
        reviewing.keep(store, lambda kept: msgspec.structs.replace(kept, asked=(found.told,)))
    assert asked not in shell("why", "--json").stdout + " ".join(shell("why").stdout.split())
    again = shell.json("why")["diagnosis"]["bursts"]
    assert [each for each in again if each["first"] == burst["first"]] == [{**burst, "ask": False}]
    assert asked not in shell("today", "--json").stdout
