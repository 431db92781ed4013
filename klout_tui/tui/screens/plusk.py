"""The page of one +K, or of an act that is none, and of a row of several: why it counts, and where it leads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.text import Text
from textual.content import Content

from klout_tui.domain import reasons, wording
from klout_tui.domain.dashboard import TOPIC_DAYS, Dashboard
from klout_tui.domain.details import GroupDetail, PlusKDetail
from klout_tui.domain.grouping import Group
from klout_tui.domain.model import Actor
from klout_tui.domain.plusk import THANK_WITHIN, PlusK
from klout_tui.tui.inks import PLUS_K, Inks
from klout_tui.tui.messages import Noun
from klout_tui.tui.screens.page import Page, Section, heading, one_line
from klout_tui.tui.widgets.table import Column, Row

_LINES: Final = 6
"""Lines shown of what was written."""

LEADS_COLUMNS: Final = (
    Column("what", "", 7),
    Column("name", "", 16, grow=2, most=60),
    Column("more", "", 12, grow=3, rank=1),
)

PLUSK_COLUMNS: Final = (
    Column("mark", "", 1),
    Column("when", "when", 6, right=True),
    Column("topics", "for", 12, grow=2, most=40),
    Column("did", "did", 10),
    Column("post", "on", 16, grow=4, rank=1),
    Column("network", "network", 8, rank=2),
)

PEOPLE_COLUMNS: Final = (
    Column("mark", "", 1),
    Column("who", "who", 14, grow=2, most=36),
    Column("topics", "for", 10, grow=2, rank=1, most=36),
    Column("did", "did", 10, rank=2),
    Column("text", "said, or on", 16, grow=4, rank=3),
    Column("followers", "audience", 8, rank=4, right=True),
    Column("when", "when", 6, right=True),
)


def page(detail: PlusKDetail, view: Dashboard, inks: Inks) -> Page:
    """Who did what, why it counts, and where it leads: to the person, the post, the thing itself."""
    plusk, verdict = detail.plusk, detail.verdict
    who = plusk.actor.name or plusk.actor.handle
    on = _topics(plusk, view)
    about = f" on {on}" if on else ""
    when = wording.moment(plusk.at, view.zone) + (" (date estimated)" if plusk.estimated else "")
    private = "" if plusk.public else "not public: stays inside this app"
    span = f" in {TOPIC_DAYS} days" if detail.recent else ""
    text = "\n".join(detail.act.text.splitlines()[:_LINES])[:900]
    return Page(
        heading=heading(
            f"+K from {who}{about}" if verdict.counts else f"{who} {wording.DID[plusk.kind]}: no +K",
            Content.styled("  ·  ".join(filter(None, [when, plusk.network, plusk.actor.handle, private])), "dim"),
            Content.assemble(("Counts: ", f"bold ${PLUS_K}"), reasons.why(plusk, detail.rules, label=view.label))
            if verdict.counts
            else "",
            *(
                Content.assemble(("Does not count: ", "bold"), words)
                for words in reasons.why_not(verdict, plusk, detail.rules, view.zone, view.label)
            ),
            _thanks(plusk, view) if verdict.counts else "",
            Content(text),
        ),
        sections=[
            Section(
                "Where it leads; Enter opens, o in the browser", LEADS_COLUMNS, _leads(detail, view, inks), aside=True
            ),
            Section(
                f"Their other +K{span} ({len(detail.others):,}); Enter opens one",
                PLUSK_COLUMNS,
                [_theirs(each, view, inks) for each in detail.others],
            ),
        ],
        url=plusk.url,
    )


def group_page(detail: GroupDetail, view: Dashboard, inks: Inks) -> Page:
    """Who did it, one by one."""
    group, rules = detail.group, detail.rules
    newest, oldest = group.plusks[0], group.plusks[-1]
    people = len(group.people)
    same = people == 1
    title = names(group.people, 4) if same else wording.counted(people, "person", "people")
    did = ", ".join(wording.DID[kind] for kind in group.kinds)
    on = one_line(newest.on) if len({each.post for each in group.plusks}) == 1 else ""
    on_it = topics_of(group, view)
    about = f" on {on_it}" if on_it else ""
    span = f"{wording.moment(oldest.at, view.zone)} to {wording.moment(newest.at, view.zone)}"
    return Page(
        heading=heading(
            f"+K from {title}{about}",
            Content(f"{did}: {on}" if on else did),
            Content.styled(span, "dim"),
            Content.assemble(("Counts: ", f"bold ${PLUS_K}"), reasons.why(newest, rules, label=view.label))
            if not same
            else "",
            _group_thanks(detail, view),
        ),
        sections=[
            Section(
                f"One by one ({len(group.plusks):,}); Enter tells more, t thanks for one, A for all",
                PEOPLE_COLUMNS,
                [_one_of(each, detail, view, inks) for each in group.plusks],
            )
        ],
    )


def names(people: Sequence[Actor], most: int) -> str:
    """Names of the first few, and how many more there are: ``Ann Lee, Bo and 5 more``."""
    shown = [one_line(each.name or each.handle) for each in people[:most]]
    more = len(people) - len(shown)
    if more:
        return f"{', '.join(shown)} and {more:,} more"
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))


def mark(thanked: int, waiting: int, inks: Inks) -> Text:
    """``○`` waits for a thank-you, ``◐`` thanked in part, ``✓`` thanked; nothing for what is past waiting."""
    if waiting:
        return Text("◐" if thanked else "○", style=inks.plus_k)
    return Text("✓" if thanked else "", style=inks.dim)


def _thanks(plusk: PlusK, view: Dashboard) -> Content:
    if plusk.thanked_at is not None:
        return Content(f"✓ thanked {wording.since(plusk.thanked_at, view.now, view.zone)}")
    if plusk.waits(view.now):
        return Content.assemble(("○ waits for a thank-you", f"${PLUS_K}"), " (t)")
    return Content.styled(f"not thanked within {THANK_WITHIN.days} days, so it waits no more", "dim")


def _group_thanks(detail: GroupDetail, view: Dashboard) -> Content:
    group = detail.group
    waiting, thanked = group.waiting(view.now), len(group.thanked)
    parts = [f"{waiting:,} to thank (A: all)" if waiting else "", f"{thanked:,} thanked" if thanked else ""]
    return Content(", ".join(filter(None, parts)))


def _leads(detail: PlusKDetail, view: Dashboard, inks: Inks) -> list[Row]:
    plusk, post = detail.plusk, detail.post
    actor = plusk.actor
    rows = [_lead("person", actor.name or actor.handle, actor.handle, inks, (Noun.PERSON, actor.key), actor.url)]
    if post is not None:
        title = one_line(post.title or post.text) or f"({post.kind.value})"
        when = wording.moment(post.at, view.zone)
        rows.append(_lead(reasons.thing(post.kind), title, when, inks, (Noun.POST, post.id), post.url))
    for each in detail.verdict.earlier:
        counted = f"the one that counted on {view.label(each.topic)}" if each.topic else "the one that counted"
        told = f"{wording.DID[each.kind]}, {wording.moment(each.at, view.zone)}"
        rows.append(_lead("first", counted, told, inks, (Noun.PLUSK, each.id)))
    if plusk.url:
        rows.append(_lead("itself", plusk.url, "o opens it in the browser", inks, None, plusk.url))
    return rows


def topics_of(item: Group, view: Dashboard) -> str:
    """What it is for; a topic that is only guessed for all of it says so, and so do hidden ones where all are."""
    if not item.topics:
        return wording.hidden_topics(item.hidden, label=view.label)
    sure = {topic for plusk in item.plusks if not plusk.guessed for topic in plusk.topics}
    return ", ".join(wording.topics([topic], guessed=topic not in sure, label=view.label) for topic in item.topics)


def _topics(plusk: PlusK, view: Dashboard) -> str:
    told = wording.topics if plusk.topics else wording.hidden_topics
    return told(plusk.topics or plusk.hidden, guessed=plusk.guessed, label=view.label)


def _lead(what: str, name: str, more: str, inks: Inks, opens: tuple[str, str] | None, url: str = "") -> Row:
    cells = {"what": Text(what, style=inks.dim), "name": Text(name), "more": Text(more, style=inks.dim)}
    return Row(key=f"{what} {name}", cells=cells, url=url, opens=opens)


def _theirs(plusk: PlusK, view: Dashboard, inks: Inks) -> Row:
    return Row(
        key=plusk.id,
        cells={
            "mark": mark(plusk.thanked_at is not None, plusk.waits(view.now), inks),
            "when": Text(("~" if plusk.estimated else "") + wording.ago(plusk.at, view.now), style=inks.dim),
            "topics": Text(_topics(plusk, view), style=inks.plus_k if plusk.topics else inks.dim),
            "did": Text("said +K" if plusk.said else wording.DID[plusk.kind]),
            "post": Text(plusk.on, style=inks.dim),
            "network": Text(plusk.network, style=inks.dim),
        },
        url=plusk.url,
        opens=(Noun.PLUSK, plusk.id),
    )


def _one_of(plusk: PlusK, detail: GroupDetail, view: Dashboard, inks: Inks) -> Row:
    text = detail.texts.get(plusk.id, "")
    same_post = len({each.post for each in detail.group.plusks}) == 1  # then the heading names it
    return Row(
        key=plusk.id,
        cells={
            "mark": mark(plusk.thanked_at is not None, plusk.waits(view.now), inks),
            "who": Text(plusk.actor.name or plusk.actor.handle),
            "topics": Text(_topics(plusk, view), style=inks.plus_k if plusk.topics else inks.dim),
            "did": Text(wording.DID[plusk.kind]),
            "text": Text(one_line(text) or ("" if same_post else plusk.on), style="" if text else inks.dim),
            "followers": Text(wording.number(plusk.actor.followers)),
            "when": Text(("~" if plusk.estimated else "") + wording.ago(plusk.at, view.now), style=inks.dim),
        },
        url=plusk.url,
        note=text,
        opens=(Noun.PLUSK, plusk.id),
    )
