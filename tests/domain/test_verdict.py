"""Why one act counts, or why not; and that the answer is what was counted."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from klout_tui.domain import reasons
from klout_tui.domain.model import Interaction, InteractionKind
from klout_tui.domain.plusk import plusks
from klout_tui.domain.rules import EARNING, USUAL, Rules, tuned
from klout_tui.domain.verdict import Bar, Verdict, judged
from tests.domain.facts import act, ago, by_id, history, post

BERLIN = ZoneInfo("Europe/Berlin")
POSTS = by_id(post("p", "python"), post("q", "python", "rust"), post("bare"))


def asked(which: Interaction, *others: Interaction, rules: Rules = USUAL) -> tuple[Verdict, tuple[str, ...]]:
    theirs = [digest.by(which.actor.key) for digest in history([which, *others], POSTS)]
    found = judged([each for each in theirs if len(each)], which.id, {}, tuple, rules)
    assert found is not None
    plusk, verdict = found
    assert plusk.id == which.id
    return verdict, reasons.why_not(verdict, plusk, rules, BERLIN)


def test_what_counts_needs_no_excuse() -> None:
    assert asked(act()) == (Verdict(counts=True, topics=("python",)), ())
    assert asked(act(on="bare")) == (Verdict(counts=True), ())


def test_a_second_one_names_the_first() -> None:
    first, second = act(InteractionKind.QUOTE, at=ago(3)), act(at=ago(1))
    verdict, words = asked(second, first, act(who="bo", at=ago(2)))
    assert (verdict.counts, verdict.bar, [each.id for each in verdict.earlier]) == (False, Bar.PAUSE, [first.id])
    assert words == ("a second one on python within 7 days: the first was a quote, Fri 20 Nov 2026, 13:00",)
    assert asked(first, second)[0].counts


def test_one_may_count_on_a_topic_and_not_on_another() -> None:
    first, second = act(on="p", at=ago(3)), act(on="q", at=ago(1))
    verdict, words = asked(second, first)
    assert (verdict.counts, verdict.topics, verdict.bar) == (True, ("rust",), None)
    assert [each.topic for each in verdict.earlier] == ["python"]
    assert words[0].startswith("a second one on python within 7 days")


def test_a_second_one_without_topics() -> None:
    verdict, words = asked(act(on="bare", at=ago(1)), act(on="bare", at=ago(2)))
    assert verdict.bar is Bar.PAUSE
    assert words[0].startswith("a second one within 7 days: the first was a repost")


def test_a_like_costs_nothing_and_a_nod_says_too_little() -> None:
    assert asked(act(InteractionKind.LIKE))[1] == ("a like alone earns no +K",)
    assert asked(act(InteractionKind.MENTION, text="see @ada"))[1] == (
        "a mention alone earns no +K unless it says “+K”",
    )
    assert asked(act(InteractionKind.REPLY, text="so true"))[1] == (
        "a reply in 2 words: it takes 4 words, tags and links aside",
    )
    strict = tuned(EARNING[1:], 4)
    assert asked(act(InteractionKind.REPOST), rules=strict)[1] == ("by your rules a repost earns no +K",)


def test_her_own_acts_and_echoes_say_so() -> None:
    assert asked(act(own=True))[0].bar is Bar.OWN
    echo = msgspec.structs.replace(act(), echo=("k",), echo_of="other")
    assert asked(echo)[0].bar is Bar.ECHO
    ignored = msgspec.structs.replace(act(), ignored=True)
    assert asked(ignored)[1] == ("you ignore whoever did it",)
    assert all(asked(each)[1] for each in (act(own=True), echo))


def test_nobody_knows_what_is_not_there() -> None:
    assert judged(list(history([act()], POSTS)), "nonsense", {}, tuple, USUAL) is None


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(InteractionKind), st.sampled_from(["p", "q", "bare"]), st.floats(0, 60)),
        min_size=1,
        max_size=15,
    )
)
def test_the_answer_is_what_was_counted(does) -> None:  # type: ignore[no-untyped-def]
    acts = list({each.id: each for each in (act(kind, on=on, at=ago(day)) for kind, on, day in does)}.values())
    counted = {each.id: each.topics for each in plusks(history(acts, POSTS), {})}
    for each in acts:
        verdict, words = asked(each, *(other for other in acts if other is not each))
        assert verdict.counts is (each.id in counted)
        assert verdict.topics == counted.get(each.id, ())
        assert bool(words) is (not verdict.counts or bool(verdict.earlier))
        assert {one.id for one in verdict.earlier} <= counted.keys()
