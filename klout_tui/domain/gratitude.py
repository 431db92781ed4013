"""Gratitude that no network measures: what the user writes down herself. Pure.

A thank-you mail, applause after a talk, a word in the shop: an interaction like any other, of a pseudo account of hers
that is always there, that nobody reads and nobody can unlink. What she wrote is private. Ids do not follow from who
did what, since somebody may thank her twice on a day, and since everything about an entry can be corrected.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from klout_tui.domain.digest import Digest
from klout_tui.domain.model import Account, Actor, Interaction, InteractionKind
from klout_tui.domain.tags import canonical_topics
from klout_tui.domain.text import clean, clean_line, mail_address
from klout_tui.errors import UsageError

LOG: Final = "log"
"""What stands where a network's name does."""

LOG_ACCOUNT: Final = f"{LOG}:me"
"""Id of the pseudo account."""

TEXT: Final = 2_000
"""Characters kept of what she writes; the dialog has a line, a script may have more."""
NAME: Final = 200


class Way(StrEnum):
    """How it reached her."""

    THANKS = "thanks"
    MAIL = "mail"
    PERSON = "person"
    CALL = "call"
    LETTER = "letter"
    GIFT = "gift"
    APPLAUSE = "applause"
    ENDORSEMENT = "endorsement"
    RECOMMENDATION = "recommendation"


WORDS: Final[Mapping[Way, str]] = {
    Way.THANKS: "thanks",
    Way.MAIL: "thanks by mail",
    Way.PERSON: "thanks in person",
    Way.CALL: "thanks in a call",
    Way.LETTER: "a card or a letter",
    Way.GIFT: "a gift",
    Way.APPLAUSE: "applause",
    Way.ENDORSEMENT: "an endorsement",
    Way.RECOMMENDATION: "a recommendation to others",
}

_KINDS: Final = {
    Way.ENDORSEMENT: InteractionKind.ENDORSEMENT,
    Way.RECOMMENDATION: InteractionKind.ENDORSEMENT,
}

_WITH_ADDRESS: Final = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]+)>")


def log_account(now: datetime) -> Account:
    """The pseudo account as a value, for whoever must name one. It lies in no store and is never refreshed."""
    return Account(id=LOG_ACCOUNT, network=LOG, handle="your own log", base_url="", linked_at=now)


def kind_of(way: Way) -> InteractionKind:
    """What an entry counts as."""
    return _KINDS.get(way, InteractionKind.THANKS)


def way_of(act: Interaction) -> Way:
    """How it reached her; plain thanks where that is not known."""
    return next((way for way in Way if way == act.way), Way.THANKS)


def parse_way(text: str) -> Way:
    """The way meant by its name, or the beginning of one.

    Raises:
        UsageError: none is meant, or several may be.
    """
    word = text.strip().lower()
    found = [way for way in Way if way == word] or [way for way in Way if word and way.startswith(word)]
    if len(found) != 1:
        raise UsageError(f"“{clean_line(text, 60)}” is no way to be thanked", hint=f"There are {', '.join(Way)}.")
    return found[0]


def parse_topics(texts: Iterable[str]) -> tuple[str, ...]:
    """Topics as typed, several parted by commas, each in its one spelling."""
    words = tuple(clean_line(word, 100) for text in texts for word in text.split(","))
    return canonical_topics(words)


def entry(
    number: str, actor: Actor, at: datetime, *, way: Way = Way.THANKS, topics: tuple[str, ...] = (), text: str = ""
) -> Interaction:
    """Something to be logged.

    Args:
        number: its own, short and unlike every other; it never changes.
        actor: who.
        at: when, aware.
        way: how it reached her.
        topics: what for, in their one spelling.
        text: a line of hers about it, private.
    """
    return Interaction(
        id=f"{LOG_ACCOUNT}/{number}",
        account=LOG_ACCOUNT,
        kind=kind_of(way),
        actor=actor,
        at=at.astimezone(UTC),
        url=actor.url,
        text=clean(text, TEXT),
        topics=topics,
        public=False,
        way=way,
    )


def number_of(act_id: str) -> str:
    """What people call an entry by: its id without the account's."""
    return act_id.removeprefix(f"{LOG_ACCOUNT}/")


def find_entry(typed: str, ids: Iterable[str]) -> str:
    """The id of the entry meant by its number, its id, or the beginning of one.

    Raises:
        UsageError: none is meant, or several may be.
    """
    word = number_of(typed.strip()).lower()
    begun = sorted(each for each in ids if word and number_of(each).startswith(word))
    found = [each for each in begun if number_of(each) == word] or begun
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(map(number_of, found[:8]))
        raise UsageError(f"“{clean_line(typed, 60)}” may be any of {several}", hint="Type more of it.")
    raise UsageError(f"nothing logged is called “{clean_line(typed, 60)}”", hint="See: klout-tui log list")


