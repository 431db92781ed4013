"""One count, wherever it stands: the pane, its rows, topics, people, day totals and the command line."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from klout_tui.domain import wording
from klout_tui.domain.batch import Batch
from klout_tui.domain.dashboard import TOPIC_DAYS, Choice
from klout_tui.domain.days import Days
from klout_tui.domain.details import GroupDetail, PlusKDetail
from klout_tui.domain.model import Actor, Interaction, InteractionKind, Post, PostKind
from klout_tui.domain.people import Tab, Wish
from klout_tui.domain.plusk import plusks
from klout_tui.domain.review import Step
from klout_tui.domain.rules import EARNING, USUAL, Rules, tuned
from klout_tui.networks.registry import Registry
from klout_tui.session import Session
from klout_tui.store.ruling import rule
from klout_tui.store.store import Store
from klout_tui.tui.desk import Desk
from klout_tui.tui.panes.plusk import PlusKPane
from klout_tui.tui.reviewdesk import ReviewDesk
from klout_tui.tui.screens.reviewcards import title
from tests.cli_helper import Shell
from tests.conftest import FrozenClock
from tests.town import Town
from tests.tui.village import account

TOPICS = ("python", "Python", "rust", "give aways", "writing")
TEXTS = ("", "nice", "this did help me a lot", "+K about rust", "+K", "#plusK and more", "+K for give_aways!")


def generated(store: Store, now: datetime, seed: int) -> None:
    """Two accounts, sixty posts, a thousand acts of thirty people over half a year, some of them her own."""
    chance = random.Random(seed)
    people = [Actor(key=f"https://far.example/{n}", handle=f"@p{n}@far.example") for n in range(30)]
    for name in ("ada", "notes"):
        owner = account(name, now)
        store.link(owner)
        posts = [
            Post(
                id=f"https://town.example/{name}/{number}",
                account=owner.id,
                kind=chance.choice([PostKind.STATUS, PostKind.ARTICLE, PostKind.REPLY]),
                at=now - timedelta(days=6 * number, hours=chance.random() * 24),
                topics=tuple(chance.sample(TOPICS, chance.randrange(3))),
                text="words",
            )
            for number in range(30)
        ]
        acts: dict[str, Interaction] = {}
        for number in range(500):
            post = chance.choice(posts)
            kind = chance.choice(list(InteractionKind))
            actor = chance.choice([*people, Actor(key=account("ada", now).keys[0], handle="@ada@town.example")])
            at = min(now, post.at + timedelta(days=chance.expovariate(0.2)))
            acts[f"{name}{number}"] = Interaction(
                id=f"{name}{number}",
                account=owner.id,
                kind=kind,
                actor=actor,
                at=at,
                post=None if kind is InteractionKind.FOLLOW or chance.random() < 0.1 else post.id,
                text=chance.choice(TEXTS) if kind not in (InteractionKind.LIKE, InteractionKind.FOLLOW) else "",
                estimated=chance.random() < 0.1,
            )
        store.absorb(Batch(account=owner.id, cursor={}, posts=tuple(posts), interactions=tuple(acts.values())))
    everybody = [act.id for act in store.interactions() if not act.own]
    store.thank(chance.sample(everybody, 200), now - timedelta(days=1))


@pytest.mark.parametrize(
    "rules", [USUAL, tuned([*EARNING, InteractionKind.LIKE], 1), tuned([InteractionKind.REPOST], 4)], ids=str
)
@pytest.mark.parametrize(("seed", "hidden"), [(1, ""), (2, ""), (1, "rust"), (2, "give-aways")])
def test_every_count_is_the_same(
    home: Path, clock: FrozenClock, shell: Shell, rules: Rules, seed: int, hidden: str
) -> None:
    with Store.open(home / "store", clock=clock, zone="Europe/Berlin") as store:
        generated(store, clock(), seed)
        rule(store, rules)
        before = [plusk.id for plusk in plusks(list(store.history()), {}, rules=rules)]
        if hidden:
            hidden = store.topics().find(hidden)
            assert store.curate("hid one", lambda now: now.hide(hidden)) is not None
        after = plusks(list(store.history()), {}, rules=rules)
        assert [plusk.id for plusk in after] == before
        assert any(plusk.hidden == (hidden,) and not plusk.topics for plusk in after) == bool(hidden)
        acts = {act.id: act for act in store.interactions()}
    with Session.open(clock=clock, networks=Registry({"town": Town()})) as session:
        desk = Desk(session)
        _, view = desk.dashboard(Choice())
        first = view.today - timedelta(days=TOPIC_DAYS - 1)
        begin = Days(session.zone).start(first)
        told = shell.json("show", "plusk", "--since", str(first))["plusk"]
        ids = [row["id"] for row in told]
        assert 20 < len(ids) < 500

        # the pane, its rows and its edge
        assert [plusk.id for plusk in view.plusks] == ids
        assert view.plusk_count == len(ids)
        assert Counter(each.id for group in view.groups for each in group.plusks) == Counter(ids)
        waiting = sum(group.waiting(view.now) for group in view.groups)
        assert view.news.to_thank == waiting == sum(plusk.waits(view.now) for plusk in view.plusks)
        assert PlusKPane().summary(view)[-1] == f"{waiting:,} to thank"

        # topics: their pane, their pages, the command line
        by_topic = Counter(topic for row in told for topic in row["topics"])
        assert hidden not in by_topic
        assert {topic for row in told for topic in row["hidden_topics"]} == ({hidden} if hidden else set())
        assert {row.topic: row.plusk for row in view.topics.rows if row.plusk} == by_topic
        for row in shell.json("show", "topics")["topics"]:
            assert row["plusk"] == by_topic[row["topic"]]
        for topic, number in by_topic.items():
            page = desk.topic(topic, view)
            assert page.plusk_count == len(page.plusks) == number

        # people: their pages, and each act's own
        by_person = Counter(acts[each].actor.key for each in ids)
        for key in {act.actor.key for act in acts.values() if not act.own}:
            person = desk.person(key, view)
            assert person is not None
            assert sum(plusk.at >= begin for plusk in person.plusks) == by_person[key]
            for plusk in person.plusks:
                own = desk.plusk(plusk.id, view)
                assert isinstance(own, PlusKDetail)
                assert (own.verdict.counts, own.verdict.topics) == (True, plusk.topics)
                assert own.plusk.hidden == plusk.hidden
                assert own.plusk == plusk
        for group in view.groups:
            opened = desk.plusk(group.key, view)
            if group.single is None:
                assert isinstance(opened, GroupDetail)
                assert opened.group == group

        # day totals: every +K is one of the acts counted that day
        by_day = Counter((plusk.account, plusk.at.astimezone(session.zone).date(), plusk.kind) for plusk in view.plusks)
        named = {(total.account, total.day, total.kind): total.named for total in session.store.days()}
        assert all(number <= named[key] for key, number in by_day.items())


def test_what_waits_for_an_answer_is_counted_in_the_same_words(home: Path, clock: FrozenClock, shell: Shell) -> None:
    """Things and people are both counted, and everywhere the same; a program waits for nothing, wherever it is read."""
    with Store.open(home / "store", clock=clock, zone="Europe/Berlin") as store:
        generated(store, clock(), seed=1)
        owner = account("ada", clock())
        one = next(
            act for act in store.interactions() if act.kind is InteractionKind.REPLY and act.post and not act.own
        )
        bot = Actor(key="https://far.example/bot", handle="@news-bot@far.example")
        again = (
            msgspec.structs.replace(one, id=f"again-{n}", actor=actor, at=clock() - timedelta(days=n), text="Why so?")
            for n, actor in enumerate([one.actor, one.actor, bot])
        )
        store.absorb(Batch(account=owner.id, cursor={}, interactions=tuple(again)))
    with Session.open(clock=clock, networks=Registry({"town": Town()})) as session:
        desk = Desk(session)
        found, _ = ReviewDesk(desk).first()
        people = {each.person for each in found.waiting}
        assert bot.key not in people
        assert 1 < len(people) < len(found.waiting)
        words = f"{len(found.waiting)} to answer ({len(people)} people)"
        listed = desk.people.listing(Wish(tab=Tab.WAITING))
        assert listed.counts[Tab.WAITING] == len(listed.people) == len(people)
        assert wording.to_answer(listed.waiting) == wording.to_answer(found.waiting) == words
        assert title(found, Step.ANSWER) == words
    told = shell.json("today")["today"]
    assert (told["waiting"], told["waiting_people"]) == (len(found.waiting), len(people))
    assert words in told["line"]
    assert words in told["reminders"][-1]
    assert shell("today", "--line").stdout.strip() == told["line"]
    assert f"To answer: {len(found.waiting)} ({len(people)} people)" in shell("today").stdout
    assert words in shell("people", "--waiting").stderr
    assert len(shell.json("people", "--waiting")["people"]) == len(people)
