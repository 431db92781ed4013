"""``klout-tui`` itself: what stands before every command, and what every command does with an error."""

from __future__ import annotations

import io
import os
import sys
from importlib import import_module
from typing import Any, Final

import click

from klout_tui import __version__
from klout_tui.cli.ending import ended_in_order
from klout_tui.cli.printing import FAILED, MISUSED, STOPPED, say
from klout_tui.cli.running import Run, Tools
from klout_tui.errors import ConfigError, KloutError, UsageError

_DEMO_LATENCY: Final = 0.05
"""Seconds the demo's servers take for each answer in the app, so that the first reading can be watched."""

_LONGEST_PATH: Final = 4096


COMMANDS: Final = {
    "link": "linking.link",
    "unlink": "linking.unlink",
    "allow-writing": "writing.allow_writing",
    "refresh": "refreshing.refresh",
    "show": "showing.show",
    "today": "today.today",
    "score": "scoring.score",
    "why": "explaining.why",
    "note": "noting.note",
    "log": "gratitude.log",
    "plusk": "plussing.plusk",
    "topics": "topics.topics",
    "people": "people.people",
    "when": "advising.when",
    "habits": "advising.habits",
    "export": "exporting.export",
    "backup": "keeping.backup",
    "restore": "keeping.restore",
    "doctor": "checking.doctor",
    "zone": "checking.zone",
}
"""Where each command lies in this package, in the order of the help; none is imported before it is asked for."""


class Root(click.Group):
    """Turns every error a user can mend into two lines on stderr and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Their names."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """One command, imported now."""
        module, _, name = COMMANDS.get(cmd_name, "").partition(".")
        if not module:
            return None
        found: click.Command = getattr(import_module(f"{__package__}.{module}"), name)
        return found

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; the package tells the exit codes."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")  # an old terminal's encoding must not end the program
        try:
            with ended_in_order():
                return super().invoke(ctx)
        except KloutError as error:
            say("error", error.message)
            if error.hint:
                say("hint", error.hint)
            ctx.exit(MISUSED if isinstance(error, UsageError | ConfigError) else FAILED)
        except KeyboardInterrupt:
            say("stopped", "what was read is kept")
            ctx.exit(STOPPED)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The examples, and where things lie for whoever asks."""
        super().format_epilog(ctx, formatter)
        from klout_tui.domain.text import clean_line
        from klout_tui.paths import Paths

        paths = Paths.find(os.environ)
        formatter.write_paragraph()
        formatter.write("  Where things lie:\n")
        for what, path in (("settings", paths.settings), ("data", paths.store), ("log", paths.log)):
            # never wrapped: a path is to be copied
            formatter.write(f"    {what:8}  {clean_line(str(path), _LONGEST_PATH)}\n")


@click.group(
    cls=Root,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="\b\nExamples:\n"
    "  klout-tui --demo                     look around with invented data\n"
    "  klout-tui link mastodon @you@your.server --token-stdin\n"
    "  klout-tui link blog https://your.site\n"
    "  klout-tui                            the dashboard\n"
    "  klout-tui show plusk --since 7d      this week's acknowledgements\n"
    "  klout-tui plusk rules                what earns one, and what other rules would count\n"
    "  klout-tui --as-of 2026-06-30 show topics --json",
)
@click.version_option(__version__, prog_name="klout-tui", message="%(prog)s %(version)s")
@click.option("--demo", is_flag=True, help="An invented person's year, in a temporary home; yours stays untouched.")
@click.option("--as-of", metavar="DATE", help="Show everything as at the end of that local day (2026-06-30).")
@click.pass_context
def main(ctx: click.Context, demo: bool, as_of: str | None) -> None:
    """Who engaged with you, for what, and what to do next.

    Without a command: the dashboard. Settings and data lie in the folder KLOUT_TUI_HOME names, else where your
    system keeps such things; both are named below.
    """
    day = None
    if as_of is not None:
        from klout_tui.output.span import parse_iso_day

        day = parse_iso_day(as_of)
    tools = ctx.obj if isinstance(ctx.obj, Tools) else Tools(ctx.obj) if ctx.obj else Tools()
    ctx.obj = Run(demo=demo, as_of=day, tools=tools)
    if ctx.invoked_subcommand is None:
        with ctx.obj.session(latency=_DEMO_LATENCY if demo and day is None else 0.0) as session:
            from klout_tui.tui.app import run_dashboard

            code = run_dashboard(session)
        if code:
            ctx.exit(code)
