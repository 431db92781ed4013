"""How things get onto the two streams: answers on stdout, everything else on stderr."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from klout_tui.output.listing import Table

FAILED: Final = 1
MISUSED: Final = 2
STOPPED: Final = 130

_CHUNK: Final = 64 * 1024
_LINE_LIMIT: Final = 2000


def say(what: str, words: str) -> None:
    """One line on stderr: ``error: …``, ``hint: …``, ``note: …``. Codes a terminal would obey are taken out."""
    from klout_tui.domain.text import clean_line

    click.echo(f"{what}: {clean_line(words, _LINE_LIMIT)}", err=True)


def print_line(words: str) -> None:
    """One line on stdout, harmless."""
    from klout_tui.domain.text import clean_line

    click.echo(clean_line(words, _LINE_LIMIT, emoji=True))


def print_json(pieces: Iterable[bytes]) -> None:
    """JSON on stdout, UTF-8 whatever the terminal's encoding; pieces are joined, not held together."""
    pending = bytearray()
    for piece in pieces:
        pending += piece
        if len(pending) >= _CHUNK:
            click.echo(bytes(pending), nl=False)
            pending.clear()
    click.echo(bytes(pending), nl=False)


def print_table(table: Table) -> None:
    """A table on stdout: as wide as the terminal and with a bold head there, plain and uncut elsewhere."""
    from klout_tui.output.table import render

    terminal = sys.stdout.isatty()
    columns, rows = table
    lines = render(columns, rows, shutil.get_terminal_size().columns if terminal else None)
    bold = terminal and not os.environ.get("NO_COLOR")
    click.echo("\n".join([click.style(lines[0], bold=True) if bold else lines[0], *lines[1:]]))
