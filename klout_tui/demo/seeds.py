"""Where the demo's readable description lies, and how it is read."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

import klout_tui
from klout_tui.errors import ConfigError

T = TypeVar("T")

PERSONA = "ada.toml"
PHRASES = "phrases.toml"


def seeds_folder() -> Path:
    """The folder ``seeds``: inside an installed package, or beside the package in a checkout.

    Raises:
        ConfigError: in neither place.
    """
    package = Path(klout_tui.__file__).resolve().parent
    for folder in (package / "seeds", package.parent / "seeds"):
        if (folder / PERSONA).is_file():
            return folder
    raise ConfigError("the demo's description is missing", hint="Install klout-tui again, or start it from a checkout.")


def read(path: Path, shape: type[T]) -> T:
    """One description, checked.

    Raises:
        ConfigError: it cannot be read, is no TOML, or says something that cannot be meant; names file and place.
    """
    try:
        return msgspec.toml.decode(path.read_bytes(), type=shape)
    except OSError as error:
        raise ConfigError(f"{path.name} cannot be read: {error.strerror or error}") from error
    except msgspec.DecodeError as error:  # also what ValidationError is
        hint = "The comments in the file say what each entry means."
        raise ConfigError(f"{path.name}: {error}", hint=hint) from error
