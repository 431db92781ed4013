"""Hacker News: what was typed, what counts, and how it is read."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Interaction, InteractionKind, Post, PostKind
from klout_tui.errors import UsageError
from klout_tui.networks.base import LinkRequest, NetworkError, NotFound, NotUnderstood, RateLimited, Unavailable
from klout_tui.networks.hackernews import HackerNews
from klout_tui.networks.hackernews.bookmark import Bookmark, Walk
from klout_tui.networks.hackernews.target import parse
from klout_tui.networks.http import Client
from tests.networks.hackernews_fake import NOW, FakeHackerNews, ago, me
from tests.networks.misbehaving import Misbehaving, json_body

SEARCH = "/api/v1/search_by_date"


async def refresh(
    site: FakeHackerNews, cursor: Cursor | None = None, *, of: str = "", now: datetime = NOW
) -> list[Batch]:
    async with site.client() as client:
        stream = HackerNews().refresh(me(site=of), cursor or {}, client, now)
        return [batch async for batch in stream]


def posts(batches: list[Batch]) -> dict[str, Post]:
    return {post.id.rpartition("=")[2]: post for batch in batches for post in batch.posts}


def acts(batches: list[Batch]) -> dict[str, Interaction]:
    return {act.id.rpartition("=")[2]: act for batch in batches for act in batch.interactions}


def busy(stories: int = 120, comments: int = 250) -> FakeHackerNews:
    """A site with a past: her stories, what was said below them, her own words elsewhere."""
    site = FakeHackerNews()
    for number in range(stories):
        site.story(1000 + number, ago(days=300 - number))
    for number in range(comments):
        site.comment(5000 + number, 1000 + number % stories, ago(days=300 - number % stories, hours=-1 - number % 20))
    site.story(900, ago(days=5), by="cy", url="https://other.example/")
    site.comment(9000, 900, ago(days=4), by="me")
    site.comment(9001, 9000, ago(days=3), by="dee")
    return site


# what was typed


@pytest.mark.parametrize(
    "typed",
    [
        "Ada_L",
        " @Ada_L ",
        "hackernews:Ada_L",
        "https://news.ycombinator.com/user?id=Ada_L",
        "news.ycombinator.com/threads?id=Ada_L",
        "https://news.ycombinator.com/submitted?id=Ada_L&next=5#7",
        "https://hacker-news.firebaseio.com/v0/user/Ada_L.json",
    ],
)
def test_a_name_in_all_its_forms(typed: str) -> None:
    assert parse(LinkRequest(target=typed)).name == "Ada_L"


@pytest.mark.parametrize("typed", ["", "@", "a", "ada@x.example", "https://news.ycombinator.com/item?id=5", "ada lov!"])
def test_what_is_no_name(typed: str) -> None:
    with pytest.raises(UsageError):
        parse(LinkRequest(target=typed))


@pytest.mark.parametrize(
    ("base", "search", "expected"),
    [
        ("", "", ("https://hacker-news.firebaseio.com", "https://hn.algolia.com/api/v1")),
        ("http://127.0.0.1:8/v0/", "", ("http://127.0.0.1:8", "http://127.0.0.1:8/api/v1")),
        ("http://127.0.0.1:8", "http://127.0.0.1:9", ("http://127.0.0.1:8", "http://127.0.0.1:9/api/v1")),
        ("https://fire.example", "https://find.example/x", ("https://fire.example", "https://find.example/x")),
    ],
)
def test_both_roots(base: str, search: str, expected: tuple[str, str]) -> None:
    target = parse(LinkRequest(target="ada", base_url=base, options={"search_url": search}))
    assert (target.firebase, target.algolia) == expected


@pytest.mark.parametrize("options", [{"site": "not a domain"}, {"search_url": "http://find.example"}])
def test_odd_options_are_refused(options: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        parse(LinkRequest(target="ada", options=options))


async def test_linking_tells_karma_and_both_hosts() -> None:
    site = busy(3, 0)
    async with site.client() as client:
        request = LinkRequest(target="me", options={"site": "https://www.Blog.example/"})
        verified = await HackerNews().verify(request, client, NOW)
    assert (verified.account.id, verified.profile.karma, verified.profile.posts) == ("hackernews:me", 1204, 3)
    assert verified.account.options["site"] == "blog.example"
    assert HackerNews().hosts(verified.account) == ("hacker-news.firebaseio.com", "hn.algolia.com")
    assert any("blog.example" in words for words in verified.capabilities.sees)


async def test_nobody_of_that_name() -> None:
    async with FakeHackerNews().client() as client:
        with pytest.raises(NotFound) as found:
            await HackerNews().verify(LinkRequest(target="Me"), client, NOW)
    assert "upper and lower case" in found.value.hint


async def test_one_server_on_this_machine_serves_both() -> None:
    async with Misbehaving() as server:
        server.on("/v0/user/me.json", json_body({"id": "me", "karma": 7, "submitted": []}))
        server.on(SEARCH, json_body({"hits": [], "nbHits": 0}))
        request = LinkRequest(target="me", base_url=server.url)
        async with Client(base_url=server.url, hosts=("127.0.0.1",)) as client:
            verified = await HackerNews().verify(request, client, NOW)
            batches = [each async for each in HackerNews().refresh(verified.account, {}, client, NOW)]
    assert batches[0].profile is not None
    assert batches[0].profile.karma == 7
    assert HackerNews().hosts(verified.account) == ("127.0.0.1",)


# what counts


async def test_everything_that_counts() -> None:
    site = FakeHackerNews()
    site.story(1, ago(days=2), title="Show HN: Sundials &amp; moons", text="<p>One<p>Two &lt;3", url=None, score=87)
    site.story(2, ago(days=1), score=1)
    site.comment(10, 1, ago(hours=30), text="Great<p>really")
    site.comment(11, 10, ago(hours=29), by="me")
    site.comment(12, 11, ago(hours=28), by="cy")
    site.story(3, ago(days=3), by="cy", url="https://other.example")
    site.comment(13, 3, ago(hours=27), by="me")
    site.comment(14, 13, ago(hours=26), by="dee")
    site.comment(15, 3, ago(hours=25), by="dee")
    found = await refresh(site)
    told = posts(found)
    assert {each: told[each].kind for each in told} == {
        "1": PostKind.STATUS,
        "2": PostKind.STATUS,
        "11": PostKind.REPLY,
        "13": PostKind.REPLY,
    }
    assert told["1"].topics == ("Show HN",)
    assert told["1"].text == "One\n\nTwo <3"
    assert told["1"].counters == {InteractionKind.LIKE: 86}
    assert told["2"].counters == {InteractionKind.LIKE: 0}  # the one point is her own
    assert told["2"].text == "https://blog.example/sundials/2"
    assert told["11"].reply_to == "https://news.ycombinator.com/item?id=10"
    heard = acts(found)
    assert {each: (heard[each].kind, (heard[each].post or "").rpartition("=")[2]) for each in heard} == {
        "10": (InteractionKind.COMMENT, "1"),
        "12": (InteractionKind.COMMENT, "1"),
        "14": (InteractionKind.REPLY, "13"),
    }
    assert heard["10"].text == "Great\n\nreally"
    assert heard["10"].actor.key == "https://news.ycombinator.com/user?id=bo"
    assert not heard["10"].estimated


async def test_who_else_submits_her_site() -> None:
    site = FakeHackerNews()
    site.story(1, ago(days=2))
    site.story(2, ago(days=400), by="cy", url="https://www.blog.example/moons?x=1")
    site.story(3, ago(days=4), by="cy", url="https://blog.example.evil.example/")
    found = await refresh(site, of="blog.example")
    (link,) = acts(found).values()
    assert (link.kind, link.actor.handle, link.post) == (
        InteractionKind.LINK,
        "cy",
        "https://www.blog.example/moons?x=1",
    )
    site.story(5, ago(hours=1), by="dee", url="https://blog.example/new")
    later = await refresh(site, found[-1].cursor, of="blog.example", now=NOW + timedelta(hours=5))
    assert not acts(later)
    later = await refresh(site, later[-1].cursor, of="blog.example", now=NOW + timedelta(hours=7))
    assert set(acts(later)) >= {"5"}


async def test_odd_entries_are_skipped_and_counted() -> None:
    site = FakeHackerNews()
    site.story(1, ago(days=2))
    site.comment(10, 1, ago(hours=30))
    site.odd_hits = [
        None,
        7,
        {"author": "x"},
        {"objectID": "1x", "author": "me"},
        {"objectID": 77, "author": None, "story_id": 1, "created_at_i": None, "_tags": None},
        {"objectID": 78, "author": "bo", "story_id": "1", "parent_id": [], "comment_text": None, "created_at": "soon"},
    ]
    found = await refresh(site)
    assert set(posts(found)) == {"1"}
    assert set(acts(found)) == {"10", "78"}
    assert acts(found)["78"].estimated
    skipped = [name for batch in found for name in batch.skipped]
    assert "unreadable hit" in skipped


# how it is read


async def test_the_first_run_reads_everything_once() -> None:
    found = await refresh(busy())
    assert sum(len(batch.posts) for batch in found) == len(posts(found)) == 121
    assert sum(len(batch.interactions) for batch in found) == len(acts(found)) == 251
    shares = [batch.progress for batch in found if batch.progress is not None]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


async def test_nothing_new_takes_two_requests() -> None:
    site = busy()
    cursor = (await refresh(site))[-1].cursor
    cursor = (await refresh(site, cursor))[-1].cursor
    site.asked.clear()
    found = await refresh(site, cursor)
    assert site.paths() == ["/v0/user/me.json", SEARCH]
    assert not posts(found)
    assert found[-1].cursor == cursor


@pytest.mark.parametrize("totals", [True, False])
@pytest.mark.parametrize("cap", [1000, 30])
async def test_killed_after_any_batch_it_ends_in_the_same(totals: bool, cap: int) -> None:
    site = busy(130, 300)
    site.totals, site.page_cap = totals, cap
    whole = await refresh(site)
    cursor: Cursor = {}
    pieces: list[Batch] = []
    for _ in range(200):
        async with site.client() as client:
            stream = HackerNews().refresh(me(), cursor, client, NOW)
            taken = [await anext(stream), *[each async for each in _at_most(stream, 1)]]
            await stream.aclose()  # type: ignore[attr-defined]  # an async generator, though the contract says less
        pieces += taken
        if taken[-1].cursor == cursor:
            break
        cursor = taken[-1].cursor
    assert posts(pieces) == posts(whole)
    assert acts(pieces) == acts(whole)


async def _at_most(stream: Any, count: int) -> Any:
    for _ in range(count):
        try:
            yield await anext(stream)
        except StopAsyncIteration:
            return


async def test_more_than_a_search_gives_is_read_in_spans_of_time() -> None:
    site = FakeHackerNews(page_cap=100)
    site.story(1, ago(days=100))
    for number in range(1500):
        site.comment(100 + number, 1, ago(days=99, seconds=-number // 3))
    assert len(acts(await refresh(site))) == 1500


async def test_a_whole_page_in_one_second_does_not_stop_it() -> None:
    site = FakeHackerNews(page_cap=10)
    site.story(1, ago(days=10))
    for number in range(10):
        site.comment(100 + number, 1, ago(days=9))
    site.comment(99, 1, ago(days=9, hours=1))
    assert len(acts(await refresh(site))) == 11


async def test_a_search_that_ignores_spans_comes_to_an_end() -> None:
    site = busy(5, 5)
    everything = site._search(httpx.QueryParams(tags="comment", hitsPerPage="100")).json() | {"nbHits": 4000}
    site.overrides[SEARCH] = lambda _: httpx.Response(200, json=everything)
    assert len(await refresh(site)) < 20


async def test_what_is_new_is_read_even_before_the_search_knows_it() -> None:
    site = busy(3, 3)
    cursor = (await refresh(site))[-1].cursor
    now = NOW + timedelta(hours=1)
    site.story(20000, ago(minutes=-30), title="Ask HN: Why &amp; how?", url=None)
    site.comment(20001, 900, ago(minutes=-40), by="me")
    site.unsearched = {20000, 20001}
    found = await refresh(site, cursor, now=now)
    assert set(posts(found)) >= {"20000", "20001"}
    assert posts(found)["20000"].title == "Ask HN: Why & how?"
    site.unsearched = set()
    site.comment(20002, 20000, ago(minutes=-45))
    site.comment(20003, 20001, ago(minutes=-50), by="dee")
    later = await refresh(site, found[-1].cursor, now=now + timedelta(minutes=30))
    assert acts(later)["20002"].kind is InteractionKind.COMMENT
    assert acts(later)["20003"].kind is InteractionKind.REPLY


async def test_an_item_that_is_listed_and_never_given_is_given_up() -> None:
    site = busy(3, 0)
    cursor = (await refresh(site))[-1].cursor
    site.overrides["/v0/user/me.json"] = lambda _: httpx.Response(
        200, json={"id": "me", "karma": 1, "submitted": [30000, None, 9000]}
    )
    asked = []
    for _ in range(5):
        site.asked.clear()
        cursor = (await refresh(site, cursor))[-1].cursor
        asked.append("/v0/item/30000.json" in site.paths())
    assert asked == [True, True, True, False, False]


async def test_points_are_read_again_and_deletions_seen() -> None:
    site = FakeHackerNews()
    site.story(1, ago(days=1))
    site.story(2, ago(days=2))
    cursor = (await refresh(site))[-1].cursor
    site.items[1]["score"] = 100
    site.items[2] = {"id": 2, "type": "story", "deleted": True, "time": ago(days=2)}
    assert not posts(await refresh(site, cursor, now=NOW + timedelta(hours=5)))
    found = await refresh(site, cursor, now=NOW + timedelta(hours=7))
    assert posts(found)["1"].counters == {InteractionKind.LIKE: 99}
    assert [gone for batch in found for gone in batch.gone] == ["https://news.ycombinator.com/item?id=2"]


async def test_after_a_long_absence_nothing_is_missing() -> None:
    site = busy(3, 0)
    cursor = (await refresh(site))[-1].cursor
    site.story(20000, ago(days=-2))
    site.comment(20001, 20000, ago(days=-9))
    now = NOW + timedelta(days=90)
    assert set(acts(await refresh(site, cursor, now=now))) >= {"20001"}


# trouble


@pytest.mark.parametrize(
    ("path", "response", "error"),
    [
        ("/v0/user/me.json", httpx.Response(200, text="null", headers={"content-type": "application/json"}), NotFound),
        ("/v0/user/me.json", httpx.Response(401, json={"error": "Permission denied"}), NotUnderstood),
        ("/v0/user/me.json", httpx.Response(200, html="<h1>Down</h1>"), Unavailable),
        ("/v0/user/me.json", httpx.Response(200, json={"id": "somebody"}), NotUnderstood),
        ("/v0/user/me.json", httpx.Response(200, json=[]), NotUnderstood),
        (SEARCH, httpx.Response(429, json={"message": "Too many requests"}), RateLimited),
        (SEARCH, httpx.Response(403, html="<h1>Blocked</h1>"), Unavailable),
        (SEARCH, httpx.Response(400, json={"message": "invalid filter"}), NotUnderstood),
        (SEARCH, httpx.Response(200, html="<h1>Down</h1>"), Unavailable),
        (SEARCH, httpx.Response(200, json={"hits": None}), NotUnderstood),
        (SEARCH, httpx.Response(503), Unavailable),
    ],
)
async def test_trouble_has_its_name(path: str, response: httpx.Response, error: type[NetworkError]) -> None:
    site = busy(3, 3)
    site.overrides[path] = lambda _: response
    with pytest.raises(error):
        await refresh(site)


async def test_karma_is_kept_even_where_the_search_is_down() -> None:
    site = busy(3, 3)
    site.overrides[SEARCH] = lambda _: httpx.Response(503)
    async with site.client() as client:
        stream = HackerNews().refresh(me(), {}, client, NOW)
        first = await anext(stream)
        with pytest.raises(Unavailable):
            await anext(stream)
    assert first.profile is not None
    assert first.profile.karma == 1204


def test_a_cursor_that_makes_no_sense_begins_anew() -> None:
    mark = Bookmark.read({"own": "{", "queue": "7", "newest": "x", "threads": json.dumps([[1]])})
    assert (mark.own, mark.queue, mark.newest, mark.threads) == (Walk(), [], 0, {})
