"""Webmentions: what was typed, what counts, and how it is read."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import httpx
import pytest

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Interaction, InteractionKind
from klout_tui.errors import UsageError
from klout_tui.networks.base import (
    CredentialRefused,
    LinkRequest,
    NetworkError,
    NotUnderstood,
    RateLimited,
    Unavailable,
)
from klout_tui.networks.http import Client
from klout_tui.networks.webmention import Webmention
from klout_tui.networks.webmention.target import parse
from tests.networks.misbehaving import Misbehaving, html_body, json_body
from tests.networks.webmention_fake import NOW, PAGE, TOKEN, FakeWebmention, mention, site, stamp


async def refresh(
    service: FakeWebmention, cursor: Cursor | None = None, *, token: str | None = TOKEN, **more: Any
) -> list[Batch]:
    account = site(pages=more.get("pages", ""), authorised=token is not None)
    async with service.client(token) as client:
        stream = Webmention().refresh(account, cursor or {}, client, more.get("now", NOW))
        return [batch async for batch in stream]


def acts(batches: list[Batch]) -> dict[str, Interaction]:
    return {act.id: act for batch in batches for act in batch.interactions}


async def only(*mentions: Any) -> list[Interaction]:
    return list(acts(await refresh(FakeWebmention(list(mentions)))).values())


def busy(count: int = 250) -> FakeWebmention:
    """A service with a past, several mentions a second now and then."""
    return FakeWebmention(
        [mention(number, wm_received=stamp(hours=900 - number // 7), published=None) for number in range(count)]
    )


# what was typed


@pytest.mark.parametrize(
    ("typed", "domain"),
    [
        ("blog.example", "blog.example"),
        (" https://Blog.example/ ", "blog.example"),
        ("http://www.blog.example/2026/sundials/?x=1", "www.blog.example"),
        ("webmention:blog.example", "blog.example"),
        ("https://webmention.io/blog.example/webmention", "blog.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("http://127.0.0.1:8080/", "127.0.0.1:8080"),
    ],
)
def test_a_site_in_all_its_forms(typed: str, domain: str) -> None:
    assert parse(LinkRequest(target=typed)).domain == domain


@pytest.mark.parametrize("typed", ["", "blog", "ftp://blog.example", "https://user:pw@blog.example", "me@blog.example"])
def test_what_is_no_site(typed: str) -> None:
    with pytest.raises(UsageError):
        parse(LinkRequest(target=typed))


def test_pages_lie_on_the_site_and_are_not_too_many() -> None:
    given = "/sundials/, www.blog.example/moons#top\nhttps://blog.example/"
    pages = parse(LinkRequest(target="blog.example", options={"pages": given})).pages
    assert pages == ("https://blog.example/sundials/", "https://www.blog.example/moons", "https://blog.example/")
    for wrong in ("https://other.example/", " ".join(f"/{number}" for number in range(41))):
        with pytest.raises(UsageError):
            parse(LinkRequest(target="blog.example", options={"pages": wrong}))


@pytest.mark.parametrize(
    ("home", "words"),
    [
        (httpx.Response(200, html="<link rel='x webmention' href='https://webmention.io/b/webmention'>"), "names webm"),
        (httpx.Response(200, headers={"Link": "<https://webmention.io/b/webmention>; rel=webmention"}), "names webm"),
        (httpx.Response(200, html="<a rel=webmention href='/wm'>"), "has them sent to blog.example"),
        (httpx.Response(200, html="<p>nothing"), "does not say"),
        (httpx.Response(404), ""),
    ],
)
async def test_linking_looks_where_the_site_has_mentions_sent(home: httpx.Response, words: str) -> None:
    service = FakeWebmention([mention(1)], home=home)
    async with service.client() as client:
        verified = await Webmention().verify(LinkRequest(target="blog.example"), client, NOW)
    assert verified.account.id == "webmention:blog.example"
    assert Webmention().hosts(verified.account) == ("webmention.io",)
    told = (*verified.capabilities.sees, *verified.capabilities.misses)
    assert any(words in each for each in told) if words else not any("home page" in each for each in told)


async def test_linking_finds_the_name_the_service_has_for_the_site() -> None:
    service = FakeWebmention([mention(1)], domain="www.blog.example")
    async with service.client() as client:
        verified = await Webmention().verify(LinkRequest(target="blog.example"), client, NOW)
    assert verified.account.options["domain"] == "www.blog.example"
    assert verified.account.id == "webmention:blog.example"


async def test_a_refused_token_is_said_and_appears_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    service = FakeWebmention([mention(1)])
    async with service.client("wrong-token-of-hers") as client:
        with pytest.raises(CredentialRefused) as refused:
            await Webmention().verify(LinkRequest(target="blog.example"), client, NOW)
        said = [refused.value.message, refused.value.hint, repr(client.record.asked), caplog.text]
    assert "Access token was not valid" in refused.value.message
    assert not any("wrong-token" in each for each in said)


async def test_everything_on_this_machine(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with Misbehaving() as server:
        server.on("/", html_body(f"<link rel=webmention href={server.url}/x/webmention>"))
        server.on("/api/mentions.jf2", json_body({"type": "feed", "children": [mention(1)]}))
        request = LinkRequest(target=server.url, base_url=server.url)
        async with Client(base_url=server.url, token=TOKEN) as client:
            verified = await Webmention().verify(request, client, NOW)
        hosts = Webmention().hosts(verified.account)
        async with Client(base_url=server.url, token=TOKEN, hosts=hosts) as client:
            batches = [each async for each in Webmention().refresh(verified.account, {}, client, NOW)]
            assert all(TOKEN not in asked.place for asked in client.record.asked)
    assert len(acts(batches)) == 1
    assert any(f"token={TOKEN}" in path for path in server.paths())
    assert TOKEN not in caplog.text


# what counts


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ("in-reply-to", InteractionKind.COMMENT),
        ("like-of", InteractionKind.LIKE),
        ("repost-of", InteractionKind.REPOST),
        ("bookmark-of", InteractionKind.BOOKMARK),
        ("mention-of", InteractionKind.LINK),
        ("something-new", InteractionKind.LINK),
    ],
)
async def test_kinds(told: str, kind: InteractionKind) -> None:
    (act,) = await only(mention(1, told))
    assert (act.kind, act.post, act.actor.key, act.actor.name) == (kind, PAGE, "p1.example", "P 1")
    assert bool(act.text) is (kind in (InteractionKind.COMMENT, InteractionKind.LINK))
    assert not act.estimated


async def test_an_answer_to_an_invitation_says_what_it_is() -> None:
    (act,) = await only(mention(1, "rsvp", rsvp="yes", content=None))
    assert (act.kind, act.text) == (InteractionKind.COMMENT, "RSVP: yes")


async def test_what_was_sent_to_her_alone_stays_private() -> None:
    (act,) = await only(mention(1, wm_private=True))
    assert not act.public


async def test_her_own_pages_are_no_reaction() -> None:
    service = FakeWebmention(
        [
            mention(1, url="https://blog.example/moons/"),
            mention(2, author={"name": "Me", "url": "https://www.blog.example"}),
            mention(3, wm_source="https://blog.example/x", url=None),
        ]
    )
    batches = await refresh(service)
    assert not acts(batches)
    assert {"your own pages": 3} in [batch.skipped for batch in batches]


@pytest.mark.parametrize(
    ("published", "received", "at", "estimated"),
    [
        ("2026-10-03T09:12:00+02:00", "2026-10-03T07:40:11Z", "2026-10-03T07:12:00+00:00", False),
        ("2026-10-03T09:12:00", "2026-10-03T07:40:11Z", "2026-10-03T09:12:00+00:00", True),
        (None, "2026-10-03T07:40:11Z", "2026-10-03T07:40:11+00:00", True),
        ("0000-00-00T00:00:00", "2026-10-03T07:40:11Z", "2026-10-03T07:40:11+00:00", True),
        ("2031-01-01T00:00:00Z", "2026-10-03T07:40:11Z", "2026-10-03T07:40:11+00:00", True),
        ("soon", None, "2026-11-23T08:00:00+00:00", True),
    ],
)
async def test_dates_are_honest(published: str | None, received: str | None, at: str, estimated: bool) -> None:
    (act,) = await only(mention(1, published=published, wm_received=received))
    assert (act.at.isoformat(), act.estimated) == (at, estimated)


async def test_odd_entries_are_read_as_far_as_they_can_be() -> None:
    service = FakeWebmention(
        [
            None,
            "x",
            mention(1, url=None, wm_source=None),
            mention(2, author=None, content=None),
            mention(3, author=[{"name": None, "url": "https://ada.example/"}], content="plain"),
            mention(4, author="Ada", content={"html": "<p>One<p>Two"}, wm_private=None),
            mention(5, author={"name": 7, "url": 8}, content={"value": "<b>old</b>", "content-type": "text/html"}),
            mention(6, "like-of", author=None, wm_property=None),
        ]
    )
    batches = await refresh(service)
    found = {act.url[9:10]: act for act in acts(batches).values()}
    assert {each: act.text for each, act in found.items()} == {
        "2": "",
        "3": "plain",
        "4": "One\n\nTwo",
        "5": "old",
        "6": "Words 6",
    }
    assert [found[each].actor.key for each in "234"] == ["anonymous@p2.example", "ada.example", "ada@p4.example"]
    assert sum(batch.skipped.get("unreadable mention", 0) for batch in batches) >= 3


async def test_one_mention_by_two_messengers_is_one() -> None:
    again = mention(2, url="https://p1.example/notes/1", wm_source="https://bridge.example/7", author=None)
    assert len(await only(mention(1), again)) == 1
    other = mention(3, url="https://p1.example/notes/1", wm_target="https://blog.example/moons/")
    assert len(await only(mention(1), other)) == 2


# Bridgy


def bridged(number: int, kind: str, source: str, author: str, url: str, **more: Any) -> dict[str, Any]:
    card = {"type": "card", "name": "Ada", "url": author}
    return mention(number, kind, wm_source=f"https://brid.gy/{source}", author=card, url=url, **more)


async def test_a_mastodon_like() -> None:
    (act,) = await only(
        bridged(
            1,
            "like-of",
            "like/mastodon/@me@social.example/1098/7",
            "https://tech.example/@ada",
            "https://social.example/@me/1098#favorited-by-7",
            published=None,
            content=None,
        )
    )
    assert (act.kind, act.estimated) == (InteractionKind.LIKE, True)
    assert (act.actor.key, act.actor.handle) == ("https://tech.example/users/ada", "@ada@tech.example")
    assert act.echo == ("like tech.example/@ada social.example/@me/1098",)


async def test_a_bluesky_reply_and_like() -> None:
    me, ada, post = "did:plc:me", "did:plc:ada", "at%253A%252F%252Fdid%253Aplc%253Ame%252Fapp.bsky.feed.post%252F3k"
    reply = "at%253A%252F%252Fdid%253Aplc%253Aada%252Fapp.bsky.feed.post%252F3m"
    author = "https://bsky.app/profile/Ada.example"
    said, liked = await only(
        bridged(1, "in-reply-to", f"comment/bluesky/{me}/{post}/{reply}", author, f"{author}/post/3m"),
        bridged(
            2,
            "like-of",
            f"like/bluesky/{me}/{post}/did%253Aplc%253Aada",
            author,
            "https://bsky.app/profile/me.example/post/3k#liked_by_did:plc:ada",
        ),
    )
    assert said.actor.key == liked.actor.key == ada
    assert set(said.echo) == {"said bsky.app/ada.example/3m", "said bsky.app/did:plc:ada/3m"}
    assert "like bsky.app/did:plc:ada bsky.app/did:plc:me/3k" in liked.echo


async def test_a_github_reaction_is_a_like() -> None:
    (act,) = await only(
        bridged(
            1,
            "in-reply-to",
            "react/github/me/me%2Ftool:3/heart",
            "https://github.com/Ada",
            "https://github.com/me/tool/issues/3#heart-by-ada",
            content={"text": "❤️"},
        )
    )
    assert (act.kind, act.text) == (InteractionKind.LIKE, "")
    assert act.echo == ("like github.com/ada github.com/me/tool/issues/3",)


async def test_a_like_on_their_own_site_is_no_echo() -> None:
    (act,) = await only(mention(1, "like-of"))
    assert act.echo == ()


# how it is read


async def test_the_first_run_reads_everything_once() -> None:
    batches = await refresh(busy())
    assert sum(len(batch.interactions) for batch in batches) == len(acts(batches)) == 250
    assert batches[-1].progress == 1.0


async def test_nothing_new_takes_one_request_and_changes_nothing() -> None:
    service = busy()
    cursor = (await refresh(service))[-1].cursor
    service.asked.clear()
    assert await refresh(service, cursor) == []
    assert len(service.asked) == 1


@pytest.mark.parametrize("cap", [1000, 20, 7])
async def test_killed_after_any_batch_it_ends_in_the_same(cap: int) -> None:
    service = busy(60 if cap == 7 else 250)
    service.cap = cap
    whole = await refresh(service)
    cursor: Cursor = {}
    pieces: list[Batch] = []
    for _ in range(200):
        async with service.client() as client:
            stream = Webmention().refresh(site(), cursor, client, NOW)
            try:
                pieces.append(await anext(stream))
            except StopAsyncIteration:
                break
            await stream.aclose()  # type: ignore[attr-defined]  # an async generator, though the contract says less
        cursor = pieces[-1].cursor
    assert acts(pieces) == acts(whole)
    assert len(acts(whole)) == len(service.mentions)
    assert cursor == whole[-1].cursor


async def test_many_in_one_second_are_not_lost() -> None:
    service = FakeWebmention([mention(number, wm_received=stamp(hours=5)) for number in range(260)])
    service.mentions.sort(key=lambda each: -each["wm-id"])  # within a second in any order
    batches = await refresh(service)
    assert len(acts(batches)) == 260
    assert await refresh(service, batches[-1].cursor) == []


async def test_what_was_changed_lately_is_read_again_once_a_day() -> None:
    service = busy(10)
    cursor = (await refresh(service))[-1].cursor
    service.mentions[0]["content"] = {"text": "Said otherwise"}
    service.changed = [service.mentions[0]["wm-id"]]
    assert not acts(await refresh(service, cursor, now=NOW + timedelta(hours=23)))
    service.asked.clear()
    found = await refresh(service, cursor, now=NOW + timedelta(hours=25))
    assert "Said otherwise" in [act.text for act in acts(found).values()]
    assert len(service.asked) == 2


async def test_without_a_token_pages_are_asked_for_in_both_forms() -> None:
    service = FakeWebmention(
        [
            mention(1),
            mention(2, wm_target="https://blog.example/sundials"),
            mention(3, wm_target="https://blog.example"),
            mention(4, wm_private=True),
        ]
    )
    pages = "https://blog.example/sundials/ https://blog.example/"
    batches = await refresh(service, token=None, pages=pages)
    assert len(acts(batches)) == 3
    assert "token" not in service.asked[0].url.params
    home = await refresh(service, token=None)
    assert len(acts(home)) == 1


async def test_forty_pages_take_two_requests() -> None:
    service = busy(3)
    pages = " ".join(f"https://blog.example/{number}/" for number in range(40))
    cursor = (await refresh(service, token=None, pages=pages))[-1].cursor
    service.asked.clear()
    assert await refresh(service, cursor, token=None, pages=pages) == []
    assert len(service.asked) == 2


async def test_another_token_or_page_is_read_from_its_beginning() -> None:
    service = busy(30)
    cursor = (await refresh(service, token=None, pages=PAGE))[-1].cursor
    assert len(acts(await refresh(service, cursor))) == 30


# trouble


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (httpx.Response(200, html="<h1>Down</h1>"), Unavailable),
        (httpx.Response(200, text="<h1>Down</h1>"), Unavailable),
        (httpx.Response(502, html="<h1>Bad gateway</h1>"), Unavailable),
        (httpx.Response(403, html="<h1>Checking your browser</h1>"), Unavailable),
        (httpx.Response(401, json={"error": "forbidden"}), CredentialRefused),
        (httpx.Response(400, json={"error": "invalid_input"}), NotUnderstood),
        (httpx.Response(429, json={"error": "rate_limit_exceeded"}), RateLimited),
        (httpx.Response(200, json=[]), NotUnderstood),
        (httpx.Response(200, json={"children": None}), NotUnderstood),
        (httpx.Response(200, json={"children": "none"}), NotUnderstood),
    ],
)
async def test_trouble_has_its_name_and_no_token(response: httpx.Response, error: type[NetworkError]) -> None:
    service = FakeWebmention()
    service.overrides = [lambda _: response]
    with pytest.raises(error) as raised:
        await refresh(service)
    assert TOKEN not in raised.value.message + raised.value.hint


async def test_a_cursor_that_makes_no_sense_begins_anew() -> None:
    assert len(acts(await refresh(busy(5), {"trails": "7", "looked_back": "x"}))) == 5
