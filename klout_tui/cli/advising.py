"""``klout-tui when`` and ``klout-tui habits``: what her own posts say about the next ones."""

from __future__ import annotations

import click

from klout_tui.cli.beginning import nothing_yet
from klout_tui.cli.printing import print_json, say
from klout_tui.cli.running import Run


@click.command(
    epilog="\b\nExamples:\n  klout-tui when\n  klout-tui when --network mastodon\n"
    "  klout-tui --as-of 2026-10-01 when --json",
)
@click.option("--network", metavar="NETWORK", help="Only this network.")
@click.option("--include-private", is_flag=True, help="With --json, also print titles that are not public.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def when(run: Run, network: str | None, include_private: bool, as_json: bool) -> None:
    """Tell when to post, from when your own people react.

    Looks at the last 52 weeks: in which hours of the week people act, with the hours you posted in divided out; what a
    post in each hour brings in its first twelve hours; and whether that holds on posts that had no part in the advice.
    Hours are your local ones. With too little data it says so.
    """
    with run.filled() as session:
        from klout_tui.domain.digest import ticks
        from klout_tui.domain.timing.advice import SPAN, timing
        from klout_tui.errors import UsageError
        from klout_tui.output import jsonform, timingform
        from klout_tui.store.responses import read_past

        now = session.now()
        past = read_past(session.store, now, SPAN)
        found = timing(past.responses, ticks(now), session.zone)
        if network is not None:
            names = {each.network for each in past.responses}
            if network not in names:
                known = ", ".join(sorted(names)) or "none yet"
                raise UsageError(f"no posts of the last year on {network!r}", hint=f"There are posts on: {known}.")
            found = tuple(each for each in found if each.network == network) or found
        if as_json:
            hidden = () if include_private else past.private
            content = timingform.content(found, now, session.zone.key, hidden)
            print_json([jsonform.single("when", content)])
        else:
            for line in timingform.lines(found):
                click.echo(line)
            if hint := nothing_yet(session):
                say("note", hint)


@click.command(
    epilog="\b\nExamples:\n  klout-tui habits\n  klout-tui --as-of 2026-10-01 habits --json",
)
@click.option("--include-private", is_flag=True, help="Also name posts that are not public.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def habits(run: Run, include_private: bool, as_json: bool) -> None:
    """Tell what to keep doing and what to do less.

    Looks at how your own posts of the last 52 weeks went: by the distinct people they brought in their first week,
    against your own usual on the same account around the same time; by topic, kind, length, link, question and hour.
    Only what chance would not do shows up; most months that is nothing.
    """
    with run.filled() as session:
        from klout_tui.domain.digest import ticks
        from klout_tui.domain.habits.finding import SPAN, TEXTS
        from klout_tui.domain.habits.finding import habits as find
        from klout_tui.output import habitsform, jsonform
        from klout_tui.store.responses import read_past

        now = session.now()
        past = read_past(session.store, now, SPAN, texts=TEXTS)
        found = find(past.responses, past.posts, ticks(now), session.zone, past.sites, past.topics)
        if as_json:
            print_json([jsonform.single("habits", habitsform.content(found, now, private=include_private))])
        else:
            for line in habitsform.lines(found, private=include_private):
                click.echo(line)
            if hint := nothing_yet(session):
                say("note", hint)
