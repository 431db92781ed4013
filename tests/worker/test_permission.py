"""Allowing writing: off until she says so, with a credential of its own, and given back with the rest."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from klout_tui.config import Settings
from klout_tui.credentials import MemorySecrets
from klout_tui.errors import StoreError, UsageError
from klout_tui.networks.base import CredentialRefused, Grant
from klout_tui.networks.mastodon import Mastodon
from klout_tui.networks.mastodon.writing import Writing
from klout_tui.networks.registry import Registry
from klout_tui.worker.granted import part
from klout_tui.worker.login import log_in
from klout_tui.worker.permission import Pen
from klout_tui.worker.refresh import Worker
from tests import secrets
from tests.networks.oauth_fake import KNOWN, FakeOAuth
from tests.town import Town
from tests.worker.fakes import NOW, no_sleep
from tests.worker.postal import PostalMastodon, PostBox, postal
from tests.worker.test_login import REQUEST, Guide
from tests.worker.test_posting import program

ID = "mastodon:alice@social.example"
KEY = f"writing of {ID}"
MASTODON = Registry({"mastodon": Mastodon()})


def without_permission(which: str, home: Path) -> PostBox:
    """Linked, and not allowed to write."""
    post = postal(which, home)
    with program(post) as (store, _):
        store.allow_writing(post.account.id, None)
    post.secrets.drop(f"writing of {post.account.id}")
    return post


async def login(post: PostBox, server: FakeOAuth) -> Grant:
    """A login for writing, she agreeing."""
    server.then = post.network.answer
    server.metadata = {"scopes_supported": [*KNOWN, "write:statuses"]}
    server.token = secrets.WRITE_TOKEN
    return await log_in(
        REQUEST,
        Mastodon(),
        Guide(server.browse, "SHOWN"),
        login=Writing.login,
        settings={},
        redirects=False,
        transport=httpx.MockTransport(server.answer),
        clock=lambda: NOW,
        sleep=no_sleep,
    )


async def test_a_login_for_writing_asks_for_its_own_permission_and_is_kept_apart(tmp_path: Path) -> None:
    post, server = without_permission("mastodon", tmp_path), FakeOAuth()
    grant = await login(post, server)
    assert server.apps[-1]["scopes"] == "profile read:statuses read:search write:statuses"
    with program(post) as (store, office):
        with pytest.raises(UsageError, match="not allowed"):
            await post.thank(office)
        allowed = await office.pen.allow(post.account, grant)
        assert store.writing(ID) == allowed
        assert post.secrets.get(ID) == secrets.MASTODON_TOKEN
        kept = json.loads(post.secrets.get(KEY) or "")
        assert kept["token"] == secrets.WRITE_TOKEN
        assert secrets.found_in(repr(store.letters()) + repr(allowed)) == []
        assert (await post.thank(office)).state == "sent"


async def test_a_token_that_may_not_write_is_refused_and_nothing_is_kept(tmp_path: Path) -> None:
    post = without_permission("mastodon", tmp_path)
    with program(post) as (store, office):
        with pytest.raises(CredentialRefused, match="write:statuses"):
            await office.pen.allow(post.account, token=secrets.MASTODON_TOKEN)
        with pytest.raises(UsageError, match="credential of its own"):
            await office.pen.allow(post.account)
        assert store.writing(ID) is None
        assert post.secrets.get(KEY) is None


async def test_on_bluesky_it_is_a_switch_of_our_own(tmp_path: Path) -> None:
    post = without_permission("bluesky", tmp_path)
    with program(post) as (store, office):
        await office.pen.allow(post.account)
        assert store.writing(post.account.id) is not None
        assert post.secrets.get(f"writing of {post.account.id}") is None
        assert (await post.thank(office)).state == "sent"
        await office.pen.forbid(post.account)
        assert store.writing(post.account.id) is None
        assert post.secrets.get(post.account.id) == secrets.BLUESKY_APP_PASSWORD  # reading goes on


async def test_where_nothing_can_be_written_it_cannot_be_allowed(tmp_path: Path) -> None:
    post = without_permission("mastodon", tmp_path)
    with program(post) as (store, _):
        pen = Pen(store, Registry({"mastodon": Town()}), post.secrets, Settings(), clock=lambda: NOW)
        with pytest.raises(UsageError, match="cannot write on Town"):
            await pen.allow(post.account)


async def test_what_cannot_be_kept_is_not_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    post = without_permission("mastodon", tmp_path)
    with program(post) as (store, office):

        def full(*_: object) -> None:
            raise StoreError("The disk is full.")

        with monkeypatch.context() as patch:
            patch.setattr(store, "allow_writing", full)
            with pytest.raises(StoreError):
                await office.pen.allow(post.account, token=secrets.WRITE_TOKEN)
        assert post.secrets.get(KEY) is None
        assert store.writing(ID) is None


async def test_a_login_that_another_replaces_is_revoked_unless_that_cannot_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    post, server = without_permission("mastodon", tmp_path), FakeOAuth()
    grant = await login(post, server)
    with program(post) as (store, office):
        await office.pen.allow(post.account, grant)
        kept = post.secrets.get(KEY) or ""
        older = kept.replace(secrets.WRITE_TOKEN, secrets.LOGIN_TOKEN)
        post.secrets.keep(KEY, older)
        transport = httpx.MockTransport(server.answer)
        pen = Pen(store, MASTODON, post.secrets, Settings(), transport=transport, clock=lambda: NOW, sleep=no_sleep)

        def full(*_: object) -> None:
            raise StoreError("The disk is full.")

        with monkeypatch.context() as patch:
            patch.setattr(store, "allow_writing", full)
            with pytest.raises(StoreError):
                await pen.allow(post.account, grant)
        assert (post.secrets.get(KEY), server.revoked) == (older, [])
        await pen.allow(post.account, grant)
        assert (post.secrets.get(KEY), server.revoked) == (kept, [secrets.LOGIN_TOKEN])
        await pen.allow(post.account, grant)
        assert server.revoked == [secrets.LOGIN_TOKEN]


@pytest.mark.parametrize("forget", [True, False])
async def test_unlinking_revokes_what_may_write(tmp_path: Path, forget: bool) -> None:
    post, server = without_permission("mastodon", tmp_path), FakeOAuth()
    grant = await login(post, server)
    with program(post) as (store, office):
        await office.pen.allow(post.account, grant)
        await post.thank(office)
        parted = await part(
            post.account,
            store=store,
            secrets=post.secrets,
            networks=MASTODON,
            forget=forget,
            transport=httpx.MockTransport(server.answer),
            clock=lambda: NOW,
        )
        assert parted.notes == ()
        assert server.revoked == [secrets.WRITE_TOKEN]
        assert post.secrets.get(KEY) is None
        assert store.writing(ID) is None
        assert bool(store.letters()) is not forget


async def test_a_login_that_cannot_be_revoked_is_told_and_gone_from_here(tmp_path: Path) -> None:
    post, server = without_permission("mastodon", tmp_path), FakeOAuth(revokes=500)
    grant = await login(post, server)
    with program(post) as (store, office):
        await office.pen.allow(post.account, grant)
        pen = Pen(
            store, MASTODON, post.secrets, Settings(), transport=httpx.MockTransport(server.answer), clock=lambda: NOW
        )
        (note,) = await pen.forbid(post.account)
        assert "was not revoked" in note
        assert secrets.found_in(note) == []
        assert post.secrets.get(KEY) is None
        assert await pen.forbid(post.account) == ()


async def test_reading_never_uses_what_may_write(tmp_path: Path) -> None:
    """And her own answer comes back as her own: once, as an answer, without a reaction."""
    post = postal("mastodon", tmp_path)
    network = post.network
    assert isinstance(network, PostalMastodon)
    used: list[str] = []

    async def watch(request: httpx.Request) -> None:
        used.append(request.headers.get("authorization", "").removeprefix("Bearer "))

    with program(post) as (store, office):
        letter = await post.thank(office)
        post.wire.meanwhile = watch
        worker = Worker(
            store, MASTODON, post.secrets, Settings(), transport=post.wire, clock=post.clock, sleep=no_sleep
        )
        for _ in range(2):
            (result,) = await worker.refresh()
            assert result.fault is None
            post.clock.move(hours=1)
        assert secrets.MASTODON_TOKEN in used
        assert secrets.WRITE_TOKEN not in used
        mine = [each for each in store.posts() if each.id == letter.sent_id]
        assert [each.kind for each in mine] == ["reply"]
        assert mine[0].reply_to == post.act.post
        assert [each.id for each in store.interactions()] == [post.act.id]
        assert sum(day.total for day in store.days() if day.kind == "reply") == 0


async def test_a_post_that_gives_plusk_stands_in_no_denominator(tmp_path: Path) -> None:
    post = postal("mastodon", tmp_path)
    with program(post) as (store, office):
        letter = await office.send(post.account, "giving", "@bo@tech.example +K about python", to=(), topic="python")  # type: ignore[arg-type]
        worker = Worker(
            store, MASTODON, post.secrets, Settings(), transport=post.wire, clock=post.clock, sleep=no_sleep
        )
        await worker.refresh()
        kinds = {each.id: each.kind for each in store.posts()}
        assert kinds[letter.sent_id] == "reply"
        assert kinds[post.act.post or ""] == "status"


def test_memory_keeps_secrets_apart() -> None:
    safe = MemorySecrets()
    safe.keep(ID, "one")
    safe.keep(KEY, "two")
    assert (safe.get(ID), safe.get(KEY)) == ("one", "two")