def somebody(typed: str, called: Iterable[Actor], *, last_seen: bool = False) -> Actor:
    """Who is meant: somebody known by this handle, address or name, else somebody new.

    Args:
        typed: ``Ann Lee``, ``@ann@far.example``, ``ann@far.example`` or ``Ann Lee <ann@far.example>``.
        called: those that ``people_called`` found, those seen last first.
        last_seen: whether, of several that are called so, the one seen last may be taken.

    Raises:
        UsageError: nobody is named, or several known people are called so.
    """
    name = clean_line(typed, NAME)
    if not name:
        raise UsageError("nobody is named", hint="Say who: a name, a handle or an address.")
    known = {actor.key: actor for actor in called}
    whole = _WITH_ADDRESS.fullmatch(name)
    address = mail_address(whole["address"] if whole else name)
    if whole and not address:
        raise UsageError(f"{whole['address']} is no mail address", hint="Write it as Ann Lee <ann@far.example>.")
    exact = [actor for actor in known.values() if _bare(name) in (_bare(actor.key), _bare(actor.handle))]
    if not whole and len(exact) == 1:
        return exact[0]
    if address:
        key = f"mailto:{address.lower()}"
        said = whole["name"].strip(" \"'") if whole else ""
        seen = known.get(key)
        return Actor(key=key, handle=address, name=said or (seen.name if seen else ""), url=f"mailto:{address}")
    fresh = Actor(key=f"name:{_folded(name)}", handle=name, name=name)
    if fresh.key in known:  # so she called them before
        return known[fresh.key]
    if not known:
        return fresh
    if len(known) == 1 or last_seen:
        return next(iter(known.values()))
    handles = ", ".join(sorted(actor.handle for actor in known.values())[:6])
    raise UsageError(f"{len(known)} people are called {name}: {handles}", hint="Say which, by the handle.")


def refuse_herself(typed: str, actor: Actor, accounts: Iterable[Account]) -> None:
    """Raise where the user names herself, by a handle or a key of one of her accounts.

    Raises:
        UsageError: she does.
    """
    word = _bare(typed)
    for account in accounts:
        if actor.key in account.keys or word in (_bare(account.handle), *map(_bare, account.keys)):
            raise UsageError(f"{clean_line(typed, NAME)} is you", hint="Say who thanked you.")


def people_called(typed: str, history: Iterable[Digest]) -> list[Actor]:
    """Everybody known by exactly this name, handle or address, upper and lower case aside, each as last seen.

    Args:
        typed: as for ``somebody``.
        history: the months, newest first.
    """
    name = clean_line(typed, NAME)
    whole = _WITH_ADDRESS.fullmatch(name)
    word = _folded(whole["address"] if whole else name)
    if not word:
        return []
    found: dict[str, Actor] = {}
    keys = {name, word, f"mailto:{word}"}
    for digest in history:
        if not (_may_hold(digest, _bare(word)) or any(key in digest.actors for key in keys)):
            continue
        for actor in digest.people():
            names = (_folded(actor.name), _bare(actor.handle), _bare(actor.key))
            if actor.key not in found and (word in names or _bare(word) in names):
                found[actor.key] = actor
    return list(found.values())


def people_like(typed: str, history: Iterable[Digest], limit: int = 6) -> list[Actor]:
    """People whose name, or a word of it, or whose handle begins so, those seen last first, each as last seen.

    Args:
        typed: the beginning.
        history: the months, newest first; no more are looked at than are needed.
        limit: how many at most.
    """
    word = _bare(clean_line(typed, NAME))
    found: dict[str, Actor] = {}
    if not word:
        return []
    for digest in history:
        if not _may_hold(digest, word):
            continue
        places = sorted(range(len(digest.actors)), key=digest.seen.__getitem__, reverse=True)
        people = list(digest.people())
        for actor in map(people.__getitem__, places):
            names = (_folded(actor.name), *_folded(actor.name).split(), _bare(actor.handle))
            if actor.key not in found and any(name.startswith(word) for name in names):
                found[actor.key] = actor
                if len(found) >= limit:
                    return list(found.values())
    return list(found.values())


def _may_hold(digest: Digest, word: str) -> bool:
    """Whether a name or handle in this month may hold the word.

    It is looked for in their JSON, which takes a fourth of the time that making a million people of it would.
    """
    written = word.replace("\\", "\\\\").replace('"', '\\"')
    return written in bytes(digest.faces).decode("utf-8", "replace").casefold()


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _bare(text: str) -> str:
    """A handle or an address as it is compared."""
    return _folded(text).removeprefix("mailto:").removeprefix("@")
