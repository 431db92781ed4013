"""The check-up and the repair, on every kind of damage: it is said, nothing is touched, then it is mended."""

from __future__ import annotations

import atexit
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from klout_tui.domain.checks import Check, Mark, wrongs
from klout_tui.domain.model import Health, Profile
from klout_tui.errors import StoreError
from klout_tui.store import Store, agreement, locks
from klout_tui.store.checkup import check_up
from klout_tui.store.journal import scan
from klout_tui.store.mending import mend
from tests.store.build import ADA, BLOG, NOON, Clock, account, act, batch, fold, linked, post
from tests.store.test_damage import HARMS

MARCH, APRIL = "interactions-2026-03", "interactions-2026-04"
M11 = f"2026-03-11 like {ADA}"


LIVED = NOON + timedelta(days=30, hours=4)


def lived(folder: Path, clock: Clock) -> None:
    """A store as ``live`` leaves it, and the clock as it is then."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(template(), folder)
    clock.now = LIVED


@cache
def template() -> Path:
    place = Path(mkdtemp(prefix="klout-tui-lived-")) / "store"
    atexit.register(shutil.rmtree, place.parent)
    live(place)
    return place


def live(folder: Path) -> None:
    """Two months of two accounts, folded twice so that every file has a copy, and something in the journal."""
    clock = Clock()
    store = linked(folder, clock, zone="Europe/Berlin")
    store.link(account(BLOG, keys=("https://ada.example",)))
    news = [act(f"m{n}", NOON + timedelta(hours=n)) for n in range(8)]
    store.absorb(batch(post(likes=12), *news, profile=Profile(handle="@ada", followers=5)))
    store.set_health(Health(account=ADA, last_ok=NOON))
    fold(store)
    clock.forward(days=30)
    april = [act(f"a{n}", clock.now + timedelta(minutes=n), on="p2", by=f"x{n}") for n in range(6)]
    store.absorb(batch(post("p2", clock.now, likes=9), *april, cursor="2"))
    store.absorb(batch(act("m9", NOON + timedelta(days=1)), cursor="3"))
    store.thank(["m1"], clock.now)
    fold(store)
    clock.forward(hours=3)
    store.absorb(batch(act("j1", clock.now), cursor="4"))
    store.absorb(batch(act("j2", clock.now), cursor="5"))
    store.close()


def hashed(folder: Path) -> dict[str, tuple[int, bytes, int]]:
    """Everything that can be changed about the files, the folder's own time included."""
    return {
        str(path.relative_to(folder)): (
            path.lstat().st_mode,
            b"" if path.is_dir() or not os.access(path, os.R_OK) else path.read_bytes(),
            path.lstat().st_mtime_ns,
        )
        for path in (folder, *sorted(folder.rglob("*")))
    }


def told(folder: Path, clock: Clock) -> str:
    """All that the check-up says, in one text; it must change nothing."""
    before = hashed(folder)
    checks = check_up(folder, clock).checks
    assert hashed(folder) == before
    return "\n".join(f"{check.mark} {check.name}: {each.words}" for check in checks for each in check.problems)


