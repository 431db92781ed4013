"""``klout-tui export``: everything that is kept, in files that other programs read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import click

from klout_tui.cli.asking import (
    Query,
    accounts_of,
    acts_of,
    given_of,
    letters_of,
    may_be_told,
    notes_of,
    posts_of,
    span_of,
)
from klout_tui.cli.keeping import refuse_existing
from klout_tui.cli.printing import say
from klout_tui.cli.running import Run
from klout_tui.errors import UsageError

if TYPE_CHECKING:
    from klout_tui.session import Session

Row = dict[str, Any]
FORMATS: Final = ("ndjson", "csv")
_STDOUT: Final = Path("-")


@click.command(
    epilog="\b\nExamples:\n"
    "  klout-tui export everything.ndjson\n"
    "  klout-tui export interactions.csv --since 2026-01-01\n"
    "  klout-tui export tables/ --format csv --what posts,interactions,days\n"
    "  klout-tui export - --what days | jq -s 'map(.named) | add'",
)
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--format", "form", type=click.Choice(FORMATS), help="Else as FILE ends: .csv is CSV, all else one JSON a line."
)
@click.option("--what", "whats", multiple=True, metavar="NOUNS", help="One or more, parted by commas.")
@click.option("--account", metavar="ACCOUNT", help="Only this account: its id, its handle, or how one begins.")
@click.option("--since", metavar="D", help="First local day.")
@click.option("--until", metavar="D", help="Last local day.")
@click.option("--include-private", is_flag=True, help="Also write text that is not public.")
@click.option("--force", is_flag=True, help="Replace files that are there.")
@click.pass_obj
def export(
    run: Run,
    file: Path,
    form: str | None,
    whats: tuple[str, ...],
    account: str | None,
    since: str | None,
    until: str | None,
    include_private: bool,
    force: bool,
) -> None:
    """Write what is kept to FILE, or to stdout where FILE is "-". Nothing is fetched.

    NOUNS are accounts, posts, interactions, plusk, days, readings (the accounts' own counters by day), notes and
    letters (what you wrote to others from here), or all, which is what NDJSON holds unless you say; a line of it has
    the fields of "show --json" and a "type". CSV holds interactions unless you say; for several nouns FILE is a folder
    that gets one file for each. A cell that a spreadsheet would take for a formula (= + - @) gets an apostrophe in
    front.

    Files are readable by you alone and written whole or not at all. Rows stand oldest first.
    """
    from klout_tui.output.export import csv_lines, ndjson

    form = form or ("csv" if file.suffix.lower() == ".csv" else "ndjson")
    nouns = _nouns(whats, form)
    many_files = form == "csv" and len(nouns) > 1
    targets = _targets(file, nouns, many_files=many_files, force=force)
    with run.filled() as session:
        chosen = session.account(account).id if account is not None else None
        query = Query(chosen, span_of(session, since, until), include_private)
        if not many_files:
            lines = (
                (csv_lines(noun, _rows(session, query, noun)) for noun in nouns)
                if form == "csv"
                else (ndjson(noun, _rows(session, query, noun)) for noun in nouns)
            )
            _write(targets[0], (line for some in lines for line in some))
            return
        for noun, target in zip(nouns, targets, strict=True):
            _write(target, csv_lines(noun, _rows(session, query, noun)))


def _nouns(whats: Iterable[str], form: str) -> list[str]:
    """The nouns asked for, in their own order.

    Raises:
        UsageError: there is no such noun.
    """
    from klout_tui.config import nearest
    from klout_tui.output.export import NOUNS

    asked = [word.strip().lower() for what in whats for word in what.split(",") if word.strip()]
    for word in asked:
        if word not in (*NOUNS, "all"):
            guess = nearest(word, NOUNS)
            hint = f"Did you mean {guess}?" if guess else f"There are {', '.join(NOUNS)}, and all."
            raise UsageError(f"“{word}” cannot be exported", hint=hint)
    if not asked:
        return ["interactions"] if form == "csv" else list(NOUNS)
    return [noun for noun in NOUNS if noun in asked or "all" in asked]


def _targets(file: Path, nouns: list[str], *, many_files: bool, force: bool) -> list[Path]:
    """Where each noun goes.

    Raises:
        UsageError: it cannot go there, or something is there already.
    """
    if file == _STDOUT:
        if many_files:
            raise UsageError("CSV holds one noun; stdout cannot take several", hint="Give one --what, or a folder.")
        return [file]
    if not many_files:
        refuse_existing(file, force=force)
        if file.is_dir():
            raise UsageError(f"{file} is a folder", hint="Name a file.")
        return [file]
    if file.exists() and not file.is_dir():
        raise UsageError(f"{file} is a file; several nouns in CSV need a folder", hint="Name a folder, or one --what.")
    targets = [file / f"{noun}.csv" for noun in nouns]
    for target in targets:
        if target.exists() and not force:
            raise UsageError(f"{target} is there already; nothing was written", hint="Say --force to replace it.")
    return targets


def _write(target: Path, lines: Iterable[bytes]) -> None:
    """Write a stream to its place, or to stdout. A reader that has seen enough is no error."""
    if target == _STDOUT:
        _pour(lines, sys.stdout.buffer)
        return
    from klout_tui.store.files import make_folder, new_file

    if not target.parent.exists():
        make_folder(target.parent)
    with new_file(target) as file:
        number = _pour(lines, file)
    say("written", f"{target}: {number:,} lines")


def _pour(lines: Iterable[bytes], file: IO[bytes]) -> int:
    number = 0
    for line in lines:
        file.write(line)
        number += 1
    file.flush()
    return number


def _rows(session: Session, query: Query, noun: str) -> Iterator[Row]:
    """The rows of a noun, oldest first, as they come."""
    return _SOURCES[noun](session, query)


def _accounts(session: Session, query: Query) -> Iterator[Row]:
    from klout_tui.output import jsonform

    past = session.as_of is not None
    for account, health, reading, paused in accounts_of(session, query):
        yield jsonform.account_row(account, health, reading, paused=paused, past=past)


def _posts(session: Session, query: Query) -> Iterator[Row]:
    from klout_tui.output import jsonform

    for post in posts_of(session, query):
        yield jsonform.post_row(post, private=query.private)


def _interactions(session: Session, query: Query) -> Iterator[Row]:
    from klout_tui.output import jsonform

    for act, known in acts_of(session, query):
        yield jsonform.interaction_row(act, known, private=query.private)


def _plusk(session: Session, query: Query) -> Iterator[Row]:
    from klout_tui.domain.plusk import shown
    from klout_tui.output import jsonform
    from klout_tui.store.ruling import ruling

    rules = ruling(session.store).rules
    for plusk in shown(given_of(session, query), session.store.thanked()):
        yield jsonform.plusk_row(plusk, rules, private=query.private)


def _days(session: Session, query: Query) -> Iterator[Row]:
    from klout_tui.output import jsonform

    span = query.span
    yield from map(jsonform.day_row, session.store.days(account=query.account, since=span.first, until=span.last))


def _readings(session: Session, query: Query) -> Iterator[Row]:
    from klout_tui.output import jsonform

    span = query.span
    found = session.store.readings(account=query.account, since=span.first, until=span.last)
    yield from map(jsonform.reading_row, found)


def _notes(session: Session, query: Query) -> Iterator[Row]:
    from klout_tui.output import jsonform

    yield from map(jsonform.note_row, notes_of(session, query))


def _letters(session: Session, query: Query) -> Iterator[Row]:
    from klout_tui.output import jsonform

    for letter in letters_of(session, query):
        yield jsonform.letter_row(letter, public=may_be_told(session, query, letter))


_SOURCES: Final[Mapping[str, Callable[[Session, Query], Iterator[Row]]]] = {
    "accounts": _accounts,
    "posts": _posts,
    "interactions": _interactions,
    "plusk": _plusk,
    "days": _days,
    "readings": _readings,
    "notes": _notes,
    "letters": _letters,
}
