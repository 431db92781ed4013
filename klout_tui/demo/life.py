"""A year of events from a description: pure, the same for the same seed and the same end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from klout_tui.demo.blog_life import BlogLife
from klout_tui.demo.chance import Chance
from klout_tui.demo.events import Act, Ids, Life, to_millisecond
from klout_tui.demo.people import Person, make_cast
from klout_tui.demo.persona import Persona
from klout_tui.demo.phrases import Phrases, Writer
from klout_tui.demo.present import ensure_posts, tell_future, tell_recent
from klout_tui.demo.rhythm import Rhythm
from klout_tui.demo.social_life import SocialLife
from klout_tui.demo.stage import Stage

AHEAD: Final = timedelta(hours=12)
"""How far beyond the end events are made up, for those who keep watching."""
_FIRST_ACT: Final = 482_117
_FIRST_COMMENT: Final = 6_204


def make_life(persona: Persona, phrases: Phrases, now: datetime) -> Life:
    """The year that ends at ``now``.

    Args:
        persona: the description.
        phrases: what people say.
        now: the end, aware; cut to the minute, so that two calls within one minute tell the same year.

    Raises:
        ConfigError: the descriptions do not fit together; the message says where.
    """
    rhythm = Rhythm(persona, now.replace(second=0, microsecond=0))

    def chance(part: str) -> Chance:
        return Chance(f"{persona.seed}/{part}")  # one source each, so that changing one part leaves the others alone

    luck = chance("follows")
    arrivals = rhythm.moments(luck, _following_rate(persona, rhythm), rhythm.following, 0.25)
    cast = make_cast(persona, chance("people"), rhythm.begin, arrivals)
    ids = Ids()
    horizon = rhythm.now + AHEAD

    def stage(part: str) -> Stage:
        source = chance(part)
        writer = Writer(phrases, source, handle=persona.her.handle, her=persona.her.name.partition(" ")[0])
        return Stage(persona, rhythm, cast, writer, source, ids, horizon)

    blog = BlogLife(stage("blog"))
    social = SocialLife(stage("social"))
    blog.tell()
    for person in (*cast.passers[: len(arrivals)], *cast.recurring):
        if rhythm.begin < person.since <= rhythm.now:
            social.follow(person, to_millisecond(person.since))
    social.tell(blog.articles)
    ensure_posts(social)
    tell_recent(social, blog)
    tell_future(social, blog)
    return _bound(rhythm, cast.recurring + cast.passers, social, blog, persona, luck)


def _following_rate(persona: Persona, rhythm: Rhythm) -> float:
    """Follows a year by strangers before chapters multiply them, so that the total comes out as described."""
    usual = sum(rhythm.following(day) for day in rhythm.days) / len(rhythm.days)
    newcomers = sum(kind.people for kind in persona.archetypes if kind.arrives)
    return max(0.0, persona.year.follows - newcomers) / usual


def _bound(
    rhythm: Rhythm,
    people: tuple[Person, ...],
    social: SocialLife,
    blog: BlogLife,
    persona: Persona,
    luck: Chance,
) -> Life:
    """Sorted and numbered."""
    horizon = rhythm.now + AHEAD
    acts = sorted((act for act in social.acts if act.at <= horizon), key=lambda act: (act.at, act.kind))
    for number, act in enumerate(acts):
        act.id = str(_FIRST_ACT + number * 3)
    comments = sorted(blog.comments, key=lambda comment: comment.at)
    for number, comment in enumerate(comments):
        comment.id = _FIRST_COMMENT + number * 2
    return Life(
        begin=rhythm.begin,
        end=rhythm.now,
        statuses=tuple(sorted(social.statuses, key=lambda status: int(status.id))),
        written=tuple(sorted(social.written, key=lambda status: int(status.id))),
        acts=tuple(acts),
        articles=tuple(blog.articles),
        comments=tuple(comments),
        followers_at_first=persona.year.followers[0],
        leaves=_leaves(acts, rhythm, persona, luck),
        people=people,
    )


def _leaves(acts: list[Act], rhythm: Rhythm, persona: Persona, luck: Chance) -> tuple[datetime, ...]:
    """As many as bring the followers to what the description says, at any time."""
    came = sum(1 for act in acts if act.kind == "follow" and act.at <= rhythm.now)
    surplus = max(0, persona.year.followers[0] + came - persona.year.followers[1])
    span = rhythm.now - rhythm.begin
    return tuple(sorted(rhythm.begin + span * luck.random() for _ in range(surplus)))
