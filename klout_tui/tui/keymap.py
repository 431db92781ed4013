"""Every key there is, for checking a keymap and the README against."""

from __future__ import annotations

from textual.binding import Binding

from klout_tui.tui import keys
from klout_tui.tui.app import KloutApp
from klout_tui.tui.panes.base import TablePane
from klout_tui.tui.screens.detail import DetailScreen
from klout_tui.tui.screens.help import HelpScreen
from klout_tui.tui.screens.home import PANES, HomeScreen
from klout_tui.tui.screens.link import LinkScreen
from klout_tui.tui.screens.search import SearchScreen
from klout_tui.tui.widgets.table import RowTable


def all_bindings() -> list[Binding]:
    """Every binding that has an id, whatever screen it works on."""
    screens = (HomeScreen, DetailScreen, SearchScreen, LinkScreen, HelpScreen)
    return keys.bindings_of(KloutApp, *screens, TablePane, *PANES, RowTable)
