"""What was said below a post: a tree of which parts may be gone or behind a block. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from klout_tui.networks.bluesky.entities import PostView
from klout_tui.networks.bluesky.node import Node


@dataclass(frozen=True, slots=True)
class Said:
    """A post met in a thread, with what its own record does not tell."""

    post: PostView
    below: str = ""
    """The nearest post of hers above it, where the network counts it as an answer to that; else empty."""


def thread(node: Node, hers: str, levels: int) -> Iterator[Said]:
    """Every readable post below the top of a thread (app.bsky.feed.defs#threadViewPost).

    Args:
        node: the top.
        hers: her DID.
        levels: how far below a post of hers an answer still counts as one to her.
    """
    waiting: list[tuple[Node, str, int]] = [(node, "", 0)]
    top = True
    while waiting:
        place, below, steps = waiting.pop()
        try:
            post: PostView | None = PostView.read(place.node("post"))
        except ValueError:  # gone, or behind a block; what hangs below may still be there
            post = None
        if post is not None and not top:
            yield Said(post, below if steps <= levels else "")
        top = False
        if post is not None and post.author.did == hers:
            below, steps = post.uri, 0
        waiting += [(each, below, steps + 1) for each in reversed(place.nodes("replies"))]
