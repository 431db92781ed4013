"""Tokens: in the system's own safe where there is one, else in a file only the user may read.

A token is never logged, shown or put into an error; it leaves this module only as the return value of ``get``.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

from klout_tui.config import Settings
from klout_tui.errors import CredentialError
from klout_tui.paths import Paths

_log = logging.getLogger(__name__)

_SCHEMA: Final = 1
_SESSION: Final = "session of "
_LOGIN: Final = "login of "
_WRITING: Final = "writing of "
_PRIVATE: Final = stat.S_IRUSR | stat.S_IWUSR


def session_key(account_id: str) -> str:
    """Under which name an account's session is kept: what its network gave in exchange for the token.

    No account id reads like this, so neither secret can be taken for the other.
    """
    return f"{_SESSION}{account_id}"


def login_key(account_id: str) -> str:
    """Under which key lies what it takes to revoke the login an account's token came by."""
    return f"{_LOGIN}{account_id}"


def writing_key(account_id: str) -> str:
    """Under which key lies what may write as an account, where the network wants a credential of its own for that."""
    return f"{_WRITING}{account_id}"


def overruled(settings: Settings, environ: Mapping[str, str], account_id: str) -> str:
    """What to say where a token from the environment wins over the one that was just kept; empty where none does."""
    variable = settings.account(account_id).token_env
    if not variable or not environ.get(variable, "").strip():
        return ""
    return f"The settings name {variable} for {account_id}; its token wins over the one kept."


class Secrets(Protocol):
    """Where secrets are kept: tokens by account id, sessions by ``session_key``."""

    def get(self, account_id: str) -> str | None:
        """The account's token, ``None`` if none is kept.

        Raises:
            CredentialError: there may be one, but it cannot be read now.
        """
        ...

    def keep(self, account_id: str, token: str) -> str:
        """Keep the token, replacing the one before; tells where, in words fit to show.

        Raises:
            CredentialError: it cannot be kept.
        """
        ...

    def drop(self, account_id: str) -> None:
        """Forget the account's token; nothing happens where none is kept.

        Raises:
            CredentialError: it may be kept still.
        """
        ...


class Keyring(Protocol):
    """The part of a keyring backend that is used."""

    def get_password(self, service: str, username: str) -> str | None:
        """The secret, if kept."""
        ...

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep the secret."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Forget the secret."""
        ...


class MemorySecrets:
    """Tokens that end with the program: for the demo and for tests."""

    def __init__(self) -> None:
        self._tokens: dict[str, str] = {}

    def get(self, account_id: str) -> str | None:
        """The account's token, ``None`` if none is kept."""
        return self._tokens.get(account_id)

    def keep(self, account_id: str, token: str) -> str:
        """Keep the token until the program ends."""
        self._tokens[account_id] = token
        return "in memory, until the program ends"

    def drop(self, account_id: str) -> None:
        """Forget the account's token."""
        self._tokens.pop(account_id, None)


class NotedSecrets:
    """Other secrets, with a note of where the last token went; for commands that tell the user."""

    def __init__(self, inner: Secrets) -> None:
        self.kept: str | None = None
        """Where the last token was kept, in words; ``None`` if none was."""
        self._inner = inner

    def get(self, account_id: str) -> str | None:
        """As the other secrets do."""
        return self._inner.get(account_id)

    def keep(self, account_id: str, token: str) -> str:
        """As the other secrets do, and noted if it is a token."""
        place = self._inner.keep(account_id, token)
        if not account_id.startswith((_SESSION, _LOGIN)):
            self.kept = place
        return place

    def drop(self, account_id: str) -> None:
        """As the other secrets do."""
        self._inner.drop(account_id)


def system_keyring() -> Keyring | None:
    """The system's keyring if a real one serves; ``None`` on machines without, such as most servers."""
    import keyring

    backend = keyring.get_keyring()
    return backend if backend.priority > 0 else None


