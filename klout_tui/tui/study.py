"""What the dialogs that write need to know: for whom, for what, in which words. Blocking; call it in a thread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from klout_tui.domain import drafts, wording
from klout_tui.domain.days import Days
from klout_tui.domain.drafts import Cause
from klout_tui.domain.giving import Brake, brake, given, left_today
from klout_tui.domain.graphemes import graphemes
from klout_tui.domain.gratitude import LOG_ACCOUNT, log_account
from klout_tui.domain.letters import AGAIN, Addressee, Letter, Purpose, State, about
from klout_tui.domain.model import Account, Actor, Interaction, InteractionKind, Post
from klout_tui.domain.praise import says_plusk
from klout_tui.domain.tags import canonical
from klout_tui.domain.text import clean_line
from klout_tui.errors import UsageError
from klout_tui.networks.writing import Limit, Writer
from klout_tui.session import Session
from klout_tui.worker.permission import Pen

SPOKEN: Final = frozenset(
    {InteractionKind.REPLY, InteractionKind.COMMENT, InteractionKind.MENTION, InteractionKind.QUOTE}
)
"""Acts that are something written, which can be answered; for others her own post is."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a dialog shows, and all it needs to write."""

    purpose: Purpose
    account: Account
    """Under which she writes."""
    to: tuple[Addressee, ...]
    acts: tuple[str, ...]
    what: str
    """What they did, in one line."""
    said: str
    """What they wrote, if one person wrote something."""
    drafts: tuple[str, ...]
    opening: str
    """How each of them begins: the mentions."""
    limit: Limit
    """``most`` is 0 where nobody knows."""
    allowed: bool
    """Whether it can be sent from here."""
    why_not: str
    """Why it cannot, and what would change that."""
    quietly: bool
    """Whether there is a choice between listed and unlisted."""
    visibility: tuple[str, str]
    """In words: quiet, and not."""
    answers: str = ""
    url: str = ""
    """Where she would write it by hand."""
    together: bool = True
    """Whether one post can thank all of them: they did it to the same, and it tells nobody what was private."""
    topics: tuple[str, ...] = ()
    """For a +K: what it may be for, the likeliest first."""
    left: int = 0
    """For a +K: how many may still be given today."""
    letters: tuple[Letter, ...] = ()
    """For a +K: all there are, which the brake is told by."""
    handles: tuple[str, ...] = ()
    """For a +K: the keys of every handle the person has."""
    before: Letter | None = None
    """What became of an earlier try."""
    thanked_at: datetime | None = None

    @property
    def names(self) -> str:
        """Whom it is to, in words."""
        shown = [one.name or one.handle for one in self.to]
        return shown[0] if len(shown) == 1 else f"{len(shown):,} people"


