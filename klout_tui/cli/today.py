"""``klout-tui today``: the daily review as text, for a prompt, a status line, or a mail to oneself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from klout_tui.cli.printing import print_json, print_line, say
from klout_tui.cli.running import Run
from klout_tui.errors import UsageError

if TYPE_CHECKING:
    from klout_tui.domain.dashboard import Dashboard, Facts
    from klout_tui.domain.review import Review
    from klout_tui.session import Session


@click.command(
    epilog="\b\nExamples:\n"
    "  klout-tui today                      what the review under R holds\n"
    "  klout-tui today --line               3 to thank · 2 to answer · 14 reactions · within your usual\n"
    "  klout-tui today --markdown >> journal.md\n"
    "  klout-tui --as-of 2026-06-30 today --json\n"
    "\b\nIn tmux:  set -g status-right '#(klout-tui today --line)'",
)
@click.option("--line", "one_line", is_flag=True, help="One line for a prompt or a status line.")
@click.option("--markdown", is_flag=True, help="Print Markdown.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--include-private", is_flag=True, help="Also print text that is not public.")
@click.pass_obj
def today(run: Run, one_line: bool, markdown: bool, as_json: bool, include_private: bool) -> None:
    """Say in short what today's review holds.

    Whom to thank, who waits for an answer, what moved and why, one thing to do. Reactions are those since your last
    visit. Nothing is fetched, and nothing is ever sent anywhere: pipe it into your own mail if you want it there.
    --line answers at once: whatever changes something also makes the line anew.
    """
    if one_line + markdown + as_json > 1:
        raise UsageError("--line, --markdown and --json are three forms", hint="Choose one of them.")
    if one_line:
        print_line(_line(run))
        return
    with run.filled() as session:
        from klout_tui.output import jsonform, listing, today

        found, view = reviewed(session)
        if as_json:
            print_json([jsonform.single("today", today.content(found, view, private=include_private))])
            return
        if not (view.accounts or found.groups or found.waiting or found.notes):
            say("nothing", listing.EMPTY["accounts"])
            return
        form = today.markdown if markdown else today.lines
        click.echo("\n".join(form(found, view, private=include_private)))


def reviewed(session: Session) -> tuple[Review, Dashboard]:
    """The whole review, and the dashboard it is made of."""
    from klout_tui.domain.days import Days
    from klout_tui.domain.reminders import sentences
    from klout_tui.domain.review import review
    from klout_tui.domain.suggesting import needs_more
    from klout_tui.store import reviewing
    from klout_tui.store.gathering import who_waits

    view, facts = _dashboard(session)
    store, now = session.store, session.now()
    waiting = who_waits(store, facts.history, now)
    moved = reviewing.what_moved(store, now)
    habits = timing = None
    if needs_more(waiting, view.news.to_thank > 0, moved):
        habits, timing = reviewing.advice(store, now)
    wants = session.settings.reminders
    quiet, late = reviewing.reminders(store, facts, view, waiting)
    reminders = sentences(
        quiet,
        late,
        Days(session.zone),
        view.today,
        posts=wants.wants("posts", "today"),
        answers=wants.wants("answers", "today"),
    )
    found = review(
        view,
        waiting,
        moved,
        habits,
        timing,
        settled=store.settled(),
        thanked=facts.thanked,
        asked=reviewing.kept(store).asked,
        reminders=reminders,
    )
    return found, view


def _dashboard(session: Session) -> tuple[Dashboard, Facts]:
    from klout_tui.domain.dashboard import Choice, derive
    from klout_tui.store.facts import read_facts

    past, paused = session.as_of is not None, session.settings.paused
    facts = read_facts(session.store, session.now(), past=past, paused=paused)
    return derive(facts, session.now(), session.zone, Choice()), facts


def _line(run: Run) -> str:
    """The line kept from the last time, while it must be true; else made anew, and kept."""
    if run.demo or run.as_of is not None:
        with run.filled() as session:
            from klout_tui import statusline

            return statusline.told(session)
    from klout_tui.paths import Paths
    from klout_tui.store import glance

    paths, now = Paths.find(os.environ), run.tools.clock()
    said = glance.kept(paths.store, glance.stamp(paths.store, paths.settings), now)
    if said is not None:
        return said
    with run.session() as session:
        from klout_tui import statusline

        return statusline.renewed(session)
