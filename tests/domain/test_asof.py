"""An earlier moment: what came later is not known, what is dated earlier is."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from klout_tui.domain.asof import account_as_of, health_as_of, linked_as_of, post_as_of
from klout_tui.domain.dashboard import Choice, Facts, Standing, derive, standing
from klout_tui.domain.details import post_detail
from klout_tui.domain.model import Account, Fault, Health, Increment, InteractionKind, Post
from tests.domain.facts import ACCOUNT, NOON, ago, by_id, history, post

THEN = ago(10)
LIKE = InteractionKind.LIKE
ADA = Account(
    id=ACCOUNT, network="mastodon", handle="@ada@social.example", base_url="https://social.example", linked_at=ago(300)
)
ILL = Health(
    account=ACCOUNT,
    last_try=ago(0.1),
    last_ok=ago(2),
    failures=3,
    down_since=ago(1),
    next_due=ago(-1),
    backfilled=True,
    fault=Fault(kind="unavailable", message="down"),
    skipped={"poll": 2},
)


def liked(*times: datetime, gone_at: datetime | None = None) -> Post:
    rises = tuple(Increment(kind=LIKE, at=at, count=2) for at in times)
    return msgspec.structs.replace(post("p", "python", at=ago(20)), unnamed=rises, gone_at=gone_at)


def test_later_rises_and_a_later_deletion_are_not_known() -> None:
    known = post_as_of(liked(ago(19), THEN, ago(3), gone_at=ago(2)), THEN)
    assert known == liked(ago(19), THEN)
    assert post_detail(known, (), ()).unnamed == {LIKE: 4}


def test_what_was_so_by_then_stays() -> None:
    gone = liked(ago(19), gone_at=THEN)
    assert post_as_of(gone, THEN) is gone


def test_an_account_unlinked_later_was_linked() -> None:
    left, gone = (msgspec.structs.replace(ADA, unlinked_at=at) for at in (ago(5), ago(15)))
    assert account_as_of(left, THEN) == ADA
    assert account_as_of(gone, THEN) is gone
    assert account_as_of(ADA, THEN) is ADA


def test_the_accounts_of_then() -> None:
    def account(name: str, linked: float, unlinked: float | None) -> Account:
        until = None if unlinked is None else ago(unlinked)
        return msgspec.structs.replace(ADA, id=name, linked_at=ago(linked), unlinked_at=until)

    ever = (account("stays", 90, None), account("left", 90, 5), account("gone", 90, 15), account("later", 5, None))
    found = linked_as_of(ever, THEN)
    assert [each.id for each in found] == ["stays", "left", "later"]
    assert {each.unlinked_at for each in found} == {None}


def test_nothing_is_claimed_of_an_earlier_health() -> None:
    assert health_as_of(ILL) == Health(account=ACCOUNT, backfilled=True)


@pytest.mark.parametrize("paused", [True, False])
def test_an_earlier_standing_is_a_word_of_its_own(paused: bool) -> None:
    assert standing(ILL, paused, past=True) is Standing.PAST


def test_the_past_shows_nothing_of_today() -> None:
    facts = Facts(
        accounts=(ADA, msgspec.structs.replace(ADA, id="blog:ada.example", unlinked_at=ago(5))),
        healths={ACCOUNT: ILL},
        history=history((), by_id(liked(ago(19), ago(3), gone_at=ago(2)))),
        last_visit=ago(1),
        seen={ACCOUNT: ago(12)},
        past=True,
    )
    view = derive(facts, THEN, ZoneInfo("Europe/Berlin"), Choice())
    assert [row.account.id for row in view.accounts] == [ACCOUNT, "blog:ada.example"]
    row = view.accounts[0]
    assert (row.standing, row.fault, row.last_ok, row.next_due, row.down_since) == (Standing.PAST, *[None] * 4)
    assert (row.news, row.account.unlinked_at, view.accounts[1].account.unlinked_at) == (0, None, None)
    assert view.news.since is None
    assert view.topics.reactions == 2


def test_the_present_shows_health_and_the_linked_only() -> None:
    view = derive(Facts(accounts=(ADA,), healths={ACCOUNT: ILL}), NOON, ZoneInfo("Europe/Berlin"), Choice())
    (row,) = view.accounts
    assert (row.standing, row.next_due) == (Standing.DOWN, NOON + timedelta(days=1))
