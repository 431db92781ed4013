"""What a day's review holds, in which order it is gone through, what it suggests, and how long its line stays true."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klout_tui.domain.dashboard import Choice, Dashboard, Facts, derive
from klout_tui.domain.diagnosis import Burst, Cause, Diagnosis, Effect, Evidence, Finding, diagnose
from klout_tui.domain.diagnosis.verdict import Answer
from klout_tui.domain.digest import digests
from klout_tui.domain.habits.effect import Effect as Size
from klout_tui.domain.habits.finding import Habit, Habits
from klout_tui.domain.habits.traits import Sort, Trait
from klout_tui.domain.model import Account, Interaction, InteractionKind
from klout_tui.domain.notes import Note
from klout_tui.domain.review import Review, Step, line, review
from klout_tui.domain.settled import How, Settled
from klout_tui.domain.suggesting import REPLYING, THANKING, Basis, needs_more
from klout_tui.domain.timing.advice import Timing
from klout_tui.domain.timing.heldout import Gain
from klout_tui.domain.timing.windows import Window as Hours
from klout_tui.domain.waiting import Waiting, answers, candidates, waiting
from tests.domain.facts import ACCOUNT, NOON, act, ago, history, post

ZONE = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 11, 23)
ADA = Account(id=ACCOUNT, network="mastodon", handle="@ada@social.example", base_url="", url="", linked_at=ago(400))
SAID = "I tried this and it works well"


def seen(acts: Sequence[Interaction] = (), *, thanked: Sequence[str] = (), notes: Sequence[Note] = ()) -> Dashboard:
    posts = {"p": post("p", "python", at=ago(20))}
    facts = Facts(
        accounts=(ADA,),
        history=history(acts, posts),
        thanked=dict.fromkeys(thanked, NOON),
        notes=tuple(notes),
    )
    return derive(facts, NOON, ZONE, Choice())


def who_waits(acts: Sequence[Interaction], settled: dict[str, Settled] | None = None) -> tuple[Waiting, ...]:
    by_id = {each.id: each for each in acts}
    months = digests(acts, [post("p", at=ago(20))])
    ids = candidates(months, settled or {}, NOON)
    return waiting([by_id[key] for keys in ids.values() for key in keys], answers((), months), settled or {}, NOON)


def moved(answer: Answer = Answer.NORMAL, *, advice: str = "", burst: Burst | None = None) -> Diagnosis:
    """A diagnosis that says so."""
    found = diagnose(Evidence(), NOON, ZONE)
    reason = Finding(
        cause=Cause.SHARING,
        subject="",
        sentence="You shared 52 % less.",
        advice=advice,
        effect=Effect(reactions=-90.0, low=-130.0, high=-50.0),
        away=5.0,
    )
    return msgspec.structs.replace(
        found,
        verdict=msgspec.structs.replace(found.verdict, answer=answer),
        findings=(reason,) if advice else (),
        way=-1 if advice else 0,
        bursts=(burst,) if burst is not None else (),
    )


HABITS = Habits(
    posts=60,
    people=600,
    untold=0,
    looked_at=9,
    keep=(Habit(trait=Trait(sort=Sort.TOPIC, value="give-aways"), effect=Size(1.8, 1.3, 2.4), posts=()),),
)
NO_HABITS = Habits(posts=60, people=600, untold=0, looked_at=9)


def timing(low: float) -> Timing:
    hours = (Hours(days=(1,), begin=9, end=11, mean=1.6),)
    gain = Gain(gain=0.06, low=low, high=0.14, tried=20, posts=80)
    return Timing(network=None, posts=100, people=900, undated=0, untold=0, best=hours, gain=gain)


def test_what_holds_nothing_is_passed_over_with_one_word() -> None:
    found = review(seen(), (), moved(Answer.BLIND))
    assert [step for step in Step if found.holds(step)] == [Step.NOTE]
    assert [found.word(step) for step in Step] == ["none", "none", "nothing to judge", "none", "none", ""]
    assert found.first is Step.NOTE
    assert not found.offers


def test_a_day_with_everything() -> None:
    acts = [act(who="ann"), act(InteractionKind.REPLY, "bo", ago(1), text="Why is that so?")]
    found = review(seen(acts), who_waits(acts), moved())
    assert [found.word(step) for step in Step] == ["2", "1", "within your usual", "", "", ""]
    assert [each.topic for each in found.topics] == ["python"]
    assert found.offers
    assert found.first is Step.THANK


def test_what_was_thanked_today_stays_on_its_card() -> None:
    given_ = act()
    found = review(seen([given_], thanked=[given_.id]), ())
    assert [group.key for group in found.groups] == [given_.id]
    assert found.to_thank == 0
    assert not found.holds(Step.THANK)


@given(thank=st.booleans(), wait=st.booleans(), look=st.sampled_from([None, *Answer]), noted=st.booleans())
def test_going_on_visits_every_card_that_holds_something_once(
    thank: bool, wait: bool, look: Answer | None, noted: bool
) -> None:
    acts = [act(who="ann")] if thank else []
    asked = [act(InteractionKind.MENTION, "bo", ago(1), text=SAID, on=None)] if wait else []
    notes = [Note(id="1", day=TODAY, text="gave it away", made_at=NOON)] if noted else []
    found = review(seen(acts, notes=notes), who_waits(asked), None if look is None else moved(look))
    visited = [found.first]
    while (step := found.after(visited[-1])) is not None:
        visited.append(step)
    assert visited == [step for step in Step if found.holds(step)]
    back = [visited[-1]]
    while (step := found.after(back[-1], -1)) is not None:
        back.append(step)
    assert back == visited[::-1]


def test_replying_ranks_before_thanking_and_that_before_all_else() -> None:
    acts = [act(who="ann"), act(InteractionKind.MENTION, "bo", ago(1), text=SAID, on=None)]
    everything = (moved(Answer.FELL, advice="Share as often as you did."), HABITS, timing(0.01))
    first = review(seen(acts), who_waits(acts), *everything).suggestion
    assert first is not None
    assert (first.basis, first.evidence, first.key) == (Basis.ANSWER, REPLYING, "bo")
    then = review(seen(acts[:1]), (), *everything).suggestion
    assert then is not None
    assert (then.basis, then.evidence, then.sentence) == (Basis.THANK, THANKING, "Thank Ann.")


def test_a_question_is_answered_first_then_whoever_waits_longest() -> None:
    said = [act(InteractionKind.MENTION, who, ago(back), text=SAID, on=None) for who, back in (("ann", 5), ("bo", 1))]
    asks = act(InteractionKind.MENTION, "cy", ago(2), text="Why?", on=None)
    longest = review(seen(), who_waits(said)).suggestion
    asking = review(seen(), who_waits([*said, asks])).suggestion
    assert longest is not None
    assert asking is not None
    assert (longest.key, asking.key) == ("ann", "cy")


@pytest.mark.parametrize(
    ("diagnosis", "habits", "hours", "basis"),
    [
        (moved(Answer.FELL, advice="Share more."), HABITS, timing(0.01), Basis.CHANGE),
        (moved(Answer.NORMAL, advice="Share more."), HABITS, timing(0.01), Basis.HABIT),
        (moved(), NO_HABITS, timing(0.01), Basis.TIMING),
        (moved(), NO_HABITS, timing(-0.01), None),
        (moved(), None, None, None),
    ],
)
def test_then_a_change_then_habits_then_the_hour_each_only_with_its_evidence(
    diagnosis: Diagnosis, habits: Habits | None, hours: Timing | None, basis: Basis | None
) -> None:
    tip = review(seen(), (), diagnosis, habits, hours).suggestion
    assert (None if tip is None else tip.basis) is basis
    assert tip is None or tip.evidence


def test_habits_are_only_looked_for_where_nothing_ranks_before_them() -> None:
    asked = who_waits([act(InteractionKind.MENTION, "bo", ago(1), text=SAID, on=None)])
    assert needs_more((), unthanked=False, diagnosis=moved())
    assert not needs_more(asked, unthanked=False, diagnosis=moved())
    assert not needs_more((), unthanked=True, diagnosis=moved())
    assert not needs_more((), unthanked=False, diagnosis=moved(Answer.ROSE, advice="Keep at it."))


def test_a_burst_is_asked_about_once() -> None:
    burst = Burst(first=date(2026, 11, 10), last=date(2026, 11, 14), reactions=90, usual=20.0, told=date(2026, 11, 11))
    assert review(seen(), (), moved(burst=burst)).burst == burst
    assert review(seen(), (), moved(burst=burst), asked=[date(2026, 11, 11)]).burst is None
    # a week later more is known of the usual, and it could have been told a day sooner or later
    assert review(seen(), (), moved(burst=burst), asked=[date(2026, 11, 12)]).burst is None
    assert review(seen(), (), moved(burst=burst), asked=[date(2026, 10, 12)]).burst == burst
    assert review(seen(), (), moved(burst=msgspec.structs.replace(burst, told=None))).burst is None


def test_the_summary_counts_what_was_done_that_day() -> None:
    settled = {
        "a": Settled(how=How.DONE, at=NOON),
        "b": Settled(how=How.SNOOZED, at=NOON, until=NOON + timedelta(days=7)),
        "c": Settled(how=How.DISMISSED, at=ago(1)),
    }
    found = review(seen(), (), settled=settled, thanked={"x": NOON, "y": ago(2)}).done
    assert (found.thanked, found.answered, found.put_off, found.dismissed) == (1, 1, 1, 0)


def test_the_past_is_not_asked_anything() -> None:
    burst = Burst(first=TODAY, last=TODAY, reactions=90, usual=20.0, told=TODAY)
    view = msgspec.structs.replace(seen(), past=True)
    found = review(view, (), moved(burst=burst))
    assert found.burst is None
    assert not found.holds(Step.NOTE)


counts = st.integers(0, 10**6)


@given(counts, counts, counts, st.none() | counts, st.sampled_from([None, *Answer]))
def test_the_line_has_every_part_that_is_known(
    thank: int, wait: int, people: int, reactions: int | None, answer: Answer | None
) -> None:
    parts = line(thank, wait, people, reactions, answer).split(" · ")
    assert parts[0] == f"{thank:,} to thank"
    assert parts[1].partition(" (")[0] == f"{wait:,} to answer"
    assert ("(" in parts[1]) == (people < wait)
    assert len(parts) == 2 + (reactions is not None) + (answer is not None)


def test_the_line_reads_like_this() -> None:
    usual = "14 reactions · within your usual"
    assert line(3, 2, 2, 14, Answer.NORMAL) == f"3 to thank · 2 to answer · {usual}"
    assert line(3, 3, 2, 14, Answer.NORMAL) == f"3 to thank · 3 to answer (2 people) · {usual}"
    assert line(0, 2, 1, 14, Answer.NORMAL) == f"0 to thank · 2 to answer (1 person) · {usual}"
    assert line(0, 0, 0, 1, Answer.FELL) == "0 to thank · 0 to answer · 1 reaction · engagement fell"


def test_nothing_on_a_card_names_a_score() -> None:
    acts = [act(who="ann")]
    found: Review = review(seen(acts), (), moved())
    assert b"score" not in msgspec.json.encode(found).lower()