class Study:
    """Reads what an occasion is made of."""

    def __init__(self, session: Session, pen: Pen) -> None:
        self._session = session
        self._pen = pen

    def thanks(self, ids: Sequence[str]) -> Occasion | None:
        """The occasion to thank for these acts; None where none of them is known any more.

        Raises:
            StoreError: the store cannot be read.
            PluginBroken: the network's adapter cannot be loaded.
        """
        store = self._session.store
        acts = [act for each in ids if (act := store.interaction(each)) is not None]
        if len(acts) > 1:
            acts = [act for act in acts if store.thanked_at(act.id) is None] or acts
        if not acts:
            return None
        first = max(acts, key=lambda act: act.at)
        account = store.account(first.account)
        if account is None and first.account == LOG_ACCOUNT:
            account = log_account(self._session.now())
        if account is None:
            return None
        people = {act.actor.key: act.actor for act in acts}
        post = store.post(first.post) if first.post else None
        same_post = len({act.post for act in acts}) == 1 and len({act.account for act in acts}) == 1
        open_acts, open_post = all(act.public for act in acts), post is None or post.public
        public = open_acts and open_post
        alone = len(people) == 1
        answers = first.id if first.kind in SPOKEN and alone else (first.post or "")
        writer = self._pen.writer(account)
        limit = self._limit(account, writer)
        cause = Cause(
            kind=first.kind,
            names=tuple(actor.name or actor.handle for actor in people.values()),
            topic=self._called(next(iter(self._topics(first, post)), "")),
            post=_label(post) if public else "",
            said_plusk=says_plusk(first.text),
        )
        named = [actor for actor in people.values() if actor.handle.startswith("@")]
        spares = writer is not None and not writer.by_name and answers == first.id
        opening = "" if spares or writer is None else " ".join(actor.handle for actor in named)
        hers = self._session.settings.drafts.thanks[:3]
        allowed, why_not = self._may(account, writer)
        return Occasion(
            purpose=Purpose.THANKS,
            account=account,
            to=tuple(_addressee(actor) for actor in people.values()),
            acts=tuple(act.id for act in acts),
            what=_what(acts, post, self._session.now()),
            said=clean_line(first.text, 400) if alone else "",
            drafts=drafts.thanks(cause, hers, opening=opening, most=limit.most),
            opening=opening,
            limit=limit,
            allowed=allowed,
            why_not=why_not,
            quietly=writer is not None and writer.quietly and public,
            visibility=_visibility(writer, public),
            answers=answers if answers and writer is not None else "",
            url=first.url or (post.url if post else "") or first.actor.url,
            together=alone or (same_post and (open_acts or not open_post)),
            before=about([act.id for act in acts], store.letters()),
            thanked_at=store.thanked_at(first.id) if len(acts) == 1 else None,
        )

    def gift(self, person: str, acts: Sequence[Interaction]) -> Occasion | None:
        """The occasion to give somebody a +K; None where nothing is known of them.

        Args:
            person: the actor's key.
            acts: the newest of what they did, newest first.

        Raises:
            StoreError, PluginBroken: as ``thanks``.
        """
        store, session = self._session.store, self._session
        ties = store.ties()
        latest = next((act for act in acts if ties.person(act.actor.key) == ties.person(person)), None)
        linked = {account.id: account for account in store.accounts()}
        if latest is None:
            return None
        reachable = [act for act in acts if act.account in linked]
        mine = next((act for act in reachable if self._writes(linked[act.account])), None) or next(
            iter(reachable), None
        )
        if mine is None:
            return None
        account = linked[mine.account]
        writer = self._pen.writer(account)
        limit = self._limit(account, writer)
        topics: dict[str, None] = {}
        for act in acts:
            post = store.post(act.post) if act.post else None
            if act.public and (post is None or post.public):  # a +K is for all to read
                topics |= dict.fromkeys(self._topics(act, post))
        actor = mine.actor
        opening = actor.handle if actor.handle.startswith("@") else ""
        letters, days, now = store.letters(), Days(session.zone), session.now()
        offered = tuple(self._called(topic) for topic in topics)[:8]
        handles = self._handles(person)
        free = next((each for each in offered if self._brake(handles, each, letters) is None), "")
        topic = free or next(iter(offered), "")
        allowed, why_not = self._may(account, writer)
        return Occasion(
            purpose=Purpose.GIVING,
            account=account,
            to=(_addressee(actor),),
            acts=(),
            what=f"{actor.handle}, who last {wording.DID[latest.kind]} {ago(latest.at, now)}",
            said="",
            drafts=(drafts.giving(actor.name or actor.handle, topic or "…", self._template(), opening=opening),),
            opening=opening,
            limit=limit,
            allowed=allowed,
            why_not=why_not,
            quietly=writer is not None and writer.quietly,
            visibility=("unlisted", "public"),
            url=actor.url,
            topics=tuple(dict.fromkeys(filter(None, (topic, *offered)))),
            left=left_today(letters, now, days),
            letters=tuple(given(letters)),
            handles=handles,
        )

    def stop(self, occasion: Occasion, topic: str) -> str:
        """Why this +K cannot be given now, with when it can; empty where it can. Asked at every key: reads nothing."""
        session = self._session
        found = self._brake(occasion.handles, topic, occasion.letters)
        if found is None:
            return ""
        return f"{found.words}; free again {wording.until(found.frees_at, session.now(), session.zone)}"

    def guard(self, person: str, topic: str, letters: Sequence[Letter]) -> None:
        """The brake, asked once more when the letter is kept: another window may have been quicker.

        Raises:
            UsageError: this +K cannot be given now.
        """
        session = self._session
        found = self._brake(self._handles(person), topic, letters)
        if found is not None:
            frees = wording.until(found.frees_at, session.now(), session.zone)
            raise UsageError(found.words, hint=f"It is free again {frees}.")

    def _brake(self, handles: Iterable[str], topic: str, letters: Sequence[Letter]) -> Brake | None:
        """What keeps her from giving it, whichever of their handles it went to before."""
        now, days = self._session.now(), Days(self._session.zone)
        return next((found for key in handles if (found := brake(key, topic, letters, now, days))), None)

    def _handles(self, person: str) -> tuple[str, ...]:
        ties = self._session.store.ties()
        return tuple(ties.handles(ties.person(person)))

    def gift_text(self, occasion: Occasion, topic: str) -> str:
        """The draft of a +K for another topic."""
        one = occasion.to[0]
        opening = one.handle if one.handle.startswith("@") else ""
        return drafts.giving(
            one.name or one.handle, _offered(occasion, topic) or "…", self._template(), opening=opening
        )

    def _topics(self, act: Interaction, post: Post | None) -> tuple[str, ...]:
        """What it was about, as she wants topics to be; what is only guessed is not written to anybody."""
        hers = self._session.store.topics()
        if act.topics or post is None:
            return hers.of(act.topics)
        found, guessed = hers.of_any(post)
        return () if guessed else found

    def _called(self, topic: str) -> str:
        """A topic by the name she reads it under."""
        return self._session.store.topics().label(topic) if topic else ""

    def _template(self) -> str:
        return self._session.settings.drafts.giving

    def _writes(self, account: Account) -> bool:
        return self._pen.may_write(account) is not None

    def _limit(self, account: Account, writer: Writer | None) -> Limit:
        return Limit(0, graphemes) if writer is None else self._pen.limit(account, writer)

    def _may(self, account: Account, writer: Writer | None) -> tuple[bool, str]:
        if writer is None:
            return False, f"klout-tui cannot write on {account.network}: it copies the text and opens the page."
        if account.unlinked_at is not None:
            return False, f"{account.handle} is not linked any more: the text is copied and the page opened."
        if self._pen.may_write(account) is None:
            return False, (
                f"Writing as {account.handle} is not allowed: the text is copied and the page opened. "
                "w on the account's page allows it."
            )
        return True, ""


