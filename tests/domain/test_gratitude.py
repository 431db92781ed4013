"""Who is meant, when it was, and what becomes of an entry."""

from __future__ import annotations

from array import array
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klout_tui.domain.days import Days
from klout_tui.domain.digest import Digest, digests
from klout_tui.domain.gratitude import (
    LOG_ACCOUNT,
    WORDS,
    Way,
    entry,
    find_entry,
    kind_of,
    parse_topics,
    parse_way,
    people_called,
    people_like,
    somebody,
    way_of,
)
from klout_tui.domain.model import Account, Actor, Health, Interaction, InteractionKind
from klout_tui.domain.score.attendance import Attendance, attendance
from klout_tui.domain.score.course import Track
from klout_tui.domain.text import mail_address, safe_url
from klout_tui.domain.when import parse_moment
from klout_tui.errors import UsageError

if TYPE_CHECKING:
    from klout_tui.domain.score.course import Course

NOW = datetime(2026, 11, 23, 8, 15, 22, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")

ANN = Actor(key="https://far.example/ann", handle="@ann@far.example", name="Ann Lee")
OTHER_ANN = Actor(key="https://near.example/lee", handle="@lee@near.example", name="ann lee")
BO = Actor(key="https://far.example/bo", handle="@bo@far.example", name="Bo Ek")


def history(*people: Actor) -> list[Digest]:
    """They acted one after another, the last an hour ago, each in a month of their own."""
    acts = [
        Interaction(
            id=f"like/{number}",
            account="town:ada@town.example",
            kind=InteractionKind.LIKE,
            actor=actor,
            at=NOW - timedelta(hours=1, days=31 * (len(people) - 1 - number)),
        )
        for number, actor in enumerate(people)
    ]
    return sorted(digests(acts, ()), key=lambda each: each.month, reverse=True)


def meant(typed: str, *people: Actor) -> Actor:
    return somebody(typed, people_called(typed, history(*people)))


@pytest.mark.parametrize("typed", ["Ann Lee", " ann  lee ", "@ann@far.example", "ann@far.example", ANN.key])
def test_somebody_known_is_meant_by_name_handle_and_key(typed: str) -> None:
    assert meant(typed, BO, ANN) == ANN


def test_several_of_one_name_are_asked_about_and_the_handle_settles_it() -> None:
    with pytest.raises(UsageError, match="2 people are called Ann Lee"):
        meant("Ann Lee", ANN, OTHER_ANN)
    assert meant("@ann@far.example", ANN, OTHER_ANN) == ANN
    called = people_called("Ann Lee", history(ANN, OTHER_ANN))
    assert somebody("Ann Lee", called, last_seen=True) == OTHER_ANN


def test_whom_she_named_before_is_meant_again_whoever_else_has_come_since() -> None:
    first = meant("Ann Lee")
    assert (first.key, first.handle, first.name) == ("name:ann lee", "Ann Lee", "Ann Lee")
    assert meant("ann lee", first, ANN) == first


def test_an_address_is_a_person() -> None:
    new = meant('"Ann Lee" <Ann.Lee@Far.Example>')
    assert new == Actor(
        key="mailto:ann.lee@far.example",
        handle="Ann.Lee@far.example",
        name="Ann Lee",
        url="mailto:Ann.Lee@far.example",
    )
    assert meant("ann.lee@far.example", new) == new
    assert meant("Ann Lee <ann.lee@far.example>", ANN, new).key == new.key


@pytest.mark.parametrize("typed", ["", "  ", "\x1b[31m", "Ann <not an address>"])
def test_nobody_is_not_somebody(typed: str) -> None:
    with pytest.raises(UsageError):
        meant(typed, ANN)


def test_completion_knows_names_their_words_and_handles_those_seen_last_first() -> None:
    months = history(ANN, BO, OTHER_ANN)
    assert people_like("ann", months) == [OTHER_ANN, ANN]
    assert people_like("EK", months) == [BO]
    assert people_like("@bo", months) == [BO]
    assert people_like("a", months, limit=1) == [OTHER_ANN]
    assert people_like(" ", months) == []


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("", NOW),
        ("now", NOW),
        ("today", NOW),  # noon has not come yet
        ("yesterday", datetime(2026, 11, 22, 11, tzinfo=UTC)),
        ("3d", datetime(2026, 11, 20, 11, tzinfo=UTC)),
        ("2w", datetime(2026, 11, 9, 11, tzinfo=UTC)),
        ("2026-07-01", datetime(2026, 7, 1, 10, tzinfo=UTC)),
        ("07:30", datetime(2026, 11, 23, 6, 30, tzinfo=UTC)),
        ("yesterday 18:30", datetime(2026, 11, 22, 17, 30, tzinfo=UTC)),
        ("2026-11-20T18:30", datetime(2026, 11, 20, 17, 30, tzinfo=UTC)),
        ("3d at 9:05", datetime(2026, 11, 20, 8, 5, tzinfo=UTC)),
    ],
)
def test_days_and_moments_are_read_where_she_lives(typed: str, at: datetime) -> None:
    assert parse_moment(typed, NOW, BERLIN) == at


