"""Her Mastodon server: answers as version 4.6 does (docs.joinmastodon.org/methods)."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import httpx

from klout_tui.demo.events import Act, Status
from klout_tui.demo.ledger import Ledger
from klout_tui.demo.persona import Persona
from klout_tui.demo.replying import Query, as_json, as_text, link_header, page, whole
from klout_tui.demo.shapes import HER_ID, Shapes
from klout_tui.demo.social_about import about
from klout_tui.demo.writing import WritingDesk

_BUDGET: Final = 300
"""Requests in five minutes."""
_WINDOW: Final = timedelta(minutes=5)
_OPEN: Final = frozenset({"public", "unlisted"})
_ANONYMOUS_THREAD: Final = 60
"""Answers shown below a status without a login."""
_API: Final = "/api/v1"


@dataclass(frozen=True, slots=True)
class Call:
    """One request, understood."""

    request: httpx.Request
    at: datetime
    own: bool
    """It came with her token."""
    name: str = ""
    """The id or name in the path."""

    @property
    def query(self) -> Query:
        """What stands after the question mark."""
        return self.request.url.params


class SocialServer:
    """``https://{server}`` of the persona."""

    def __init__(self, persona: Persona, ledger: Ledger) -> None:
        self._persona = persona
        self._ledger = ledger
        self._shapes = Shapes(persona, ledger)
        self._origin = f"https://{persona.her.server}"
        self._about = about(persona)
        self._desk = WritingDesk(persona, ledger, self._shapes)
        self._window = (datetime.min.replace(tzinfo=UTC), 0)
        routes: list[tuple[str, Callable[[Call], httpx.Response]]] = [
            (r"/\.well-known/webfinger", self._webfinger),
            (r"/@(\w+)", self._profile_page),
            (rf"{_API}/accounts/lookup", self._lookup),
            (rf"{_API}/accounts/verify_credentials", self._credentials),
            (rf"{_API}/accounts/(\d+)", self._account),
            (rf"{_API}/accounts/(\d+)/statuses", self._account_statuses),
            (rf"{_API}/accounts/(\d+)/featured_tags", self._featured),
            (rf"{_API}/statuses", self._statuses),
            (rf"{_API}/statuses/(\d+)", self._status),
            (rf"{_API}/statuses/(\d+)/context", self._context),
            (rf"{_API}/statuses/(\d+)/favourited_by", lambda call: self._reacted(call, "favourite")),
            (rf"{_API}/statuses/(\d+)/reblogged_by", lambda call: self._reacted(call, "reblog")),
            (rf"{_API}/statuses/(\d+)/quotes", self._quotes),
            (r"/api/v2/search", self._search),
            (rf"{_API}/notifications", self._notifications),
            (rf"{_API}/notifications/(\d+)", self._notification),
        ]
        self._routes = [(re.compile(pattern), handler) for pattern, handler in routes]

    def answer(self, request: httpx.Request, at: datetime) -> httpx.Response:
        """One answer, as of ``at``."""
        response = self._route(request, at)
        response.headers.update(self._budget(at))
        return response

    def _route(self, request: httpx.Request, at: datetime) -> httpx.Response:
        given = request.headers.get("authorization")
        her = self._persona.her
        if given is not None and given not in (f"Bearer {her.token}", f"Bearer {her.write_token}"):
            return _login()
        path = request.url.path
        if request.method != "GET":
            may_write = bool(her.write_token) and given == f"Bearer {her.write_token}"
            return self._desk.answer(request, at, may_write=may_write)
        if path in self._about:
            return as_json(self._about[path])
        for pattern, handler in self._routes:
            if match := pattern.fullmatch(path):
                return handler(Call(request, at, given is not None, match.group(1) if match.groups() else ""))
        return as_json({"error": "Not Found"}, 404)

    def _webfinger(self, call: Call) -> httpx.Response:
        her = self._persona.her
        subject = f"acct:{her.handle}@{her.server}"
        if call.query.get("resource", "").lower() != subject:
            return httpx.Response(404)
        profile, actor = f"{self._origin}/@{her.handle}", f"{self._origin}/users/{her.handle}"
        links = [
            {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": profile},
            {"rel": "self", "type": "application/activity+json", "href": actor},
        ]
        return as_json({"subject": subject, "aliases": [profile, actor], "links": links})

    def _profile_page(self, call: Call) -> httpx.Response:
        her = self._persona.her
        if call.name != her.handle:
            return as_text("<!doctype html><title>Not found</title>", "text/html", 404)
        name, blog = html.escape(her.name), html.escape(her.blog)
        body = f'<!doctype html><title>{name}</title><a rel="me" href="https://{her.site}/">{blog}</a>'
        return as_text(body, "text/html")

    # accounts

    def _lookup(self, call: Call) -> httpx.Response:
        acct = call.query.get("acct", "").strip().removeprefix("@").lower()
        acct = acct.removesuffix(f"@{self._persona.her.server}")
        if acct == self._persona.her.handle:
            return as_json(self._shapes.me(call.at))
        found = next((person for person in self._ledger.people.values() if person.acct == acct), None)
        return as_json(self._shapes.person(found)) if found else _missing()

    def _credentials(self, call: Call) -> httpx.Response:
        return as_json(self._shapes.credentials(call.at)) if call.own else _login()

    def _account(self, call: Call) -> httpx.Response:
        if call.name == HER_ID:
            return as_json(self._shapes.me(call.at))
        person = self._ledger.people.get(call.name)
        return as_json(self._shapes.person(person)) if person else _missing()

    def _account_statuses(self, call: Call) -> httpx.Response:
        if call.name != HER_ID:
            return as_json([]) if call.name in self._ledger.people else _missing()
        query = call.query
        statuses = self._ledger.statuses(call.at, all_of_them=call.own)
        if _true(query, "pinned") or _true(query, "only_media"):
            statuses = []
        if _true(query, "exclude_replies"):
            statuses = [one for one in statuses if not one.answers or one.answers.author is None]
        if _true(query, "exclude_reblogs"):
            statuses = [one for one in statuses if not one.boosts]
        if tagged := query.get("tagged", "").lower():
            statuses = [one for one in statuses if tagged in one.tags]
        limit = _limit(query, 20)
        chosen = page(statuses, lambda one: int(one.id), query, limit)
        keep = ("limit", "exclude_replies", "exclude_reblogs", "only_media", "tagged", "pinned")
        return self._listed(call, chosen, keep, more=len(chosen) == limit)

    def _featured(self, call: Call) -> httpx.Response:
        if call.name != HER_ID:
            return as_json([]) if call.name in self._ledger.people else _missing()
        tag = self._persona.topics[0].name
        tagged = [one for one in self._ledger.statuses(call.at, all_of_them=False) if tag in one.tags]
        entity = {
            "id": "4",
            "name": tag,
            "url": f"{self._origin}/@{self._persona.her.handle}/tagged/{tag}",
            "statuses_count": str(len(tagged)),
            "last_status_at": tagged[-1].at.date().isoformat() if tagged else None,
        }
        return as_json([entity])

    # statuses

    def _statuses(self, call: Call) -> httpx.Response:
        wanted = call.query.get_list("id[]") + call.query.get_list("id")
        found = (self._visible(identifier, call) for identifier in dict.fromkeys(wanted))
        return as_json([self._shapes.status(one, call.at, personal=call.own) for one in found if one])

    def _status(self, call: Call) -> httpx.Response:
        found = self._visible(call.name, call)
        return as_json(self._shapes.status(found, call.at, personal=call.own)) if found else _missing()

    def _search(self, call: Call) -> httpx.Response:
        """One status by its address; nothing else is found."""
        wanted = call.query.get("q", "")
        known = (one for one in self._ledger.by_id.values() if wanted in (self._shapes.uri(one), self._shapes.url(one)))
        found = [one for one in known if self._visible(one.id, call)][:1] if call.own else []
        statuses = [self._shapes.status(one, call.at, personal=True) for one in found]
        return as_json({"accounts": [], "statuses": statuses, "hashtags": []})

    def _context(self, call: Call) -> httpx.Response:
        found = self._visible(call.name, call)
        if not found:
            return _missing()
        above: list[Status] = []
        up = found.answers
        while up:
            above.insert(0, up)
            up = up.answers
        below = [one for one in self._ledger.thread(found, call.at) if call.own or one.visibility in _OPEN]
        if not call.own:
            below = below[:_ANONYMOUS_THREAD]
        shown = [[self._shapes.status(one, call.at, personal=call.own) for one in part] for part in (above, below)]
        return as_json({"ancestors": shown[0], "descendants": shown[1]})

    def _reacted(self, call: Call, kind: str) -> httpx.Response:
        found = self._visible(call.name, call)
        if not found:
            return _missing()
        limit = _limit(call.query, 40)
        chosen = page(self._ledger.reacted(found, kind, call.at), _number, call.query, limit)
        ids = [act.id for act in chosen]
        links = self._links(call, ids, ("limit",), more=len(chosen) == limit, newer="since_id")
        return as_json([self._shapes.person(act.person) for act in chosen if act.person], headers=links)

    def _quotes(self, call: Call) -> httpx.Response:
        found = self._visible(call.name, call)
        if not call.own or not found:
            return _login() if not call.own else _missing()
        quoting = [act.status for act in self._ledger.reacted(found, "quote", call.at) if act.status]
        quoting.sort(key=lambda one: int(one.id))
        limit = _limit(call.query, 20)
        chosen = page(quoting, lambda one: int(one.id), call.query, limit)
        return self._listed(call, chosen, ("limit",), more=len(chosen) == limit)

    # notifications

    def _notifications(self, call: Call) -> httpx.Response:
        if not call.own:
            return _login()
        query = call.query
        kinds, not_kinds = set(query.get_list("types[]")), set(query.get_list("exclude_types[]"))
        acts = [
            act for act in self._ledger.acts(call.at) if (not kinds or act.kind in kinds) and act.kind not in not_kinds
        ]
        chosen = page(acts, _number, query, _limit(query, 40))
        keep = ("limit", "types[]", "exclude_types[]", "include_filtered")
        links = self._links(call, [act.id for act in chosen], keep, more=True)
        return as_json([self._shapes.notification(act, call.at) for act in chosen], headers=links)

    def _notification(self, call: Call) -> httpx.Response:
        if not call.own:
            return _login()
        found = next((act for act in self._ledger.acts(call.at) if act.id == call.name), None)
        return as_json(self._shapes.notification(found, call.at)) if found else _missing()

    # small things

    def _visible(self, identifier: str, call: Call) -> Status | None:
        found = self._ledger.by_id.get(identifier)
        if found is None or found.at > call.at or not (call.own or found.visibility in _OPEN):
            return None
        return found

    def _listed(self, call: Call, chosen: Sequence[Status], keep: Sequence[str], *, more: bool) -> httpx.Response:
        links = self._links(call, [one.id for one in chosen], keep, more=more)
        return as_json([self._shapes.status(one, call.at, personal=call.own) for one in chosen], headers=links)

    def _links(
        self, call: Call, ids: Sequence[str], keep: Sequence[str], *, more: bool, newer: str = "min_id"
    ) -> dict[str, str]:
        """Where the neighbouring pages lie: ``next`` is older, ``prev`` newer; nothing on an empty page."""
        if not ids:
            return {}
        kept = [(name, value) for name, value in call.query.multi_items() if name in keep]
        here = f"{self._origin}{call.request.url.path}"
        links = [(f"{here}?{Query([*kept, ('max_id', ids[-1])])}", "next")] if more else []
        return link_header([*links, (f"{here}?{Query([*kept, (newer, ids[0])])}", "prev")])

    def _budget(self, at: datetime) -> dict[str, str]:
        """Headers that tell how much of the budget is left; a demo never runs dry."""
        start = at - timedelta(seconds=at.timestamp() % _WINDOW.total_seconds())
        self._window = (start, self._window[1] + 1 if self._window[0] == start else 1)
        reset = (start + _WINDOW).astimezone(UTC)
        return {
            "X-RateLimit-Limit": str(_BUDGET),
            "X-RateLimit-Remaining": str(max(25, _BUDGET - self._window[1])),
            "X-RateLimit-Reset": f"{reset:%Y-%m-%dT%H:%M:%S.%f}Z",
        }


def _number(act: Act) -> int:
    return int(act.id)


def _limit(query: Query, default: int) -> int:
    return max(1, min(whole(query, "limit", default), default * 2))


def _true(query: Query, name: str) -> bool:
    return query.get(name, "false").lower() not in ("", "0", "f", "false", "off")


def _missing() -> httpx.Response:
    return as_json({"error": "Record not found"}, 404)


def _login() -> httpx.Response:
    """No token where one is needed, or another than hers."""
    error = "The access token is invalid"
    challenge = f'Bearer realm="Doorkeeper", error="invalid_token", error_description="{error}"'
    return as_json({"error": error}, 401, {"WWW-Authenticate": challenge})
