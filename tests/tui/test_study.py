"""What the dialogs that write are made of: her topics, her people, and nothing that is private."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from klout_tui.domain.batch import Batch
from klout_tui.domain.gratitude import Way, entry
from klout_tui.domain.letters import Addressee, Letter, Purpose, State
from klout_tui.domain.model import Actor, Interaction, InteractionKind
from klout_tui.errors import UsageError
from klout_tui.store.store import Store
from klout_tui.tui.study import Study
from klout_tui.worker.permission import Pen
from tests.conftest import FrozenClock
from tests.tui.quill import writable
from tests.tui.village import full


@pytest.fixture
def study(home: Path, clock: FrozenClock) -> Study:
    session = writable(home, clock, full)[0].session
    pen = Pen(session.store, session.networks, session.secrets, session.settings, clock=session.clock)
    return Study(session, pen)


def store_of(study: Study) -> Store:
    return study._session.store


def on_topic(store: Store, topic: str) -> list[Interaction]:
    """Acts on her posts about it, newest first."""
    about = {post.id for post in store.posts() if post.topics == (topic,)}
    return [act for act in reversed(store.interactions()) if act.post in about]


def unquoted(draft: str) -> str:
    """Without the beginning of her post that it repeats."""
    return re.sub("“[^”]*”", "", draft)


def add(store: Store, acts: Sequence[Interaction]) -> None:
    store.absorb(Batch(account=acts[0].account, cursor={}, interactions=tuple(acts)))


def test_a_topic_is_written_as_she_wants_it_and_a_hidden_one_not_at_all(study: Study) -> None:
    store = store_of(study)
    act = on_topic(store, "python")[0]
    theirs = [each for each in reversed(store.interactions()) if each.actor.key == act.actor.key]
    before, gift = study.thanks([act.id]), study.gift(act.actor.key, theirs)
    assert before is not None
    assert gift is not None
    assert any("python" in unquoted(draft) for draft in before.drafts)
    assert "python" in gift.topics
    store.curate("hid python", lambda curation: curation.hide("python"))
    after, gift = study.thanks([act.id]), study.gift(act.actor.key, theirs)
    assert after is not None
    assert gift is not None
    assert not any("python" in unquoted(draft) for draft in after.drafts)
    assert "python" not in gift.topics


def test_somebody_of_two_handles_is_one_whom_to_give_to(study: Study, clock: FrozenClock) -> None:
    store, now = store_of(study), clock()
    one, other = "https://far.example/1", "https://far.example/5"
    store.merge([one, other])
    acts = [act for act in reversed(store.interactions()) if act.actor.key == other]
    occasion = study.gift(one, acts)  # a person's page names them by the smallest key, whoever acted last
    assert occasion is not None
    assert occasion.to[0].key == other
    assert study.stop(occasion, "python") == ""
    earlier = Letter(
        key="a" * 32,
        account="town:ada@town.example",
        purpose=Purpose.GIVING,
        text="+K about python",
        at=now - timedelta(days=1),
        to=(Addressee(key=one, handle="@person1@far.example"),),
        topic="python",
        state=State.SENT,
    )
    assert "less than seven days" in study.stop(replace(occasion, letters=(earlier,)), "python")
    with pytest.raises(UsageError, match="less than seven days"):
        study.guard(other, "python", [earlier])


def test_a_logged_thanks_can_be_answered_by_hand(study: Study, clock: FrozenClock) -> None:
    store = store_of(study)
    actor = Actor(key="mailto:bo@pixel.example", handle="bo@pixel.example", name="Bo")
    made = entry("1", actor, clock() - timedelta(hours=1), way=Way.MAIL, topics=("python",), text="thanks")
    kept = store.log(made)
    occasion = study.thanks([kept.id])
    assert occasion is not None
    assert not occasion.allowed
    assert any("python" in draft for draft in occasion.drafts)


def test_what_was_told_in_private_is_not_answered_or_named_in_public(study: Study, clock: FrozenClock) -> None:
    store = store_of(study)
    post = max((post for post in store.posts() if post.topics == ("writing",)), key=lambda post: post.at)
    replies = [
        Interaction(
            id=f"town:ada@town.example/reply/{name}",
            account=post.account,
            kind=InteractionKind.REPLY,
            actor=Actor(key=f"https://far.example/{name}", handle=f"@{name}@far.example"),
            at=clock() - timedelta(minutes=5),
            post=post.id,
            text="between us",
            topics=("burnout",),
            public=False,
        )
        for name in ("kim", "lou")
    ]
    add(store, replies)
    both = study.thanks([each.id for each in replies])
    assert both is not None
    assert not both.together
    assert both.answers == post.id
    alone = study.thanks([replies[0].id])
    assert alone is not None
    assert (alone.together, alone.answers) == (True, replies[0].id)
    opened = [msgspec.structs.replace(each, id=f"{each.id}/open", public=True, topics=()) for each in replies]
    add(store, opened)
    together = study.thanks([each.id for each in opened])
    assert together is not None
    assert together.together
    gift = study.gift(replies[0].actor.key, replies[:1])
    assert gift is not None
    assert gift.topics == ()
