"""The session: kept before it is used, renewed when it has run out, and never a login too many."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from klout_tui.domain.batch import Batch
from klout_tui.errors import CredentialError
from klout_tui.networks.base import (
    CredentialRefused,
    NetworkError,
    NotFound,
    NotUnderstood,
    RateLimited,
    Unavailable,
)
from klout_tui.networks.bluesky import Bluesky
from klout_tui.networks.bluesky.session import MOST_LOGINS, Session
from klout_tui.networks.http import Client
from tests.networks.bluesky_fake import (
    ADA,
    APP_PASSWORD,
    BASE,
    NOW,
    PDS,
    FakeBluesky,
    ada,
    notification,
    person,
    post_uri,
    refusal,
    view,
)

LISTED = "app.bsky.notification.listNotifications"


def session_of(net: FakeBluesky, client: Client, login: str = "ada.example") -> Session:
    return Session(client, did=ADA, login=login, origin=PDS)


async def ask(net: FakeBluesky, session: str = "") -> None:
    async with net.client(session=session) as client:
        await session_of(net, client).query(LISTED, {})


def pair(number: int, owner: str = ADA) -> str:
    return json.dumps({"did": owner, "access": f"access-{number}", "refresh": f"refresh-{number}"})


async def test_the_app_password_goes_to_the_server_she_logs_in_at_and_only_there() -> None:
    net = FakeBluesky()
    await ask(net)
    assert net.methods() == ["createSession", "listNotifications"]
    login, listed = net.asked
    assert login.url.host == "bsky.social"
    assert json.loads(login.content) == {"identifier": "ada.example", "password": APP_PASSWORD}
    assert "authorization" not in login.headers
    assert listed.url.host == "pds.example"
    assert listed.headers["authorization"] == "Bearer access-1"
    assert json.loads(net.kept[0]) == {"did": ADA, "access": "access-1", "refresh": "refresh-1"}


async def test_a_kept_session_saves_the_login() -> None:
    net = FakeBluesky()
    await ask(net)
    net.asked.clear()
    await ask(net)
    assert net.methods() == ["listNotifications"]


async def test_a_session_that_ran_out_is_renewed_once_and_rotated() -> None:
    net = FakeBluesky()
    await ask(net)
    net.expire()
    net.asked.clear()
    await ask(net)
    assert net.methods() == ["listNotifications", "refreshSession", "listNotifications"]
    assert net.asked[1].headers["authorization"] == "Bearer refresh-1"
    assert net.asked[1].url.host == "bsky.social"
    assert [json.loads(kept)["access"] for kept in net.kept] == ["access-1", "access-2"]


async def test_when_both_have_run_out_she_is_logged_in_anew() -> None:
    net = FakeBluesky()
    await ask(net)
    net.expired = {"access-1", "refresh-1"}
    net.asked.clear()
    await ask(net)
    assert net.methods() == ["listNotifications", "refreshSession", "createSession", "listNotifications"]
    assert len(net.kept) == 2


@pytest.mark.parametrize("session", ["", "{", "[]", pair(1, "did:plc:somebodyelse"), '{"did": 1}'])
async def test_what_is_no_session_of_hers_counts_as_none(session: str) -> None:
    net = FakeBluesky()
    await ask(net, session)
    assert net.methods() == ["createSession", "listNotifications"]


async def test_a_new_session_is_kept_before_it_is_used() -> None:
    net = FakeBluesky(kept=[pair(9)])
    net.expired = {"access-9"}
    used_when_kept: list[list[str]] = []

    async def keep(session: str) -> None:
        used_when_kept.append(net.methods())

    async with Client(
        base_url=BASE,
        token=APP_PASSWORD,
        session=pair(9),
        keep_session=keep,
        transport=httpx.MockTransport(net.answer),
        clock=lambda: NOW,
    ) as client:
        await session_of(net, client).query(LISTED, {})
    assert used_when_kept == [["listNotifications", "refreshSession"]]


async def test_a_session_that_cannot_be_kept_is_not_used() -> None:
    net = FakeBluesky()

    async def keep(session: str) -> None:
        raise CredentialError("the safe is locked")

    async with Client(
        base_url=BASE, token=APP_PASSWORD, keep_session=keep, transport=httpx.MockTransport(net.answer)
    ) as client:
        with pytest.raises(CredentialError):
            await session_of(net, client).query(LISTED, {})
    assert net.methods() == ["createSession"]


@pytest.mark.parametrize("gone", [{"access-1"}, {"access-1", "refresh-1"}])
async def test_many_questions_at_once_get_one_new_session(gone: set[str]) -> None:
    net = FakeBluesky()
    await ask(net)
    net.expired = gone
    net.asked.clear()
    async with net.client() as client:
        session = session_of(net, client)
        await asyncio.gather(*(session.query(LISTED, {}) for _ in range(8)))
    assert net.methods().count("refreshSession") == 1
    assert net.methods().count("createSession") == len(gone) - 1
    assert len(net.kept) == 2


async def test_both_tokens_run_out_in_the_middle_of_a_refresh() -> None:
    net = FakeBluesky(page=10)
    net.feed = [view(number) for number in range(40, 0, -1)]
    net.notifications = [notification(number, "like", person(number), subject=post_uri(1)) for number in range(40)]
    taken: list[Batch] = []
    async with net.client() as client:
        async for batch in Bluesky().refresh(ada(), {}, client, NOW):
            taken.append(batch)
            net.expire()
            if len(taken) % 3 == 0:
                net.expired.add(f"refresh-{net.issued}")
    assert sum(len(batch.posts) for batch in taken) == 40
    assert sum(len(batch.interactions) for batch in taken) == 40


async def test_a_server_that_ends_each_session_at_once_is_not_logged_in_at_forever() -> None:
    net = FakeBluesky()
    net.overrides["listNotifications"] = lambda _: refusal(400, "ExpiredToken")
    net.overrides["refreshSession"] = lambda _: refusal(400, "ExpiredToken")
    async with net.client() as client:
        session = session_of(net, client)
        for _ in range(5):
            with pytest.raises(CredentialRefused):
                await session.query(LISTED, {})
    assert net.methods().count("createSession") == MOST_LOGINS


async def test_a_changed_handle_is_logged_in_by_did() -> None:
    net = FakeBluesky(handle="ada.new.example")
    async with net.client() as client:
        await session_of(net, client, "ada.old.example").query(LISTED, {})
    assert [json.loads(request.content)["identifier"] for request in net.asked[:2]] == ["ada.old.example", ADA]


async def test_an_app_password_that_was_revoked_says_so_and_shows_nothing() -> None:
    net = FakeBluesky(password="another")
    with pytest.raises(CredentialRefused, match="does not know this handle with this app password") as error:
        await ask(net)
    assert "app password in Bluesky's settings" in error.value.hint
    assert APP_PASSWORD not in error.value.message + error.value.hint


async def test_a_session_of_somebody_else_is_refused() -> None:
    net = FakeBluesky()
    net.overrides["createSession"] = lambda _: httpx.Response(
        200, json={"accessJwt": "a-1", "refreshJwt": "r-1", "did": "did:plc:bob", "handle": "bob.example"}
    )
    with pytest.raises(CredentialRefused, match="now belongs to did:plc:bob"):
        await ask(net)
    assert net.kept == []


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, json={"accessJwt": "secret-access", "did": ADA}),
        httpx.Response(200, json=["secret-access"]),
        httpx.Response(200, text='{"accessJwt": "secret-access", '),
        httpx.Response(200, text="<html>secret-access"),
        httpx.Response(200, json={"accessJwt": "secret-access\n", "refreshJwt": "b", "did": ADA}),
    ],
)
async def test_a_puzzling_session_is_not_quoted(answer: httpx.Response) -> None:
    net = FakeBluesky()
    net.overrides["createSession"] = lambda _: answer
    with pytest.raises(NotUnderstood, match="expected a session") as error:
        await ask(net)
    assert "secret-access" not in error.value.message + error.value.hint


async def test_tokens_are_blotted_out_wherever_they_return() -> None:
    net = FakeBluesky()
    net.overrides["listNotifications"] = lambda request: refusal(
        400, "Odd", f"you sent {request.headers['authorization']} and {APP_PASSWORD}"
    )
    with pytest.raises(NotUnderstood) as error:
        await ask(net)
    assert "access-1" not in error.value.message
    assert APP_PASSWORD not in error.value.message


@pytest.mark.parametrize(
    ("status", "words"),
    [("deactivated", "deactivated"), ("takendown", "suspended"), ("odd", "not active"), ("", "not")],
)
async def test_an_account_that_is_not_in_use(status: str, words: str) -> None:
    net = FakeBluesky()

    def inactive(_: httpx.Request) -> httpx.Response:
        body = {"accessJwt": "a-1", "refreshJwt": "r-1", "did": ADA, "active": False}
        return httpx.Response(200, json=body | ({"status": status} if status else {}))

    net.overrides["createSession"] = inactive
    with pytest.raises(CredentialRefused, match=f"this account is {words}"):
        await ask(net)


HTML = httpx.Response(403, html="<html>Forbidden</html>")
RESET = {"RateLimit-Reset": str(int((NOW + timedelta(minutes=4)).timestamp())), "RateLimit-Remaining": "0"}


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (
            lambda: refusal(401, "AuthenticationRequired", "Invalid identifier or password"),
            CredentialRefused,
            "does not",
        ),
        (lambda: refusal(400, "InvalidRequest", "Could not find user"), CredentialRefused, "does not know this handle"),
        (lambda: refusal(401, "AuthFactorTokenRequired", "A sign in code"), CredentialRefused, "a code from your mail"),
        (lambda: refusal(400, "AuthFactorTokenRequired", "A sign in code"), CredentialRefused, "a code from your mail"),
        (lambda: refusal(401, "AccountTakedown", "Account has been taken down"), CredentialRefused, "suspended"),
        (lambda: refusal(400, "AccountDeactivated", ""), CredentialRefused, "deactivated"),
        (lambda: refusal(501, "MethodNotImplemented", ""), NotUnderstood, "no server to log in at"),
        (lambda: httpx.Response(404, text="Not Found"), NotUnderstood, "no server to log in at"),
        (lambda: refusal(429, "RateLimitExceeded", "", RESET), RateLimited, "slow down"),
        (lambda: refusal(400, "RateLimitExceeded", "", RESET), RateLimited, "slow down"),
        (lambda: refusal(502, "UpstreamFailure", ""), Unavailable, "in trouble"),
        (lambda: HTML, Unavailable, "turns us away with a web page"),
    ],
)
async def test_what_a_refused_login_means(
    answer: Callable[[], httpx.Response], kind: type[NetworkError], words: str
) -> None:
    net = FakeBluesky()
    net.overrides["createSession"] = lambda _: answer()
    with pytest.raises(kind, match=words) as error:
        await ask(net)
    assert not isinstance(error.value, RateLimited) or error.value.retry_at == NOW + timedelta(minutes=4)
    assert len(net.asked) <= 2


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (lambda: refusal(502, "UpstreamFailure"), Unavailable),
        (lambda: httpx.Response(503, text="busy"), Unavailable),
        (lambda: refusal(429, "RateLimitExceeded", "", RESET), RateLimited),
        (lambda: HTML, Unavailable),
        (lambda: refusal(401, "AccountTakedown"), CredentialRefused),
    ],
)
async def test_trouble_with_renewing_is_no_reason_to_log_in(
    answer: Callable[[], httpx.Response], kind: type[NetworkError]
) -> None:
    net = FakeBluesky()
    await ask(net)
    net.expire()
    net.overrides["refreshSession"] = lambda _: answer()
    with pytest.raises(kind):
        await ask(net)
    assert net.methods().count("createSession") == 1


@pytest.mark.parametrize(
    "answer",
    [
        lambda: refusal(400, "InvalidToken"),
        lambda: refusal(401, "AuthMissing"),
        lambda: refusal(400, "ExpiredToken"),
        lambda: refusal(501, "MethodNotImplemented"),
        lambda: httpx.Response(404, text="?"),
    ],
)
async def test_a_session_that_is_not_renewed_gives_way_to_a_login(answer: Callable[[], httpx.Response]) -> None:
    net = FakeBluesky()
    await ask(net)
    net.expire()
    net.overrides["refreshSession"] = lambda _: answer()
    await ask(net)
    assert net.methods().count("createSession") == 2


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (lambda: refusal(400, "InvalidRequest", "Profile not found"), NotFound, "does not know it"),
        (lambda: refusal(400, "NotFound", "Post not found: at://x"), NotFound, "does not know it"),
        (lambda: refusal(400, "HandleNotFound", ""), NotFound, "does not know it"),
        (lambda: refusal(400, "BlockedActor", ""), NotFound, "across a block"),
        (lambda: refusal(400, "BlockedByActor", ""), NotFound, "across a block"),
        (lambda: refusal(400, "AccountTakedown", ""), CredentialRefused, "suspended"),
        (lambda: refusal(400, "InvalidRequest", "Malformed cursor"), NotUnderstood, "answered 400"),
        (lambda: refusal(429, "RateLimitExceeded", "", {"Retry-After": "240"}), RateLimited, "slow down"),
        (lambda: refusal(429, "RateLimitExceeded", "", RESET), RateLimited, "slow down"),
        (lambda: refusal(502, "UpstreamFailure", ""), Unavailable, "in trouble"),
        (lambda: refusal(400, "UpstreamTimeout", ""), Unavailable, "in trouble"),
        (lambda: httpx.Response(500, text="oops"), Unavailable, "in trouble"),
        (lambda: refusal(501, "MethodNotImplemented", ""), NotUnderstood, "not known to"),
        (lambda: HTML, Unavailable, "web page"),
        (lambda: httpx.Response(200, text="<html>"), NotUnderstood, "expected"),
    ],
)
async def test_what_a_refused_question_means(
    answer: Callable[[], httpx.Response], kind: type[NetworkError], words: str
) -> None:
    net = FakeBluesky()
    net.overrides["getProfile"] = lambda _: answer()
    async with net.client() as client:
        stream = Bluesky().refresh(ada(), {}, client, NOW)
        with pytest.raises(kind, match=words) as error:
            await anext(stream)
    assert not isinstance(error.value, RateLimited) or error.value.retry_at == NOW + timedelta(minutes=4)


async def test_a_guard_that_turns_strangers_away_is_a_passing_trouble() -> None:
    net = FakeBluesky()
    net.overrides["getProfile"] = lambda _: HTML
    async with net.client(None, "https://public.api.bsky.app") as client:
        with pytest.raises(Unavailable, match="web page"):
            await anext(Bluesky().refresh(ada(authorised=False), {}, client, NOW))
