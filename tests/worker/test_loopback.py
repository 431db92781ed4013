"""The one answer of a browser: only on this machine, only to the login that waits, only once."""

from __future__ import annotations

import asyncio
import contextlib

import httpx
import pytest

from klout_tui.worker.loopback import HOST, Loopback


async def visit(address: str, **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(mounts={"all://": None}) as browser:
        return await browser.get(address, headers=headers)


async def test_the_answer_is_taken_and_the_browser_thanked() -> None:
    async with Loopback() as listener:
        assert listener.address.startswith(f"http://{HOST}:")
        listener.expect("the-state")
        page = await visit(f"{listener.address}?code=abc&state=the-state")
        assert await listener.answer() == f"{listener.address}?code=abc&state=the-state"
    assert page.status_code == 200
    assert "go back to your terminal" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "abc" not in page.text


async def test_others_are_turned_away_and_the_answer_still_comes() -> None:
    async with Loopback() as listener:
        base = listener.address
        assert (await visit(f"{base}?code=abc&state=")).status_code == 404  # nothing is awaited yet
        listener.expect("the-state")
        for stray in ("", "favicon.ico", "?code=abc&state=other", "?code=abc", "x?code=abc&state=the-state"):
            assert (await visit(base + stray)).status_code == 404
        assert (await visit(f"{base}?state=the-state", Host="evil.example")).status_code == 404
        async with httpx.AsyncClient(mounts={"all://": None}) as browser:
            assert (await browser.post(f"{base}?state=the-state")).status_code == 404
        waiting = asyncio.ensure_future(listener.answer())
        await asyncio.sleep(0)
        assert not waiting.done()
        await visit(f"{base}?code=abc&state=the-state")
        assert "abc" in await waiting


@pytest.mark.parametrize("sent", [b"", b"\r\n\r\n", b"GET /?" + b"x" * 40_000, b"\xff\xfe\r\n\r\n", b"GET /?a\r\n\r\n"])
async def test_nonsense_harms_nothing(sent: bytes) -> None:
    async with Loopback() as listener:
        listener.expect("s")
        reader, writer = await asyncio.open_connection(HOST, httpx.URL(listener.address).port)
        writer.write(sent)
        writer.write_eof()
        with contextlib.suppress(ConnectionError):  # turned away in the middle of its talk
            await reader.read()
        writer.close()
        await visit(f"{listener.address}?code=abc&state=s")
        assert "abc" in await listener.answer()


async def test_it_listens_on_this_machine_only_and_no_longer_than_needed() -> None:
    async with Loopback() as listener:
        assert listener._server is not None
        assert {each.getsockname()[0] for each in listener._server.sockets} == {"127.0.0.1"}
        address = listener.address
    with pytest.raises(httpx.ConnectError):
        await visit(address)
