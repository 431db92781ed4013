"""What waits for an answer, and what ends the waiting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import msgspec
import pytest

from klout_tui.domain.digest import digests
from klout_tui.domain.model import Interaction, InteractionKind, Post, PostKind
from klout_tui.domain.settled import How, Settled
from klout_tui.domain.ties import tied
from klout_tui.domain.waiting import Waiting, answers, asks, by_person, candidates, waiting
from tests.domain.facts import NOON, act, ago, post

REPLY, COMMENT, MENTION, QUOTE, LIKE = (
    InteractionKind.REPLY,
    InteractionKind.COMMENT,
    InteractionKind.MENTION,
    InteractionKind.QUOTE,
    InteractionKind.LIKE,
)
SAID = "I tried this and it works well"


def answer(to: str, at: datetime) -> Post:
    return Post(id=f"mine-{to}-{at}", account="a", kind=PostKind.REPLY, at=at, reply_to=to)


def waits(
    acts: Iterable[Interaction],
    mine: Iterable[Post] = (),
    settled: Mapping[str, Settled] | None = None,
    now: datetime = NOON,
) -> tuple[Waiting, ...]:
    """As the store asks it."""
    by_id, settled = {each.id: each for each in acts}, settled or {}
    months = digests(by_id.values(), [post("p", at=ago(90))])
    ids = candidates(months, settled, now)
    found = [by_id[key] for wanted in ids.values() for key in wanted]
    return waiting(found, answers(mine, months), settled, now)


def test_what_somebody_wrote_waits_newest_first() -> None:
    written = [act(kind, kind.value, ago(back), text=SAID) for kind, back in ((REPLY, 3), (COMMENT, 1), (MENTION, 2))]
    assert [each.kind for each in waits(written)] == [COMMENT, MENTION, REPLY]


@pytest.mark.parametrize(
    ("kind", "text", "does"),
    [
        (REPLY, "Nice!", False),
        (REPLY, "Why?", True),
        (REPLY, "なぜですか？", True),
        (REPLY, "https://x.example/?a=b", False),
        (QUOTE, SAID, False),
        (QUOTE, "Is that so?", True),
        (LIKE, "What is this?", False),
        (InteractionKind.ISSUE, SAID, True),
    ],
)
def test_what_has_substance_or_asks_waits(kind: InteractionKind, text: str, does: bool) -> None:
    assert bool(waits([act(kind, at=ago(1), text=text)])) is does


def test_questions_are_heard_in_any_script() -> None:
    assert asks("هل هذا صحيح؟")
    assert not asks("see www.example.org/?q=1")


def test_it_waits_a_fortnight() -> None:
    assert waits([act(REPLY, at=ago(13.9), text=SAID)])
    assert not waits([act(REPLY, at=ago(14.1), text=SAID)])
    assert not waits([act(REPLY, at=ago(-1), text=SAID)])


def test_a_reply_of_hers_to_it_answers_it_and_no_other() -> None:
    one, other = act(REPLY, "ann", ago(2), text=SAID), act(REPLY, "bo", ago(2), text=SAID)
    assert [each.person for each in waits([one, other], [answer(one.id, ago(1))])] == ["bo"]


def test_under_a_post_whatever_she_wrote_later_answers_comments_but_not_replies() -> None:
    comment, reply = act(COMMENT, "ann", ago(2), text=SAID), act(REPLY, "bo", ago(2), text=SAID)
    assert [each.person for each in waits([comment, reply], [answer("p", ago(1))])] == ["bo"]
    assert len(waits([comment, reply], [answer("p", ago(3))])) == 2


def test_her_own_comment_from_another_account_answers_too() -> None:
    comment, mine = act(COMMENT, "ann", ago(2), text=SAID), act(COMMENT, "me", ago(1), text=SAID, own=True)
    assert waits([comment, mine]) == ()


def test_own_and_ignored_never_wait() -> None:
    mine = act(REPLY, "me", ago(1), text=SAID, own=True)
    ignored = msgspec.structs.replace(act(REPLY, "bo", ago(1), text=SAID), ignored=True)
    assert waits([mine, ignored]) == ()


@pytest.mark.parametrize("how", [How.DONE, How.DISMISSED])
def test_what_is_settled_waits_no_more(how: How) -> None:
    one = act(REPLY, at=ago(2), text=SAID)
    assert waits([one], settled={one.id: Settled(how=how, at=NOON)}) == ()


def test_what_is_put_off_waits_again_for_a_fortnight() -> None:
    one = act(REPLY, at=ago(10), text=SAID)
    later = {one.id: Settled(how=How.SNOOZED, at=NOON, until=NOON + timedelta(days=7))}
    assert waits([one], settled=later) == ()
    (again,) = waits([one], settled=later, now=NOON + timedelta(days=8))
    assert again.since == NOON + timedelta(days=7)
    assert waits([one], settled=later, now=NOON + timedelta(days=22)) == ()


def test_it_is_told_by_person_handles_merged() -> None:
    acts = [act(REPLY, "ann", ago(1), text=SAID), act(REPLY, "bo", ago(2), text=SAID)]
    (both,) = by_person(waiting(acts, {}, {}, NOON, tied([["ann", "bo"]]))).values()
    assert len(both) == 2
