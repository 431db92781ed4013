"""Which posts repeat another one, and which point to her own things."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import msgspec
import pytest

from klout_tui.domain.diagnosis.promotion import own_places, promotes
from klout_tui.domain.diagnosis.similar import repeats, shingles
from klout_tui.domain.model import Post
from tests.domain.diagnosis.scene import BLOG, BLUESKY, MASTODON, account, post

DAY = date(2026, 11, 2)
TEXT = "my report on what brought readers to forty small sites is free for everybody from today on"


def later(text: str, days: int = 3, *, on: str = MASTODON, name: str = "") -> Post:
    return post(DAY + timedelta(days=days), name, on=on, text=text)


@pytest.mark.parametrize(
    "again",
    [
        TEXT,
        TEXT.upper() + " #free https://ada.example/free",
        "Once more: " + TEXT,
        TEXT.replace("everybody", "you"),
    ],
)
def test_nearly_the_same_words_repeat_a_post(again: str) -> None:
    first, second = later(TEXT, 0), later(again)
    assert repeats([first, second]) == {second.id: first.id}


@pytest.mark.parametrize(
    "other", ["a quite different thing about beans and slugs in the garden", "", "so. yes. https://x.example"]
)
def test_other_words_do_not(other: str) -> None:
    assert repeats([later(TEXT, 0), later(other)]) == {}


def test_on_another_network_it_is_no_repetition() -> None:
    assert repeats([later(TEXT, 0), later(TEXT, 0, on=BLUESKY)]) == {}


def test_after_more_than_a_month_it_is_none_either() -> None:
    assert repeats([later(TEXT, 0), later(TEXT, 31)]) == {}


def test_a_chain_of_repetitions_is_told_link_by_link() -> None:
    chain = [later(f"{TEXT} number {place}", 20 * place) for place in range(4)]
    assert repeats(chain) == {later.id: earlier.id for earlier, later in pairwise(chain)}


def test_a_thousand_alike_cost_no_more_than_a_thousand_others() -> None:
    assert len(repeats([later(f"{TEXT} {number}", 0, name=f"p{number}") for number in range(1000)])) == 999
    assert len(shingles("word " * 10_000)) == 1


OWN = own_places(
    [
        account(BLOG),
        msgspec.structs.replace(account("github:1"), url="https://github.com/Ada"),
        account("webmention:ada.example"),
    ]
)


@pytest.mark.parametrize(
    ("text", "hers"),
    [
        ("look https://ada.example/shop/ now", True),
        ("look https://www.ada.example.", True),
        ("HTTPS://ADA.EXAMPLE/free", True),
        ("new release https://github.com/ada/tool/releases/1", True),
        ("(https://ada.example/a)", True),
        ("look https://github.com/bob/tool", False),
        ("look https://notada.example/ and https://ada.example.org/", False),
        ("see @ada@ada.example and ada.example", False),
        ("https://[broken", False),
        ("", False),
    ],
)
def test_links_to_what_is_hers(text: str, hers: bool) -> None:
    assert promotes(post(DAY, text=text), OWN) is hers


def test_an_article_on_her_own_site_is_no_advert() -> None:
    article = msgspec.structs.replace(post(DAY, text="see https://ada.example/other"), url="https://ada.example/2026/a")
    assert not promotes(article, OWN)


def test_without_a_site_nothing_is_promotion() -> None:
    assert own_places([account("mastodon:ada@social.example")]) == frozenset()
    assert not promotes(post(DAY, text="https://social.example/@ada"), frozenset())
