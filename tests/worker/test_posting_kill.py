"""A program that is really killed while it sends: another one finds out, and nothing goes out twice."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from klout_tui.domain.letters import SETTLED_AFTER, State
from tests.worker.postal import PostalMastodon, postal
from tests.worker.test_posting import program


def victim(home: str, point: str, told: str) -> None:
    """Run in a process of its own: thank, and be killed at that point; the server's memory is a file."""
    import asyncio
    import os
    import signal

    import httpx

    from klout_tui.store.store import Store
    from tests.worker.postal import reopened

    post = reopened(Path(home))
    network = post.network
    assert isinstance(network, PostalMastodon)

    def remember(statuses: list[dict[str, object]]) -> None:
        Path(told).write_text(json.dumps(statuses), "utf-8")

    async def watch(request: httpx.Request) -> None:
        if request.method == "POST" and request.url.path == "/api/v1/statuses":
            if point == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            network.answer(request)
            remember(network.statuses)
            if point == "after":
                os.kill(os.getpid(), signal.SIGKILL)

    settle = Store.settle_letter

    def settled(self: Store, letter: object) -> object:
        if point == "settling":
            os.kill(os.getpid(), signal.SIGKILL)
        return settle(self, letter)  # type: ignore[arg-type]

    Store.settle_letter = settled  # type: ignore[method-assign, assignment]
    post.wire.meanwhile = watch
    _, office = post.open()
    asyncio.run(post.thank(office))


def run(code: str) -> int:
    """Run it in a process of its own; how that ended."""
    here = Path(__file__).parents[2]
    return subprocess.run([sys.executable, "-c", code], cwd=here, check=False, capture_output=True).returncode


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("point", ["before", "after", "settling"])
async def test_killed_it_is_found_out_by_the_next(point: str, tmp_path: Path) -> None:
    post = postal("mastodon", tmp_path)
    assert isinstance(post.network, PostalMastodon)
    told = tmp_path / "server.json"
    call = f"from tests.worker.test_posting_kill import victim; victim({str(tmp_path)!r}, {point!r}, {str(told)!r})"
    assert run(call) == -9
    if told.exists():
        post.network.statuses = json.loads(told.read_text("utf-8"))
    with program(post) as (store, office):
        (letter,) = store.letters()
        assert letter.state is State.SENDING
        looked = await office.look()
        if point == "before":
            post.clock.move(seconds=SETTLED_AFTER.total_seconds())
            assert [each.state for each in await office.look()] == [State.MISSING]
            await office.send_again(letter.key)
        else:
            assert [each.state for each in looked] == [State.SENT]
        assert post.network.written() == [post.text]
        assert set(store.thanked()) == {post.act.id}
