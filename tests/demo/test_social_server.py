from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest

from klout_tui.demo.events import Life
from tests.demo.conftest import BLOG, NOW, SOCIAL, TOKEN, Clock, Get

API = f"{SOCIAL}/api/v1"


async def her_id(get: Get) -> str:
    identifier: str = (await get(f"{API}/accounts/lookup", params={"acct": "ada"})).json()["id"]
    return identifier


async def walk(get: Get, url: str, rel: str, *, own: bool = True) -> list[list[dict[str, Any]]]:
    """All pages until an empty one, by the Link header."""
    pages: list[list[dict[str, Any]]] = []
    while True:
        answer = await get(url, own=own)
        assert answer.status_code == 200
        if not answer.json():
            return pages
        pages.append(answer.json())
        if rel not in answer.links:
            return pages
        url = answer.links[rel]["url"]


def ids(pages: list[list[dict[str, Any]]]) -> list[int]:
    return [int(item["id"]) for page in pages for item in page]


async def test_it_says_what_it_is(get: Get) -> None:
    instance = (await get(f"{SOCIAL}/api/v2/instance")).json()
    assert instance["domain"] == "social.example"
    assert instance["api_versions"] == {"mastodon": 11}
    links = (await get(f"{SOCIAL}/.well-known/nodeinfo")).json()["links"]
    assert (await get(links[0]["href"])).json()["software"]["name"] == "mastodon"
    assert (
        "read:notifications"
        in (await get(f"{SOCIAL}/.well-known/oauth-authorization-server")).json()["scopes_supported"]
    )
    finger = await get(f"{SOCIAL}/.well-known/webfinger", params={"resource": "acct:ada@social.example"})
    assert finger.json()["aliases"][0] == f"{SOCIAL}/@ada"
    assert f'rel="me" href="{BLOG}/"' in (await get(f"{SOCIAL}/@ada")).text


@pytest.mark.parametrize("acct", ["ada", "ada@social.example", "@ADA", "satoken@nippon.example"])
async def test_accounts_are_found_by_name(get: Get, life: Life, acct: str) -> None:
    if acct.startswith("satoken"):
        acct = next(person.acct for person in life.people if person.username == "satoken")
    answer = await get(f"{API}/accounts/lookup", params={"acct": acct})

    assert answer.status_code == 200
    again = await get(f"{API}/accounts/{answer.json()['id']}")
    assert again.json() == answer.json()


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/lookup?acct=nobody",
        "/accounts/12",
        "/accounts/12/statuses",
        "/statuses/12",
        "/statuses/12/context",
        "/statuses/12/favourited_by",
        "/nothing",
        "/accounts/nonsense",
    ],
)
async def test_what_is_not_there_is_404_with_an_error(get: Get, path: str) -> None:
    answer = await get(f"{API}{path}")

    assert answer.status_code == 404
    assert answer.json()["error"] in ("Record not found", "Not Found")


@pytest.mark.parametrize("path", ["/notifications", "/accounts/verify_credentials", "/statuses/1/quotes"])
async def test_what_needs_a_login_says_so(get: Get, path: str) -> None:
    answer = await get(f"{API}{path}")

    assert answer.status_code == 401
    assert answer.json() == {"error": "The access token is invalid"}
    assert "invalid_token" in answer.headers["WWW-Authenticate"]


async def test_a_wrong_token_is_refused_everywhere(get: Get) -> None:
    answer = await get(f"{API}/accounts/lookup?acct=ada", headers={"Authorization": f"Bearer {TOKEN}x"})

    assert answer.status_code == 401


async def test_the_token_that_reads_cannot_write(get: Get) -> None:
    answer = await get(f"{API}/statuses", own=True, method="POST")
    assert (answer.status_code, answer.json()["error"]) == (403, "This action is outside the authorized scopes")
    assert (await get(f"{API}/accounts/1/follow", own=True, method="POST")).status_code == 404


async def test_her_profile_agrees_with_her_statuses(get: Get) -> None:
    me = (await get(f"{API}/accounts/verify_credentials", own=True)).json()
    pages = await walk(get, f"{API}/accounts/{me['id']}/statuses?limit=40", "next")

    assert me["source"]["privacy"] == "public"
    assert me["followers_count"] == 1200
    assert me["statuses_count"] == len(ids(pages))


@pytest.mark.parametrize("limit", [1, 7, 40])
async def test_statuses_are_walked_backwards_once_each(get: Get, limit: int) -> None:
    pages = await walk(get, f"{API}/accounts/{await her_id(get)}/statuses?limit={limit}", "next")

    assert all(one > other for one, other in pairwise(ids(pages)))
    assert all(len(page) == limit for page in pages[:-1])
    assert ids(pages) == ids(await walk(get, f"{API}/accounts/{await her_id(get)}/statuses?limit=33", "next"))


