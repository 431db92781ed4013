"""What she decides about topics, laid over months: one spelling, no double counting, and always the way back."""

from __future__ import annotations

import random
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klout_tui.domain.curation import Curation, HerTopics, Tags
from klout_tui.domain.days import Days
from klout_tui.domain.details import originals_on, person_detail, search, topic_people
from klout_tui.domain.digest import Digest
from klout_tui.domain.model import InteractionKind
from klout_tui.domain.plusk import counted, known_topics, plusks
from klout_tui.domain.tags import canonical, canonical_topics
from klout_tui.domain.topics import Order, TopicTable, gap, ordered, topic_table
from klout_tui.errors import UsageError
from tests.domain.facts import NOON, act, ago, by_id, history, post

BERLIN = Days(ZoneInfo("Europe/Berlin"))
NAMES = ("python", "py", "garden", "gardens", "web", "news")
topics = st.sampled_from(NAMES)


def shown(curation: Curation, months: tuple[Digest, ...]) -> TopicTable:
    hers = HerTopics(curation)
    curated = [month.retagged(hers) for month in months]
    found = counted(curated, lambda: known_topics(curated))
    return topic_table(curated, found, BERLIN, BERLIN.of(NOON), 90, pinned=curation.pinned)


def town() -> tuple[Digest, ...]:
    posts = by_id(
        post("both", "Python", "py", at=ago(3)),
        post("one", "py", at=ago(4)),
        post("bed", "garden", at=ago(5)),
        post("plain", at=ago(6)),
    )
    acts = [act(InteractionKind.REPOST, "ann", at=ago(2), on=name) for name in ("both", "one", "bed")]
    acts += [act(InteractionKind.LIKE, who, at=ago(1), on="both") for who in ("bo", "cy", "ann")]
    return history(acts, posts)


def step(curation: Curation, deed: str, one: str, other: str) -> Curation:
    """One decision; one that is refused changes nothing."""
    deeds: dict[str, Callable[[], Curation]] = {
        "hide": lambda: curation.hide(one),
        "show": lambda: curation.show(one),
        "pin": lambda: curation.pin(one),
        "unpin": lambda: curation.unpin(one),
        "merge": lambda: curation.merge(one, HerTopics(curation).find(other)),
        "rename": lambda: curation.rename(one, other),
        "split": lambda: curation.split(one),
    }
    try:
        return deeds[deed]()
    except UsageError:
        return curation


decisions = st.lists(
    st.tuples(
        st.sampled_from(["hide", "show", "pin", "unpin", "merge", "rename", "split"]),
        topics,
        st.sampled_from([*NAMES, "Python!", "C#"]),
    ),
    max_size=8,
)


@given(decisions, st.lists(st.sampled_from([*NAMES, "#Python", "PY", "new"]), max_size=5).map(tuple))
def test_her_topics_are_each_once_and_stay_what_they_are(
    done: list[tuple[str, str, str]], written: tuple[str, ...]
) -> None:
    curation = Curation()
    for deed, one, other in done:
        curation = step(curation, deed, HerTopics(curation).find(one), other)
    hers = HerTopics(curation)
    found = hers.of(written)
    assert hers.of(found) == found
    assert len(set(found)) == len(found)
    assert not set(found) & set(curation.hidden)
    assert set(found) == set(hers.of(written[::-1]))
    assert not set(curation.pinned) & set(curation.hidden)


def test_nothing_decided_costs_nothing() -> None:
    months = town()
    assert all(month.retagged(HerTopics()) is month for month in months)


def test_a_month_without_the_topic_is_left_as_it_is() -> None:
    months = town()
    assert all(month.retagged(HerTopics(Curation().merge("cats", "dogs"))) is month for month in months)


def test_joined_topics_count_a_post_a_person_and_a_plusk_once() -> None:
    before = {row.topic: row for row in shown(Curation(), town()).rows}
    assert (before["python"].posts, before["py"].posts) == (1, 2)
    after = {row.topic: row for row in shown(Curation().merge("py", "python"), town()).rows}
    assert "py" not in after
    assert (after["python"].posts, after["python"].people, after["python"].plusk) == (2, 3, 1)
    assert after["python"].reactions == 5
    assert after["python"].post_share == 0.5


def test_a_hidden_topic_is_as_if_never_written() -> None:
    found = shown(Curation().hide("garden"), town())
    assert "garden" not in {row.topic for row in found.rows}
    assert found.untagged_posts == 2


