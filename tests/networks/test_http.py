"""The shared client against servers that are busy, broken, lying or hostile."""

from __future__ import annotations

import asyncio
import random
import ssl
import tracemalloc
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from klout_tui.errors import UsageError
from klout_tui.networks.base import (
    CredentialRefused,
    NetworkError,
    NotFound,
    NotUnderstood,
    OtherHost,
    RateLimited,
    Unavailable,
)
from klout_tui.networks.http import Client, HostGates, Limits, Refusal
from klout_tui.networks.wire import certificates, open_wire
from tests import secrets
from tests.networks.misbehaving import (
    Misbehaving,
    cut_body,
    cut_gzip,
    gzip_bomb,
    html_body,
    json_body,
    packed,
    raw,
    redirect,
    status,
)

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SECRET = secrets.CLIENT_TOKEN
QUICK = Limits(timeout=0.05, connect=1.0, total=5.0, body=1024 * 1024)


@pytest.fixture
async def server() -> AsyncIterator[Misbehaving]:
    async with Misbehaving() as running:
        yield running


class Sleeps(list[float]):
    """Notes how long the client would have slept."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


def client(sleeps: Sleeps | None = None, **kwargs: Any) -> Client:
    options: dict[str, Any] = {"limits": QUICK, "rng": random.Random(1), "clock": lambda: NOW}
    return Client(sleep=sleeps if sleeps is not None else Sleeps(), **(options | kwargs))


def answering(answer: Callable[[httpx.Request], httpx.Response]) -> httpx.MockTransport:
    return httpx.MockTransport(answer)


async def test_reads_json_and_names_itself(server: Misbehaving) -> None:
    server.on("/a", json_body({"n": "12"}, {"ETag": 'W/"x"', "Last-Modified": "Mon, 23 Nov 2026 08:00:00 GMT"}))
    async with client(base_url=server.url) as http:
        answer = await http.get("/a?x=1", params={"id[]": ["1", "2"]})
        assert answer.json(dict[str, int], "numbers") == {"n": 12}
        assert answer.validators == {"etag": 'W/"x"', "last_modified": "Mon, 23 Nov 2026 08:00:00 GMT"}
        assert http.requests == 1
    (seen,) = server.seen
    assert seen.path == "/a?x=1&id%5B%5D=1&id%5B%5D=2"
    assert seen.headers["user-agent"].startswith("klout-tui/")
    assert "authorization" not in seen.headers


async def test_conditional_request_gives_not_modified(server: Misbehaving) -> None:
    server.on("/feed", status(304))
    async with client() as http:
        answer = await http.get(server.url + "/feed", validators={"etag": '"x"', "last_modified": "then", "other": "y"})
    assert answer.not_modified
    assert answer.body == b""
    assert server.seen[0].headers["if-none-match"] == '"x"'
    assert server.seen[0].headers["if-modified-since"] == "then"


async def test_validators_that_no_header_may_hold_are_left_out(server: Misbehaving) -> None:
    server.on("/feed", json_body([]))
    async with client() as http:
        await http.get(server.url + "/feed", validators={"etag": "a\r\nX-Evil: 1", "last_modified": "né"})
    assert not {"if-none-match", "if-modified-since", "x-evil"} & set(server.seen[0].headers)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "raw-deflate"])
async def test_unpacks(server: Misbehaving, encoding: str) -> None:
    text = b'["' + b"abc" * 200_000 + b'"]'
    server.on("/packed", packed(text, encoding))
    async with client() as http:
        assert (await http.get(server.url + "/packed")).body == text


async def test_gzip_bomb_is_cut_off_early(server: Misbehaving) -> None:
    server.on("/bomb", gzip_bomb(200))
    tracemalloc.start()
    try:
        async with client() as http:
            with pytest.raises(NotUnderstood, match="more than 1 MiB"):
                await http.get(server.url + "/bomb")
        assert tracemalloc.get_traced_memory()[1] < 20 * 1024 * 1024
    finally:
        tracemalloc.stop()
    assert len(server.seen) == 1


async def test_large_plain_body_is_refused_and_large_error_page_is_not_read_whole(server: Misbehaving) -> None:
    server.on("/large", status(200, body=b"x" * (1024 * 1024 + 1)))
    server.on("/missing", status(404, body=b"x" * 3_000_000))
    async with client() as http:
        with pytest.raises(NotUnderstood, match="more than 1 MiB"):
            await http.get(server.url + "/large")
        with pytest.raises(NotFound):
            await http.get(server.url + "/missing")


async def test_unknown_or_damaged_packing_is_not_understood(server: Misbehaving) -> None:
    server.on("/br", status(200, {"Content-Encoding": "br"}, b"abc"))
    server.on("/bad", status(200, {"Content-Encoding": "gzip"}, b"no gzip at all"))
    async with client() as http:
        for path in ("/br", "/bad"):
            with pytest.raises(NotUnderstood):
                await http.get(server.url + path)


@pytest.mark.parametrize(
    "trouble",
    [
        status(500),
        status(502),
        status(503),
        status(504),
        status(525),
        status(408),
        cut_body(),
        raw(b""),
        raw(b"nonsense\r\n\r\n"),
        cut_gzip(b"[" + b"1," * 5000 + b"1]"),
    ],
)
async def test_passing_trouble_is_retried_with_growing_jittered_pauses(server: Misbehaving, trouble: Any) -> None:
    server.on("/a", trouble, trouble, json_body([1]))
    sleeps = Sleeps()
    async with client(sleeps) as http:
        assert (await http.get(server.url + "/a")).json(list[int], "numbers") == [1]
        assert http.requests == 3
    assert 0.5 <= sleeps[0] <= 1.5
    assert 1.0 <= sleeps[1] <= 3.0


async def test_lasting_trouble_is_unavailable_after_all_tries(server: Misbehaving) -> None:
    server.on("/a", html_body("<h1>Bad gateway</h1>", 502))
    async with client() as http:
        with pytest.raises(Unavailable, match=r"127\.0\.0\.1 is in trouble \(answered 502\)"):
            await http.get(server.url + "/a")
    assert len(server.seen) == 3


async def test_silence_times_out_in_plain_words(server: Misbehaving) -> None:
    server.on("/drip", server.drip)
    async with client(limits=Limits(timeout=0.05, tries=1)) as http:
        for path in ("/hang", "/drip"):
            with pytest.raises(Unavailable, match=r"127\.0\.0\.1 took longer than 0\.05 s"):
                await http.get(server.url + path)


async def test_a_whole_answer_has_a_time_limit(server: Misbehaving) -> None:
    async with client(limits=Limits(timeout=5, total=0.05)) as http:
        with pytest.raises(Unavailable, match=r"took longer than 0\.05 s for one answer"):
            await http.get(server.url + "/hang")
        assert http.requests == 1


async def test_nobody_listening_is_unavailable() -> None:
    async with Misbehaving() as gone:
        address = gone.url
    async with client() as http:
        with pytest.raises(Unavailable, match="could not be reached") as caught:
            await http.get(address + "/a")
    assert caught.value.hint.startswith("That is this machine: check that the server runs")


async def test_certificate_trouble_is_not_retried(server: Misbehaving) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("certificate verify failed") from ssl.SSLCertVerificationError("expired")

    async with client(transport=answering(answer)) as http:
        with pytest.raises(Unavailable, match=r"social\.example's certificate is not valid"):
            await http.get("https://social.example/")
        assert http.requests == 1


async def test_short_retry_after_is_waited_for_and_long_one_is_not(server: Misbehaving) -> None:
    server.on("/short", status(429, {"Retry-After": "7"}), json_body([]))
    server.on("/long", status(429, {"Retry-After": "3600"}))
    server.on("/down", status(503, {"Retry-After": "30"}))
    sleeps = Sleeps()
    async with client(sleeps) as http:
        await http.get(server.url + "/short")
        assert 7 <= sleeps[0] < 8
        with pytest.raises(RateLimited) as limited:
            await http.get(server.url + "/long")
        with pytest.raises(Unavailable) as down:
            await http.get(server.url + "/down")
    assert limited.value.retry_at == NOW + timedelta(hours=1)
    assert down.value.retry_at == NOW + timedelta(seconds=30)
    assert len(sleeps) == 1
    assert server.paths() == ["/short", "/short", "/long", "/down"]


async def test_rate_limit_without_a_time_means_five_minutes(server: Misbehaving) -> None:
    server.on("/a", status(429))
    async with client() as http:
        with pytest.raises(RateLimited) as limited:
            await http.get(server.url + "/a")
    assert limited.value.retry_at == NOW + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (401, CredentialRefused),
        (403, CredentialRefused),
        (404, NotFound),
        (410, NotFound),
        (400, NotUnderstood),
        (422, NotUnderstood),
        (451, NotUnderstood),
    ],
)
async def test_refusals_are_typed_and_not_retried(server: Misbehaving, code: int, error: type[NetworkError]) -> None:
    server.on("/a", json_body({"error": "so it is"}, code=code))
    async with client() as http:
        with pytest.raises(error):
            await http.get(server.url + "/a")
    assert len(server.seen) == 1


async def test_refused_with_and_without_a_token(server: Misbehaving) -> None:
    server.on("/a", json_body({"error": f"The access token {SECRET} is invalid"}, code=401))
    async with client(base_url=server.url, token=SECRET) as http:
        with pytest.raises(CredentialRefused, match="refused the token") as refused:
            await http.get("/a")
        with pytest.raises(CredentialRefused, match="needs a token"):
            await http.get("/a", authorised=False)
        server.on("/a", html_body("<h1>No robots</h1>", 403))
        with pytest.raises(CredentialRefused, match="does not let us in"):
            await http.get("/a", authorised=False)
        # a guard in front of the server, which never saw the token: no reason to ask her for a new one
        with pytest.raises(Unavailable, match="turns us away with a web page"):
            await http.get("/a")
    assert SECRET not in refused.value.message
    assert "The access token … is invalid" in refused.value.message
    assert server.seen[0].headers["authorization"] == f"Bearer {SECRET}"
    assert "authorization" not in server.seen[1].headers


async def test_token_goes_to_its_own_origin_only(server: Misbehaving) -> None:
    async with Misbehaving() as other:
        server.on("/away", redirect(other.url + "/back"))
        server.on("/near", redirect("/end", 307))
        other.on("/back", redirect(server.url + "/end"))
        other.on("/direct", json_body([]))
        server.on("/end", json_body([]))
        async with client(base_url=server.url, token=SECRET) as http:
            await http.get("/away")
            await http.get(other.url + "/direct")
            assert all("authorization" not in seen.headers for seen in other.seen)
            assert [seen.path for seen in server.seen if "authorization" in seen.headers] == ["/away"]
            await http.get("/near")
            assert server.seen[-1].headers["authorization"] == f"Bearer {SECRET}"


async def test_without_base_url_the_token_goes_nowhere(server: Misbehaving) -> None:
    server.on("/a", json_body([]))
    async with client(token=SECRET) as http:
        await http.get(server.url + "/a")
    assert "authorization" not in server.seen[0].headers


async def test_redirects_permanent_and_other(server: Misbehaving) -> None:
    server.on("/old", redirect("/older", 301))
    server.on("/older", redirect("/new?x=1", 308))
    server.on("/mixed", redirect("/old", 302))
    server.on("/new", json_body([]))
    async with client() as http:
        moved = await http.get(server.url + "/old")
        assert (moved.url, moved.moved_to) == (server.url + "/new?x=1", server.url + "/new?x=1")
        assert (await http.get(server.url + "/mixed")).moved_to is None
        assert (await http.get(server.url + "/new")).moved_to is None


async def test_redirect_loop_and_redirect_to_nowhere(server: Misbehaving) -> None:
    server.on("/loop", redirect("/loop"))
    server.on("/nowhere", status(302))
    async with client() as http:
        with pytest.raises(NotUnderstood, match="redirects more than 5 times"):
            await http.get(server.url + "/loop")
        assert len(server.seen) == 6
        with pytest.raises(NotUnderstood, match="redirects to nowhere"):
            await http.get(server.url + "/nowhere")


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("http://social.example/a", "not encrypted"),
        ("http://127.0.0.1/a", "not encrypted"),
        ("https://localhost/a", "lies on this machine"),
        ("https://user:pass@other.example/", "user name or password"),
        ("ftp://social.example/a", "no web address"),
        ("file:///etc/passwd", "no web address"),
        ("https://x.example:port/", "redirects to nowhere"),
    ],
)
async def test_redirects_we_do_not_follow(target: str, words: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"Location": target})

    async with client(transport=answering(answer), token=SECRET, base_url="https://social.example") as http:
        with pytest.raises(NotUnderstood, match=words) as refused:
            await http.get("/a")
        assert http.requests == 1
    assert "pass@" not in refused.value.message


@pytest.mark.parametrize(
    "url", ["http://social.example/a", "ftp://x.example/", "nonsense", "https://u:p@x.example/", "https://"]
)
async def test_unsafe_addresses_are_not_asked(url: str) -> None:
    async with client() as http:
        with pytest.raises(UsageError):
            await http.get(url)
        assert http.requests == 0


@pytest.mark.parametrize("host", ["127.0.0.1:3000", "127.9.9.9", "[::1]:8080", "localhost:3000"])
def test_plain_http_is_for_loopback(host: str) -> None:
    assert client(base_url=f"http://{host}/").base_url == f"http://{host}"
    with pytest.raises(UsageError):
        client(base_url="http://social.example")


def test_a_token_that_is_none() -> None:
    with pytest.raises(CredentialRefused):
        client(base_url="https://social.example", token="a\nb")
    assert client(base_url="https://social.example", token=f" {SECRET}\n").has_token
    assert not client(token="").has_token


async def test_host_gates_bound_what_is_under_way() -> None:
    under_way = 0
    most = 0

    async def answer(request: httpx.Request) -> httpx.Response:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return httpx.Response(200, json=[])

    transport = httpx.MockTransport(answer)
    gates = HostGates(at_once=2)
    async with client(transport=transport, gates=gates) as one, client(transport=transport, gates=gates) as two:
        await asyncio.gather(*(each.get("https://x.example/") for each in (one, two) for _ in range(5)))
    assert most == 2


async def test_closing_one_client_leaves_a_shared_transport_open() -> None:
    class Counted(httpx.MockTransport):
        closed = 0

        async def aclose(self) -> None:
            self.closed += 1

    transport = Counted(lambda _: httpx.Response(200, json=[]))
    async with client(transport=transport) as http:
        await http.get("https://x.example/")
    assert transport.closed == 0


async def test_cancelling_is_not_swallowed(server: Misbehaving) -> None:
    async with client(limits=Limits(timeout=60)) as http:
        task = asyncio.create_task(http.get(server.url + "/hang"))
        await server.asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_posts_json_a_form_or_nothing(server: Misbehaving) -> None:
    bodies: list[tuple[str, bytes]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        bodies.append((request.headers.get("content-type", ""), request.content))
        return httpx.Response(200, json=[])

    async with client(transport=answering(answer)) as http:
        await http.post("https://one.example/a", json={"query": "{ me }"})
        await http.post("https://one.example/a", form={"grant_type": "code", "x": "a b&c"})
        await http.post("https://one.example/a")
    assert bodies == [
        ("application/json", b'{"query":"{ me }"}'),
        ("application/x-www-form-urlencoded", b"grant_type=code&x=a+b%26c"),
        ("", b""),
    ]


@pytest.mark.parametrize("trouble", [status(503), status(429, {"Retry-After": "1"}), cut_body(), raw(b"")])
async def test_what_is_sent_is_sent_once_unless_that_is_harmless(server: Misbehaving, trouble: Any) -> None:
    server.on("/once", trouble)
    server.on("/again", trouble, trouble, json_body([]))
    sleeps = Sleeps()
    async with client(sleeps, base_url=server.url) as http:
        with pytest.raises((Unavailable, RateLimited)):
            await http.post("/once", json={})
        await http.post("/again", json={}, repeatable=True)
    assert server.paths() == ["/once", "/again", "/again", "/again"]
    assert len(sleeps) == 2


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_what_is_sent_follows_no_redirect(server: Misbehaving, code: int) -> None:
    server.on("/a", redirect("/b", code))
    async with client(base_url=server.url, token=SECRET) as http:
        with pytest.raises(NotUnderstood, match=f"answered {code}"):
            await http.post("/a", form={"password": SECRET}, repeatable=True)
    assert server.paths() == ["/a"]


async def test_a_judge_is_asked_before_the_usual_rule_and_may_leave_it_to_that(server: Misbehaving) -> None:
    def judge(refusal: Refusal) -> NetworkError | None:
        if refusal.status == 400 and b"ExpiredToken" in refusal.body:
            return CredentialRefused("the session has ended")
        if refusal.status == 403 and refusal.headers.get("x-ratelimit-remaining") == "0":
            return RateLimited("asked too often", retry_at=refusal.retry_at)
        return None

    server.on("/expired", json_body({"error": "ExpiredToken"}, code=400))
    server.on("/other", json_body({"error": "InvalidRequest"}, code=400))
    server.on("/often", json_body({}, {"X-RateLimit-Remaining": "0", "Retry-After": "3600"}, code=403))
    server.on("/soon", json_body({}, {"X-RateLimit-Remaining": "0", "Retry-After": "2"}, code=403), json_body([]))
    server.on("/shut", status(403))
    sleeps = Sleeps()
    async with client(sleeps, base_url=server.url) as http:
        for path, error in {
            "/expired": CredentialRefused,
            "/other": NotUnderstood,
            "/often": RateLimited,
            "/shut": CredentialRefused,
        }.items():
            with pytest.raises(error):
                await http.get(path, judge=judge)
        assert sleeps == []
        assert (await http.get("/soon", judge=judge)).json(list[int], "numbers") == []
        with pytest.raises(CredentialRefused):
            await http.post("/expired", judge=judge)
    assert len(sleeps) == 1


async def test_other_hosts_are_never_asked() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        target = {"/away": "https://two.example/", "/www": "https://www.one.example/x"}.get(request.url.path)
        return httpx.Response(301, headers={"Location": target}) if target else httpx.Response(200, json=[])

    async with client(transport=answering(answer), hosts=("One.example.", "bücher.example")) as http:
        await http.get("https://one.example/")
        moved = await http.get("https://one.example/www")
        assert moved.hosts == ("one.example", "www.one.example")
        await http.get("https://xn--bcher-kva.example/")
        with pytest.raises(OtherHost, match=r"two\.example is not one of the hosts this account was linked with"):
            await http.get("https://two.example/")
        with pytest.raises(
            OtherHost, match=r"one\.example/away redirects to two\.example, where .* not linked"
        ) as other:
            await http.get("https://one.example/away")
        with pytest.raises(OtherHost):
            await http.post("https://two.example/", json={})
        for close in ("https://one.example.two.example/", "https://evil-one.example/", "https://sub.one.example/"):
            with pytest.raises(OtherHost):
                await http.get(close)
    assert "link it again" in other.value.hint
    assert set(asked) == {"one.example", "www.one.example", "bücher.example"}


async def test_no_hosts_mean_nobody_and_none_means_anybody() -> None:
    transport = answering(lambda _: httpx.Response(200, json=[]))
    async with client(transport=transport, hosts=()) as http:
        with pytest.raises(OtherHost):
            await http.get("https://one.example/")
    async with client(transport=transport) as http:
        await http.get("https://one.example/")


async def test_a_refresh_has_a_budget_retries_and_redirects_included(server: Misbehaving) -> None:
    server.on("/a", redirect("/b"))
    server.on("/b", status(500), status(500), json_body([]))
    limits = Limits(requests=4, break_after=timedelta(minutes=20))
    async with client(base_url=server.url, limits=limits) as http:
        with pytest.raises(RateLimited, match="this refresh has asked 4 times") as spent:
            await http.get("/a")
    assert spent.value.retry_at == NOW + timedelta(minutes=20)
    assert len(server.seen) == 4
    assert [each.outcome for each in http.record.asked] == ["302", "500", "302", "500"]


async def test_a_host_that_said_nothing_is_left_is_not_asked_before_it_starts_anew(server: Misbehaving) -> None:
    reset = int((NOW + timedelta(minutes=10)).timestamp())
    server.on("/a", json_body([], {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(reset)}))
    server.on("/post", json_body([]))
    now = [NOW]
    async with client(base_url=server.url, clock=lambda: now[0]) as http:
        await http.get("/a")
        with pytest.raises(RateLimited, match=r"127\.0\.0\.1 lets us ask nothing more") as limited:
            await http.get("/a")
        await http.post("/post")
        assert limited.value.retry_at == NOW + timedelta(minutes=10)
        assert len(server.seen) == 2
        now[0] += timedelta(minutes=10)
        await http.get("/a")
    assert len(server.seen) == 3


async def test_a_short_wait_for_the_limit_is_waited_for_in_place(server: Misbehaving) -> None:
    server.on("/a", json_body([], {"RateLimit-Remaining": "0", "RateLimit-Reset": "5"}), json_body([]))
    now = [NOW]

    async def sleep(seconds: float) -> None:
        now[0] += timedelta(seconds=seconds)

    async with Client(base_url=server.url, clock=lambda: now[0], sleep=sleep, limits=QUICK) as http:
        await http.get("/a")
        await http.get("/a")
    assert timedelta(seconds=5) <= now[0] - NOW < timedelta(seconds=6)
    assert len(server.seen) == 2


async def test_every_request_is_noted_with_what_came_of_it(server: Misbehaving) -> None:
    server.on("/a", json_body([1]))
    server.on("/busy", status(503))
    server.on("/cut", cut_body())
    server.on("/large", status(200, body=b"x" * (1024 * 1024 + 1)))
    server.on("/bad", status(200, {"Content-Encoding": "br"}, b"abc"))
    async with client(
        base_url=server.url, token=SECRET, limits=Limits(timeout=0.05, body=1024 * 1024, tries=1)
    ) as http:
        await http.get(f"/a?token={SECRET}")
        for path in ("/busy", "/cut", "/large", "/bad", "/hang"):
            with pytest.raises(NetworkError):
                await http.get(path, authorised=False)
        task = asyncio.create_task(http.post("/hang"))
        while http.requests < 6 or len(server.seen) < 7:  # noqa: ASYNC110  # the server tells when, in its own time
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    place = server.url.removeprefix("http://")
    assert [(each.method, each.place, each.outcome, each.size, each.authorised) for each in http.record.asked] == [
        ("GET", f"{place}/a", "200", 3, True),
        ("GET", f"{place}/busy", "503", 0, False),
        ("GET", f"{place}/cut", "no whole answer", 0, False),
        ("GET", f"{place}/large", "too large", 0, False),
        ("GET", f"{place}/bad", "damaged", 0, False),
        ("GET", f"{place}/hang", "no whole answer", 0, False),
        ("POST", f"{place}/hang", "given up", 0, True),
    ]
    assert all(each.at == NOW for each in http.record.asked)


def testcertificates_are_checked_and_proxies_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    wire = open_wire(None, Limits())
    context = certificates()
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert type(wire._transport_for_url(httpx.URL("https://one.example/"))) is httpx.AsyncHTTPTransport
    assert wire._transport_for_url(httpx.URL("https://one.example/")) is not wire._transport
    assert wire._transport_for_url(httpx.URL("http://127.0.0.1/")) is wire._transport
    assert wire.follow_redirects is False
