"""``klout-tui doctor`` and ``zone``: what they print, their exit codes, and what they leave alone."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import tzlocal
from click.testing import CliRunner

from klout_tui.cli import main
from klout_tui.cli.running import Tools
from klout_tui.networks.registry import Registry
from klout_tui.store import Store
from tests.cli_helper import Shell
from tests.conftest import FrozenClock
from tests.store.build import fold
from tests.store.test_checkup import hashed


@pytest.fixture
def filled(shell: Shell) -> Shell:
    assert shell("link", "town", "@ada").exit_code == 0
    assert shell("refresh").exit_code == 0
    return shell


def damage(home: Path) -> Path:
    """Spoil the totals' file, of which a copy is kept after two folds."""
    path = home / "store" / "core.json"
    path.write_bytes(path.read_bytes()[:20])
    return path


def test_all_is_well(filled: Shell, home: Path) -> None:
    before = hashed(home)
    result = filled("doctor")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[-1] == "All is well."
    assert all(line.startswith("ok ") for line in lines[:-1])
    assert "\x1b" not in result.stdout
    assert hashed(home) == before


def test_before_anything_is_kept_nothing_is_made(shell: Shell, home: Path) -> None:
    result = shell("doctor")
    assert result.exit_code == 0
    assert "Nothing is kept yet." in result.stdout
    assert not home.exists()


def test_damage_is_said_and_mended(filled: Shell, home: Path) -> None:
    damage(home)
    result = filled("doctor")
    assert result.exit_code == 1
    assert "core.json is damaged (it is cut short)" in result.stdout
    assert "klout-tui doctor --repair can mend all of it." in result.stdout.splitlines()[-1]
    result = filled("doctor", "--repair")
    assert "mended: core.json was damaged" in result.stdout
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "All is well now."
    assert filled.json("show", "accounts")["accounts"]


def test_what_a_repair_cannot_bring_back_is_said(filled: Shell, home: Path, clock: FrozenClock) -> None:
    with Store.open(home / "store", clock=clock) as store:
        fold(store)
        fold(store)
    for path in (home / "store").glob("core.json*"):
        path.unlink()
    result = filled("doctor", "--repair")
    assert result.exit_code == 1
    assert "Link that account again, and it takes them up." in result.stdout
    assert "still; what can be done is said above." in result.stdout.splitlines()[-1]
    assert filled("link", "town", "@ada").exit_code == 0
    result = filled("doctor")
    assert result.exit_code == 0, result.stdout