class SystemSecrets:
    """Tokens in the system's keyring, else in the credentials file; an environment variable wins over both.

    The file holds only what the keyring could not take, so it is asked first: no keyring is woken, and no dialog
    opened, for a token that lies in the file.
    """

    def __init__(
        self,
        paths: Paths,
        settings: Settings,
        environ: Mapping[str, str],
        find_keyring: Callable[[], Keyring | None] = system_keyring,
    ) -> None:
        self._service = paths.service
        self._file = CredentialsFile(paths.credentials)
        self._settings = settings
        self._environ = environ
        self._find_keyring = find_keyring

    def get(self, account_id: str) -> str | None:
        """The account's token: from the variable its settings name, else from the file, else from the keyring.

        Raises:
            CredentialError: the file or the keyring cannot be read, or the settings name a variable that is not set
                and no token is kept either.
        """
        variable = self._settings.account(account_id).token_env
        if variable and (token := self._environ.get(variable, "").strip()):
            return token
        kept = self._file.read().get(account_id) or self._from_keyring(account_id)
        if kept is None and variable:
            raise CredentialError(
                f"the settings name the variable {variable} for {account_id}, but it is not set",
                hint=f"Set {variable}, or take token_env out of the settings.",
            )
        return kept

    def keep(self, account_id: str, token: str) -> str:
        """Keep the token in the keyring, or in the file where that fails; tells which.

        Raises:
            CredentialError: neither the keyring nor the file takes it.
        """
        reason = "no keyring serves on this system"
        with _keyring_trouble() as trouble:
            backend = self._find_keyring()
            if backend is not None:
                backend.set_password(self._service, account_id, token)
                self._file.remove(account_id)
                return "in the system's keyring"
        if trouble:
            reason = f"the system's keyring refused it ({trouble[0]})"
        self._file.put(account_id, token)
        return f"in {self._file.path}, unencrypted, readable by you alone: {reason}"

    def drop(self, account_id: str) -> None:
        """Forget the account's token wherever it is kept.

        Raises:
            CredentialError: the file cannot be written, or the keyring holds it and is out of reach.
        """
        self._file.remove(account_id)
        with _keyring_trouble() as trouble:
            backend = self._find_keyring()
            if backend is not None and backend.get_password(self._service, account_id) is not None:
                backend.delete_password(self._service, account_id)
        if trouble:
            raise CredentialError(
                f"the token of {account_id} may still be in the system's keyring ({trouble[0]})",
                hint=f"Unlock the keyring and try again, or delete the entry “{self._service}” in it by hand.",
            )

    def _from_keyring(self, account_id: str) -> str | None:
        with _keyring_trouble() as trouble:
            backend = self._find_keyring()
            return backend.get_password(self._service, account_id) if backend is not None else None
        raise CredentialError(
            f"the system's keyring does not open ({trouble[0]})",
            hint="Unlock it, or name an environment variable as token_env in the settings.",
        )


class CredentialsFile:
    """A small JSON file, mode 0600, of tokens by account id. Replaced whole, never written in place."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> dict[str, str]:
        """All tokens by account id; empty without a file.

        A file others may read is tightened to 0600 first, and a warning logged.

        Raises:
            CredentialError: the file cannot be read or is damaged.
        """
        try:
            with self.path.open("rb") as file:
                self._tighten(file.fileno())
                body = file.read()
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise self._error(f"cannot be read: {error.strerror}", "Check who may read it.") from error
        damaged = self._error("is damaged", "Move it away and link the accounts that need a token again.")
        try:
            content: Any = json.loads(body)
        except ValueError:
            # The cause would quote the file, tokens and all.
            raise damaged from None
        if not isinstance(content, dict) or not isinstance(content.get("tokens"), dict):
            raise damaged
        if content.get("schema") != _SCHEMA:
            raise self._error("was written by a newer klout-tui", "Upgrade klout-tui.")
        if not all(isinstance(token, str) for token in content["tokens"].values()):
            raise damaged
        return dict(content["tokens"])

    def put(self, account_id: str, token: str) -> None:
        """Add or replace one token.

        Raises:
            CredentialError: the file cannot be read or written; what it held stays.
        """
        with self._locked():
            self._write(self.read() | {account_id: token})

    def remove(self, account_id: str) -> None:
        """Take one token out, if it is there.

        Raises:
            CredentialError: the file cannot be read or written; what it held stays.
        """
        if account_id not in self.read():
            return
        with self._locked():
            tokens = self.read()
            tokens.pop(account_id, None)
            self._write(tokens)

    def _tighten(self, descriptor: int) -> None:
        if os.name != "posix":
            return
        mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            os.fchmod(descriptor, _PRIVATE)
            _log.warning("%s was open to others (mode %03o); it is closed now. Consider new tokens.", self.path, mode)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        from filelock import FileLock

        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with FileLock(f"{self.path}.lock", timeout=10):
                yield
        except OSError as error:  # filelock's time-out is one too
            words = error.strerror or "another klout-tui is writing it"
            raise self._error(f"cannot be written: {words}", "What it held is unchanged.") from error

    def _write(self, tokens: Mapping[str, str]) -> None:
        body = json.dumps({"schema": _SCHEMA, "tokens": dict(sorted(tokens.items()))}, indent=1).encode()
        # O_EXCL never follows a link somebody else laid, and the file is private from its first moment.
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0)
        fresh = self.path.with_name(f"{self.path.name}.{secrets.token_hex(8)}.new")
        try:
            descriptor = os.open(fresh, flags, _PRIVATE)
            with os.fdopen(descriptor, "wb") as file:
                if os.name == "posix":
                    os.fchmod(file.fileno(), _PRIVATE)  # a strict umask may have taken even the user's own bits
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self.path)
        finally:
            fresh.unlink(missing_ok=True)

    def _error(self, what: str, hint: str) -> CredentialError:
        return CredentialError(f"the credentials file {self.path} {what}", hint=hint)


@contextmanager
def _keyring_trouble() -> Iterator[list[str]]:
    """Catches what a backend raises and hands it over in words; the list is empty where all went well.

    Backends are plug-ins of other people and may raise anything (D-Bus errors, for one). Their messages are not
    repeated: one might quote the secret.
    """
    trouble: list[str] = []
    try:
        yield trouble
    except CredentialError:
        raise
    except Exception as error:
        trouble.append(type(error).__name__)
