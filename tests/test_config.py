"""Where things lie, and what the settings file may say."""

from __future__ import annotations

from pathlib import Path

import pytest

from klout_tui.config import AccountSettings, Settings, nearest
from klout_tui.errors import ConfigError
from klout_tui.paths import Paths


def test_one_home_holds_everything(tmp_path: Path) -> None:
    paths = Paths.find({"KLOUT_TUI_HOME": str(tmp_path)})
    assert paths.settings == tmp_path / "settings.toml"
    assert paths.credentials == tmp_path / "credentials"
    assert paths.store == tmp_path / "store"
    assert paths.log == tmp_path / "log"


def test_asking_for_paths_creates_nothing(tmp_path: Path) -> None:
    Paths.find({"KLOUT_TUI_HOME": str(tmp_path / "not yet")})
    assert list(tmp_path.iterdir()) == []


def test_a_relative_home_becomes_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Paths.find({"KLOUT_TUI_HOME": "here"}).store == tmp_path / "here" / "store"


@pytest.mark.parametrize("environ", [{}, {"KLOUT_TUI_HOME": ""}, {"KLOUT_TUI_HOME": "  "}])
def test_without_a_home_the_platform_decides(environ: dict[str, str]) -> None:
    paths = Paths.find(environ)
    assert paths.service == "klout-tui"
    assert "klout-tui" in paths.settings.parts
    assert paths.store.name == "store"


def test_each_home_has_its_own_place_in_the_keyring(tmp_path: Path) -> None:
    services = {Paths.under(tmp_path / name).service for name in ("a", "b")} | {Paths.find({}).service}
    assert len(services) == 3
    assert all(service.startswith("klout-tui") for service in services)


def test_no_file_means_defaults(tmp_path: Path) -> None:
    settings = Settings.load(tmp_path / "settings.toml")
    assert settings == Settings()
    assert settings.refresh_minutes == 30
    assert settings.account("mastodon:a@b.example") == AccountSettings()


def test_everything_that_can_be_set(tmp_path: Path) -> None:
    settings = _load(
        tmp_path,
        """
        refresh_minutes = 15
        [accounts."mastodon:ada@social.example"]
        paused = true
        token_env = "ADA_TOKEN"
        refresh_minutes = 60
        [keymap]
        "plusk.thank" = "t,enter"
        accounts.link = "A"
        """,
    )
    ada = "mastodon:ada@social.example"
    assert settings.accounts == {ada: AccountSettings(paused=True, token_env="ADA_TOKEN", refresh_minutes=60)}
    assert settings.keymap == {"plusk.thank": "t,enter", "accounts.link": "A"}
    assert (settings.minutes(ada), settings.minutes("blog:b.example")) == (60, 15)


def test_a_byte_order_mark_is_harmless(tmp_path: Path) -> None:
    assert _load(tmp_path, "\ufeffrefresh_minutes = 45").refresh_minutes == 45


@pytest.mark.parametrize(
    ("text", "words", "hint"),
    [
        ("refresh_minute = 30", 'unknown key "refresh_minute"', 'Did you mean "refresh_minutes"?'),
        ("colour = 1", 'unknown key "colour"', "accounts, network, reminders, drafts, keymap."),
        ('[accounts."x:y"]\npasued = true', 'unknown key "pasued" in [accounts."x:y"]', 'Did you mean "paused"?'),
        ("refresh_minutes = 4", "refresh_minutes must be at least 5", ""),
        ("refresh_minutes = 99999", "refresh_minutes must be at most 10080", ""),
        ('refresh_minutes = "often"', "refresh_minutes must be a whole number, not text in quotes", ""),
        ("refresh_minutes = true", "refresh_minutes must be a whole number, not true or false", ""),
        ("accounts = 3", "accounts must be a table, not a whole number", ""),
        ("[accounts]\nada = 3", 'accounts."ada" must be a table', ""),
        ('[accounts.a]\n[accounts."x:y"]\npaused = 1', 'accounts."x:y".paused must be true or false', ""),
        ('[accounts."x:y"]\nrefresh_minutes = 1', 'accounts."x:y".refresh_minutes must be at least 5', ""),
        ("keymap = 3", "keymap must be a table", ""),
        ("[keymap]\na = 3", 'keymap."a" must be text in quotes', ""),
        ("network = 3", "network must be a table, not a whole number", ""),
        ("[network.github]\nclient = 1", 'unknown key "client" in [network.github]', 'Did you mean "client_id"?'),
        ("[network.github]\nclient_id = 1", 'network."github".client_id must be text in quotes', ""),
        ('token = "x"', '"token" looks like a secret', "--token-stdin"),
        (
            '[network.github]\nclient_secret = "x"',
            '"client_secret" in [network.github] looks like a secret',
            "Take it out",
        ),
        ('[accounts."x:y"]\npassword = "x"', '"password" in [accounts."x:y"] looks like a secret', "token_env"),
        ("refresh_minutes = [", "is not valid TOML", "Mend that line"),
        ("a = 1\n= 2", "line 2", "Mend that line"),
    ],
)
def test_mistakes_are_named_with_file_and_key(tmp_path: Path, text: str, words: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        _load(tmp_path, text)
    assert str(tmp_path / "settings.toml") in caught.value.message
    assert words in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize("body", [b"\xff\xfe", b"refresh_minutes = \xe9"])
def test_what_is_not_text_is_said_to_be_none(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(body)
    with pytest.raises(ConfigError, match="is not UTF-8"):
        Settings.load(path)


def test_a_folder_in_its_place_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        Settings.load(tmp_path)


def test_a_networks_client_id(tmp_path: Path) -> None:
    settings = _load(tmp_path, '[network.github]\nclient_id = " Iv1.public "')
    assert settings.of_network("github", "client_id") == "Iv1.public"
    assert settings.of_network("mastodon", "client_id") == ""


def test_nothing_like_it_is_no_guess() -> None:
    assert nearest("zzz", ["paused", "token_env"]) is None


def _load(folder: Path, text: str) -> Settings:
    path = folder / "settings.toml"
    path.write_text("\n".join(line.strip() for line in text.splitlines()), "utf-8")
    return Settings.load(path)
