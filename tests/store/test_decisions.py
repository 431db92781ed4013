"""What she decides is kept, laid over what is read, and taken back to the byte."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klout_tui.domain.checks import wrongs
from klout_tui.domain.curation import Curation, Tags
from klout_tui.domain.tags import canonical_topics
from klout_tui.errors import StoreError, UsageError
from klout_tui.store import Store
from klout_tui.store.checkup import check_up
from klout_tui.store.decisions import KEPT
from tests.store.build import ADA, REPOST, Clock, act, batch, fold, linked, post


def topics_of(store: Store) -> set[str]:
    posts = (post for digest in store.history() for post in digest.posts)
    return {topic for post in posts for topic in canonical_topics(post.topics)}


def filled(store: Store) -> Store:
    store.absorb(batch(post("p1", topics=("py",)), post("p2", topics=("Python",)), act("a1", kind=REPOST)))
    return store


def test_decisions_are_laid_over_what_is_read_and_outlive_the_program(store: Store, folder: Path, clock: Clock) -> None:
    filled(store).curate("joined py with python", lambda now: now.merge("py", "python"))
    assert topics_of(store) == {"python"}
    assert [each.topics for each in store.posts()] == [("py",), ("Python",)]
    store.close()
    with Store.open(folder, clock=clock) as again:
        assert topics_of(again) == {"python"}


def test_another_process_sees_them(store: Store, folder: Path, clock: Clock) -> None:
    filled(store)
    with Store.open(folder, clock=clock, read_only=True) as other:
        store.curate("hid py", lambda now: now.hide("py"))
        assert other.poll()
        assert other.topics().curation.hidden == ("py",)


def test_undo_takes_back_one_after_the_other(store: Store) -> None:
    filled(store)
    store.curate("pinned py", lambda now: now.pin("py"))
    store.tag("tagged p1", "p1", Tags(added=("garden",)))
    store.curate("hid py", lambda now: now.hide("py"))
    assert topics_of(store) == {"python", "garden"}
    assert [store.undo(), store.undo(), store.undo()] == ["hid py", "tagged p1", "pinned py"]
    assert store.topics().curation == Curation()
    assert topics_of(store) == {"py", "python"}
    with pytest.raises(UsageError, match="nothing to undo"):
        store.undo()


def test_what_was_decided_since_is_not_taken_back_by_an_older_undo(store: Store) -> None:
    mine = filled(store).curate("hid py", lambda now: now.hide("py"))
    store.curate("pinned python", lambda now: now.pin("python"))
    with pytest.raises(UsageError, match="since"):
        store.undo(mine)
    assert store.topics().curation == Curation(hidden=("py",), pinned=("python",))


def test_what_changes_nothing_is_no_decision(store: Store) -> None:
    assert store.curate("unpinned py", lambda now: now.unpin("py")) is None
    assert store.tag("tagged p1", "p1", Tags()) is None
    with pytest.raises(UsageError):
        store.undo()


def test_a_refused_change_changes_nothing(store: Store) -> None:
    before = store.revision
    with pytest.raises(UsageError):
        store.curate("joined py with py", lambda now: now.merge("py", "py"))
    assert store.revision == before


def test_a_store_open_for_reading_refuses(folder: Path, clock: Clock) -> None:
    linked(folder, clock).close()
    with Store.open(folder, clock=clock, read_only=True) as store, pytest.raises(StoreError, match="reading only"):
        store.curate("hid py", lambda now: now.hide("py"))


def test_only_the_newest_can_be_taken_back(store: Store) -> None:
    for number in range(KEPT + 5):
        store.curate(f"hid {number}", partial(Curation.hide, topic=str(number)))
    for _ in range(KEPT):
        store.undo()
    with pytest.raises(UsageError):
        store.undo()
    assert len(store.topics().curation.hidden) == 5


def test_forgetting_an_account_forgets_the_tags_on_its_posts(store: Store, folder: Path) -> None:
    filled(store).tag("tagged p1", "p1", Tags(added=("secret-garden",)))
    store.tag("tagged p1", "p1", Tags(added=("another",)))
    store.curate("hid py", lambda now: now.hide("py"))
    store.forget(ADA)
    assert store.topics().tags == {}
    assert store.undo() == "hid py"
    assert not any(b"secret-garden" in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_the_check_up_knows_them(store: Store, folder: Path, clock: Clock) -> None:
    filled(store).curate("hid py", lambda now: now.hide("py"))
    store.tag("tagged p1", "p1", Tags(added=("garden",)))
    fold(store)
    assert not wrongs(check_up(folder, clock).checks)


@settings(max_examples=25, deadline=None)
@given(
    deeds=st.lists(
        st.sampled_from(
            [
                lambda now: now.hide("py"),
                lambda now: now.pin("python"),
                lambda now: now.merge("py", "python"),
                lambda now: now.rename("python", "Snakes"),
                lambda now: now.keep_apart("a", "b"),
            ]
        ),
        max_size=6,
    )
)
def test_undoing_all_of_it_is_where_it_began(
    tmp_path_factory: pytest.TempPathFactory, deeds: list[Callable[[Curation], Curation]]
) -> None:
    with linked(tmp_path_factory.mktemp("store"), Clock()) as store:
        kept: list[Curation] = []
        for number, deed in enumerate(deeds):
            before = store.topics().curation
            try:
                done = store.curate(f"deed {number}", deed)
            except UsageError:
                continue
            if done is not None:
                kept.append(before)
        for before in reversed(kept):
            store.undo()
            assert store.topics().curation == before
