"""``klout-tui doctor`` and ``klout-tui zone``: what looks after the store."""

from __future__ import annotations

import click

from klout_tui.cli.printing import FAILED, print_json, print_line, say
from klout_tui.cli.running import Run


@click.command(
    epilog="\b\nExamples:\n  klout-tui doctor\n  klout-tui doctor --repair\n  klout-tui doctor --json",
)
@click.option("--repair", "mending", is_flag=True, help="Mend what can be mended. Nothing of yours is deleted.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def doctor(ctx: click.Context, mending: bool, as_json: bool) -> None:
    """Check what is kept, and mend it.

    Files and who may read them, formats, the journal, every row, the index, day totals against interactions, clocks,
    the time zone, disk space, settings, networks. Without --repair nothing is changed on disk. A repair sets damaged
    files aside, takes the last good copies, counts again what follows from the rest, and lets the next refresh read
    again what the networks still offer.

    Exits with 0 when all is well, with 1 when something is wrong.
    """
    run: Run = ctx.obj
    with run.home(deed="look after the store") as paths:
        from klout_tui.doctor import examine, repair
        from klout_tui.output import jsonform, report

        found = (repair if mending else examine)(paths, run.tools.networks(), run.tools.clock)
        if as_json:
            print_json([jsonform.single("doctor", report.content(found.checks, found.deeds, run.tools.clock()))])
        else:
            for deed in found.deeds:
                print_line(f"mended: {deed}")
            for line in report.lines(found.checks):
                click.echo(line)
            print_line(report.verdict(found.checks, repaired=mending))
    ctx.exit(0 if found.well else FAILED)


@click.command(
    epilog="\b\nExamples:\n  klout-tui zone\n  klout-tui zone Europe/Berlin\n  klout-tui zone --json",
)
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def zone(run: Run, name: str | None, as_json: bool) -> None:
    """Show or change the time zone of your days.

    A day is a local day. When you move, your system may change its zone, and klout-tui says so and keeps cutting days
    as before until you decide. With NAME every day total is counted anew, all at once.
    """
    with run.home(deed="change the time zone" if name else "look at the present time zone") as paths:
        from klout_tui.store.rezone import change_zone, kept_zone
        from klout_tui.store.zones import other_system_zone, system_zone, zone_of

        now = run.tools.clock()
        done = change_zone(paths.store, name, run.tools.clock) if name else None
        kept = kept_zone(paths.store, run.tools.clock)
        current = zone_of(kept or system_zone())
        other = other_system_zone(current, now)
        if as_json:
            from klout_tui.output import jsonform

            content = {
                "zone": current.key,
                "system": system_zone(),
                "offered": other.key if other else None,
                "today": now.astimezone(current).date().isoformat(),
                "changed": done.changed if done else 0,
            }
            print_json([jsonform.single("zone", content)])
            return
        if done is None:
            print_line(f"Your days are cut in {current.key}; today is {now.astimezone(current):%A %Y-%m-%d}.")
        elif done.before == done.after:
            print_line(f"Your days are cut in {done.after}, as before.")
        else:
            print_line(f"Your days are cut in {done.after} now, no longer in {done.before}.")
            print_line(f"{done.totals:,} day totals were counted anew; {done.changed:,} entries changed.")
        if other is not None:
            say("note", f"Your system says {other.key}; to cut your days there: klout-tui zone {other.key}")
