"""What changed engagement, whether that is more than normal, and why: each reason with what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Final

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import DataTable, Static

from klout_tui.domain import wording
from klout_tui.domain.diagnosis import Aside, By, Diagnosis, Finding, Part, PersonShown, PostShown
from klout_tui.domain.diagnosis.saying import capital, network
from klout_tui.tui.inks import Inks
from klout_tui.tui.messages import Noun
from klout_tui.tui.reviewdesk import ReviewDesk
from klout_tui.tui.screens.looking import LookingScreen
from klout_tui.tui.screens.page import one_line
from klout_tui.tui.widgets.keyline import KeyLine
from klout_tui.tui.widgets.table import Column, Row, RowTable

REASONS: Final = (
    Column("sure", "", 8),
    Column("what", "reason", 24, grow=1),
    Column("size", "reactions", 9, right=True),
    Column("range", "surely", 16, right=True, rank=1),
)
PROOF: Final = (
    Column("when", "when", 6, right=True),
    Column("what", "rests on", 20, grow=1),
    Column("before", "before", 8, right=True),
    Column("now", "now", 8, right=True),
)
PARTS: Final = (
    Column("label", "", 14, grow=2, most=40),
    Column("before", "before", 8, right=True),
    Column("now", "now", 8, right=True),
    Column("change", "change", 8, right=True),
    Column("posts", "by posts", 9, right=True, rank=1),
    Column("people", "by people", 9, right=True, rank=1),
    Column("acts", "by acts", 9, right=True, rank=1),
)
NOTES: Final = 4
"""Notes told at the top."""

TALL: Final = 44
"""Lines of a screen from which there is room for what a reason rests on and for what the number is made of."""

_VIEWS: Final = (None, *By)
_SAID: Final = {
    None: "What the reason rests on; v shows what the number is made of",
    By.NETWORK: "What it is made of, by network",
    By.TOPIC: "What it is made of, by topic of the post",
    By.KIND: "What it is made of, by kind of post",
}


class ChangesScreen(LookingScreen[Diagnosis]):
    """The diagnosis."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="changes.back"),
        Binding("v", "view", "Parts", id="changes.view", tooltip="What it is made of: by network, topic or kind"),
    ]
    HELP = """
## What changed
The last 30 days against the 30 before. Once a week a verdict says whether that is more than your weeks vary anyway;
most often it is not, or there is too little to tell. Under it are the reasons, the weightiest first, each with how many
reactions it made more or fewer, and between what bounds that surely lies. `Enter` goes to the posts and people a reason
rests on, and opens them; `v` shows what the number is made of, split without remainder into posts, people a post and
acts a person: by network, topic and kind of post. On a tall screen it stands below all the time. How it is found, and
how often it errs: docs/diagnosis.md.
"""

    def __init__(self, desk: ReviewDesk) -> None:
        super().__init__(desk.desk, desk.renewed)
        self.add_class("changes")
        self._shown: By | None = None

    def compose(self) -> ComposeResult:
        """The verdict, the reasons, the reason in full, what it rests on."""
        yield Static(classes="head")
        yield RowTable(REASONS, id="reasons")
        yield Static(classes="reading")
        yield Static(classes="section")
        yield RowTable(PROOF, id="proof")
        yield Static(classes="section", id="parts-label")
        yield RowTable(PARTS, id="parts")
        yield KeyLine()

    def draw(self, found: Diagnosis) -> None:
        """Show what was found."""
        self.say(*_sentences(found))
        inks = Inks.of(self.app)
        table = self.query_one("#reasons", RowTable)
        table.display = bool(found.findings)
        table.styles.height = min(len(found.findings), 8) + 1
        table.show([_reason(str(place), each, found, inks) for place, each in enumerate(found.findings)])
        if found.findings:
            table.focus()
        else:
            self._shown = self._shown or By.NETWORK
            self.query_one("#proof").focus()
        self._list()

    def action_back(self) -> None:
        """From what a reason rests on to the reasons, from there to where she came from."""
        if self.query_one("#proof").has_focus and self.query_one("#reasons").display:
            self.query_one("#reasons").focus()
        else:
            self.app.pop_screen()

    def action_view(self) -> None:
        """What the reason rests on, or what the number is made of."""
        views = [each for each in _VIEWS if each is not None or (self.found and self.found.findings and not self._both)]
        shown = self._shown or (By.NETWORK if self._both else None)
        self._shown = views[(views.index(shown) + 1) % len(views)]
        self._list()

    def on_resize(self) -> None:
        """Both tables, or one, whichever the new height has room for."""
        self._list()

    @property
    def _both(self) -> bool:
        """Whether what a reason rests on and what the number is made of are both shown."""
        return self.size.height >= TALL and self._finding is not None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """There must be something to show."""
        return self.found is not None and not _is_empty(self.found) if action == "view" else True

    @on(DataTable.RowHighlighted, "#reasons")
    def _highlighted(self) -> None:
        self._list()

    @on(DataTable.RowSelected, "#reasons")
    def _chosen(self) -> None:
        self.query_one("#proof").focus()

    def _list(self) -> None:
        if self.found is None:
            return
        inks, finding = Inks.of(self.app), self._finding
        reading = self.query_one(".reading", Static)
        reading.display = finding is not None
        if finding is not None:
            tip = ("\n→ " + finding.advice, "dim") if finding.advice else ""
            reading.update(Content.assemble(finding.sentence, tip))
        both, table = self._both, self.query_one("#proof", RowTable)
        for part in ("#parts-label", "#parts"):
            self.query_one(part).display = both
        label = _SAID[None if both else self._shown]
        if both or self._shown is None:
            table.wear(PROOF)
            rows = _proof(finding, self.now, inks) if finding is not None else []
            if finding is not None and not rows:
                label = "It rests on counts alone" + ("" if both else "; v shows what the number is made of")
            elif both:
                label = label.partition(";")[0]
        else:
            table.wear(PARTS)
            rows = _parts(self.found, self._shown, inks)
        table.show(rows)
        table.styles.height = len(rows) + 1 if both else "1fr"
        self.query_one(".section", Static).update(Content(label))
        table.display = self.query_one(".section").display = not _is_empty(self.found)
        if both:
            by = self._shown or By.NETWORK
            self.query_one("#parts-label", Static).update(Content(f"{_SAID[by]}; v shows another split"))
            self.query_one("#parts", RowTable).show(_parts(self.found, by, inks))

    @property
    def _finding(self) -> Finding | None:
        row = self.query_one("#reasons", RowTable).current
        if self.found is None or row is None:
            return None
        place = int(row.key)
        return self.found.findings[place] if place < len(self.found.findings) else None


