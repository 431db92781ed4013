"""Webmentions of the user's own site, as webmention.io keeps them; what Bridgy feeds it is recognised.

``target`` reads what the user typed, ``linking`` looks at the site and at what is kept for it, ``reading`` runs a
refresh; ``entities`` are the interface's shapes, ``bridgy`` reads the addresses Bridgy makes, ``mapping`` turns all of
it into our nouns, ``bookmark`` remembers how far a refresh got.
"""

from klout_tui.networks.webmention.adapter import Webmention

__all__ = ["Webmention"]
