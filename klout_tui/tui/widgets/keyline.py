"""The line of keys at the bottom of a screen: where it is too narrow for all, help and quit stay in sight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.reactive import reactive
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

KEPT: Final = ("app.help", "app.quit")
"""The ids of the two keys nobody should have to look for: from the one all others are found."""
_META: Final = "keyline"
"""What a key's cells are marked with."""


def in_sight(widths: Sequence[int], kept: Sequence[int], room: int) -> list[int]:
    """The order in which keys of these ``widths`` are shown, so that those at ``kept`` lie within ``room`` cells.

    Nothing moves where they do anyway; else they come before the first key that would push them out.
    """
    order = list(range(len(widths)))
    if not kept or sum(widths[: max(kept) + 1]) <= room:
        return order
    left = room - sum(widths[each] for each in kept)
    before: list[int] = []
    for each in order:
        if each in kept:
            continue
        left -= widths[each]
        if left < 0:
            break
        before.append(each)
    first = [*before, *kept]
    return [*first, *(each for each in order if each not in first)]


@dataclass(frozen=True, slots=True)
class Offer:
    """A key that works now, as the line tells it."""

    key: str
    """As the app hears it."""
    reads: str
    """As it is shown."""
    words: str
    tip: str
    enabled: bool
    kept: bool
    """Whether it stays in sight."""

    @property
    def width(self) -> int:
        """Cells it takes, with the gap after it."""
        return cell_len(self.reads) + 1 + cell_len(self.words) + 1


def offers_of(screen: Screen[Any]) -> tuple[Offer, ...]:
    """What the keys do on this screen now: the first one of each action, those of the focused part first."""
    active = screen.active_bindings.values()
    kept = {each.binding.action for each in active if each.binding.id in KEPT}
    found: dict[str, Offer] = {}
    for _, binding, enabled, tip in active:
        if binding.show and binding.action not in found:
            reads = screen.app.get_key_display(binding)
            found[binding.action] = Offer(
                binding.key, reads, binding.description, tip, enabled, kept=binding.action in kept
            )
    return tuple(found.values())


class KeyLine(Widget, can_focus=False):
    """Shows what Textual's compact footer shows, in an order fitted to the width; the mouse presses keys too.

    One widget, not Textual's one for each key: that one makes and styles them all anew whenever the focus moves,
    which was two fifths of all the work that a key pressed caused.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"keyline--key", "keyline--words", "keyline--under", "keyline--disabled"}
    DEFAULT_CSS = """
    KeyLine {
        dock: bottom;
        height: 1;
        color: $footer-foreground;
        background: $footer-background;
        &:hover { pointer: pointer; }
        & > .keyline--key { color: $footer-key-foreground; background: $footer-key-background; text-style: bold; }
        & > .keyline--words { color: $footer-description-foreground; background: $footer-description-background; }
        & > .keyline--under { background: $block-hover-background; }
        & > .keyline--disabled { text-style: dim; }
    }
    """

    offers: reactive[tuple[Offer, ...]] = reactive(())
    turned: reactive[int] = reactive(0)
    """How many keys at the left the wheel has turned out of sight."""
    under: reactive[Offer | None] = reactive(None)
    """The key that the mouse points at."""

    def on_mount(self) -> None:
        """Listen for other keys."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def on_unmount(self) -> None:
        """Listen no more."""
        self.screen.bindings_updated_signal.unsubscribe(self)

    def placed(self) -> list[tuple[int, Offer]]:
        """The keys from the first one in sight on as far as they are seen whole, each after the column it begins at.

        Half a word helps nobody; the help lists all of them.
        """
        ordered = self._ordered()
        found: list[tuple[int, Offer]] = []
        column = 0
        for offer in ordered[min(self.turned, self._most(ordered)) :]:
            if column + offer.width > self.size.width + 1:  # the last one needs no gap after it
                break
            found.append((column, offer))
            column += offer.width
        return found

    def render_line(self, y: int) -> Strip:  # noqa: ARG002 (there is one)
        """The keys, as far as there is room, each with its name for the mouse to find."""
        key, words = (self.get_component_rich_style(f"keyline--{part}") for part in ("key", "words"))
        segments = []
        for _, offer in self.placed():
            change = self._change(offer) + Style(meta={_META: offer.key})
            segments.append(Segment(offer.reads, key + change))
            if offer.words:
                segments.append(Segment(f" {offer.words}", words + change))
            segments.append(Segment(" ", self.rich_style))
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Tell what the key under the mouse is for."""
        self.under = self._at(event)

    def on_leave(self) -> None:
        """The mouse points at nothing here."""
        self.under = None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Press the key under the mouse."""
        offer = self._at(event)
        if offer is not None and offer.enabled:
            self.app.simulate_key(offer.key)
        elif offer is not None:
            self.app.bell()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Show keys that lie beyond the right edge."""
        self._turn(event, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Show again the keys at the left."""
        self._turn(event, -1)

    def watch_under(self) -> None:
        """The tooltip is the key's."""
        self.tooltip = (self.under.tip or None) if self.under else None

    def watch_offers(self) -> None:
        """Other keys are shown from the first."""
        self.turned = 0
        self.under = None

    def _bindings_changed(self, screen: Screen[Any]) -> None:
        if screen.app.app_focus and self.is_attached and screen is self.screen:
            self.call_after_refresh(self._renew)

    def _renew(self) -> None:
        if self.is_attached:
            self.offers = offers_of(self.screen)

    def _ordered(self) -> list[Offer]:
        widths = [offer.width for offer in self.offers]
        kept = [place for place, offer in enumerate(self.offers) if offer.kept]
        # The last key of all needs no gap after it.
        return [self.offers[place] for place in in_sight(widths, kept, self.size.width + 1)]

    def _most(self, ordered: Sequence[Offer]) -> int:
        """How many keys have to go at the left until the last one is wholly in sight."""
        room = self.size.width + 1
        for shown in range(1, len(ordered) + 1):
            room -= ordered[-shown].width
            if room < 0:
                return len(ordered) - max(1, shown - 1)
        return 0

    def _at(self, event: events.MouseEvent) -> Offer | None:
        key = event.style.meta.get(_META)
        return next((offer for offer in self.offers if offer.key == key), None)

    def _change(self, offer: Offer) -> Style:
        """What the mouse and a disabled action change in how a key looks."""
        change = Style()
        if offer == self.under:
            change += Style(bgcolor=self.get_component_rich_style("keyline--under").bgcolor)
        if not offer.enabled:
            change += self.get_component_rich_style("keyline--disabled", partial=True)
        return change

    def _turn(self, event: events.MouseScrollDown | events.MouseScrollUp, by: int) -> None:
        most = self._most(self._ordered())
        if most:
            event.stop()
            event.prevent_default()
            self.turned = max(0, min(most, self.turned + by))
