from __future__ import annotations

from pathlib import Path

import pytest

from klout_tui.demo import open_demo
from klout_tui.demo.life import make_life
from klout_tui.demo.persona import Persona
from klout_tui.demo.phrases import Phrases
from klout_tui.demo.seeds import PERSONA, PHRASES, read, seeds_folder
from klout_tui.errors import ConfigError
from tests.demo.conftest import NOW, Clock


def changed(folder: Path, old: str, new: str, name: str = PERSONA) -> Path:
    text = (seeds_folder() / name).read_text("utf-8")
    assert old in text
    path = folder / name
    path.write_text(text.replace(old, new, 1), "utf-8")
    return path


def test_the_packaged_description_is_readable(persona: Persona, phrases: Phrases) -> None:
    assert persona.her.name == "Ada Winter"
    assert {topic.name for topic in persona.topics} <= phrases.posts.keys()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("reactions = ", "reaktions = ", "reaktions"),
        ("seed = 2011", 'seed = "2011"', "$.seed"),
        ("share = 0.37", "share = -1", "$.topics[0].share"),
        ('zone = "Europe/Berlin"', 'zone = "Europe/Nowhere"', "no time zone is called 'Europe/Nowhere'"),
        ("days = 35", "days = 350", "lasts longer (350 days)"),
        ('lean = ["shop", 0.4]', 'lean = ["shoes", 0.4]', "leans on 'shoes', which is no topic"),
        ('name = "python"', 'name = "marketing"', "two topics have the same name"),
        ("people = 51", "people = 510", "the archetypes need"),
        ("passers_by = 760", "passers_by = 7600", "too few given and family names"),
        ("follows = 610", "follows = 61", "at least the growth of followers"),
        ("weekdays = [1.15, ", "weekdays = [", "$.year.weekdays"),
        ('server = "social.example"', 'server = "Social Example"', "$.her.server"),
        ("seed = 2011", "seed = = 2011", "ada.toml"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    path = changed(tmp_path, old, new)

    with pytest.raises(ConfigError) as raised:
        read(path, Persona)

    assert raised.value.message.startswith("ada.toml: ")
    assert told in raised.value.message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"ada\.toml cannot be read"):
        open_demo(Clock(), folder=tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("佐藤 健 | satoken | curator", "佐藤 健 || curator", "no handle follows from the name '佐藤 健'"),
        ("satoken | curator", "satoken | wizard", "said to be a 'wizard'"),
    ],
)
def test_a_person_that_cannot_be_is_named(tmp_path: Path, phrases: Phrases, old: str, new: str, told: str) -> None:
    persona = read(changed(tmp_path, old, new), Persona)

    with pytest.raises(ConfigError, match=told):
        make_life(persona, phrases, NOW)


def test_a_gap_that_nothing_fills_is_named(tmp_path: Path, persona: Persona) -> None:
    phrases = read(changed(tmp_path, "{craft}", "{kraft}", PHRASES), Phrases)

    with pytest.raises(ConfigError, match=r"nothing to fill \{kraft\} with"):
        make_life(persona, phrases, NOW)


def test_the_description_lies_in_the_package_or_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "klout_tui"
    monkeypatch.setattr("klout_tui.__file__", str(package / "__init__.py"))
    with pytest.raises(ConfigError, match="description is missing"):
        seeds_folder()
    for folder in (tmp_path / "seeds", package / "seeds"):
        folder.mkdir(parents=True)
        (folder / PERSONA).touch()
        assert seeds_folder() == folder


def test_another_seed_is_another_year(tmp_path: Path, persona: Persona, phrases: Phrases) -> None:
    other = read(changed(tmp_path, "seed = 2011", "seed = 2012"), Persona)

    texts = [[status.text for status in make_life(each, phrases, NOW).statuses[:40]] for each in (persona, other)]

    assert texts[0] != texts[1]


def test_a_description_of_almost_nothing_is_enough(tmp_path: Path, persona: Persona, phrases: Phrases) -> None:
    path = tmp_path / PERSONA
    path.write_text(
        """
        seed = 1
        zone = "UTC"
        [her]
        name = "Bo"
        handle = "bo"
        server = "small.example"
        note = ""
        site = "bo.example"
        blog = "Bo"
        tagline = ""
        token = "t"
        [year]
        posts = 20
        articles = 0
        boosts = 0
        followers = [0, 0]
        follows = 0
        reactions = 1
        comments = 0
        answers = 0
        passers_by = 0
        weekdays = [1, 1, 1, 1, 1, 1, 1]
        hours = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
        [[topics]]
        name = "tea"
        share = 1
        pull = 1
        [[archetypes]]
        name = "friend"
        people = 1
        activity = 1
        does = { like = 1, boost = 0, reply = 0, quote = 0 }
        audience = 10
        [names]
        servers = ["small.example"]
        recurring = ["Ann"]
        given = ["A"]
        family = ["B"]
        """,
        "utf-8",
    )

    life = make_life(read(path, Persona), phrases, NOW)

    assert 10 < sum(status.original for status in life.statuses) < 40
    assert life.articles == ()
    assert {act.person.name for act in life.acts if act.person} == {"Ann"}