async def test_notifications_are_walked_in_both_directions_once_each(get: Get, life: Life) -> None:
    backwards = await walk(get, f"{API}/notifications?limit=80", "next")
    forwards = await walk(get, f"{API}/notifications?limit=80&min_id=0", "prev")
    there = [int(act.id) for act in life.acts if act.at <= NOW and (act.undone_at is None or act.undone_at > NOW)]

    assert ids(backwards) == there[::-1]
    assert [identifier for page in forwards for identifier in ids([page])[::-1]] == there


async def test_since_id_skips_the_middle_and_min_id_does_not(get: Get) -> None:
    everything = ids(await walk(get, f"{API}/notifications?limit=80", "next"))
    old = everything[200]

    since = (await get(f"{API}/notifications", own=True, params={"since_id": old, "limit": 30})).json()
    after = (await get(f"{API}/notifications", own=True, params={"min_id": old, "limit": 30})).json()
    between = {"since_id": old, "max_id": everything[190], "limit": 30}
    both = (await get(f"{API}/notifications", own=True, params=between)).json()

    assert ids([since]) == everything[:30]
    assert ids([after]) == everything[170:200]
    assert ids([both]) == everything[191:200]


async def test_types_are_chosen_and_the_choice_stays_in_the_links(get: Get) -> None:
    url = f"{API}/notifications?limit=80&types[]=quote&types[]=poll"
    chosen = await walk(get, url, "next")
    rest = await get(f"{API}/notifications?limit=80&exclude_types[]=favourite&exclude_types[]=follow", own=True)

    assert {item["type"] for page in chosen for item in page} <= {"quote", "poll"}
    assert not {item["type"] for item in rest.json()} & {"favourite", "follow"}


async def test_limits_are_those_of_the_real_server(get: Get) -> None:
    account = await her_id(get)
    for path, usual, most in (("/notifications", 40, 80), (f"/accounts/{account}/statuses", 20, 40)):
        assert len((await get(f"{API}{path}", own=True)).json()) == usual
        assert len((await get(f"{API}{path}?limit=500", own=True)).json()) == most


async def test_private_words_need_the_token(get: Get, life: Life) -> None:
    private = next(status for status in life.statuses if status.visibility == "private" and status.at < NOW)
    account = await her_id(get)
    anonymous = await walk(get, f"{API}/accounts/{account}/statuses?limit=40", "next", own=False)

    assert (await get(f"{API}/statuses/{private.id}", own=True)).json()["visibility"] == "private"
    assert (await get(f"{API}/statuses/{private.id}")).status_code == 404
    assert int(private.id) not in ids(anonymous)
    assert {item["visibility"] for page in anonymous for item in page} == {"public", "unlisted"}


async def test_replies_and_boosts_can_be_left_out(get: Get) -> None:
    account = await her_id(get)
    pages = await walk(
        get, f"{API}/accounts/{account}/statuses?limit=40&exclude_replies=true&exclude_reblogs=true", "next"
    )
    everything = await walk(get, f"{API}/accounts/{account}/statuses?limit=40", "next")

    kept = [item for page in pages for item in page]
    assert all(item["reblog"] is None and item["in_reply_to_account_id"] in (None, account) for item in kept)
    boosts = [item for page in everything for item in page if item["reblog"]]
    assert boosts
    assert all(item["reblog"]["account"]["id"] != account and item["favourites_count"] == 0 for item in boosts)


async def test_counters_agree_with_the_notifications(get: Get) -> None:
    account = await her_id(get)
    statuses = {
        item["id"]: item
        for page in await walk(get, f"{API}/accounts/{account}/statuses?limit=40", "next")
        for item in page
    }
    acts = [item for page in await walk(get, f"{API}/notifications?limit=80", "next") for item in page]
    done = Counter((act["type"], act["status"]["id"]) for act in acts if "status" in act)
    answered = Counter(act["status"]["in_reply_to_id"] for act in acts if act["type"] == "mention")
    answered.update(status["in_reply_to_id"] for status in statuses.values())
    surplus = 0
    for identifier, status in statuses.items():
        likes = done["favourite", identifier]
        assert status["favourites_count"] >= likes
        assert status["reblogs_count"] == done["reblog", identifier]
        assert status["replies_count"] == answered[identifier]
        surplus += status["favourites_count"] - likes
    total = sum(act["type"] == "favourite" for act in acts)
    assert 0.005 < surplus / total < 0.1