def edit(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    tables = json.loads(path.read_bytes())
    change(tables)
    path.write_text(json.dumps(tables))


def edit_all(folder: Path, pattern: str, change: Callable[[dict[str, Any]], object]) -> None:
    for path in folder.glob(pattern):
        edit(path, change)


def swap(path: Path, old: bytes, new: bytes) -> None:
    body = path.read_bytes()
    assert old in body
    path.write_bytes(body.replace(old, new, 1))


def in_two_files(folder: Path) -> None:
    tables = json.loads((folder / f"{MARCH}.json").read_bytes())
    edit(folder / f"{APRIL}.json", lambda april: april["interactions"].update(m1=tables["interactions"]["m1"]))


def cut_header(folder: Path) -> None:
    journal = folder / "journal"
    journal.write_bytes(b'{"format":' + journal.read_bytes())


def older_journal(folder: Path) -> None:
    """The journal of yesterday beside the files of today."""
    for path in folder.glob("*.json"):
        edit(path, lambda tables: tables["meta"]["file"].update(folded=99))


def forget_copy(folder: Path, shard: str) -> None:
    (folder / f"{shard}.json").unlink()
    (folder / f"{shard}.json.bak").unlink(missing_ok=True)


@dataclass(frozen=True)
class Damage:
    """What is done, what is said of it, and what is left to say once it was mended."""

    do: Callable[[Path], object]
    says: str
    mark: Mark = Mark.WRONG
    after: str = ""


DAMAGE: dict[str, Damage] = {
    **{
        f"{how}": Damage(
            lambda folder, how=how: (folder / f"{MARCH}.json").write_bytes(  # type: ignore[misc]
                HARMS[how]((folder / f"{MARCH}.json").read_bytes())
            ),
            "interactions-2026-03.json is damaged .*the interactions of March 2026",
        )
        for how in HARMS
    },
    "no copy either": Damage(
        lambda folder: [path.write_bytes(b"") for path in folder.glob(f"{MARCH}.json*")],
        "there is no good copy. Missing is the interactions of March 2026",
    ),
    "spare copy garbled": Damage(
        lambda folder: (folder / f"{MARCH}.json.bak").write_bytes(b"{"), "the spare copy, is damaged", Mark.NOTE
    ),
    "core truncated": Damage(lambda folder: os.truncate(folder / "core.json", 90), "core.json is damaged .*cut short"),
    "core gone": Damage(
        lambda folder: forget_copy(folder, "core"), "core.json is missing, and no copy", after="which is no account"
    ),
    "days gone": Damage(lambda folder: forget_copy(folder, "days-2026"), "day totals? disagree"),
    "file gone, copy there": Damage(
        lambda folder: (folder / f"{MARCH}.json").unlink(), "is missing; its last good copy is there"
    ),
    "file and copy gone": Damage(
        lambda folder: forget_copy(folder, MARCH), "9 ids it knows of March 2026 are not there"
    ),
    "row that makes no sense": Damage(
        lambda folder: swap(folder / f"{MARCH}.json", b'"kind":"like"', b'"kind":"lick"'),
        "1 row could not be understood: interactions-2026-03.json: interactions '..'.*Incomplete: .*March 2026",
    ),
    "account that makes no sense": Damage(
        lambda folder: edit(folder / "core.json", lambda core: core["accounts"][ADA].pop("handle")),
        "could not be understood: core.json: accounts",
    ),
    "date changed by hand": Damage(
        lambda folder: edit(
            folder / f"{MARCH}.json", lambda it: it["interactions"]["m1"].update(at="2026-04-02T01:00:00Z")
        ),
        "1 row lies in the wrong place",
    ),
    "wrong total": Damage(
        lambda folder: edit(folder / "days-2026.json", lambda it: it["days"][M11].update(named=77)),
        r"1 day total disagrees .*11 March 2026, like, .*: \d+ noted, \d+ counted",
    ),
    "total gone": Damage(
        lambda folder: edit(folder / "days-2026.json", lambda days: days["days"].popitem()), "none noted, . counted"
    ),
    "total too many": Damage(
        lambda folder: edit(
            folder / "days-2026.json",
            lambda days: days["days"].update(
                {f"2026-01-01 like {ADA}": {"account": ADA, "day": "2026-01-01", "kind": "like", "named": 3}}
            ),
        ),
        "1 January 2026, like, .*: 3 noted, 0 counted",
    ),
    "tally changed": Damage(
        lambda folder: edit(folder / "posts-2026-04.json", lambda it: it["tallies"]["p2"]["named"]["like"].popitem()),
        "named reactions noted for 1 post disagree",
    ),
    "tally gone": Damage(
        lambda folder: edit(folder / "posts-2026-04.json", lambda posts: posts["tallies"].pop("p2")),
        "Reactions without a name are wrong for 1 post: p2",
    ),
    "unnamed changed": Damage(
        lambda folder: edit(folder / "posts-2026-04.json", lambda it: it["posts"]["p2"]["unnamed"][0].update(count=50)),
        "Reactions without a name are wrong for 1 post: p2",
    ),
    "columns changed": Damage(
        lambda folder: edit(folder / "digest-2026-03.json", lambda it: it["digest"]["columns"]["at"].reverse()),
        "The columns of March 2026 disagree with what they follow from",
    ),
    "columns garbled": Damage(
        lambda folder: swap(folder / "digest-2026-03.json", b'"columns"', b'"calumns"'), "digest-2026-03.json"
    ),
    "row in two files": Damage(in_two_files, "1 row lies in two files at once: m1 .April 2026 and March 2026."),
    "row gone": Damage(
        lambda folder: edit(folder / f"{MARCH}.json", lambda march: march["interactions"].pop("m3")),
        "1 id it knows of March 2026 is not there",
    ),
    "index garbled": Damage(
        lambda folder: [path.write_bytes(b"{}") for path in folder.glob("known-*.json")], "It is an index"
    ),
    "index emptied": Damage(
        lambda folder: edit_all(folder, "known-*.json", lambda index: index["known"].clear()),
        "The index of ids does not agree with the files: .*of March 2026 are not in it",
    ),
    "journal header garbled": Damage(cut_header, "first line is damaged; 2 commits in it can still be read"),
    "journal hole": Damage(lambda folder: swap(folder / "journal", b'"id":"j1"', b'"id":"XX"'), "journal has a hole"),
    "journal torn": Damage(
        lambda folder: os.truncate(folder / "journal", (folder / "journal").stat().st_size - 9),
        "ends in half a line",
        Mark.NOTE,
    ),
    "journal gone": Damage(lambda folder: (folder / "journal").unlink(), "journal is missing"),
    "journal older than the files": Damage(older_journal, "newer than the journal: single files were put back"),
    "file open to others": Damage(lambda folder: (folder / "core.json").chmod(0o644), "core.json has mode 0644"),
    "folder open to others": Damage(lambda folder: folder.chmod(0o755), "has mode 0755, so others can get at it"),
    "file under another name": Damage(
        lambda folder: (folder / f"{MARCH}.json").rename(folder / "interactions-2026-02.json"),
        "interactions-2026-02.json says it is interactions-2026-03.json",
    ),
    "leftover": Damage(lambda folder: (folder / "core.json.tmp").touch(0o600), "was left by a process", Mark.NOTE),
    "migration given up": Damage(lambda folder: (folder / "migrating").mkdir(0o700), "migrating/ is a copy", Mark.NOTE),
    "changed in the future": Damage(
        lambda folder: os.utime(folder / "core.json", (4e9, 4e9)), "core.json was changed in the future", Mark.NOTE
    ),
    "bookmark of nobody": Damage(
        lambda folder: edit(folder / "core.json", lambda core: core["cursors"].update(nobody={"cursor": {}})),
        "A bookmark is kept for nobody, which is no account",
    ),
    "account gone": Damage(
        lambda folder: edit(folder / "core.json", lambda core: core["accounts"].pop(ADA)),
        "rows belong to mastodon:ada@social.example, which is no account",
        after="rows belong to mastodon:ada@social.example",
    ),
    "health from the future": Damage(
        lambda folder: edit(folder / "core.json", lambda it: it["health"][ADA].update(last_ok="2099-01-01T00:00:00Z")),
        "was last read in the future",
    ),
    "zone gone": Damage(
        lambda folder: edit(folder / "core.json", lambda core: core["store"].clear()), "does not say which time zone"
    ),
    "own act not flagged": Damage(
        lambda folder: edit(
            folder / f"{MARCH}.json",
            lambda it: it["interactions"]["m2"]["actor"].update(key="https://social.example/users/ada"),
        ),
        "1 act of your own accounts counted as somebody else",
    ),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_said_then_mended(folder: Path, clock: Clock, kind: str) -> None:
    lived(folder, clock)
    assert told(folder, clock) == ""
    damage = DAMAGE[kind]
    kept = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    damage.do(folder)
    found = told(folder, clock)
    assert re.search(damage.says, found), found
    assert damage.mark in found.split()
    assert (Mark.WRONG in found.split()) == (damage.mark is Mark.WRONG)
    assert mend(folder, clock)
    left = told(folder, clock)
    rest = [line for line in left.splitlines() if "set aside as damaged" not in line]
    assert all(damage.after and re.search(damage.after, line) for line in rest), left
    with Store.open(folder, clock=clock) as store:
        named = Counter(each.at.astimezone(store.zone).date() for each in store.interactions() if not each.own)
        assert {row.day: row.named for row in store.days() if row.named} == named
    assert kept.keys() - {path.name for path in folder.iterdir()} <= _may_go(kind)


def _may_go(kind: str) -> set[str]:
    """Copies of a fold before, which the next replaces; never a file that holds anything."""
    gone = {
        "file under another name": {f"{MARCH}.json"},
        "file and copy gone": {f"{MARCH}.json", f"{MARCH}.json.bak"},
        "no copy either": {f"{MARCH}.json"},
    }
    return {"core.json.bak", "days-2026.json.bak", f"{MARCH}.json.bak"} | gone.get(kind, set())


def test_what_is_lost_comes_back_with_the_next_refresh(folder: Path, clock: Clock) -> None:
    lived(folder, clock)
    forget_copy(folder, MARCH)
    deeds = mend(folder, clock)
    assert "Something is missing from March 2026." in deeds
    with Store.open(folder, clock=clock) as store:
        assert store.cursor(ADA) == {}
        again = batch(*(act(f"m{n}", NOON + timedelta(hours=n)) for n in range(8)), cursor="9")
        assert store.absorb(again).new_interactions == 8
    assert told(folder, clock) == ""


def test_a_row_comes_back_from_the_copy(folder: Path, clock: Clock) -> None:
    lived(folder, clock)
    swap(folder / f"{MARCH}.json", b'"kind":"like"', b'"kind":"lick"')
    before = (folder / f"{MARCH}.json").read_bytes()
    deeds = mend(folder, clock)
    assert any("from the last good copy" in deed for deed in deeds)
    (aside,) = folder.glob("*.damaged-*")
    assert aside.read_bytes() == before
    with Store.open(folder, clock=clock) as store:
        assert len(store.interactions()) == 17


@pytest.mark.parametrize("name", ["core.json", "journal", f"{MARCH}.json"])
def test_a_newer_format_is_named_and_left_alone(folder: Path, clock: Clock, name: str) -> None:
    lived(folder, clock)
    swap(folder / name, b'"format":', b'"format":9')
    assert "written by a newer klout-tui" in told(folder, clock)
    before = hashed(folder)
    mend(folder, clock)
    assert hashed(folder) == before
    problem = wrongs(check_up(folder, clock).checks)[0]
    assert not problem.mendable
    assert "Update" in problem.remedy


def test_a_zone_nobody_knows_is_hers_to_choose(folder: Path, clock: Clock) -> None:
    lived(folder, clock)
    edit(folder / "core.json", lambda core: core["store"]["zone"].update(value="Mars/Phobos"))
    assert "'Mars/Phobos', which cuts your days, is not known here" in told(folder, clock)
    mend(folder, clock)
    (problem,) = wrongs(check_up(folder, clock).checks)
    assert "klout-tui zone" in problem.remedy


def test_a_single_file_of_another_format_needs_a_backup(folder: Path, clock: Clock) -> None:
    lived(folder, clock)
    edit(folder / f"{MARCH}.json", lambda march: march["meta"]["file"].update(format=0))
    assert "is not of format" in told(folder, clock)
    assert not wrongs(check_up(folder, clock).checks)[0].mendable


def test_dates_that_cannot_be_are_told_and_nothing_is_wrong(folder: Path, clock: Clock) -> None:
    lived(folder, clock)
    with Store.open(folder, clock=clock) as store:
        store.absorb(batch(post("old", datetime(1970, 1, 1, tzinfo=UTC)), act("soon", clock.now + timedelta(days=9))))
    found = told(folder, clock)
    assert "note clock: 1 row dated in the future: soon" in found
    assert "note clock: 1 row dated before 1990: old (1 January 1970)" in found
    assert Mark.WRONG not in found


def test_others_at_work_are_named_and_a_refresh_is_not_disturbed(folder: Path, clock: Clock) -> None:
    lived(folder, clock)
    with locks.refreshing(folder):
        assert "note company: Another klout-tui is refreshing" in told(folder, clock)
        with pytest.raises(StoreError, match="refreshing; nothing was mended"):
            mend(folder, clock)
    with locks.writing(folder):
        assert "note company: Another klout-tui is writing" in told(folder, clock)


def test_nothing_kept_is_nothing_wrong(folder: Path, clock: Clock) -> None:
    assert [check.mark for check in check_up(folder, clock).checks] == [Mark.OK, Mark.OK]
    assert mend(folder, clock) == []
    assert not folder.exists()


def test_a_full_disk_is_foreseen(folder: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    lived(folder, clock)
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 4 << 20})())
    assert "wrong disk space: Only 4.0 MB are free" in told(folder, clock)


