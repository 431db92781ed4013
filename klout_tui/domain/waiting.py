"""Who waits for an answer: somebody wrote to her, and nothing she wrote answers it.

A reply, a comment, a mention or an issue waits where it has some substance or asks something; a quote only where it
asks. It is answered by a reply of hers to it or, where talk is one flat list under a post (comments, issues, reviews),
by anything she wrote there later. It waits for a fortnight, as a +K does for a thank-you: a list that only grows helps
nobody. She may call it done, dismiss it, or have it wait until later; then it waits for a fortnight from there on.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from klout_tui.domain.digest import HIDDEN, OWN, Digest, moment, ticks
from klout_tui.domain.model import Actor, Interaction, InteractionKind, Post, PostKind, Value
from klout_tui.domain.praise import words
from klout_tui.domain.rules import SUBSTANCE
from klout_tui.domain.settled import How, Settled
from klout_tui.domain.ties import NONE, Ties

ANSWER_WITHIN: Final = timedelta(days=14)
"""What somebody wrote waits this long for an answer."""

SNOOZE: Final = timedelta(days=7)
"""How long "later" is."""

_WRITTEN: Final = frozenset(
    {
        InteractionKind.REPLY,
        InteractionKind.COMMENT,
        InteractionKind.MENTION,
        InteractionKind.ISSUE,
        InteractionKind.REVIEW,
    }
)
_FLAT: Final = frozenset({InteractionKind.COMMENT, InteractionKind.ISSUE, InteractionKind.REVIEW})
"""Kinds whose answers stand under the same post, to nobody in particular."""
_QUESTIONS: Final = ("?", "？", "؟", "՞", "፧", "⸮")

Answers = dict[str, datetime]
"""When she last answered, by the id of what she answered."""


class Waiting(Value, frozen=True):
    """Something somebody wrote that nothing of hers answers."""

    id: str
    """The interaction's id."""
    account: str
    person: str
    """Whom it is from: a person's key, handles merged."""
    actor: Actor
    kind: InteractionKind
    at: datetime
    since: datetime
    """When it began to wait: when it was written, or where she put it off, until when."""
    text: str
    post: str | None = None
    url: str = ""
    public: bool = True

    @property
    def asks(self) -> bool:
        """Whether it asks something."""
        return asks(self.text)


def asks(text: str) -> bool:
    """Whether a text has a question mark, of whatever script, outside its links."""
    spoken = (word for word in text.split() if not word.casefold().startswith(("http://", "https://", "www.")))
    return any(mark in word for word in spoken for mark in _QUESTIONS)


def candidates(history: Iterable[Digest], settled: Mapping[str, Settled], now: datetime) -> dict[str, list[str]]:
    """Ids of all that may wait, by month: written to her in the last fortnight, or put off until then.

    Args:
        history: Months as they are, none later than ``now``; older than a fortnight matter where things were put off.
        settled: What she settled, by interaction id.
        now: The present, UTC.
    """
    since = ticks(now - ANSWER_WITHIN)
    later = {key for key, each in settled.items() if each.how is How.SNOOZED and _back(each, now)}
    found: dict[str, list[str]] = {}
    for digest in history:
        wanted = {place for place, kind in enumerate(digest.kinds) if kind in _WRITTEN or kind is InteractionKind.QUOTE}
        begin = 0 if later else bisect_left(digest.at, since)
        ids = [
            key
            for row in range(begin, bisect_left(digest.at, ticks(now) + 1))
            if digest.kind[row] in wanted and not digest.flags[row] & HIDDEN
            for key in [digest.id_of(row)]
            if digest.at[row] >= since or key in later
        ]
        if ids:
            found[digest.month] = ids
    return found


def answers(posts: Iterable[Post], history: Iterable[Digest]) -> Answers:
    """What she answered, by her replies and by what she wrote under a post from another account of hers."""
    found: Answers = {}
    for post in posts:
        if post.kind is PostKind.REPLY and post.reply_to:
            found[post.reply_to] = max(post.at, found.get(post.reply_to, post.at))
    for digest in history:
        flat = {place for place, kind in enumerate(digest.kinds) if kind in _FLAT}
        for row, flags in enumerate(digest.flags):
            if flags & OWN and digest.kind[row] in flat and digest.post[row] >= 0:
                post_id, at = digest.posts[digest.post[row]].id, moment(digest.at[row])
                found[post_id] = max(at, found.get(post_id, at))
    return found


def waiting(
    acts: Iterable[Interaction], answered: Answers, settled: Mapping[str, Settled], now: datetime, ties: Ties = NONE
) -> tuple[Waiting, ...]:
    """Which of the acts wait, as of ``now`` (UTC); the newest first.

    Args:
        acts: The ``candidates``, in full.
        answered: What she answered.
        settled: What she settled, by interaction id.
        now: The present, UTC.
        ties: Who is one person.
    """
    found = [
        Waiting(
            id=act.id,
            account=act.account,
            person=ties.person(act.actor.key),
            actor=act.actor,
            kind=act.kind,
            at=act.at,
            since=_since(act, settled.get(act.id)),
            text=act.text,
            post=act.post,
            url=act.url,
            public=act.public,
        )
        for act in acts
        if act.counts and _wants_one(act) and not _is_answered(act, answered) and not _is_settled(act, settled, now)
    ]
    return tuple(sorted(found, key=lambda each: (each.at, each.id), reverse=True))


def by_person(waiting: Sequence[Waiting]) -> dict[str, tuple[Waiting, ...]]:
    """What waits, by whom it is from."""
    found: dict[str, tuple[Waiting, ...]] = {}
    for each in waiting:
        found[each.person] = (*found.get(each.person, ()), each)
    return found


def _wants_one(act: Interaction) -> bool:
    if act.kind is InteractionKind.QUOTE:
        return asks(act.text)
    return act.kind in _WRITTEN and (words(act.text) >= SUBSTANCE or asks(act.text))


def _is_answered(act: Interaction, answered: Answers) -> bool:
    if act.id in answered or (act.url and act.url in answered):
        return True
    under = answered.get(act.post) if act.kind in _FLAT and act.post else None
    return under is not None and under > act.at


def _is_settled(act: Interaction, settled: Mapping[str, Settled], now: datetime) -> bool:
    word = settled.get(act.id)
    if word is None:
        return now - act.at > ANSWER_WITHIN
    return word.holds(now) or not _back(word, now)


def _back(word: Settled, now: datetime) -> bool:
    """Whether something put off waits again."""
    return word.until is not None and timedelta(0) <= now - word.until <= ANSWER_WITHIN


def _since(act: Interaction, word: Settled | None) -> datetime:
    return act.at if word is None or word.until is None else word.until
