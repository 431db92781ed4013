"""Bluesky, and every other server of the AT Protocol with its ``app.bsky`` lexicons.

``target`` reads what the user typed, ``linking`` finds the account, ``session`` logs in and stays so, ``reading`` runs
a refresh; ``entities`` are the network's objects, ``mapping`` turns them into our nouns, ``bookmark`` and ``trail``
remember how far a refresh got.
"""

from klout_tui.networks.bluesky.adapter import Bluesky

__all__ = ["Bluesky"]
