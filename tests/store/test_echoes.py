"""One act that arrives by two ways counts once, in whatever order, and the native record is the one that counts."""

from __future__ import annotations

import itertools
import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from klout_tui.domain import echo
from klout_tui.domain.checks import wrongs
from klout_tui.domain.digest import digests
from klout_tui.domain.model import Actor, Interaction, InteractionKind
from klout_tui.store import Absorbed, Store
from klout_tui.store.agreement import compare
from klout_tui.store.checkup import check_up
from klout_tui.store.files import through
from klout_tui.store.mending import mend
from klout_tui.store.rezone import change_zone
from tests.store.build import ADA, LIKE, NOON, REPLY, Clock, account, batch, digests_agree, fold, linked
from tests.store.faults import Faulty
from tests.store.test_checkup import edit, told

WM: Final = "webmention:ada.example"
SKY: Final = "bluesky:ada.example"
POST: Final = "https://social.example/@ada/1098"
PAGE: Final = "https://ada.example/sundials/"
ZONE = ZoneInfo("Europe/Berlin")
COMMENT, LINK = InteractionKind.COMMENT, InteractionKind.LINK


def person(name: str) -> Actor:
    return Actor(key=f"https://tech.example/users/{name}", handle=f"@{name}", url=f"https://tech.example/@{name}")


def liked(name: str = "bo", at: datetime = NOON, *, of: str = ADA, post: str = POST, **more: Any) -> Interaction:
    """A like as its own network tells it."""
    who = person(name)
    return Interaction(
        id=f"{of}/like/{who.key}/{post}", account=of, kind=LIKE, actor=who, at=at, post=post, url=post, **more
    )


def replied(number: int = 1, at: datetime = NOON, *, of: str = ADA, **more: Any) -> Interaction:
    """A reply as its own network tells it."""
    return Interaction(
        id=f"https://tech.example/users/bo/{number}",
        account=of,
        kind=REPLY,
        actor=person("bo"),
        at=at,
        post=POST,
        url=f"https://tech.example/@bo/{number}",
        text="A reply of some substance, which may well be a +K",
        **more,
    )


def like_told(
    name: str = "bo", at: datetime = NOON + timedelta(days=1), *, post: str = POST, **more: Any
) -> Interaction:
    """The like as a webmention, dated to when it was told."""
    who = person(name)
    more.setdefault("estimated", True)
    return Interaction(
        id=f"{WM}/like/{who.key}/{PAGE}",
        account=WM,
        kind=LIKE,
        actor=who,
        at=at,
        post=PAGE,
        url=f"{post}#favorited-by-7",
        echo=echo.done(LIKE, (who.url,), (post,)),
        **more,
    )


def reply_told(number: int = 1, at: datetime = NOON, *, page: str = PAGE, **more: Any) -> Interaction:
    """The reply as a webmention."""
    url = f"https://tech.example/@bo/{number}"
    return Interaction(
        id=f"{WM}/mention/{url}/{page}",
        account=WM,
        kind=COMMENT,
        actor=person("bo"),
        at=at,
        post=page,
        url=url,
        text="A reply of some substance, which may well be a +K",
        echo=echo.said(url),
        **more,
    )


ACCOUNTS: Final = {
    ADA: account(),
    SKY: account(SKY, keys=("did:plc:ada",)),
    WM: account(WM, keys=("ada.example",)),
}


def opened(folder: Path, clock: Clock) -> Store:
    store = linked(folder, clock)
    for each in ACCOUNTS.values():
        store.link(each)
    return store


@pytest.fixture
def store(folder: Path, clock: Clock) -> Any:
    with opened(folder, clock) as store:
        yield store


def take(store: Store, *acts: Interaction) -> list[Absorbed]:
    """Each in a batch of its own account."""
    return [store.absorb(batch(act, of=act.account, cursor=act.id)) for act in acts]


def counted(store: Store) -> Counter[tuple[str, str]]:
    """What the day totals say, by account and kind."""
    sums: Counter[tuple[str, str]] = Counter()
    for total in store.days():
        sums[total.account, str(total.kind)] += total.total
    return sums