def again(letter: Letter) -> bool:
    """Whether a letter is one whose words are to be offered once more."""
    return letter.state in AGAIN


def state_words(letter: Letter, now: datetime) -> str:
    """What is known of an earlier try."""
    when = ago(letter.at, now)
    said = f": {letter.said}" if letter.said else ""
    return {
        State.SENDING: f"Not known yet whether what you sent {when} arrived; looking.",
        State.UNKNOWN: f"Not known yet whether what you sent {when} arrived; looking{said}",
        State.SENT: f"You wrote this {when}: {letter.url}",
        State.REFUSED: f"Your last try ({when}) was not sent{said}",
        State.MISSING: f"What you sent {when} never arrived{said}",
        State.DELETED: f"You wrote, and took it back ({when}).",
    }[letter.state]


def ago(at: datetime, now: datetime) -> str:
    """How long ago, as the end of a sentence."""
    gone = wording.ago(at, now)
    return "just now" if gone == "now" else f"{gone} ago"


def _addressee(actor: Actor) -> Addressee:
    return Addressee(key=actor.key, handle=actor.handle, name=actor.name)


def _label(post: Post | None) -> str:
    return clean_line(post.title or post.text, drafts.TITLE) if post is not None else ""


def _what(acts: Sequence[Interaction], post: Post | None, now: datetime) -> str:
    first = max(acts, key=lambda act: act.at)
    one_post = post is not None and len({act.post for act in acts}) == 1
    on = f"  ·  “{_label(post)}”" if one_post and first.kind is not InteractionKind.MENTION else ""
    if len(acts) == 1:
        return f"{first.actor.handle} {wording.DID[first.kind]} {ago(first.at, now)}{on}"
    people = len({act.actor.key for act in acts})
    who = first.actor.handle if people == 1 else wording.counted(people, "person", "people")
    kinds: dict[InteractionKind, int] = {}
    for act in acts:
        kinds[act.kind] = kinds.get(act.kind, 0) + 1
    return f"{who}: {wording.kinds(kinds)}{on}"


def _visibility(writer: Writer | None, public: bool) -> tuple[str, str]:
    if writer is None or not writer.quietly:
        return "", ""
    return ("unlisted", "as public as what it answers") if public else ("as private as what it answers",) * 2


def _offered(occasion: Occasion, topic: str) -> str:
    """What was typed, as it is offered where it is, else in its one spelling."""
    wanted = canonical(topic)
    return next((each for each in occasion.topics if canonical(each) == wanted), wanted)
