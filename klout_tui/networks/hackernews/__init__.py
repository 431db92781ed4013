"""Hacker News, through its two open interfaces: Firebase for what is live, Algolia's search for everything else.

``target`` reads what the user typed, ``linking`` finds the account, ``reading`` runs a refresh; ``entities`` are the
interfaces' shapes, ``mapping`` turns them into our nouns, ``bookmark`` remembers how far a refresh got.
"""

from klout_tui.networks.hackernews.adapter import HackerNews

__all__ = ["HackerNews"]
