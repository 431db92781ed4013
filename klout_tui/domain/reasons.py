"""The sentences that say why an act counts as a +K, why not, and what other rules would change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from klout_tui.domain import wording
from klout_tui.domain.effect import Effect
from klout_tui.domain.model import InteractionKind, PostKind
from klout_tui.domain.plusk import PAUSE, PlusK
from klout_tui.domain.rules import EARNING, TUNABLE, USUAL, WRITTEN, Rules
from klout_tui.domain.verdict import Bar, Verdict

TOPICS: Final = 6
"""Topics named where other rules change more of them."""

Label = Callable[[str], str]
"""How to write a topic for people."""

_TO: Final[Mapping[InteractionKind, str]] = {
    InteractionKind.REPLY: "replied to",
    InteractionKind.COMMENT: "commented on",
    InteractionKind.LINK: "linked to",
    InteractionKind.ISSUE: "opened an issue on",
    InteractionKind.REVIEW: "reviewed work on",
    InteractionKind.ENDORSEMENT: "endorsed",
    InteractionKind.THANKS: "thanked you for",
}
"""What was done to a post, where it reads differently from ``wording.DID``."""

_YOU: Final[Mapping[InteractionKind, str]] = {
    InteractionKind.REPOST: "reposted you",
    InteractionKind.QUOTE: "quoted you",
    InteractionKind.REPLY: "replied to you",
    InteractionKind.LINK: "linked to you",
    InteractionKind.MENTION: "mentioned you",
    InteractionKind.FOLLOW: "followed you",
    InteractionKind.ENDORSEMENT: "endorsed you",
    InteractionKind.THANKS: "thanked you",
}


def why(plusk: PlusK, rules: Rules = USUAL, *, private: bool = True, label: Label = str) -> str:
    """Why an act counts: ``reposted your post on python: a repost earns a +K``.

    Args:
        plusk: The act.
        rules: Those it counts by.
        private: Whether words that are not public may be quoted; else a +K is said to be given, and no more.
        label: How to write a topic.
    """
    about = _listed(_topics(plusk, label))
    if plusk.said:
        said = plusk.said if private or plusk.public else "+K"
        for_it = f", for {about}" if about and " " not in said else ""
        return f"wrote “{said}” in {_one(plusk.kind)}{for_it}"
    if plusk.explicit:
        did = _YOU.get(plusk.kind, wording.DID[plusk.kind])
        return f"{did}{f' for {about}' if about else ''}: {_one(plusk.kind)} is a +K outright"
    return f"{deed(plusk, label)}: {_rule(plusk.kind, rules)}"


def deed(plusk: PlusK, label: Label = str) -> str:
    """What was done, and to what: ``replied to your article on python in 12 words``."""
    what = "" if plusk.post is None else thing(plusk.on_kind or PostKind.STATUS)
    did = _TO.get(plusk.kind, wording.DID[plusk.kind])
    to = f"{did} your {what}" if what and plusk.kind not in (InteractionKind.MENTION, InteractionKind.FOLLOW) else ""
    on = _listed(_topics(plusk, label))
    about = f"{' on' if to else ', for'} {on}" if on else ""
    length = f" in {wording.counted(plusk.words, 'word')}" if plusk.kind in WRITTEN else ""
    return f"{to or _YOU.get(plusk.kind, wording.DID[plusk.kind])}{about}{length}"


def thing(kind: PostKind) -> str:
    """What something published is called."""
    return "post" if kind is PostKind.STATUS else kind.value


def why_not(verdict: Verdict, plusk: PlusK, rules: Rules, zone: ZoneInfo, label: Label = str) -> tuple[str, ...]:
    """Why an act does not count, or not for all it is about; nothing where it does.

    Args:
        verdict: What became of it.
        plusk: The act.
        rules: Those it was judged by.
        zone: The user's, for the dates.
        label: How to write a topic.
    """
    kind = plusk.kind
    match verdict.bar:
        case Bar.OWN:
            return ("you did this yourself, under another account of yours",)
        case Bar.ECHO:
            return ("it came by another way too, and is judged there",)
        case Bar.IGNORED:
            return ("you ignore whoever did it",)
        case Bar.SHORT:
            needs = wording.counted(rules.words, "word")
            return (f"{_one(kind)} in {wording.counted(plusk.words, 'word')}: it takes {needs}, tags and links aside",)
        case Bar.KIND if kind in EARNING:
            return (f"by your rules {_one(kind)} earns no +K",)
        case Bar.KIND:
            unless = " unless it says “+K”" if kind in WRITTEN else ""
            return (f"{_one(kind)} alone earns no +K{unless}",)
        case _:
            return tuple(
                f"a second one{f' on {label(each.topic)}' if each.topic else ''} within {PAUSE.days} days: the first"
                f" was {_one(each.kind)}, {wording.moment(each.at, zone)}"
                for each in verdict.earlier
            )


def difference(new: Rules, old: Rules) -> str:
    """How rules differ from others: ``with likes, without stars, replies from 6 words``."""
    more = [kind for kind in TUNABLE if kind in new.earns and kind not in old.earns]
    less = [kind for kind in TUNABLE if kind in old.earns and kind not in new.earns]
    parts = [
        f"with {_listed([wording.MANY[kind][1] for kind in more])}" if more else "",
        f"without {_listed([wording.MANY[kind][1] for kind in less])}" if less else "",
        f"what is written from {wording.counted(new.words, 'word')}" if new.words != old.words else "",
    ]
    return ", ".join(filter(None, parts))


def effect_words(effect: Effect) -> tuple[str, ...]:
    """What would change: ``412 instead of 97 +K in 90 days, 31 people more``, and the topics that change most."""
    before, after = effect.before, effect.after
    people = after.people - before.people
    moved = f"{wording.counted(abs(people), 'person', 'people')} {'more' if people > 0 else 'fewer'}" if people else ""
    same = before == after
    total = f"{after.plusks:,} +K in {effect.days} days, as now" if same else ""
    total = total or f"{after.plusks:,} instead of {before.plusks:,} +K in {effect.days} days"
    topics = effect.topics()
    named = [f"{topic} {was:,} → {will:,}" for topic, was, will in topics[:TOPICS]]
    rest = [f"{len(topics) - TOPICS:,} more change"] if len(topics) > TOPICS else []
    told = (f"topics: {' · '.join([*named, *rest])}",) if topics else ()
    return (", ".join(filter(None, [total, moved if moved or same else "as many people"])), *told)


def earning(rules: Rules) -> str:
    """What earns a +K, in one line: ``reposts, quotes, replies and comments of 4 words or more``."""
    plain = [wording.MANY[kind][1] for kind in rules.earns if kind not in WRITTEN]
    written = [wording.MANY[kind][1] for kind in rules.earns if kind in WRITTEN]
    enough = f" of {rules.words} words or more" if rules.words > 1 else ""
    return _listed([*plain, f"{_listed(written)}{enough}"] if written else plain) or "nothing but a +K in so many words"


def _rule(kind: InteractionKind, rules: Rules) -> str:
    enough = f" of {rules.words} words or more" if kind in WRITTEN and rules.words > 1 else ""
    hers = "" if kind in EARNING and (rules.words == USUAL.words or kind not in WRITTEN) else "by your rules "
    return f"{hers}{_one(kind)}{enough} earns a +K"


def _one(kind: InteractionKind) -> str:
    noun = wording.MANY[kind][0]
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _topics(plusk: PlusK, label: Label) -> list[str]:
    """What it is for; what is guessed says so, and so does what she hid, where it is for nothing else."""
    guess, hidden = wording.GUESS if plusk.guessed else "", "" if plusk.topics else " (hidden)"
    return [f"{guess}{label(topic)}{hidden}" for topic in plusk.topics or plusk.hidden]


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
