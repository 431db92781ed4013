"""The blog at a moment: articles, comments, terms and addresses, shared by its feeds and its REST interface."""

from __future__ import annotations

import html
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from klout_tui.demo.events import Article, Comment
from klout_tui.demo.ledger import Ledger
from klout_tui.demo.persona import Persona

HER_USER: Final = 1


class BlogLedger:
    """What WordPress would know.

    Attributes:
        categories: name to id, in the order of the description.
        tags: name to id, alphabetical.
    """

    def __init__(self, persona: Persona, ledger: Ledger) -> None:
        self.her = persona.her
        self.zone = ZoneInfo(persona.zone)
        self.zone_name = persona.zone
        self.origin = f"https://{persona.her.site}"
        self._ledger = ledger
        self._category = {topic.name: topic.category for topic in persona.topics if topic.category}
        self.categories = {name: 2 + number for number, name in enumerate(dict.fromkeys(self._category.values()))}
        names = sorted({tag for article in ledger.life.articles for tag in article.tags})
        self.tags = {name: 40 + number for number, name in enumerate(names)}

    def articles(self, at: datetime) -> list[Article]:
        """Published ones, newest first."""
        return [article for article in reversed(self._ledger.life.articles) if article.at <= at]

    def comments(self, at: datetime, article: Article | None = None) -> list[Comment]:
        """Approved ones, newest first."""
        found = self._ledger.comments(at)
        found.reverse()
        return [comment for comment in found if article is None or comment.article is article]

    def category(self, article: Article) -> str:
        """Its category's name."""
        return self._category[article.topic]

    def url(self, article: Article) -> str:
        """Its page."""
        return f"{self.origin}/{article.at.astimezone(self.zone):%Y/%m}/{article.slug}/"

    def comment_url(self, comment: Comment) -> str:
        """Where it stands on the page."""
        return f"{self.url(comment.article)}#comment-{comment.id}"

    def guid(self, article: Article) -> str:
        """Its lasting id."""
        return f"{self.origin}/?p={article.id}"

    def author(self, comment: Comment) -> tuple[str, str]:
        """Name and address as given in the comment form."""
        if comment.author is None:
            return self.her.name, self.origin
        return comment.author.name or comment.author.username, comment.author.site

    def content(self, article: Article) -> str:
        """The article as HTML."""
        return "\n\n\n\n".join(f"<p>{html.escape(part, quote=False)}</p>" for part in article.paragraphs) + "\n"


def as_html(text: str) -> str:
    """A comment as WordPress renders it."""
    return f"<p>{html.escape(text, quote=False)}</p>\n"