def sound(store: Store) -> None:
    """What is kept agrees with itself, and with a plain recomputation."""
    acts = {act.id: act for act in store.interactions()}
    for act in acts.values():
        fitting = [
            each.id
            for each in acts.values()
            if each.account != act.account
            and not each.echo
            and set(echo.keys_of(each)) & set(act.echo)
            and echo.near(act, each.at)
        ]
        assert act.echo_of == min(fitting, default="")
    named: Counter[tuple[str, str]] = Counter(
        (act.account, str(act.kind)) for act in acts.values() if not act.own and not act.echo_of
    )
    assert counted(store) == named
    shown = [digest.visible() for digest in store.history()]
    assert {digest.id_of(row) for digest in shown for row in range(len(digest))} == {
        act.id for act in acts.values() if act.counts
    }
    digests_agree(store)
    found = compare(store._engine, store.zone, NOON + timedelta(days=4000))
    assert [each.words for part in (found.rows, found.totals, found.digests, found.index) for each in part] == []


PAIRS: Final = [
    (liked(), like_told()),
    (replied(), reply_told()),
    (liked(at=NOON - timedelta(days=500)), like_told()),
    (liked(at=NOON + timedelta(days=40), estimated=True), like_told()),
]


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("folds", list(itertools.product([False, True], repeat=2)))
@pytest.mark.parametrize("first", [0, 1])
def test_in_either_order_the_native_record_counts(
    store: Store, pair: tuple[Interaction, Interaction], folds: tuple[bool, bool], first: int
) -> None:
    for act, folding in zip((pair[first], pair[1 - first]), folds, strict=True):
        take(store, act)
        if folding:
            fold(store)
    assert counted(store) == Counter({(ADA, str(pair[0].kind)): 1})
    assert {act.account: act.echo_of for act in store.interactions()} == {ADA: "", WM: pair[0].id}
    sound(store)


def test_the_second_of_the_two_is_no_news(store: Store) -> None:
    assert take(store, liked(), like_told()) == [Absorbed(new_interactions=1), Absorbed()]


@pytest.mark.parametrize(
    "other",
    [
        like_told("cy"),
        like_told(post="https://social.example/@ada/1099"),
        reply_told(2),
        like_told(at=NOON - timedelta(days=200)),
        reply_told(1, NOON + timedelta(days=90)),
    ],
)
def test_two_different_acts_stay_two(store: Store, other: Interaction) -> None:
    take(store, liked(), replied(), other)
    assert sum(counted(store).values()) == 3
    sound(store)


def test_one_reply_that_names_two_pages_is_one_act(store: Store) -> None:
    take(store, reply_told(), reply_told(page="https://ada.example/moons/"))
    assert counted(store)[WM, "comment"] == 2
    take(store, replied())
    assert counted(store) == Counter({(ADA, "reply"): 1})
    sound(store)


@pytest.mark.parametrize("folded", [False, True])
def test_forgetting_the_native_account_lets_the_webmention_count_again(store: Store, folded: bool) -> None:
    take(store, like_told(), liked(), replied(), reply_told())
    if folded:
        fold(store)
    store.forget(ADA)
    assert counted(store) == Counter({(WM, "like"): 1, (WM, "comment"): 1})
    sound(store)
    store.link(account())
    take(store, liked())
    assert counted(store) == Counter({(ADA, "like"): 1, (WM, "comment"): 1})


def test_forgetting_the_site_leaves_no_key_behind(store: Store) -> None:
    take(store, like_told(), liked(), reply_told())
    store.forget(WM)
    assert not store._engine.rows("core", "echoes")
    assert counted(store) == Counter({(ADA, "like"): 1})
    sound(store)


def test_of_two_native_records_the_next_takes_over(store: Store) -> None:
    take(store, liked(of=SKY), liked(), like_told())
    assert counted(store) == Counter({(ADA, "like"): 1, (SKY, "like"): 1})
    (told_,) = [act for act in store.interactions() if act.account == WM]
    assert told_.echo_of == liked(of=SKY).id
    store.forget(SKY)
    (told_,) = [act for act in store.interactions() if act.account == WM]
    assert told_.echo_of == liked().id
    sound(store)


def test_a_date_that_becomes_known_makes_and_unmakes_an_echo(store: Store) -> None:
    far = NOON + timedelta(days=400)
    take(store, like_told(), liked(at=far, estimated=True))
    assert sum(counted(store).values()) == 2
    take(store, liked())
    assert counted(store) == Counter({(ADA, "like"): 1})
    sound(store)
    take(store, replied(at=NOON, estimated=True), reply_told())
    assert counted(store) == Counter({(ADA, "like"): 1, (ADA, "reply"): 1})
    take(store, replied(at=far))
    assert counted(store) == Counter({(ADA, "like"): 1, (ADA, "reply"): 1, (WM, "comment"): 1})
    sound(store)


