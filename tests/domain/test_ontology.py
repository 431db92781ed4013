"""Lists of topics: what is read as what, what belongs where, and what is left alone because nobody can be sure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klout_tui.domain.curation import Curation, HerTopics
from klout_tui.domain.ontology import ListedTopic, PackedList, packed, read_lines
from klout_tui.domain.tags import canonical
from klout_tui.domain.topiccsv import read_csv
from klout_tui.errors import KloutError
from klout_tui.store.ontology import PACKED, builtin
from klout_tui.store.owntopics import pack_own

TOPICS = """topicId,topicSlug,topicDisplayName,wikiItemId,freebaseMachineId
0,_ROOT_,_ROOT_,,
9219221220892055331,technology-super,Technology,Q11016,
5144818194631058141,programming,Programming,Q80006,/m/01mf_
7,python,Python,Q28865,
8,snakes,Snakes,Q2102,
9,machine-learning,"Machine Learning, applied",Q2539,
10,animals-super,Animals,,
"""
EDGES = """parentTopicId,parrentTopicSlug,childTopicId,childTopicSlug
0,_ROOT_,9219221220892055331,technology-super
9219221220892055331,technology-super,5144818194631058141,programming
5144818194631058141,programming,7,python
8,snakes,7,python
10,animals-super,8,snakes
0,_ROOT_,10,animals-super
"""
NAMES = """topicId,language,topicDisplayName
5144818194631058141,de,Programmierung
5144818194631058141,es,Programación
8,fr,Serpents
0,de,Wurzel
"""


def used(**more: str) -> PackedList:
    files = {"topics.csv": TOPICS, "edges.csv": EDGES, "names.csv": NAMES} | {f"{k}.csv": v for k, v in more.items()}
    return PackedList(packed(read_csv(files), {"source": "test", "licence": "CC BY: Klout"}))


@pytest.mark.parametrize(
    ("written", "topic"),
    [
        ("Python", "python"),
        ("MachineLearning", "machine-learning"),
        ("machine_learning", "machine-learning"),
        ("Snake", "snakes"),
        ("Programmierung", "programming"),
        ("programacion", "programming"),
        ("#technology", "technology"),
        ("pythons-and-more", "pythons-and-more"),
        ("_ROOT_", "-root-"),
    ],
)
def test_tags_are_read_as_the_topics_they_are_written_for(written: str, topic: str) -> None:
    assert used().topic(canonical(written)) == topic


def test_topics_have_names_in_languages_and_ways_up() -> None:
    found = used()
    assert (found.name("programming", "de"), found.name("programming", "xx")) == ("Programmierung", "Programming")
    assert found.paths("python") == (("programming", "technology"), ("snakes", "animals"))
    assert found.paths("technology") == ()
    assert found.about == {"source": "test", "licence": "CC BY: Klout"}
    assert len(found) == 6
    assert set(found.forms("programming")) == {"programming", "programmierung", "programación"}


def test_her_topics_show_the_lists_names_and_her_own_first() -> None:
    hers = HerTopics(Curation().rename("python", "Snake tongue"), lexicon=used(), language="de")
    assert hers.of(("Programmierung", "Python", "else")) == ("programming", "snake-tongue", "else")
    assert [hers.label(topic) for topic in ("programming", "snake-tongue", "else")] == [
        "Programmierung",
        "Snake tongue",
        "else",
    ]
    assert hers.above("python") == (("Programmierung", "Technology"), ("Snakes", "Animals"))
    assert hers.above("snake-tongue") == hers.above("python")


def test_a_circle_of_parents_ends() -> None:
    circle = "parentTopicSlug,childTopicSlug\npython,programming\nprogramming,technology\n"
    found = used(circle=circle)
    assert found.paths("python")[0][:2] == ("programming", "technology")
    assert all(len(path) < 7 for topic in ("python", "programming", "technology") for path in found.paths(topic))


def test_what_two_topics_claim_belongs_to_neither() -> None:
    found = PackedList(
        packed(
            (
                ListedTopic(slug="poison", name="Poison", names={"de": "Gift"}),
                ListedTopic(slug="present", name="Present", names={"xx": "Gift"}),
                ListedTopic(slug="mustang-car", name="Mustang"),
                ListedTopic(slug="mustang-horse", name="Mustang"),
                ListedTopic(slug="re-sign", name="Re-sign"),
                ListedTopic(slug="resign", name="Resign"),
            ),
            {},
        )
    )
    assert found.topic("gift") == "gift"
    assert found.topic("mustang") == "mustang"
    assert (found.topic("resign"), found.topic("re-sign")) == ("resign", "re-sign")


@pytest.mark.parametrize(
    ("files", "where", "why"),
    [
        ({"topics.csv": "topicId,topicSlug,topicDisplayName\n1,,x\n"}, "topics.csv, line 2", "without topicSlug"),
        ({"topics.csv": TOPICS + "7,other,Other,,\n"}, "topics.csv, line 9", "topicId 7 was there before"),
        ({"topics.csv": TOPICS + "1,x\n"}, "topics.csv, line 9", "2 columns"),
        ({"topics.csv": TOPICS + '1,"x,y\n'}, "topics.csv, line 9", "not CSV"),
        (
            {"topics.csv": TOPICS, "edges.csv": EDGES + "7,python,99,nowhere\n"},
            "edges.csv, line 8",
            "no topic nowhere, named as the child",
        ),
        (
            {"topics.csv": TOPICS, "names.csv": NAMES + "77,de,Nichts\n"},
            "names.csv, line 6",
            "no topic with topicId 77",
        ),
        ({"topics.csv": TOPICS, "names.csv": NAMES + "8,[/],x\n"}, "names.csv, line 6", "is no language"),
        ({"other.csv": "a,b\n1,2\n"}, "", "no topics"),
        ({"empty.csv": ""}, "", "no topics"),
    ],
)
def test_what_makes_no_sense_is_named_with_file_and_line(files: dict[str, str], where: str, why: str) -> None:
    with pytest.raises(KloutError) as caught:
        read_csv(files)
    assert where in caught.value.message
    assert why in caught.value.message


def test_names_are_made_harmless() -> None:
    found = read_csv({"t.csv": "topicSlug,topicDisplayName\nx,\x1b[31mRed\x1b[0m [/]\n"})
    assert found == (ListedTopic(slug="x", name="Red [/]"),)


def test_something_else_is_no_list() -> None:
    with pytest.raises(ValueError, match="not a list"):
        PackedList(b"{}")


slugs = st.text(alphabet="abcdefgéß-", min_size=1, max_size=6).map(canonical).filter(bool)


@given(st.lists(slugs, unique=True, max_size=30))
def test_every_topic_is_found_by_its_own_name_and_nothing_else_moves(listed: list[str]) -> None:
    found = PackedList(packed([ListedTopic(slug=each, name=each) for each in listed], {}))
    for each in listed:
        assert found.topic(each) == each
        assert found.topic(found.topic(each)) == found.topic(each)
    assert found.topic("quite-another") == "quite-another"
    assert len(found) == len(listed)


def test_our_own_list_is_packed_as_it_is_written() -> None:
    assert pack_own() == PACKED.read_bytes(), "make it anew: python -m klout_tui.store.owntopics"


def test_our_own_list_holds_together() -> None:
    topics = {topic.slug: topic for topic in read_lines(PACKED.with_name("topics.txt").read_text("utf-8"))}
    assert 150 <= len(topics) <= 300
    for topic in topics.values():
        assert canonical(topic.slug) == topic.slug
        assert set(topic.parents) <= topics.keys()
        assert builtin().topic(topic.slug) == topic.slug
        for alias in topic.aliases:
            assert canonical(alias) == alias
            assert builtin().topic(alias) == topic.slug
    assert all(len(builtin().paths(slug, 9)) == len(topics[slug].parents) for slug in topics)


@pytest.mark.parametrize("word", ["rail", "window", "good", "minute", "new", "art-s-y", "ml", "py", "sign", "ui-kit"])
def test_our_own_list_joins_nothing_that_may_mean_something_else(word: str) -> None:
    assert builtin().topic(word) == word


def test_our_own_list_leaves_topics_as_she_writes_them() -> None:
    hers = HerTopics(lexicon=builtin())
    assert hers.of(("OpenSource", "#js", "GiveAways")) == ("open-source", "javascript", "give-aways")
    assert hers.label("open-source") == "open-source"
    assert hers.above("python") == (("Programming", "Technology"),)
