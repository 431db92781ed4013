"""News: what the last visit could not know, also when it had happened by then."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec

from klout_tui.domain.dashboard import Choice, Dashboard, Facts, derive
from klout_tui.domain.digest import ticks
from klout_tui.domain.model import Account, Increment, InteractionKind
from klout_tui.domain.news import Seen
from tests.domain.facts import ACCOUNT, NOON, act, ago, by_id, history, post

BLOG = "blog:ada.example"
LIKE = InteractionKind.LIKE
ADA = Account(
    id=ACCOUNT, network="mastodon", handle="@ada@social.example", base_url="https://social.example", linked_at=ago(300)
)
RISES = (
    Increment(kind=LIKE, at=ago(9), count=50, estimated=True),
    Increment(kind=LIKE, at=ago(2), count=7),
    Increment(kind=LIKE, at=ago(0.1), count=3),
    Increment(kind=LIKE, at=ago(-0.1), count=100),
)


def view(**more: object) -> Dashboard:
    facts = Facts(
        accounts=(ADA, msgspec.structs.replace(ADA, id=BLOG, network="blog")),
        history=history(
            (
                act(at=ago(1.5)),
                act(who="bo", at=ago(1.2), account=BLOG),
                act(InteractionKind.FOLLOW, "di", ago(0.2), on=None),
            ),
            by_id(msgspec.structs.replace(post("p", "python", at=ago(9)), unnamed=RISES)),
        ),
    )
    return derive(msgspec.structs.replace(facts, **more), NOON, ZoneInfo("Europe/Berlin"), Choice())


def test_rises_without_names_are_news_but_guessed_dates_are_not() -> None:
    found = view(last_visit=ago(1))
    assert (found.news.reactions, found.news.follows, found.news.plusks) == (3, 1, 0)
    assert [row.news for row in found.accounts] == [4, 0]


def test_what_was_read_too_late_for_the_last_visit_is_news() -> None:
    found = view(last_visit=ago(1), seen={ACCOUNT: ago(3)})
    assert (found.news.reactions, found.news.follows, found.news.plusks) == (1 + 7 + 3, 1, 1)
    assert [row.news for row in found.accounts] == [12, 0]
    assert found.news.since == ago(1)


def test_a_source_read_up_to_the_end_has_no_old_news() -> None:
    found = view(last_visit=ago(1), seen={ACCOUNT: ago(1), BLOG: ago(1.3)})
    assert [row.news for row in found.accounts] == [4, 1]


def test_before_the_first_visit_ended_nothing_is_news() -> None:
    assert view(seen={ACCOUNT: ago(3)}).news.reactions == 0
    assert view(last_visit=ago(-1), seen={ACCOUNT: ago(3)}).news.since is None


def test_a_visit_counts_from_its_end() -> None:
    seen = Seen(visit=ago(1), accounts={ACCOUNT: ago(2)})
    assert seen.as_of(ago(1)) is seen
    assert seen.as_of(ago(1.1)).visit is None
    assert (seen.known_until(ACCOUNT), seen.known_until(BLOG)) == (ticks(ago(2)), ticks(ago(1)))
    assert (seen.earliest, Seen(visit=None).earliest) == (ago(2), None)
