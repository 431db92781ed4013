"""Reading a list of a search from now backwards to a floor, a page at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import datetime

from klout_tui.networks.hackernews import entities, mapping
from klout_tui.networks.hackernews.api import Page
from klout_tui.networks.hackernews.bookmark import Walk


async def walked(
    walk: Walk, page: Callable[[Walk], Awaitable[Page]], now: datetime
) -> AsyncIterator[list[entities.Hit]]:
    """What a list holds between its floor and now, newest first; ``walk`` is moved on before each page is given.

    Spans overlap in the second where they meet, so that nothing between is lost; what was met is left out.

    Args:
        walk: where it is, begun or not.
        page: asks for what lies between the floor and where the walk is.
        now: bounds the dates that are believed.

    Raises:
        NetworkError: as ``page`` does.
    """
    met: set[str] = set()
    barren = 0
    while True:
        found = await page(walk)
        fresh = [hit for hit in found.hits if hit.object_id not in met]
        met.update(hit.object_id for hit in fresh)
        barren = 0 if fresh else barren + 1
        times = _times(found.hits, now)
        walk.step(times)
        # twice nothing unknown: the same again from a server that looks at no span
        if found.is_all or not times or walk.before <= walk.floor or barren > 1:
            walk.finish()
        yield fresh
        if not walk.before:
            return


def _times(hits: Iterable[entities.Hit], now: datetime) -> list[int]:
    """Seconds of those that tell them; one that tells none is where it was found, and moves nothing."""
    dated = (mapping.when(hit.created_at_i, hit.created_at, now) for hit in hits)
    return [int(at.timestamp()) for at, estimated in dated if not estimated]
