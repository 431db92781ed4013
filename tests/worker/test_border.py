"""What an adapter may hand over, and what is made of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import msgspec
import pytest

from klout_tui.domain.batch import Batch
from klout_tui.domain.model import Actor, Post, Profile
from klout_tui.worker.border import admitted
from klout_tui.worker.faults import AdapterError
from tests.worker.fakes import Clock, Scripted, account, batch, everything, make_worker, open_store

EVE = account("eve", network="scripted")
GOOD = batch(EVE, [1, 2], cursor={"after": "2"})
ESC, RLO = "\x1b", "\u202e"


def post(**facts: object) -> Batch:
    return msgspec.structs.replace(GOOD, posts=(msgspec.structs.replace(GOOD.posts[0], **facts),), interactions=())


def test_a_good_batch_passes_unchanged() -> None:
    assert admitted(GOOD, EVE, has_token=True) == GOOD


@pytest.mark.parametrize(
    "bad",
    [
        None,
        {"account": EVE.id, "cursor": {}},
        post(at="yesterday"),
        post(at=datetime(2026, 1, 1)),  # noqa: DTZ001
        post(counters={"like": "many"}),
        post(kind="hologram"),
        post(account="pages:alice@one.example"),
        msgspec.structs.replace(GOOD, account="pages:alice@one.example"),
        msgspec.structs.replace(GOOD, cursor={"after": 2}),
        msgspec.structs.replace(GOOD, cursor={"after": "\ud800"}),
    ],
)
def test_what_would_spoil_the_store_is_refused(bad: object) -> None:
    with pytest.raises(AdapterError, match=r"adapter handed over"):
        admitted(bad, EVE, has_token=False)


def test_times_become_utc() -> None:
    at = datetime(2026, 11, 23, 10, 0, tzinfo=timezone(timedelta(hours=2)))
    (kept,) = admitted(post(at=at), EVE, has_token=False).posts
    assert kept.at == at
    assert kept.at.tzinfo == UTC


@pytest.mark.parametrize(
    ("new", "has_token", "kept"),
    [
        ("https://www.one.example/", False, "https://www.one.example"),
        ("https://www.one.example", True, None),
        ("https://one.example", True, "https://one.example"),
        ("https://new.example", False, None),
        ("http://one.example", False, None),
        ("ftp://one.example", False, None),
    ],
)
def test_a_moved_site_is_followed_only_where_she_linked_it(new: str, has_token: bool, kept: str | None) -> None:
    moved = msgspec.structs.replace(GOOD, base_url=new)
    assert admitted(moved, EVE, has_token=has_token).base_url == kept


@pytest.mark.parametrize(("told", "kept"), [(7.5, 1.0), (-1.0, 0.0), (0.25, 0.25), (float("nan"), None)])
def test_progress_is_a_share(told: float, kept: float | None) -> None:
    assert admitted(msgspec.structs.replace(GOOD, progress=told), EVE, has_token=False).progress == kept


def test_a_new_path_on_the_same_origin_is_no_move() -> None:
    moved = msgspec.structs.replace(GOOD, base_url=EVE.base_url + "/")
    assert admitted(moved, EVE, has_token=True).base_url == EVE.base_url


async def test_hostile_text_stays_out_of_the_store(tmp_path: Path) -> None:
    nasty = f"{ESC}[2J{ESC}]0;owned\x07 {RLO}evil\u2066 [@click=app.quit]x[/] \x9b31m\x00"
    actor = Actor(key=f"key{ESC}[1m", handle=f"bad{RLO}@fans.example", name=nasty, url="javascript:alert(1)")
    hostile = msgspec.structs.replace(
        GOOD,
        posts=tuple(
            Post(
                **{name: getattr(each, name) for name in each.__struct_fields__}
                | {"title": nasty, "text": nasty, "topics": (nasty,), "url": f"https://one.example/{ESC}"}
            )
            for each in GOOD.posts
        ),
        interactions=tuple(
            msgspec.structs.replace(each, actor=actor, text=nasty, url="file:///etc/passwd")
            for each in GOOD.interactions
        ),
        profile=Profile(handle=nasty, name=nasty, url="javascript:alert(1)"),
        skipped={nasty: 1},
    )
    clock = Clock()
    with open_store(tmp_path / "store", clock, EVE) as store:
        (result,) = await make_worker(store, clock, Scripted(hostile)).refresh()
        assert (result.status, result.new_posts, result.new_interactions) == ("ok", 2, 3)
        texts = [each.text for each in store.posts()]
        assert all("[@click=app.quit]x[/]" in text for text in texts), "markup is text, and kept as such"
        shown = "".join([everything(store), *texts, *store.health(EVE.id).skipped])
        shown += "".join(each.actor.name + each.actor.key + each.url for each in store.interactions())
    on_disk = "".join(file.read_bytes().decode() for file in (tmp_path / "store").rglob("*") if file.is_file())
    for found in (shown, on_disk):
        for sign in (ESC, RLO, "\u2066", "\x9b", "\x07", "\\u001b", "\\u202e", "\\u009b", "javascript:", "file:///"):
            assert sign not in found