async def test_who_liked_is_paged_by_the_link_header_only(get: Get, life: Life) -> None:
    likes = {status.id: 0 for status in life.statuses}
    for act in life.acts:
        if act.kind == "favourite" and act.status and act.at <= NOW and not act.undone_at:
            likes[act.status.id] += 1
    identifier = max(likes, key=lambda each: likes[each])

    pages = await walk(get, f"{API}/statuses/{identifier}/favourited_by?limit=10", "next", own=False)

    names = [item["acct"] for page in pages for item in page]
    assert len(names) == len(set(names)) == likes[identifier] > 20
    assert (await get(f"{API}/statuses/{identifier}/reblogged_by")).status_code == 200


async def test_known_statuses_are_read_again_in_one_go(get: Get) -> None:
    account = await her_id(get)
    page = (await get(f"{API}/accounts/{account}/statuses?limit=20", own=True)).json()
    wanted = [("id[]", item["id"]) for item in page]

    again = (await get(f"{API}/statuses", own=True, params=[*wanted, ("id[]", "12")])).json()

    assert {item["id"]: item for item in again} == {item["id"]: item for item in page}


async def test_a_thread_hangs_together(get: Get, life: Life) -> None:
    answer = next(status for status in reversed(life.statuses) if status.answers and status.answers.author)
    reply = answer.answers
    assert reply is not None
    root = reply.answers
    assert root is not None

    context = (await get(f"{API}/statuses/{root.id}/context")).json()
    below = {item["id"]: item for item in context["descendants"]}
    above = (await get(f"{API}/statuses/{answer.id}/context", own=True)).json()["ancestors"]

    assert below[answer.id]["in_reply_to_id"] == reply.id
    assert below[reply.id]["mentions"][0]["acct"] == "ada"
    assert "@<span>ada</span>" in below[reply.id]["content"]
    assert [item["id"] for item in above] == [root.id, reply.id]


async def test_a_quote_shows_what_it_quotes(get: Get) -> None:
    quote = (await get(f"{API}/notifications?types[]=quote&limit=1", own=True)).json()[0]["status"]
    quoted = quote["quote"]["quoted_status"]

    assert quote["quote"]["state"] == "accepted"
    assert quoted["account"]["acct"] == "ada"
    assert quoted["quotes_count"] >= 1
    listed = (await get(f"{API}/statuses/{quoted['id']}/quotes", own=True)).json()
    assert quote["id"] in [item["id"] for item in listed]


async def test_hostile_names_arrive_as_they_are(get: Get, life: Life) -> None:
    mallory = next(person for person in life.people if person.username == "mallory")

    entity = (await get(f"{API}/accounts/lookup", params={"acct": mallory.acct})).json()

    assert entity["display_name"] == mallory.name
    assert "\x1b" in entity["display_name"]


async def test_the_budget_is_told_and_never_runs_dry(get: Get) -> None:
    answers = [await get(f"{SOCIAL}/api/v2/instance") for _ in range(3)]

    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["299", "298", "297"]
    reset = datetime.fromisoformat(answers[0].headers["X-RateLimit-Reset"])
    assert NOW < reset <= NOW + timedelta(minutes=5)
    assert reset.tzinfo == UTC


async def test_news_arrives_as_the_clock_goes_on_and_not_before(get: Get, clock: Clock) -> None:
    def newest(answer: httpx.Response) -> int:
        return int(answer.json()[0]["id"])

    before = newest(await get(f"{API}/notifications?limit=1", own=True))
    assert newest(await get(f"{API}/notifications?limit=1", own=True)) == before
    seen: list[int] = []
    for _ in range(15):
        clock.forward(minutes=1)
        answer = await get(f"{API}/notifications", own=True, params={"min_id": max([before, *seen]), "limit": 80})
        assert all(datetime.fromisoformat(item["created_at"]) <= clock.now for item in answer.json())
        seen += ids([answer.json()])

    assert 12 <= len(seen) == len(set(seen)) <= 60
    account = (await get(f"{API}/accounts/verify_credentials", own=True)).json()
    assert account["statuses_count"] > 0
    newest_status = (await get(f"{API}/accounts/{account['id']}/statuses?limit=1", own=True)).json()[0]
    assert datetime.fromisoformat(newest_status["created_at"]) > NOW


async def test_an_unlike_takes_the_notification_and_the_count_away(get: Get, clock: Clock, life: Life) -> None:
    act = next(act for act in life.acts if act.undone_at and act.status and act.undone_at < NOW)
    assert act.undone_at is not None
    assert act.status is not None

    clock.now = act.undone_at - timedelta(seconds=1)
    assert (await get(f"{API}/notifications/{act.id}", own=True)).status_code == 200
    before = (await get(f"{API}/statuses/{act.status.id}", own=True)).json()["favourites_count"]
    clock.now = act.undone_at
    assert (await get(f"{API}/notifications/{act.id}", own=True)).status_code == 404
    assert (await get(f"{API}/statuses/{act.status.id}", own=True)).json()["favourites_count"] == before - 1
