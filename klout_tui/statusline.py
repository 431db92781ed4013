"""The line of ``klout-tui today --line``, kept by whoever changed the store, so that a prompt never has to wait for it.

Making it means opening the store and importing what judges a month; a prompt has a tenth of a second. So a command that
changed something makes the line as it ends, and so does the open app a moment after each change; what time alone
changes is told ahead (``domain.spells``).
"""

from __future__ import annotations

from klout_tui.domain.dashboard import Choice, derive
from klout_tui.domain.spells import Spell
from klout_tui.paths import Paths
from klout_tui.session import Session
from klout_tui.store import glance
from klout_tui.store.facts import read_facts
from klout_tui.store.reviewing import lines_ahead


def stamp(paths: Paths) -> str:
    """What a line made now would be made of; empty where there is no store to speak of."""
    return glance.stamp(paths.store, paths.settings)


def told(session: Session) -> str:
    """The line as of the session's moment, made anew.

    Raises:
        StoreError: the store cannot be read.
    """
    return _ahead(session)[0].line


def renewed(session: Session) -> str:
    """The line, made anew and kept for whoever asks next.

    Raises:
        StoreError: the store cannot be read.
    """
    before = stamp(session.paths)
    session.store.poll()  # what is read now is not older than the stamp
    at, ahead = session.now(), _ahead(session)
    if before and before == stamp(session.paths):
        glance.keep(session.paths.store, before, at, ((spell.until, spell.line) for spell in ahead))
    return ahead[0].line


def ensure(session: Session) -> None:
    """Keep the line for whoever asks next, where none is kept that is true now.

    Raises:
        StoreError: the store cannot be read.
    """
    if glance.kept(session.paths.store, stamp(session.paths), session.now()) is None:
        renewed(session)


def _ahead(session: Session) -> tuple[Spell, ...]:
    now, settings = session.now(), session.settings
    facts = read_facts(session.store, now, past=session.as_of is not None, paused=settings.paused)
    return lines_ahead(session.store, facts, derive(facts, now, session.zone, Choice()))
