"""Which handles are one person: the same merges in whatever order, and a digest that loses nothing by them."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from klout_tui.domain.digest import Digest
from klout_tui.domain.model import InteractionKind
from klout_tui.domain.plusk import plusks
from klout_tui.domain.ties import NONE, tied
from tests.domain.facts import NOON, act, ago, history, post

KEYS = ("ann", "bo", "cy", "di", "ed")
groups = st.lists(st.lists(st.sampled_from(KEYS), min_size=1, max_size=3), max_size=4)
acts = st.lists(
    st.builds(
        lambda kind, who, hours, on: act(kind, who, NOON - timedelta(hours=hours), on=on),
        st.sampled_from([InteractionKind.LIKE, InteractionKind.REPOST, InteractionKind.FOLLOW]),
        st.sampled_from(KEYS),
        st.integers(0, 1200),
        st.sampled_from(["p", "q", None]),
    ),
    max_size=20,
    unique_by=lambda each: each.id,
)
POSTS = {"p": post("p", "python", at=ago(60)), "q": post("q", "garden", at=ago(60))}


def test_nothing_decided_is_everybody_alone() -> None:
    assert not NONE
    assert NONE.person("ann") == "ann"
    assert NONE.handles("ann") == ("ann",)
    assert NONE.split("ann") == NONE.merged(["ann"]) == NONE


@given(groups, st.randoms())
def test_the_order_of_merges_makes_no_difference(wanted: list[list[str]], rng: object) -> None:
    shuffled = [list(each) for each in wanted]
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    for each in shuffled:
        rng.shuffle(each)  # type: ignore[attr-defined]
    ties = tied(wanted)
    assert tied(shuffled) == ties
    for head, handles in ties.people().items():
        assert head == min(handles)
        assert len(handles) > 1


@given(groups, st.sampled_from(KEYS))
def test_splitting_takes_one_handle_out_and_leaves_the_others(wanted: list[list[str]], key: str) -> None:
    ties = tied(wanted)
    others = set(ties.handles(ties.person(key))) - {key}
    apart = ties.split(key)
    assert apart.handles(key) == (key,)
    assert all(set(apart.handles(apart.person(other))) == others for other in others)
    if others:
        assert apart.merged([key, *others]) == ties


def rows(digest: Digest) -> Counter[tuple[str, str, int]]:
    return Counter((digest.id_of(row), digest.actors[digest.actor[row]], digest.at[row]) for row in range(len(digest)))


@given(acts, groups)
def test_a_tied_digest_keeps_every_id_and_says_who(done: list, wanted: list[list[str]]) -> None:  # type: ignore[type-arg]
    ties = tied(wanted)
    plain = history(done, POSTS)
    merged = [digest.tied(ties) for digest in plain]
    for before, after in zip(plain, merged, strict=True):
        assert [before.id_of(row) for row in range(len(before))] == [after.id_of(row) for row in range(len(after))]
        assert [ties.person(before.actors[each]) for each in before.actor] == [
            after.actors[each] for each in after.actor
        ]
        assert [person.key for person in after.people()] == after.actors
        assert len(set(after.actors)) == len(after.actors)
        assert after.tied(ties) == after or rows(after.tied(ties)) == rows(after)


def test_nobody_merged_costs_nothing() -> None:
    (digest,) = history([act(who="ann")], POSTS | {"p": post("p")})[-1:]
    assert digest.tied(NONE) is digest
    assert digest.tied(tied([["bo", "cy"]])) is digest


def test_two_handles_of_one_person_give_one_plusk_in_seven_days() -> None:
    done = [act(who="ann", at=ago(3)), act(who="bo", at=ago(1))]
    posts = {"p": post("p", "python", at=ago(5))}
    assert len(plusks(history(done, posts), {})) == 2
    one = [digest.tied(tied([["ann", "bo"]])) for digest in history(done, posts)]
    (plusk,) = plusks(one, {})
    assert (plusk.actor.key, plusk.actor.name, plusk.actor.handle) == ("ann", "Bo", "@bo@far.example")


def test_the_ignored_are_kept_apart_from_the_merged() -> None:
    ties = tied([["bo", "cy"]], ignored=["ann"])
    assert ties.ignored == {"ann"}
    assert ties.same == {"bo": "bo", "cy": "bo"}
