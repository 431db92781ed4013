"""The errors a user may see.

KloutError
├── UsageError          the command or the form was filled in wrongly
├── ConfigError         a settings file cannot be read
├── StoreError          the store cannot be read or written
├── CredentialError     a secret cannot be read or kept
└── NetworkError        (klout_tui.networks.base) a network refused, is away, or answered nonsense

Each says *what* is wrong in ``message`` and *how to mend it* in ``hint``; neither ever holds a secret.
"""


class KloutError(Exception):
    """Something the user can understand and mend."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(KloutError):
    """A handle, address, date or option that cannot be meant as typed."""


class ConfigError(KloutError):
    """A settings file that cannot be read; the message names the file and the key."""


class StoreError(KloutError):
    """The store cannot be opened, read or written; the message says what is safe."""


class CredentialError(KloutError):
    """A token that cannot be read or kept."""
