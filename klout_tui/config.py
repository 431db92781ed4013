"""The settings file.

It is the user's own: it is read, never written. A missing file means defaults throughout.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec

from klout_tui.domain.model import Value
from klout_tui.errors import ConfigError

LEAST_MINUTES: Final = 5
"""Shortest refresh interval that may be asked for; networks are other people's machines."""

MOST_MINUTES: Final = 7 * 24 * 60
"""Longest interval: a week."""

Minutes = Annotated[int, msgspec.Meta(ge=LEAST_MINUTES, le=MOST_MINUTES)]


Language = Annotated[str, msgspec.Meta(pattern="^([a-z]{2,3})?$")]


class AccountSettings(Value, frozen=True, forbid_unknown_fields=True):
    """One account's table: ``[accounts."mastodon:alice@example.social"]``."""

    paused: bool = False
    """Leave it out of the rounds nobody asked for."""
    token_env: str = ""
    """Name of an environment variable whose token wins over the kept one."""
    refresh_minutes: Minutes | None = None
    """Its own interval; ``None`` means the general one."""


class NetworkSettings(Value, frozen=True, forbid_unknown_fields=True):
    """One network's table: ``[network.github]``."""

    client_id: str = ""
    """The public id of a program registered there, for logging in with the browser; no secret."""


Where = Literal["off", "app", "today", "both"]
"""Where a reminder shows: nowhere, in the app, in ``klout-tui today``, or in both."""


class Reminders(Value, frozen=True, forbid_unknown_fields=True):
    """What she wants to be reminded of, and where: ``[reminders]``. Nothing is ever sent anywhere."""

    posts: Where = "today"
    """A pause in posting longer than her own pace explains."""
    answers: Where = "today"
    """Answers that have waited for days."""

    def wants(self, what: Literal["posts", "answers"], place: Literal["app", "today"]) -> bool:
        """Whether a sort of reminder is wanted somewhere."""
        return getattr(self, what) in (place, "both")


class DraftSettings(Value, frozen=True, forbid_unknown_fields=True):
    """Her own words: ``[drafts]``. They may hold ``{name}``, ``{topic}``, ``{post}`` and ``{did}``."""

    thanks: tuple[str, ...] = ()
    """What a thank-you may say, the first offered first; three at most. Empty: the program's own words."""
    giving: str = ""
    """What a +K given says."""


class Settings(Value, frozen=True, forbid_unknown_fields=True):
    """The whole settings file, validated."""

    refresh_minutes: Minutes = 30
    """Minutes between two refreshes of an account."""
    topic_language: Language = ""
    """Two letters: the language in which a list of topics names them; empty means the system's."""
    guess_topics: bool = True
    """Whether posts without tags count for topics guessed from their words."""
    accounts: dict[str, AccountSettings] = msgspec.field(default_factory=dict)
    """By account id."""
    network: dict[str, NetworkSettings] = msgspec.field(default_factory=dict)
    """By a network's name."""
    reminders: Reminders = Reminders()
    """What she wants to be reminded of, and where."""
    drafts: DraftSettings = DraftSettings()
    """Her own words for thanking and giving."""
    keymap: dict[str, str] = msgspec.field(default_factory=dict)
    """Binding id to keys, several keys separated by commas: ``"plusk.thank" = "t,enter"``."""

    @classmethod
    def load(cls, path: Path) -> Settings:
        """The settings in ``path``; defaults where there is no such file.

        Raises:
            ConfigError: unreadable, not TOML (with the line), an unknown key (with the nearest known one) or a value
                that cannot be meant.
        """
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            return cls()
        except UnicodeDecodeError as error:
            raise ConfigError(f"{path} is not UTF-8 text (byte {error.start + 1})", hint="Save it as UTF-8.") from error
        except OSError as error:
            raise ConfigError(f"{path} cannot be read: {error.strerror}", hint="Check who may read it.") from error
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(
                f"{path} is not valid TOML: {error}", hint="Mend that line, or move the file away to use the defaults."
            ) from error
        _refuse_unknown(path, data, cls, "")
        for name, table in _table(data, "accounts").items():
            _refuse_unknown(path, table, AccountSettings, f'accounts."{name}"')
        for name, table in _table(data, "network").items():
            _refuse_unknown(path, table, NetworkSettings, f"network.{name}")
        _refuse_unknown(path, _table(data, "reminders"), Reminders, "reminders")
        _refuse_unknown(path, _table(data, "drafts"), DraftSettings, "drafts")
        if keymap := _table(data, "keymap"):
            data["keymap"] = dict(_flat(keymap))
        try:
            return msgspec.convert(data, cls)
        except msgspec.ValidationError as error:
            raise ConfigError(f"{path}: {_in_words(error, data)}") from error

    @property
    def paused(self) -> frozenset[str]:
        """Ids of the accounts that are left out of the rounds."""
        return frozenset(name for name, account in self.accounts.items() if account.paused)

    def account(self, account_id: str) -> AccountSettings:
        """The account's own settings, defaults where it has none."""
        return self.accounts.get(account_id, AccountSettings())

    def language(self, environ: Mapping[str, str]) -> str:
        """The language to name topics in: the one set, else the system's, else English."""
        said = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
        letters = said.partition("_")[0].partition(".")[0].casefold()
        return self.topic_language or (letters if len(letters) in (2, 3) and letters.isalpha() else "en")

    def of_network(self, name: str, setting: str) -> str:
        """What is set for a network; empty where nothing is."""
        return str(getattr(self.network.get(name), setting, "")).strip()

    def minutes(self, account_id: str) -> int:
        """Minutes between two refreshes of this account."""
        return self.account(account_id).refresh_minutes or self.refresh_minutes


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like ``word``, if any is alike enough to be meant."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return found[0] if found else None