def test_json_says_the_same(filled: Shell, home: Path) -> None:
    content = filled.json("doctor")
    assert content["schema"] == 1
    found = content["doctor"]
    assert (found["well"], found["wrong"], found["mendable"], found["repaired"]) == (True, 0, 0, [])
    assert {check["state"] for check in found["checks"]} == {"ok"}
    (home / "store" / "core.json").chmod(0o644)
    result = filled("doctor", "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)["doctor"]
    (check,) = (check for check in found["checks"] if check["name"] == "permissions")
    assert check["problems"][0]["mendable"]
    assert filled.json("doctor", "--repair")["doctor"]["repaired"] == ["Closed to others: core.json."]


@pytest.mark.parametrize(
    ("name", "body", "mode", "words"),
    [
        ("settings.toml", b"refresh_minute = 30", 0o600, "unknown key"),
        ("settings.toml", b"", 0o666, "Others can change"),
        ("credentials", b'{"schema":1,"tokens":{"a":"s3cret"}}', 0o644, "Others can read your tokens"),
        ("credentials", b'{"tokens":"s3cret', 0o600, "which holds tokens, is damaged"),
    ],
)
def test_what_lies_beside_the_store(filled: Shell, home: Path, name: str, body: bytes, mode: int, words: str) -> None:
    (home / name).write_bytes(body)
    (home / name).chmod(mode)
    result = filled("doctor")
    assert result.exit_code == 1
    assert words in result.stdout
    assert "s3cret" not in result.stdout
    assert (home / name).stat().st_mode & 0o777 == mode
    filled("doctor", "--repair")
    assert (home / name).stat().st_mode & 0o777 == (0o644 if mode == 0o666 else 0o600)
    assert (home / name).read_bytes() == body


def test_settings_for_a_stranger_are_a_note(filled: Shell, home: Path) -> None:
    (home / "settings.toml").write_text('[accounts."town:ida@town.example"]\npaused = true\n')
    result = filled("doctor")
    assert result.exit_code == 0
    assert "Did you mean town:ada@town.example?" in result.stdout


def test_a_network_that_does_not_load_is_wrong(filled: Shell) -> None:
    def broken() -> object:
        raise ImportError("no module called nonsense")

    networks = Registry()
    networks._waiting["odd"] = broken
    result = CliRunner().invoke(main, ["doctor"], obj=Tools(networks=lambda: networks))
    assert result.exit_code == 1
    assert "The network odd does not load: ImportError: no module called nonsense." in result.stdout


def test_a_newer_store_is_left_alone(filled: Shell, home: Path) -> None:
    path = home / "store" / "core.json"
    path.write_bytes(path.read_bytes().replace(b'"format":', b'"format":9', 1))
    before = hashed(home)
    for arguments in ([], ["--repair"]):
        result = filled("doctor", *arguments)
        assert result.exit_code == 1
        assert "newer klout-tui" in result.stdout
        assert "Traceback" not in result.output
    assert hashed(home) == before


@pytest.mark.parametrize("command", ["doctor", "zone"])
def test_the_past_has_no_doctor(filled: Shell, command: str) -> None:
    result = filled("--as-of", "2026-11-20", command)
    assert result.exit_code == 2
    assert "--as-of only shows" in result.stderr


def test_the_zone_is_shown_and_offered_but_never_applied(
    filled: Shell, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Your days are cut in Europe/Berlin; today is Monday 2026-11-23." in filled("zone").stdout
    monkeypatch.setattr(tzlocal, "get_localzone_name", lambda: "America/New_York")
    before = hashed(home)
    result = filled("zone")
    assert "klout-tui zone America/New_York" in result.stderr
    assert "note   time zone" in filled("doctor").stdout
    assert hashed(home) == before
    content = json.loads(filled("zone", "--json").stdout)["zone"]
    assert content == {
        "zone": "Europe/Berlin",
        "system": "America/New_York",
        "offered": "America/New_York",
        "today": "2026-11-23",
        "changed": 0,
    }


def test_another_zone_cuts_the_days_anew(filled: Shell) -> None:
    assert {row["day"] for row in filled.json("show", "days", "--since", "2026-11-20")["days"]} == {"2026-11-22"}
    result = filled("zone", "Pacific/Honolulu")
    assert result.exit_code == 0
    assert "no longer in Europe/Berlin" in result.stdout
    result = filled("show", "days", "--since", "2026-11-20", "--json")
    assert {row["day"] for row in json.loads(result.stdout)["days"]} == {"2026-11-21"}
    assert filled("doctor").exit_code == 0
    assert "as before" in filled("zone", "Pacific/Honolulu").stdout


def test_a_zone_nobody_knows(filled: Shell, home: Path) -> None:
    before = hashed(home)
    result = filled("zone", "Mars/Phobos")
    assert result.exit_code == 1
    assert "IANA" in result.stderr
    assert hashed(home) == before


def test_a_new_zone_of_the_system_is_said_once(filled: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tzlocal, "get_localzone_name", lambda: "America/New_York")
    assert "--as-of" not in filled("--as-of", "2026-11-20", "show", "accounts").stderr
    said = filled("show", "accounts").stderr
    assert said.startswith("note: Your system says America/New_York, your days are cut in Europe/Berlin; ")
    assert "klout-tui zone America/New_York changes it." in said
    assert filled("show", "accounts").stderr == ""
    monkeypatch.setattr(tzlocal, "get_localzone_name", lambda: "Asia/Tokyo")
    assert "Asia/Tokyo" in filled("show", "accounts").stderr


def test_the_demo_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    result = CliRunner().invoke(main, ["--demo", "doctor"])
    assert result.exit_code == 0, result.output
    assert "All is well." in result.stdout


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_said_and_mended(filled: Shell, home: Path) -> None:
    (home / "store" / "core.json").chmod(0)
    result = filled("doctor")
    assert result.exit_code == 1
    assert "you yourself are locked out of it" in result.stdout
    assert filled("doctor", "--repair").exit_code == 0
