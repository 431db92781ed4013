"""Every letter goes out at most once, whatever happens between the intent and what is known of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import msgspec
import pytest

from klout_tui.domain.letters import AGAIN, OPEN, SETTLED_AFTER, Addressee, Letter, Purpose, State
from klout_tui.errors import KloutError, StoreError, UsageError
from klout_tui.networks.base import Unavailable
from klout_tui.networks.http import Client
from klout_tui.store.store import Store
from klout_tui.worker.posting import PostOffice
from tests import secrets
from tests.worker.postal import Killed, PostalMastodon, PostBox, postal

BOTH = pytest.mark.parametrize("which", ["mastodon", "bluesky"])


@contextmanager
def program(post: PostBox) -> Iterator[tuple[Store, PostOffice]]:
    """One run of the program; a killed one leaves its files as they are."""
    store, office = post.open()
    try:
        yield store, office
    except Killed:
        raise
    else:
        store.close()


@BOTH
async def test_a_letter_is_sent_marked_and_kept(which: str, tmp_path: Path) -> None:
    post = postal(which, tmp_path)
    with program(post) as (store, office):
        letter = await post.thank(office)
        assert letter.state is State.SENT
        assert letter.url.startswith("https://")
        assert post.network.written() == [post.text]
        assert store.letters() == [letter]
        assert store.thanked() == {post.act.id: letter.at}


@BOTH
async def test_what_is_refused_is_surely_not_there_and_can_be_sent_again(which: str, tmp_path: Path) -> None:
    post = postal(which, tmp_path)
    post.network.faults.mode = "before connect"
    with program(post) as (store, office):
        letter = await post.thank(office)
        assert letter.state is State.REFUSED
        assert "could not be reached" in letter.said
        assert not store.thanked()
        again = await office.send_again(letter.key)
        assert (again.state, again.key, again.at) == (State.SENT, letter.key, letter.at)
        assert len(post.network.written()) == 1


LOST = ["before timeout", "before reset", "before 502", "after timeout", "after reset", "after 502", "after garbage"]


@BOTH
@pytest.mark.parametrize("fault", LOST)
async def test_a_lost_answer_is_looked_for_before_anything_is_sent_again(
    which: str, fault: str, tmp_path: Path
) -> None:
    post = postal(which, tmp_path)
    post.network.faults.mode = fault
    arrived = fault.startswith("after")
    with program(post) as (store, office):
        letter = await post.thank(office)
        assert letter.state is State.UNKNOWN
        assert letter.said
        assert not store.thanked()
        with pytest.raises(UsageError, match="cannot be sent again"):
            await office.send_again(letter.key)
        with pytest.raises(UsageError, match="being sent already"):
            await post.thank(office, "Something else")
        looked = await office.look()
        if arrived:
            assert [each.state for each in looked] == [State.SENT]
        else:
            assert looked == []  # too early to say
            post.clock.move(seconds=SETTLED_AFTER.total_seconds())
            assert [each.state for each in await office.look()] == [State.MISSING]
            assert (await office.send_again(letter.key)).state is State.SENT
        assert post.network.written() == [post.text]
        assert post.network.faults.writes == (1 if arrived else 2)
        assert set(store.thanked()) == {post.act.id}
        assert await office.look() == []


@BOTH
@pytest.mark.parametrize("fault", ["before killed", "after killed"])
async def test_a_kill_while_sending_is_made_up_for_by_the_next_run(which: str, fault: str, tmp_path: Path) -> None:
    post = postal(which, tmp_path)
    post.network.faults.mode = fault
    with pytest.raises(Killed), program(post) as (_, office):
        await post.thank(office)
    with program(post) as (store, office):
        (letter,) = store.letters()
        assert letter.state is State.SENDING
        assert not store.thanked()
        with pytest.raises(UsageError, match="being sent already"):
            await post.thank(office)
        await _settled(post, store, office, letter)
        assert post.network.written() == [post.text]
        assert set(store.thanked()) == {post.act.id}


async def _settled(post: PostBox, store: Store, office: PostOffice, letter: Letter) -> None:
    """Look until it is known, as the app does; send it again where it is known not to be there, as she may."""
    for _ in range(3):
        await office.look()
        kept = store.letter(letter.key)
        assert kept is not None
        if kept.state in AGAIN:
            await office.send_again(letter.key)
        if kept.state in OPEN:
            post.clock.move(seconds=SETTLED_AFTER.total_seconds())


@BOTH
@pytest.mark.parametrize("failing", [1, 2])
async def test_a_disk_that_refuses_stops_it_before_or_is_made_up_for_after(
    which: str, failing: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = postal(which, tmp_path)
    name = ("intend", "settle_letter")[failing - 1]
    with program(post) as (store, office):

        def refuse(*_: object, **__: object) -> None:
            raise StoreError("The disk is full.")

        with monkeypatch.context() as patch:
            patch.setattr(store, name, refuse)
            with pytest.raises(StoreError):
                await post.thank(office)
        if failing == 1:
            assert post.network.written() == []
            assert store.letters() == []
            await post.thank(office)
        else:
            (letter,) = store.letters()
            assert letter.state is State.SENDING
            assert [each.state for each in await office.look()] == [State.SENT]
        assert post.network.written() == [post.text]
        assert set(store.thanked()) == {post.act.id}


@BOTH
async def test_cancelled_while_sending_it_is_looked_for(which: str, tmp_path: Path) -> None:
    post = postal(which, tmp_path)
    begun, never = asyncio.Event(), asyncio.Event()

    async def hang(request: httpx.Request) -> None:
        if request.method == "POST" and ("statuses" in request.url.path or "putRecord" in request.url.path):
            post.network.answer(request)  # it arrives, and the answer never comes
            begun.set()
            await never.wait()

    with program(post) as (store, office):
        post.wire.meanwhile = hang
        task = asyncio.ensure_future(post.thank(office))
        await begun.wait()
        assert await office.look() == []  # ours, and under way
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        post.wire.meanwhile = None
        assert [each.state for each in store.letters()] == [State.SENDING]
        assert [each.state for each in await office.look()] == [State.SENT]
        assert post.network.written() == [post.text]


@BOTH
async def test_two_programs_side_by_side_send_one(which: str, tmp_path: Path) -> None:
    post = postal(which, tmp_path)
    with program(post) as (_, office), program(post) as (_, other):
        outcomes = await asyncio.gather(post.thank(office, "One"), post.thank(other, "Two"), return_exceptions=True)
        sent = [each for each in outcomes if isinstance(each, Letter)]
        refused = [each for each in outcomes if isinstance(each, UsageError)]
        assert (len(sent), len(refused)) == (1, 1)
        assert post.network.written() == [sent[0].text]
        with pytest.raises(UsageError, match="thanked for already"):
            await post.thank(other, "Three")


@BOTH
async def test_two_programs_that_send_again_send_one(which: str, tmp_path: Path) -> None:
    post = postal(which, tmp_path)
    post.network.faults.mode = "before connect"
    with program(post) as (_, office), program(post) as (_, other):
        letter = await post.thank(office)
        outcomes = await asyncio.gather(
            office.send_again(letter.key), other.send_again(letter.key), return_exceptions=True
        )
        assert sum(isinstance(each, Letter) and each.state is State.SENT for each in outcomes) == 1
        assert sum(isinstance(each, UsageError) for each in outcomes) == 1
        assert post.network.written() == [post.text]


@BOTH
async def test_another_program_that_looks_harms_nothing(which: str, tmp_path: Path) -> None:
    post = postal(which, tmp_path)
    with program(post) as (_, office), program(post) as (_, other):
        looked: list[Letter] = []

        async def look(request: httpx.Request) -> None:
            if request.method == "POST" and ("statuses" in request.url.path or "putRecord" in request.url.path):
                post.wire.meanwhile = None
                looked.extend(await other.look())

        post.wire.meanwhile = look
        letter = await post.thank(office)
        assert looked == []
        assert letter.state is State.SENT
        assert post.network.written() == [post.text]


@BOTH
async def test_sent_again_long_after_it_is_looked_for_first(which: str, tmp_path: Path) -> None:
    """Even where it did arrive late and the server has forgotten the key, nothing is sent twice."""
    post = postal(which, tmp_path)
    post.network.faults.mode = "after 502"
    with program(post) as (store, office):
        letter = await post.thank(office)
        hidden, post.network.faults.mode = _hide(post), ""
        post.clock.move(hours=2)
        assert [each.state for each in await office.look()] == [State.MISSING]
        hidden()
        again = await office.send_again(letter.key)
        assert again.state is State.SENT
        assert post.network.written() == [post.text]
        assert post.network.faults.writes == 1
        assert len(store.letters()) == 1


@BOTH
async def test_other_words_go_out_only_if_the_first_never_arrived(which: str, tmp_path: Path) -> None:
    post = postal(which, tmp_path)
    post.network.faults.mode = "after 502"
    with program(post) as (store, office):
        first = await post.thank(office)
        hidden = _hide(post)
        post.clock.move(hours=2)
        await office.look()
        hidden()
        late = await post.thank(office, "In other words")
        assert (late.key, late.state, late.text) == (first.key, State.SENT, post.text)
        assert post.network.written() == [post.text]
        assert len(store.letters()) == 1


@BOTH
async def test_other_words_replace_those_that_were_refused(which: str, tmp_path: Path) -> None:
    post = postal(which, tmp_path)
    post.network.faults.mode = "before connect"
    with program(post) as (store, office):
        await post.thank(office)
        second = await post.thank(office, "In other words")
        assert second.state is State.SENT
        assert post.network.written() == ["In other words"]
        assert store.letters() == [second]


@BOTH
async def test_a_plusk_that_may_have_arrived_late_is_looked_for_before_another(which: str, tmp_path: Path) -> None:
    post = postal(which, tmp_path)
    post.network.faults.mode = "after 502"
    bo = (Addressee(key=post.act.actor.key, handle=post.act.actor.handle),)
    with program(post) as (_, office):
        first = await office.send(post.account, Purpose.GIVING, "+K about python", to=bo, topic="python", quiet=False)
        hidden = _hide(post)
        post.clock.move(hours=2)
        assert [each.state for each in await office.look()] == [State.MISSING]
        hidden()
        again = await office.send(post.account, Purpose.GIVING, "+K, again", to=bo, topic="Python", quiet=False)
        assert (again.key, again.state) == (first.key, State.SENT)
        assert post.network.written() == ["+K about python"]


def _hide(post: PostBox):  # type: ignore[no-untyped-def]  # a closure over either kind
    """Take what was written out of sight, as a server does that is behind; what is given puts it back."""
    if isinstance(post.network, PostalMastodon):
        network, kept = post.network, post.network.statuses
        network.statuses = [each for each in kept if "_typed" not in each]
        return lambda: network.statuses.extend(each for each in kept if "_typed" in each)
    other, records = post.network, post.network.records
    other.records = {}
    return lambda: other.records.update(records)


@BOTH
async def test_taking_back_deletes_it_and_the_mark(which: str, tmp_path: Path) -> None:
    post = postal(which, tmp_path)
    with program(post) as (store, office):
        letter = await post.thank(office)
        back = await office.take_back(letter.key)
        assert back.state is State.DELETED
        assert post.network.written() == []
        assert not store.thanked()
        with pytest.raises(UsageError, match="nothing to take back"):
            await office.take_back(letter.key)
        assert (await post.thank(office, "Once more")).state is State.SENT  # a new letter, of her own will


@BOTH
async def test_nothing_goes_out_where_it_is_not_allowed_or_does_not_fit(which: str, tmp_path: Path) -> None:
    post = postal(which, tmp_path)
    with program(post) as (store, office):
        for text, words in (("x" * 501, "fit"), ("  \n", "nothing to send")):
            with pytest.raises(UsageError, match=words):
                await post.thank(office, text)
        await office.pen.forbid(post.account)
        with pytest.raises(UsageError, match="not allowed"):
            await post.thank(office)
        assert store.letters() == []
        assert post.network.faults.writes == 0


@BOTH
async def test_unlinked_or_forbidden_meanwhile_it_says_that_nobody_can_look(which: str, tmp_path: Path) -> None:
    post = postal(which, tmp_path)
    post.network.faults.mode = "after timeout"
    with program(post) as (store, office):
        await post.thank(office)
        store.unlink(post.account.id)
        (letter,) = await office.look()
        assert letter.state is State.UNKNOWN
        assert "nobody can look" in letter.said
        assert await office.look() == []  # said once
        with pytest.raises(UsageError, match="not allowed"):
            await post.thank(office)


async def test_a_refused_token_says_so_without_the_token(tmp_path: Path) -> None:
    post = postal("mastodon", tmp_path)
    post.secrets.keep(f"writing of {post.account.id}", f'{{"token": "{secrets.MASTODON_TOKEN}"}}')
    with program(post) as (store, office):
        letter = await post.thank(office)
        assert letter.state is State.REFUSED
        assert "outside the authorized scopes" in letter.said
        assert secrets.found_in(repr(letter)) == []
        assert store.letters() == [letter]


@BOTH
async def test_the_guard_is_asked_in_the_same_commit(which: str, tmp_path: Path) -> None:
    post = postal(which, tmp_path)

    def no(_: object) -> None:
        raise UsageError("five today")

    with program(post) as (store, office):
        with pytest.raises(UsageError, match="five today"):
            await office.send(post.account, Purpose.GIVING, "+K", to=(), guard=no)
        assert store.letters() == []
        assert post.network.written() == []


@BOTH
async def test_a_plugin_that_fails_in_its_own_way_leaves_it_unknown(
    which: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = postal(which, tmp_path)
    with program(post) as (_, office):
        writer = office.pen.writer(post.account)

        async def fails(*_: object) -> None:
            raise ValueError("oops")

        with monkeypatch.context() as patch:
            patch.setattr(type(writer), "send", fails)
            patch.setattr(type(writer), "limit", lambda *_: None)
            letter = await post.thank(office)
        assert letter.state is State.UNKNOWN
        assert "oops" in letter.said
        with pytest.raises(KloutError):
            await office.send_again(letter.key)


@BOTH
@pytest.mark.parametrize("fault", ["plugin", "refusal", "too slow"])
async def test_whatever_ends_a_look_is_told_in_words_without_the_secret(
    which: str, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is an error the screens can show, nothing goes out, and neither it nor the letter holds the token."""
    post = postal(which, tmp_path)
    post.network.faults.mode = "before connect"

    async def fails(*told: object) -> None:
        client = told[-1]
        assert isinstance(client, Client)
        if fault == "too slow":
            raise TimeoutError
        kind = RuntimeError if fault == "plugin" else Unavailable
        raise kind(f"no answer to {client.token}")

    with program(post) as (store, office):
        letter = await post.thank(office)
        assert letter.state is State.REFUSED
        writer = office.pen.writer(post.account)
        with monkeypatch.context() as patch:
            patch.setattr(type(writer), "find", fails)
            with pytest.raises(KloutError) as told:
                await office.send_again(letter.key)
            assert store.letters()[0].state is State.MISSING
            store.settle_letter(msgspec.structs.replace(store.intend_again(letter.key), state=State.UNKNOWN))
            await office.look()
        assert (fault == "too slow") is (told.value.message == "it took too long")
        assert secrets.found_in(f"{told.value.message} {told.value.hint} {store.letters()!r}") == []
        assert post.network.written() == []


@BOTH
async def test_a_deletion_that_takes_too_long_is_told(
    which: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = postal(which, tmp_path)

    async def slow(*_: object) -> None:
        await asyncio.Event().wait()

    with program(post) as (store, office):
        letter = await post.thank(office)
        monkeypatch.setattr(type(office.pen.writer(post.account)), "delete", slow)
        with pytest.raises(KloutError, match="too long"):
            await PostOffice(office.pen, patience=0).take_back(letter.key)
        assert store.letters() == [letter]