def test_a_plusk_on_a_hidden_topic_still_says_which() -> None:
    hers = HerTopics(Curation().hide("garden").hide("py"))
    months = [month.retagged(hers) for month in town()]
    found = {each.post: (each.topics, each.hidden) for each in plusks(months, {})}
    assert found == {"both": (("python",), ("py",)), "bed": ((), ("garden",))}  # one within seven days on py


@given(st.sets(st.sampled_from(["python", "py", "garden", "news"])), st.integers(0, 2**32))
def test_hiding_changes_no_count_of_plusk(hidden: set[str], seed: int) -> None:
    """Which acts count, and on how many topics, is decided by what was written, whatever of it she wants to see."""
    chance = random.Random(seed)
    posts = by_id(
        *(post(f"p{n}", *chance.sample(["Python", "py", "garden", "news"], chance.randrange(4))) for n in range(5))
    )
    texts = ("this did help me a lot", "+K about news", "+K about snakes", "+K")
    acts = [
        act(
            InteractionKind.REPLY,
            chance.choice("abc"),
            at=ago(20 * chance.random()),
            on=f"p{chance.randrange(5)}",
            text=chance.choice(texts),
            topics=("garden", "py")[: chance.randrange(3)],
        )
        for _ in range(30)
    ]
    curation = Curation()
    for topic in hidden:
        curation = curation.hide(topic)
    before, after = (
        plusks([month.retagged(HerTopics(each)) for month in history(acts, posts)], {})
        for each in (Curation(), curation)
    )
    assert [(each.id, {*each.topics}) for each in before] == [(each.id, {*each.topics, *each.hidden}) for each in after]
    assert not any(hidden & set(each.topics) or set(each.hidden) - hidden for each in after)


def test_a_hidden_topic_stays_hidden_however_it_is_spelt() -> None:
    hers = HerTopics(Curation().hide("python"))
    assert hers.of(("Python", "#PYTHON", "Ｐython", "web")) == ("web",)


def test_joining_takes_along_what_was_joined_before() -> None:
    curation = Curation().merge("py", "python").merge("python", "code")
    assert HerTopics(curation).of(("py", "python", "code")) == ("code",)
    assert curation.written_as("code") == ("py", "python")


def test_renaming_there_and_back_is_where_it_began() -> None:
    curation = Curation().rename("python", "Snakes").rename("snakes", "python")
    assert HerTopics(curation).of(("python", "web")) == ("python", "web")
    assert not curation.labels


def test_a_name_keeps_how_she_writes_it() -> None:
    hers = HerTopics(Curation().rename("give-aways", "Give-aways & gifts"))
    (topic,) = hers.of(("give-aways",))
    assert hers.label(topic) == "Give-aways & gifts"
    assert hers.label("web") == "web"


def test_pins_and_hiding_move_along_with_a_name() -> None:
    assert Curation().pin("python").rename("python", "snakes").pinned == ("snakes",)
    assert Curation().hide("python").rename("python", "snakes").hidden == ("snakes",)
    assert Curation().hide("py").merge("py", "python").hidden == ()
    assert Curation().pin("python").hide("python").pinned == ()


@pytest.mark.parametrize(
    "refused",
    [
        lambda: Curation().hide("python").merge("py", "python"),
        lambda: Curation().merge("py", "py"),
        lambda: Curation().hide("python").pin("python"),
        lambda: Curation().show("python"),
        lambda: Curation().rename("python", " # "),
        lambda: Curation().merge("py", "python").rename("web", "py"),
        lambda: Curation().hide("news").rename("web", "News"),
    ],
)
def test_what_makes_no_sense_is_refused(refused: Callable[[], Curation]) -> None:
    with pytest.raises(UsageError):
        refused()


def test_split_takes_one_spelling_out_again() -> None:
    curation = Curation().merge("py", "python").merge("snake", "python").split("py")
    assert HerTopics(curation).of(("py", "snake")) == ("py", "python")


def test_her_own_tags_come_on_top_and_go_along_with_her_names() -> None:
    tags = {"plain": Tags(added=("garden",)), "both": Tags.turning(("python", "py"), ("python",))}
    hers = HerTopics(Curation().rename("garden", "gardening"), tags)
    assert hers.of_post("plain", ()) == ("gardening",)
    assert hers.of_post("both", ("Python", "py")) == ("python",)
    months = [month.retagged(hers) for month in town()]
    assert sorted(originals_on("gardening", months)) == ["bed", "plain"]


