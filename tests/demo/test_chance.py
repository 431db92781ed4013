from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from klout_tui.demo.chance import Chance, Deck


def test_the_same_seed_draws_the_same() -> None:
    def drawn() -> list[float]:
        chance = Chance("seed")
        return [
            chance.around(3, 1),
            chance.tail(2, 9),
            chance.count(5),
            chance.count(80),
            chance.gap(),
            chance.normal(),
        ]

    assert drawn() == drawn()


def test_a_known_sequence_guards_against_a_changed_one() -> None:
    chance = Chance("2011/social")

    assert [chance.whole(1, 100) for _ in range(6)] == [90, 65, 87, 85, 68, 9]


@pytest.mark.parametrize("mean", [0.4, 6.0, 75.0])
def test_counts_have_their_mean(mean: float) -> None:
    chance = Chance(1)

    assert sum(chance.count(mean) for _ in range(4000)) / 4000 == pytest.approx(mean, rel=0.06)


def test_luck_and_gaps_have_mean_one() -> None:
    chance = Chance(1)

    assert sum(chance.luck(0.5) for _ in range(5000)) / 5000 == pytest.approx(1, rel=0.05)
    assert sum(chance.gap() for _ in range(5000)) / 5000 == pytest.approx(1, rel=0.05)


def test_weights_are_kept_and_zero_is_never_drawn() -> None:
    chance = Chance(1)

    drawn = Counter(chance.weighted({"a": 3.0, "b": 1.0, "c": 0.0}) for _ in range(4000))

    assert drawn["a"] / 4000 == pytest.approx(0.75, abs=0.03)
    assert "c" not in drawn


def test_a_deck_shows_every_card_before_any_again_and_none_twice_running() -> None:
    deck = Deck("abcde", Chance(4))

    drawn = [deck.draw() for _ in range(500)]

    assert all(sorted(drawn[start : start + 5]) == list("abcde") for start in range(0, 500, 5))
    assert all(one != other for one, other in pairwise(drawn))


def test_a_deck_of_one_card_keeps_giving_it() -> None:
    deck = Deck(["only"], Chance(4))

    assert [deck.draw() for _ in range(3)] == ["only"] * 3
