"""Invented histories, and the score of each of their days, for the tests of the score."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from klout_tui.domain.days import Days
from klout_tui.domain.digest import digests
from klout_tui.domain.model import Actor, Increment, Interaction, InteractionKind, Post, PostKind
from klout_tui.domain.score.course import Course
from klout_tui.domain.score.model import Model
from klout_tui.domain.score.walk import Walk
from klout_tui.domain.turnout import turnout
from klout_tui.scoremodels import Models

ZONE = ZoneInfo("Europe/Berlin")
DAY0 = datetime(2026, 3, 2, 12, tzinfo=UTC)
ADA = "mastodon:ada@social.example"
BLOG = "blog:ada.example"
CODE = "github:ada"
ACCOUNTS = (ADA, BLOG, CODE)
KINDS = tuple(InteractionKind)


@cache
def model_1() -> Model:
    return Models(None).get("model-1")


def day(number: float) -> date:
    """The local day so many days after the first."""
    return (DAY0 + timedelta(days=number)).astimezone(ZONE).date()


def post(number: float, account: str = ADA, name: str = "", kind: PostKind = PostKind.STATUS) -> Post:
    at = DAY0 + timedelta(days=number)
    return Post(id=name or f"{account}/post/{number}", account=account, kind=kind, at=at)


def act(
    number: float,
    who: str = "ann",
    kind: InteractionKind = InteractionKind.REPOST,
    *,
    on: Post | str | None = None,
    account: str = ADA,
    followers: int | None = 150,
    own: bool = False,
    bot: bool = False,
) -> Interaction:
    target = on.id if isinstance(on, Post) else on
    at = DAY0 + timedelta(days=number)
    return Interaction(
        id=f"{account}/{kind}/{who}/{target}/{at.isoformat()}",
        account=account,
        kind=kind,
        actor=Actor(key=who, handle=f"@{who}@far.example", followers=followers, bot=bot),
        at=at,
        post=target,
        own=own,
    )


def course(
    acts: Iterable[Interaction],
    posts: Iterable[Post] = (),
    *,
    until: float = 120,
    model: Model | None = None,
    zone: ZoneInfo = ZONE,
    people: Mapping[str, str] | None = None,
    ignored: Collection[str] = (),
) -> Course:
    months = [turnout(digest, Days(zone)) for digest in digests(acts, posts)]
    return Walk(model or model_1(), people, ignored).through(months, day(until).toordinal())


def score(course: Course, number: float) -> float:
    found = course.score(day(number).toordinal())
    assert found is not None
    return found


# Everybody keeps one audience for the whole of a history: an act never tells that fewer follow somebody than before.
AUDIENCES = {f"p{number}": (None, 0, 3, 40, 700, 30_000)[number % 6] for number in range(12)}


@st.composite
def histories(draw: st.DrawFn, accounts: tuple[str, ...] = ACCOUNTS) -> tuple[list[Interaction], list[Post]]:
    """Posts and acts of up to twelve people over a hundred days, on some of the accounts."""
    used = draw(st.lists(st.sampled_from(accounts), min_size=1, max_size=len(accounts), unique=True))
    posts = [
        post(draw(days()), account, f"{account}/{number}", draw(st.sampled_from(list(PostKind))))
        for number, account in enumerate(draw(st.lists(st.sampled_from(used), max_size=6)))
    ]
    return draw(st.lists(acts(tuple(used), tuple(posts)), min_size=1, max_size=25)), posts


def days() -> st.SearchStrategy[float]:
    return st.integers(0, 4 * 100).map(lambda quarter: quarter / 4)


@st.composite
def acts(draw: st.DrawFn, accounts: tuple[str, ...], posts: tuple[Post, ...]) -> Interaction:
    account = draw(st.sampled_from(accounts))
    mine = [each for each in posts if each.account == account]
    on = draw(st.sampled_from([None, *mine]))
    who = draw(st.sampled_from(sorted(AUDIENCES)))
    kind = draw(st.sampled_from(KINDS))
    return act(draw(days()), who, kind, on=on, account=account, followers=AUDIENCES[who], bot=who == "p11")


def counted(target: Post, number: float, count: int, kind: InteractionKind = InteractionKind.LIKE) -> Post:
    """The post with reactions known by number only."""
    step = Increment(kind=kind, at=DAY0 + timedelta(days=number), count=count)
    return Post(id=target.id, account=target.account, kind=target.kind, at=target.at, unnamed=(*target.unnamed, step))
