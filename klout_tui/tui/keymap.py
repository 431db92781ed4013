"""Every key there is, for checking a keymap and the README against."""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.binding import Binding

from klout_tui.tui import keys
from klout_tui.tui.panes.base import TablePane
from klout_tui.tui.screens.allow import AllowScreen
from klout_tui.tui.screens.asking import ChooseScreen, LineScreen
from klout_tui.tui.screens.changes import ChangesScreen
from klout_tui.tui.screens.consent import ConsentScreen
from klout_tui.tui.screens.detail import DetailScreen
from klout_tui.tui.screens.habits import HabitsScreen
from klout_tui.tui.screens.help import HelpScreen
from klout_tui.tui.screens.home import PANES, HomeScreen
from klout_tui.tui.screens.letter import LetterScreen
from klout_tui.tui.screens.link import LinkScreen
from klout_tui.tui.screens.log_dialog import LogDialog
from klout_tui.tui.screens.log_list import LogScreen
from klout_tui.tui.screens.models import ModelsScreen
from klout_tui.tui.screens.note import NoteScreen
from klout_tui.tui.screens.people import PeopleScreen
from klout_tui.tui.screens.review import ReviewScreen
from klout_tui.tui.screens.rules import RulesScreen
from klout_tui.tui.screens.search import SearchScreen
from klout_tui.tui.screens.unlink import UnlinkScreen
from klout_tui.tui.screens.when import WhenScreen
from klout_tui.tui.screens.why import WhyScreen
from klout_tui.tui.widgets.headline import Headline
from klout_tui.tui.widgets.heatmap import HeatMap
from klout_tui.tui.widgets.noteline import NoteLine
from klout_tui.tui.widgets.table import RowTable


def all_bindings(app: type[App[Any]]) -> list[Binding]:
    """Every binding that has an id, of this app and of whatever screen it shows."""
    screens = (
        HomeScreen,
        DetailScreen,
        SearchScreen,
        PeopleScreen,
        WhyScreen,
        ModelsScreen,
        WhenScreen,
        HabitsScreen,
        ReviewScreen,
        ChangesScreen,
        LogScreen,
    )
    dialogs = (
        LinkScreen,
        UnlinkScreen,
        NoteScreen,
        LogDialog,
        LineScreen,
        ChooseScreen,
        ConsentScreen,
        RulesScreen,
        LetterScreen,
        AllowScreen,
        HelpScreen,
    )
    apps = (each for each in app.__mro__ if each.__module__.startswith(__package__))
    return keys.bindings_of(*apps, *screens, *dialogs, TablePane, *PANES, RowTable, NoteLine, Headline, HeatMap)
