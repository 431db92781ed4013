"""``klout-tui backup`` and ``restore`` on the command line."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from klout_tui.cli import main
from tests.cli_helper import Shell


@pytest.fixture
def filled(shell: Shell) -> Shell:
    assert shell("link", "town", "@ada").exit_code == 0
    assert shell("refresh").exit_code == 0
    return shell


def test_there_and_back(filled: Shell, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "b.tar.gz"
    result = filled("backup", str(file))
    assert result.exit_code == 0
    assert "No token is." in result.stdout
    before = filled("show", "interactions", "--json", "--include-private").stdout
    monkeypatch.setenv("KLOUT_TUI_HOME", str(tmp_path / "other"))
    result = filled("restore", str(file))
    assert result.exit_code == 0
    assert "is in place" in result.stdout
    assert filled("show", "interactions", "--json", "--include-private").stdout == before
    assert filled("doctor").exit_code == 0
    result = filled("restore", str(file))
    assert result.exit_code == 1
    assert "--force" in result.stderr
    result = filled("restore", str(file), "--force", "--json")
    assert Path(json.loads(result.stdout)["restore"]["moved_aside"]).is_dir()


def test_a_file_that_is_there_is_not_replaced_unasked(filled: Shell, tmp_path: Path) -> None:
    file = tmp_path / "b.tar.gz"
    file.write_text("precious")
    result = filled("backup", str(file))
    assert result.exit_code == 2
    assert "--force" in result.stderr
    assert file.read_text() == "precious"
    content = json.loads(filled("backup", str(file), "--force", "--json").stdout)["backup"]
    assert content["bytes"] > 0
    assert file.read_bytes()[:2] == b"\x1f\x8b"


def test_not_into_the_store_itself(filled: Shell, home: Path) -> None:
    result = filled("backup", str(home / "store" / "b.tar.gz"))
    assert result.exit_code == 2
    assert "inside the store" in result.stderr


def test_a_damaged_archive_is_refused_in_one_sentence(filled: Shell, tmp_path: Path) -> None:
    file = tmp_path / "b.tar.gz"
    filled("backup", str(file))
    file.write_bytes(file.read_bytes()[:300])
    result = filled("restore", str(file), "--force")
    assert result.exit_code == 1
    assert result.stderr.startswith("error: ")
    assert "Nothing was changed" in result.stderr
    assert "Traceback" not in result.stderr


def test_the_demo_can_be_backed_up(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["--demo", "backup", str(tmp_path / "demo.tar.gz"), "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["backup"]["files"] > 1
    with tarfile.open(tmp_path / "demo.tar.gz") as archive:
        assert sum(each.size for each in archive) > 1_000_000
