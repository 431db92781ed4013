"""Where things lie on this machine. Imports next to nothing, since a prompt asks for it many times a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HOME_VARIABLE: Final = "KLOUT_TUI_HOME"
"""Names one folder for everything, in place of the platform's own folders."""


@dataclass(frozen=True, slots=True)
class Paths:
    """Every place the program reads or writes. Nothing is created by asking."""

    settings: Path
    """The user's settings, TOML."""
    credentials: Path
    """Tokens, mode 0600; only there where no keyring serves."""
    store: Path
    """The folder of the store."""
    log: Path
    """The log file, warnings and worse."""
    service: str
    """The name tokens go under in the system's keyring; each custom home has one of its own."""

    @classmethod
    def find(cls, environ: Mapping[str, str]) -> Paths:
        """The places ``KLOUT_TUI_HOME`` names, else those the platform wants.

        Args:
            environ: the environment, usually ``os.environ``.
        """
        named = environ.get(HOME_VARIABLE, "").strip()
        if named:
            return cls.under(Path(named).expanduser().absolute())
        import platformdirs

        name = "klout-tui"
        data = platformdirs.user_data_path(name, appauthor=False)
        return cls(
            settings=platformdirs.user_config_path(name, appauthor=False) / "settings.toml",
            credentials=data / "credentials",
            store=data / "store",
            log=platformdirs.user_log_path(name, appauthor=False) / "log",
            service=name,
        )

    @classmethod
    def under(cls, home: Path) -> Paths:
        """Everything in the one folder ``home``."""
        import hashlib  # its library takes longer to load than everything a prompt needs

        mark = hashlib.sha256(str(home).encode("utf-8", "surrogatepass")).hexdigest()[:12]
        return cls(
            settings=home / "settings.toml",
            credentials=home / "credentials",
            store=home / "store",
            log=home / "log",
            service=f"klout-tui:{mark}",
        )
