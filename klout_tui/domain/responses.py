"""How each of her posts went over: who came by name, and how soon after."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from klout_tui.domain.digest import ESTIMATED, About, Digest
from klout_tui.domain.model import PostKind, Value, network_of

_UNDATED = -1
"""Stands for a person whose act carries no date of its own."""


class Response(Value, frozen=True):
    """One original of hers and the people it brought, each once."""

    id: str
    account: str
    kind: PostKind
    at: int
    """Microseconds since 1970, UTC."""
    title: str = ""
    """One line to name it by."""
    topics: tuple[str, ...] = ()
    """As the author wrote them."""
    delays: tuple[int, ...] = ()
    """Microseconds after the post at which each person first acted, ascending; without estimated dates."""
    undated: int = 0
    """People whose acts carry an estimated date only."""
    unnamed: int = 0
    """Reactions known by number only."""

    @property
    def network(self) -> str:
        """Where it was published."""
        return network_of(self.account)

    @property
    def is_told(self) -> bool:
        """Whether most of what it brought is known by name: else nothing can be said of who came, or when."""
        return self.unnamed <= len(self.delays) + self.undated

    def within(self, span: int) -> int:
        """People who came in the first ``span`` microseconds by a date of their own."""
        return sum(delay < span for delay in self.delays)


def responses(
    history: Iterable[Digest], since: int, until: int, *, without: Collection[str] = ()
) -> tuple[Response, ...]:
    """Her originals published from ``since`` to ``until``, both included, by time, with whom they brought.

    A person counts once a post, by the first thing they did: somebody who likes, reposts and answers is one person.

    Args:
        history: The months from that of ``since`` on, oldest first, without what is not to be shown.
        since: Microseconds since 1970, UTC.
        until: The same.
        without: Ids of posts to leave out.
    """
    drafts: dict[str, _Draft] = {}
    for digest in history:
        here: list[_Draft | None] = []
        for post in digest.posts:
            if post.is_original and since <= post.at <= until and post.id not in without:
                here.append(drafts.setdefault(post.id, _Draft(post)))
            else:
                here.append(None)
        here.append(None)  # where an act is to no post, its place is -1
        actors = digest.actors
        for place, actor, at, flags in zip(digest.post, digest.actor, digest.at, digest.flags, strict=True):
            draft = here[place]
            if draft is None:
                continue
            if flags & ESTIMATED:
                draft.first.setdefault(actors[actor], _UNDATED)
            elif draft.first.get(actors[actor], _UNDATED) == _UNDATED:
                draft.first[actors[actor]] = max(0, at - draft.at)
        for rise in digest.rises:
            draft = here[rise.post]
            if draft is not None:
                draft.unnamed += rise.count
    found = (draft.finished() for draft in drafts.values())
    return tuple(sorted(found, key=lambda each: (each.at, each.id)))


class _Draft:
    """A response in the making."""

    __slots__ = ("about", "at", "first", "unnamed")

    def __init__(self, about: About) -> None:
        self.about = about
        self.at = about.at
        self.first: dict[str, int] = {}
        self.unnamed = 0

    def finished(self) -> Response:
        dated = sorted(delay for delay in self.first.values() if delay != _UNDATED)
        return Response(
            id=self.about.id,
            account=self.about.account,
            kind=self.about.kind or PostKind.STATUS,
            at=self.at,
            title=self.about.title,
            topics=self.about.topics,
            delays=tuple(dated),
            undated=len(self.first) - len(dated),
            unnamed=self.unnamed,
        )
