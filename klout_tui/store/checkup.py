"""The check-up of a store: every file, and whether what they hold agrees. It changes nothing on disk."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from klout_tui.domain.checks import Check, Problem
from klout_tui.errors import StoreError
from klout_tui.store import locks
from klout_tui.store.agreement import Agreement, compare
from klout_tui.store.engine import Engine
from klout_tui.store.inspection import Inspection, inspect
from klout_tui.store.records import CORE, STORE, ZONE
from klout_tui.store.rescue import RECOUNT
from klout_tui.store.telling import many
from klout_tui.store.zones import other_system_zone, system_zone, zone_name, zone_of

LEAST_SPACE: Final = 50 << 20
"""Bytes that must be free: a commit needs kilobytes, tidying up as much as the largest file."""

_ROUNDS: Final = 3


@dataclass(frozen=True, slots=True)
class Findings:
    """What a check-up found: for the user, and for whoever mends it."""

    checks: tuple[Check, ...]
    files: Inspection
    rows: Agreement | None
    """None where it was no use comparing, or not possible."""


def check_up(folder: Path, clock: Callable[[], datetime]) -> Findings:
    """Look at everything in the store's folder. Never raises for what it finds, and writes nothing."""
    now = clock()
    try:
        files = inspect(folder, now)
    except OSError as error:
        words = f"{folder} cannot be read: {error.strerror}."
        problem = Problem(words=words, remedy="Check who owns the folder and its permissions.")
        return Findings((Check(name="files", words="", problems=(problem,)),), Inspection(), None)
    if not files.there:
        nothing = Check(name="files", words="Nothing is kept yet.", problems=tuple(files.leftovers))
        return Findings((nothing, _space(folder, files)), files, None)
    zone, zone_check = _zone(folder, clock, files)
    rows, contents = _contents(folder, clock, files, zone)
    size = files.size / (1 << 20)
    checks = (
        _check("permissions", "Nobody but you can read the store.", files.permissions),
        _check("files", f"{many(files.files, 'file')}, {size:,.1f} MB, all whole.", files.damage),
        _check("journal", "Every commit in it is whole.", files.journal),
        *contents,
        _check("clock", "No date lies in the future.", [*files.clocks, *(rows.clocks if rows else ())]),
        zone_check,
        _space(folder, files),
        _company(folder),
        _check("leftovers", "Nothing was left behind.", files.leftovers),
    )
    return Findings(checks, files, rows)


def _check(name: str, words: str, problems: Sequence[Problem]) -> Check:
    return Check(name=name, words=words, problems=tuple(problems))


def _contents(
    folder: Path, clock: Callable[[], datetime], files: Inspection, zone: ZoneInfo | None
) -> tuple[Agreement | None, list[Check]]:
    """What the files hold; compared only where that can be: one damaged file makes every sum wrong."""
    if not files.sound or zone is None:
        why = "Not compared: " + (
            "the time zone comes first." if files.sound else "the files and the journal come first."
        )
        return None, [_check("contents", "", [Problem(words=why, wrong=False)])]
    try:
        rows, pending = _compared(folder, clock, zone)
    except StoreError as error:
        problem = Problem(words=error.message, remedy=error.hint)
        return None, [_check("contents", "", [problem])]
    if rows is None:
        words = "Not compared: another klout-tui kept writing. Try again in a moment."
        return None, [_check("contents", "", [Problem(words=words, wrong=False)])]
    totals = list(rows.totals)
    if pending:
        words = "Damage was found earlier, and what follows from the rest is to be counted again."
        totals.append(Problem(words=words, mendable=True))
    held = f"{many(rows.interactions, 'interaction')} and {many(rows.posts, 'post')}"
    return rows, [
        _check("rows", f"{held}, each understood and in its place.", rows.rows),
        _check("index", "It knows every id and where it lies.", rows.index),
        _check("totals", f"{many(rows.days, 'day total')}, all equal to what they count.", totals),
        _check("columns", "Every month's columns agree with what they follow from.", rows.digests),
        _check("accounts", "Everything belongs to an account.", rows.accounts),
    ]


def _compared(folder: Path, clock: Callable[[], datetime], zone: ZoneInfo) -> tuple[Agreement | None, bool]:
    """A comparison in whose course nobody else wrote, or None."""
    engine = Engine(folder, clock, read_only=True)
    engine.open()
    for _ in range(_ROUNDS):
        before = (engine.epoch, engine.revision)
        rows = compare(engine, zone, clock())
        pending = engine.row(CORE, STORE, RECOUNT) is not None
        engine.catch_up()
        if before == (engine.epoch, engine.revision):
            return rows, pending
    return None, False


def _zone(folder: Path, clock: Callable[[], datetime], files: Inspection) -> tuple[ZoneInfo | None, Check]:
    name = "time zone"
    if files.newer or files.unfinished or files.older:
        return None, _check(name, "", [Problem(words="Not looked at: the format comes first.", wrong=False)])
    engine = Engine(folder, clock, read_only=True)
    try:
        engine.open()
        row = engine.row(CORE, STORE, ZONE)
    except StoreError as error:
        return None, _check(name, "", [Problem(words=error.message, remedy=error.hint)])
    kept = zone_name(row)
    if kept is None:
        words = "The store does not say which time zone cuts its days; a repair takes your system's."
        return None, _check(name, "", [Problem(words=words, mendable=True)])
    try:
        zone = zone_of(kept)
    except StoreError:
        words = f"The time zone {kept!r}, which cuts your days, is not known here."
        remedy = f"Choose another one: klout-tui zone {system_zone()}"
        return None, _check(name, "", [Problem(words=words, remedy=remedy)])
    other = other_system_zone(zone, clock())
    if other is None:
        return zone, _check(name, f"Your days are cut in {zone.key}, as your system's are.", [])
    words = f"Your system says {other.key}, your days are cut in {zone.key}."
    remedy = f"klout-tui zone {other.key} changes it; nothing else does."
    return zone, _check(name, "", [Problem(words=words, remedy=remedy, wrong=False)])


def _space(folder: Path, files: Inspection) -> Check:
    there = next(place for place in (folder, *folder.parents) if place.exists())
    try:
        free = shutil.disk_usage(there).free
    except OSError as error:
        return _check("disk space", "", [Problem(words=f"It cannot be told: {error.strerror}.", wrong=False)])
    wanted = max(LEAST_SPACE, files.size)
    words = f"{free / (1 << 30):,.1f} GB are free."
    if free >= wanted:
        return _check("disk space", words, [])
    words = f"Only {free / (1 << 20):,.1f} MB are free, and {wanted / (1 << 20):,.0f} MB may be needed."
    return _check("disk space", "", [Problem(words=words, remedy="Free some space; nothing is lost until then.")])


def _company(folder: Path) -> Check:
    """Whether others are at work: no mistake, but it explains what looks like one."""
    name, found = "company", []
    try:
        if locks.refreshing_elsewhere(folder):
            found.append(Problem(words="Another klout-tui is refreshing right now.", wrong=False))
        if locks.writing_elsewhere(folder):
            found.append(Problem(words="Another klout-tui is writing right now.", wrong=False))
    except OSError as error:
        found.append(Problem(words=f"The lock files cannot be read: {error.strerror}.", mendable=True))
    return _check(name, "No other klout-tui refreshes or writes right now.", found)
