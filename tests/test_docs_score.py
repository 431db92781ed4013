"""docs/score.md says what the program computes: its examples, its table of ten people, its values, its JSON."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from klout_tui.domain.model import InteractionKind
from klout_tui.domain.score.explain import explanation
from klout_tui.domain.score.model import Factor, read_model
from klout_tui.domain.score.usual import JUDGED, LEAST_WEEKS, PART, WEEKS
from klout_tui.output.scoring import score_content
from tests.domain.score_world import BLOG, act, course, day, model_1, post
from tests.domain.test_score_usual import look

ROOT = Path(__file__).parents[1]
TOLD = (ROOT / "docs" / "score.md").read_text("utf-8")
PLAIN = " ".join(TOLD.split())


def archetypes() -> ModuleType:
    path = ROOT / "benchmarks" / "archetypes.py"
    spec = importlib.util.spec_from_file_location("archetypes", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["archetypes"] = module  # dataclasses look themselves up
    spec.loader.exec_module(module)
    return module


def test_the_table_of_ten_people_is_computed() -> None:
    found = archetypes()
    table = found.table(model_1())
    for line in found.markdown(table).splitlines():
        assert line in TOLD
    rows = {name: score for name, _, _, _, _, score in table}
    assert len(rows) == 10
    assert [*rows.values()] == sorted(rows.values())  # the table is in an order a person would expect, too
    assert 17 < rows["Typical user"] < 23
    assert rows["Bot-followed"] - rows["Typical user"] < 2.5


REPOST, LIKE, COMMENT = InteractionKind.REPOST, InteractionKind.LIKE, InteractionKind.COMMENT


def test_the_worked_example() -> None:
    here = post(0)
    done = [act(0.01, "ann", REPOST, on=here, followers=800), act(0.02, "bo", LIKE, on=here, followers=60)]
    told = course(done, [here], until=8)
    first = explanation(told.gauge, told.tallies(day(0).toordinal()), day(0))
    points = {part.factor: part.points for part in first.contributions}
    for sentence in (
        f"{first.reach:.2f} people",
        f"{first.amplification:.3f} per post",
        f"{first.impact:.3f} of reach",
        f"{points[Factor.REACH]:.2f} + {points[Factor.AMPLIFICATION]:.2f} + {points[Factor.IMPACT]:.2f}",
        f"the score is **{first.score:.2f}**",
        f"a week later, {told.scores[7]:.2f}",
    ):
        assert sentence in PLAIN


def test_the_example_of_two_networks() -> None:
    here, there = post(0), post(0, BLOG, name="article")
    done = [act(0.01, f"p{n}", REPOST, on=here, followers=200) for n in range(12)]
    done += [act(0.01, f"p{n}", COMMENT, on=there, account=BLOG, followers=200) for n in range(8, 16)]
    told = course(done, [here, there], until=0)
    found = explanation(told.gauge, told.tallies(told.last), day(0))
    alone = {own.account: own.score for own in found.own}
    blog, mastodon = (alone[each] for each in sorted(alone))
    assert f"Mastodon alone {mastodon:.1f}, the blog alone {blog:.1f}, together {found.score:.1f}" in PLAIN


def test_the_values_in_the_text_are_the_models() -> None:
    model = model_1()
    for factor, curve in ((Factor.REACH, model.reach), (Factor.AMPLIFICATION, model.amplification)):
        assert f"| {curve.weight:g} | {curve.start:g} | {curve.slope:g} |" in PLAIN, factor
    assert f"| {model.impact.weight:g} | {model.impact.start:g} | {model.impact.slope:g} |" in PLAIN
    assert f"half-life of {model.half_life_days:g} days" in PLAIN
    for kind, presence in model.presence.items():
        assert re.search(rf"`{kind}`[^|]*\| {presence:g} \|", TOLD), kind
    assert f"{WEEKS} weeks" in PLAIN
    assert f"{LEAST_WEEKS + JUDGED} weeks" in PLAIN
    assert f"{PART[0]:.0%} and {PART[1]:.0%}".replace("%", " %") in PLAIN


def test_every_key_of_a_model_is_explained_where_it_stands() -> None:
    text = (ROOT / "klout_tui" / "domain" / "models" / "model-1.toml").read_text("utf-8")
    blocks = re.split(r"\n\s*\n", text)
    for block in blocks:
        if re.search(r"^\w+ = ", block, re.MULTILINE) and "name =" not in block:
            assert "#" in block, block
    assert read_model(text).name == "model-1"


def test_the_json_is_as_told() -> None:
    shown = re.search(r"```json\n(.*?)```", TOLD, re.DOTALL)
    assert shown is not None
    document = json.loads(shown[1])
    assert set(document) == {"schema", "score"}
    assert set(document["score"]) == set(score_content(look(), None))
    points = sum(part["points"] for part in document["score"]["contributions"])
    assert points == pytest.approx(document["score"]["score"], abs=1e-9)
    assert {part["factor"] for part in document["score"]["contributions"]} == {"base", *map(str, Factor)}
