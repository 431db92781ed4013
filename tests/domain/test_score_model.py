"""A scoring model read from TOML: errors name the line; two models are told apart value by value."""

from __future__ import annotations

from pathlib import Path

import pytest

import klout_tui.domain
from klout_tui.domain.model import InteractionKind
from klout_tui.domain.score.comparing import compared, differences
from klout_tui.domain.score.explain import Explanation, explanation, total
from klout_tui.domain.score.lines import line_of
from klout_tui.domain.score.model import Model, ModelError, read_model
from tests.domain.score_world import act, course, day, post

TEXT = (Path(klout_tui.domain.__file__).parent / "models" / "model-1.toml").read_text("utf-8")


def changed(*changes: tuple[str, str]) -> str:
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def line(words: str, text: str = TEXT) -> int:
    return next(number for number, each in enumerate(text.splitlines(), 1) if words in each)


@pytest.mark.parametrize(
    ("old", "new", "told", "where"),
    [
        ("like = 0.3", "like = 3", "presence.like must be a number, 0 or more and at most 1, not 3", "like = "),
        ("like = 0.3", "likes = 0.3", "presence.like is missing", "[presence]"),
        ("like = 0.3", "like = 0.3\nlove = 1", "presence.love is no key of a scoring model", "love"),
        ("half_life_days = 60.0", "half_life_days = 5", "half_life_days must be a number, 15 or more", "half_life"),
        ("half_life_days = 60.0", "half_life_days = true", "half_life_days must be a number", "half_life"),
        ("half_life_days", "halflife_days", "half_life_days is missing", ""),
        ('"bookmark", "follow"]', '"bookmrk"]', "which is no kind of reaction; did you mean bookmark?", "bookmrk"),
        ('["like", "bookmark", "follow"]', '"like"', "faint.kinds must be a list", 'kinds = "like"'),
        ("weight = 0.5 ", "weight = 0.6 ", "the other two weights must add up to 1, not 1.1", "weight = 0.6"),
        ("slope = 0.23", "slope = 0", "reach.slope must be a number, more than 0", "slope = 0"),
        ("slope = 0.23", "slope = nan", "reach.slope must be a number", "slope = nan"),
        ("audience = 30 ", "audience = 3.5 ", "impact.audience must be a whole number", "audience = 3.5"),
        ('name = "model-1"', 'name = ""', "name must be a short text", "name = "),
        ("like = 0.3", "like = = 0.3", "this is no TOML", "like = ="),
        ("worth = 0.5", "worth = 0.5\n[extra]\nx = 1", "extra.x is no key", "x = 1"),
        ("[nameless]\nworth = 0.5", "nameless = 2", "", ""),
    ],
)
def test_what_is_wrong_is_said_with_its_line(old: str, new: str, told: str, where: str) -> None:
    text = changed((old, new))
    with pytest.raises(ModelError) as caught:
        read_model(text)
    assert told in caught.value.message
    if where:
        assert caught.value.line == line(where, text)


def test_a_missing_section_is_named() -> None:
    text = TEXT[: TEXT.index("[impact]")]
    with pytest.raises(ModelError) as caught:
        read_model(text)
    assert caught.value.message == "the section [impact] is missing"
    assert caught.value.key == "impact"


def test_an_unfinished_text_is_no_toml() -> None:
    with pytest.raises(ModelError) as caught:
        read_model('name = "x"\ntitle = "')
    assert caught.value.line == 2


def test_lines_of_dotted_and_quoted_keys() -> None:
    text = 'a.b = 1\n["c"]\nd = 1 # e = 2\n"f" = 2\n'
    assert [line_of(text, key) for key in ("a.b", "c.d", "c.f", "c.e", "x.y", "a.z")] == [1, 3, 4, 2, 0, 0]


def test_a_fingerprint_changes_with_a_value_and_not_with_the_title() -> None:
    base = read_model(TEXT)
    assert read_model(changed(('title = "Model 1"', 'title = "Mine"'))).fingerprint == base.fingerprint
    assert read_model(changed(("like = 0.3", "like = 0.31"))).fingerprint != base.fingerprint
    assert set(base.presence) == set(InteractionKind)


OTHER = changed(
    ("half_life_days = 60.0", "half_life_days = 30"),
    ("like = 0.3", "like = 0.1"),
    ("weight = 0.5 ", "weight = 0.4 "),
    ("weight = 0.25\npower", "weight = 0.35\npower"),
    ('title = "Model 1"', 'title = "Other"'),
)


def explained(model: Model) -> Explanation | None:
    here = post(0)
    told = course([act(n, f"p{n % 5}", kind, on=here) for n, kind in enumerate(InteractionKind)], [here], model=model)
    return explanation(told.gauge, told.tallies(day(40).toordinal()), day(40))


def test_two_models_differ_by_parts_and_by_values_that_both_add_up() -> None:
    one, other = read_model(TEXT), read_model(OTHER)
    told = compared(one, other, explained)
    assert told is not None
    difference = told.other.score - told.one.score
    assert total(told.change.contributions) == pytest.approx(difference, abs=1e-9)
    assert sum(step.points or 0.0 for step in told.steps) == pytest.approx(difference, abs=1e-9)
    assert [step.keys for step in told.steps] == [
        ("half_life_days",),
        ("presence.like",),
        ("reach.weight", "amplification.weight"),
    ]
    assert told.steps[0].before == ("60",)
    assert told.steps[0].after == ("30",)


def test_a_step_that_cannot_be_taken_alone_goes_with_the_next() -> None:
    """A weight of its own makes no model; the two that differ go together, and here they are the last."""
    told = compared(read_model(TEXT), read_model(changed(('title = "Model 1"', 'title = "x"'))), explained)
    assert told is not None
    assert told.steps == ()
    assert compared(read_model(TEXT), read_model(OTHER), lambda _: None) is None


def test_the_name_is_no_difference() -> None:
    one, other = read_model(TEXT), read_model(changed(('name = "model-1"', 'name = "mine"')))
    assert differences(one, other) == ()
    assert dict.fromkeys(key for key, _, _ in differences(one, read_model(OTHER))) == dict.fromkeys(
        ["half_life_days", "presence.like", "reach.weight", "amplification.weight"]
    )
