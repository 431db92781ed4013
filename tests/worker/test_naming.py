"""Which account is meant by what was typed."""

from __future__ import annotations

import pytest

from klout_tui.errors import UsageError
from klout_tui.worker.naming import find_account
from tests.worker.fakes import account

ALICE = account("alice", "https://one.example")
ALICIA = account("alicia", "https://two.example")
BLOG = account("blog", "https://alice.example", network="blog")
ALL = (ALICE, ALICIA, BLOG)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("pages:alice@one.example", ALICE),
        ("alice@one.example", ALICE),
        ("@alice@one.example", ALICE),
        ("ALICE@One.example", ALICE),
        (" alice ", ALICE),
        ("alici", ALICIA),
        ("blog", BLOG),
        ("blog:", BLOG),
    ],
)
def test_every_usual_form_is_understood(typed: str, meant: object) -> None:
    assert find_account(typed, ALL) == meant


@pytest.mark.parametrize("typed", ["ali", "pages:", "@al"])
def test_what_may_mean_several_is_not_guessed(typed: str) -> None:
    with pytest.raises(UsageError, match=r"alice@one\.example, pages:alicia@two\.example"):
        find_account(typed, ALL)


@pytest.mark.parametrize("typed", ["", "   ", "@"])
def test_nothing_means_no_account(typed: str) -> None:
    with pytest.raises(UsageError):
        find_account(typed, ALL)


def test_the_nearest_is_offered() -> None:
    with pytest.raises(UsageError) as caught:
        find_account("pages:alise@one.example", ALL)
    assert caught.value.hint == 'Did you mean "pages:alice@one.example"?'


def test_without_a_near_one_all_are_named() -> None:
    with pytest.raises(UsageError) as caught:
        find_account("zzz", (ALICE,))
    assert caught.value.hint == "Linked: pages:alice@one.example."


def test_without_any_account_the_way_to_link_is_told() -> None:
    with pytest.raises(UsageError) as caught:
        find_account("alice", ())
    assert "klout-tui link" in caught.value.hint
