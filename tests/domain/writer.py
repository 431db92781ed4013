"""An invented writer whose posts do alike, but for what is planted."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from datetime import timedelta

from klout_tui.domain.digest import ticks
from klout_tui.domain.habits.finding import Habits, habits
from klout_tui.domain.model import Post, PostKind
from klout_tui.domain.responses import Response
from tests.domain.audience import NOW, ZONE, poisson

TOPICS = ("python", "garden", "marketing", "shop", "notes", "music")

Boost = Callable[[Post], float]
"""How many times as many people a post brings."""


def alike(post: Post) -> float:
    """Nothing makes any difference."""
    assert post.id
    return 1.0


def lived(seed: int, boost: Boost = alike, *, posts: int = 240) -> Habits:
    """What is found in such a year."""
    responses, written = wrote(seed, boost, posts=posts)
    return habits(responses, written, ticks(NOW), ZONE)


def wrote(
    seed: int, boost: Boost = alike, *, posts: int = 240, people: float = 8.0, spread: float = 0.7, burst: float = 0.3
) -> tuple[list[Response], dict[str, Post]]:
    """A year of posts on a large and a small account, with a growing audience and lucky weeks.

    Args:
        seed: Where the luck comes from.
        boost: What is planted.
        posts: How many.
        people: What an average one brings on the larger account.
        spread: How much posts differ (log-normal sigma).
        burst: How much weeks differ, likewise.
    """
    chance = random.Random(seed)
    luck = [math.exp(chance.gauss(-burst * burst / 2, burst)) for _ in range(60)]
    moods = [chance.choice(TOPICS) for _ in range(60)]
    made, written = [], {}
    for number in range(posts):
        age = 8 + 350 * (1 - (number + chance.random()) / posts)
        at = NOW - timedelta(days=age)
        week = int(age // 7)
        large = chance.random() < 0.7
        account = "town:ada@town.example" if large else "village:ada@village.example"
        topic = moods[week] if chance.random() < 0.4 else chance.choice(TOPICS)
        text = " ".join(["word"] * chance.randrange(5, 60))
        text += "?" if chance.random() < 0.2 else "."
        text += " https://else.example/x" if chance.random() < 0.3 else ""
        post = Post(
            id=f"{account}/{number}",
            account=account,
            kind=PostKind.STATUS if large or chance.random() < 0.5 else PostKind.ARTICLE,
            at=at,
            text=text,
            topics=(topic,) if chance.random() < 0.9 else (),
        )
        growth = 1.5 - 0.7 * age / 365
        mean = people * (1.0 if large else 0.35) * growth * luck[week] * boost(post)
        count = poisson(chance, mean * math.exp(chance.gauss(-spread * spread / 2, spread)))
        written[post.id] = post
        made.append(
            Response(
                id=post.id,
                account=account,
                kind=post.kind,
                at=ticks(at),
                title=f"Number {number}",
                topics=post.topics,
                delays=(3_600_000_000,) * count,
            )
        )
    made.sort(key=lambda each: (each.at, each.id))
    return made, written
