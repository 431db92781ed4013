"""Turnouts beside their digests: made when asked for, true whatever happens to what they follow from."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from klout_tui.domain.checks import wrongs
from klout_tui.domain.days import Days
from klout_tui.domain.digest import digests, ticks
from klout_tui.domain.turnout import Turnout, turnout
from klout_tui.store import Store, turnouts
from klout_tui.store.backup import back_up, restore
from klout_tui.store.checkup import check_up
from klout_tui.store.mending import mend
from klout_tui.store.rezone import change_zone
from tests.store.build import (
    ADA,
    BLOG,
    NOON,
    REPLY,
    REPOST,
    Clock,
    account,
    act,
    batch,
    fold,
    linked,
    post,
    tiny_tables,
)

MARCH = "2026-03"
FILE = f"turnout-{MARCH}.json"


def from_scratch(store: Store) -> dict[str, Turnout]:
    made = (turnout(each, Days(store.zone)) for each in digests(store.interactions(), store.posts()))
    return {each.month: each for each in made if not each.is_empty}


def kept(store: Store) -> dict[str, Turnout]:
    found = {month: store.turnout(month).turnout for month in store.turnout_versions("9999-12")}
    return {month: each for month, each in found.items() if not each.is_empty}


def fill(store: Store) -> None:
    store.link(account(BLOG, keys=("https://ada.example",)))
    store.absorb(batch(post(likes=9), act("a1"), act("a2", by="cy", kind=REPLY), act("a3", NOON + timedelta(days=1))))
    late = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)  # in Berlin the first of April
    store.absorb(batch(act("a4", late, by="dee", kind=REPOST), cursor="2"))


def test_it_is_made_when_asked_for_and_then_read(folder: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    with linked(folder, clock) as store:
        fill(store)
        fold(store)
        assert not (folder / FILE).exists()
        first = kept(store)
        assert first == from_scratch(store)
        assert (folder / FILE).exists()
        monkeypatch.setattr(turnouts, "turnout", None)
        assert kept(store) == first
    tiny_tables(folder)


def test_what_the_journal_holds_is_on_top_and_folding_makes_room_for_it(folder: Path, clock: Clock) -> None:
    with linked(folder, clock) as store:
        fill(store)
        fold(store)
        before = kept(store)
        store.absorb(batch(act("a9", by="eve"), cursor="9"))
        assert kept(store) == from_scratch(store) != before
        fold(store)
        assert not (folder / FILE).exists()
        assert kept(store) == from_scratch(store)
        assert (folder / FILE).exists()


def test_a_version_changes_with_what_it_stands_for_and_a_mark_only_with_the_content(folder: Path, clock: Clock) -> None:
    with linked(folder, clock) as store:
        fill(store)
        fold(store)
        versions, mark = store.turnout_versions("2026-12"), store.turnout(MARCH).mark
        assert store.turnout_versions("2026-12") == versions
        assert store.turnout_versions("2026-02") == {}
        store.remember("theme", "nord")
        assert store.turnout_versions("2026-12") == versions
        store.absorb(batch(post(likes=9, title="Another title"), cursor="3"))
        assert store.turnout_versions("2026-12") != versions
        assert store.turnout(MARCH).mark == mark
        store.absorb(batch(act("a9", by="eve"), cursor="9"))
        assert store.turnout(MARCH).mark != mark


def test_what_is_forgotten_leaves_no_trace(folder: Path, clock: Clock) -> None:
    with linked(folder, clock) as store:
        fill(store)
        store.absorb(batch(act("b1", by="https://far.example/zoe", account=BLOG, on=None), of=BLOG))
        fold(store)
        kept(store)
        assert b"zoe" in (folder / FILE).read_bytes()
        store.forget(BLOG)
        assert [path.name for path in folder.iterdir() if path.is_file() and b"zoe" in path.read_bytes()] == []
        assert kept(store) == from_scratch(store)
        assert all(b"zoe" not in path.read_bytes() for path in folder.glob("turnout-*"))


def test_another_zone_cuts_the_days_anew(folder: Path, clock: Clock) -> None:
    with linked(folder, clock) as store:
        fill(store)
        fold(store)
        berlin = kept(store)
    change_zone(folder, "America/New_York", clock)
    with Store.open(folder, clock=clock) as store:
        assert kept(store) == from_scratch(store) != berlin
        assert store.turnout(MARCH).turnout.zone == "America/New_York"


def test_a_store_that_is_only_looked_at_gets_no_file(folder: Path, clock: Clock) -> None:
    with linked(folder, clock) as store:
        fill(store)
        fold(store)
    with Store.open(folder, clock=clock, read_only=True) as store:
        assert kept(store) == from_scratch(store)
        until = ticks(NOON + timedelta(hours=1))
        early = store.turnout(MARCH, until).turnout
        assert [each.day for each in early.blocks] == [NOON.date().toordinal()]
    assert not (folder / FILE).exists()


@pytest.mark.parametrize("harm", [b"", b"{", b"[]", b'{"meta":{"file":{"name":"x","format":2,"folded":1}}}'])
def test_a_damaged_file_is_made_anew(folder: Path, clock: Clock, harm: bytes) -> None:
    with linked(folder, clock) as store:
        fill(store)
        fold(store)
        kept(store)
    (folder / FILE).write_bytes(harm)
    with Store.open(folder, clock=clock) as store:
        assert kept(store) == from_scratch(store)
        store.look_at(FILE.removesuffix(".json"))
        assert store.warnings() == ()
    (folder / FILE).write_bytes(harm)
    with Store.open(folder, clock=clock) as store:
        store.look_at(FILE.removesuffix(".json"))
        assert not (folder / FILE).exists()
        assert "made anew" in store.warnings()[0]
        assert kept(store) == from_scratch(store)


def test_one_of_another_layout_or_of_an_older_digest_is_not_believed(folder: Path, clock: Clock) -> None:
    with linked(folder, clock) as store:
        fill(store)
        fold(store)
        kept(store)
    whole = json.loads((folder / FILE).read_bytes())
    for place, name, value in (("turnout", "layout", 99), ("meta", "folded", 0)):
        other = json.loads(json.dumps(whole))
        other[place]["columns" if place == "turnout" else "file"][name] = value
        other["turnout"]["columns"]["actors"] = ["nobody"] * len(other["turnout"]["columns"]["actors"])
        (folder / FILE).write_text(json.dumps(other))
        with Store.open(folder, clock=clock) as store:
            assert kept(store) == from_scratch(store)


def test_the_check_up_finds_one_that_disagrees_and_the_repair_makes_it_anew(folder: Path, clock: Clock) -> None:
    with linked(folder, clock) as store:
        fill(store)
        fold(store)
        kept(store)
    assert wrongs(check_up(folder, clock).checks) == []
    body = (folder / FILE).read_bytes()
    (folder / FILE).write_bytes(body.replace(b'"cy"', b'"xx"'))
    told = msgspec.json.encode(check_up(folder, clock)).decode()
    assert "Who turned up in March 2026" in told
    mend(folder, clock)
    assert "Who turned up" not in msgspec.json.encode(check_up(folder, clock)).decode()
    with Store.open(folder, clock=clock) as store:
        assert kept(store) == from_scratch(store)


def test_a_backup_brings_it_back(folder: Path, clock: Clock, tmp_path: Path) -> None:
    with linked(folder, clock) as store:
        fill(store)
        fold(store)
        before = kept(store)
    archive, copy = tmp_path / "backup.tar.gz", tmp_path / "copy" / "store"
    back_up(folder, tmp_path / "settings.toml", archive, clock)
    restore(archive, copy, tmp_path / "copy" / "settings.toml", clock)
    assert (copy / FILE).read_bytes() == (folder / FILE).read_bytes()
    with Store.open(copy, clock=clock) as store:
        assert kept(store) == before


things = st.one_of(
    st.tuples(st.just("act"), st.integers(0, 40), st.sampled_from(["bo", "cy", "dee"]), st.integers(0, 70)),
    st.tuples(st.just("post"), st.integers(0, 4), st.integers(0, 9), st.integers(0, 70)),
    st.tuples(st.just("fold")),
    st.tuples(st.just("ask")),
    st.tuples(st.just("open")),
    st.tuples(st.just("forget")),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(things, max_size=14))
def test_whatever_happens_it_says_what_the_documents_say(
    tmp_path_factory: pytest.TempPathFactory, what: list[tuple[object, ...]]
) -> None:
    folder, clock = tmp_path_factory.mktemp("any") / "store", Clock()
    store = linked(folder, clock)
    for number, (deed, *rest) in enumerate(what):
        clock.forward(hours=2)
        if deed == "act":
            name, who, day = rest
            assert isinstance(day, int)
            store.absorb(batch(act(f"a{name}", NOON + timedelta(days=day), by=str(who)), cursor=str(number)))
        elif deed == "post":
            name, likes, day = rest
            assert isinstance(day, int)
            assert isinstance(likes, int)
            store.absorb(batch(post(f"p{name}", NOON + timedelta(days=day), likes=likes), cursor=str(number)))
        elif deed == "fold":
            fold(store)
        elif deed == "open":
            store.close()
            store = Store.open(folder, clock=clock)
        elif deed == "forget":
            store.forget(ADA)
            store.link(account())
        assert kept(store) == from_scratch(store) if deed == "ask" else True
    assert kept(store) == from_scratch(store)
    store.close()
    assert store.zone == ZoneInfo("Europe/Berlin")