@pytest.mark.parametrize(
    "typed", ["tomorrow", "2026-11-24", "23:59", "2026-02-30", "25:00", "today 9:99", "soon 18:30"]
)
def test_what_is_no_past_moment_is_refused_with_a_hint(typed: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_moment(typed, NOW, BERLIN)
    assert "--since" not in refused.value.hint


@given(st.integers(0, 4000))
def test_days_back_are_that_many_local_days_back(days: int) -> None:
    at = parse_moment(f"{days}d", NOW, BERLIN)
    assert (NOW.astimezone(BERLIN).date() - at.astimezone(BERLIN).date()).days == days
    assert at <= NOW


def test_every_way_has_words_and_a_kind_that_counts() -> None:
    assert set(WORDS) == set(Way)
    assert {kind_of(way) for way in Way} == {InteractionKind.THANKS, InteractionKind.ENDORSEMENT}
    assert parse_way("per") is Way.PERSON
    for nonsense in ("", "x", "re "):
        if nonsense.strip() != "re":
            with pytest.raises(UsageError):
                parse_way(nonsense)
    assert parse_way("re") is Way.RECOMMENDATION


def test_an_entry_is_private_harmless_and_of_the_log() -> None:
    made = entry(
        "7f3a", ANN, NOW, way=Way.ENDORSEMENT, topics=parse_topics(["#Python, give aways", "python"]), text="\x1b[2Ja"
    )
    assert made.id == f"{LOG_ACCOUNT}/7f3a"
    assert (made.account, made.kind, made.public) == (LOG_ACCOUNT, InteractionKind.ENDORSEMENT, False)
    assert made.topics == ("python", "give-aways")
    assert made.text == "a"
    assert way_of(made) is Way.ENDORSEMENT
    assert way_of(Interaction(id="x", account="x", kind=InteractionKind.LIKE, actor=ANN, at=NOW)) is Way.THANKS


def test_an_entry_is_found_by_the_beginning_of_its_number() -> None:
    ids = [f"{LOG_ACCOUNT}/{number}" for number in ("7f3a", "7f3b", "7f")]
    assert find_entry("7F3a", ids) == ids[0]
    assert find_entry(ids[1], ids) == ids[1]
    assert find_entry("7f", ids) == ids[2]
    for typed in ("7", "8", ""):
        with pytest.raises(UsageError):
            find_entry(typed, ids)


@pytest.mark.parametrize(
    "text",
    ["a@b", "a?cc=x@b.co", "a@b.co?body=1", '"x y"@b.co', "a..b@c.de", "a@-b.de", "a&b@c.de", "x%40y@c.de", "a@b.co\n"],
)
def test_no_link_carries_more_than_one_address(text: str) -> None:
    assert safe_url(f"mailto:{text}") in ("", "mailto:a@b.co")
    assert mail_address(text) in ("", "a@b.co")


def test_addresses_of_any_script_are_addresses() -> None:
    assert mail_address("jürgen+x@Müller.Example") == "jürgen+x@müller.example"
    assert safe_url("mailto:ann@far.example") == "mailto:ann@far.example"


def test_what_she_logs_vouches_for_no_day_of_the_networks() -> None:
    today = NOW.astimezone(BERLIN).date().toordinal()
    log, town = (Track(name, array("l", [today - 9]), array("d", [0.0] * 9)) for name in (LOG_ACCOUNT, "town:ada"))
    ada = Account(id="town:ada", network="town", handle="ada", base_url="https://town.example", linked_at=NOW)
    healths = {ada.id: Health(account=ada.id, last_ok=NOW - timedelta(days=3))}

    def known(*tracks: Track) -> Attendance:
        course = cast("Course", SimpleNamespace(tracks=tracks))
        return attendance(course, [ada], healths, Days(BERLIN), NOW, past=False)

    both = known(log, town)
    assert both.missing(today) == ("town:ada",)
    assert not both.is_known(today)
    assert known(log).is_known(today)
    assert known(log).missing(today) == ()
