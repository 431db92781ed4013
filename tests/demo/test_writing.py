"""The demo's server takes what is written, shows it as any server would, and lets it be taken back."""

from __future__ import annotations

from pathlib import Path

from klout_tui.domain.letters import Purpose, State
from klout_tui.session import Session
from klout_tui.tui.study import Study
from klout_tui.worker.permission import Pen
from klout_tui.worker.posting import PostOffice
from tests.conftest import FrozenClock


async def test_thanked_three_read_again_and_taken_back(clock: FrozenClock, home: Path) -> None:
    with Session.open(demo=True, clock=clock) as session:
        await session.prepare(finish=True)
        store = session.store
        account = next(each for each in store.accounts() if each.network == "mastodon")
        assert store.writing(account.id) is not None
        pen = Pen(
            store,
            session.networks,
            session.secrets,
            session.settings,
            transport=session.transport,
            clock=session.clock,
        )
        office, study = PostOffice(pen), Study(session, pen)
        acts = [act for act in store.interactions(account=account.id) if act.kind in ("repost", "reply", "quote")][-3:]
        before = {post.id for post in store.posts()}, len(store.interactions())
        letters = []
        for act in acts:
            occasion = study.thanks([act.id])
            assert occasion is not None
            assert occasion.allowed
            assert act.actor.handle in occasion.drafts[0]
            letter = await office.send(
                occasion.account,
                Purpose.THANKS,
                occasion.drafts[1],
                to=occasion.to,
                acts=occasion.acts,
                answers=occasion.answers,
            )
            assert letter.state is State.SENT, letter.said
            letters.append(letter)
        assert set(store.thanked()) == {act.id for act in acts}
        assert await office.look() == []
        for letter in letters:  # as if the answers had been lost: they are found by their words
            found = await pen_finds(office, letter.key)
            assert found == letter.sent_id
        await session.worker().refresh()
        fresh = {post.id: post for post in store.posts() if post.id not in before[0]}
        assert set(fresh) == {letter.sent_id for letter in letters}
        assert {post.kind for post in fresh.values()} == {"reply"}
        assert all(not post.public or post.text for post in fresh.values())
        assert len(store.interactions()) == before[1]
        for letter in letters:
            assert (await office.take_back(letter.key)).state is State.DELETED
        assert not store.thanked()


async def pen_finds(office: PostOffice, key: str) -> str:
    """Where a letter is found, asked as after a lost answer."""
    from klout_tui.worker.posting import _outgoing

    letter = office.pen.store.letter(key)
    assert letter is not None
    account = office.pen.store.account(letter.account)
    assert account is not None
    writer = office.pen.writer(account)
    assert writer is not None
    async with await office.pen.open(account) as client:
        found = await writer.find(account, _outgoing(letter), (), client)
    return found.id if found else ""
