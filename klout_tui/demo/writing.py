"""Her Mastodon server takes what she writes in the demo: it stays in this process, and is gone with it."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final
from urllib.parse import parse_qs

import httpx

from klout_tui.demo.events import Ids, Status, to_millisecond
from klout_tui.demo.ledger import Ledger
from klout_tui.demo.persona import Persona
from klout_tui.demo.replying import as_json
from klout_tui.demo.shapes import Shapes

MOST: Final = 500
"""Characters of a status."""
_STATUS: Final = re.compile(r"/api/v1/statuses/(\d+)")
_TAG: Final = re.compile(r"(?<!\w)#(\w*[^\W\d]\w*)")
_VISIBILITIES: Final = ("public", "unlisted", "private", "direct")


class WritingDesk:
    """Takes new statuses and deletes hers: docs.joinmastodon.org/methods/statuses/#create."""

    def __init__(self, persona: Persona, ledger: Ledger, shapes: Shapes) -> None:
        self._persona = persona
        self._ledger = ledger
        self._shapes = shapes
        self._ids = Ids()
        self._keys: dict[str, str] = {}
        """What each Idempotency-Key became."""

    def answer(self, request: httpx.Request, at: datetime, *, may_write: bool) -> httpx.Response:
        """The answer to a request that is no question."""
        path = request.url.path
        creates = request.method == "POST" and path == "/api/v1/statuses"
        deletes = _STATUS.fullmatch(path) if request.method == "DELETE" else None
        if not creates and not deletes:
            return as_json({"error": "Not Found"}, 404)
        if not may_write:
            return as_json({"error": "This action is outside the authorized scopes"}, 403)
        if deletes:
            return self._delete(deletes[1], at)
        return self._create(request, at)

    def _create(self, request: httpx.Request, at: datetime) -> httpx.Response:
        key = request.headers.get("idempotency-key", "")
        if key and (kept := self._ledger.by_id.get(self._keys.get(key, ""))):
            return as_json(self._shapes.status(kept, at, personal=True))
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        text, answers = form.get("status", "").strip(), form.get("in_reply_to_id", "")
        answered = self._ledger.by_id.get(answers)
        if not text:
            return as_json({"error": "Validation failed: Text can't be blank"}, 422)
        if len(text) > MOST:
            return as_json({"error": f"Validation failed: Text character limit of {MOST} exceeded"}, 422)
        if answers and answered is None:
            return as_json({"error": "The post you are trying to reply to does not appear to exist."}, 404)
        visibility = form.get("visibility", "public")
        status = Status(
            id=self._new_id(at),
            at=to_millisecond(at),
            author=None,
            text=text,
            tags=tuple(dict.fromkeys(tag.lower() for tag in _TAG.findall(text))),
            visibility=visibility if visibility in _VISIBILITIES else "public",  # type: ignore[arg-type]  # one of them
            answers=answered,
            typed=True,
        )
        self._ledger.write(status)
        if key:
            self._keys[key] = status.id
        return as_json(self._shapes.status(status, at, personal=True))

    def _delete(self, identifier: str, at: datetime) -> httpx.Response:
        status = self._ledger.by_id.get(identifier)
        if status is None or status.author is not None:
            return as_json({"error": "Record not found"}, 404)
        shown = self._shapes.status(status, at, personal=True)
        self._ledger.delete(status)
        return as_json(shown)

    def _new_id(self, at: datetime) -> str:
        while (identifier := self._ids.at(at)) in self._ledger.by_id:
            pass
        return identifier
