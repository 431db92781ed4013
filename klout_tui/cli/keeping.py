"""``klout-tui backup`` and ``klout-tui restore``."""

from __future__ import annotations

from pathlib import Path

import click

from klout_tui.cli.printing import print_json, print_line, say
from klout_tui.cli.running import Run
from klout_tui.errors import UsageError


@click.command(
    epilog="\b\nExamples:\n  klout-tui backup ~/klout-tui.tar.gz\n"
    "  0 3 * * 0 klout-tui backup --force ~/backups/klout-tui.tar.gz   (a line for cron)",
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def backup(run: Run, file: Path, force: bool, as_json: bool) -> None:
    """Write everything into one archive FILE (tar.gz).

    It is complete, private posts included, and readable by you alone. Tokens are not in it: after a restore on another
    machine, link the accounts that need one again. Others may go on reading and refreshing meanwhile.
    """
    file = file.expanduser().absolute()
    refuse_existing(file, force=force)
    with run.home(deed="back anything up") as paths:
        from klout_tui.store.backup import back_up

        if paths.store in file.parents:
            raise UsageError(f"{file} lies inside the store itself", hint="Choose a place outside it.")
        made = back_up(paths.store, paths.settings, file, run.tools.clock)
        if as_json:
            from klout_tui.output import jsonform

            content = {
                "file": str(file),
                "created": jsonform.instant(made.created),
                "format": made.format,
                "files": len(made.files),
                "bytes": made.size,
            }
            print_json([jsonform.single("backup", content)])
        else:
            print_line(f"{len(made.files):,} files, {made.size / (1 << 20):,.1f} MB, are in {file}. No token is.")


@click.command(
    epilog="\b\nExamples:\n  klout-tui restore ~/klout-tui.tar.gz\n  klout-tui restore --force ~/klout-tui.tar.gz",
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Also where a store is already; it is moved aside, not deleted.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def restore(run: Run, file: Path, force: bool, as_json: bool) -> None:
    """Put the store of a backup FILE in place.

    Every byte is verified first; if anything is amiss, nothing changes. Your settings file is not written over: where
    it differs from the backup's, that one is laid beside it.
    """
    if run.demo:
        raise UsageError("the demo's home goes when it ends; nothing can be restored into it", hint="Leave --demo out.")
    file = file.expanduser().absolute()
    if not file.exists():
        raise UsageError(f"there is no file {file}")
    with run.home(deed="restore anything") as paths:
        from klout_tui.store.backup import restore as put_back

        done = put_back(file, paths.store, paths.settings, run.tools.clock, force=force)
        made = done.manifest
        if as_json:
            from klout_tui.output import jsonform

            content = {
                "file": str(file),
                "created": jsonform.instant(made.created),
                "files": len(made.files),
                "moved_aside": str(done.aside) if done.aside else None,
                "settings": str(done.settings) if done.settings else None,
            }
            print_json([jsonform.single("restore", content)])
            return
        print_line(f"The store of {made.created:%Y-%m-%d %H:%M} UTC is in place: {len(made.files):,} files.")
        if done.aside:
            print_line(f"The store that was there is kept as {done.aside}.")
        if done.settings:
            print_line(f"The settings of the backup are in {done.settings}.")
        say("note", "Tokens are in no backup; link the accounts that need one again. klout-tui doctor looks it over.")


def refuse_existing(file: Path, *, force: bool) -> None:
    """Stop before a file that is there.

    Raises:
        UsageError: it is, and nobody said that it may be replaced.
    """
    if file.exists() and not force:
        raise UsageError(f"{file} is there already; nothing was written", hint="Say --force to replace it.")
    if not file.parent.is_dir():
        raise UsageError(f"there is no folder {file.parent}")
