"""The check-up of everything on this machine: the store, the settings, the tokens' file, the installed networks."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from klout_tui.config import Settings, nearest
from klout_tui.domain.checks import Check, Problem, wrongs
from klout_tui.errors import ConfigError, StoreError
from klout_tui.networks.registry import Broken, Registry
from klout_tui.paths import Paths
from klout_tui.store.checkup import check_up
from klout_tui.store.engine import Engine
from klout_tui.store.files import FILE_MODE, explained
from klout_tui.store.mending import mend
from klout_tui.store.records import ACCOUNTS, CORE

OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Report:
    """What was found and what was done."""

    checks: tuple[Check, ...]
    """As it is now."""
    deeds: tuple[str, ...] = ()
    """What a repair did."""

    @property
    def well(self) -> bool:
        """Whether nothing is wrong."""
        return not wrongs(self.checks)

    @property
    def mendable(self) -> int:
        """How many of the things that are wrong a repair can mend."""
        return sum(problem.mendable for problem in wrongs(self.checks))


def examine(paths: Paths, networks: Registry, clock: Callable[[], datetime]) -> Report:
    """Look at everything. Nothing is changed on disk, and nothing that is found stops it."""
    return Report((*_home(paths), *check_up(paths.store, clock).checks, _settings(paths, clock), _plugins(networks)))


def repair(paths: Paths, networks: Registry, clock: Callable[[], datetime]) -> Report:
    """Mend what can be mended, then look again.

    Raises:
        StoreError: another process refreshes, or the disk refuses.
    """
    deeds = []
    for path, mode in _too_open(paths):
        with explained("change the mode of", path):
            path.chmod(mode)
        deeds.append(f"Closed {path} to others.")
    deeds += mend(paths.store, clock)
    return Report(examine(paths, networks, clock).checks, tuple(dict.fromkeys(deeds)))


def _home(paths: Paths) -> tuple[Check, ...]:
    problems = []
    for path, mode in _too_open(paths):
        found = stat.S_IMODE(path.stat().st_mode)
        can = "read your tokens in" if path == paths.credentials else "change"
        words = f"Others can {can} {path} (mode {found:04o}, it should be {mode:04o})."
        problems.append(Problem(words=words, mendable=True))
    problems += _credentials(paths.credentials)
    return (Check(name="home", words="Settings and tokens are yours alone.", problems=tuple(problems)),)


def _too_open(paths: Paths) -> list[tuple[Path, int]]:
    """What others may change, or, of tokens, read; with the mode it should have."""
    if os.name != "posix":
        return []
    found: list[tuple[Path, int]] = []
    for path, refused in (
        (paths.settings.parent, OTHERS_WRITE),
        (paths.settings, OTHERS_WRITE),
        (paths.store.parent, OTHERS_WRITE),
        (paths.credentials, OTHERS),
    ):
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
        except OSError:
            continue  # not there, or told of by whoever reads it
        if mode & refused and path not in (each for each, _ in found):
            found.append((path, FILE_MODE if path == paths.credentials else mode & ~refused))
    return found


def _credentials(path: Path) -> list[Problem]:
    """Whether the tokens' file can be read; nothing it holds is repeated."""
    remedy = "Move it away and link the accounts that need a token again."
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        return []
    except OSError as error:
        return [Problem(words=f"{path} cannot be read: {error.strerror}.", remedy="Check who may read it.")]
    except ValueError:
        return [Problem(words=f"{path}, which holds tokens, is damaged.", remedy=remedy)]
    if not isinstance(content, dict) or not isinstance(content.get("tokens"), dict):
        return [Problem(words=f"{path}, which holds tokens, is damaged.", remedy=remedy)]
    return []


def _settings(paths: Paths, clock: Callable[[], datetime]) -> Check:
    words = (
        f"{paths.settings} is understood." if paths.settings.exists() else "There is no settings file; it need not be."
    )
    try:
        settings = Settings.load(paths.settings)
    except ConfigError as error:
        problem = Problem(words=f"{error.message}.", remedy=error.hint)
        return Check(name="settings", words=words, problems=(problem,))
    return Check(name="settings", words=words, problems=tuple(_strays(settings, paths, clock)))


def _strays(settings: Settings, paths: Paths, clock: Callable[[], datetime]) -> list[Problem]:
    """Settings for accounts nobody linked: a slip, mostly."""
    if not settings.accounts:
        return []
    engine = Engine(paths.store, clock, read_only=True)
    try:
        engine.open()
        known = set(engine.rows(CORE, ACCOUNTS))
    except StoreError:
        return []  # told of by the check-up of the store
    problems = []
    for name in sorted(set(settings.accounts) - known):
        guess = nearest(name, known)
        remedy = f"Did you mean {guess}?" if guess else ""
        problems.append(Problem(words=f"[accounts.{name!r}] is no linked account.", remedy=remedy, wrong=False))
    return problems


def _plugins(networks: Registry) -> Check:
    """Every installed network is loaded once; one that cannot be takes its accounts with it and no others."""
    broken = [found for name in networks if isinstance(found := networks.look(name), Broken)]
    remedy = "Update or uninstall the plugin; what was read before stays."
    problems = tuple(
        Problem(words=f"The network {each.name} does not load: {each.reason}.", remedy=remedy) for each in broken
    )
    return Check(name="networks", words=f"{', '.join(networks.names())}: all load.", problems=problems)
