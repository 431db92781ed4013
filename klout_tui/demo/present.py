"""The last hours, so that there is always some news, and the hours to come, so that news keeps arriving."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal

from klout_tui.demo.blog_life import BlogLife
from klout_tui.demo.events import Status
from klout_tui.demo.people import Person
from klout_tui.demo.social_life import SocialLife

_Kind = Literal["favourite", "reblog", "mention", "quote", "plusk", "follow", "comment", "named"]

RECENT: Final[tuple[tuple[int, _Kind], ...]] = (
    (2, "favourite"), (6, "plusk"), (14, "favourite"), (23, "reblog"), (38, "follow"), (55, "mention"), (81, "comment"),
    (104, "favourite"), (133, "quote"), (170, "favourite"), (215, "mention"), (262, "reblog"), (330, "favourite"),
    (390, "plusk"), (445, "favourite"), (520, "follow"), (640, "comment"), (700, "favourite"),
)  # fmt: skip
"""Minutes ago, and what."""

FIRST: Final[tuple[_Kind, ...]] = (
    "favourite", "reblog", "favourite", "plusk", "follow", "favourite", "comment", "favourite", "mention", "quote",
)  # fmt: skip
"""What comes first once somebody watches, so that every kind is seen soon."""

_LATER: Final[dict[_Kind, float]] = {
    "favourite": 0.58,
    "reblog": 0.14,
    "mention": 0.09,
    "plusk": 0.02,
    "quote": 0.03,
    "follow": 0.07,
    "comment": 0.04,
    "named": 0.03,
}
_POSTS_TO_COME: Final = (7, 55, 190, 400)
"""Minutes from now."""


def ensure_posts(social: SocialLife) -> None:
    """Something recent of what people come for, and a status of today, if the year's rhythm brought none."""
    stage = social.stage
    for hours_ago, topic, patience in ((31.0, stage.favourite(), 60), (13.4, "", 9)):
        at = _waking_before(social, stage.rhythm.now - timedelta(hours=hours_ago))
        known = (status.at for status in social.statuses if status.original and topic in ("", status.topic))
        if max(known, default=stage.rhythm.begin) < at - timedelta(hours=patience):
            _post(social, at, topic)


def tell_recent(social: SocialLife, blog: BlogLife) -> None:
    """A handful of reactions within the last twelve hours."""
    for minutes, kind in RECENT:
        _happen(social, blog, kind, social.stage.rhythm.now - timedelta(minutes=minutes, seconds=minutes % 50))


def tell_future(social: SocialLife, blog: BlogLife) -> None:
    """From now on: something every 20 to 60 seconds at first, slowing down until the horizon."""
    chance, now = social.stage.chance, social.stage.rhythm.now
    posts = [now + timedelta(minutes=minutes) for minutes in _POSTS_TO_COME]
    first = list(FIRST)
    at = now + timedelta(seconds=chance.between(15, 30))
    while at < social.stage.horizon:
        while posts and posts[0] < at:
            _post(social, posts.pop(0))
        kind = first.pop(0) if first else chance.weighted(_LATER)
        _happen(social, blog, kind, at)
        slower = 1 + (at - now) / timedelta(minutes=25)
        at += timedelta(seconds=chance.between(20, 60) * slower)


def _post(social: SocialLife, at: datetime, topic: str = "") -> None:
    stage = social.stage
    topic = topic or stage.chance.weighted({one.name: one.share for one in stage.persona.topics if not one.link})
    status = social.publish(at, topic, stage.writer.post(topic, stage.persona.topic(topic).link))
    social.respond(status, social.expected(status) * 0.6)


def _happen(social: SocialLife, blog: BlogLife, kind: _Kind, at: datetime) -> None:
    """One thing, whoever does it; tried with other people if the first have done it already."""
    stage = social.stage
    for _ in range(8):
        if _try(social, blog, kind, at, stage.cast.draw(stage.chance, stage.favourite(), at, recurring=0.8)):
            return


def _try(social: SocialLife, blog: BlogLife, kind: _Kind, at: datetime, person: Person) -> bool:
    stage = social.stage
    if kind == "follow":
        unknown = [one for one in stage.cast.passers if one.since > stage.horizon]
        return bool(unknown) and social.follow(stage.chance.one(unknown), at)
    if kind == "comment":
        articles = [article for article in blog.articles if article.at < at][-4:]
        if articles:
            article = stage.chance.one(articles)
            blog.comment(article, blog.commenter(article, at), at)
        return True
    status = _something_recent(social, at)
    if status is None:
        return False
    if kind == "named":
        social.mention(person, status.topic, at)
        return True
    if kind == "plusk":
        social.reply(person, status, at, stage.writer.said("plusk", status.topic))
        return True
    return social.react(person, status, at, kind)


def _something_recent(social: SocialLife, at: datetime) -> Status | None:
    """One of her last statuses, those people come for more often."""
    before = [
        status
        for status in social.statuses
        if status.original and status.visibility == "public" and status.at < at - timedelta(minutes=1)
    ]
    last = sorted(before, key=lambda status: status.at)[-9:]
    if not last:
        return None
    pulls = {status: social.stage.persona.topic(status.topic).pull for status in last}
    return social.stage.chance.weighted(pulls)


def _waking_before(social: SocialLife, at: datetime) -> datetime:
    """The same moment, or the evening before it if she was asleep."""
    hour = social.stage.rhythm.local(at).hour
    return at - timedelta(hours=(hour + 3) % 24 if hour < 7 else 0)
