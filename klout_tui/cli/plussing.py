"""``klout-tui plusk``: what earns a +K, and why one act counts or does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from klout_tui.cli.printing import print_json, print_line, say
from klout_tui.cli.running import Run
from klout_tui.errors import UsageError

if TYPE_CHECKING:
    from klout_tui.domain.rules import Rules
    from klout_tui.session import Session


_ON: Final = ("on", "yes", "true", "1")
_OFF: Final = ("off", "no", "false", "0")
"""What a switch may be set to, in any case of letters."""


@click.group()
def plusk() -> None:
    """What earns a +K, and why an act counts as one."""


@plusk.command(
    epilog="\b\nExamples:\n"
    "  klout-tui plusk rules\n"
    "  klout-tui plusk rules --set like=on --set words=6 --preview\n"
    "  klout-tui plusk rules --set star=off\n"
    "  klout-tui plusk rules --back",
)
@click.option("--set", "changes", metavar="NAME=VALUE", multiple=True, help="A kind of act to on or off; words to N.")
@click.option("--usual", is_flag=True, help="The rules as they are at first.")
@click.option("--back", is_flag=True, help="The rules before the last change.")
@click.option("--preview", is_flag=True, help="Only say what would change.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def rules(run: Run, changes: tuple[str, ...], usual: bool, back: bool, preview: bool, as_json: bool) -> None:
    """Show or change what earns a +K.

    NAME is repost, quote, reply, comment, link, star, fork, review, mention, issue, like, bookmark or follow, on or
    off (yes and no, true and false do as well); or words, for how many words a reply, comment or mention needs.
    Everything is counted by the new rules, days past too, and what that changes over 90 days is said. One per
    person and topic in seven days, and that whoever writes "+K" gives one, always hold.
    """
    if sum((bool(changes), usual, back)) > 1:
        raise UsageError("--set, --usual and --back are three different changes", hint="Say one of them.")
    changing = bool(changes or usual or back)
    with run.filled() as session:
        from klout_tui.store import ruling

        if changing and not preview:
            session.refuse_past("change the rules")
        kept = ruling.ruling(session.store)
        wanted = kept.rules
        if changes:
            wanted = _changed(kept.rules, changes)
        elif usual:
            from klout_tui.domain.rules import USUAL

            wanted = USUAL
        elif back:
            if kept.before is None:
                raise UsageError("the rules were never changed; there is nothing to take back")
            wanted = kept.before
        _answer(session, kept.rules, wanted, changing=changing, preview=preview, as_json=as_json)


def _answer(session: Session, before: Rules, wanted: Rules, *, changing: bool, preview: bool, as_json: bool) -> None:
    """Say what the rules are or would be, and what that changes; then keep them, if they are to be kept."""
    from klout_tui.domain import reasons
    from klout_tui.store import ruling

    effect = ruling.effect(session.store, session.now(), wanted) if changing else None
    applied = changing and not preview and ruling.rule(session.store, wanted)
    if as_json:
        from klout_tui.output import jsonform

        print_json([jsonform.single("rules", jsonform.rules_content(wanted, effect, applied=applied))])
        return
    print_line(f"A +K is earned by {reasons.earning(wanted)}.")
    if effect is None:
        return
    if wanted == before:
        say("note", "those are the rules already; nothing was changed")
        return
    for line in reasons.effect_words(effect):
        print_line(f"{line[:1].upper()}{line[1:]}.")
    told = "applied; klout-tui plusk rules --back takes it back" if applied else "only a preview; nothing was changed"
    say("note", told)


@plusk.command(epilog="\b\nExample:\n  klout-tui plusk why \"$(klout-tui show plusk --json | jq -r '.plusk[0].id')\"")
@click.argument("act", metavar="ID")
@click.option("--include-private", is_flag=True, help="Also quote words that are not public.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def why(run: Run, act: str, include_private: bool, as_json: bool) -> None:
    """Tell why the interaction with this ID counts as a +K, or why it does not.

    klout-tui show interactions --json and show plusk --json tell the ids.
    """
    with run.filled() as session:
        from functools import cache

        from klout_tui.domain import reasons
        from klout_tui.domain.plusk import known_topics
        from klout_tui.domain.verdict import judged
        from klout_tui.store.ruling import ruling

        store = session.store
        found = store.interaction(act)
        if found is None or (session.until is not None and found.at > session.until):
            raise UsageError("no interaction has this id", hint="klout-tui show interactions --json tells the ids.")
        who = store.ties().person(found.actor.key)
        theirs = [each for digest in store.history(until=session.until) if len(each := digest.by(who))]
        in_force = ruling(store).rules
        judgement = judged(theirs, act, store.thanked(), cache(lambda: known_topics(store.history())), in_force)
        if judgement is None:
            raise UsageError("no interaction has this id", hint="klout-tui show interactions --json tells the ids.")
        form, verdict = judgement
        reason = reasons.why(form, in_force, private=include_private) if verdict.counts else None
        against = reasons.why_not(verdict, form, in_force, session.zone)
        if as_json:
            from klout_tui.output import jsonform

            print_json([jsonform.single("verdict", jsonform.verdict_content(form, verdict, reason, against))])
            return
        if reason is not None:
            print_line(f"Counts: {reason}.")
        for words in against:
            print_line(f"Does not count: {words}.")


def _changed(rules: Rules, changes: tuple[str, ...]) -> Rules:
    """The rules with what was typed changed.

    Raises:
        UsageError: what was typed is no change.
    """
    from klout_tui.domain.rules import MOST_WORDS, TUNABLE, tuned
    from klout_tui.domain.wording import MANY

    earns, words = set(rules.earns), rules.words
    kinds = {name: kind for kind in TUNABLE for name in (kind.value, *MANY[kind])}
    for change in changes:
        name, equals, value = change.partition("=")
        name, value = name.strip().casefold(), value.strip().casefold()
        if not equals:
            raise UsageError(f"{change!r} is no change", hint="Say for instance --set like=on or --set words=6.")
        if name == "words":
            if not value.isdecimal():
                raise UsageError(f"{value!r} is no number of words", hint=f"Say a number from 0 to {MOST_WORDS}.")
            words = int(value)
            continue
        if name not in kinds:
            names = ", ".join(kind.value for kind in TUNABLE)
            raise UsageError(f"{name!r} is nothing the rules know", hint=f"There are {names}, and words.")
        if value not in (*_ON, *_OFF):
            hint = f"Say {', '.join(_ON)} where it is to earn a +K; {', '.join(_OFF)} where not."
            raise UsageError(f"{name} is a switch, and {value!r} neither on nor off", hint=hint)
        earns = earns | {kinds[name]} if value in _ON else earns - {kinds[name]}
    return tuned(earns, words)
