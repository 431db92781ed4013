"""``klout-tui note``: a dated remark, to see what came of it."""

from __future__ import annotations

import click

from klout_tui.cli.printing import print_json, print_line
from klout_tui.cli.running import Run
from klout_tui.errors import UsageError


@click.command(
    epilog='\b\nExamples:\n  klout-tui note "gave away the report"\n'
    '  klout-tui note "talk at the meetup" --date 2026-11-20\n  klout-tui note --remove 3\n  klout-tui show notes',
)
@click.argument("text", required=False)
@click.option("--date", "when", metavar="D", help="The local day it is about; else today.")
@click.option("--post", metavar="ID", help="Id or address of the post it is about; its day is then the note's.")
@click.option("--remove", metavar="N", help="Remove the note with this number instead; n3 on the chart is 3.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def note(run: Run, text: str | None, when: str | None, post: str | None, remove: str | None, as_json: bool) -> None:
    """Keep a note on a day, or on a post.

    It is marked on the chart, so that you can see what came of it.

    D is a day (2026-11-23), today, yesterday, 30d (30 days ago) or 4w.
    """
    if (text is None) == (remove is None):
        raise UsageError("give a note, or --remove and its number", hint='klout-tui note "gave away the report"')
    if when is not None and post is not None:
        raise UsageError("a post has its own day", hint="Leave --date or --post out.")
    with run.session(deed="keep a note") as session:
        from klout_tui.domain.days import Days
        from klout_tui.output import jsonform
        from klout_tui.output.span import parse_day

        store, days = session.store, Days(session.zone)
        today = days.of(session.now())
        if text is None:
            found = store.remove_note((remove or "").strip().removeprefix("n"))
        else:
            day = parse_day(when, today) if when is not None else today
            if post is not None:
                about = store.post(post) or next((each for each in store.each_post() if each.url == post), None)
                if about is None:
                    raise UsageError(f"there is no post {post}", hint="See their ids with: klout-tui show posts --json")
                post, day = about.id, days.of(about.at)
            if day > today:
                raise UsageError(f"{day} lies in the future", hint="Notes are on what was done.")
            found = store.note(day, text, post)
        if as_json:
            print_json([jsonform.single("note", jsonform.note_row(found))])
        else:
            done = "Removed" if text is None else "Kept"
            print_line(f"{done} note {found.id} on {found.day}: {found.text}")
