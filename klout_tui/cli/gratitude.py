"""``klout-tui log``: gratitude that no network measures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from klout_tui.cli.printing import print_json, print_line, print_table, say
from klout_tui.cli.running import Run
from klout_tui.errors import UsageError

if TYPE_CHECKING:
    from klout_tui.domain.model import Actor, Interaction
    from klout_tui.session import Session

_WAYS: Final = "thanks, mail, person, call, letter, gift, applause, endorsement or recommendation"
_DEED: Final = "log anything"


class _Log(click.Group):
    """Without the name of a command, ``add`` is meant: ``klout-tui log "Ann Lee" …``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put ``add`` in front where no command is named."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["add", *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=_Log,
    short_help="Log thanks that no network measures.",
    epilog="\b\nExamples:\n"
    '  klout-tui log "Ann Lee" --topic python --on 2026-11-20 "wrote that the guide saved her week"\n'
    '  klout-tui log "Bo <bo@pixel.example>" --how mail --topic give-aways\n'
    '  klout-tui log "the room at PyCon" --how applause --on yesterday\n'
    "  klout-tui log list --since 30d --include-private\n"
    '  klout-tui log edit 7f3a9c21 --topic python,writing "the guide and the talk"\n'
    "  klout-tui log remove 7f3a9c21",
)
def log() -> None:
    """Log thanks that no network measures.

    A mail, applause, a word in the shop: it counts as a +K at once, with the person and the topics you
    name. What you write about it is private: it appears inside the app and nowhere else. "klout-tui log WHO …" is short
    for "klout-tui log add WHO …".
    """


@log.command(short_help="Note that WHO thanked you; the default.")
@click.argument("who")
@click.argument("text", required=False, default="")
@click.option("--topic", "topics", multiple=True, metavar="T", help="What for; several, or parted by commas.")
@click.option("--on", "when", default="now", metavar="D", help="2026-11-20, yesterday, 3d, 18:30, 2026-11-20 18:30.")
@click.option("--how", default="thanks", metavar="WAY", help=f"{_WAYS}.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def add(run: Run, who: str, text: str, topics: tuple[str, ...], when: str, how: str, as_json: bool) -> None:
    """Note that WHO thanked you, with a line of TEXT.

    WHO is somebody known, by name, handle or address, or anybody else: a name, or Ann Lee <ann@far.example>.
    """
    with run.session(deed=_DEED) as session:
        from klout_tui.domain.gratitude import entry, parse_topics, parse_way
        from klout_tui.domain.when import parse_moment

        at, way = parse_moment(when, session.now(), session.zone), parse_way(how)
        actor, known = _somebody(session, who)
        made = entry(session.store.new_number(), actor, at, way=way, topics=parse_topics(topics), text=text)
        _tell(session, session.store.log(made), as_json=as_json, deed="Logged", known=known)


@log.command("list", short_help="What you logged, newest first.")
@click.option("--since", metavar="D", help="First local day.")
@click.option("--until", metavar="D", help="Last local day.")
@click.option("--include-private", is_flag=True, help="Also print what you wrote.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_(run: Run, since: str | None, until: str | None, include_private: bool, as_json: bool) -> None:
    """What you logged, newest first. What you wrote about it is private, and left out unless you ask for it."""
    with run.session() as session:
        from klout_tui.cli.asking import span_of
        from klout_tui.output import jsonform, listing
        from klout_tui.store.log import logged

        span = span_of(session, since, until)
        found = (each for each in logged(session.store, span.until) if span.holds(each.at))
        if as_json:
            print_json(jsonform.document("log", (_row(each, private=include_private) for each in found)))
            return
        table = listing.log(found, session.zone, private=include_private)
        if table[1]:
            print_table(table)
        else:
            say("nothing", "No thanks are logged here. Log some: klout-tui log WHO")


@log.command(short_help="Correct an entry.")
@click.argument("number", metavar="ID")
@click.argument("text", required=False)
@click.option("--who", metavar="WHO", help="Somebody else.")
@click.option("--topic", "topics", multiple=True, metavar="T", help='Other topics; "" for none.')
@click.option("--on", "when", metavar="D", help="Another day or moment.")
@click.option("--how", metavar="WAY", help=f"{_WAYS}.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def edit(
    run: Run,
    number: str,
    text: str | None,
    who: str | None,
    topics: tuple[str, ...],
    when: str | None,
    how: str | None,
    as_json: bool,
) -> None:
    """Correct the entry ID; what is not given stays as it is. TEXT replaces what you wrote, "" empties it."""
    with run.session(deed=_DEED) as session:
        from klout_tui.domain.gratitude import entry, number_of, parse_topics, parse_way, way_of
        from klout_tui.domain.when import parse_moment

        old = _entry(session, number)
        if not topics and (text, who, when, how) == (None, None, None, None):
            raise UsageError("nothing is to be changed", hint="Give TEXT, --who, --topic, --on or --how.")
        actor, known = (old.actor, True) if who is None else _somebody(session, who)
        made = entry(
            number_of(old.id),
            actor,
            old.at if when is None else parse_moment(when, session.now(), session.zone),
            way=way_of(old) if how is None else parse_way(how),
            topics=parse_topics(topics) if topics else old.topics,
            text=old.text if text is None else text,
        )
        _tell(session, session.store.log(made), as_json=as_json, deed="Corrected", known=known)


@log.command(short_help="Delete an entry.")
@click.argument("number", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def remove(run: Run, number: str, as_json: bool) -> None:
    """Delete the entry ID, also from the store's own copies. It never comes back by itself."""
    with run.session(deed=_DEED) as session:
        gone, _ = session.store.unlog(_entry(session, number).id)
        _tell(session, gone, as_json=as_json, deed="Deleted", known=True)


def _somebody(session: Session, who: str) -> tuple[Actor, bool]:
    """Who is meant, and whether they were known before.

    Raises:
        UsageError: nobody, one of several, or the user herself.
    """
    from klout_tui.domain.gratitude import people_called, refuse_herself, somebody

    called = people_called(who, session.store.history(newest_first=True))
    actor = somebody(who, called)
    refuse_herself(who, actor, session.store.accounts(unlinked=True))
    return actor, any(each.key == actor.key for each in called)


def _entry(session: Session, typed: str) -> Interaction:
    from klout_tui.domain.gratitude import find_entry
    from klout_tui.store.log import logged

    entries = {each.id: each for each in logged(session.store)}
    return entries[find_entry(typed, entries)]


def _tell(session: Session, act: Interaction, *, as_json: bool, deed: str, known: bool) -> None:
    if as_json:
        from klout_tui.output import jsonform

        print_json([jsonform.single("log", _row(act, private=False))])
        return
    from klout_tui.domain import wording
    from klout_tui.domain.gratitude import WORDS, number_of, way_of

    actor = act.actor
    who = actor.name or actor.handle
    who += f" ({actor.handle})" if actor.name and actor.handle != actor.name else ""
    what = f"{WORDS[way_of(act)]}, for {', '.join(act.topics)}" if act.topics else WORDS[way_of(act)]
    print_line(f"{deed} {number_of(act.id)}: {who}, {wording.moment(act.at, session.zone)}: {what}.")
    if not known:
        say("note", f"nobody known is called {who}; it stands for somebody new")


def _row(act: Interaction, *, private: bool) -> dict[str, Any]:
    from klout_tui.output import jsonform

    return jsonform.log_row(act, private=private)
