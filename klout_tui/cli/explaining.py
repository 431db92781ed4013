"""``klout-tui why``: what changed engagement, whether that is more than normal, and what to try."""

from __future__ import annotations

import shutil
import sys
from datetime import date, timedelta
from typing import TYPE_CHECKING

import click

from klout_tui.cli.beginning import nothing_yet
from klout_tui.cli.printing import print_json, say
from klout_tui.cli.running import Run

if TYPE_CHECKING:
    from klout_tui.domain.diagnosis import Diagnosis, Window
    from klout_tui.session import Session


@click.command(
    epilog="\b\nExamples:\n"
    "  klout-tui why                                   the last 30 days against the 30 before\n"
    "  klout-tui why --from 2026-10-01 --to 2026-10-31\n"
    "  klout-tui why --from 2026-10-05 --to 2026-10-18 --against 2025-10-06 --by topic\n"
    "  klout-tui --as-of 2026-06-30 why --json",
)
@click.option("--from", "first", metavar="D", help="First local day of the window that is explained.")
@click.option("--to", "last", metavar="D", help="Its last local day; without --from, 30 days end on it.")
@click.option("--against", metavar="D", help="First day of what it is held against; else the days just before.")
@click.option(
    "--by",
    type=click.Choice(["network", "topic", "kind"]),
    default="network",
    show_default=True,
    help="What the table of parts is split by; JSON has all three.",
)
@click.option("--include-private", is_flag=True, help="Also name posts that are not public.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def why(
    run: Run, first: str | None, last: str | None, against: str | None, by: str, include_private: bool, as_json: bool
) -> None:
    """Say what changed engagement, and what to try.

    Also whether that is more than your normal fluctuation. Without options: the last 30 days of which every post is at
    least a day old, against the 30 before, and the verdict of this week. A verdict comes once a week, so that looking
    every day cries wolf no oftener. D is a day (2026-11-23), yesterday, 30d (30 days ago) or 4w.
    """
    with run.filled() as session:
        found = _diagnosed(session, first, last, against)
        if as_json:
            from klout_tui.output import diagnosis, jsonform

            print_json([jsonform.single("diagnosis", diagnosis.content(found, private=include_private))])
            return
        from klout_tui.output.diagnosis import WIDTH, lines, nothing

        if said := nothing(found):
            say("nothing", nothing_yet(session) or said)
            return

        width = min(WIDTH, shutil.get_terminal_size().columns) if sys.stdout.isatty() else WIDTH
        for line in lines(found, by, private=include_private, width=width):
            click.echo(line)


def _diagnosed(session: Session, first: str | None, last: str | None, against: str | None) -> Diagnosis:
    from klout_tui.domain.days import Days
    from klout_tui.domain.diagnosis import diagnose, last_ripe, window
    from klout_tui.store.evidence import read_evidence
    from klout_tui.store.reviewing import kept

    now, days = session.now(), Days(session.zone)
    asked, other = _windows(first, last, against, days.of(now), last_ripe(now, days))
    earlier = other or (asked or window(last_ripe(now, days))).before()
    evidence = read_evidence(session.store, earlier, now)
    found = diagnose(evidence, now, session.zone, asked=asked, against=other, notes=session.store.notes())
    return found.hushed(kept(session.store).asked)


def _windows(
    first: str | None, last: str | None, against: str | None, today: date, ripe: date
) -> tuple[Window | None, Window | None]:
    """The windows asked for; None for those that go without saying.

    Raises:
        UsageError: what was typed is no day, is out of order, or reaches beyond what can be known.
    """
    from klout_tui.domain.diagnosis.spans import WINDOW, Window
    from klout_tui.domain.wording import counted
    from klout_tui.errors import UsageError
    from klout_tui.output.span import parse_day

    asked = None
    if first is not None or last is not None:
        ends = parse_day(last, today) if last is not None else ripe
        begins = parse_day(first, today) if first is not None else ends - timedelta(days=WINDOW - 1)
        for day in (begins, ends):
            if day > today:
                raise UsageError(f"{day} has not been yet", hint=f"Today is {today}.")
        if begins > ends and last is None:
            raise UsageError(
                f"posts since {begins} are younger than a day", hint=f"Begin on {ripe} at the latest, or give --to too."
            )
        if begins > ends:
            raise UsageError(f"the window ends ({ends}) before it begins ({begins})", hint="Swap --from and --to.")
        asked = Window(first=begins, last=ends)
    if against is None:
        return asked, None
    chosen = asked or Window(first=ripe - timedelta(days=WINDOW - 1), last=ripe)
    starts = parse_day(against, today)
    if starts >= chosen.first:
        raise UsageError(
            f"--against {starts} is not before {chosen.first}, where the window begins",
            hint="What is compared with must begin earlier.",
        )
    other = Window(first=starts, last=starts + timedelta(days=chosen.length - 1))
    if other.last >= chosen.first:
        raise UsageError(
            f"{counted(chosen.length, 'day')} from {starts} on reach to {other.last}, into the window that begins on "
            f"{chosen.first}",
            hint=f"Give --against {chosen.before().first} or a day before it.",
        )
    return chosen, other
