"""The contract has teeth: each way to break it is caught by the test that is meant for it."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account
from klout_tui.networks.base import Capabilities, LinkRequest, Verified
from klout_tui.networks.http import Client
from klout_tui.testing import NetworkContract, Recording, Replay
from klout_tui.testing.shelf import ContractBroken

EXAMPLE = Path(__file__).parents[1] / "examples" / "klout-tui-aviary"


def example() -> Any:
    """The example's module."""
    spec = importlib.util.spec_from_file_location("klout_tui_aviary", EXAMPLE / "klout_tui_aviary.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


Aviary: Any = example().Aviary


class Changed(Aviary):  # type: ignore[misc]  # known at run time only
    """Each batch, and the account, as the test changes them."""

    def __init__(
        self,
        batch: Callable[[Batch], object] = lambda batch: batch,
        verified: Callable[[Verified], object] = lambda verified: verified,
    ) -> None:
        self.batch = batch
        self.verified = verified

    async def verify(self, request: LinkRequest, client: Client, now: datetime) -> Any:
        return self.verified(await super().verify(request, client, now))

    async def refresh(self, account: Account, cursor: Cursor, client: Client, now: datetime) -> AsyncIterator[Any]:
        async for batch in super().refresh(account, cursor, client, now):
            yield self.batch(batch)


def contract(adapter: Any, **facts: Any) -> NetworkContract:
    class Test(NetworkContract):
        network = adapter
        request = LinkRequest(target="wren")
        recordings = EXAMPLE / "recordings"

    for name, value in facts.items():
        setattr(Test, name, value)
    return Test()


def batch(**facts: Any) -> Changed:
    return Changed(lambda batch: msgspec.structs.replace(batch, **facts))


def account(**facts: Any) -> Changed:
    return Changed(
        verified=lambda found: Verified(
            msgspec.structs.replace(found.account, **facts), found.profile, found.capabilities
        )
    )


def capabilities(**facts: Any) -> Changed:
    promised: dict[str, Any] = {"names_actors": True, "dates_reactions": True, "sees": ("all",)} | facts
    return Changed(verified=lambda found: Verified(found.account, found.profile, Capabilities(**promised)))


class Forgetful(Aviary):  # type: ignore[misc]
    """Gives the last cursor too early: what is killed then is lost."""

    async def refresh(self, account: Account, cursor: Cursor, client: Client, now: datetime) -> AsyncIterator[Batch]:
        batches = [batch async for batch in super().refresh(account, cursor, client, now)]
        for each in batches:
            yield msgspec.structs.replace(each, cursor=batches[-1].cursor)


class Wandering(Aviary):  # type: ignore[misc]
    """Asks where it said it would not."""

    async def refresh(self, account: Account, cursor: Cursor, client: Client, now: datetime) -> AsyncIterator[Batch]:
        await client.get("https://elsewhere.example/api/watchers/wren")
        async for each in super().refresh(account, cursor, client, now):
            yield each


class Backwards(Aviary):  # type: ignore[misc]
    """Starts from the beginning once half of it is read."""

    async def refresh(self, account: Account, cursor: Cursor, client: Client, now: datetime) -> AsyncIterator[Batch]:
        start = {} if "feathers" in cursor and cursor["feathers"] != "40" else cursor
        async for each in super().refresh(account, start, client, now):
            yield each


class Untyped(Aviary):  # type: ignore[misc]
    """Reads answers without looking."""

    async def refresh(self, account: Account, cursor: Cursor, client: Client, now: datetime) -> AsyncIterator[Batch]:
        answer = await client.get("/api/watchers/wren/sightings", params={"after": "0"})
        json.loads(answer.body)["rows"][0]["words"].upper()
        async for each in super().refresh(account, cursor, client, now):
            yield each


class Chatty(Aviary):  # type: ignore[misc]
    """Asks for everything anew each time."""

    async def refresh(self, account: Account, cursor: Cursor, client: Client, now: datetime) -> AsyncIterator[Batch]:
        async for each in super().refresh(account, {}, client, now):
            yield each


class Blabbing(Aviary):  # type: ignore[misc]
    """Keeps the token where everybody may read it."""

    async def refresh(self, account: Account, cursor: Cursor, client: Client, now: datetime) -> AsyncIterator[Batch]:
        async for each in super().refresh(account, cursor, client, now):
            yield msgspec.structs.replace(each, cursor=each.cursor | {"with": client.token})


class Startled(Aviary):  # type: ignore[misc]
    """Takes any text for a name."""

    def origin(self, request: LinkRequest) -> str:
        return f"https://{request.target[0]}.example"


def aged(batch: Batch) -> Batch:
    later = timedelta(days=400)
    return msgspec.structs.replace(
        batch, posts=tuple(msgspec.structs.replace(post, at=post.at + later) for post in batch.posts)
    )


def naive(batch: Batch) -> Batch:
    return msgspec.structs.replace(
        batch, posts=tuple(msgspec.structs.replace(post, at=post.at.replace(tzinfo=None)) for post in batch.posts)
    )


def unkeyed(batch: Batch) -> Batch:
    acts = batch.interactions
    return msgspec.structs.replace(
        batch,
        interactions=tuple(
            msgspec.structs.replace(act, actor=msgspec.structs.replace(act.actor, key="")) for act in acts
        ),
    )


def dice(batch: Batch) -> Batch:
    dice.thrown += 1  # type: ignore[attr-defined]  # a number that is another each time
    return msgspec.structs.replace(
        batch,
        posts=tuple(msgspec.structs.replace(post, id=f"{post.id}?{dice.thrown}") for post in batch.posts),  # type: ignore[attr-defined]
    )


dice.thrown = 0  # type: ignore[attr-defined]

BREACHES: list[tuple[str, Any, str, str]] = [
    ("test_it_says_what_it_is", type("Odd", (Aviary,), {"name": "The Aviary"})(), "", "no short word"),
    ("test_it_says_what_it_is", type("Odd", (Aviary,), {"title": "\x1b[31m"})(), "", "no title"),
    ("test_verify_finds_a_well_formed_account", account(keys=()), "", "own acts would count"),
    ("test_verify_finds_a_well_formed_account", account(handle=""), "", "has a handle"),
    ("test_verify_finds_a_well_formed_account", account(id="aviary:"), "", "another network"),
    ("test_origin_asks_nobody_and_refuses_nonsense", Startled(), "", "not UsageError"),
    ("test_the_answers_hold_something", batch(posts=()), "", "no post"),
    ("test_it_asks_its_declared_hosts_only", Wandering(), "", "not named by hosts: elsewhere.example"),
    ("test_capabilities_are_true", capabilities(names_actors=False), "", "somebody was named"),
    ("test_capabilities_are_true", capabilities(dates_reactions=False), "", "dated for sure"),
    ("test_capabilities_are_true", Changed(unkeyed), "", "done by nobody"),
    ("test_things_lie_in_the_past_and_find_each_other", Changed(aged), "", "lies in the future"),
    ("test_things_lie_in_the_past_and_find_each_other", batch(posts=()), "", "do their ids agree"),
    ("test_things_lie_in_the_past_and_find_each_other", Changed(naive), "", "without a zone"),
    ("test_reading_twice_brings_nothing_new", Changed(dice), "", "differs"),
    ("test_nothing_new_is_cheap", Chatty(), "", "cost 4 requests"),
    ("test_killed_after_any_batch_it_resumes", Forgetful(), "", "resumed, it differs"),
    ("test_the_cursor_only_goes_forward", Backwards(), "", "the cursor goes back"),
    ("test_errors_are_typed_and_made_up_for", Untyped(), "", "no NetworkError"),
    ("test_errors_are_typed_and_made_up_for", batch(account="mastodon:eve@x.example"), "", "would be refused"),
    ("test_secrets_stay_secret", Blabbing(), "aviary-t0ken", "a credential is stored"),
]


@pytest.mark.parametrize(("test", "adapter", "token", "words"), BREACHES)
def test_a_breach_is_caught(test: str, adapter: Any, token: str, words: str) -> None:
    with pytest.raises(Exception, match=words) as caught:
        getattr(contract(adapter, token=token or None), test)()
    assert isinstance(caught.value, ContractBroken) or test.startswith("test_verify")


@pytest.mark.parametrize("test", sorted(name for name in dir(NetworkContract) if name.startswith("test_")))
def test_a_sound_adapter_passes(test: str) -> None:
    getattr(contract(Aviary(), token="aviary-t0ken"), test)()


def test_an_exception_is_granted_with_a_reason() -> None:
    reason = {"test_nothing_new_is_cheap": "it forgets"}
    contract(Chatty(), exceptions=reason).test_nothing_new_is_cheap()
    contract(Chatty(), most_requests=4).test_nothing_new_is_cheap()


def test_without_answers_it_says_what_is_missing() -> None:
    with pytest.raises(ContractBroken, match="give recordings"):
        contract(Aviary(), recordings=None).test_the_answers_hold_something()


def test_importing_it_needs_no_pytest() -> None:
    code = "import sys, klout_tui.testing; assert 'pytest' not in sys.modules and 'textual' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


async def test_recordings_are_found_by_what_they_name(tmp_path: Path) -> None:
    file = tmp_path / "one.json"
    file.write_text(
        json.dumps(
            [
                {"path": "/a", "body": "any"},
                {"path": "/a", "query": {"x": ["1", "2"]}, "body": "exact"},
                {"path": "/a", "host": "two.example", "body": "elsewhere"},
                {"path": "/a", "method": "POST", "status": 201, "body": {"n": 1}},
                {"path": "/b", "headers": {"ETag": "W/1"}},
            ]
        )
    )
    replay = Replay(Recording.read(tmp_path))
    async with httpx.AsyncClient(transport=replay, base_url="https://one.example") as http:
        assert (await http.get("/a")).text == "any"
        assert (await http.get("/a?y=1")).text == "any"
        assert (await http.get("/a?x=2&x=1")).text == "exact"
        assert (await http.get("https://two.example/a")).text == "elsewhere"
        sent = await http.post("/a")
        assert (sent.status_code, sent.json(), sent.headers["content-type"]) == (201, {"n": 1}, "application/json")
        assert (await http.get("/b")).content == b""
        assert (await http.get("/b", headers={"If-None-Match": "W/1"})).status_code == 304
        assert (await http.get("/b", headers={"If-None-Match": "W/2"})).status_code == 200
        assert (await http.get("/c")).status_code == 404
    assert replay.missing == ["GET https://one.example/c"]
    assert len(replay.asked) == 9


@pytest.mark.parametrize("content", ["{", '{"path": 1}', '{"status": 200}', '{"path": "/", "stauts": 200}', "[1]"])
def test_what_is_no_recording_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "odd.json").write_text(content)
    with pytest.raises(ValueError, match=r"odd\.json is no recording"):
        Recording.read(tmp_path / "odd.json")
