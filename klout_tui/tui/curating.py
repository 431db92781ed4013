"""The part of the app where she decides about topics."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from textual import on, work

from klout_tui.domain.alike import alike
from klout_tui.domain.curation import JOINING, Curation, Tags
from klout_tui.domain.dashboard import Dashboard
from klout_tui.domain.tags import canonical, canonical_topics
from klout_tui.errors import KloutError
from klout_tui.tui.desk import Desk
from klout_tui.tui.messages import Curating, Deed, Noun, Tagging, Unhiding
from klout_tui.tui.screens.detail import DetailScreen
from klout_tui.tui.undoing import TOLD, UndoingApp

Change = Callable[[Curation], Curation]


class CuratingApp(UndoingApp):
    """What is done to topics; each deed can be taken back with one key."""

    desk: Desk

    @on(Curating)
    def _curate(self, message: Curating) -> None:
        view, topic = self.home.view, message.topic
        if view is None or self._refused(view):
            return
        match message.deed:
            case Deed.PIN if topic in view.curation.pinned:
                self._decide(f"unpinned {topic}", lambda now: now.unpin(topic))
            case Deed.PIN:
                self._decide(f"pinned {topic}", lambda now: now.pin(topic))
            case Deed.HIDE:
                self._decide(f"hid {topic}", lambda now: now.hide(topic), became=(topic, None))
            case Deed.RENAME:
                self._ask_name(topic, view)
            case Deed.MERGE:
                self._ask_partner(topic, view)

    def _ask_name(self, topic: str, view: Dashboard) -> None:
        from klout_tui.tui.screens.asking import LineScreen

        def answered(name: str | None) -> None:
            name = " ".join((name or "").split())
            if name in ("", view.label(topic)):
                return
            to = canonical(name)
            if to != topic and any(row.topic == to for row in view.topics.rows):
                self.complain(KloutError(f"There is a topic {to} already.", hint=JOINING))
                return
            self._decide(f"renamed {topic} to {name}", lambda now: now.rename(topic, name), became=(topic, to))

        words = "What you call it from now on, everywhere and for the past too."
        self._ask(LineScreen(f"Rename {view.label(topic)}", words, view.label(topic)), answered)

    def _ask_partner(self, topic: str, view: Dashboard) -> None:
        from klout_tui.tui.screens.asking import Choice, ChooseScreen

        topics = [row.topic for row in view.topics.rows]
        why = {
            (pair.into if pair.topic == topic else pair.topic): pair.why
            for pair in alike(topics, view.curation.apart)
            if topic in (pair.topic, pair.into)
        }
        others = sorted((each for each in topics if each != topic), key=lambda each: each not in why)
        choices = [Choice(each, view.label(each), why.get(each, "")) for each in others]
        if not choices:
            self.notify("There is no other topic to join it with.", markup=False)
            return

        def answered(into: str | None) -> None:
            if into is not None:
                self._decide(f"joined {topic} with {into}", lambda now: now.merge(topic, into), became=(topic, into))

        words = f"Posts, reactions and +K of {view.label(topic)} are those of the one you choose, everywhere."
        self._ask(ChooseScreen(f"Join {view.label(topic)} with", words, choices), answered)

    @on(Unhiding)
    def _unhide(self) -> None:
        """A list of what is hidden, to bring one back."""
        from klout_tui.tui.screens.asking import Choice, ChooseScreen

        view = self.home.view
        if view is None or self._refused(view):
            return
        hidden = view.curation.hidden
        if not hidden:
            self.notify("Nothing is hidden.", markup=False)
            return

        def answered(topic: str | None) -> None:
            if topic is not None:
                self._decide(f"brought {topic} back", lambda now: now.show(topic))

        choices = [Choice(each, each) for each in reversed(hidden)]
        self._ask(ChooseScreen("Hidden topics", "Enter brings one back.", choices), answered)

    @on(Tagging)
    @work(group="tagging", exclusive=True)
    async def _tag(self, message: Tagging) -> None:
        from klout_tui.tui.screens.asking import LineScreen

        view = self.home.view
        if view is None or self._refused(view):
            return
        found = await asyncio.to_thread(self.desk.topics_of, message.post_id)
        if found is None:
            return
        written, hers = found

        def answered(line: str | None) -> None:
            if line is not None:
                wanted = canonical_topics(tuple(line.replace(",", " ").split()))
                tags = Tags.turning(written, wanted)  # Enter on a guess makes it her word
                self._do("tagged a post", partial(self.desk.tag, "tagged a post", message.post_id, tags))

        words = "What this post is about, in your words, with spaces between. They count like its own tags."
        self._ask(LineScreen("Topics of this post", words, " ".join(hers), empty=True), answered)

    def _refused(self, view: Dashboard) -> bool:
        if view.past:
            self.notify("The past can only be looked at.", markup=False)
        return view.past

    def _decide(self, words: str, change: Change, became: tuple[str, str | None] | None = None) -> None:
        self._do(words, partial(self.desk.curate, words, change), became)

    @work(group="curate")
    async def _do(
        self, words: str, deed: Callable[[], int | None], became: tuple[str, str | None] | None = None
    ) -> None:
        """Do something that the store numbers for undoing.

        Args:
            words: What it does, as a past fact.
            deed: Does it; blocking.
            became: A topic, and which one it is now, None where it is hidden: its page follows, or closes.
        """
        async with self._in_turn:
            try:
                number = await asyncio.to_thread(deed)
            except KloutError as error:
                self.complain(error)
                return
            if number is not None:
                self.undo.done(words, partial(self.desk.undo, number))
                self.notify(f"{words[0].upper()}{words[1:]}. Ctrl+Z takes it back.", markup=False, timeout=TOLD)
        if became is not None:
            self._follow_topic(*became)
        self.redraw()

    def _follow_topic(self, topic: str, to: str | None) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, DetailScreen) and screen.noun is Noun.TOPIC and screen.key == topic:
                if to is not None:
                    screen.key = to
                elif screen is self.screen:
                    self.pop_screen()