def test_said_about_something_is_about_what_she_calls_it() -> None:
    said = {
        "joined": "+K about snakes",
        "two": "+K about machine learning, thanks",
        "hidden": "+K about news",
    }
    acts = [act(InteractionKind.REPLY, who, at=ago(1), on="bed", text=text) for who, text in said.items()]
    months = history(acts, by_id(post("bed", "garden", at=ago(2)), post("ml", "machine-learning", at=ago(3))))
    curation = Curation().merge("snakes", "python").merge("machine-learning", "ai").hide("news")
    hers = HerTopics(curation)
    curated = [month.retagged(hers) for month in months]
    found = {
        each.digest.actors[each.digest.actor[each.row]]: (each.topics, each.hidden)
        for each in counted(curated, lambda: known_topics(curated))
    }
    assert found == {"joined": (("python",), ()), "two": (("ai",), ()), "hidden": ((), ("news",))}


@given(decisions)
def test_table_topic_page_person_and_search_agree(done: list[tuple[str, str, str]]) -> None:
    curation = Curation()
    for deed, one, other in done:
        curation = step(curation, deed, HerTopics(curation).find(one), other)
    hers = HerTopics(curation)
    months = [month.retagged(hers) for month in town()]
    table = shown(curation, town())
    hits = {
        hit.topic: hit.sub for row in table.rows for hit in search(row.topic, months, (), ()) if hit.topic == row.topic
    }
    for row in table.rows:
        assert row.posts == len(originals_on(row.topic, months))
        assert row.people == len(topic_people(row.topic, months))
        assert row.reactions == sum(count for _, count in topic_people(row.topic, months))
        if row.posts:
            assert hits[row.topic] == f"{row.posts} posts"
    ann = person_detail("ann", months, (), {}, lambda: known_topics(months))
    assert ann is not None
    mine = counted(months, lambda: known_topics(months))
    theirs = [each.topics for each in mine if each.digest.actors[each.digest.actor[each.row]] == "ann"]
    assert [plusk.topics for plusk in ann.plusks] == theirs[::-1]


def test_pinned_rows_are_first_and_there_even_without_news() -> None:
    found = shown(Curation().pin("knitting").pin("garden"), town())
    assert [row.topic for row in found.rows][:2] == ["knitting", "garden"]
    assert (found.rows[0].posts, found.rows[0].plusk) == (0, 0)
    by_posts = ordered(found.rows, Order.POSTED, ("garden",))
    assert [row.topic for row in by_posts][:2] == ["garden", "py"]


def test_people_are_counted_once_however_often_they_come() -> None:
    rows = {row.topic: row for row in shown(Curation(), town()).rows}
    assert (rows["py"].people, rows["garden"].people) == (3, 1)
    assert rows["py"].people_share == 1.0
    assert rows["garden"].people_share == pytest.approx(1 / 3)


def test_the_gap_is_told_where_there_is_enough_to_tell() -> None:
    posts = [post(f"m{number}", "marketing", at=ago(3)) for number in range(4)] + [post("py", "python", at=ago(3))]
    acts = [act(InteractionKind.LIKE, f"w{number}", at=ago(1), on="py") for number in range(5)]
    found = gap(shown(Curation(), history(acts, by_id(*posts))))
    assert found is not None
    assert (found.posted.topic, found.came.topic) == ("marketing", "python")
    assert gap(shown(Curation(), history(acts[:4], by_id(*posts)))) is None
    assert gap(TopicTable()) is None


@given(st.text(max_size=20))
def test_one_spelling_of_one_spelling_is_itself(text: str) -> None:
    assert canonical(canonical(text)) == canonical(text)


@given(st.lists(st.text(max_size=6), max_size=5))
def test_spellings_do_not_depend_on_order(written: list[str]) -> None:
    assert set(canonical_topics(tuple(written))) == set(canonical_topics(tuple(reversed(written))))


def test_search_finds_a_topic_by_how_she_writes_it() -> None:
    hers = HerTopics(Curation().rename("garden", "Beds & borders"))
    months = [month.retagged(hers) for month in town()]
    (hit,) = search("beds & bord", months, (), (), label=hers.label)
    assert (hit.label, hit.topic) == ("#Beds & borders", "beds-&-borders")