def _is_empty(found: Diagnosis) -> bool:
    """Whether all that could be told is zeros."""
    return not (found.splits.now or found.splits.before or found.findings or found.notes)


def _sentences(found: Diagnosis) -> list[str]:
    if _is_empty(found):
        days = f"the {found.window.length} days to {wording.day(found.window.last)}"
        return [
            f"No reactions in {days}, none in as many days before.",
            "What changed, and why, is told here once people react to what you publish.",
        ]
    counts = (
        f"{wording.counted(found.splits.now, 'reaction')} in the {found.window.length} days to "
        f"{wording.day(found.window.last)}, {found.splits.before:,} in as many days before."
    )
    told = [found.sentence, counts]
    if found.since and found.next:
        told.append(f"Verdict of {wording.day(found.since)}; the next comes on {wording.day(found.next)}.")
    told += [f"◆ {wording.day(note.day)}  {note.text}: {note.aftermath.sentence}" for note in found.notes[:NOTES]]
    if (more := len(found.notes) - NOTES) > 0:
        told.append(f"◆ and {wording.counted(more, 'more note')}, on the days they are marked on the chart")
    return told


def _reason(key: str, finding: Finding, found: Diagnosis, inks: Inks) -> Row:
    held = finding not in found.reasons
    effect = finding.effect
    low, high = _signed(effect.low), _signed(effect.high)
    return Row(
        key=key,
        cells={
            "sure": Text("held" if held else finding.sure.value, style=inks.dim),
            "what": Text(one_line(finding.sentence), style=inks.dim if held else ""),
            "size": Text(_signed(effect.reactions)),
            "range": Text("counted" if effect.low == effect.high else f"{low} to {high}", style=inks.dim),
        },
        note=finding.sentence,
    )


