"""Her year on the blog: an article a week, comments by others, answers by her."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Final

from klout_tui.demo.events import Article, Comment
from klout_tui.demo.people import Person
from klout_tui.demo.stage import Stage

_FIRST_POST: Final = 1183
"""She has written before the year that is told."""
_LONGEST: Final = timedelta(days=120)


class BlogLife:
    """Collects articles and comments."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.articles: list[Article] = []
        self.comments: list[Comment] = []
        self._numbers: defaultdict[str, int] = defaultdict(int)
        self._said: set[tuple[str, int]] = set()

    def tell(self) -> None:
        """From a year ago until now."""
        self._write()
        for article in self.articles:
            self._discuss(article)

    def comment(self, article: Article, author: Person, at: datetime, parent: Comment | None = None) -> Comment:
        """Somebody comments."""
        comment = Comment(_second(at), article, author, self.stage.writer.comment(article.topic), parent)
        self.comments.append(comment)
        self._said.add((author.id, article.id))
        return comment

    def commenter(self, article: Article, at: datetime) -> Person:
        """Somebody who has most likely not commented here yet."""
        for _ in range(5):
            person = self.stage.cast.commenter(self.stage.chance, article.topic, at)
            if person.name and (person.id, article.id) not in self._said:
                break
        return person

    def _write(self) -> None:
        stage, chance, rhythm = self.stage, self.stage.chance, self.stage.rhythm
        written = [topic.name for topic in stage.persona.topics if topic.category and topic.share]
        if not written:
            return
        topics = stage.topics(blog=True)
        drafts: list[tuple[datetime, str, str]] = []
        for week in range(52, 0, -1):
            day = rhythm.today - timedelta(days=week * 7 - chance.one((0, 2, 5)))
            chapter = rhythm.chapter(rhythm.at(day, 12))
            for _ in range(int(stage.persona.year.articles / 52 + chance.random())):
                if chance.happens(chapter.posting if chapter else 1.0):
                    at = rhythm.at(day, chance.whole(7, 10), chance.whole(0, 59), chance.whole(0, 59))
                    drafts.append((at, topics.draw(), ""))
        for chapter in stage.persona.chapters:
            if chapter.article:
                topic = chapter.lean[0] if chapter.lean and chapter.lean[0] in written else written[0]
                drafts.append((rhythm.at(rhythm.first_day(chapter), 8, 40, 5), topic, chapter.article))
        for number, (at, topic, title) in enumerate(sorted(drafts)):
            if at <= rhythm.now:
                self._publish(_FIRST_POST + number * 9, at, topic, title or stage.writer.title(topic))

    def _publish(self, number: int, at: datetime, topic: str, title: str) -> None:
        self._numbers[title] += 1
        if self._numbers[title] > 1:
            title = f"{title}, part {self._numbers[title]}"
        tags = tuple(tag for tag in self.stage.tags(topic) if tag != topic)
        body = self.stage.writer.body(topic)
        self.articles.append(Article(number, _second(at), slug(title) or f"post-{number}", title, topic, tags, body))

    def _discuss(self, article: Article) -> None:
        stage, chance, rhythm = self.stage, self.stage.chance, self.stage.rhythm
        chapter = rhythm.chapter(article.at)
        mean = stage.persona.year.comments * stage.persona.topic(article.topic).pull ** 0.8
        for _ in range(chance.count(mean * chance.luck(0.5) * (chapter.response if chapter else 1.0))):
            delay = timedelta(minutes=6 + chance.around(800, 1.6))
            at = rhythm.awake(chance, article.at + delay)
            if delay > _LONGEST or at > stage.horizon:
                continue
            comment = self.comment(article, self.commenter(article, at), at)
            self._answer(comment)

    def _answer(self, comment: Comment) -> None:
        stage, chance, rhythm = self.stage, self.stage.chance, self.stage.rhythm
        if not chance.happens(min(1.0, stage.persona.year.answers * 2)):
            return
        at = rhythm.awake(chance, comment.at + timedelta(minutes=chance.around(300, 1.2)), 1.0)
        chapter = rhythm.chapter(at)
        if at > rhythm.now or (chapter and not chapter.posting):
            return
        mine = Comment(_second(at), comment.article, None, stage.writer.said("comment_answers"), comment)
        self.comments.append(mine)
        if comment.author and chance.happens(0.14):
            again = rhythm.awake(chance, at + timedelta(minutes=chance.around(200, 1.0)))
            if again <= stage.horizon:
                self.comment(comment.article, comment.author, again, mine)


def slug(title: str) -> str:
    """The title as it stands in an address."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")


def _second(at: datetime) -> datetime:
    """WordPress knows no smaller unit."""
    return at.replace(microsecond=0)
