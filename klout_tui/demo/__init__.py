"""The demo: an invented person with a year of life, served to the real adapters by servers inside this process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import httpx

from klout_tui.demo.persona import Persona
from klout_tui.demo.rhythm import Rhythm
from klout_tui.demo.seeds import PERSONA, read, seeds_folder
from klout_tui.demo.transport import DemoTransport
from klout_tui.networks.base import LinkRequest

__all__ = ["Demo", "DemoLink", "open_demo"]

_VISIT: Final = (21, 40)
"""When yesterday's visit ended, on her clock."""


@dataclass(frozen=True, slots=True)
class DemoLink:
    """An account the demo links at once."""

    network: str
    request: LinkRequest
    token: str | None
    write_token: str | None = None
    """With it writing is allowed at once; None leaves it off."""


@dataclass(frozen=True, slots=True)
class Demo:
    """Everything a session needs to show the persona."""

    transport: httpx.AsyncBaseTransport
    links: tuple[DemoLink, ...]
    visited_at: datetime
    """A believable end of the last visit: yesterday evening, UTC."""
    zone: str
    """The persona's time zone, an IANA name."""


def open_demo(clock: Callable[[], datetime], *, latency: float = 0.0, folder: Path | None = None) -> Demo:
    """A demo whose year ends at ``clock()`` as it is now; while the clock goes on, new things arrive.

    The same clock reading, to the minute, gives the same year. Nothing is generated before the first request.

    Args:
        clock: aware times.
        latency: seconds each answer takes; above 0 the first reading is visible as progress.
        folder: the description's folder, the packaged ``seeds`` when None.

    Raises:
        ConfigError: the description cannot be read; the message names the file and the entry.
    """
    folder = folder or seeds_folder()
    persona = read(folder / PERSONA, Persona)
    her = persona.her
    rhythm = Rhythm(persona, clock())
    return Demo(
        transport=DemoTransport(persona, folder, clock, latency=latency),
        links=(
            DemoLink("mastodon", LinkRequest(f"@{her.handle}@{her.server}"), her.token, her.write_token or None),
            DemoLink("blog", LinkRequest(f"https://{her.site}"), None),
        ),
        visited_at=rhythm.at(rhythm.today - timedelta(days=1), *_VISIT),
        zone=persona.zone,
    )