def _table(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = data.get(key)
    return found if isinstance(found, dict) else {}


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Binding ids hold dots, which TOML reads as nested tables unless quoted; both spellings are meant alike."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _refuse_unknown(path: Path, table: Any, shape: type[Value], where: str) -> None:
    known = shape.__struct_fields__
    for key in table if isinstance(table, dict) else ():
        if key in known:
            continue
        place = f" in [{where}]" if where else ""
        if _SECRET.search(key):
            raise ConfigError(
                f'{path}: "{key}"{place} looks like a secret, which does not belong here', hint=_NO_SECRETS
            )
        guess = nearest(key, known)
        hint = f'Did you mean "{guess}"?' if guess else f"Known keys: {', '.join(known)}."
        raise ConfigError(f'{path}: unknown key "{key}"{place}', hint=hint)


_SECRET: Final = re.compile(r"token(?!_env)|secret|passw|jwt|api_?key", re.IGNORECASE)
_NO_SECRETS: Final = (
    "Take it out; klout-tui link … --token-stdin keeps it safely, and token_env names an environment variable."
)

_WHERES: Final = ("off", "app", "today", "both")
_WORDS: Final = {"int": "a whole number", "bool": "true or false", "str": "text in quotes", "object": "a table"}


def _in_words(error: msgspec.ValidationError, data: Mapping[str, Any]) -> str:
    """Turn "Expected `int`, got `str` - at `$.refresh_minutes`" into the user's words, the key first.

    msgspec hides the names of table entries behind ``[...]``; the entry at fault is found by trying each.
    """
    words, _, place = str(error).partition(" - at `$.")
    if found := re.fullmatch(r"Expected `(\w+)(?: \| null)?`(?: ([<>])= (\d+)|, got `(\w+)`)", words):
        kind, bound, limit, got = found.groups()
        least = "at least" if bound == ">" else "at most"
        words = f"must be {least} {limit}" if bound else f"must be {_WORDS.get(kind, kind)}, not {_WORDS.get(got, got)}"
    elif found := re.fullmatch(r"Invalid enum value '(.*)'", words, re.DOTALL):
        words = f"must be one of {', '.join(_WHERES)}, not {found[1]}"
    table, hidden, rest = place.rstrip("`").partition("[...]")
    if not hidden:
        return f"{table} {words}"
    shape: Any = {"accounts": AccountSettings, "network": NetworkSettings}.get(table, str)
    for name, value in data[table].items():
        try:
            msgspec.convert(value, shape)
        except msgspec.ValidationError:
            return f'{table}."{name}"{rest} {words}'
    return f"{table}{rest} {words}"
