"""Mastodon, and every server that speaks its API.

``target`` reads what the user typed, ``linking`` finds the account, ``reading`` runs a refresh; ``entities`` are the
API's shapes, ``mapping`` turns them into our nouns, ``bookmark`` remembers how far a refresh got.
"""

from klout_tui.networks.mastodon.adapter import Mastodon

__all__ = ["Mastodon"]
