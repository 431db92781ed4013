"""The command line as a whole: what stands before commands, errors and exit codes, start-up."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from klout_tui.cli import main
from klout_tui.errors import KloutError
from klout_tui.store import Store
from tests.cli_helper import Shell
from tests.conftest import FrozenClock
from tests.store.build import fold

COMMANDS: list[list[str]] = [
    [],
    ["link"],
    ["unlink"],
    ["refresh"],
    ["show"],
    ["doctor"],
    ["zone"],
    ["export"],
    ["backup"],
    ["restore"],
    *(["show", noun] for noun in ("accounts", "posts", "interactions", "plusk", "topics", "days")),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help(command: list[str]) -> None:
    for flag in ("--help", "-h"):
        result = CliRunner().invoke(main, [*command, flag])
        assert result.exit_code == 0
        assert "Usage:" in result.stdout
        assert result.stderr == ""


@pytest.mark.parametrize(
    "command", [[], ["link"], ["unlink"], ["refresh"], ["show"], ["doctor"], ["zone"]], ids=" ".join
)
def test_help_has_examples(command: list[str]) -> None:
    text = CliRunner().invoke(main, [*command, "--help"]).stdout
    assert "Examples:\n    klout-tui " in text


@pytest.mark.parametrize("command", [[], ["show"]], ids=" ".join)
def test_lists_of_commands_break_off_nowhere(command: list[str]) -> None:
    text = CliRunner().invoke(main, [*command, "--help"], terminal_width=80).stdout
    lines = text.partition("Commands:\n")[2].partition("\n\n")[0].splitlines()
    assert {"show", "posts"} & {line.split()[0] for line in lines}
    assert not [line for line in lines if line.endswith(("...", "…"))]


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["--nonsense"],
        ["show"],
        ["show", "nonsense"],
        ["show", "posts", "extra"],
        ["link"],
        ["link", "town"],
        ["unlink"],
        ["--as-of"],
        ["--as-of", "yesterday", "show", "posts"],
        ["--as-of", "2026-02-30", "show", "posts"],
        ["--as-of", "2062-01-01", "show", "posts"],
        ["--as-of", "0001-01-05", "show", "topics"],
        ["--as-of", "0001-01-05"],
        ["--as-of", "9999-12-31"],
        ["show", "days", "--since", "0001-01-01"],
        ["show", "topics", "--until", "9999-12-31"],
        ["show", "posts", "--since", "soon"],
        ["show", "posts", "--since", "today", "--until", "yesterday"],
        ["show", "posts", "--account", "stranger"],
        ["refresh", "stranger"],
        ["unlink", "stranger"],
        ["link", "twon", "@ada"],
        ["export"],
        ["export", "/nowhere/at/all.csv"],
        ["export", "-", "--what", "postings"],
        ["export", "-", "--format", "csv", "--what", "all"],
        ["backup"],
        ["backup", "/nowhere/at/all.tar.gz"],
        ["restore", "/nowhere/at/all.tar.gz"],
        ["--demo", "restore", "/nowhere/at/all.tar.gz"],
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_2_and_says_why_on_stderr(shell: Shell, arguments: list[str]) -> None:
    result = shell(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.strip()
    assert "Traceback" not in result.stderr


def test_a_nearby_network_is_suggested(shell: Shell) -> None:
    assert "Did you mean town?" in shell("link", "twon", "@ada").stderr


@pytest.mark.parametrize("text", ["refresh_minute = 30", "refresh_minutes = [", "refresh_minutes = 1"])
def test_bad_settings_exit_2_and_name_the_file(shell: Shell, home: Path, text: str) -> None:
    home.mkdir()
    (home / "settings.toml").write_text(text)
    result = shell("show", "accounts")
    assert result.exit_code == 2
    assert str(home / "settings.toml") in result.stderr
    assert result.stderr.startswith("error: ")
    assert (home / "settings.toml").read_text() == text


def test_settings_for_an_account_nobody_linked_are_noted(shell: Shell, home: Path) -> None:
    shell("link", "town", "@ada")
    (home / "settings.toml").write_text('[accounts."town:ida@town.example"]\npaused = true\n')
    result = shell("show", "accounts")
    assert result.exit_code == 0
    assert "did you mean town:ada@town.example?" in result.stderr


def test_a_store_that_cannot_be_opened_exits_1(shell: Shell, home: Path) -> None:
    home.mkdir()
    (home / "store").write_text("in the way")
    result = shell("show", "accounts")
    assert result.exit_code == 1
    assert result.stderr.startswith("error: ")


def test_the_past_changes_nothing(shell: Shell, home: Path) -> None:
    shell("link", "town", "@ada")
    before = _contents(home)
    for arguments in (["link", "town", "@bo"], ["unlink", "ada"], ["refresh"]):
        result = shell("--as-of", "2026-11-20", *arguments)
        assert result.exit_code == 2
        assert "--as-of only shows" in result.stderr
    assert shell("--as-of", "2026-11-20", "show", "posts").exit_code == 0
    assert _contents(home) == before


def test_without_a_command_the_dashboard_opens(shell: Shell, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple[bool, object]] = []
    monkeypatch.setattr("klout_tui.tui.app.run_dashboard", lambda session: opened.append((session.demo, session.as_of)))
    assert shell().exit_code == 0
    assert shell("--as-of", "2026-11-20").exit_code == 0
    assert shell("--demo").exit_code == 0
    assert opened == [(False, None), (False, date(2026, 11, 20)), (True, None)]


@pytest.mark.parametrize("code", [0, 1, 4])
def test_the_dashboards_return_code_is_the_programs(shell: Shell, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    monkeypatch.setattr("klout_tui.tui.app.run_dashboard", lambda _: code)
    assert shell().exit_code == code


def test_help_tells_where_things_lie(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = CliRunner().invoke(main, ["--help"]).stdout
    for path in (home / "settings.toml", home / "store", home / "log"):
        assert f"  {path}\n" in text
    assert not home.exists()
    assert "Where things lie" not in CliRunner().invoke(main, ["show", "--help"]).stdout

    deep = tmp_path / ("a folder with blanks " * 8).strip()  # wider than the help's lines
    monkeypatch.setenv("KLOUT_TUI_HOME", str(deep))
    assert f"  {deep / 'settings.toml'}\n" in CliRunner().invoke(main, ["--help"]).stdout

    monkeypatch.delenv("KLOUT_TUI_HOME")
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: tmp_path / "platform")
    assert f"  {tmp_path / 'platform' / 'store'}\n" in CliRunner().invoke(main, ["--help"]).stdout


def test_damage_found_only_while_reading_is_told(shell: Shell, home: Path, clock: FrozenClock) -> None:
    _damage_posts(shell, home, clock)
    result = shell("show", "posts")
    assert result.exit_code == 0
    assert result.stderr.count("note: posts-2026-11.json was damaged") == 1
    assert "note:" not in shell("show", "posts").stderr


def test_damage_is_told_also_when_the_command_fails(
    shell: Shell, home: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(posts: Iterable[object], *_: object, **__: object) -> None:
        assert not list(posts)
        raise KloutError("no room left")

    _damage_posts(shell, home, clock)
    monkeypatch.setattr("klout_tui.output.listing.posts", fail)
    result = shell("show", "posts")
    assert result.exit_code == 1
    note, error = result.stderr.splitlines()
    assert note.startswith("note: posts-2026-11.json was damaged")
    assert error == "error: no room left"


def test_stopping_from_the_keyboard_is_said_in_one_line(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("klout_tui.tui.app.run_dashboard", stop)
    result = shell()
    assert result.exit_code == 130
    assert result.stderr == "stopped: what was read is kept\n"


@pytest.mark.parametrize("flag", ["--version", "--help"])
def test_version_and_help_import_nothing_heavy(tmp_path: Path, flag: str) -> None:
    heavy = {"textual", "httpx", "keyring", "feedparser", "tinydb", "asyncio", "plotext", "rich"}
    script = (
        "import sys\nfrom klout_tui.cli import main\n"
        f"try:\n    main([{flag!r}])\nexcept SystemExit:\n    pass\n"
        f"print(sorted({heavy!r} & set(sys.modules)))"
    )
    done = _python("-c", script, home=tmp_path)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_closed_pipe_is_no_matter(tmp_path: Path) -> None:
    done = subprocess.run(
        f"{sys.executable} -m klout_tui --help | head -c 1", shell=True, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_an_old_terminal_encoding_is_no_matter(tmp_path: Path) -> None:
    done = _python("-m", "klout_tui", "show", "accounts", home=tmp_path, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0
    assert "Traceback" not in done.stderr


def test_an_empty_home_says_what_to_do(tmp_path: Path) -> None:
    done = _python("-m", "klout_tui", "show", "accounts", home=tmp_path)
    assert done.returncode == 0
    assert done.stdout == ""
    assert "klout-tui link" in done.stderr


def _python(*arguments: str, home: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "KLOUT_TUI_HOME": str(home), **environ},
    )


def _damage_posts(shell: Shell, home: Path, clock: FrozenClock) -> None:
    assert shell("link", "town", "@ada").exit_code == 0
    assert shell("refresh").exit_code == 0
    with Store.open(home / "store", clock=clock) as store:
        fold(store)
    (home / "store" / "posts-2026-11.json").write_bytes(b"")


def _contents(folder: Path) -> Sequence[tuple[str, bytes]]:
    return sorted(
        (str(path), path.read_bytes()) for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"
    )