def test_a_page_that_is_told_of_again_under_another_address_is_recognised_then(store: Store) -> None:
    take(store, replied(), msgspec.structs.replace(reply_told(), echo=echo.said("https://short.example/x")))
    assert sum(counted(store).values()) == 2
    take(store, reply_told())
    assert counted(store) == Counter({(ADA, "reply"): 1})
    sound(store)


def test_thanks_go_along(store: Store) -> None:
    take(store, reply_told())
    store.thank([reply_told().id], NOON)
    take(store, replied())
    assert store.thanked()[replied().id] == NOON


def test_her_own_acts_stay_out_by_either_way(store: Store) -> None:
    store.link(msgspec.structs.replace(account(), keys=("https://tech.example/users/bo",)))
    take(store, liked(), like_told(), reply_told())
    assert counted(store) == Counter()
    sound(store)


def test_an_adapter_cannot_hide_an_act(store: Store) -> None:
    take(store, msgspec.structs.replace(liked(), echo_of="something"))
    assert counted(store) == Counter({(ADA, "like"): 1})


def test_views_that_are_as_of_a_day_leave_echoes_out(store: Store) -> None:
    take(store, liked(), like_told(), replied(), reply_told())
    until = int((NOON + timedelta(days=30) - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1))
    shown = [digest.visible(until) for digest in store.history()]
    assert sum(len(digest) for digest in shown) == 2
    made = digests(store.interactions(), store.posts())
    assert sum(len(digest.visible()) for digest in made) == 2


def test_other_days_count_the_same(folder: Path, clock: Clock) -> None:
    with opened(folder, clock) as store:
        take(store, liked(), like_told(), replied(), reply_told())
    change_zone(folder, "Pacific/Auckland", clock)
    with Store.open(folder, clock=clock) as store:
        assert counted(store) == Counter({(ADA, "like"): 1, (ADA, "reply"): 1})


@pytest.mark.parametrize("harm", ["flag", "unflag", "table", "no table"])
def test_the_check_up_finds_a_wrong_flag_and_mends_it(folder: Path, clock: Clock, harm: str) -> None:
    with opened(folder, clock) as store:
        take(store, liked(), like_told(), reply_told())
        fold(store)
    clock.now = NOON + timedelta(days=2)
    assert "two ways" not in told(folder, clock)

    def tamper(tables: dict[str, Any]) -> None:
        rows = tables.get("interactions", {})
        for key, row in rows.items():
            if harm == "unflag" and "echo_of" in row:
                del row["echo_of"]
            if harm == "flag" and "mention" in key:
                row["echo_of"] = liked().id
        if harm == "table" and "echoes" in tables:
            next(iter(tables["echoes"].values()))["acts"] = ["nobody"]
        if harm == "no table":
            tables.pop("echoes", None)

    for path in folder.glob("*.json"):
        edit(path, tamper)
    assert "two ways" in told(folder, clock)
    mend(folder, clock)
    assert not wrongs(check_up(folder, clock).checks)
    with Store.open(folder, clock=clock) as store:
        assert counted(store) == Counter({(ADA, "like"): 1, (WM, "comment"): 1})
        sound(store)


def test_a_damaged_month_is_counted_anew_with_its_echoes(folder: Path, clock: Clock) -> None:
    with opened(folder, clock) as store:
        take(store, liked(), replied(), like_told(), reply_told())
        fold(store)
        take(store, liked("cy", NOON + timedelta(days=1)))
        fold(store)
    (folder / "interactions-2026-03.json").write_bytes(b"{")
    with Store.open(folder, clock=clock) as store:
        assert store.interactions()
        assert store.warnings()
        sound(store)


