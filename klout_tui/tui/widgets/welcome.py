"""What a newcomer sees: what this is, and the one thing to do."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Center, Middle, Vertical
from textual.widgets import Button, Static

WORDS = """\
[b]Who engaged with you, for what, and what to do next.[/b]

klout-tui reads your own accounts, keeps what it finds on this machine and talks to nobody else. Once a day, five \
minutes.

Link a first account: a Mastodon handle, or the address of your blog. Public things are read without any password.

[dim]To look around first, quit and start [/dim]klout-tui --demo"""


class Welcome(Middle):
    """The first-run screen."""

    def compose(self) -> ComposeResult:
        """A few words and one button."""
        with Center(), Vertical(id="welcome"):
            yield Static(WORDS)
            yield Button("Link an account  (a)", variant="primary", action="app.link", id="link-first")

    def focus_content(self) -> None:
        """Give the keys to the one thing to do."""
        self.query_one(Button).focus()
