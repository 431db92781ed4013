"""Letters outlive the program, are found whole by the check-up, and go with their account."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from klout_tui.domain.batch import Batch
from klout_tui.domain.letters import Addressee, Allowed, Letter, Purpose, State
from klout_tui.domain.model import Post, PostKind
from klout_tui.errors import StoreError, UsageError
from klout_tui.store import Store
from klout_tui.store.backup import back_up, restore
from klout_tui.store.checkup import check_up
from klout_tui.store.mending import mend
from klout_tui.store.records import CORE, LETTERS, SENT, WRITING, Remembered
from tests.store.build import Clock, fold
from tests.store.test_checkup import lived

ADA = "mastodon:ada@social.example"


def letter(clock: Clock, number: int = 1, **more: object) -> Letter:
    plain = {
        "key": f"{number:032x}",
        "account": ADA,
        "purpose": Purpose.THANKS,
        "text": "Thank you!",
        "at": clock(),
        "to": (Addressee(key="k", handle="@bo@town.example"),),
        "acts": (f"act {number}",),
    }
    return Letter(**{**plain, **more})  # type: ignore[arg-type]


@pytest.fixture
def clock() -> Clock:
    return Clock()


def some_account(store: Store) -> str:
    return store.accounts()[0].id


def test_a_letter_outlives_the_program_at_every_state(tmp_path: Path, clock: Clock) -> None:
    folder = tmp_path / "store"
    with Store.open(folder, clock=clock) as store:
        first = letter(clock)
        store.intend(first)
    with Store.open(folder, clock=clock) as store:
        assert store.letters() == [first]
        sent = msgspec.structs.replace(first, state=State.SENT, sent_id="p9", url="https://a.example/9")
        kept = store.settle_letter(sent)
        assert kept.settled_at == clock()
        assert store.thanked() == {"act 1": first.at}
        fold(store)
    with Store.open(folder, clock=clock) as store:
        assert store.letter(first.key) == kept
        assert store.thanked_at("act 1") == first.at
        assert store.thanked_at("act 2") is None


def test_what_is_certain_is_not_undone_by_a_slower_look(tmp_path: Path, clock: Clock) -> None:
    with Store.open(tmp_path / "store", clock=clock) as store:
        first = letter(clock)
        store.intend(first)
        sent = store.settle_letter(msgspec.structs.replace(first, state=State.SENT, sent_id="p9"))
        for slower in (State.UNKNOWN, State.MISSING, State.REFUSED):
            assert store.settle_letter(msgspec.structs.replace(first, state=slower)) == sent
        assert store.letters() == [sent]
        gone = store.settle_letter(msgspec.structs.replace(sent, state=State.DELETED))
        assert (gone.state, store.thanked()) == (State.DELETED, {})


def test_nothing_is_intended_twice(tmp_path: Path, clock: Clock) -> None:
    with Store.open(tmp_path / "store", clock=clock) as store:
        first = letter(clock)
        store.intend(first)
        with pytest.raises(UsageError, match="being sent already"):
            store.intend(letter(clock, 2, acts=("act 1", "act 7")))
        with pytest.raises(StoreError, match="under this key"):
            store.intend(letter(clock, 1, acts=("act 9",)))
        with pytest.raises(UsageError):
            store.intend_again(first.key)
        store.settle_letter(msgspec.structs.replace(first, state=State.MISSING))
        clock.now += timedelta(minutes=9)
        again = store.intend_again(first.key)
        assert (again.state, again.at, again.tried_at) == (State.SENDING, first.at, clock())
        store.settle_letter(msgspec.structs.replace(again, state=State.REFUSED, said="too long"))
        store.intend(letter(clock, 3, acts=("act 1",)))
        assert [each.key for each in store.letters()] == [f"{3:032x}"]


def test_the_check_up_a_backup_and_its_restore_know_letters(tmp_path: Path, clock: Clock) -> None:
    folder = tmp_path / "home" / "store"
    lived(folder, clock)
    with Store.open(folder, clock=clock) as store:
        account = some_account(store)
        store.allow_writing(account, Allowed(at=clock(), most=500))
        mine = letter(clock, account=account)
        store.intend(mine)
        store.settle_letter(msgspec.structs.replace(mine, state=State.SENT, sent_id="p9"))
        fold(store)
        kept = store.letters()
    assert [problem for check in check_up(folder, clock).checks for problem in check.problems if problem.wrong] == []
    settings, other = folder.parent / "settings.toml", tmp_path / "other"
    back_up(folder, settings, tmp_path / "all.klout", clock)
    restore(tmp_path / "all.klout", other / "store", other / "settings.toml", clock)
    with Store.open(tmp_path / "other" / "store", clock=clock) as store:
        assert store.letters() == kept
        allowed = store.writing(account)
        assert allowed is not None
        assert allowed.most == 500


def test_a_letter_nobody_understands_is_found_and_mended(tmp_path: Path, clock: Clock) -> None:
    """Else nobody could be thanked any more: whether a letter is out is told by all of them."""
    folder = tmp_path / "store"
    lived(folder, clock)
    with Store.open(folder, clock=clock) as store:
        account = some_account(store)
        store.allow_writing(account, Allowed(at=clock()))
        whole = letter(clock, account=account)
        store.intend(whole)
        with store._writing() as tx:
            for shard, table in ((LETTERS, LETTERS), (LETTERS, SENT), (CORE, WRITING)):
                tx.put(shard, table, "odd", Remembered(value="something else"))
        fold(store)
        with pytest.raises(StoreError):
            store.letters()
    wrong = [problem.words for check in check_up(folder, clock).checks for problem in check.problems if problem.wrong]
    assert any("3 rows" in words for words in wrong), wrong
    deeds = mend(folder, clock)
    assert sum("nobody could understand it" in deed for deed in deeds) == 3
    assert [problem for check in check_up(folder, clock).checks for problem in check.problems if problem.wrong] == []
    with Store.open(folder, clock=clock) as store:
        assert store.letters() == [whole]
        assert store.writing(account) is not None


def test_letters_and_permission_go_with_their_account(tmp_path: Path, clock: Clock) -> None:
    folder = tmp_path / "home" / "store"
    lived(folder, clock)
    with Store.open(folder, clock=clock) as store:
        account = some_account(store)
        store.allow_writing(account, Allowed(at=clock()))
        mine, other = letter(clock, account=account), letter(clock, 2)
        store.intend(mine)
        store.intend(other)
        store.settle_letter(msgspec.structs.replace(mine, state=State.SENT, sent_id="secret-post"))
        store.unlink(account)
        assert store.writing(account) is None
        with pytest.raises(UsageError, match="not linked"):
            store.allow_writing(account, Allowed(at=clock()))
        store.forget(account)
        assert store.letters() == [other]
    assert not any(b"secret-post" in path.read_bytes() for path in folder.iterdir() if path.is_file())


@pytest.mark.parametrize("read_first", [True, False])
def test_a_post_from_here_counts_as_an_answer_whoever_is_first(tmp_path: Path, clock: Clock, read_first: bool) -> None:
    folder = tmp_path / "home" / "store"
    lived(folder, clock)
    with Store.open(folder, clock=clock) as store:
        account, before = some_account(store), set(store.thanked())
        mine = letter(clock, account=account, purpose=Purpose.GIVING, acts=())
        store.intend(mine)
        post = Post(id="p9", account=account, kind=PostKind.STATUS, at=clock(), text="+K")
        batch = Batch(account=account, cursor={"x": "1"}, posts=(post,))
        if read_first:
            store.absorb(batch)
        store.settle_letter(msgspec.structs.replace(mine, state=State.SENT, sent_id="p9"))
        store.absorb(batch)
        store.absorb(msgspec.structs.replace(batch, posts=(msgspec.structs.replace(post, text="+K, edited"),)))
        kept = store.post("p9")
        assert kept is not None
        assert (kept.kind, kept.text) == (PostKind.REPLY, "+K, edited")
        assert mine.key not in store.thanked()
        assert set(store.thanked()) == before
