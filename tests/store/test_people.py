"""Deciding about people: totals and every view stay exact, and each decision can be taken back."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klout_tui.domain.checks import wrongs
from klout_tui.domain.dashboard import Choice, derive
from klout_tui.domain.settled import How, Settled
from klout_tui.errors import UsageError
from klout_tui.store import Store
from klout_tui.store.checkup import check_up
from klout_tui.store.facts import read_facts
from klout_tui.store.gathering import Waits, who_waits
from klout_tui.store.mending import mend
from klout_tui.store.records import CORE, INTERACTIONS, PEOPLE, Regard, decode_interaction, raw
from tests.store.build import (
    ADA,
    NOON,
    REPLY,
    REPOST,
    Clock,
    account,
    act,
    batch,
    digests_agree,
    fold,
    linked,
    post,
    totals,
)

WHO = ("ann", "bo", "cy", "di")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = linked(tmp_path / "store", Clock())
    news = [act(f"{kind}-{who}", by=who, kind=kind) for who in WHO for kind in (REPLY, REPOST)]
    store.absorb(batch(post(topics=("python",)), *news))
    return store


def seen(store: Store) -> tuple[object, ...]:
    """Everything that must agree: totals, pane, topics, news, the chart."""
    view = derive(read_facts(store, NOON, past=False), NOON, store.zone, Choice())
    acts = Counter(
        actor for digest in store.history() for d in [digest.visible()] for actor in map(d.actors.__getitem__, d.actor)
    )
    return totals(store), view.plusk_count, view.topics, view.engagement.total, view.news, acts


def test_ignoring_leaves_out_everywhere_and_heeding_brings_back(store: Store) -> None:
    before = seen(store)
    store.ignore(["bo", "cy"])
    during = seen(store)
    assert during[0] == {("2026-03-10", "reply"): (2, 0, 0), ("2026-03-10", "repost"): (2, 0, 0)}
    assert during[5] == Counter(ann=2, di=2)
    assert store.ties().ignored == {"bo", "cy"}
    store.ignore(["bo", "cy"], ignored=False)
    assert seen(store) == before
    assert not store.ties()


def test_what_an_ignored_person_does_next_counts_nowhere(store: Store) -> None:
    store.ignore(["bo"])
    store.absorb(batch(act("later", by="bo"), act("other", by="ann"), cursor="2"))
    assert {each.id for each in store.interactions() if each.ignored} == {"reply-bo", "repost-bo", "later"}
    assert totals(store)["2026-03-10", "like"] == (1, 0, 0)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ignore", "heed", "merge", "split", "own", "news"]),
            st.sampled_from(WHO),
            st.sampled_from(WHO),
        )
    ),
    st.randoms(),
)
def test_totals_are_a_plain_count_whatever_is_decided(
    tmp_path_factory: pytest.TempPathFactory, deeds: list[tuple[str, str, str]], rng: object
) -> None:
    store = linked(tmp_path_factory.mktemp("people") / "store", Clock())
    store.absorb(batch(post(), *(act(f"{who}{n}", by=who) for who in WHO for n in range(3))))
    ignored: set[str] = set()
    own: set[str] = set()
    for number, (deed, one, other) in enumerate(deeds):
        match deed:
            case "ignore" | "heed":
                store.ignore([one], ignored=deed == "ignore")
                ignored = ignored | {one} if deed == "ignore" else ignored - {one}
            case "merge":
                try:
                    store.merge([one, other])
                except UsageError:
                    ties = store.ties()
                    group = {handle for key in (one, other) for handle in ties.handles(ties.person(key))}
                    assert group & own or ignored
            case "split":
                store.split(one)
            case "own":
                store.declare_own([one])
                own.add(one)
            case _:
                store.absorb(batch(act(f"new{number}", by=one), cursor=str(number)))
    counting = [each for each in store.interactions() if each.actor.key not in ignored | own]
    assert sum(row.total for row in store.days()) == len(counting)
    assert all(each.counts == (each in counting) for each in store.interactions())
    acted = Counter(d.actors[p] for digest in store.history() for d in [digest.visible()] for p in d.actor)
    assert acted == Counter(store.ties().person(each.actor.key) for each in counting)
    digests_agree(store)
    store.close()


def test_who_waits_is_read_again_only_where_something_came_in(store: Store) -> None:
    """And tells the same as a fresh reading, whatever was decided, answered or told since."""
    waits = Waits()
    asked = [act(f"ask-{who}", by=who, kind=REPLY, text="Does this work for you?") for who in WHO]
    store.absorb(batch(*asked, cursor="2"))

    def told() -> list[str]:
        history = tuple(store.history(keep=True))
        found = waits.who(store, history, NOON)
        assert found == who_waits(store, history, NOON)
        return sorted(each.id for each in found)

    assert told() == ["ask-ann", "ask-bo", "ask-cy", "ask-di"]
    store.thank(["repost-ann"], NOON)
    store.settle(["ask-ann"], Settled(how=How.DONE, at=NOON))
    store.merge(["bo", "cy"])
    assert told() == ["ask-bo", "ask-cy", "ask-di"]
    assert waits.reads == 1
    store.settle(["ask-ann"], None)
    store.ignore(["di"])
    assert told() == ["ask-ann", "ask-bo", "ask-cy"]
    store.absorb(batch(act("ask-news-bot", by="x/news-bot", kind=REPLY, text="Why?"), cursor="3"))
    store.absorb(batch(act("ask-eve", by="eve", kind=REPLY, text="Why?"), cursor="4"))
    assert "ask-eve" in told()
    reads = waits.reads
    store.absorb(batch(post("mine", kind="reply", reply_to="ask-bo"), cursor="5"))
    assert "ask-bo" not in told()
    assert waits.reads == reads + 1


def test_a_merge_is_taken_back_as_it_was(store: Store) -> None:
    store.merge(["ann", "bo"])
    store.merge(["cy", "di"])
    before = store.ties()
    store.merge(["ann", "di"])
    assert store.ties().people() == {"ann": WHO}
    store.tie_as(before, WHO)
    assert store.ties() == before


def test_yourself_cannot_be_merged_with_anybody(store: Store) -> None:
    with pytest.raises(UsageError, match="yours"):
        store.merge(["ann", account().keys[0]])
    store.ignore(["bo"])
    with pytest.raises(UsageError, match="ignored"):
        store.merge(["ann", "bo"])
    assert not store.ties().same


def test_told_apart_holds_until_they_are_merged(store: Store) -> None:
    store.tell_apart("bo", "ann")
    assert store.apart() == {("ann", "bo")}
    store.merge(["ann", "bo"])
    assert store.apart() == frozenset()
    store.split("bo")
    store.tell_apart("ann", "bo")
    store.tell_apart("ann", "bo", apart=False)
    assert store.apart() == frozenset()


def test_notes_follow_the_person(store: Store) -> None:
    store.remark(["ann"], "met in Berlin", NOON)
    store.remark(["bo"], "likes tea", NOON.replace(hour=13))
    assert store.remarks() == {"ann": "met in Berlin", "bo": "likes tea"}
    store.merge(["ann", "bo"])
    assert store.remarks() == {"ann": "met in Berlin; likes tea"}
    store.remark(["ann", "bo"], "one note", NOON)
    store.split("bo")
    assert store.remarks() == {"ann": "one note"}
    store.remark(["ann"], "", NOON)
    assert store.remarks() == {}


def test_what_is_settled_is_kept_and_taken_back(store: Store) -> None:
    done = Settled(how=How.DONE, at=NOON)
    store.settle(["reply-ann", "reply-bo"], done)
    assert store.settled() == {"reply-ann": done, "reply-bo": done}
    store.settle(["reply-bo"], None)
    assert store.settled() == {"reply-ann": done}


def test_forgetting_an_account_takes_what_was_settled_of_it_along(store: Store) -> None:
    store.settle(["reply-ann"], Settled(how=How.DONE, at=NOON))
    store.forget(ADA)
    assert store.settled() == {}


def test_nothing_decided_leaves_no_document(store: Store) -> None:
    store.ignore(["bo"])
    store.ignore(["bo"], ignored=False)
    store.merge(["ann", "cy"])
    store.split("cy")
    store.remark(["ann"], "x", NOON)
    store.remark(["ann"], "", NOON)
    assert store._engine.rows(CORE, PEOPLE) == {}


def test_the_check_up_finds_and_the_repair_mends_what_disagrees(tmp_path: Path, store: Store) -> None:
    folder, clock = tmp_path / "store", Clock()
    store.ignore(["bo"])
    store.merge(["ann", "cy"])
    store.tell_apart("ann", "di")
    fold(store)
    assert [check for check in check_up(folder, clock).checks if wrongs([check])] == []
    engine = store._engine
    row = decode_interaction(engine.rows("interactions-2026-03", INTERACTIONS)["reply-bo"])
    counting = {name: getattr(row, name) for name in row.__struct_fields__} | {"ignored": False}
    with engine.locked():
        engine.begin()
        engine.commit(
            [
                ("interactions-2026-03", INTERACTIONS, "reply-bo", raw(type(row)(**counting))),
                (CORE, PEOPLE, "cy", raw(Regard(person="nobody"))),
                (CORE, PEOPLE, "di", None),
            ]
        )
    store.close()
    said = " ".join(problem.words for check in check_up(folder, clock).checks for problem in check.problems)
    assert "1 act counted though you ignore who did it" in said
    assert "What was decided about" in said
    mend(folder, clock)
    assert not any(wrongs([check]) for check in check_up(folder, clock).checks)
    with Store.open(folder, clock=clock) as again:
        assert again.ties().ignored == {"bo"}
        assert again.apart() == {("ann", "di")}
        assert again.ties().same == {}
        assert {each.id for each in again.interactions() if each.ignored} == {"reply-bo", "repost-bo"}
        digests_agree(again)