def test_a_folder_that_cannot_be_read_is_said(folder: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    lived(folder, clock)

    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    (check,) = check_up(folder, clock).checks
    assert (check.mark, check.problems[0].words) == (Mark.WRONG, f"{folder} cannot be read: Permission denied.")


def test_a_store_that_keeps_changing_is_not_called_wrong(
    folder: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived(folder, clock)
    with Store.open(folder, clock=clock) as other:

        def meanwhile(*arguments: Any) -> Any:
            other.remember("n", str(len(journal())))
            return real(*arguments)

        def journal() -> list[object]:
            return list(scan((folder / "journal").read_bytes().partition(b"\n")[2], -1).commits)

        real = agreement.compare
        monkeypatch.setattr("klout_tui.store.checkup.compare", meanwhile)
        marks = {check.name: check for check in check_up(folder, clock).checks}
    assert "kept writing" in marks["contents"].problems[0].words
    assert not wrongs(marks.values())


def test_repairing_twice_does_nothing_the_second_time(folder: Path, clock: Clock) -> None:
    lived(folder, clock)
    in_two_files(folder)
    mend(folder, clock)
    assert mend(folder, clock) == []


cuts = st.tuples(st.integers(0, 60), st.floats(0, 1), st.sampled_from(["cut", "flip", "drop", "double"]))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(cuts, min_size=1, max_size=3))
def test_whatever_happens_to_files_the_check_up_speaks_and_the_repair_leaves_a_store(
    harms: list[tuple[int, float, str]],
) -> None:
    with TemporaryDirectory() as name:
        folder, clock = Path(name) / "store", Clock()
        lived(folder, clock)
        for number, where, how in harms:
            paths = sorted(path for path in folder.iterdir() if path.suffix != ".lock")
            path = paths[number % len(paths)]
            body = path.read_bytes()
            at = int(len(body) * where)
            if how == "drop":
                path.unlink()
            else:
                bit = bytes([body[at] ^ 0x10]) if at < len(body) else b""
                path.write_bytes({"cut": body[:at], "flip": body[:at] + bit + body[at + 1 :], "double": body * 2}[how])
        told(folder, clock)
        mend(folder, clock)
        again = [problem for problem in wrongs(check_up(folder, clock).checks) if problem.mendable]
        assert again == []


def test_marks_are_words() -> None:
    assert msgspec.json.encode(Check(name="x", words="y")) == b'{"name":"x","words":"y"}'
    assert [str(mark) for mark in Mark] == ["ok", "note", "wrong"]
