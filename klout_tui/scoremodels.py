"""The scoring models there are: those that come with the program, and her own in the folder ``models`` of her home.

A model of her own is a TOML file like ours and works like ours. One that cannot be meant is named with its file, line
and key, and never used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Final

from klout_tui.domain.model import Value
from klout_tui.domain.score.model import Model, ModelError, read_model
from klout_tui.errors import ConfigError

FOLDER: Final = "models"
"""Name of the folder of her own models, beside ``settings.toml``."""

_LARGEST: Final = 1 << 20
"""Bytes a model file may have."""


class ModelFileError(ConfigError):
    """A model file that cannot be used; the message names the file, the line and the key."""


class Offered(Value, frozen=True):
    """A model there is."""

    id: str
    """What it is chosen by: ``model-1``, or for one of her own ``models/mine.toml``."""
    title: str
    built_in: bool
    path: Path | None = None
    """Where it lies, for one of her own."""
    problem: str = ""
    """Why it cannot be used, with file, line and key; empty for one that can."""


class Models:
    """All models there are."""

    def __init__(self, folder: Path | None, built_in: Mapping[str, str] | None = None) -> None:
        """Look nothing up yet.

        Args:
            folder: Where her own lie; None for none.
            built_in: Those that come with the program, name to TOML; None: ours.
        """
        self._folder = folder
        self._texts = dict(built_in) if built_in is not None else None
        self._read: dict[str, Model] = {}

    def offered(self) -> tuple[Offered, ...]:
        """Every model, ours first, oldest first, then her own by file name."""
        mine = [Offered(id=name, title=self.get(name).title, built_in=True) for name in self.built_in()]
        return (*mine, *(self._own(path) for path in self._paths()))

    def built_in(self) -> list[str]:
        """Names of the models that come with the program, oldest first."""
        return sorted(self._built_in(), key=_natural)

    def get(self, model_id: str) -> Model:
        """A model by the id it is offered under.

        Raises:
            ModelFileError: there is none, or its file cannot be used.
        """
        text = self._built_in().get(model_id)
        if text is not None:
            if model_id not in self._read:
                self._read[model_id] = _understood(text, f"{model_id}.toml")
            return self._read[model_id]
        if self._folder is not None and model_id.startswith(f"{FOLDER}/"):
            return read_file(self._folder / model_id.removeprefix(f"{FOLDER}/"))
        raise ModelFileError(
            f"There is no scoring model {model_id}",
            hint=f"There are {', '.join(each.id for each in self.offered() if not each.problem)}.",
        )

    def _own(self, path: Path) -> Offered:
        name = f"{FOLDER}/{path.name}"
        try:
            model = read_file(path)
        except ModelFileError as error:
            return Offered(id=name, title=path.stem, built_in=False, path=path, problem=error.message)
        return Offered(id=name, title=model.title, built_in=False, path=path)

    def _paths(self) -> list[Path]:
        if self._folder is None or not self._folder.is_dir():
            return []
        return sorted(self._folder.glob("*.toml"))

    def _built_in(self) -> dict[str, str]:
        if self._texts is None:
            folder = files("klout_tui.domain") / "models"
            self._texts = {
                each.name.removesuffix(".toml"): each.read_text("utf-8")
                for each in folder.iterdir()
                if each.name.endswith(".toml")
            }
        return self._texts


def read_file(path: Path) -> Model:
    """The model in a file.

    Raises:
        ModelFileError: it cannot be read, or not be meant as written.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise ModelFileError(f"{path} is too large for a scoring model", hint="docs/score.md shows one.")
        text = path.read_text("utf-8")
    except OSError as error:
        raise ModelFileError(f"{path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ModelFileError(f"{path}, line {line}: this is not UTF-8 text") from error
    return _understood(text, str(path))


def _understood(text: str, name: str) -> Model:
    try:
        return read_model(text)
    except ModelError as error:
        where = f"{name}, line {error.line}" if error.line else name
        raise ModelFileError(f"{where}: {error.message}", hint="docs/score.md explains every key.") from error


def _natural(name: str) -> tuple[tuple[int, str], ...]:
    """``model-2`` before ``model-10``."""
    return tuple((int(part), "") if part.isdigit() else (0, part) for part in re.findall(r"\d+|\D+", name))
