"""Every key there is, for checking a keymap and the README against."""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.binding import Binding

from klout_tui.tui import keys
from klout_tui.tui.panes.base import TablePane
from klout_tui.tui.screens.allow import AllowScreen
from klout_tui.tui.screens.consent import ConsentScreen
from klout_tui.tui.screens.detail import DetailScreen
from klout_tui.tui.screens.help import HelpScreen
from klout_tui.tui.screens.home import PANES, HomeScreen
from klout_tui.tui.screens.letter import LetterScreen
from klout_tui.tui.screens.link import LinkScreen
from klout_tui.tui.screens.models import ModelsScreen
from klout_tui.tui.screens.note import NoteScreen
from klout_tui.tui.screens.rules import RulesScreen
from klout_tui.tui.screens.search import SearchScreen
from klout_tui.tui.screens.unlink import UnlinkScreen
from klout_tui.tui.screens.why import WhyScreen
from klout_tui.tui.widgets.headline import Headline
from klout_tui.tui.widgets.table import RowTable
from klout_tui.tui.writing import WritingApp


def all_bindings(app: type[App[Any]]) -> list[Binding]:
    """Every binding that has an id, of this app and of whatever screen it shows."""
    screens = (HomeScreen, DetailScreen, SearchScreen, WhyScreen, ModelsScreen)
    dialogs = (LinkScreen, UnlinkScreen, NoteScreen, ConsentScreen, RulesScreen, LetterScreen, AllowScreen, HelpScreen)
    return keys.bindings_of(app, WritingApp, *screens, *dialogs, TablePane, *PANES, RowTable, Headline)
