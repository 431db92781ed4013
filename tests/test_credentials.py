"""Tokens: where they are kept, who may read them, and that nothing repeats them."""

from __future__ import annotations

import json
import logging
import os
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from klout_tui.config import AccountSettings, Settings
from klout_tui.credentials import (
    CredentialsFile,
    Keyring,
    MemorySecrets,
    NotedSecrets,
    Secrets,
    SystemSecrets,
    system_keyring,
)
from klout_tui.errors import CredentialError
from klout_tui.paths import Paths
from tests import secrets as fakes

ADA = "mastodon:ada@social.example"
TOKEN = fakes.KEPT_TOKEN

posix = pytest.mark.skipif(os.name != "posix", reason="file modes are a POSIX matter")


class DictKeyring:
    """A keyring that keeps what it gets."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class LockedKeyring:
    """A keyring that refuses, quoting what it was given."""

    def get_password(self, service: str, username: str) -> str | None:
        raise RuntimeError(f"locked: {TOKEN}")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError(f"locked, will not take {password}")

    def delete_password(self, service: str, username: str) -> None:
        raise RuntimeError(f"locked: {TOKEN}")


@pytest.fixture
def paths(home: Path) -> Paths:
    return Paths.under(home)


@pytest.fixture
def umask() -> Iterator[Callable[[int], None]]:
    before = os.umask(0o022)

    def change(mask: int) -> None:
        os.umask(mask)

    yield change
    os.umask(before)


def _secrets(
    paths: Paths, keyring: Keyring | None = None, *, variable: str = "", environ: dict[str, str] | None = None
) -> SystemSecrets:
    settings = Settings(accounts={ADA: AccountSettings(token_env=variable)}) if variable else Settings()
    return SystemSecrets(paths, settings, environ or {}, lambda: keyring)


@pytest.mark.parametrize("kind", ["memory", "keyring", "file", "noted"])
def test_all_secrets_keep_replace_and_drop(paths: Paths, kind: str) -> None:
    kinds: dict[str, Secrets] = {
        "memory": MemorySecrets(),
        "keyring": _secrets(paths, DictKeyring()),
        "file": _secrets(paths),
        "noted": NotedSecrets(MemorySecrets()),
    }
    secrets = kinds[kind]
    assert secrets.get(ADA) is None
    secrets.drop(ADA)
    secrets.keep(ADA, "first")
    secrets.keep(ADA, TOKEN)
    secrets.keep("blog:other", "another")
    assert (secrets.get(ADA), secrets.get("blog:other")) == (TOKEN, "another")
    secrets.drop(ADA)
    assert (secrets.get(ADA), secrets.get("blog:other")) == (None, "another")


def test_a_keyring_leaves_no_file(paths: Paths) -> None:
    keyring = DictKeyring()
    words = _secrets(paths, keyring).keep(ADA, TOKEN)
    assert "keyring" in words
    assert keyring.kept == {(paths.service, ADA): TOKEN}
    assert not paths.credentials.exists()


def test_without_a_keyring_the_user_is_told_of_the_file(paths: Paths) -> None:
    words = _secrets(paths).keep(ADA, TOKEN)
    assert str(paths.credentials) in words
    assert "unencrypted" in words
    assert "no keyring serves" in words
    assert TOKEN not in words


def test_a_keyring_that_refuses_is_no_loss(paths: Paths) -> None:
    secrets = _secrets(paths, LockedKeyring())
    words = secrets.keep(ADA, TOKEN)
    assert "refused" in words
    assert TOKEN not in words
    assert secrets.get(ADA) == TOKEN


def test_a_keyring_takes_over_from_the_file(paths: Paths) -> None:
    _secrets(paths).keep(ADA, "old")
    secrets = _secrets(paths, DictKeyring())
    assert secrets.get(ADA) == "old"
    secrets.keep(ADA, TOKEN)
    assert secrets.get(ADA) == TOKEN
    assert TOKEN not in paths.credentials.read_text()
    assert "old" not in paths.credentials.read_text()


def test_a_locked_keyring_is_an_error_without_the_secret(paths: Paths) -> None:
    secrets = _secrets(paths, LockedKeyring())
    for attempt in (secrets.get, secrets.drop):
        with pytest.raises(CredentialError) as caught:
            attempt(ADA)
        assert TOKEN not in caught.value.message + caught.value.hint
        assert "keyring" in caught.value.message


def test_the_variable_named_in_the_settings_wins(paths: Paths) -> None:
    secrets = _secrets(paths, DictKeyring(), variable="ADA_TOKEN", environ={"ADA_TOKEN": " from-env\n"})
    secrets.keep(ADA, TOKEN)
    assert secrets.get(ADA) == "from-env"
    assert secrets.get("blog:other") is None


def test_a_variable_that_is_not_set_falls_back_to_what_is_kept(paths: Paths) -> None:
    secrets = _secrets(paths, variable="ADA_TOKEN")
    with pytest.raises(CredentialError, match="ADA_TOKEN"):
        secrets.get(ADA)
    secrets.keep(ADA, TOKEN)
    assert secrets.get(ADA) == TOKEN


@posix
@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_the_file_is_private_whatever_the_umask(paths: Paths, umask: Callable[[int], None], mask: int) -> None:
    paths.credentials.parent.mkdir()
    umask(mask)
    _secrets(paths).keep(ADA, TOKEN)
    assert stat.S_IMODE(paths.credentials.stat().st_mode) == 0o600


@posix
def test_a_file_open_to_others_is_closed_and_said_so(paths: Paths, caplog: pytest.LogCaptureFixture) -> None:
    secrets = _secrets(paths)
    secrets.keep(ADA, TOKEN)
    paths.credentials.chmod(0o644)
    with caplog.at_level(logging.WARNING):
        assert secrets.get(ADA) == TOKEN
    assert stat.S_IMODE(paths.credentials.stat().st_mode) == 0o600
    assert "open to others" in caplog.text
    assert TOKEN not in caplog.text


@posix
def test_a_link_in_its_place_is_replaced_not_followed(paths: Paths, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text('{"schema": 1, "tokens": {}}')
    paths.credentials.parent.mkdir()
    paths.credentials.symlink_to(elsewhere)
    _secrets(paths).keep(ADA, TOKEN)
    assert TOKEN not in elsewhere.read_text()
    assert not paths.credentials.is_symlink()


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"tokens": 3}', b'{"schema": 1, "tokens": {"a": 3}}', b"\xff", b'{"s3cr3t-t0ken": '],
)
def test_a_damaged_file_is_said_and_left_alone(paths: Paths, body: bytes) -> None:
    paths.credentials.parent.mkdir()
    paths.credentials.write_bytes(body)
    secrets = _secrets(paths)
    attempts: list[Callable[[], object]] = [lambda: secrets.get(ADA), lambda: secrets.keep(ADA, TOKEN)]
    for attempt in attempts:
        with pytest.raises(CredentialError, match="damaged") as caught:
            attempt()
        assert TOKEN not in repr(caught.value)
        assert caught.value.__cause__ is None
    assert paths.credentials.read_bytes() == body


def test_a_newer_file_is_refused(paths: Paths) -> None:
    paths.credentials.parent.mkdir()
    paths.credentials.write_text(json.dumps({"schema": 2, "tokens": {}}))
    with pytest.raises(CredentialError, match="newer"):
        _secrets(paths).get(ADA)


def test_a_folder_in_its_place_is_an_error(paths: Paths) -> None:
    paths.credentials.mkdir(parents=True)
    with pytest.raises(CredentialError, match="cannot be read"):
        _secrets(paths).get(ADA)


def test_a_home_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CredentialError, match="cannot be"):
        _secrets(Paths.under(tmp_path / "file" / "home")).keep(ADA, TOKEN)


def test_many_writers_lose_nothing(paths: Paths) -> None:
    def write(number: int) -> None:
        CredentialsFile(paths.credentials).put(f"blog:{number}", f"token-{number}")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert CredentialsFile(paths.credentials).read() == {f"blog:{number}": f"token-{number}" for number in range(8)}
    left = {path.name for path in paths.credentials.parent.iterdir()}
    assert left <= {"credentials", "credentials.lock"}


def test_no_secret_in_any_repr(paths: Paths) -> None:
    memory, system = MemorySecrets(), _secrets(paths)
    noted = NotedSecrets(memory)
    noted.keep(ADA, TOKEN)
    system.keep(ADA, TOKEN)
    assert TOKEN not in f"{memory!r} {system!r} {noted!r} {noted.kept}"


def test_a_keyring_that_keeps_nothing_is_not_used() -> None:
    assert system_keyring() is None
