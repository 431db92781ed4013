"""Which +K make one row, and that rows lose and invent nothing."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from klout_tui.domain.grouping import SPAN, Group, newest_in_rows
from klout_tui.domain.model import Interaction, InteractionKind
from klout_tui.domain.plusk import counted
from tests.domain.facts import NOON, act, ago, by_id, history, post

POSTS = by_id(*(post(name, f"topic-{name}", at=ago(200)) for name in "pqrs"))


def rows(*acts: Interaction, most: int = 500, thanked: dict[str, object] | None = None) -> tuple[Group, ...]:
    recent = list(counted(history(acts, POSTS), tuple))
    return newest_in_rows(recent, thanked or {}, most)[1]  # type: ignore[arg-type]


def test_the_same_act_on_one_post_within_a_week_is_one_row() -> None:
    (row,) = rows(act(who="ann", at=ago(2)), act(who="bo", at=ago(1)), act(who="cy"))
    assert [actor.key for actor in row.people] == ["cy", "bo", "ann"]
    assert (row.topics, row.kinds, row.at, row.single) == (("topic-p",), (InteractionKind.REPOST,), NOON, None)


def test_another_act_another_post_and_another_week_are_rows_of_their_own() -> None:
    found = rows(
        act(who="ann", at=ago(0.1)),
        act(InteractionKind.QUOTE, who="bo", at=ago(0.2)),
        act(who="cy", on="q", at=ago(0.3)),
        act(who="di", at=ago(20)),
    )
    assert [row.people[0].key for row in found] == ["ann", "bo", "cy", "di"]
    assert all(row.single and row.key == row.single.id for row in found)


def test_weeks_are_cut_from_the_day_of_the_post() -> None:
    posted = POSTS["p"].at
    last, first = posted + SPAN - timedelta(seconds=1), posted + SPAN
    assert len(rows(act(who="ann", at=posted), act(who="bo", at=last))) == 1
    assert len(rows(act(who="ann", at=last), act(who="bo", at=first))) == 2


def test_what_is_left_of_one_person_in_a_week_is_one_row() -> None:
    (row,) = rows(act(on="p", at=ago(0.2)), act(on="q", at=ago(0.1)), act(InteractionKind.QUOTE, on="r"))
    assert len(row.people) == 1
    assert set(row.topics) == {"topic-p", "topic-q", "topic-r"}
    assert row.kinds == (InteractionKind.REPOST, InteractionKind.QUOTE)


def test_who_wrote_plusk_stands_alone() -> None:
    said = [act(InteractionKind.REPLY, who, text="+K") for who in ("ann", "bo")]
    endorsed = [act(InteractionKind.ENDORSEMENT, who, on=None) for who in ("ann", "bo")]
    assert len(rows(*said, *endorsed)) == 4


def test_a_row_that_grows_keeps_its_key() -> None:
    two = rows(act(who="ann", at=ago(2)), act(who="bo", at=ago(1)))
    three = rows(act(who="ann", at=ago(2)), act(who="bo", at=ago(1)), act(who="cy"))
    assert [row.key for row in two] == [row.key for row in three]


def test_a_row_of_the_newest_is_whole_however_old_the_rest_is() -> None:
    acts = [act(who=f"a{number}", at=NOON - timedelta(hours=number)) for number in range(10)]
    alone = [act(who=f"b{number}", on="q", at=ago(30 + 8 * number)) for number in range(5)]
    (row,) = rows(*acts, *alone, most=3)
    assert len(row.plusks) == 10


def test_thanks_are_told_apart() -> None:
    acts = [act(who=who, at=ago(day)) for who, day in (("ann", 2), ("bo", 1), ("cy", 0))]
    early, late = {acts[0].id: ago(1)}, {acts[1].id: NOON, acts[2].id: NOON}
    (part,) = rows(*acts, thanked={**early})
    assert (part.waiting(NOON), part.thanked, len(part.unthanked)) == (2, (acts[0].id,), 2)
    (done,) = rows(*acts, thanked={**early, **late})
    assert (done.waiting(NOON), done.unthanked) == (0, ())
    assert set(done.thanked_last) == set(late)
    (none,) = rows(*acts)
    assert none.thanked_last == ()


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([InteractionKind.REPOST, InteractionKind.QUOTE, InteractionKind.ENDORSEMENT]),
            st.sampled_from("abcdef"),
            st.sampled_from(["p", "q", "r", None]),
            st.floats(0, 60),
        ),
        max_size=60,
    ),
    st.integers(1, 70),
)
def test_every_act_is_in_one_row_and_rows_of_fewer_are_the_same_rows(does, most) -> None:  # type: ignore[no-untyped-def]
    acts = {each.id: each for each in (act(kind, who, ago(day), on=on) for kind, who, on, day in does)}
    recent = list(counted(history(acts.values(), POSTS), tuple))
    newest, some = newest_in_rows(recent, {}, most)
    everything, whole = newest_in_rows(recent, {}, len(recent) + 1)
    ids = [each.digest.id_of(each.row) for each in recent][::-1]
    assert [each.id for each in everything] == ids
    assert [each.id for each in newest] == ids[:most]
    assert Counter(each.id for row in whole for each in row.plusks) == Counter(ids)
    assert len({row.key for row in whole}) == len(whole)
    assert list(some) == list(whole[: len(some)])
    assert {each.id for each in newest} <= {each.id for row in some for each in row.plusks}
    for row in whole:
        assert [each.at for each in row.plusks] == sorted((each.at for each in row.plusks), reverse=True)
        assert row.plusks[0].at - row.plusks[-1].at < SPAN
    assert [row.at for row in whole] == sorted((row.at for row in whole), reverse=True)
