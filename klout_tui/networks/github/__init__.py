"""GitHub: github.com, and Enterprise.

``place`` knows where the API is, ``target`` reads what the user typed, ``linking`` finds the account, ``reading`` runs
a refresh: ``listing`` (her repositories), ``around`` (events and notifications), ``digging`` (one repository, page by
page), ``daily`` (what has a budget by the day). ``api`` asks, ``judging`` reads refusals; ``entities`` are the API's
shapes, ``mapping`` and ``happenings`` turn them into our nouns, ``bookmark`` remembers how far a refresh got.

What it costs: a refresh with nothing new takes two conditional requests, which are free with a token; see ``reading``.
Followers, search, her own events and what moved lately have a budget by the day; see ``daily``. In her words all of
this stands in ``docs/networks.md``.

What counts: ids go by GitHub's numbers, so that renames change nothing. Her forks are others' work and no posts. Her
own comments, and the issues and pull requests she opened elsewhere, are replies: they answer somebody and stand in no
denominator. GitHub's star history by day names nobody and has no place in a batch: stars without a name come from the
counter alone, those of the first reading dated to the repository's beginning.
"""

from klout_tui.networks.github.adapter import GitHub

__all__ = ["GitHub"]
