"""``klout-tui export``: what is in it, where it goes, what it refuses, and that it streams."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from klout_tui.cli import main
from klout_tui.domain.letters import Addressee, Letter, Purpose, State
from klout_tui.output.export import NOUNS
from klout_tui.store import Store
from klout_tui.store.views import View
from tests.cli_helper import Shell
from tests.conftest import FrozenClock


@pytest.fixture
def filled(shell: Shell) -> Shell:
    """Two accounts that were read, and a note of hers."""
    assert shell("link", "town", "@ada").exit_code == 0
    assert shell("link", "town", "@bea").exit_code == 0
    assert shell("refresh").exit_code == 0
    assert shell("note", "gave away the report", "--date", "2026-11-04").exit_code == 0
    return shell


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def records(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("noun", [noun for noun in NOUNS if noun not in ("readings", "letters")])
def test_it_holds_what_show_prints(filled: Shell, noun: str) -> None:
    result = filled("export", "-", "--what", noun)
    assert result.exit_code == 0
    found = [{key: value for key, value in line.items() if key != "type"} for line in lines(result.stdout)]
    shown = filled.json("show", noun)[noun]
    if noun == "plusk":
        shown.reverse()
    assert found == shown
    assert len(records(filled("export", "-", "--format", "csv", "--what", noun).stdout)) == len(shown)


def test_everything_goes_into_one_file_of_lines(filled: Shell, tmp_path: Path) -> None:
    file = tmp_path / "all.ndjson"
    result = filled("export", str(file))
    assert (result.exit_code, result.stdout) == (0, "")
    assert "written: " in result.stderr
    assert file.stat().st_mode & 0o777 == 0o600
    found = lines(file.read_text("utf-8"))
    assert list(dict.fromkeys(line["type"] for line in found)) == [
        "account",
        "post",
        "interaction",
        "plusk",
        "day",
        "reading",
        "note",
    ]
    assert {line["followers"] for line in found if line["type"] == "reading"} == {9}


def test_csv_holds_interactions_or_what_is_asked_for(filled: Shell, tmp_path: Path) -> None:
    assert filled("export", str(tmp_path / "acts.csv")).exit_code == 0
    assert len(records((tmp_path / "acts.csv").read_text("utf-8"))) == 8
    assert (
        filled("export", str(tmp_path / "t"), "--format", "csv", "--what", "posts,days", "--what", "plusk").exit_code
        == 0
    )
    assert sorted(path.name for path in (tmp_path / "t").iterdir()) == ["days.csv", "plusk.csv", "posts.csv"]
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "t").iterdir()} == {0o600}


def test_account_and_span_bound_it(filled: Shell) -> None:
    arguments = ("--what", "interactions", "--account", "ada", "--since", "2026-11-04", "--until", "2026-11-12")
    found = lines(filled("export", "-", *arguments).stdout)
    assert [line["id"][-2:] for line in found] == ["i2", "i3"]
    found = lines(filled("--as-of", "2026-11-04", "export", "-").stdout)
    assert [line["id"][-2:] for line in found if line["type"] == "post"] == ["p1", "p1"]
    assert max(line["day"] for line in found if line["type"] == "day") == "2026-11-04"


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_private_text_stays_inside_unless_asked_for(filled: Shell, form: str) -> None:
    for noun in ("posts", "interactions", "plusk"):
        assert "hush" not in filled("export", "-", "--format", form, "--what", noun).stdout
    for noun in ("posts", "interactions"):
        assert "hush" in filled("export", "-", "--format", form, "--what", noun, "--include-private").stdout


def test_nothing_is_replaced_unasked(filled: Shell, tmp_path: Path) -> None:
    for target in (tmp_path / "x.csv", tmp_path / "t" / "posts.csv"):
        target.parent.mkdir(exist_ok=True)
        target.write_text("precious")
    for arguments in (["x.csv"], ["t", "--format", "csv", "--what", "posts,days"]):
        command = ["export", str(tmp_path / arguments[0]), *arguments[1:]]
        result = filled(*command)
        assert result.exit_code == 2
        assert "--force" in result.stderr
    assert (tmp_path / "x.csv").read_text() == (tmp_path / "t" / "posts.csv").read_text() == "precious"
    assert sorted(path.name for path in (tmp_path / "t").iterdir()) == ["posts.csv"]
    assert filled("export", str(tmp_path / "x.csv"), "--force").exit_code == 0
    assert filled("export", str(tmp_path / "t")).exit_code == 2
    assert filled("export", str(tmp_path / "x.csv"), "--format", "csv", "--what", "all", "--force").exit_code == 2


def test_a_failure_half_way_leaves_what_was_there(
    filled: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    file = tmp_path / "x.ndjson"
    file.write_text("precious")
    monkeypatch.setattr("os.fsync", fail)
    result = filled("export", str(file), "--force", "--what", "posts")
    assert result.exit_code == 1
    assert "disk is full" in result.stderr
    assert file.read_text() == "precious"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("x")] == ["x.ndjson"]


def test_a_noun_that_is_not_is_guessed(filled: Shell) -> None:
    assert "Did you mean interactions?" in filled("export", "-", "--what", "interaction").stderr


def test_one_file_of_rows_is_asked_for_at_a_time(
    filled: Shell, home: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str | None, str | None]] = []
    real = View.between

    def noted(view: View[Any], first: str | None, last: str | None) -> list[Any]:
        asked.append((first, last))
        return real(view, first, last)

    with Store.open(home / "store", clock=clock) as store:
        everything = store.interactions()
        monkeypatch.setattr(View, "between", noted)
        assert list(store.each_interaction()) == everything
        assert list(store.each_post(account="town:ada@town.example")) == store.posts(account="town:ada@town.example")
    assert all(first == last for first, last in asked[:-1])


def test_plus_k_one_by_one_are_those_that_show_prints(filled: Shell) -> None:
    exported = lines(filled("export", "-", "--what", "plusk").stdout)
    shown = filled.json("show", "plusk")["plusk"]
    assert exported == [{"type": "plusk", **each} for each in shown[::-1]]
    assert shown


def test_the_demo_is_exported_too(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["--demo", "export", str(tmp_path / "demo.ndjson")])
    assert result.exit_code == 0, result.output
    assert len(lines((tmp_path / "demo.ndjson").read_text("utf-8"))) > 5000


def test_what_she_wrote_to_others_is_hers_to_take_along(filled: Shell, home: Path, clock: FrozenClock) -> None:
    """A thank-you that is on its network goes out with its text; what was not sent only where that is asked for."""
    bo = Addressee(key="bo", handle="@bo@x.example")
    with Store.open(home / "store", clock=clock) as store:
        account = store.accounts()[0].id
        for key, purpose, state in (("a", Purpose.THANKS, State.SENT), ("b", Purpose.GIVING, State.REFUSED)):
            letter = Letter(
                key=key,
                account=account,
                purpose=purpose,
                text=f"{key}!",
                at=clock(),
                to=(bo,),
                acts=(f"{key}1", f"{key}2"),
            )
            store.intend(letter)
            store.settle_letter(msgspec.structs.replace(letter, state=state, settled_at=clock()))
    found = lines(filled("export", "-", "--what", "letters").stdout)
    assert [(each["type"], each["purpose"], each["text"], each["state"]) for each in found] == [
        ("letter", "thanks", "a!", "sent"),
        ("letter", "giving", None, "refused"),
    ]
    everything = records(filled("export", "-", "--format", "csv", "--what", "letters", "--include-private").stdout)
    assert [(each["text"], each["to"], each["thanks_for"]) for each in everything] == [
        ("a!", "'@bo@x.example", "a1, a2"),
        ("b!", "'@bo@x.example", "b1, b2"),
    ]
