"""Her year on Mastodon: what she writes, and what others do about it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal

from klout_tui.demo.events import Act, ActKind, Article, Status, to_millisecond
from klout_tui.demo.people import Person
from klout_tui.demo.stage import Stage

_GREW: Final = 0.7
"""How strongly the response follows the number of followers: this power of its share."""
_NAMELESS: Final = 0.035
"""Likes whose notification never comes, as a share of an average post's."""
_BESIDES: Final[dict[ActKind, float]] = {"reblog": 0.45, "quote": 0.3, "mention": 0.35}
"""How often somebody who does this has liked the post before."""


class SocialLife:
    """Collects statuses and acts; every act happens once at most."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.statuses: list[Status] = []
        self.written: list[Status] = []
        self.acts: list[Act] = []
        self._done: set[tuple[str, str, str]] = set()
        self._followers: set[str] = set()
        self._hits: set[Status] = set()
        """Announcements of chapters, which everybody hears of."""

    # what she does

    def publish(
        self,
        at: datetime,
        topic: str,
        text: str,
        *,
        language: str = "en",
        visibility: Literal["public", "private"] = "public",
    ) -> Status:
        """A status of hers."""
        at = to_millisecond(at)
        status = Status(
            self.stage.ids.at(at),
            at,
            None,
            text,
            topic,
            self.stage.tags(topic),
            language=language,
            visibility=visibility,
        )
        self.statuses.append(status)
        return status

    def answer(self, to: Status, at: datetime, text: str) -> Status:
        """A reply of hers."""
        at = to_millisecond(at)
        status = Status(self.stage.ids.at(at), at, None, text, to.topic, answers=to, visibility=_at_most(to.visibility))
        self.statuses.append(status)
        return status

    def boost_something(self, at: datetime) -> None:
        """She passes on what somebody else wrote, hours before."""
        chance, at = self.stage.chance, to_millisecond(at)
        author = self.stage.cast.draw(chance, "", at, recurring=1.0)
        before = to_millisecond(at - timedelta(minutes=chance.around(240, 1.0)))
        text = self.stage.writer.said("others")
        other = Status(self.stage.ids.at(before), before, author, text, nameless=chance.whole(2, 60))
        self.statuses.append(Status(self.stage.ids.at(at), at, None, "", boosts=other))
        if chance.happens(0.08):
            edited = at + timedelta(hours=chance.between(1, 30))
            self._note(Act("update", edited, author, other))

    # what others do

    def follow(self, person: Person, at: datetime) -> bool:
        """Somebody begins to follow, unless they do already."""
        if person.id in self._followers:
            return False
        self._followers.add(person.id)
        return self._note(Act("follow", at, person))

    def like(self, person: Person, status: Status, at: datetime) -> bool:
        """A favourite."""
        undone = None
        if self.stage.chance.happens(0.006):
            undone = to_millisecond(at + timedelta(minutes=self.stage.chance.around(200, 1.5)))
        return self._once("favourite", person, status, at, undone)

    def boost(self, person: Person, status: Status, at: datetime) -> bool:
        """A reblog; private statuses cannot be."""
        return status.visibility == "public" and self._once("reblog", person, status, at)

    def reply(self, person: Person, to: Status, at: datetime, text: str) -> Status:
        """An answer to her."""
        at = to_millisecond(at)
        status = Status(
            self.stage.ids.at(at),
            at,
            person,
            text,
            to.topic,
            answers=to,
            to_her=True,
            visibility=_at_most(to.visibility),
        )
        self.written.append(status)
        self._note(Act("mention", at, person, status))
        return status

    def quote(self, person: Person, what: Status, at: datetime) -> bool:
        """A status that shows hers."""
        if what.visibility != "public" or ("quote", person.id, what.id) in self._done:
            return False
        self._done.add(("quote", person.id, what.id))
        at = to_millisecond(at)
        text = self.stage.writer.said("quotes", what.topic or "this")
        status = Status(self.stage.ids.at(at), at, person, text, what.topic, quotes=what)
        self.written.append(status)
        return self._note(Act("quote", at, person, status))

    def mention(self, person: Person, topic: str, at: datetime, *, direct: bool = False) -> None:
        """Somebody names her without answering her."""
        at = to_millisecond(at)
        text = self.stage.writer.said("direct" if direct else "mentions", topic)
        tags = (topic,) if self.stage.chance.happens(0.4) and not direct else ()
        visibility: Literal["public", "direct"] = "direct" if direct else "public"
        status = Status(self.stage.ids.at(at), at, person, text, topic, tags, to_her=True, visibility=visibility)
        self.written.append(status)
        self._note(Act("mention", at, person, status))

    def respond(self, status: Status, mean: float) -> None:
        """About ``mean`` people react to a status of hers, most within hours, some within days."""
        chance = self.stage.chance
        status.nameless = chance.count(mean * _NAMELESS)
        for _ in range(chance.count(mean * (1.3 if status in self._hits else chance.luck(0.45)))):
            minutes = chance.around(70, 1.55)
            if minutes > 40 * 24 * 60:
                continue
            at = self.stage.rhythm.awake(chance, status.at + timedelta(minutes=0.4 + minutes))
            person = self.stage.cast.draw(chance, status.topic, at)
            does = person.kind.does
            kinds: dict[ActKind, float] = {
                "favourite": does.like,
                "reblog": does.boost,
                "mention": does.reply,
                "quote": does.quote,
            }
            self.react(person, status, at, chance.weighted(kinds))

    def react(self, person: Person, status: Status, at: datetime, kind: ActKind) -> bool:
        """One reaction, perhaps with a like shortly before; False if that person had done it already."""
        chance = self.stage.chance
        if at > self.stage.horizon:
            return False
        liked = False
        if chance.happens(_BESIDES.get(kind, 0.0)):
            shortly = at - timedelta(seconds=chance.between(4, 20))
            liked = self.like(person, status, max(shortly, status.at + timedelta(seconds=2)))
        if kind == "favourite":
            return self.like(person, status, at)
        if kind == "reblog":
            return self.boost(person, status, at) or liked
        if kind == "quote":
            return self.quote(person, status, at) or liked
        said = "plusk" if chance.happens(0.07) else ""
        topic = status.topic or "this"
        text = self.stage.writer.said(said, topic) if said else self.stage.writer.reply(topic)
        self.converse(self.reply(person, status, at, text))
        return True

    def converse(self, reply: Status) -> None:
        """Perhaps she answers, perhaps that is liked or answered again."""
        chance, rhythm = self.stage.chance, self.stage.rhythm
        if not chance.happens(self.stage.persona.year.answers) or reply.author is None:
            return
        at = rhythm.awake(chance, reply.at + timedelta(minutes=chance.around(95, 1.2)), 1.0)
        chapter = rhythm.chapter(at)
        if at > rhythm.now or (chapter is not None and not chapter.posting):
            return
        mine = self.answer(reply, at, self.stage.writer.said("answers"))
        then = rhythm.awake(chance, at + timedelta(minutes=chance.around(50, 1.3)))
        if then > self.stage.horizon:
            return
        if chance.happens(0.6):
            self.like(reply.author, mine, then)
        if chance.happens(0.12):
            self.reply(reply.author, mine, then + timedelta(seconds=40), self.stage.writer.reply("common"))

    # the whole year

    def tell(self, articles: list[Article]) -> None:
        """From a year ago until now."""
        self._write(articles)
        self._mentions()
        for status in [status for status in self.statuses if status.original]:
            self.respond(status, self.expected(status))

    def expected(self, status: Status) -> float:
        """How many people may be expected to react to a status of hers."""
        year, rhythm = self.stage.persona.year, self.stage.rhythm
        told = (status.at - rhythm.begin) / (rhythm.now - rhythm.begin)
        followers = year.followers[0] + (year.followers[1] - year.followers[0]) * told
        middle = sum(year.followers) / 2 or 1
        chapter = rhythm.chapter(status.at)
        return (
            year.reactions
            * (self.stage.persona.topic(status.topic).pull if status.topic else 0.4)
            * float((followers / middle) ** _GREW)
            * (chapter.response if chapter else 1.0)
            * rhythm.lift(status.at)
            * (0.4 if status.visibility == "private" else 1.0)
        )

    def _write(self, articles: list[Article]) -> None:
        stage, chance, rhythm = self.stage, self.stage.chance, self.stage.rhythm
        year, site = stage.persona.year, stage.persona.her.site
        known = {topic.name for topic in stage.persona.topics}
        foreign = chance.shuffled([other for other in stage.writer.phrases.other if other.topic in known])
        topics = stage.topics()
        leaning: dict[str, float] = {}
        for at in rhythm.moments(chance, year.posts, rhythm.posting, 0.18):
            chapter = rhythm.chapter(at)
            if foreign and chance.happens(0.025):
                other = foreign.pop()
                self.publish(at, other.topic, other.text, language=other.language)
                continue
            topic = ""
            if chapter and chapter.lean:
                leaning[chapter.name] = leaning.get(chapter.name, 0.5) + chapter.lean[1]
                if leaning[chapter.name] >= 1:
                    leaning[chapter.name] -= 1
                    topic = chapter.lean[0]
            topic = topic or topics.draw()
            visibility: Literal["public", "private"] = "private" if chance.happens(0.018) else "public"
            link = stage.persona.topic(topic).link
            status = self.publish(at, topic, stage.writer.post(topic, link), visibility=visibility)
            if chance.happens(0.05) and visibility == "public":
                self.answer(status, at + timedelta(minutes=chance.between(2, 25)), stage.writer.said("thread"))
            if chance.happens(0.006):
                self._note(Act("poll", at + timedelta(days=1), None, status))
        for article in articles:
            if chance.happens(0.5):
                link = f"https://{site}/{rhythm.local(article.at):%Y/%m}/{article.slug}/"
                at = article.at + timedelta(minutes=chance.between(3, 80))
                if at <= rhythm.now:
                    self.publish(at, article.topic, stage.writer.announcement(article.title, link))
        for chapter in stage.persona.chapters:
            if chapter.announce:
                topic = chapter.lean[0] if chapter.lean else stage.favourite()
                link = stage.persona.topic(topic).link
                text = f"{chapter.announce}\n\n{link}" if link else chapter.announce
                self._hits.add(self.publish(rhythm.at(rhythm.first_day(chapter), 9, 6, 12.3), topic, text))
        for at in rhythm.moments(chance, year.boosts, rhythm.posting, 0.3):
            self.boost_something(at)

    def _mentions(self) -> None:
        stage, chance = self.stage, self.stage.chance
        for number, at in enumerate(stage.rhythm.moments(chance, 92, lambda _: 1.0, 0.3)):
            topic = chance.weighted({topic.name: topic.share * topic.pull for topic in stage.persona.topics})
            self.mention(stage.cast.draw(chance, topic, at, recurring=0.85), topic, at, direct=number % 13 == 7)

    def _once(
        self, kind: ActKind, person: Person, status: Status, at: datetime, undone: datetime | None = None
    ) -> bool:
        if (kind, person.id, status.id) in self._done:
            return False
        self._done.add((kind, person.id, status.id))
        return self._note(Act(kind, at, person, status, undone_at=undone))

    def _note(self, act: Act) -> bool:
        act.at = to_millisecond(act.at)
        self.acts.append(act)
        return True


def _at_most(visibility: str) -> Literal["public", "unlisted", "private", "direct"]:
    """Answers are no more public than what they answer, and public ones are kept off the public timelines."""
    return {"private": "private", "direct": "direct"}.get(visibility, "unlisted")  # type: ignore[return-value]
