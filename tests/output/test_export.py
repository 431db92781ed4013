"""NDJSON and CSV: the fields of ``--json``, read back by the standard library, and no formulas."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klout_tui.domain.letters import Addressee, Letter, Purpose
from klout_tui.domain.model import (
    Account,
    Actor,
    DayTotal,
    Health,
    Interaction,
    InteractionKind,
    Post,
    PostKind,
    Reading,
)
from klout_tui.domain.notes import Note
from klout_tui.domain.plusk import PlusK
from klout_tui.output import jsonform
from klout_tui.output.export import COLUMNS, NOUNS, TYPES, csv_lines, ndjson

BEA = Addressee(key="bea", handle="@bea@x.example")
NOW = datetime(2026, 11, 23, 8, 15, 22, tzinfo=UTC)
BO = Actor(key="bo", handle="@bo@x.example", name="=cmd|' /C calc'!A0", followers=-3)
ADA = "mastodon:ada@x.example"
LIKES = {InteractionKind.LIKE: 2}
POST = Post(id="p", account=ADA, kind=PostKind.STATUS, at=NOW, text="ü\n“x”, y", topics=("a", "B"), counters=LIKES)
ACT = Interaction(id="i", account=ADA, kind=InteractionKind.REPLY, actor=BO, at=NOW, post="p", text="+K, thanks")
ROWS: dict[str, dict[str, Any]] = {
    "accounts": jsonform.account_row(
        Account(id=ADA, network="mastodon", handle="@ada", base_url="https://x", linked_at=NOW),
        Health(account=ADA),
        None,
        paused=False,
    ),
    "posts": jsonform.post_row(POST),
    "interactions": jsonform.interaction_row(ACT, {"p": POST}),
    "plusk": jsonform.plusk_row(PlusK(id="i", account=ADA, actor=BO, kind=ACT.kind, at=NOW, explicit=True)),
    "days": jsonform.day_row(DayTotal(account=ADA, day=date(2026, 11, 23), kind=InteractionKind.LIKE, named=2)),
    "notes": jsonform.note_row(Note(id="1", day=date(2026, 11, 23), text="gave away the report", made_at=NOW)),
    "letters": jsonform.letter_row(
        Letter(key="k", account=ADA, purpose=Purpose.THANKS, text="Thanks!", at=NOW, to=(BEA, BEA), acts=("i",)),
        public=True,
    ),
    "readings": jsonform.reading_row(Reading(account=ADA, day=date(2026, 11, 23), followers=5)),
}


def sheet(noun: str, *rows: dict[str, Any]) -> list[dict[str, str]]:
    text = b"".join(csv_lines(noun, rows)).decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def flat(row: dict[str, Any], prefix: str = "") -> set[str]:
    """Every field of a row, as a column would be called; ``counters`` and ``fault`` are open or absent."""
    found: set[str] = set()
    for key, value in row.items():
        found |= flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key}
    return found - {"fault"}


@pytest.mark.parametrize("noun", NOUNS)
def test_a_line_is_the_row_and_its_type(noun: str) -> None:
    (line,) = ndjson(noun, [ROWS[noun]])
    assert line.endswith(b"}\n")
    content = json.loads(line)
    assert content.pop("type") == TYPES[noun]
    assert content == json.loads(json.dumps(ROWS[noun]))


@pytest.mark.parametrize("noun", NOUNS)
def test_no_field_of_a_row_is_missing_in_csv(noun: str) -> None:
    assert flat(ROWS[noun]) <= set(COLUMNS[noun])
    assert len(set(COLUMNS[noun])) == len(COLUMNS[noun])
    (record,) = sheet(noun, ROWS[noun])
    assert list(record) == list(COLUMNS[noun])


def test_values_read_as_they_are_and_unknown_is_empty() -> None:
    (record,) = sheet("posts", ROWS["posts"])
    assert record["text"] == "ü\n“x”, y"
    assert record["topics"] == "a, b"
    assert (record["counters.like"], record["counters.repost"]) == ("2", "")
    assert (record["title"], record["estimated"]) == ("", "false")
    (record,) = sheet("interactions", ROWS["interactions"])
    assert record["text"] == "'+K, thanks"
    assert record["actor.name"] == "'=cmd|' /C calc'!A0"
    assert record["actor.handle"] == "'@bo@x.example"
    assert record["actor.followers"] == "-3"


def test_nothing_is_a_head_or_nothing() -> None:
    assert b"".join(csv_lines("days", [])) == b"day,account,network,kind,named,unnamed,estimated\r\n"
    assert list(ndjson("days", [])) == []


@given(st.text(max_size=30))
def test_no_cell_begins_a_formula_and_every_text_can_be_had_back(text: str) -> None:
    (record,) = sheet("interactions", {**ROWS["interactions"], "text": text.replace("\r", "\n").replace("\0", "")})
    shown, meant = record["text"], text.replace("\r", "\n").replace("\0", "")
    assert shown in (meant, f"'{meant}")
    assert shown.lstrip()[:1] not in ("=", "+", "-", "@")
    assert shown[:1] not in ("\t", "\r", "\n")