def _proof(finding: Finding, now: datetime, inks: Inks) -> list[Row]:
    rows = [_post(post, now, inks) for post in finding.posts] + [_person(person, inks) for person in finding.people]
    posts, people = finding.post_count - len(finding.posts), finding.people_count - len(finding.people)
    left = [wording.counted(posts, "more post")] if posts > 0 else []
    left += [f"{people:,} more {'person' if people == 1 else 'people'}"] if people > 0 else []
    if left:
        cells = {column.key: Text("") for column in PROOF}
        rows.append(Row(key="left", cells={**cells, "what": Text(f"and {', '.join(left)}", style=inks.dim)}))
    return rows


def _post(post: PostShown, now: datetime, inks: Inks) -> Row:
    return Row(
        key=post.id,
        cells={
            "when": Text(wording.ago(post.at, now), style=inks.dim),
            "what": Text(one_line(post.title) or "(without words)"),
            "before": Text("" if post.now else wording.number(post.reactions)),
            "now": Text(wording.number(post.reactions) if post.now else ""),
        },
        url=post.url,
        opens=(Noun.POST, post.id),
    )


def _person(person: PersonShown, inks: Inks) -> Row:
    return Row(
        key=person.key,
        cells={
            "when": Text("who", style=inks.dim),
            "what": Text(person.name or person.handle),
            "before": Text(wording.number(person.before)),
            "now": Text(wording.number(person.now)),
        },
        opens=(Noun.PERSON, person.key),
    )


def _parts(found: Diagnosis, by: By, inks: Inks) -> list[Row]:
    """The split, what cannot be compared, and the sum."""
    rows = [_part(part, by, inks) for part in found.splits.tables[by]]
    rows += [
        _line(
            f"aside {place}",
            f"{capital(network(each.network))}, {_apart(each)}",
            (each.before, each.now, each.change),
            inks,
        )
        for place, each in enumerate(found.splits.asides)
    ]
    made = found.splits
    rows.append(_line("sum", "in all", (made.before, made.now, made.change), inks))
    return rows


def _apart(aside: Aside) -> str:
    """Why something is not split further."""
    if aside.why is not None:
        return aside.why.value
    return "without names" if aside.what == "unnamed" else "on no post"


def _part(part: Part, by: By, inks: Inks) -> Row:
    label = capital(network(part.label).removeprefix("your ")) if by is By.NETWORK else part.label or "no topic"
    shares = part.shares
    row = _line(f"part {part.label}", label, (part.before.acts, part.now.acts, shares.change), inks)
    cells = {
        **row.cells,
        "posts": Text(_signed(shares.posts + shares.without)),
        "people": Text(_signed(shares.people)),
        "acts": Text(_signed(shares.acts)),
    }
    opens = (Noun.TOPIC, part.label) if by is By.TOPIC and part.label else None
    return Row(key=row.key, cells=cells, opens=opens)


def _line(key: str, label: str, counts: Sequence[float], inks: Inks) -> Row:
    before, now, change = counts
    return Row(
        key=key,
        cells={
            "label": Text(label),
            "before": Text(f"{before:,.0f}"),
            "now": Text(f"{now:,.0f}"),
            "change": Text(_signed(change)),
            "posts": Text("", style=inks.dim),
            "people": Text(""),
            "acts": Text(""),
        },
    )


def _signed(value: float) -> str:
    whole = round(value)
    return f"+{whole:,}" if whole > 0 else f"−{-whole:,}" if whole < 0 else "0"
