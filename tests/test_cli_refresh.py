"""``refresh``: statuses, exit codes, JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli_helper import Shell

ADA = "town:ada@town.example"


def test_nothing_linked_is_no_failure(shell: Shell) -> None:
    result = shell("refresh")
    assert result.exit_code == 0
    assert "klout-tui link" in result.stderr
    assert shell.json("refresh")["refresh"]["accounts"] == []


def test_a_round_and_the_one_after(shell: Shell) -> None:
    shell("link", "town", "@ada")
    first = shell.json("refresh")
    assert first["schema"] == 1
    assert set(first["refresh"]) == {"begun_at", "ended_at", "accounts"}
    (row,) = first["refresh"]["accounts"]
    assert set(row) == {"account", "status", "new_posts", "new_interactions", "requests", "seconds", "error"}
    assert (row["account"], row["status"], row["new_posts"], row["error"]) == (ADA, "ok", 3, None)
    (row,) = shell.json("refresh")["refresh"]["accounts"]
    assert (row["status"], row["new_posts"], row["new_interactions"]) == ("unchanged", 0, 0)


def test_the_table_names_status_and_trouble(shell: Shell) -> None:
    shell("link", "town", "@ada")
    shell("link", "town", "@down")
    result = shell("refresh")
    assert result.exit_code == 1
    assert "ok" in result.stdout
    assert "failed" in result.stdout
    assert "took longer than 20 s" in result.stdout
    assert "hint: town:down@town.example: It usually passes." in result.stderr


@pytest.mark.parametrize(
    ("name", "kind", "retry_at", "health"),
    [
        ("down", "unavailable", None, "down"),
        ("limited", "rate_limited", "2026-11-23T09:00:00Z", "rate_limited"),
        ("revoked", "credential", None, None),
        ("broken", "plugin", None, "down"),
    ],
)
def test_failures_are_told_in_full(
    shell: Shell, name: str, kind: str, retry_at: str | None, health: str | None
) -> None:
    shell("link", "town", f"@{name}")
    shell("link", "town", "@ada")
    result = shell("refresh", "--json")
    assert result.exit_code == 1
    rows = {row["account"]: row for row in json.loads(result.stdout)["refresh"]["accounts"]}
    failed = rows[f"town:{name}@town.example"]
    assert failed["status"] == "failed"
    assert (failed["error"]["kind"], failed["error"]["retry_at"]) == (kind, retry_at)
    assert set(failed["error"]) == {"kind", "message", "retry_at"}
    assert rows[ADA]["status"] == "ok"
    known = {row["id"]: row for row in shell.json("show", "accounts")["accounts"]}
    assert known[ADA]["health"] == "ok"
    assert known[ADA]["last_refresh"] == "2026-11-23T08:15:22Z"
    if health is not None:
        assert known[f"town:{name}@town.example"]["health"] == health


def test_only_those_named(shell: Shell) -> None:
    shell("link", "town", "@ada")
    shell("link", "town", "@bea")
    rows = shell.json("refresh", "bea")["refresh"]["accounts"]
    assert [row["account"] for row in rows] == ["town:bea@town.example"]


def test_paused_accounts_are_skipped_unless_named(shell: Shell, home: Path) -> None:
    shell("link", "town", "@ada")
    (home / "settings.toml").write_text(f'[accounts."{ADA}"]\npaused = true\n')
    (row,) = shell.json("refresh")["refresh"]["accounts"]
    assert row["status"] == "skipped"
    assert shell.json("show", "accounts")["accounts"][0]["health"] == "paused"
    (row,) = shell.json("refresh", "ada")["refresh"]["accounts"]
    assert row["status"] == "ok"