def test_without_webmentions_nothing_is_looked_up(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("somebody asked for keys")

    monkeypatch.setattr(echo, "keys_of", refuse)
    monkeypatch.setattr(echo, "native_keys", refuse)
    take(store, liked(), replied())
    store.forget(ADA)


# whatever comes in whatever order

EXAMPLES: Final = int(os.environ.get("KLOUT_TUI_MODEL_EXAMPLES", "0"))
TIMES: Final = [NOON + timedelta(days=days) for days in (-1200, -400, -31, -3, 0, 2, 33, 200)]

names = st.sampled_from(["bo", "cy"])
times = st.sampled_from(TIMES)
owners = st.sampled_from([ADA, SKY])
any_act = st.one_of(
    st.builds(lambda name, at, of, guess: liked(name, at, of=of, estimated=guess), names, times, owners, st.booleans()),
    st.builds(lambda n, at, guess: replied(n, at, estimated=guess), st.integers(1, 2), times, st.booleans()),
    st.builds(lambda name, at, guess: like_told(name, at, estimated=guess), names, times, st.booleans()),
    st.builds(
        lambda n, at, guess, page: reply_told(n, at, estimated=guess, page=page),
        st.integers(1, 2),
        times,
        st.booleans(),
        st.sampled_from([PAGE, "https://ada.example/moons/"]),
    ),
)
deeds = st.lists(
    st.one_of(
        st.lists(any_act, min_size=1, max_size=4).map(lambda acts: ("take", acts)),
        st.sampled_from([("fold", None), ("reopen", None), ("look", None), ("crash", None)]),
        st.sampled_from([ADA, SKY, WM]).map(lambda each: ("forget", each)),
    ),
    max_size=12,
)


@settings(
    max_examples=EXAMPLES or 60,
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(deeds)
def test_what_counts_follows_from_what_is_kept(story: list[tuple[str, Any]]) -> None:
    with TemporaryDirectory() as name, through(Faulty()):
        folder, clock = Path(name) / "store", Clock(NOON + timedelta(days=300))
        store = opened(folder, clock)
        for deed, what in story:
            clock.forward(hours=2)
            if deed == "take":
                for of, acts in itertools.groupby(sorted(what, key=lambda act: act.account), lambda act: act.account):
                    store.absorb(batch(*acts, of=of))
            elif deed == "forget":
                store.forget(what)
                store.link(ACCOUNTS[what])
            elif deed == "fold":
                fold(store)
            elif deed == "crash":  # cut off in the middle of its last line
                path = folder / "journal"
                before = store._engine.journal.offset
                store.absorb(batch(liked(), replied(), of=ADA))
                os.truncate(path, before + (path.stat().st_size - before) // 2)
                store = Store.open(folder, clock=clock)
            elif deed == "reopen":
                store.close()
                store = Store.open(folder, clock=clock)
            else:
                sound(store)
        sound(store)
        fold(store)
        sound(store)
        store.close()


@settings(max_examples=EXAMPLES or 40, derandomize=not EXAMPLES, database=None, deadline=None)
@given(st.lists(any_act, min_size=2, max_size=8, unique_by=lambda act: act.id), st.randoms(use_true_random=False))
def test_the_order_of_arrival_makes_no_difference(acts: list[Interaction], chance: Any) -> None:
    results = []
    for _ in range(2):
        chance.shuffle(acts)
        with TemporaryDirectory() as name, through(Faulty()), opened(Path(name) / "store", Clock()) as store:
            take(store, *acts)
            echoes = {act.id: act.echo_of for act in store.interactions()}
            results.append((counted(store), echoes, store.days()))
    assert results[0] == results[1]


@pytest.mark.parametrize(
    ("native_url", "told_url"),
    [
        ("https://tech.example/@bo/1", "https://tech.example/@bo/1/"),
        ("https://ada.example", "https://www.ada.example/"),
        ("https://ada.example:443/", "https://ada.example"),
        ("https://ada.example/?p=1&utm_source=x", "https://ada.example/?p=1"),
        ("https://ada.example/caf%C3%A9", "https://ada.example/café"),
        ("https://old.reddit.com/r/a/comments/x1/title/y2/?context=3", "https://www.reddit.com/r/a/comments/x1/_/y2/"),
        ("https://github.com/Me/Tool/pull/3#issuecomment-9", "https://github.com/me/tool/issues/3#issuecomment-9"),
        ("https://github.com/Me/Tool/pull/3", "https://github.com/me/tool/issues/3"),
        ("https://bsky.app/profile/did:plc:Bo/post/3m", "https://bsky.app/profile/did:plc:bo/post/3m"),
    ],
)
@pytest.mark.parametrize("first", [0, 1])
def test_addresses_that_mean_the_same_are_found_in_the_columns_too(
    store: Store, native_url: str, told_url: str, first: int
) -> None:
    one = msgspec.structs.replace(replied(), id="n1", url=native_url)
    other = msgspec.structs.replace(reply_told(), id="w1", url=told_url, echo=echo.said(told_url))
    for act in (one, other) if first == 0 else (other, one):
        take(store, act)
    assert counted(store) == Counter({(ADA, "reply"): 1})
    sound(store)
