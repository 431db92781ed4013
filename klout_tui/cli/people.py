"""``klout-tui people``: who engages, and what she decides about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from klout_tui.cli.printing import print_json, print_line, print_table, say
from klout_tui.cli.running import Run
from klout_tui.errors import UsageError

if TYPE_CHECKING:
    from klout_tui.session import Session

_DEED = "change people"
_LIMIT = 100


@click.group(
    invoke_without_command=True,
    epilog="\b\nExamples:\n"
    "  klout-tui people --silent\n"
    "  klout-tui people --all --sort since --json\n"
    "  klout-tui people merge @ann@social.example ann.example\n"
    "  klout-tui people note @ann@social.example 'met at the book fair'",
)
@click.option("--new", "tab", flag_value="new", help="Only those first seen in the last 30 days.")
@click.option("--silent", "tab", flag_value="silent", help="Only regulars who fell silent.")
@click.option("--waiting", "tab", flag_value="waiting", help="Only those who wait for an answer.")
@click.option("--introducers", "tab", flag_value="introducers", help="Only those whose reposts brought new people.")
@click.option("--apart", "tab", flag_value="apart", help="Only your own, the ignored, and bots.")
@click.option("--all", "whole", is_flag=True, help="Figures of all that is known, not of 90 days.")
@click.option(
    "--sort",
    type=click.Choice(["days", "acts", "last", "since", "newest", "audience", "plusk", "name"]),
    help="By what, the most or the latest first; else by what the list is about.",
)
@click.option("--limit", type=click.IntRange(min=0), default=_LIMIT, show_default=True, help="How many; 0 is all.")
@click.option("--include-private", is_flag=True, help="Also print your notes, and text that is not public.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def people(
    ctx: click.Context,
    tab: str | None,
    whole: bool,
    sort: str | None,
    limit: int,
    include_private: bool,
    as_json: bool,
) -> None:
    """Who engages with you, how often, since when and on what.

    Without a command: a list, as in the app under P. docs/people.md says by what rules somebody is new, fell silent,
    waits, or brought others along.
    """
    if ctx.invoked_subcommand is not None:
        return
    run: Run = ctx.obj
    with run.filled() as session:
        from msgspec.structs import replace

        from klout_tui.domain import wording
        from klout_tui.domain.people import Sort, Tab, Wish, listing
        from klout_tui.output import peoplelist
        from klout_tui.store.facts import read_facts
        from klout_tui.store.gathering import everybody, gather, topics_of

        now, store = session.now(), session.store
        facts = read_facts(store, now, past=session.as_of is not None)
        gathered = gather(store, facts, now, everybody(store, now))
        wish = Wish(tab=Tab(tab or "all"), sort=Sort(sort or "fit"), whole=whole)
        found = listing(gathered, wish, lambda keys: topics_of(store, gathered, keys, whole=whole), most=limit or None)
        if as_json:
            print_json(peoplelist.document(found, gathered.handles, private=include_private))
            return
        named = store.topics().labels(topic for person in found.people for topic in person.topics)
        found = replace(found, labels=named)
        if not found.people:
            say("nothing", peoplelist.EMPTY[wish.tab])
            return
        print_table(peoplelist.table(found, session.zone, private=include_private))
        if found.found > len(found.people):
            say("note", f"{len(found.people):,} of {found.found:,}; --limit 0 prints all.")
        if wish.tab is Tab.WAITING:
            say("note", f"{wording.to_answer(found.waiting)}; the newest of each is shown.")
        if wish.tab is Tab.ALL:
            for line in peoplelist.suggested(found.suggestions):
                say("note", line)


@people.command()
@click.argument("who", nargs=-1, required=True)
@click.pass_obj
def merge(run: Run, who: tuple[str, ...]) -> None:
    """Say that handles are one person, in everything that is counted. Nothing is ever merged but by you."""
    with run.filled() as session:
        session.refuse_past(_DEED)
        keys = [_person(session, each) for each in who]
        if len(set(keys)) < 2:
            raise UsageError("one person cannot be merged", hint="Name two handles or more.")
        session.store.merge(keys)
        print_line(f"{who[0]}: one person of {len(session.store.ties().handles(min(keys))):,} handles now.")


@people.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def alike(run: Run, as_json: bool) -> None:
    """Which handles may be one person, and why. Nothing is merged by itself."""
    with run.filled() as session:
        from klout_tui.output import jsonform, peoplelist
        from klout_tui.store.gathering import everybody

        pairs = everybody(session.store, session.now()).suggestions
        if as_json:
            print_json(jsonform.document("alike", map(peoplelist.alike_row, pairs)))
        elif pairs:
            print_table(peoplelist.alike(pairs))
        else:
            say("nothing", "No two handles look like one person.")


@people.command()
@click.argument("one")
@click.argument("other")
@click.pass_obj
def apart(run: Run, one: str, other: str) -> None:
    """Say that two handles are two people, so that merging them is not suggested again."""
    with run.filled() as session:
        session.refuse_past(_DEED)
        keys = _person(session, one), _person(session, other)
        if session.store.ties().person(keys[0]) == session.store.ties().person(keys[1]):
            raise UsageError(
                f"{one} and {other} are one person", hint=f"Part them first: klout-tui people split {other}"
            )
        session.store.tell_apart(*keys)
        print_line(f"{one} and {other} are two people.")


@people.command()
@click.argument("handle")
@click.pass_obj
def split(run: Run, handle: str) -> None:
    """Take a handle out of the person it was merged into."""
    with run.filled() as session:
        session.refuse_past(_DEED)
        key = _person(session, handle)
        alone = session.store.ties().person(key) == key and key not in session.store.ties().same
        session.store.split(key)
        print_line(f"{handle} is merged with nobody." if alone else f"{handle} is a person of its own again.")


@people.command()
@click.argument("who")
@click.pass_obj
def ignore(run: Run, who: str) -> None:
    """Leave a person out everywhere, also of days past. What they did is kept, and unignore brings it back."""
    _ignore(run, who, ignored=True)


@people.command()
@click.argument("who")
@click.pass_obj
def unignore(run: Run, who: str) -> None:
    """Let an ignored person count again, everywhere."""
    _ignore(run, who, ignored=False)


@people.command()
@click.argument("who")
@click.argument("text")
@click.pass_obj
def note(run: Run, who: str, text: str) -> None:
    """Keep a private note on a person; an empty TEXT drops it.

    It is in no export and no report; a backup has it.
    """
    with run.filled() as session:
        session.refuse_past(_DEED)
        ties = session.store.ties()
        handles = ties.handles(ties.person(_person(session, who)))
        session.store.remark(handles, text.strip(), session.now())
        print_line(f"Noted on {who}." if text.strip() else f"There is no note on {who} now.")


@people.command()
@click.argument("who")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def mine(run: Run, who: str, yes: bool) -> None:
    """Declare that a handle is yours: what it did counts nowhere. This cannot be taken back."""
    with run.filled() as session:
        session.refuse_past(_DEED)
        ties = session.store.ties()
        handles = ties.handles(ties.person(_person(session, who)))
        if not yes:
            click.confirm(f"Is {who} you? This cannot be taken back.", abort=True, err=True)
        session.store.declare_own(handles)
        print_line(f"{who} is yours, and counts nowhere.")


def _ignore(run: Run, who: str, *, ignored: bool) -> None:
    with run.filled() as session:
        session.refuse_past(_DEED)
        ties = session.store.ties()
        handles = ties.handles(ties.person(_person(session, who)))
        session.store.ignore(handles, ignored=ignored)
        print_line(f"{who} counts nowhere now." if ignored else f"{who} counts again, in days past too.")


def _person(session: Session, typed: str) -> str:
    """The key of the handle meant: by key, handle or name, where only one person has it.

    Raises:
        UsageError: nobody has it, or several do.
    """
    wanted = typed.strip().casefold()
    bare = wanted.lstrip("@")
    ties = session.store.ties()
    found: dict[str, str] = {}
    handles: dict[str, str] = {}
    for digest in session.store.history(handles=True, until=session.now()):
        for actor in digest.people():
            if actor.key.casefold() == wanted or actor.handle.casefold().lstrip("@") == bare:
                handles[actor.key] = actor.handle
            elif actor.name.casefold() == wanted:
                found[actor.key] = actor.handle
    met = handles or found
    if not met:
        raise UsageError(f"nobody here is called {typed}", hint="klout-tui people --all --limit 0 lists everybody.")
    if len({ties.person(key) for key in met}) > 1:
        several = ", ".join(sorted(set(met.values()))[:5])
        raise UsageError(f"several people are called {typed}: {several}", hint="Give the whole handle, or the key.")
    return min(met)
