"""``klout-tui score``: the sentence, the explanation, the history, other models, calm, JSON."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from klout_tui.domain.score.model import Factor
from klout_tui.store import Store
from tests.cli_helper import Shell
from tests.conftest import FrozenClock
from tests.domain.test_score_model import changed


@pytest.fixture
def filled(shell: Shell) -> Shell:
    """Ada linked and read."""
    assert shell("link", "town", "@ada").exit_code == 0
    assert shell("refresh").exit_code == 0
    return shell


@pytest.fixture
def mine(home: Path) -> Path:
    folder = home / "models"
    folder.mkdir(parents=True)
    path = folder / "mine.toml"
    path.write_text(changed(('"Model 1"', '"Mine"'), ("like = 0.3", "like = 0.05"), ("repost = 0.9", "repost = 0.5")))
    return path


def test_without_data_there_is_none(shell: Shell) -> None:
    assert shell("score").stdout == "no score yet\n"
    for arguments in (["score"], ["score", "--explain"]):
        assert shell(*arguments).stderr.startswith("note: No account is linked yet. Link one: klout-tui link ")
    assert "No account is linked yet. Link one: " in shell("score", "--from", "30d").stderr
    assert shell.json("score")["score"] == {
        "date": "2026-11-23",
        "model": "model-1",
        "score": None,
        "usual": None,
        "contributions": [],
    }
    assert shell.json("score", "--from", "30d") == {"schema": 1, "scores": []}
    assert shell.json("score", "--from", "30d", "--explain")["change"]["points"] is None
    assert shell("score", "--explain").stdout == "no score yet\n"
    assert shell("score", "--from", "30d", "--explain").stdout == "no score yet\n"
    assert shell("score", "--from", "30d").stderr.startswith("nothing: ")
    assert shell("score", "--model", "model-1", "--compare").stdout == "no score yet\n"


def test_one_sentence_and_what_it_rests_on(filled: Shell) -> None:
    lines = filled("score").stdout.splitlines()
    assert lines[0].endswith(", rests on little")
    assert lines[1].startswith("It rests on ")


@pytest.mark.parametrize("explain", [True, False])
def test_json_is_the_contract_and_adds_up(filled: Shell, explain: bool) -> None:
    told = filled.json("score", *["--explain"] * explain)
    assert told["schema"] == 1
    assert list(told["score"]) == ["date", "model", "score", "usual", "contributions"]
    parts = told["score"]["contributions"]
    assert abs(sum(part["points"] for part in parts) - told["score"]["score"]) < 1e-9
    assert parts[0] == {"network": None, "account": None, "factor": "base", "points": 1.0}
    assert {(part["network"], part["account"]) for part in parts[1:]} == {("town", "town:ada@town.example")}
    assert {part["factor"] for part in parts[1:]} <= set(map(str, Factor))


def test_the_explanation_adds_up_before_the_eye(filled: Shell) -> None:
    out = filled("score", "--explain").stdout
    for words in ("True Reach", "Amplification", "Network Impact", "together", "Base", "By Model 1", "If nothing new"):
        assert words in out
    assert "Bo [b]Bold[/]" in out  # the network's text, with no meaning
    assert "\x1b" not in out


def test_what_made_the_difference(filled: Shell) -> None:
    told = filled.json("score", "--explain", "--from", "2026-11-20", "--to", "today")["change"]
    assert (told["from"], told["to"]) == ("2026-11-20", "2026-11-23")
    assert abs(sum(part["points"] for part in told["contributions"]) - told["points"]) < 1e-9
    out = filled("score", "--explain", "--from", "2026-11-20").stdout
    assert "since 20 Nov" in out or "no score yet on 20 Nov" in out


def test_the_history_day_by_day(filled: Shell) -> None:
    filled("score")
    rows = filled.json("score", "--from", "2026-11-01")["scores"]
    assert rows[-1]["date"] == "2026-11-23"
    assert rows[-1]["shown"] == round(rows[-1]["score"], 1)
    assert rows[-1]["shown_model"] == "model-1"
    assert all(set(row) == {"date", "score", "shown", "shown_model"} for row in rows)
    assert filled("score", "--from", "2026-11-01").stdout.splitlines()[-1].startswith("2026-11-23")
    assert filled.json("score", "--to", "2026-11-23")["scores"][-1] == rows[-1]


def test_a_gap_is_null_and_a_dash(filled: Shell, clock: FrozenClock) -> None:
    clock.advance(timedelta(days=4))
    assert [row["score"] for row in filled.json("score", "--from", "3d")["scores"]] == [None] * 4
    assert filled("score", "--from", "yesterday").stdout.splitlines()[1].split()[1] == "–"
    assert filled.json("score")["score"]["date"] == "2026-11-23"
    assert "as of 23 Nov" in filled("score").stdout


def test_another_model_beside_it(filled: Shell, mine: Path) -> None:
    told = filled.json("score", "--model", str(mine), "--compare")["comparison"]
    assert (told["one"], told["other"]) == ("Model 1", "Mine")
    assert [step["keys"] for step in told["steps"]] == [["presence.like"], ["presence.repost"]]
    difference = told["days"][-1]["other"] - told["days"][-1]["one"]
    assert sum(step["points"] for step in told["steps"]) == pytest.approx(difference, abs=1e-9)
    assert sum(part["points"] for part in told["difference"]["contributions"]) == pytest.approx(difference, abs=1e-9)
    out = filled("score", "--model", "models/mine.toml", "--compare").stdout
    assert "presence.like" in out
    assert "Mine" in out
    assert filled.json("score", "--model", str(mine))["score"]["score"] == told["days"][-1]["other"]


def test_a_model_is_used_only_when_told(filled: Shell, mine: Path) -> None:
    models = filled.json("score", "--models")["models"]
    assert [(each["model"], each["in_use"]) for each in models] == [("model-1", True), ("models/mine.toml", False)]
    assert "in use" in filled("score", "--models").stdout
    assert filled("score", "--use", "models/mine.toml").stdout.startswith("Mine is used from now on")
    assert filled.json("score", "--models")["models"][1]["in_use"]
    mine.write_text(changed(("like = 0.3", "like = -1")))
    result = filled("score")
    assert result.exit_code == 0
    assert "mine.toml, line " in result.stderr
    assert "Model 1 is used in its place" in result.stderr
    assert filled("score", "--use", "model-7").exit_code == 2
    assert filled("--as-of", "2026-11-22", "score", "--use", "model-1").exit_code == 2


def test_a_model_that_cannot_be_meant_is_refused_with_its_line(filled: Shell, mine: Path) -> None:
    mine.write_text(changed(("like = 0.3", "like = 3")))
    result = filled("score", "--model", str(mine))
    assert result.exit_code == 2
    assert f"{mine}, line " in result.stderr
    assert "presence.like must be a number" in result.stderr


def test_calm_hides_the_number(filled: Shell, home: Path, clock: FrozenClock) -> None:
    with Store.open(home / "store", clock=clock) as store:
        store.remember("calm", "yes")
    result = filled("score")
    assert not any(sign.isdigit() for sign in result.stdout.splitlines()[0])
    assert "Calm mode hides the number" in result.stderr


def test_the_past_changes_nothing(filled: Shell, home: Path) -> None:
    before = {path: path.read_bytes() for path in (home / "store").iterdir() if path.is_file()}
    told = filled.json("--as-of", "2026-11-22", "score", "--explain")["score"]
    assert told["date"] == "2026-11-22"
    assert filled("--as-of", "2026-11-22", "score", "--explain").exit_code == 0
    assert {path: path.read_bytes() for path in (home / "store").iterdir() if path.is_file()} == before


def test_what_cannot_be_meant(filled: Shell) -> None:
    assert filled("score", "--compare").exit_code == 2
    assert "Name one" in filled("score", "--compare").stderr
    assert filled("score", "--from", "today", "--to", "2026-11-01").exit_code == 2
    assert filled("score", "--from", "soon").exit_code == 2
